"""The names under which things are kept: how each was written in a contract, and what it is compared by."""

from __future__ import annotations

from django.db import models

from contracts.models import Contract


class KnownName(models.Model):
    """A name of something that facts of a contract are about, as it was written.

    Names with one ``folded`` form are the name of one thing; the first of them is what it is shown and kept
    under. What was recorded under another spelling before names were compared keeps that spelling.
    """

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="known_names")
    name = models.CharField(max_length=200)
    folded = models.CharField(max_length=400)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["contract", "name"], name="known_name_once")]
        indexes = [models.Index(fields=["contract", "folded"], name="known_name_by_folded")]

    def __str__(self) -> str:
        return self.name
