"""The address of somebody's calendar feed: what of it is kept, and when it was last fetched."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from contracts.models.people import Person


class CalendarFeed(models.Model):
    """An address at which a calendar program reads somebody's dates. ``services/calendar_feeds`` writes it.

    Only the SHA-256 of the secret in the address is kept: nobody can read it again.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="calendar_feeds")
    key_hash = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_why = models.CharField(max_length=100, blank=True)
    fetched_at = models.DateTimeField(null=True, blank=True)
    digest = models.CharField(max_length=64, blank=True, help_text="Of what was last given out.")
    changed_at = models.DateTimeField(
        null=True, blank=True, help_text="When that was first found to differ from what was given out before."
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["key_hash"], name="calendar_feed_key_used_once"),
            models.UniqueConstraint(
                fields=["person"], condition=Q(ended_at__isnull=True), name="calendar_feed_one_at_a_time"
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="calendar_feed_made_never_edited", fields=["person", "key_hash", "made_at"]
            ),
            pgtrigger.Protect(
                name="calendar_feed_ended_stays_so",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__ended_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"calendar of {self.person}"
