"""A contract that somebody is making: their answers so far, until it is made."""

from __future__ import annotations

from django.db import models

from contracts.models.contract import Contract
from contracts.models.people import Person


class ContractDraft(models.Model):
    """The answers of one person who makes a contract, kept from page to page.

    ``answers``: by step, the fields of that step in their stored form (days as 2026-03-12). Once the contract
    is made ``contract`` names it, so that a second press of the button leads to the same one.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="contract_drafts")
    answers = models.JSONField(default=dict, blank=True)
    begun_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    contract = models.OneToOneField(
        Contract, null=True, blank=True, on_delete=models.CASCADE, related_name="draft"
    )

    class Meta:
        ordering = ["-changed_at", "-pk"]

    def __str__(self) -> str:
        return f"draft {self.pk} of {self.person_id}"
