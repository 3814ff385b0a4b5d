"""A visit to a site."""

from __future__ import annotations

from django.db import models

from contracts.models import Contract, Person


class Visit(models.Model):
    """Somebody was at a site on a London day."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="+")
    place = models.CharField(max_length=100)
    on = models.DateField()
    noted_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        app_label = "obligations"  # read off the folder for a subject below ``obligations``

    def __str__(self) -> str:
        return self.place
