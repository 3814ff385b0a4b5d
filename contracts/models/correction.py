"""What a document was read as, and what people corrected in that reading. Nothing here is ever changed."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from contracts.models.contract import Contract, Schedule, Side
from contracts.models.people import Person
from contracts.models.text import Document
from contracts.terms.correction_kind import CorrectionKind

UNDO = "undo"
KINDS = [*(str(kind) for kind in CorrectionKind), UNDO]


class DocumentReading(models.Model):
    """What the reader made of a document of a schedule of the contract's own, before anybody corrected it.

    ``reading`` is its stored form (``contracts/reader/stored.py``).
    """

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="+")
    document = models.OneToOneField(Document, on_delete=models.CASCADE, related_name="whole_reading")
    reading = models.JSONField()

    class Meta:
        triggers = [
            pgtrigger.Protect(
                name="document_reading_never_changed", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return f"reading of {self.document_id}"


class ReadingCorrection(models.Model):
    """One thing that a person corrected in how a document was read, or took back (``undo``, of ``undoes``).

    ``number`` counts from 1 for each schedule. ``path``, ``words`` and ``what`` are those of
    ``contracts/reader/corrections.py``. ``carried_from``: the correction of an earlier edition that this one
    does again.
    """

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="reading_corrections")
    schedule = models.ForeignKey(Schedule, on_delete=models.PROTECT, related_name="reading_corrections")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="corrections")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10)
    path = models.CharField(max_length=170, blank=True)
    words = models.TextField(blank=True)
    what = models.JSONField(default=dict, blank=True)
    reason = models.TextField(blank=True)
    undoes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="undone_by"
    )
    carried_from = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="carried_to"
    )
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_by_name = models.CharField(max_length=200)
    made_side = models.CharField(max_length=10, choices=Side)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["schedule", "number"], name="correction_number_used_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="corrections_count_from_one"),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="correction_of_a_known_kind"),
            models.CheckConstraint(
                condition=Q(kind=UNDO, undoes__isnull=False) | (~Q(kind=UNDO) & Q(undoes__isnull=True)),
                name="correction_takes_back_one_or_none",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="reading_correction_never_changed", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return f"correction {self.number} of {self.schedule_id}: {self.kind}"
