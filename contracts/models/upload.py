"""Uploaded files on their way: kept while they are read, and until a person has said what they are."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from contracts.models.contract import Contract, Schedule, Side
from contracts.models.people import Person
from contracts.models.text import Document


class Upload(models.Model):
    """A file that is being read or waits for a decision. It becomes a ``document``, or is thrown away.

    ``schedule`` is the one its uploader chose, none where Duly is to recognise it. ``reading`` is the stored
    form of what was read (``contracts/reader/stored.py``), null before and once it is a document.
    """

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="uploads")
    schedule = models.ForeignKey(Schedule, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    file = models.FileField(upload_to="uploads/%Y/%m/", blank=True)
    name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    sha256 = models.CharField(max_length=64)
    reading = models.JSONField(null=True, blank=True)
    document = models.OneToOneField(
        Document, null=True, blank=True, on_delete=models.PROTECT, related_name="upload"
    )
    uploaded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=10, choices=Side, help_text="The side its uploader acted for.")
    uploaded_at = models.DateTimeField()

    class Meta:
        ordering = ["-uploaded_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "sha256"],
                condition=Q(document__isnull=True),
                name="upload_once_until_it_is_decided",
            ),
            models.CheckConstraint(
                condition=Q(document__isnull=True) | Q(reading__isnull=True, file=""),
                name="upload_keeps_nothing_of_a_document",
            ),
            models.CheckConstraint(
                condition=Q(document__isnull=False) | ~Q(file=""), name="upload_has_its_file"
            ),
        ]

    def __str__(self) -> str:
        return self.name
