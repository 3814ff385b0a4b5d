"""Long work: a row for what takes longer than a person waits at a page."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q

from contracts.models.contract import Contract
from contracts.models.people import Person


class WorkState(models.TextChoices):
    """How far it has come."""

    WAITING = "waiting", "Waiting"
    RUNNING = "running", "Being done"
    DONE = "done", "Done"
    REFUSED = "refused", "Refused"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Stopped"


UNFINISHED = (WorkState.WAITING, WorkState.RUNNING)


class LongWork(models.Model):
    """One piece of long work, asked for once and done by a worker. ``services/long_work.py`` alone writes it.

    ``kind`` names the function that does it and ``key`` what it is done to: while it is not finished, the
    same is not begun a second time. ``subject`` is what it is about, where that may be kept to a distribution
    list. A claim holds until ``claimed_until``; ``turn`` counts the claims, so that who lost one writes
    nothing more. ``attempts`` are the claims that ended in an error or with a dead worker.
    """

    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    title = models.CharField(max_length=200, help_text="What is being done, as the page says it.")
    contract = models.ForeignKey(
        Contract, null=True, blank=True, on_delete=models.CASCADE, related_name="long_work"
    )
    subject = models.CharField(max_length=200, blank=True)
    payload = models.JSONField(default=dict, help_text="What the function needs to know.")
    leads_to = models.CharField(max_length=300, blank=True, help_text="The address where the outcome is.")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    asked_by_name = models.CharField(max_length=200)

    state = models.CharField(max_length=10, choices=WorkState, default=WorkState.WAITING)
    not_before = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True, blank=True)
    turn = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField(null=True, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    step = models.CharField(max_length=200, blank=True, help_text="What it is at.")

    cancel_asked_at = models.DateTimeField(null=True, blank=True)
    cancelled_by_name = models.CharField(max_length=200, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    message = models.TextField(blank=True, help_text="The outcome, the refusal or the failure in words.")
    refused_field = models.CharField(max_length=100, blank=True)
    outcome = models.JSONField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "long work"
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key"],
                condition=Q(state__in=UNFINISHED),
                name="long_work_once_while_unfinished",
            ),
            models.CheckConstraint(
                condition=Q(state__in=UNFINISHED, finished_at__isnull=True)
                | (~Q(state__in=UNFINISHED) & Q(finished_at__isnull=False)),
                name="long_work_finished_has_its_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[WorkState.REFUSED, WorkState.FAILED]) | ~Q(message=""),
                name="long_work_refused_or_failed_in_words",
            ),
            models.CheckConstraint(
                condition=Q(state=WorkState.RUNNING, claimed_until__isnull=False)
                | (~Q(state=WorkState.RUNNING) & Q(claimed_until__isnull=True)),
                name="long_work_claimed_while_it_runs",
            ),
            models.CheckConstraint(condition=Q(done__lte=F("total")), name="long_work_done_within_total"),
            models.CheckConstraint(
                condition=Q(subject="") | Q(contract__isnull=False),
                name="long_work_about_a_contracts_subject",
            ),
        ]
        indexes = [
            models.Index(
                fields=["not_before"], condition=Q(state__in=UNFINISHED), name="long_work_unfinished"
            ),
            models.Index(fields=["kind", "key"], name="long_work_by_key"),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="long_work_asked_never_edited",
                fields=[
                    "kind", "key", "title", "contract", "subject", "payload", "leads_to", "asked_at",
                    "asked_by", "asked_by_name",
                ],
            ),
            pgtrigger.Protect(
                name="long_work_finished_stays_so",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__in=["done", "refused", "failed", "cancelled"]),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.title} ({self.get_state_display().lower()})"

    @property
    def is_finished(self) -> bool:
        """Whether nothing more comes of it."""
        return self.state not in UNFINISHED
