"""Webhooks of a contract: where stages are told to a program, and each message that goes or went there."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from contracts.models import Contract, LedgerEntry, Person


class WebhookKind(models.TextChoices):
    """What is sent."""

    JSON = "json", "A program (JSON)"
    TEXT = "text", "Slack or Teams (a line of text)"


class Webhook(models.Model):
    """An address to which a contract's stages are told. ``services/webhooks/endpoints`` writes it.

    Whoever knows the address of a chat room may write into it, so it is sealed, as the secret is that
    messages are signed with; people are shown the host alone.
    """

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="webhooks")
    kind = models.CharField(max_length=4, choices=WebhookKind)
    host = models.CharField(max_length=255)
    sealed_url = models.TextField()
    sealed_secret = models.TextField()
    stages = models.JSONField(help_text="The names of the stages that are told.")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_by_name = models.CharField(max_length=200)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by_name = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=WebhookKind.values), name="webhook_of_a_known_kind")
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="webhook_made_never_edited",
                fields=["contract", "kind", "host", "sealed_url", "sealed_secret", "stages", "made_at"],
            ),
            pgtrigger.Protect(
                name="webhook_ended_stays_so",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__ended_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"webhook {self.pk} to {self.host}"


class WebhookDelivery(models.Model):
    """One message to one address: written in the transaction of its cause, then claimed and sent.

    ``entry`` is the entry of the ledger that it tells of; None for a test. ``about`` says what the stage is
    about, by number ("duty 5"). ``key`` tells messages of one stage apart, so that none is written twice.
    """

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="+")
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    entry = models.ForeignKey(
        LedgerEntry, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    stage = models.CharField(max_length=30)
    about = models.CharField(max_length=40, blank=True)
    citation = models.CharField(max_length=200, blank=True)
    key = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    not_before = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=255, blank=True, help_text="What came of the last try.")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["webhook", "stage", "key"], name="webhook_told_once"),
        ]
        indexes = [
            models.Index(
                fields=["not_before"],
                condition=Q(sent_at=None, given_up_at=None),
                name="webhook_delivery_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.stage} to webhook {self.webhook_id}"
