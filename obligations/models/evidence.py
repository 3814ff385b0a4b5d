"""Evidence that a duty was done, and the decision on it (R15)."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from contracts.models import Contract, Person, Side
from contracts.terms.moments import When, london
from obligations.models.duty import Duty
from obligations.models.fact import FactRecord


class EvidenceKind(models.TextChoices):
    FILE = "file", "A file"
    LINK = "link", "A link"
    NOTE = "note", "A note"


class Outcome(models.TextChoices):
    ACCEPTED = "accepted", "Accepted"
    REJECTED = "rejected", "Rejected"


class Evidence(models.Model):
    """Proof that a duty was done: when and by whom, apart from when it was logged (R11)."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="evidence")
    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, related_name="evidence")
    kind = models.CharField(max_length=5, choices=EvidenceKind)
    file = models.FileField(upload_to="evidence/%Y/%m/", blank=True)
    file_name = models.CharField(max_length=255, blank=True)
    size = models.PositiveBigIntegerField(default=0, help_text="Bytes.")
    sha256 = models.CharField(max_length=64, blank=True)
    link = models.URLField(max_length=2000, blank=True)
    note = models.TextField(blank=True)
    done_on = models.DateField(help_text="The London day on which the thing was done.")
    done_at = models.DateTimeField(
        null=True, blank=True, help_text="The moment, where the limit runs in hours."
    )
    done_by = models.CharField(max_length=200, help_text="Who did it.")
    submitted_at = models.DateTimeField()
    submitted_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    submitted_side = models.CharField(max_length=10, choices=Side)
    fact = models.ForeignKey(
        FactRecord,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="evidence",
        help_text="The fact it stands for, so that it can be decided on. Withdrawn, neither counts.",
    )

    class Meta:
        verbose_name_plural = "evidence"
        ordering = ["submitted_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=(
                    (Q(kind="file") & ~Q(file="") & ~Q(sha256=""))
                    | (Q(kind="link") & ~Q(link=""))
                    | (Q(kind="note") & ~Q(note=""))
                ),
                name="evidence_has_its_file_link_or_note",
            ),
            models.UniqueConstraint(fields=["duty", "fact"], name="evidence_stands_for_a_fact_once"),
        ]
        triggers = [
            pgtrigger.Protect(name="evidence_never_changed", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} logged by {self.submitted_side}"

    @property
    def done(self) -> When:
        """The moment it was done where known, on the London clock; else the day."""
        return london(self.done_at) if self.done_at else self.done_on


class EarlyConfirmation(models.Model):
    """That evidence counts although the thing was done before its duty began: somebody confirmed it (R36)."""

    evidence = models.OneToOneField(Evidence, on_delete=models.PROTECT, related_name="early_confirmation")
    confirmed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    confirmed_side = models.CharField(max_length=10, choices=Side)
    confirmed_at = models.DateTimeField()

    class Meta:
        triggers = [
            pgtrigger.Protect(
                name="early_confirmation_never_changed", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return f"{self.evidence_id} counts"


class Decision(models.Model):
    """The other side's answer to a piece of evidence. One per piece; nobody decides on their own.

    Where one side alone keeps the contract its people record the other's decision from its letter (R33).
    """

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="decisions")
    evidence = models.OneToOneField(Evidence, on_delete=models.PROTECT, related_name="decision")
    outcome = models.CharField(max_length=10, choices=Outcome)
    reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    decided_side = models.CharField(max_length=10, choices=Side)
    decided_at = models.DateTimeField()
    from_letter = models.BooleanField(
        default=False, help_text="Recorded from the other side's letter, where one side keeps the contract."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(from_letter=False) | ~Q(reason=""), name="decision_from_a_letter_names_it"
            ),
            models.CheckConstraint(
                condition=Q(outcome="accepted") | ~Q(reason=""), name="decision_to_reject_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(decided_side__in=["supplier", "authority"]), name="decision_by_one_of_the_sides"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="decision_never_changed", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="decision_not_on_own_evidence",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("submitter", "BIGINT"), ("side", "TEXT"), ("kept", "TEXT")],
                func="""
                    SELECT e.submitted_by_id, e.submitted_side, c.kept_by INTO submitter, side, kept
                    FROM public.obligations_evidence e
                    JOIN public.contracts_contract c ON c.id = e.contract_id
                    WHERE e.id = NEW.evidence_id;
                    IF NEW.from_letter AND (kept = 'both' OR kept = NEW.decided_side) THEN
                        RAISE EXCEPTION
                            'decision_not_on_own_evidence: letters only where one side keeps it';
                    END IF;
                    IF submitter = NEW.decided_by_id AND NOT NEW.from_letter THEN
                        RAISE EXCEPTION 'decision_not_on_own_evidence: nobody decides on their own evidence';
                    END IF;
                    IF side = NEW.decided_side THEN
                        RAISE EXCEPTION 'decision_not_on_own_evidence: the other side decides';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} by {self.decided_side}"
