"""A vulnerability of a component, where it was found, and the files it was imported from."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pgtrigger
from django.db import models
from django.db.models import F, Q

from contracts.models import Contract, LongWork, Person, Side
from obligations.models import Phase

FAR = datetime(9999, 12, 31, tzinfo=UTC)
"""Where what has no date stands in an order by dates."""


class State(models.TextChoices):
    """How a vulnerability stands. Whether it is late depends on the clock and is never stored."""

    OPEN = "open", "To do"
    SUSPENDED = "suspended", "Not exploitable"
    DONE = "done", "Patched"
    OVER = "over", "No longer asked for"


class Category(models.TextChoices):
    """The contract's own words, the strictest first; what is rated 0.0 has none (R20)."""

    CRITICAL = "Critical", "Critical"
    IMPORTANT = "Important", "Important"
    OTHER = "Other", "Other"
    NONE = "none", "No severity"


class Software(models.TextChoices):
    COTS = "cots", "Commercial or open source software"
    BESPOKE = "bespoke", "Written for this service"


class Vulnerability(models.Model):
    """One vulnerability of one component. ``subject`` is what facts and duties about it are called by.

    What counts is on the record of facts and duties; ``category`` to ``order_at`` say the same here, so
    that a hundred thousand are listed in their order. They are brought in line whenever the duties are
    (``services/following.py``), and of a draft worked out by the same engine. So is ``until``, by what
    counts of what was shown.

    ``draft``: it is its side's own and nothing is on the contract's record yet. ``released_on``: the first
    public release of the patch (R20), None where that is not known; ``careful_on``: the earliest day that a
    source gives for the fixed version, else the day that version was first seen (R48). ``found_on`` is when
    it was identified here. ``due_at`` is the end of the limit; of one whose release is not known, that of the
    careful day, which is never missed. ``order_at``: ``due_at``, and far away where there is none.
    """

    contract = models.ForeignKey(
        Contract, on_delete=models.CASCADE, related_name="vulnerabilities", db_index=False
    )
    subject = models.CharField(max_length=200)
    folded = models.CharField(max_length=400, help_text="The subject as names are compared.")
    identifier = models.CharField(max_length=100)
    aliases = models.JSONField(default=list, blank=True)
    component = models.CharField(max_length=200, blank=True)
    version = models.CharField(max_length=100, blank=True, help_text="The version found, as last seen.")
    title = models.CharField(max_length=300, blank=True)
    reference = models.URLField(max_length=1000, blank=True)
    software = models.CharField(max_length=10, choices=Software, blank=True)
    said = models.CharField(max_length=10, blank=True, help_text="The category its own side gave (10.2).")
    ratings = models.JSONField(default=list, blank=True, help_text="What each source says, in its words.")
    fixed_version = models.CharField(max_length=100, blank=True)
    found_on = models.DateField()
    fix_seen_on = models.DateField(
        null=True, blank=True, help_text="When that version came to be known, where that was later."
    )
    earliest_on = models.DateField(
        null=True, blank=True, help_text="A day that a source gives for the fixed version, no release."
    )
    draft = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    recorded_side = models.CharField(max_length=10, choices=Side)
    changed_at = models.DateTimeField()

    category = models.CharField(max_length=10, choices=Category, blank=True)
    released_on = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    phase = models.CharField(max_length=20, choices=Phase, blank=True, help_text="Of its duty.")
    due_at = models.DateTimeField(null=True, blank=True)
    done_on = models.DateField(null=True, blank=True)
    order_at = models.DateTimeField(default=FAR)

    justification = models.CharField(max_length=60, blank=True, help_text="Of VEX, where not exploitable.")
    until = models.DateField(null=True, blank=True, help_text="The last day on which that holds.")
    grounds = models.JSONField(
        default=dict,
        db_default=models.Value({}, models.JSONField()),
        blank=True,
        help_text="By fact: VEX's justification, and until when it holds.",
    )

    class Meta:
        verbose_name_plural = "vulnerabilities"
        ordering = ["order_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "folded"],
                condition=Q(draft=False),
                name="vulnerability_once_per_component",
            ),
            models.UniqueConstraint(
                fields=["contract", "folded", "recorded_side"],
                condition=Q(draft=True),
                name="vulnerability_draft_once_for_a_side",
            ),
            models.CheckConstraint(
                condition=Q(state__in=State.values), name="vulnerability_in_a_known_state"
            ),
            models.CheckConstraint(
                condition=Q(category__in=["", *Category.values]), name="vulnerability_of_a_known_category"
            ),
            models.CheckConstraint(
                condition=Q(draft=False) | Q(recorded_side__in=["supplier", "authority"]),
                name="vulnerability_draft_belongs_to_a_side",
            ),
            models.CheckConstraint(
                condition=Q(due_at=None, order_at=FAR) | Q(order_at=F("due_at")),
                name="vulnerability_stands_at_its_date",
            ),
        ]
        indexes = [
            models.Index(fields=["contract", "state", "order_at", "id"], name="vulnerability_by_state"),
            models.Index(fields=["contract", "order_at", "id"], name="vulnerability_by_date"),
            models.Index(fields=["contract", "folded"], name="vulnerability_by_name"),
            models.Index(fields=["due_at"], condition=Q(draft=True), name="vulnerability_draft_by_date"),
        ]
        triggers = [pgtrigger.Protect(name="vulnerability_never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.subject

    @property
    def careful_on(self) -> date:
        """The day from which its limit is counted with care while the release is not known (R48)."""
        return self.earliest_on or self.fix_seen_on or self.found_on

    @property
    def is_careful(self) -> bool:
        """Whether its date is counted with care, and no limit: the release is still to be found (R48)."""
        return self.state == State.OPEN and self.released_on is None and self.due_at is not None

    @property
    def is_undecided(self) -> bool:
        """Whether a file said that it is not affected, and nobody has decided yet. Its date runs."""
        return self.state == State.OPEN and bool(self.justification) and not self.grounds

    def is_late_at(self, now: datetime) -> bool:
        """Whether its date has passed and it is not patched. A careful date never is missed (R48)."""
        if self.state != State.OPEN or self.released_on is None or self.due_at is None:
            return False
        return self.due_at < now


class VulnerabilityHost(models.Model):
    """A machine, image or product on which a vulnerability was found. It closes when the last one is
    patched.
    """

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="+", db_index=False)
    vulnerability = models.ForeignKey(Vulnerability, on_delete=models.CASCADE, related_name="hosts")
    name = models.CharField(max_length=300)
    location = models.CharField(max_length=300, blank=True)
    version = models.CharField(max_length=100, blank=True)
    source = models.CharField(max_length=60, blank=True, help_text="The format of the file that found it.")
    first_seen = models.DateField()
    last_seen = models.DateField()
    patched_on = models.DateField(null=True, blank=True)
    patched_before = models.DateField(
        null=True,
        blank=True,
        help_text="When it was taken for patched, of one that was found again after that.",
    )

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["vulnerability", "name"], name="vulnerability_host_once"),
        ]
        indexes = [models.Index(fields=["contract", "name"], name="vulnerability_host_by_name")]

    def __str__(self) -> str:
        return self.name


