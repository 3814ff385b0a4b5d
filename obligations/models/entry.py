"""What people decided a paragraph of a contract's own schedule asks, and the kinds of fact they named for it.

A decision counts for nothing by itself: it counts once it is put in force, in a version of the contract's own
rulebook (decision 0018). Nothing here is ever edited: who thinks better of it decides again.
"""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from contracts.models import Contract, Paragraph, Person, Schedule, Side

KIND_SIDES = [("supplier", "The supplier"), ("authority", "The authority"), ("either", "Either side")]


class OwnKind(models.Model):
    """A kind of fact that people of a contract named themselves, beside those that are shipped.

    ``label`` is what the person called it, and ``side`` who records it. ``subject`` is the label of what it
    is about, "" where it is about the contract as a whole. ``details``: its further fields, in the form in
    which a vocabulary has them. It may be recorded once a version in force speaks of it.
    """

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="own_kinds")
    name = models.CharField(max_length=60, help_text="own_ and the words of its label.")
    label = models.CharField(max_length=120)
    side = models.CharField(max_length=10, choices=KIND_SIDES)
    subject = models.CharField(max_length=120, blank=True, help_text="What it is about, in words.")
    example = models.CharField(max_length=120, blank=True)
    needs_moment = models.BooleanField(default=False, help_text="A limit in hours runs from it.")
    details = models.JSONField(default=list, blank=True)
    named_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    named_by_name = models.CharField(max_length=200)
    named_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "name"], name="own_kind_name_used_once"),
            models.UniqueConstraint("contract", Lower("label"), name="own_kind_label_used_once"),
            models.CheckConstraint(
                condition=Q(name__regex=r"^own_[a-z0-9_]+$"), name="own_kind_is_named_as_such"
            ),
            models.CheckConstraint(
                condition=Q(side__in=["supplier", "authority", "either"]), name="own_kind_of_a_known_side"
            ),
            models.CheckConstraint(condition=~Q(label=""), name="own_kind_has_a_label"),
        ]
        triggers = [
            pgtrigger.Protect(name="own_kind_never_changed", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.label


class EntryOutcome(models.TextChoices):
    """What a person made of a paragraph."""

    ACCEPTED = "accepted", "Accepted as proposed"
    CORRECTED = "corrected", "Corrected"
    ADDED = "added", "Added by hand"
    NONE = "none", "Asks for nothing"
    SKIPPED = "skipped", "Left for later"


WITH_ENTRIES = ["accepted", "corrected", "added"]
"""The outcomes by which a paragraph asks for something."""


class EntryDecision(models.Model):
    """What a person decided one paragraph asks: all its entries, or why it asks for nothing.

    ``number`` counts from 1 for each paragraph, so that two people who decide at once meet an error. The last
    that is not "left for later" counts, once it is put in force. ``entries`` are tables of a rulebook, with
    their key and path. ``rests_on``: for each entry's key and field the words it rests on, as path, start,
    end and text. ``proposed``: what Duly proposed when it was decided, null where nothing was.
    """

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="entry_decisions")
    schedule = models.ForeignKey(Schedule, on_delete=models.PROTECT, related_name="entry_decisions")
    paragraph = models.ForeignKey(Paragraph, on_delete=models.PROTECT, related_name="entry_decisions")
    number = models.PositiveIntegerField()
    outcome = models.CharField(max_length=10, choices=EntryOutcome)
    entries = models.JSONField(default=list, blank=True)
    why = models.TextField(blank=True, help_text="Why the paragraph asks for nothing.")
    rests_on = models.JSONField(default=dict, blank=True)
    proposed = models.JSONField(null=True, blank=True)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    decided_by_name = models.CharField(max_length=200)
    decided_side = models.CharField(max_length=10, choices=Side)
    decided_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["paragraph", "number"], name="entry_decision_number_used_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="entry_decisions_count_from_one"),
            models.CheckConstraint(
                condition=Q(outcome__in=EntryOutcome.values), name="entry_decision_of_a_known_outcome"
            ),
            models.CheckConstraint(
                condition=(~Q(outcome__in=WITH_ENTRIES) | ~Q(entries=[]))
                & (Q(outcome__in=WITH_ENTRIES) | Q(entries=[])),
                name="entry_decision_has_entries_or_asks_nothing",
            ),
            models.CheckConstraint(
                condition=Q(outcome="none") & ~Q(why="") | ~Q(outcome="none") & Q(why=""),
                name="entry_decision_says_why_nothing",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="entry_decision_never_changed", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return f"{self.paragraph_id} {self.number}: {self.outcome}"


class EntryOpinion(models.Model):
    """What the other side says of a decision: that it reads the paragraph so too, or otherwise, and how.

    Both readings stay on the record; the last of a side is what it says now. It changes no date.
    """

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="entry_opinions")
    decision = models.ForeignKey(EntryDecision, on_delete=models.PROTECT, related_name="opinions")
    agrees = models.BooleanField()
    words = models.TextField(blank=True, help_text="How that side reads the paragraph.")
    given_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    given_by_name = models.CharField(max_length=200)
    given_side = models.CharField(max_length=10, choices=Side)
    given_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(given_side__in=["supplier", "authority"]), name="entry_opinion_of_a_party"
            ),
            models.CheckConstraint(
                condition=Q(agrees=True) | ~Q(words=""), name="entry_opinion_against_says_how_it_reads"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="entry_opinion_never_changed", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return f"{self.given_side} on {self.decision_id}: {'agrees' if self.agrees else 'disagrees'}"
