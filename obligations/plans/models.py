"""Plans as they are sent to and fro: versions, what is said of each requirement, reviews, changes."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q

from contracts.models import Contract, Person, Side, Variation
from contracts.terms.moments import When, london


class PlanState(models.TextChoices):
    """The states of a version; what leads from one to another is in states.toml."""

    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Waiting for a decision"
    NOT_APPROVED = "not_approved", "Not approved"
    REFUSED_AGAIN = "refused_again", "Refused a second time"
    IN_DISPUTE = "in_dispute", "In dispute resolution"
    ADOPTED = "adopted", "Adopted"
    REPLACED = "replaced", "Replaced"
    DISCARDED = "discarded", "Discarded"


class Verdict(models.TextChoices):
    """What a reviewer says of one requirement."""

    MET = "met", "Met"
    NOT_MET = "not_met", "Not met"


class PlanVersion(models.Model):
    """One uploaded version of a plan. Its file never changes: another file is another version.

    ``submitted_on`` and ``decided_on`` are London days, the moments beside them are known for acts recorded
    as they happened. ``approved_sha256`` is the hash of what was approved. ``round`` counts approvals: a
    refusal in a round that had one already is the second (R27).
    """

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="plan_versions")
    plan = models.CharField(max_length=40, help_text="The kind of plan, a key of kinds.toml.")
    number = models.PositiveIntegerField()
    round = models.PositiveIntegerField(default=1)
    name = models.CharField(max_length=60, help_text="What the supplier calls this version.")
    file = models.FileField(upload_to="plans/%Y/%m/")
    file_name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=20, choices=PlanState, default=PlanState.DRAFT)
    uploaded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    submitted_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    submitted_on = models.DateField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_on = models.DateField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    grounds = models.JSONField(default=list, blank=True, help_text="Requirements it was refused for.")
    reason = models.TextField(blank=True)
    approved_sha256 = models.CharField(max_length=64, blank=True)
    approval_reason = models.TextField(
        blank=True, help_text="Why it was approved after a second refusal or in dispute resolution."
    )

    class Meta:
        ordering = ["plan", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "plan", "number"], name="plan_version_numbered_once"),
            models.UniqueConstraint(
                fields=["contract", "plan"], condition=Q(state="draft"), name="plan_one_draft_at_a_time"
            ),
            models.UniqueConstraint(
                fields=["contract", "plan"], condition=Q(state="submitted"), name="plan_one_waiting_at_a_time"
            ),
            models.UniqueConstraint(
                fields=["contract", "plan"], condition=Q(state="adopted"), name="plan_one_adopted_at_a_time"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["adopted", "replaced"]) | Q(approved_sha256=F("sha256")),
                name="plan_approval_binds_to_the_file",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("submitted_by")),
                name="plan_not_decided_by_who_submitted_it",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["not_approved", "refused_again"]) | ~Q(grounds=[]) | ~Q(reason=""),
                name="plan_refused_with_grounds",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="plan_file_never_changed",
                fields=["contract", "plan", "number", "file", "file_name", "size", "sha256", "uploaded_by"],
            ),
            pgtrigger.Protect(name="plan_version_never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"version {self.name}"

    @property
    def refused(self) -> bool:
        """Whether it was decided on and not approved."""
        return self.decided_on is not None and not self.approved_sha256

    @property
    def submitted(self) -> When | None:
        """When it was submitted: the moment where one is known, else the day."""
        return london(self.submitted_at) if self.submitted_at else self.submitted_on

    @property
    def decided(self) -> When | None:
        """When it was decided on: the moment where one is known, else the day."""
        return london(self.decided_at) if self.decided_at else self.decided_on


class PlanAct(models.Model):
    """Something done with a version, and the state it was in before: the last one may be taken back.

    ``facts`` are what it put on the record; ``replaced`` is the version whose place an approval took.
    """

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="+")
    version = models.ForeignKey(PlanVersion, on_delete=models.CASCADE, related_name="acts")
    event = models.CharField(max_length=40, help_text="An event of states.toml.")
    before = models.CharField(max_length=20, choices=PlanState)
    done_on = models.DateField()
    done_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=10, choices=Side)
    replaced = models.ForeignKey(
        PlanVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    facts = models.ManyToManyField("obligations.FactRecord", related_name="+", blank=True)
    taken_back_at = models.DateTimeField(null=True, blank=True)
    taken_back_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    taken_back_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(taken_back_at__isnull=True) | ~Q(taken_back_reason=""),
                name="plan_act_taken_back_with_a_reason",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="plan_act_never_edited", exclude=["taken_back_at", "taken_back_by", "taken_back_reason"]
            ),
            pgtrigger.Protect(name="plan_act_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="plan_act_stays_taken_back",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__taken_back_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} of {self.version}"

    @property
    def done(self) -> When:
        """When it was done: the moment where one is known, else the day."""
        return london(self.done_at) if self.done_at else self.done_on


class PlanRequirement(models.Model):
    """One content requirement of one version: where it is met, and what the reviewer says."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="+")
    version = models.ForeignKey(PlanVersion, on_delete=models.CASCADE, related_name="checklist")
    path = models.CharField(max_length=160)
    place = models.CharField(max_length=300, blank=True, help_text="Where in the plan it is met.")
    verdict = models.CharField(max_length=10, choices=Verdict, blank=True)
    comment = models.TextField(blank=True)
    reviewed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["version", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["version", "path"], name="plan_requirement_once_per_version"),
            models.CheckConstraint(
                condition=~Q(verdict="not_met") | ~Q(comment=""), name="plan_requirement_not_met_says_why"
            ),
        ]

    def __str__(self) -> str:
        return self.path


