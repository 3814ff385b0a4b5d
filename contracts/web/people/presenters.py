"""The people of a contract and the invitations to it, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from contracts.access import ALLOWED, Access, Act
from contracts.models import Invitation, Membership, Role
from contracts.services.members import looks_after
from contracts.terms.moments import long_day
from contracts.web.words import listed, moment_words


@dataclass(frozen=True)
class PersonRow:
    """One person on the contract; the addresses are "" where the reader does not look after them."""

    name: str
    email: str
    job_title: str
    side: str
    role: str
    may: str
    days: str
    you: bool
    change: str = ""
    end: str = ""


@dataclass(frozen=True)
class InvitationRow:
    """An invitation that is neither accepted nor revoked."""

    email: str
    what: str
    sent: str
    trouble: str
    send_again: str
    revoke: str


def rows(members: Iterable[Membership], access: Access) -> list[PersonRow]:
    """Everybody on the contract today."""
    members = list(members)
    by = next((one for one in members if one.person_id == access.person.pk), None)
    return [_row(one, access, looks_after(by, one.side, one.role, members)) for one in members]


def _row(member: Membership, access: Access, theirs: bool) -> PersonRow:
    last = f" to {long_day(member.to_day)}" if member.to_day else ""
    allowed = ALLOWED[Role(member.role)] | ({Act.MANAGE} if member.manages else frozenset())
    acts = [act.value for act in Act if act in allowed and act != Act.VIEW]
    side = access.contract.word_for(member.side)
    there = [access.contract.pk, member.pk]
    return PersonRow(
        name=member.person.name,
        email=member.person.email,
        job_title=member.person.job_title,
        side=side[0].upper() + side[1:],
        role=member.get_role_display() + (", manages the contract" if member.manages else ""),
        may=listed(acts).capitalize() or "Read only",
        days=f"From {long_day(member.from_day)}{last}",
        you=member.person_id == access.person.pk,
        change=reverse("change_role", args=there) if theirs else "",
        end=reverse("end_membership", args=there) if theirs else "",
    )


def invitation_row(
    invitation: Invitation, send_again: str, revoke: str, now: datetime, *, named: bool = True
) -> InvitationRow:
    """One invitation, its ``links`` fetched, with the addresses of its buttons. ``named``: with the name of
    its contract."""
    link = max(invitation.links.all(), key=lambda one: one.pk, default=None)
    expired = invitation.expires_at <= now
    trouble = "The link is too old: send it again." if expired else ""
    if link is not None and link.mailed_at is None:
        why = link.mail_failed or "it was interrupted"
        trouble = f"The mail was not sent: {why}. Send it again."
    sent = f"Invited by {invitation.made_by_name}"
    if link is not None and link.mailed_at is not None:
        sent += f", last mail {moment_words(link.mailed_at)}"
    if not expired:
        sent += f". The link works until {moment_words(invitation.expires_at)}"
    return InvitationRow(invitation.email, _what(invitation, named), sent, trouble, send_again, revoke)


def _what(invitation: Invitation, named: bool) -> str:
    parts = []
    if contract := invitation.contract:
        called = contract.reference if named else "A contract"
        word = contract.word_for(invitation.side) if named else invitation.get_side_display()
        parts.append(f"{called}: {invitation.get_role_display()}, {word}")
        if invitation.manages:
            parts.append("manages the contract")
    elif invitation.organisation:
        parts.append(invitation.organisation.name)
    if invitation.administers:
        parts.append("will administer the organisation")
    return ", ".join(parts)
