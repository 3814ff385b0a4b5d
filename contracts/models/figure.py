"""Figures of the signed text that count instead of the standard form's, by a decision (R34)."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from contracts.models.contract import Contract, Side
from contracts.models.people import Person
from contracts.models.text import Document, Paragraph


class FigureDecision(models.Model):
    """One decision on one limit: the contract's ``own`` figure counts, or the standard form's again.

    The newest decision on a limit is the one in force. ``limit_key`` is the register's key of the limit, and
    ``rulebook_key`` of the register. ``limit`` and ``standard_limit`` are all that the words say, in the form
    of ``contracts.terms.limit``; decisions taken before it was kept have none, and then the amount with
    its unit is all. Of several lengths the amounts are the first.
    """

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="figure_decisions")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="figure_decisions")
    paragraph = models.ForeignKey(Paragraph, on_delete=models.PROTECT, related_name="+")
    rulebook_key = models.CharField(max_length=60)
    limit_key = models.CharField(max_length=180)
    own = models.BooleanField(help_text="The contract's own figure, or the standard form's again.")
    amount = models.PositiveIntegerField()
    unit = models.CharField(max_length=20)
    limit = models.JSONField(null=True, help_text="What the figure's words say; null: one plain length.")
    standard_limit = models.JSONField(null=True, help_text="The same of the standard form's figure.")
    standard_amount = models.PositiveIntegerField()
    standard_unit = models.CharField(max_length=20)
    words = models.CharField(max_length=300, blank=True, help_text="The words of the document.")
    reason = models.TextField()
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    decided_by_name = models.CharField(max_length=200)
    decided_side = models.CharField(max_length=10, choices=Side)
    decided_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="figure_decided_with_a_reason"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="figure_is_a_length_of_time"),
            models.CheckConstraint(
                condition=~Q(decided_side="neither"), name="figure_decided_by_one_of_the_parties"
            ),
        ]
        indexes = [models.Index(fields=["contract", "id"], name="figure_by_contract")]
        triggers = [
            pgtrigger.Protect(name="figure_never_changed", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.limit_key}: {self.amount} {self.unit}"
