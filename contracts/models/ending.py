"""The end of a contract in Duly: closed, kept, handed over, erased."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q

from contracts.models.contract import Contract, Side
from contracts.models.people import Organisation, Person
from contracts.terms.keeping import Made


class Ending(models.TextChoices):
    """What is asked of the two people."""

    CLOSE = "close", "Close it"
    OPEN_AGAIN = "open_again", "Open it again"
    ERASE = "erase", "Erase it"


class EndingAsked(models.Model):
    """One person asks that a contract be closed, opened again or erased; a second agrees, or says no.

    Never edited; ``withdrawn`` also by who says no. ``made`` and ``keep_until`` belong to closing.
    """

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="endings")
    what = models.CharField(max_length=10, choices=Ending)
    reason = models.TextField()
    made = models.CharField(max_length=6, choices=[(one.value, one.value) for one in Made], blank=True)
    keep_until = models.DateField(null=True, blank=True, help_text="Not before this day, whatever the law.")
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_by_name = models.CharField(max_length=200)
    asked_side = models.CharField(max_length=10, choices=Side)
    asked_at = models.DateTimeField()
    agreed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    agreed_by_name = models.CharField(max_length=200, blank=True)
    agreed_side = models.CharField(max_length=10, choices=Side, blank=True)
    agreed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by_name = models.CharField(max_length=200, blank=True)
    withdrawn_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["asked_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract"],
                condition=Q(agreed_at__isnull=True, withdrawn_at__isnull=True),
                name="ending_one_waits_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(agreed_by__isnull=True)
                | ~Q(agreed_by=F("asked_by"))
                | (~Q(what=Ending.ERASE) & Q(asked_side=F("agreed_side"))),
                name="ending_agreed_by_somebody_else",
            ),
            models.CheckConstraint(
                condition=Q(agreed_at__isnull=True) | Q(withdrawn_at__isnull=True),
                name="ending_agreed_or_withdrawn",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="ending_asked_never_edited",
                fields=[
                    "contract", "what", "reason", "made", "keep_until", "asked_by", "asked_by_name",
                    "asked_side", "asked_at",
                ],
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_what_display()} ({self.asked_by_name})"


class KeepingHold(models.Model):
    """Somebody needs the record for longer: nothing is erased while a hold stands."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="holds")
    reason = models.TextField()
    set_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    set_by_name = models.CharField(max_length=200)
    set_side = models.CharField(max_length=10, choices=Side)
    set_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by_name = models.CharField(max_length=200, blank=True)
    lifted_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["set_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_reason="")
                | (Q(lifted_at__isnull=False) & ~Q(lifted_reason="")),
                name="hold_lifted_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.reason


class HandOver(models.Model):
    """The whole record of a contract as one archive, made for one person. Thrown away after some days."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="hand_overs")
    file = models.FileField(upload_to="handed_over/%Y/%m/", blank=True)
    size = models.PositiveBigIntegerField(default=0, help_text="Bytes.")
    sha256 = models.CharField(max_length=64, blank=True)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    made_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at", "-id"]

    def __str__(self) -> str:
        return f"Record of {self.contract_id} for {self.asked_by_id}"


class ErasureCertificate(models.Model):
    """What is left of a contract that was erased: what it was, who asked and agreed, and how much went.

    It has no link to the contract, which is gone. ``files_left`` are those still to be deleted.
    """

    contract_number = models.BigIntegerField(unique=True)
    reference = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    authority = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    supplier = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    closed_on = models.DateField()
    kept_until = models.DateField()
    reason = models.TextField()
    asked_by_name = models.CharField(max_length=200)
    agreed_by_name = models.CharField(max_length=200)
    erased_at = models.DateTimeField()
    rows = models.JSONField(help_text="How many rows of each table.")
    files = models.PositiveIntegerField()
    files_left = models.JSONField(default=list)
    heads = models.JSONField(help_text="The last number and hash of each chain of its ledger.")
    hand_overs = models.JSONField(default=list, help_text="Day and SHA-256 of each archive handed over.")

    class Meta:
        ordering = ["-erased_at"]

    def __str__(self) -> str:
        return f"{self.reference}, erased"
