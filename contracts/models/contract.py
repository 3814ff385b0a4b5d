"""Contracts, who is a member of each, and the schedules they carry."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from contracts.models.audience import written
from contracts.models.people import Organisation, Person
from contracts.terms.moments import Day
from contracts.terms.settings import ContractSettings, SettingsError


class Side(models.TextChoices):
    """The two sides of a contract, and neither (auditor, administrator)."""

    SUPPLIER = "supplier", "Supplier"
    AUTHORITY = "authority", "Authority"
    NEITHER = "neither", "Neither side"

    @property
    def other(self) -> Side:
        return {Side.SUPPLIER: Side.AUTHORITY, Side.AUTHORITY: Side.SUPPLIER}.get(self, Side.NEITHER)


class Role(models.TextChoices):
    """What a person does on one contract."""

    LEAD = "lead", "Security lead"
    CONTRIBUTOR = "contributor", "Contributor"
    BOARD_MEMBER = "board_member", "Board member"
    REVIEWER = "reviewer", "Reviewer"
    ASSURANCE_LEAD = "assurance_lead", "Assurance lead"
    AUDITOR = "auditor", "Auditor"
    ADMINISTRATOR = "administrator", "Administrator"


SIDE_OF_ROLE = {
    Role.LEAD: Side.SUPPLIER,
    Role.CONTRIBUTOR: Side.SUPPLIER,
    Role.BOARD_MEMBER: Side.SUPPLIER,
    Role.REVIEWER: Side.AUTHORITY,
    Role.ASSURANCE_LEAD: Side.AUTHORITY,
    Role.AUDITOR: Side.NEITHER,
    Role.ADMINISTRATOR: Side.NEITHER,
}


class Division(models.TextChoices):
    """Whose public holidays are left out of Working Days (R3)."""

    ENGLAND_AND_WALES = "england-and-wales", "England and Wales"
    SCOTLAND = "scotland", "Scotland"
    NORTHERN_IRELAND = "northern-ireland", "Northern Ireland"
    ALL = "all", "All three together"


class KeptBy(models.TextChoices):
    """Whether both parties use Duly for this contract, or one alone (R33)."""

    BOTH = "both", "Both parties"
    SUPPLIER = "supplier", "The supplier alone"
    AUTHORITY = "authority", "The authority alone"


def valid_settings(value: dict[str, object]) -> None:
    """Refuse settings that ContractSettings cannot read."""
    try:
        ContractSettings.from_json(value)
    except SettingsError as error:
        raise ValidationError(str(error)) from error


class Contract(models.Model):
    """One agreement between an authority and a supplier. Days are London days."""

    reference = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    authority = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="contracts_as_authority"
    )
    supplier = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="contracts_as_supplier")
    authority_word = models.CharField(
        max_length=40, default="Authority", help_text="What the contract calls the public body."
    )
    supplier_word = models.CharField(
        max_length=40, default="Supplier", help_text="What the contract calls the supplier."
    )
    division = models.CharField(max_length=20, choices=Division, default=Division.ENGLAND_AND_WALES)
    agreement_date = models.DateField(help_text="The day the contract was made.")
    start_date = models.DateField()
    commencement_date = models.DateField(
        null=True, blank=True, help_text="Where it differs from the start date."
    )
    end_date = models.DateField(null=True, blank=True)
    settings = models.JSONField(default=dict, blank=True, validators=[valid_settings])
    tracked_from = models.DateField(
        null=True, blank=True, help_text="The day from which Duly keeps the contract (R32)."
    )
    kept_by = models.CharField(max_length=10, choices=KeptBy, default=KeptBy.BOTH)
    text_version = models.PositiveIntegerField(default=1, help_text="Goes up with every change of the words.")
    reconciled_version = models.PositiveIntegerField(
        default=0, help_text="The text version the duties agree with."
    )
    reconciled_through = models.DateTimeField(
        null=True, blank=True, help_text="The moment up to which recurring duties have been raised."
    )

    closed_at = models.DateTimeField(null=True, blank=True, help_text="From then on it is read only.")
    kept_until = models.DateField(
        null=True, blank=True, help_text="The last day on which a closed contract is kept in any case."
    )

    members = models.ManyToManyField(Person, through="Membership", related_name="contracts")

    class Meta:
        ordering = ["reference"]
        constraints = [
            models.UniqueConstraint(fields=["reference"], name="contract_reference_used_once"),
            models.CheckConstraint(condition=~Q(authority=F("supplier")), name="contract_has_two_parties"),
            models.CheckConstraint(
                condition=Q(end_date__isnull=True) | Q(end_date__gte=F("start_date")),
                name="contract_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, kept_until__isnull=True)
                | Q(closed_at__isnull=False, kept_until__isnull=False),
                name="contract_closed_has_its_keeping",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    @property
    def commencement(self) -> Day:
        """The commencement day; the start day unless another is set."""
        return self.commencement_date or self.start_date

    @property
    def terms_settings(self) -> ContractSettings:
        """The settings as a typed object; what books ask is read by ``asked_by``."""
        return ContractSettings.from_json(self.settings, where=f"Contract {self.reference}")

    def in_its_words(self, text: str) -> str:
        """A text about any contract: ``{authority}`` and ``{supplier}`` become what this one calls them."""
        return text.replace("{authority}", self.authority_word).replace("{supplier}", self.supplier_word)

    def word_for(self, side: str) -> str:
        """What this contract calls a side: "Client", "Agency"."""
        return {
            Side.AUTHORITY: self.authority_word,
            Side.SUPPLIER: self.supplier_word,
            "both": f"{self.authority_word} and {self.supplier_word}",
        }.get(side, "neither side")


class Membership(models.Model):
    """A person's role on one contract, from and to a day."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="memberships")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    side = models.CharField(max_length=10, choices=Side)
    role = models.CharField(max_length=20, choices=Role)
    from_day = models.DateField()
    to_day = models.DateField(null=True, blank=True, help_text="The last day of the membership.")
    manages = models.BooleanField(
        default=False, help_text="Beside the role: looks after the people and the terms of the contract."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contract", "person"], name="membership_one_side_per_person"),
            models.CheckConstraint(
                condition=~Q(role=Role.AUDITOR, manages=True), name="membership_auditor_manages_nothing"
            ),
            models.CheckConstraint(
                condition=(
                    Q(side=Side.SUPPLIER, role__in=[Role.LEAD, Role.CONTRIBUTOR, Role.BOARD_MEMBER])
                    | Q(side=Side.AUTHORITY, role__in=[Role.REVIEWER, Role.ASSURANCE_LEAD])
                    | Q(side=Side.NEITHER, role__in=[Role.AUDITOR, Role.ADMINISTRATOR])
                ),
                name="membership_role_fits_side",
            ),
            models.CheckConstraint(
                condition=Q(to_day__isnull=True) | Q(to_day__gte=F("from_day")),
                name="membership_ends_after_it_starts",
            ),
        ]
        triggers = [
            written(
                "membership_changes_who_is_told",
                "insert or update",
                "duly_told_from(NEW.contract_id, NEW.from_day)",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} ({self.get_role_display()})"


class Schedule(models.Model):
    """A schedule of a contract, kept by the rulebook of the same key.

    Its paragraphs are those of a known outline, or came from a document of this contract (``own``): then the
    key is the contract's alone.
    """

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="schedules")
    outline_key = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    own = models.BooleanField(
        default=False, help_text="Its paragraphs came from a document of this contract."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contract", "outline_key"], name="schedule_once_per_contract"),
            models.UniqueConstraint(
                fields=["outline_key"], condition=Q(own=True), name="schedule_of_its_own_has_its_own_key"
            ),
        ]

    def __str__(self) -> str:
        return self.title
