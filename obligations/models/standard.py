"""The standard terms of an organisation, against which those of its contracts are shown."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from contracts.models import Organisation, Person
from contracts.proposals.topics import TOPICS


class StandardTerm(models.Model):
    """What an organisation holds to about a topic: "within 24 hours". The last row of a topic counts; one
    without words says that it has no standard any more.

    ``limit`` and ``kind`` are what the words say (``contracts.terms.limit``, ``limits.Kind``).
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="standard_terms")
    topic = models.CharField(max_length=30)
    words = models.CharField(max_length=200, blank=True)
    limit = models.JSONField(null=True, blank=True)
    kind = models.CharField(max_length=20, blank=True)
    stated_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    stated_by_name = models.CharField(max_length=200)
    stated_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["organisation", "topic"], name="standard_term_by_topic")]
        constraints = [
            models.CheckConstraint(
                condition=Q(topic__in=sorted(TOPICS)), name="standard_term_of_a_known_topic"
            ),
            models.CheckConstraint(
                condition=Q(words="", limit__isnull=True, kind="")
                | ~Q(words="") & Q(limit__isnull=False) & ~Q(kind=""),
                name="standard_term_says_what_its_words_say",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="standard_term_never_changed", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic}: {self.words or 'none'}"
