"""Which version of each rulebook, and which edition of the engine, a contract goes by.

Nothing moves on a contract because a release brought another rulebook or another engine: a version and an
edition are offered, and count once a member of the contract takes them over (decision 0012).
"""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from contracts.models import Contract, Person
from obligations.models.duty import Duty


class RulebookVersion(models.Model):
    """One version of a rulebook, with all it says. Never edited: another text is another version.

    ``digest`` is the SHA-256 of ``content``, which ``obligations.rules`` reads without looking anywhere else.
    ``contract``: whose own it is, made of what its people decided (decision 0018); None for one that ships.
    """

    contract = models.ForeignKey(
        Contract, null=True, blank=True, on_delete=models.CASCADE, related_name="own_versions"
    )
    key = models.CharField(max_length=60)
    number = models.PositiveIntegerField()
    dated = models.CharField(max_length=10, help_text="The day of the text, as the book says it.")
    title = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    content = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "number"], name="rulebook_version_number_used_once"),
            models.UniqueConstraint(fields=["digest"], name="rulebook_version_stored_once"),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="rulebook_version_never_edited"),
            pgtrigger.Protect(name="rulebook_version_never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.number}"


class Adoption(models.Model):
    """A contract goes by a version of a rulebook, from a day on; the last row of a key is the one in use.

    ``from_day``: duties that begin on or after it follow this version, those that began before it follow the
    version they began under. None: from the beginning.
    """

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="adoptions")
    version = models.ForeignKey(RulebookVersion, on_delete=models.PROTECT, related_name="adoptions")
    from_day = models.DateField(null=True, blank=True)
    reason = models.TextField(blank=True, help_text="Empty for the version a contract began with.")
    adopted_at = models.DateTimeField()
    adopted_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    adopted_by_name = models.CharField(max_length=200)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "version"], name="rulebook_version_adopted_once"),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="adoption_never_edited"),
            pgtrigger.Protect(name="adoption_never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id}: {self.version_id}"


class EditionAdoption(models.Model):
    """A contract goes by an edition of the engine; the highest is the one in use.

    ``from_day``: duties that began before it keep the date they had, until something new is recorded about
    them. None: every open duty.
    """

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="editions")
    edition = models.PositiveIntegerField()
    from_day = models.DateField(null=True, blank=True)
    reason = models.TextField(blank=True, help_text="Empty for the edition a contract began with.")
    adopted_at = models.DateTimeField()
    adopted_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    adopted_by_name = models.CharField(max_length=200)

    class Meta:
        ordering = ["edition"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "edition"], name="engine_edition_adopted_once"),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="edition_adoption_never_edited"),
            pgtrigger.Protect(name="edition_adoption_never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id}: edition {self.edition}"


class OfferState(models.TextChoices):
    """How far an offer has come."""

    WAITING = "waiting", "Being worked out"
    READY = "ready", "Ready to take over"
    TAKEN_OVER = "taken_over", "Taken over"
    SUPERSEDED = "superseded", "Replaced by a later one"


class Offer(models.Model):
    """A later version of a rulebook, or a later edition of the engine, offered to a contract.

    ``ledger_entry`` is the key of the last thing on the contract's record when it was worked out: while it is
    still the last, the page says what taking it over would do. ``from_day`` as in the adoption.
    """

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="offers")
    version = models.ForeignKey(
        RulebookVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="offers"
    )
    edition = models.PositiveIntegerField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=OfferState, default=OfferState.WAITING)
    from_day = models.DateField(null=True, blank=True)
    worked_out_at = models.DateTimeField(null=True, blank=True)
    ledger_entry = models.PositiveBigIntegerField(default=0)
    refusal = models.TextField(blank=True, help_text="Why it could not be worked out.")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "version"], name="offer_once_per_version"),
            models.UniqueConstraint(fields=["contract", "edition"], name="offer_once_per_edition"),
            models.CheckConstraint(
                condition=Q(version__isnull=True, edition__isnull=False)
                | Q(version__isnull=False, edition__isnull=True),
                name="offer_is_of_a_version_or_an_edition",
            ),
        ]

    def __str__(self) -> str:
        what = f"version {self.version}" if self.version_id else f"edition {self.edition}"
        return f"{what} for contract {self.contract_id}"


class Becomes(models.TextChoices):
    """What an offer would do to a duty."""

    RAISED = "raised", "Would be raised"
    REDATED = "redated", "Would have another date"
    CLOSED = "closed", "Would be met or decided otherwise"
    ENDED = "ended", "Would end"
    REOPENED = "reopened", "Would be owed again"
    ALTERED = "altered", "Would be asked for otherwise"
    STAYS = "stays", "Keeps the date it was judged by"


class OfferedChange(models.Model):
    """What an offer would do to one duty, as it was worked out.

    ``duty`` is None for one that would be raised. ``outcome`` is what the engine of today says of the duty.
    While ``held`` is true, the duty stays as it is for as long as the engine says just that: it differs by
    the edition alone. Something new about it changes the outcome, and then the edition of today judges it.
    """

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="changes")
    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="+")
    rulebook_key = models.CharField(max_length=60)
    rule_key = models.CharField(max_length=120)
    subject = models.CharField(max_length=200, blank=True)
    occurrence = models.CharField(max_length=200)
    duty = models.ForeignKey(Duty, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=255)
    citation = models.CharField(max_length=200)
    becomes = models.CharField(max_length=10, choices=Becomes)
    owed_from = models.DateTimeField(help_text="When the duty first bit.")
    old_due_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=200)
    held = models.BooleanField(default=False)

    class Meta:
        ordering = ["old_due_at", "due_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["offer", "rulebook_key", "rule_key", "subject", "occurrence"],
                name="offered_change_once_per_duty",
            ),
        ]
        indexes = [
            models.Index(fields=["contract"], condition=Q(held=True), name="offered_change_held"),
        ]

    def __str__(self) -> str:
        return f"{self.title}: {self.becomes}"