class PlanReview(models.Model):
    """A yearly review of the plan with the three heads of its results (Order Schedule 9, A 4.4.2)."""

    class State(models.TextChoices):
        COMPLETED = "completed", "Completed"
        PROVIDED = "provided", "Results provided"

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="plan_reviews")
    version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="reviews")
    state = models.CharField(max_length=10, choices=State)
    completed_on = models.DateField()
    completed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    plan_improvements = models.TextField(help_text="Head (a).")
    risk_assessments = models.TextField(help_text="Head (b).")
    control_measures = models.TextField(help_text="Head (c).")
    provided_on = models.DateField(null=True, blank=True)
    provided_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-completed_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(plan_improvements="") & ~Q(risk_assessments="") & ~Q(control_measures=""),
                name="plan_review_has_its_three_heads",
            ),
            models.CheckConstraint(
                condition=Q(state="completed", provided_on__isnull=True)
                | Q(state="provided", provided_on__isnull=False),
                name="plan_review_provided_on_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"review of {self.completed_on}"


class PlanChange(models.Model):
    """A change to the plan, through a variation or early and formalised afterwards (A 4.4.3, 4.4.4)."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "Proposed"
        REQUIRED = "required", "Required early"
        IMPLEMENTED = "implemented", "In place, to be formalised"
        FORMALISED = "formalised", "Formalised"

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="plan_changes")
    plan = models.CharField(max_length=40)
    reference = models.CharField(max_length=60)
    description = models.TextField()
    timescale = models.CharField(max_length=200, blank=True, help_text="Of a change that is required early.")
    state = models.CharField(max_length=12, choices=State)
    raised_on = models.DateField()
    raised_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    raised_side = models.CharField(max_length=10, choices=Side)
    implemented_on = models.DateField(null=True, blank=True)
    variation = models.ForeignKey(
        Variation, null=True, blank=True, on_delete=models.PROTECT, related_name="plan_changes"
    )
    formalised_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-raised_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "reference"], name="plan_change_reference_used_once"),
            models.CheckConstraint(
                condition=~Q(state="formalised") | Q(variation__isnull=False),
                name="plan_change_formalised_by_a_variation",
            ),
        ]

    def __str__(self) -> str:
        return self.reference
