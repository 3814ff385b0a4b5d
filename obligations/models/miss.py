"""Misses: limits that passed with nothing done, where the duty's own date no longer shows it alone (R49)."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from obligations.models.duty import Duty
from obligations.models.fact import FactRecord


class Miss(models.Model):
    """A limit of a duty that had passed unmet when something came that would have moved or ended it.

    It counts until something shows that it was none: then ``until`` and ``because`` say so, and it stays on
    the record. A duty that is overdue by its own date needs none: its date shows the miss.
    """

    duty = models.ForeignKey(Duty, on_delete=models.CASCADE, related_name="misses")
    limit = models.DateTimeField(help_text="The last moment in time, which passed.")
    cause = models.ForeignKey(
        FactRecord,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="What it rested on.",
    )
    since = models.DateTimeField(help_text="When it was put down here.")
    despite = models.TextField(blank=True, help_text="What would have moved or ended the duty.")
    instead = models.DateTimeField(
        null=True,
        blank=True,
        help_text="When it would be due by that; empty where it would not be owed.",
    )
    until = models.DateTimeField(null=True, blank=True, help_text="When it stopped counting.")
    because = models.TextField(blank=True, help_text="What shows that it was none.")

    class Meta:
        verbose_name_plural = "misses"
        ordering = ["limit", "id"]
        constraints = [
            models.UniqueConstraint(fields=["duty"], condition=Q(until=None), name="miss_counts_once"),
            models.CheckConstraint(
                condition=Q(until=None, because="") | Q(until__isnull=False) & ~Q(because=""),
                name="miss_stops_counting_with_a_reason",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="miss_never_edited", exclude=["until", "because", "despite", "instead"]),
            pgtrigger.Protect(name="miss_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="miss_stays_as_it_was",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.duty_id}: {self.limit.isoformat()}"
