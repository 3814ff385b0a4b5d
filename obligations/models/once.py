"""What an organisation records once for several of its contracts."""

from __future__ import annotations

import pgtrigger
from django.db import models

from contracts.models import Contract, Organisation, Person


class RecordedOnce(models.Model):
    """A patch, a certificate or an incident as an organisation recorded it. Never edited.

    It names no contract: what it made stands on each, and ``OnceOnContract`` says there that it did. ``way``
    is what kind of thing it is, ``said`` what was entered: pairs of words and value.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="recorded_once")
    way = models.CharField(max_length=30)
    title = models.CharField(max_length=300)
    said = models.JSONField(default=list)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    recorded_by_name = models.CharField(max_length=200)

    class Meta:
        verbose_name = "thing recorded once"
        verbose_name_plural = "things recorded once"
        ordering = ["-recorded_at", "-pk"]
        indexes = [models.Index(fields=["organisation", "-recorded_at"], name="recorded_once_by_day")]
        triggers = [
            pgtrigger.Protect(
                name="recorded_once_never_changed", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return self.title


class OnceOnContract(models.Model):
    """That something recorded once is on the record of a contract, where it is called ``subject``."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="recorded_once")
    once = models.ForeignKey(RecordedOnce, on_delete=models.PROTECT, related_name="shares")
    subject = models.CharField(max_length=200)

    class Meta:
        verbose_name = "share of what is recorded once"
        verbose_name_plural = "shares of what is recorded once"
        constraints = [
            models.UniqueConstraint(fields=["once", "contract"], name="recorded_once_once_on_a_contract"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="once_on_contract_never_changed", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} on {self.contract_id}"
