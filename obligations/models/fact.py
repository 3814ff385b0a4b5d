"""Facts: what happened, when, and when we learned it (R11)."""

from __future__ import annotations

from datetime import datetime

import pgtrigger
from django.db import models
from django.db.models import Q

from contracts.models import Contract, Person, Side
from contracts.terms.moments import Day, When, london


class FactRecord(models.Model):
    """A recorded fact. Never edited: withdrawn with a reason, and recorded anew.

    ``happened_on`` is the London day; ``happened_at`` the moment, where one is known.
    """

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="facts")
    kind = models.CharField(max_length=60)
    subject = models.CharField(max_length=200, blank=True)
    happened_on = models.DateField()
    happened_at = models.DateTimeField(null=True, blank=True)
    stamped = models.CharField(
        max_length=40,
        blank=True,
        help_text="The moment as it was written, where its offset is not London's (R13).",
    )
    repeated_hour = models.BooleanField(
        default=False,
        help_text="Written without an offset in October's repeated hour: the earlier was taken.",
    )
    details = models.JSONField(default=dict, blank=True)
    made_on = models.CharField(
        max_length=20,
        blank=True,
        help_text="The page that recorded it with what it belongs to; empty for the general form.",
    )
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    recorded_by_name = models.CharField(max_length=200)
    recorded_side = models.CharField(max_length=10, choices=Side)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["happened_on", "happened_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "kind", "subject", "happened_on", "happened_at"],
                condition=Q(withdrawn_at__isnull=True),
                nulls_distinct=False,
                name="fact_recorded_once",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | ~Q(withdrawn_reason=""),
                name="fact_withdrawn_with_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["contract", "subject"], name="fact_by_contract_subject"),
            models.Index(fields=["contract", "-recorded_at"], name="fact_by_contract_recorded"),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="fact_never_edited", exclude=["withdrawn_at", "withdrawn_by", "withdrawn_reason"]
            ),
            pgtrigger.Protect(name="fact_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="fact_stays_withdrawn",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__withdrawn_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"

    @property
    def happened(self) -> When:
        """The moment where one is known, with the offset it was written with; else the day."""
        return happened(self.happened_on, self.happened_at, self.stamped)


def happened(day: Day, moment: datetime | None, stamped: str) -> When:
    """When a fact happened, from its columns: the moment as it was written, else the day."""
    if moment is None:
        return day
    return datetime.fromisoformat(stamped) if stamped else london(moment)
