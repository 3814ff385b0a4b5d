"""Who administers an organisation, and the record of what was done about its people."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q

from contracts.models.people import Organisation, Person


class OrganisationAdministrator(models.Model):
    """Somebody who invites people to an organisation and ends them, from and to a London day."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="administrators")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="administers")
    from_day = models.DateField()
    to_day = models.DateField(null=True, blank=True, help_text="The last day.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "person"], name="organisation_administrator_once_each"
            ),
            models.CheckConstraint(
                condition=Q(to_day__isnull=True) | Q(to_day__gte=F("from_day")),
                name="organisation_administrator_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} ({self.organisation})"


class OrganisationEntry(models.Model):
    """One thing done about an organisation or its people: numbered, chained and signed as the ledger of a
    contract is, in one chain for each organisation.

    Without an organisation it is about the installation: its first administrator. What touches a contract is
    in that contract's ledger too.
    """

    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="entries"
    )
    moment = models.DateTimeField()
    actor = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    actor_name = models.CharField(max_length=200, help_text="The person's name then, or the system job's.")
    verb = models.CharField(max_length=60)
    payload = models.JSONField(default=dict)
    number = models.PositiveIntegerField()
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)
    origin = models.CharField(
        max_length=80, blank=True, default="", help_text="The application's signature of the hash."
    )

    replaced = models.CharField(
        max_length=80,
        blank=True,
        default="",
        db_default="",
        help_text="The application's signature where somebody's personal data were replaced in it.",
    )

    class Meta:
        verbose_name_plural = "organisation entries"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "number"],
                nulls_distinct=False,
                name="organisation_entry_number_used_once",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "id"], name="organisation_entry_in_order")]
        triggers = [
            pgtrigger.Protect(
                name="organisation_entry_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation or 'Duly'}: {self.verb}"
