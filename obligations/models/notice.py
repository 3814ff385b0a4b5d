"""Notices: rows written in the transaction of their cause, then claimed, sent and recorded."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q

from contracts.models import Contract, Person
from obligations.models.duty import Duty
from obligations.models.fact import FactRecord

GAVE_UP = "gave up: "
"""How the reason begins where a notice was given up: refused for good, or impossible to write."""

HISTORY = "it belongs to a history that was loaded, for which no mail is sent"


class Stage(models.TextChoices):
    """Why a notice is sent."""

    RAISED = "raised", "Now owed"
    DUE_SOON = "due_soon", "Due soon"
    DUE_TODAY = "due_today", "Due today"
    OVERDUE = "overdue", "Overdue"
    SUBMITTED = "submitted", "Evidence to decide on"
    DECIDED = "decided", "Evidence decided"
    REDATED = "redated", "Date changed"
    ENDED = "ended", "Ended by a variation"
    GIVEN_UP = "given_up", "Could not be sent"
    CLAIMED = "claimed", "Claim to decide on"
    ANSWERED = "answered", "Claim decided"
    LAPSES = "lapses", "Ends soon"


class Notice(models.Model):
    """One message to one person: about a duty, or about a fact that will end by itself (R26).

    ``not_before`` is the earliest moment to send it.
    """

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="notices")
    # found by the index of ``notice_sent_once``, which begins with it
    duty = models.ForeignKey(
        Duty, null=True, blank=True, on_delete=models.PROTECT, related_name="notices", db_index=False
    )
    # found by the index of ``notice_of_a_fact_sent_once``
    fact = models.ForeignKey(
        FactRecord, null=True, blank=True, on_delete=models.PROTECT, related_name="notices", db_index=False
    )
    deadline_version = models.PositiveIntegerField()
    stage = models.CharField(max_length=12, choices=Stage)
    recipient = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="notices")
    channel = models.CharField(max_length=10, default="email")
    about = models.CharField(
        max_length=40, blank=True, help_text="Tells apart notices of one stage: what it is about, by number."
    )
    not_before = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=255, blank=True, help_text="What the mail server answered.")
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_why = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()

    claimed_before: datetime | None = None
    """Not stored: when a worker that died had claimed it, as the batch that claims it again finds it."""
    in_ledger = models.BooleanField(
        default=False, help_text="Whether the ledger says that it was sent. Written just after sending."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["duty", "deadline_version", "stage", "recipient", "channel", "about"],
                name="notice_sent_once",
            ),
            models.UniqueConstraint(
                fields=["fact", "deadline_version", "stage", "recipient", "channel", "about"],
                condition=Q(fact__isnull=False),
                name="notice_of_a_fact_sent_once",
            ),
            models.CheckConstraint(
                condition=Q(duty__isnull=False, fact__isnull=True) | Q(duty__isnull=True, fact__isnull=False),
                name="notice_of_a_duty_or_a_fact",
            ),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | Q(cancelled_at__isnull=True),
                name="notice_sent_or_cancelled",
            ),
        ]
        indexes = [
            models.Index(
                fields=["not_before"],
                condition=Q(sent_at__isnull=True, cancelled_at__isnull=True),
                name="notice_waiting_by_not_before",
            ),
            models.Index(
                fields=["contract"],
                condition=Q(sent_at__isnull=False, in_ledger=False),
                name="notice_sent_not_in_ledger",
            ),
            models.Index(
                fields=["cancelled_at"],
                condition=Q(cancelled_why__startswith=GAVE_UP),
                name="notice_given_up_by_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_stage_display()}: {self.subject or self.duty_id}"

    @property
    def subject(self) -> str:
        """What it is about, by its name."""
        row = self.duty or self.fact
        return row.subject if row is not None else ""

    @property
    def told_duty(self) -> Duty:
        """The duty that it is about. Raises ValueError where it is about a fact."""
        if self.duty is None:
            raise ValueError(f"notice {self.pk} is about a fact")
        return self.duty

    @property
    def told_fact(self) -> FactRecord:
        """The fact that it is about. Raises ValueError where it is about a duty."""
        if self.fact is None:
            raise ValueError(f"notice {self.pk} is about a duty")
        return self.fact

    @property
    def is_final(self) -> bool:
        """Whether it was cancelled for good, and not for a reason that may pass."""
        return self.cancelled_why == HISTORY or self.cancelled_why.startswith(GAVE_UP)
