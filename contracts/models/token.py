"""Tokens: a program reads and records for a person, with less than what the person may do."""

from __future__ import annotations

from datetime import timedelta

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from contracts.acts import Act, Reach
from contracts.models.people import Person

LONGEST = timedelta(days=366)
"""The longest from the day on which a token is made to its last day: a year, leap years included."""


class TokenScope(models.TextChoices):
    """What a program may do with a token."""

    READ = "read", "Read"
    RECORD = "record", "Read, and record facts and evidence"

    @property
    def acts(self) -> frozenset[Act]:
        """The acts on a contract, as far as the person's role allows them too."""
        more = {Act.RECORD_FACT, Act.LOG_EVIDENCE} if self == TokenScope.RECORD else set()
        return frozenset({Act.VIEW, *more})


class ApiToken(models.Model):
    """A token that somebody made for a program. ``services/api_tokens`` alone writes it.

    Only the SHA-256 of its key is kept, and the last characters to tell it by: nobody can read it again.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="api_tokens")
    name = models.CharField(max_length=100, help_text="What it is for, in the person's words.")
    key_hash = models.CharField(max_length=64)
    key_end = models.CharField(max_length=4, help_text="The last characters of the key, to tell it by.")
    scope = models.CharField(max_length=10, choices=TokenScope, default=TokenScope.READ)
    contracts = ArrayField(
        models.BigIntegerField(),
        null=True,
        blank=True,
        help_text="The contracts it opens, by number; none: all those the person is on.",
    )
    made_at = models.DateTimeField()
    made_on = models.DateField(help_text="The London day of that.")
    last_day = models.DateField(help_text="The last London day on which it works.")
    last_used_on = models.DateField(null=True, blank=True, help_text="The last London day of its use.")
    last_used_from = models.GenericIPAddressField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by_name = models.CharField(max_length=200, blank=True)
    ended_why = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["key_hash"], name="api_token_key_used_once"),
            models.CheckConstraint(
                condition=Q(last_day__gte=F("made_on")) & Q(last_day__lte=F("made_on") + LONGEST),
                name="api_token_ends_within_a_year",
            ),
            models.CheckConstraint(
                condition=Q(contracts__isnull=True) | Q(contracts__len__gt=0),
                name="api_token_opens_something",
            ),
        ]
        indexes = [models.Index(fields=["person", "ended_at"], name="api_token_of_person")]
        triggers = [
            pgtrigger.ReadOnly(
                name="api_token_made_never_edited",
                fields=[
                    "person", "name", "key_hash", "key_end", "scope", "contracts", "made_at", "made_on",
                    "last_day",
                ],
            ),
            pgtrigger.Protect(
                name="api_token_ended_stays_so",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__ended_at__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.name} ({self.person})"

    @property
    def reach(self) -> Reach:
        """How far it goes."""
        contracts = None if self.contracts is None else frozenset(self.contracts)
        return Reach(contracts, TokenScope(self.scope).acts)
