"""A breach, the steps ticked off for it, and its closing report."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from contracts.models import Contract, Person, Side
from contracts.terms.moments import When, london


class BreachState(models.TextChoices):
    """The states of ``states.toml``; a test compares the two."""

    REPORTED = "reported", "Reported"
    CONTAINED = "contained", "Contained"
    DETAILS_FIRST = "details_first", "Details given, not contained"
    DETAILS_GIVEN = "details_given", "Contained, details given"
    CLOSED = "closed", "Closed"
    REOPENED = "reopened", "Reopened"
    WITHDRAWN = "withdrawn", "Withdrawn"


class TimeKnown(models.TextChoices):
    """What is known of when a breach happened (R25)."""

    KNOWN = "known", "Yes"
    PLAUSIBLE = "plausible", "No, only the earliest time that is plausible"
    UNKNOWN = "unknown", "No"


class BreachOutcome(models.TextChoices):
    """Whether it succeeded, in the vocabulary of facts."""

    ACTUAL = "actual", "It succeeded"
    ATTEMPTED = "attempted", "It was attempted"
    SUSTAINED = "sustained_attempted", "It was attempted again and again"
    POTENTIAL = "potential", "It might have happened"


class Limb(models.TextChoices):
    """The limb of the definition."""

    ACCESS = "access", "Somebody had access or use without authority"
    LOSS = "loss", "Information was lost or disclosed"
    CERTIFICATION = "certification", "Part of the system stopped meeting the certification requirements"


class CostBearer(models.TextChoices):
    """Who bears the cost (DMP 23 8.3, 9.3)."""

    SUPPLIER = "supplier", "The supplier"
    AUTHORITY = "authority", "The authority"
    EACH = "each", "Each party its own"


class Breach(models.Model):
    """One breach of security, or attempt at one, as it was reported. ``reference`` is the facts' subject."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="breaches")
    reference = models.CharField(max_length=20)
    state = models.CharField(max_length=20, choices=BreachState, default=BreachState.REPORTED)
    what = models.CharField(max_length=200)
    outcome = models.CharField(max_length=20, choices=BreachOutcome)
    limb = models.CharField(max_length=20, choices=Limb)
    time_known = models.CharField(max_length=10, choices=TimeKnown)
    happened_on = models.DateField(
        null=True, blank=True, help_text="The London day, or the earliest that is plausible."
    )
    happened_at = models.DateTimeField(null=True, blank=True)
    noticed_on = models.DateField()
    noticed_at = models.DateTimeField(null=True, blank=True)
    noticed_by = models.CharField(max_length=200)
    aware_party = models.CharField(max_length=10)
    account = models.TextField(blank=True, help_text="The full details.")
    root_cause = models.TextField(blank=True)
    relief = models.TextField(blank=True)
    cost_bearer = models.CharField(max_length=10, choices=CostBearer, blank=True)
    cost_note = models.TextField(blank=True)
    closing_note = models.TextField(blank=True)
    withdrawn_reason = models.TextField(blank=True)
    reported_at = models.DateTimeField()
    reported_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reported_side = models.CharField(max_length=10, choices=Side)

    class Meta:
        verbose_name_plural = "breaches"
        ordering = ["-reported_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "reference"], name="breach_reference_used_once"),
            models.CheckConstraint(condition=Q(state__in=BreachState.values), name="breach_in_a_known_state"),
            models.CheckConstraint(
                condition=Q(time_known="unknown", happened_on__isnull=True)
                | (~Q(time_known="unknown") & Q(happened_on__isnull=False)),
                name="breach_time_given_where_known",
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | ~Q(withdrawn_reason=""),
                name="breach_withdrawn_with_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | ~Q(closing_note=""), name="breach_closed_with_a_reason"
            ),
        ]
        triggers = [pgtrigger.Protect(name="breach_never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.reference} {self.what}"

    @property
    def happened(self) -> When | None:
        """When it happened, or the earliest plausible; None where nothing is known."""
        return london(self.happened_at) if self.happened_at else self.happened_on

    @property
    def noticed(self) -> When:
        """When a party became aware."""
        return london(self.noticed_at) if self.noticed_at else self.noticed_on


class BreachStep(models.Model):
    """One immediate step, ticked off: when it was done and by whom. ``key`` names it in ``steps.toml``."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="+")
    breach = models.ForeignKey(Breach, on_delete=models.PROTECT, related_name="steps")
    key = models.CharField(max_length=40)
    done_on = models.DateField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.CharField(max_length=200)
    note = models.TextField(blank=True)
    ticked_at = models.DateTimeField()
    ticked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["ticked_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["breach", "key"], name="breach_step_ticked_once")]
        triggers = [
            pgtrigger.Protect(name="breach_step_stays", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.key} by {self.done_by}"

    @property
    def done(self) -> When:
        """When it was done."""
        return london(self.done_at) if self.done_at else self.done_on


class ReportState(models.TextChoices):
    WAITING = "waiting", "Waiting for a worker"
    MAKING = "making", "Being made"
    READY = "ready", "Ready"
    FAILED = "failed", "Not made"


class ClosingReport(models.Model):
    """The closing report as a PDF: asked for, then made by a worker. ``stage`` of ``STAGES`` is how far."""

    STAGES = 3

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="+")
    breach = models.ForeignKey(Breach, on_delete=models.PROTECT, related_name="reports")
    state = models.CharField(max_length=10, choices=ReportState, default=ReportState.WAITING)
    stage = models.PositiveSmallIntegerField(default=0)
    problem = models.TextField(blank=True)
    file = models.FileField(upload_to="breaches/%Y/%m/", blank=True)
    size = models.PositiveBigIntegerField(default=0, help_text="Bytes.")
    sha256 = models.CharField(max_length=64, blank=True)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    claimed_at = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="ready") | (~Q(file="") & ~Q(sha256="")),
                name="closing_report_ready_with_its_file",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.breach} {self.get_state_display()}"
