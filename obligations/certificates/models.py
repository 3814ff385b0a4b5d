"""What is kept of a certificate beside the fact that it was issued."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from contracts.models import Contract, Person, Side
from obligations.models import FactRecord


class Certificate(models.Model):
    """One certificate. Its days and scheme are those of ``fact``; it is withdrawn where that is.

    ``number``, ``level`` and ``scope`` are as printed on it. ``account_on`` is the London day on which the
    account of the assessment was opened, by which some schemes choose their edition.
    """

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="certificates")
    fact = models.OneToOneField(FactRecord, on_delete=models.PROTECT, related_name="certificate")
    number = models.CharField(max_length=100)
    level = models.CharField(max_length=100, blank=True)
    scope = models.TextField()
    body = models.CharField(max_length=200, blank=True, help_text="Who issued it.")
    account_on = models.DateField(null=True, blank=True)
    file = models.FileField(upload_to="certificates/%Y/%m/", blank=True)
    file_name = models.CharField(max_length=255, blank=True)
    size = models.PositiveBigIntegerField(default=0, help_text="Bytes.")
    sha256 = models.CharField(max_length=64, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    recorded_side = models.CharField(max_length=10, choices=Side)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(number=""), name="certificate_has_a_number"),
            models.CheckConstraint(
                condition=Q(file="", sha256="") | (~Q(file="") & ~Q(sha256="")),
                name="certificate_file_with_its_hash",
            ),
        ]
        triggers = [pgtrigger.Protect(name="certificate_never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.fact.subject} {self.number}"
