"""Inviting somebody, sending the mail again, and taking an invitation back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from contracts.access import on_contract
from contracts.models import (
    Contract,
    Invitation,
    InvitationLink,
    Membership,
    Organisation,
    Person,
    Role,
    Side,
)
from contracts.models.contract import SIDE_OF_ROLE
from contracts.row_security import asking
from contracts.services import ledger, locks, organisations
from contracts.services.actors import Actor
from contracts.services.errors import Refused, required
from contracts.services.invitations.links import INVITATIONS, WORKS_FOR, new_link
from contracts.services.invitations.mail import hand_over
from contracts.services.members import require_looks_after
from contracts.terms.moments import after, london_day, long_day

MOST_IN_AN_HOUR = 60
"""Mails that one person may cause in an hour."""

MOST_TO_ONE = 5
"""Mails that go to one address in a day, whoever asks."""

AN_HOUR, A_DAY, A_MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Sent:
    """An invitation, and whether the mail server took its mail."""

    invitation: Invitation
    link: InvitationLink
    mailed: bool


@asking.job(INVITATIONS)
def invite(
    actor: Actor,
    now: datetime,
    *,
    email: str,
    organisation: Organisation | None = None,
    administers: bool = False,
    contract: Contract | None = None,
    role: str = "",
    manages: bool = False,
) -> Sent:
    """Invite an address to an organisation; or to a contract with a role, and so to that side's organisation.

    Nobody is told whether the address has an account. The mail is handed over once the row is committed.
    Raises Refused on "email", "role" or "manages".
    """
    email = address(email)
    with transaction.atomic():
        side = ""
        if contract is not None:
            side = _side(contract, actor, role, manages, now)
            organisation = party(contract, side)
        lock_what_it_is_to(Invitation(organisation=organisation, contract=contract))
        if contract is not None:
            _require_not_on(contract, email, now)
        elif organisation is not None:
            _require_not_in(organisation, email, now)
        _require_not_invited(email, organisation, contract)
        _require_few(actor, email, now)
        invitation = Invitation(
            email=email,
            organisation=organisation,
            administers=administers,
            contract=contract,
            side=side,
            role=role if contract else "",
            manages=manages if contract else False,
            made_at=now,
            made_by=actor.person,
            made_by_name=actor.name,
        )
        link, key = new_link(invitation, actor.person, now, WORKS_FOR)
        _record(invitation, actor, "person_invited", now)
    return Sent(invitation, link, hand_over(link, key, now))


@asking.job(INVITATIONS)
def send_again(invitation: Invitation, actor: Actor, now: datetime) -> Sent:
    """Another link by another mail; the earlier one stops working. Raises Refused."""
    with transaction.atomic():
        locked = _open(invitation)
        last = locked.links.first()
        if last is not None and not last.mail_failed and after(last.made_at, A_MINUTE) > now:
            raise Refused("", "It was sent a moment ago. Wait a minute before you send it again.")
        _require_may(locked, actor, now)
        _require_few(actor, locked.email, now)
        link, key = new_link(locked, actor.person, now, WORKS_FOR)
        _record(locked, actor, "invitation_sent_again", now)
    return Sent(locked, link, hand_over(link, key, now))


@asking.job(INVITATIONS)
@transaction.atomic
def revoke(invitation: Invitation, actor: Actor, now: datetime) -> Invitation:
    """The link stops working. Raises Refused where it was accepted or revoked already."""
    locked = _open(invitation)
    _require_may(locked, actor, now)
    locked.revoked_at, locked.revoked_by_name = now, actor.name
    locked.save(update_fields=["revoked_at", "revoked_by_name"])
    _record(locked, actor, "invitation_revoked", now)
    return locked


def address(email: str) -> str:
    """An e-mail address as accounts keep it. Raises Refused on "email"."""
    email = required("email", email, "Enter an e-mail address.", longest=254).lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise Refused(
            "email", "Enter an e-mail address in the correct format, like name@example.com."
        ) from error
    return email


def party(contract: Contract, side: str) -> Organisation | None:
    """The organisation of a side; None for who acts for neither."""
    return {Side.AUTHORITY: contract.authority, Side.SUPPLIER: contract.supplier}.get(Side(side))


def lock_what_it_is_to(invitation: Invitation) -> None:
    """The organisation and the contract of an invitation, before any person."""
    if invitation.organisation_id is not None:
        Organisation.objects.select_for_update(no_key=True).only("pk").get(pk=invitation.organisation_id)
    if invitation.contract_id is not None:
        locks.lock_by_key(invitation.contract_id)


def told(invitation: Invitation) -> dict[str, Any]:
    """What the records say of an invitation."""
    found: dict[str, Any] = {"invitation": invitation.pk, "email": invitation.email}
    if invitation.contract_id:
        found |= {"role": invitation.role, "side": invitation.side}
    if invitation.manages:
        found["manages"] = True
    if invitation.administers:
        found["administers"] = True
    return found


def _record(invitation: Invitation, actor: Actor, verb: str, now: datetime) -> None:
    payload = told(invitation)
    if invitation.contract is not None:
        ledger.record(invitation.contract, actor, verb, payload, now)
    if invitation.organisation is not None:
        organisations.record(invitation.organisation, actor, verb, payload, now)


def _side(contract: Contract, actor: Actor, role: str, manages: bool, now: datetime) -> str:
    if role not in Role.values:
        raise Refused("role", "Choose what they do on this contract.")
    side = SIDE_OF_ROLE[Role(role)]
    require_looks_after(contract, actor, side, role, now, inviting=True)
    if side != Side.NEITHER and contract.kept_by not in ("both", side):
        word, keeper = contract.word_for(side), contract.word_for(contract.kept_by)
        raise Refused(
            "role", f"The {keeper} alone keeps this contract. Let both keep it before you invite the {word}."
        )
    if manages and side == Side.NEITHER:
        what = "An auditor reads only" if role == Role.AUDITOR else "An administrator manages in any case"
        raise Refused("manages", f"{what}: leave this box empty, or choose a role of a side.")
    return side


def _require_may(invitation: Invitation, actor: Actor, now: datetime) -> None:
    if invitation.contract is not None:
        side, role = invitation.side, invitation.role
        require_looks_after(invitation.contract, actor, side, role, now, inviting=True)


def _require_few(actor: Actor, email: str, now: datetime) -> None:
    if actor.person is not None:
        Person.objects.select_for_update(no_key=True).only("pk").get(pk=actor.person.pk)
        theirs = InvitationLink.objects.filter(made_by=actor.person, made_at__gt=after(now, -AN_HOUR))
        if theirs.count() >= MOST_IN_AN_HOUR:
            raise Refused("email", f"You have sent {MOST_IN_AN_HOUR} invitations in an hour. Wait an hour.")
    there = InvitationLink.objects.filter(invitation__email=email, made_at__gt=after(now, -A_DAY))
    if there.count() >= MOST_TO_ONE:
        raise Refused("email", f"{MOST_TO_ONE} mails went to this address within a day. Wait until tomorrow.")


def _require_not_on(contract: Contract, email: str, now: datetime) -> None:
    rows = Membership.objects.filter(on_contract(now), contract=contract, person__email__iexact=email)
    if found := rows.select_related("person").first():
        raise Refused("email", f"{found.person.name} is on this contract already; change their role instead.")


def _require_not_in(organisation: Organisation, email: str, now: datetime) -> None:
    person = organisation.people.filter(email__iexact=email).first()
    if person is not None:
        ended = person.has_ended(london_day(now))
        does = "let them sign in again from the list" if ended else "nothing is to be done"
        raise Refused("email", f"{person.name} is in {organisation.name} already: {does}.")


def _require_not_invited(email: str, organisation: Organisation | None, contract: Contract | None) -> None:
    rows = Invitation.objects.filter(
        email=email, organisation=organisation, contract=contract, accepted_at=None, revoked_at=None
    )
    if found := rows.first():
        day = long_day(london_day(found.made_at))
        raise Refused("email", f"This address was invited on {day}: send that again from the list.")


def _open(invitation: Invitation) -> Invitation:
    rows = Invitation.objects.select_for_update(of=("self",))
    fresh = rows.select_related("organisation", "contract__authority", "contract__supplier").get(
        pk=invitation.pk
    )
    if fresh.accepted_at is not None:
        raise Refused("", "It was accepted already.")
    if fresh.revoked_at is not None:
        raise Refused("", "It was revoked already; invite the address again.")
    lock_what_it_is_to(fresh)
    return fresh
