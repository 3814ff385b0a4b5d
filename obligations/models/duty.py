"""Duties: dated and undated instances of an obligation."""

from __future__ import annotations

from datetime import datetime

import pgtrigger
from django.db import models
from django.db.models import Q

from contracts.models import Contract, Variation
from contracts.terms.moments import When, parse_when
from obligations.models.fact import FactRecord
from obligations.models.obligation import Obligation
from obligations.rules.engine.lifecycle import State
from obligations.rules.engine.standing import Standing, standing_of


class Party(models.TextChoices):
    """Who owes a duty."""

    SUPPLIER = "supplier", "Supplier"
    AUTHORITY = "authority", "Authority"
    BOTH = "both", "Both"


class Phase(models.TextChoices):
    """What is stored of a duty's standing: what depends on facts alone.

    Overdue, due soon and owed now depend on the clock as well and are worked out when asked
    (``obligations.rules.engine.standing``), never stored.
    """

    OPEN = "open", "Open"
    AWAITING = "awaiting_decision", "Awaiting decision"
    SUSPENDED = "suspended", "Suspended"
    MET = "met", "Met on time"
    MET_LATE = "met_late", "Met late"
    ENDED = "ended", "Ended"
    WITHDRAWN = "withdrawn", "Withdrawn"
    BEFORE = "before_duly", "Before Duly"


ACTIVE_PHASES = [Phase.OPEN, Phase.AWAITING, Phase.SUSPENDED]


class Duty(models.Model):
    """One thing owed. ``due_at`` is the last moment in time; ``due_date`` its London day; both null where the
    contract gives a word and no number (R9) or while suspended (R21). Of one that is ``careful`` they are no
    limit, and nobody is late by them (R48); ``limit_at`` is the last moment only where there is one.

    ``derivation`` is the deadline as JSON: its steps and readings, as worked out for this version; and
    ``hour_clock`` (R5, the moment done decides), ``periods_missed`` (R16) and ``consequence`` (a citation).
    """

    # Both are found by indexes of more columns that begin with them.
    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="duties", db_index=False)
    obligation = models.ForeignKey(
        Obligation, on_delete=models.PROTECT, related_name="duties", db_index=False
    )
    subject = models.CharField(max_length=200, blank=True)
    occurrence = models.CharField(
        max_length=200, help_text="Which instance: the cause's key or the occurrence's day."
    )
    cause = models.ForeignKey(
        FactRecord, null=True, blank=True, on_delete=models.PROTECT, related_name="duties"
    )
    party = models.CharField(max_length=10, choices=Party)
    title = models.CharField(max_length=255)
    shape = models.CharField(
        max_length=12,
        default="event",
        help_text="What kind of rule it comes from: event, recurring, continuous.",
    )
    retention = models.BooleanField(
        default=False, help_text="The date is a minimum to keep something until, not a limit (R8)."
    )
    careful = models.BooleanField(
        default=False,
        db_default=False,
        help_text="The date is no limit: what it runs from is to be found, and may be this early (R48).",
    )
    word = models.CharField(
        max_length=80, blank=True, help_text="The contract's own word where it gives one (R9)."
    )
    owed_from = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    due_date = models.DateField(null=True, blank=True)
    literal_limit = models.CharField(
        max_length=40, blank=True, help_text="The limit already gone when it first bit (R10)."
    )
    provisional = models.BooleanField(
        default=False, help_text="The date lies beyond the calendar's edge (R4)."
    )
    flagged = models.BooleanField(default=False)
    derivation = models.JSONField(default=dict)
    date_stands = models.CharField(
        max_length=200,
        blank=True,
        help_text="What was taken over after the duty was judged by its date, which therefore stays.",
    )
    deadline_version = models.PositiveIntegerField(default=1)
    phase = models.CharField(max_length=20, choices=Phase, default=Phase.OPEN)
    done_on = models.DateField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        Variation, null=True, blank=True, on_delete=models.PROTECT, related_name="duties_ended"
    )
    approver = models.CharField(
        max_length=10, blank=True, help_text="The side whose decision it needs, if any (R15)."
    )
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "duties"
        ordering = ["due_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["obligation", "subject", "occurrence"], name="duty_raised_once_per_cause"
            ),
            models.CheckConstraint(
                condition=Q(due_at__isnull=True, due_date__isnull=True)
                | Q(due_at__isnull=False, due_date__isnull=False),
                name="duty_due_day_and_moment_together",
            ),
            models.CheckConstraint(
                condition=Q(phase="ended") | Q(ended_by__isnull=True), name="duty_ended_by_only_where_ended"
            ),
        ]
        indexes = [
            models.Index(fields=["contract", "due_at"], condition=Q(phase="open"), name="duty_open_by_due"),
            models.Index(fields=["due_at"], condition=Q(phase="open"), name="duty_open_by_due_everywhere"),
            models.Index(fields=["contract", "phase", "due_at"], name="duty_by_contract_phase"),
            models.Index(fields=["contract", "subject"], name="duty_by_contract_subject"),
        ]
        triggers = [pgtrigger.Protect(name="duty_never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.title

    @property
    def limit_gone(self) -> When | None:
        """The limit that had gone when the duty first bit, a day or a moment (R10); None where none had."""
        return parse_when(self.literal_limit) if self.literal_limit else None

    @property
    def limit_at(self) -> datetime | None:
        """The last moment in time; None where it has none, or only a careful date (R48)."""
        return None if self.careful else self.due_at

    def standing_at(self, now: datetime) -> Standing:
        """Where it stands at a moment: the one answer of pages, lists and the API (R8, R9, R15, R32)."""
        phase = Phase(self.phase)
        if phase is Phase.WITHDRAWN:
            return Standing.WITHDRAWN
        if phase in (Phase.OPEN, Phase.BEFORE):
            state = State.OWED_NOW if self.word or self.careful else State.OPEN
            before = phase is Phase.BEFORE
            return standing_of(state, self.limit_at, now, before_duly=before, is_retention=self.retention)
        return standing_of(State(phase.value), self.limit_at, now)


class WakeUp(models.Model):
    """The next moment at which time alone changes the duties about one subject of a contract.

    A recurring duty comes round, a certificate's last day passes. The clock reads only the wake-ups
    that have come, so its work does not grow with the contracts that sleep.
    """

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="wake_ups")
    subject = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contract", "subject"], name="wake_up_once_per_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.subject or 'the contract'} at {self.at.isoformat()}"
