"""Invitations: somebody is asked by mail to join an organisation, a contract or both."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from contracts.models.contract import Contract, Role, Side
from contracts.models.people import Organisation, Person


class InvitationKind(models.TextChoices):
    """What comes of it."""

    FIRST_ADMINISTRATOR = "first_administrator", "First administrator of this installation"
    PERSON = "person", "A person of an organisation, a contract or both"


class Invitation(models.Model):
    """What somebody is invited to, and what became of it. ``services/invitations`` alone writes it.

    The first administrator's is to no address: whoever starts the installation opens its link. The link of
    each mail is an ``InvitationLink``: sending again makes another.
    """

    kind = models.CharField(max_length=20, choices=InvitationKind, default=InvitationKind.PERSON)
    email = models.EmailField("e-mail address", max_length=254, blank=True)
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="invitations"
    )
    administers = models.BooleanField(default=False, help_text="Becomes an administrator of it.")
    contract = models.ForeignKey(
        Contract, null=True, blank=True, on_delete=models.CASCADE, related_name="invitations"
    )
    side = models.CharField(max_length=10, choices=Side, blank=True)
    role = models.CharField(max_length=20, choices=Role, blank=True)
    manages = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    made_by_name = models.CharField(max_length=200)

    expires_at = models.DateTimeField(help_text="The newest link works before this moment.")
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by_name = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind=InvitationKind.FIRST_ADMINISTRATOR,
                    email="",
                    organisation__isnull=True,
                    contract__isnull=True,
                )
                | (
                    Q(kind=InvitationKind.PERSON)
                    & ~Q(email="")
                    & (Q(organisation__isnull=False) | Q(contract__isnull=False))
                ),
                name="invitation_to_somebody_and_something",
            ),
            models.CheckConstraint(
                condition=Q(contract__isnull=True, role="", side="", manages=False)
                | (Q(contract__isnull=False) & ~Q(role="") & ~Q(side="")),
                name="invitation_to_a_contract_has_a_role",
            ),
            models.CheckConstraint(
                condition=Q(administers=False) | Q(organisation__isnull=False),
                name="invitation_administers_an_organisation",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(revoked_at__isnull=True),
                name="invitation_accepted_or_revoked",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="invitation_accepted_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["email", "organisation", "contract"],
                condition=Q(kind=InvitationKind.PERSON, accepted_at__isnull=True, revoked_at__isnull=True),
                nulls_distinct=False,
                name="invitation_open_once_each",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="invitation_asked_never_edited",
                fields=[
                    "kind", "email", "organisation", "administers", "contract", "side", "role", "manages",
                    "made_at", "made_by", "made_by_name",
                ],
            ),
            pgtrigger.Protect(
                name="invitation_ended_stays_so",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__accepted_at__isnull=False)
                | pgtrigger.Q(old__revoked_at__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.email or 'first administrator'} ({self.organisation or self.contract or 'Duly'})"

    @property
    def is_open(self) -> bool:
        """Whether it was neither accepted nor revoked; it may have expired."""
        return self.accepted_at is None and self.revoked_at is None


class InvitationLink(models.Model):
    """A link that was sent. The newest of its invitation alone works; only a hash of its key is kept.

    ``mail_answer`` is what the mail server said, ``mail_failed`` why it did not take the mail.
    """

    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, related_name="links")
    key_hash = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    mailed_at = models.DateTimeField(null=True, blank=True)
    mail_answer = models.CharField(max_length=255, blank=True)
    mail_failed = models.CharField(max_length=255, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["key_hash"], name="invitation_link_key_used_once"),
        ]

    def __str__(self) -> str:
        return f"{self.invitation} ({self.made_at:%Y-%m-%d})"
