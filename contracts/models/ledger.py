"""The ledger: every write on a contract, numbered, hashed and never changed."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models.fields.json import KeyTransform

from contracts.models.contract import Contract
from contracts.models.people import Person


class LedgerEntry(models.Model):
    """One thing done on a contract. ``hash`` covers this entry and the one before it in its chain.

    ``ledger.append`` alone writes it, through a function of the database that numbers and hashes. ``origin``
    (``contracts/origin.py``) signs the hash with a key that the database does not hold.

    A contract has one chain, and one more for every subject kept to a distribution list (``kept_to``): so the
    numbers of the chain that everybody reads have no gaps where something was kept from them.
    """

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="ledger", db_index=False)
    kept_to = models.CharField(
        max_length=200, blank=True, default="", help_text="The subject of its distribution list, if any."
    )
    number = models.PositiveIntegerField()
    moment = models.DateTimeField()
    actor = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    actor_name = models.CharField(max_length=200, help_text="The person's name then, or the system job's.")
    verb = models.CharField(max_length=60)
    payload = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)
    origin = models.CharField(
        max_length=80, blank=True, default="", help_text="The application's signature of the hash."
    )

    class Meta:
        verbose_name_plural = "ledger entries"
        ordering = ["contract", "id"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "kept_to", "number"], name="ledger_number_used_once"),
        ]
        indexes = [
            models.Index(KeyTransform("duty", "payload"), "contract", name="ledger_by_duty"),
            models.Index(fields=["contract", "id"], name="ledger_in_order"),
        ]
        triggers = [
            pgtrigger.Protect(name="ledger_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        chain = f"{self.contract_id}/{self.kept_to}" if self.kept_to else str(self.contract_id)
        return f"{chain}/{self.number} {self.verb}"
