"""The keys of links: random, kept as hashes only, found again by what somebody opens."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from contracts.models import Invitation, InvitationLink, Person
from contracts.row_security import asking
from contracts.terms.moments import after

WORKS_FOR = timedelta(days=7)
FIRST_WORKS_FOR = timedelta(hours=24)

INVITATIONS = "invitations"
"""The job as which the database is asked: who opens a link is nobody yet, and who invites may not know who
has an account."""


class LinkState(StrEnum):
    """What becomes of opening a link. Only an open one does anything."""

    OPEN = "open"
    USED = "used"
    REVOKED = "revoked"
    EXPIRED = "expired"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class Opened:
    """A link that somebody opened, and whether it works."""

    link: InvitationLink
    invitation: Invitation
    state: LinkState


def new_link(
    invitation: Invitation, by: Person | None, now: datetime, works_for: timedelta
) -> tuple[InvitationLink, str]:
    """A new link and its key, which is kept nowhere. Earlier links of the invitation stop working.

    The invitation is saved with its new end.
    """
    key = secrets.token_urlsafe(32)
    invitation.expires_at = after(now, works_for)
    invitation.save()
    return InvitationLink.objects.create(
        invitation=invitation, key_hash=hash_of(key), made_at=now, made_by=by
    ), key


def hash_of(key: str) -> str:
    """SHA-256 of a key. It is random and long, so that a hash without salt gives nothing away."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


@asking.job(INVITATIONS)
def opened(key: str, now: datetime, *, for_update: bool = False) -> Opened | None:
    """The link of a key and its state at this moment; None where there is none. 2 queries.

    ``for_update`` locks the invitation, so that it is accepted once.
    """
    found = InvitationLink.objects.filter(key_hash=hash_of(key)).first()
    if found is None:
        return None
    rows = Invitation.objects.select_related("organisation", "contract__authority", "contract__supplier")
    if for_update:
        rows = rows.select_for_update(of=("self",))
    invitation = rows.get(pk=found.invitation_id)
    return Opened(found, invitation, _state(found, invitation, now))


def _state(link: InvitationLink, invitation: Invitation, now: datetime) -> LinkState:
    if invitation.accepted_at is not None:
        return LinkState.USED
    if invitation.revoked_at is not None:
        return LinkState.REVOKED
    if InvitationLink.objects.filter(invitation=invitation, pk__gt=link.pk).exists():
        return LinkState.REPLACED
    return LinkState.OPEN if now < invitation.expires_at else LinkState.EXPIRED
