"""The ledger: every write on a contract, numbered, hashed and never changed."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models.fields.json import KeyTransform

from contracts.models.contract import Contract
from contracts.models.people import Person


class LedgerEntry(models.Model):
    """One thing done on a contract. ``hash`` covers this entry and the one before it."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="ledger")
    number = models.PositiveIntegerField()
    moment = models.DateTimeField()
    actor = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    actor_name = models.CharField(max_length=200, help_text="The person's name then, or the system job's.")
    verb = models.CharField(max_length=60)
    payload = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name_plural = "ledger entries"
        ordering = ["contract", "number"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "number"], name="ledger_number_used_once"),
        ]
        indexes = [models.Index(KeyTransform("duty", "payload"), "contract", name="ledger_by_duty")]
        triggers = [
            pgtrigger.Protect(name="ledger_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id}/{self.number} {self.verb}"