class RunState(models.TextChoices):
    """How far an import has come."""

    READING = "reading", "Being read"
    READ = "read", "Read, not taken over"
    APPLYING = "applying", "Being taken over"
    APPLIED = "applied", "Taken over"
    REFUSED = "refused", "Refused"
    DROPPED = "dropped", "Thrown away"


class ImportRun(models.Model):
    """A file of findings: what was read in it, what it would do, and what it did. Its side's own.

    ``options``: how it is taken over. ``counts``: by what happens to each row. ``sample``: the first of them
    with their dates, as the page shows them. ``faults``: the first rows that are not taken, with their place.
    """

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="+")
    side = models.CharField(max_length=10, choices=Side)
    file = models.FileField(upload_to="vulnerabilities/%Y/%m/")
    file_name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    sha256 = models.CharField(max_length=64)
    format = models.CharField(max_length=60, blank=True)
    options = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=10, choices=RunState, default=RunState.READING)
    counts = models.JSONField(default=dict, blank=True)
    sample = models.JSONField(default=list, blank=True)
    faults = models.JSONField(default=list, blank=True)
    problem = models.TextField(blank=True)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    work = models.ForeignKey(LongWork, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    applied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=RunState.values), name="import_in_a_known_state"),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_stuck(self) -> bool:
        """Whether nothing works on it any more, though it is not at an end: its work was stopped or
        failed.
        """
        busy = self.state in (RunState.READING, RunState.APPLYING)
        return busy and (self.work is None or self.work.is_finished)
