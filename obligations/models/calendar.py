"""Changes of the public holidays: proposed, previewed, applied or withdrawn, and never edited (R3, R4)."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from contracts.models import Contract, Person
from contracts.terms.moments import long_day
from obligations.models.duty import Duty
from obligations.rules.time.published import Change


class ChangeKind(models.TextChoices):
    """Where a change comes from."""

    PUBLISHED = "published", "Published list"
    SHIPPED = "shipped", "List that came with Duly"
    ONE_OFF = "one_off", "One-off day"
    TAKEN_BACK = "taken_back", "Change taken back"


class ChangeState(models.TextChoices):
    """How far a change has come."""

    PROPOSED = "proposed", "Working out the preview"
    READY = "ready", "Ready to apply"
    APPLYING = "applying", "Being applied"
    APPLIED = "applied", "Applied"
    WITHDRAWN = "withdrawn", "Withdrawn"


class CalendarBase(models.Model):
    """The shipped list that the calendars of this installation begin with, and the newest that was proposed.

    One row, written when the table is made. Without it the newest shipped list is meant.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.PositiveIntegerField()
    offered = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="calendar_base_is_one_row"),
        ]

    def __str__(self) -> str:
        return f"Shipped list {self.number}"


class CalendarChange(models.Model):
    """One change of the holidays. The calendars in use are the shipped lists (``CalendarBase``) with the
    applied changes laid over them in the order of ``version``; the shipped lists alone are version 1.

    A change counts from the moment an administrator says so (``APPLYING``): it has its version then, and the
    open duties are redated contract by contract, ``through_contract`` being the last one done. ``days`` is
    a ``published.Change`` as JSON; ``digest`` its SHA-256, by which the same proposal is known again.
    """

    kind = models.CharField(max_length=12, choices=ChangeKind)
    source = models.CharField(max_length=300, help_text="The address, the file's name, or the day's reason.")
    sha256 = models.CharField(max_length=64, blank=True, help_text="Of the published list as it came.")
    days = models.JSONField()
    digest = models.CharField(max_length=64)
    takes_back = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="taken_back_by"
    )
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    proposed_by_name = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=ChangeState, default=ChangeState.PROPOSED)

    based_on = models.PositiveIntegerField(help_text="The version of the calendars the preview starts from.")
    previewed_at = models.DateTimeField(null=True, blank=True)
    previewed_moves = models.PositiveIntegerField(default=0, help_text="Duties whose date would move.")

    version = models.PositiveIntegerField(null=True, blank=True)
    apply_from = models.DateTimeField(null=True, blank=True, help_text="When it was said to be applied.")
    applied_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    applied_by_name = models.CharField(max_length=200, blank=True)
    applied_at = models.DateTimeField(null=True, blank=True, help_text="When the last duty was redated.")
    moved = models.PositiveIntegerField(default=0, help_text="Duties redated so far.")

    through_contract = models.BigIntegerField(default=0)
    contracts_done = models.PositiveIntegerField(default=0)
    contracts_total = models.PositiveIntegerField(default=0)

    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by_name = models.CharField(max_length=200, blank=True)
    withdrawn_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-proposed_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["version"], name="calendar_version_used_once"),
            models.CheckConstraint(
                condition=Q(
                    state__in=["applying", "applied"], version__isnull=False, apply_from__isnull=False
                )
                | Q(state__in=["proposed", "ready", "withdrawn"], version__isnull=True),
                name="calendar_version_only_where_applied",
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason="")),
                name="calendar_withdrawn_with_a_reason",
            ),
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="applying"), name="calendar_one_change_applied_at_a_time"
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="calendar_change_never_edited",
                fields=[
                    "kind", "source", "sha256", "days", "digest", "takes_back", "proposed_at",
                    "proposed_by", "proposed_by_name",
                ],
            ),
            pgtrigger.Protect(name="calendar_change_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="calendar_change_stays_applied",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__in=["applied", "withdrawn"]),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.source}"

    @property
    def called(self) -> str:
        """What it is called: its source, or for one day the day itself."""
        told = self.change
        by_day = (*told.added.values(), *told.removed.values())
        days = {(day, name) for named in by_day for day, name in named.items()}
        if len(days) == 1:
            day, name = next(iter(days))
            return f"{name}, {long_day(day)}" + (" (taken back)" if told.removed and not told.added else "")
        return f"{self.get_kind_display()}: {self.source}"

    @property
    def change(self) -> Change:
        """What it does to the lists."""
        return Change.from_json(self.days)


class CalendarLook(models.Model):
    """What the preview of a change was worked out from, on one contract.

    ``ledger_entry`` is the key of the last thing on the record of the contract then, mails aside: while it is
    still the last on the London day of ``at``, what was worked out holds. ``others`` are subjects about which
    more would change than dates. ``fault``: why the contract could not be worked out, in one line.
    """

    calendar_change = models.ForeignKey(CalendarChange, on_delete=models.CASCADE, related_name="looks")
    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    ledger_entry = models.PositiveBigIntegerField()
    others = models.JSONField(default=list)
    fault = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["calendar_change", "contract"], name="calendar_look_once_per_contract"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} at {self.ledger_entry}"


class CalendarMove(models.Model):
    """What a change does to one duty, as worked out for the preview and written when it is applied.

    ``moves``: the date itself is another, and not only how it was worked out. ``deadline_version`` is the
    duty's then, and the other fields are what it gets.
    """

    # found by the index of ``calendar_move_once_per_duty``, which begins with it
    calendar_change = models.ForeignKey(
        CalendarChange, on_delete=models.CASCADE, related_name="moves", db_index=False
    )
    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="+")
    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, related_name="+")
    moves = models.BooleanField()
    deadline_version = models.PositiveIntegerField()
    old_due_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    due_date = models.DateField(null=True)
    literal_limit = models.CharField(max_length=40, blank=True)
    provisional = models.BooleanField()
    flagged = models.BooleanField()
    derivation = models.JSONField()

    class Meta:
        ordering = ["contract", "old_due_at", "duty"]
        constraints = [
            models.UniqueConstraint(fields=["calendar_change", "duty"], name="calendar_move_once_per_duty"),
        ]
        indexes = [models.Index(fields=["calendar_change", "contract"], name="calendar_move_by_contract")]

    def __str__(self) -> str:
        return f"{self.duty_id}: {self.old_due_at} to {self.due_at}"


class CalendarCheck(models.Model):
    """One look at the published list, and what came of it."""

    at = models.DateTimeField()
    answered = models.BooleanField()
    note = models.CharField(max_length=300)

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return self.note
