"""The words of a contract: uploaded documents, paragraphs, and each paragraph's versions over time."""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q

from contracts.models.contract import Contract, Schedule
from contracts.models.people import Person


class Document(models.Model):
    """An uploaded file and what the reader made of it."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="documents")
    schedule = models.ForeignKey(
        Schedule, null=True, blank=True, on_delete=models.PROTECT, related_name="documents"
    )
    file = models.FileField(upload_to="documents/%Y/%m/")
    name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    sha256 = models.CharField(max_length=64)
    reading = models.JSONField(
        default=dict, help_text="Paragraphs matched, missing and extra; warnings; time limits."
    )
    uploaded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()

    class Meta:
        ordering = ["-uploaded_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "sha256"], name="document_uploaded_once_per_contract"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="document_never_changed", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.name


class Paragraph(models.Model):
    """One numbered paragraph of a contract's schedule; its path is its citation within the schedule (R29)."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="paragraphs")
    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="paragraphs")
    path = models.CharField(max_length=160)
    scope = models.CharField(max_length=60)
    number = models.CharField(max_length=100)
    printed = models.CharField(
        max_length=60, blank=True, help_text="The number as the uploaded document prints it."
    )
    order = models.PositiveIntegerField()
    heading = models.CharField(max_length=255, blank=True)
    summary = models.TextField(blank=True, help_text="Our own one-line summary.")

    class Meta:
        ordering = ["schedule", "order"]
        constraints = [
            models.UniqueConstraint(fields=["schedule", "path"], name="paragraph_path_used_once"),
        ]
        indexes = [models.Index(fields=["contract", "order"], name="paragraph_by_contract_order")]

    def __str__(self) -> str:
        return self.path

    @property
    def citation(self) -> str:
        """RULEBOOK/SCOPE/NUMBER; needs ``schedule`` fetched."""
        return f"{self.schedule.outline_key}/{self.path}"


class ParagraphVersion(models.Model):
    """What a paragraph says, and whether it is used, over a range of days."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="+")
    paragraph = models.ForeignKey(Paragraph, on_delete=models.CASCADE, related_name="versions")
    text = models.TextField(blank=True)
    used = models.BooleanField(default=True)
    in_force = DateRangeField(help_text="First day in, first day out; open where it goes on.")
    begun_by = models.ForeignKey(
        "contracts.Variation", null=True, blank=True, on_delete=models.PROTECT, related_name="versions_begun"
    )
    document = models.ForeignKey(Document, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="paragraph_versions_do_not_overlap",
                expressions=[("paragraph", RangeOperators.EQUAL), ("in_force", RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(condition=Q(in_force__isempty=False), name="paragraph_version_has_days"),
        ]

    def __str__(self) -> str:
        return f"{self.paragraph_id} {self.in_force}"
