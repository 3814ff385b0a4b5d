"""What one paragraph asks of one party of one contract, over a range of days."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q

from contracts.models import Contract, Paragraph, Variation


class Obligation(models.Model):
    """One rule of the rulebook, adopted for a contract. ``in_force`` is in London days, end excluded."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="obligations")
    paragraph = models.ForeignKey(Paragraph, on_delete=models.PROTECT, related_name="obligations")
    rule_key = models.CharField(max_length=120)
    rulebook_key = models.CharField(max_length=60)
    rulebook_digest = models.CharField(max_length=64)
    party = models.CharField(max_length=10)
    title = models.CharField(max_length=200)
    in_force = DateRangeField()
    ended_by = models.ForeignKey(Variation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="obligation_versions_do_not_overlap",
                expressions=[
                    ("contract", RangeOperators.EQUAL),
                    ("rulebook_key", RangeOperators.EQUAL),
                    ("rule_key", RangeOperators.EQUAL),
                    ("in_force", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(condition=Q(in_force__isempty=False), name="obligation_has_days"),
        ]

    def __str__(self) -> str:
        return f"{self.rulebook_key} {self.rule_key}"
