"""Paragraphs of an own schedule that have other numbers since: what was decided before follows them."""

from __future__ import annotations

import pgtrigger
from django.db import models

from contracts.models import Contract, Schedule


class Renumbering(models.Model):
    """A correction of a reading, or a later edition, gave paragraphs other numbers. Never changed.

    ``moved``: old path to new. It is laid over the entries decided up to ``last_decision`` and the versions
    of the book up to ``last_version`` (the numbers of their rows, 0 for none), whose own words stay.
    """

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="+")
    schedule = models.ForeignKey(Schedule, on_delete=models.PROTECT, related_name="renumberings")
    moved = models.JSONField()
    last_decision = models.PositiveBigIntegerField(default=0)
    last_version = models.PositiveBigIntegerField(default=0)
    moved_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        triggers = [
            pgtrigger.Protect(
                name="renumbering_never_changed", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return f"{self.schedule_id}: {len(self.moved)} renumbered"
