"""Claims and agreements: facts that count only once the other side has said so (R46)."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q

from contracts.models import Contract, Person, Side
from obligations.models.fact import FactRecord


class ClaimState(models.TextChoices):
    """The states of ``obligations/claims/states.toml``; a test compares the two."""

    OPEN = "open", "Waiting for an answer"
    ACCEPTED = "accepted", "Accepted"
    REFUSED = "refused", "Refused"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Claim(models.Model):
    """What one side claims, or proposes to agree, with a fact, and what the other says to it.

    A fact without one is established. ``subject`` is the fact's, ``citation`` the paragraph it rests on.
    ``made_side`` says it and ``waits_for`` answers. ``agreement``: another period, or an agreed date, which
    the other side confirms. The file is the evidence, or the letter by which the other side agreed (R33).
    """

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="claims")
    fact = models.OneToOneField(FactRecord, on_delete=models.PROTECT, related_name="claim")
    subject = models.CharField(max_length=200, blank=True)
    citation = models.CharField(max_length=200)
    agreement = models.BooleanField(default=False)
    made_side = models.CharField(max_length=10, choices=Side)
    waits_for = models.CharField(max_length=10, choices=Side)
    reason = models.TextField()
    file = models.FileField(upload_to="claims/%Y/%m/", blank=True)
    file_name = models.CharField(max_length=255, blank=True)
    size = models.PositiveBigIntegerField(default=0, help_text="Bytes.")
    sha256 = models.CharField(max_length=64, blank=True)
    link = models.URLField(max_length=2000, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=ClaimState, default=ClaimState.OPEN)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_reason = models.TextField(blank=True)
    from_letter = models.BooleanField(
        default=False, help_text="Recorded from the letter of the side that decides, by the other (R33)."
    )

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ClaimState.values), name="claim_in_a_known_state"),
            models.CheckConstraint(
                condition=Q(made_side__in=["supplier", "authority"])
                & Q(waits_for__in=["supplier", "authority"])
                & ~Q(made_side=F("waits_for")),
                name="claim_waits_for_the_other_side",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="claim_made_with_a_reason"),
            models.CheckConstraint(
                condition=(~Q(file="") & ~Q(sha256="")) | ~Q(link=""), name="claim_made_with_evidence"
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_at=None, decided_by=None)
                | Q(state="withdrawn", decided_at__gte=F("made_at"))
                | (~Q(state="open") & Q(decided_at__gte=F("made_at"), decided_by__isnull=False)),
                name="claim_decided_by_somebody_after_it_was_made",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "withdrawn"])
                | Q(from_letter=True)
                | ~Q(decided_by=F("made_by")),
                name="claim_decided_by_another_person",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["refused", "withdrawn"]) | ~Q(decided_reason=""),
                name="claim_refused_with_a_reason",
            ),
        ]
        indexes = [
            models.Index(
                fields=["contract", "subject"], condition=Q(state="open"), name="claim_open_by_subject"
            )
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="claim_never_edited",
                exclude=["state", "decided_at", "decided_by", "decided_reason", "from_letter"],
            ),
            pgtrigger.Protect(name="claim_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="claim_decided_once",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state="open"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.get_state_display()}"
