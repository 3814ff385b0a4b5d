"""What Duly proposes that a paragraph asks. Nothing of it counts before people have decided."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from contracts.models.contract import Contract, Schedule
from contracts.models.text import Document, Paragraph
from contracts.proposals.proposal import CERTAINTIES, KINDS, PARTIES
from contracts.proposals.topics import TOPICS


class Proposal(models.Model):
    """One proposal for one paragraph of a schedule of the contract's own; a paragraph may have several.

    ``content`` is the whole in the JSON form of ``contracts/proposals/proposal.py``; what stands beside it is
    there to be asked for. The proposals of a schedule are made anew with each edition: they are no record.
    What was proposed when somebody decided stays with the decision.
    """

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="proposals")
    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="proposals")
    paragraph = models.ForeignKey(Paragraph, on_delete=models.CASCADE, related_name="proposals")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    place = models.PositiveIntegerField(help_text="Its place among those of its paragraph, from 1.")
    kind = models.CharField(max_length=20)
    party = models.CharField(max_length=10, blank=True)
    topic = models.CharField(max_length=30)
    certainty = models.CharField(max_length=10)
    content = models.JSONField()

    class Meta:
        ordering = ["paragraph__order", "place"]
        constraints = [
            models.UniqueConstraint(fields=["paragraph", "place"], name="proposal_place_used_once"),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="proposal_of_a_known_kind"),
            models.CheckConstraint(condition=Q(party__in=PARTIES), name="proposal_of_a_known_party"),
            models.CheckConstraint(condition=Q(topic__in=sorted(TOPICS)), name="proposal_of_a_known_topic"),
            models.CheckConstraint(
                condition=Q(certainty__in=CERTAINTIES), name="proposal_of_a_known_certainty"
            ),
        ]
        indexes = [models.Index(fields=["schedule", "kind"], name="proposal_by_schedule_and_kind")]

    def __str__(self) -> str:
        return f"{self.paragraph_id} {self.place}: {self.kind}"
