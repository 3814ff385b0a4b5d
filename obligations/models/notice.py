"""Notices: rows written in the transaction of their cause, then claimed, sent and recorded."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from contracts.models import Contract, LedgerEntry, Person
from obligations import subjects
from obligations.models.duty import Duty
from obligations.models.fact import FactRecord
from obligations.rules.notices.stages import Rule
from obligations.rules.notices.stages import Stage as Stage  # the names, read together with the rows

GAVE_UP = "gave up: "
"""How the reason begins where a notice was given up: refused for good, or impossible to write."""

NOT_TAKEN_BACK = Q(cancelled_at__isnull=True) | Q(cancelled_why__startswith=GAVE_UP)
"""What its recipient is told in Duly: also what no mail could be sent about."""

TOLD = Coalesce("sent_at", "not_before")
"""When somebody was told, or is to be: in Duly also where no mail went."""

WHAT_IT_SAYS = (
    "recipient",
    "contract__authority",
    "contract__supplier",
    "fact",
    "entry",
    "duty__ended_by",
    "duty__cause",
    "duty__obligation__paragraph__schedule",
)
"""The rows from which the words of a notice are made: fetched with it."""

HISTORY = "it belongs to a history that was loaded, for which no mail is sent"


def stage_choices() -> list[tuple[str, str]]:
    """The stages there are, those of the subjects included, each with its label."""
    return [(one.name, one.label) for one in subjects.stages().values()]


class Notice(models.Model):
    """One message to one person: about a duty, about a fact that will end by itself (R26), or about what came
    onto the record (an entry of the ledger).

    ``not_before`` is the earliest moment to send it and stays so. ``waits_until`` is until when it waits
    beyond that: for the mail of the day, or for the next try.
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
    # found by the index of ``notice_of_an_entry_sent_once``
    entry = models.ForeignKey(
        LedgerEntry, null=True, blank=True, on_delete=models.PROTECT, related_name="notices", db_index=False
    )
    deadline_version = models.PositiveIntegerField()
    stage = models.CharField(max_length=30, choices=stage_choices)
    recipient = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="notices")
    channel = models.CharField(max_length=10, default="email")
    about = models.CharField(
        max_length=40, blank=True, help_text="Tells apart notices of one stage: what it is about, by number."
    )
    not_before = models.DateTimeField()
    waits_until = models.DateTimeField(null=True, blank=True)
    letter = models.CharField(
        max_length=80,
        blank=True,
        db_default="",
        default="",
        help_text="The mail it was last handed over in, by its Message-ID.",
    )
    goes_at = models.GeneratedField(
        expression=Coalesce("waits_until", "not_before"),
        output_field=models.DateTimeField(),
        db_persist=True,
        help_text="From when it is sent: a column, since the index of an expression serves no row security.",
    )
    claimed_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=255, blank=True, help_text="What the mail server answered.")
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_why = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(
        null=True, blank=True, help_text="When its recipient said in Duly that they have read it."
    )

    handed_over = False
    """Not stored: whether it may have gone already as part of ``letter``, as who claims it finds out."""
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
            models.UniqueConstraint(
                fields=["entry", "deadline_version", "stage", "recipient", "channel", "about"],
                condition=Q(entry__isnull=False),
                name="notice_of_an_entry_sent_once",
            ),
            models.CheckConstraint(
                condition=Q(duty__isnull=False, fact__isnull=True, entry__isnull=True)
                | Q(duty__isnull=True, fact__isnull=False, entry__isnull=True)
                | Q(duty__isnull=True, fact__isnull=True, entry__isnull=False),
                name="notice_of_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | Q(cancelled_at__isnull=True),
                name="notice_sent_or_cancelled",
            ),
        ]
        indexes = [
            models.Index(
                fields=["goes_at"],
                condition=Q(sent_at__isnull=True, cancelled_at__isnull=True),
                name="notice_waiting_by_moment",
            ),
            models.Index(
                fields=["recipient", "goes_at"],
                condition=Q(sent_at__isnull=True, cancelled_at__isnull=True),
                name="notice_waiting_by_recipient",
            ),
            models.Index(
                fields=["contract", "stage", "about"],
                condition=Q(entry__isnull=False, sent_at__isnull=True, cancelled_at__isnull=True),
                name="notice_of_an_entry_waiting",
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
            models.Index(
                "recipient", TOLD.desc(), F("id").desc(), condition=NOT_TAKEN_BACK, name="notice_in_inbox"
            ),
            models.Index(
                "recipient", TOLD, condition=Q(read_at__isnull=True) & NOT_TAKEN_BACK, name="notice_unread"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_stage_display()}: {self.subject or self.duty_id}"

    @property
    def subject(self) -> str:
        """What it is about, by its name."""
        if self.entry is not None:
            return str(self.entry.payload.get("subject") or "")
        row = self.duty or self.fact
        return row.subject if row is not None else ""

    @property
    def rule(self) -> Rule:
        """Its stage: whom it is for, what settles it, whether it waits."""
        return subjects.stages()[self.stage]

    @property
    def told_duty(self) -> Duty:
        """The duty that it is about. Raises ValueError where it is about something else."""
        if self.duty is None:
            raise ValueError(f"notice {self.pk} is about no duty")
        return self.duty

    @property
    def told_fact(self) -> FactRecord:
        """The fact that it is about. Raises ValueError where it is about something else."""
        if self.fact is None:
            raise ValueError(f"notice {self.pk} is about no fact")
        return self.fact

    @property
    def told_entry(self) -> LedgerEntry:
        """The entry that it is about. Raises ValueError where it is about something else."""
        if self.entry is None:
            raise ValueError(f"notice {self.pk} is about no entry")
        return self.entry

    @property
    def is_final(self) -> bool:
        """Whether it was cancelled for good, and not for a reason that may pass."""
        return self.cancelled_why == HISTORY or self.cancelled_why.startswith(GAVE_UP)
