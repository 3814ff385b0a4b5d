"""Seals of the record: signed lists of where every ledger ends, each bound to the one before it."""

from __future__ import annotations

import pgtrigger
from django.db import models

from contracts.models.contract import Contract
from contracts.models.people import Organisation, Person


class Seal(models.Model):
    """What the record held at a moment, signed with a key that the database does not hold.

    ``payload`` is the exact text that ``hash`` (SHA-256) and ``signature`` (Ed25519, base64) are of:
    ``contracts/services/seals/payload.py`` says what is in it. ``leaves`` are the SHA-256 of the signed
    writes that it covers, in their order, 32 bytes each; their digest is in the payload. ``upto`` is the
    highest number of a write that this or an earlier seal covers.
    """

    number = models.PositiveIntegerField(primary_key=True)
    moment = models.DateTimeField()
    payload = models.TextField()
    hash = models.CharField(max_length=64)
    signature = models.CharField(max_length=88)
    leaves = models.BinaryField(default=b"")
    upto = models.BigIntegerField()

    class Meta:
        ordering = ["number"]
        triggers = [pgtrigger.Protect(name="seal_append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"Seal {self.number}"


class SealedHead(models.Model):
    """Where a chain ended when it was sealed: the number and hash of its last entry.

    Of a contract and the subject that the chain is kept to (""), or of an organisation; of neither: of the
    installation. Written where the chain had grown since the seal before.
    """

    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="heads")
    contract = models.ForeignKey(
        Contract, null=True, blank=True, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False
    )
    kept_to = models.CharField(max_length=200, blank=True, default="")
    organisation = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
    )
    number = models.PositiveIntegerField()
    hash = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["contract", "kept_to", "-number"], name="sealed_head_of_chain")]
        triggers = [
            pgtrigger.Protect(name="sealed_head_append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.contract_id or self.organisation_id}/{self.kept_to}/{self.number}"


class SealStamp(models.Model):
    """What a time-stamp server (RFC 3161) answered about a seal: that its hash was there at a moment."""

    seal = models.OneToOneField(Seal, on_delete=models.PROTECT, related_name="stamp")
    stamped_at = models.DateTimeField(help_text="By the server's clock.")
    answer = models.BinaryField(help_text="The whole answer in DER.")

    class Meta:
        triggers = [
            pgtrigger.Protect(name="seal_stamp_append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.seal} at {self.stamped_at.isoformat()}"


class HeadsWanted(models.Model):
    """Somebody on a contract who is mailed once a day where its ledger ends, from a moment until another."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "person"], condition=models.Q(until=None), name="heads_wanted_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.contract_id}: {self.person_id}"


class HeadsMail(models.Model):
    """One mail of heads to one person about one contract on one London day: written first, then sent.

    ``lines`` are what it told, by which the ledger is held against it later.
    """

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    lines = models.JSONField(default=list)
    not_before = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=255, blank=True, help_text="What the mail server answered.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contract", "person", "day"], name="heads_mailed_once_a_day")
        ]
        indexes = [
            models.Index(
                fields=["not_before"],
                condition=models.Q(sent_at=None, given_up_at=None),
                name="heads_mail_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.contract_id}: {self.person_id} on {self.day}"
