"""Distribution lists: who alone may know of something on a contract (DMP 23 Appendix 1, 1.2)."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from contracts.models.audience import written
from contracts.models.contract import Contract
from contracts.models.people import Person
from contracts.terms.restricted import RESERVED


class DistributionList(models.Model):
    """What is about ``subject`` on this contract is for the people on this list and for nobody else.

    That holds for facts, duties, evidence, decisions, notices and the ledger alike, from the moment the list
    is made until it is lifted. A list is made before anything else is recorded about its subject.
    """

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="distribution_lists")
    subject = models.CharField(max_length=200, help_text="As facts and duties call it.")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True, help_text="From when everybody may know of it.")
    lifted_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    lifted_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "subject"], name="distribution_list_once_per_subject"
            ),
            models.CheckConstraint(
                condition=Q(subject__startswith=RESERVED), name="distribution_list_has_a_reserved_subject"
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True, lifted_reason="")
                | (Q(lifted_at__isnull=False, lifted_by__isnull=False) & ~Q(lifted_reason="")),
                name="distribution_list_lifted_with_a_reason",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="distribution_list_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="distribution_list_keeps_its_subject",
                fields=["contract", "subject", "made_at", "made_by"],
            ),
            written(
                "distribution_list_lifted_changes_who_is_told",
                "update",
                "duly_told_from(NEW.contract_id, (NEW.lifted_at AT TIME ZONE 'Europe/London')::date)",
                "OLD.lifted_at IS NULL AND NEW.lifted_at IS NOT NULL",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id}/{self.subject}"


class ListedPerson(models.Model):
    """Somebody on a distribution list, from when and until when. Put on again they have another row."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="+")
    distribution_list = models.ForeignKey(DistributionList, on_delete=models.PROTECT, related_name="people")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(
        Person, null=True, on_delete=models.PROTECT, related_name="+", help_text="Empty: who runs Duly."
    )
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name_plural = "listed people"
        ordering = ["added_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["distribution_list", "person"],
                condition=Q(removed_at__isnull=True),
                name="listed_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True, removed_by__isnull=True)
                | Q(removed_at__isnull=False, removed_by__isnull=False),
                name="listed_person_removed_by_somebody",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="listed_person_never_deleted", operation=pgtrigger.Delete),
            written(
                "listed_person_changes_who_is_told",
                "insert",
                "duly_told_from(NEW.contract_id, (NEW.added_at AT TIME ZONE 'Europe/London')::date)",
            ),
            pgtrigger.ReadOnly(
                name="listed_person_stays_who_it_was",
                fields=["contract", "distribution_list", "person", "added_at", "added_by"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} on {self.distribution_list_id}"
