"""Organisations, their people and the record about them, in words."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from contracts.models import Organisation, OrganisationEntry, Person, Role
from contracts.services.leaving import OnContract, Theirs
from contracts.terms.moments import Day, london_day, long_day
from contracts.web.ledger.presenters import Payload, token_words, when
from contracts.web.words import count, listed, moment_words


@dataclass(frozen=True)
class Tag:
    """A short word in a coloured box."""

    text: str
    colour: str = ""


@dataclass(frozen=True)
class OrganisationRow:
    """One organisation in the list."""

    name: str
    about: str
    href: str


@dataclass(frozen=True)
class PersonRow:
    """One person of an organisation."""

    name: str
    email: str
    about: str
    href: str
    tags: list[Tag]


@dataclass(frozen=True)
class EntryRow:
    """One thing on the record: when, who, what."""

    moment: str
    who: str
    says: str


def organisation_row(one: Organisation) -> OrganisationRow:
    """One of ``organisations_counted``."""
    people, administrators = getattr(one, "people_count", 0), getattr(one, "administrator_count", 0)
    about = count(people, "person", "people")
    about += f", {count(administrators, 'administrator')}" if administrators else ", no administrator yet"
    return OrganisationRow(one.name, about, reverse("organisation", args=[one.pk]))


def person_row(person: Person, administrators: Collection[int], now: datetime) -> PersonRow:
    """One person, and whether they have come and go on coming."""
    tags = [Tag("Administrator", "blue")] if person.pk in administrators else []
    if said := ends(person, london_day(now)):
        tags.append(Tag(said, "grey"))
    last = (
        f"Last signed in {moment_words(person.last_login)}" if person.last_login else "Has not signed in yet"
    )
    about = f"{person.job_title}. {last}" if person.job_title else last
    href = reverse("organisation_person", args=[person.organisation_id, person.pk])
    return PersonRow(person.name, person.email, about, href, tags)


def ends(person: Person, today: Day) -> str:
    """How it stands with the last day of somebody; "" where none is set."""
    if not person.is_active:
        return "Account closed"
    if person.ends_on is None:
        return ""
    word = "Ended" if person.ends_on < today else "Ends"
    return f"{word} {long_day(person.ends_on)}"


def open_things(found: Theirs, *, named: bool) -> list[str]:
    """What of somebody is open, a line each. ``named``: with the names of their contracts."""
    lines = [_contract(one, named) for one in found.contracts]
    if found.drafts:
        begun = count(found.drafts, "contract")
        lines.append(f"They have begun to make {begun} that nobody else can go on with.")
    for one in found.invitations:
        to = str(one.organisation)
        if one.contract:
            to = one.contract.reference if named else "a contract"
        lines.append(
            f"Their invitation of {one.email} to {to} still works; revoke it there if it should not."
        )
    return lines


def _contract(one: OnContract, named: bool) -> str:
    contract, member = one.member.contract, one.member
    role = member.get_role_display().lower()
    called = f"{contract.reference}, {contract.title}" if named else "A contract"
    said = f"{called}: {role}, {contract.word_for(member.side) if named else member.get_side_display()}"
    if one.last_manager:
        return f"{said}. Nobody else manages it: somebody else must before they can end."
    if one.only_one:
        return f"{said}. Nobody else of that side is {role} there."
    return said


def _invited(payload: Payload) -> str:
    role = payload.get("role")
    as_what = f" to a contract, as {Role(role).label.lower()}" if role in Role.values else ""
    more = " as administrator of the organisation" if payload.get("administers") else ""
    return f"{payload.get('email')}{as_what}{more}"


FLAGS = {
    ("is_active", False): "the account was closed",
    ("is_active", True): "the account was opened again",
    ("is_staff", True): "administers the system from now on",
    ("is_staff", False): "no longer administers the system",
}


def _flags(payload: Payload) -> list[str]:
    said = [words for (flag, value), words in FLAGS.items() if payload.get(flag) is value]
    return said or ["rights in the system were changed"]


def _roles(payload: Payload) -> str:
    named = [Role(one).label.lower() for one in payload.get("after") or [] if one in Role.values]
    return listed(named) or "administrators alone"


def _named(payload: Payload) -> str:
    return str(payload.get("name", ""))


def _opens(payload: Payload) -> str:
    many = payload.get("contracts")
    return "every contract of theirs" if many is None else count(int(many), "contract")


def _provider(payload: Payload) -> str:
    said = f"{payload.get('discovery')} for {listed(list(payload.get('domains') or ()))}"
    if payload.get("factors"):
        said += f", whose second factor counts ({listed(list(payload['factors']))})"
    if payload.get("demanded"):
        said += f", the only way in but for {payload.get('break_glass')}"
    return said


SENTENCES: dict[str, Callable[[Payload], str]] = {
    "organisation_made": lambda p: f"Made the organisation {_named(p)}",
    "organisation_renamed": lambda p: f"Renamed it from {p.get('before')} to {p.get('after')}",
    "administrator_appointed": lambda p: f"{_named(p)} became administrator",
    "administrator_ended": lambda p: f"{_named(p)} stopped being administrator",
    "person_invited": lambda p: f"Invited {_invited(p)}",
    "invitation_sent_again": lambda p: f"Sent the invitation of {_invited(p)} again",
    "invitation_revoked": lambda p: f"Took the invitation of {_invited(p)} back",
    "invitation_accepted": lambda p: f"{_named(p)} accepted the invitation of {p.get('invited_by')}",
    "template_kept": lambda p: f"Kept the template “{p.get('title')}” from {p.get('contract')}",
    "template_imported": lambda p: f"Imported the template “{p.get('title')}”",
    "recorded_once": lambda p: f"Recorded once for several contracts: “{p.get('title')}”",
    "template_retired": lambda p: f"Retired the template “{p.get('title')}”",
    "standard_term_stated": lambda p: (
        f"Stated the standard term on “{p.get('topic')}”: {p.get('words') or 'none'}"
    ),
    "person_ended": lambda p: (
        f"Set the last day of {_named(p)} to {when(p, 'last_day').removeprefix('on ')},"
        f" on {count(int(p.get('contracts') or 0), 'contract')} too"
    ),
    "sign_in_changed": lambda p: f"{_named(p)}: {listed(_flags(p))}",
    "personal_data_replaced": lambda p: f"Replaced the personal data of {_named(p)}",
    "contract_erased": lambda p: (
        f"Erased the contract {p.get('reference')}: {p.get('rows')} rows and"
        f" {count(int(p.get('files') or 0), 'file')}. A certificate is left"
    ),
    "provider_set": lambda p: f"Set the organisation’s own sign-in: {_provider(p)}",
    "provider_removed": lambda p: f"Took the organisation’s own sign-in away: {p.get('discovery')}",
    "provider_refused": lambda p: f"Refused who signed in as {p.get('address') or 'nobody'}: {p.get('why')}",
    "api_token_made": lambda p: f"{_named(p)} made {token_words(p)}, which opens {_opens(p)}",
    "api_token_ended": lambda p: f"Ended {token_words(p)} of {_named(p)}: {p.get('why')}",
    "calendar_feed_made": lambda p: f"{_named(p)} made an address for their calendar",
    "calendar_feed_ended": lambda p: f"Ended the address of the calendar of {_named(p)}: {p.get('why')}",
    "person_brought_back": lambda p: f"Let {_named(p)} sign in again",
    "factor_roles_named": lambda p: f"Demands a second factor from {_roles(p)}",
    "totp_activated": lambda p: f"{_named(p)} added an authenticator app",
    "totp_deactivated": lambda p: f"{_named(p)} took their authenticator app away",
    "webauthn_added": lambda p: f"{_named(p)} added a passkey",
    "webauthn_removed": lambda p: f"{_named(p)} took a passkey away",
    "recovery_codes_generated": lambda p: f"{_named(p)} made new recovery codes",
    "address_change_asked": lambda p: f"{_named(p)} asked to change their address to {p.get('after')}",
    "address_change_stopped": lambda p: (
        f"The change of {_named(p)}’s address to {p.get('after')} was stopped"
    ),
    "address_changed": lambda p: f"{_named(p)} goes with {p.get('after')} now, not {p.get('before')}",
    "factor_recovery_asked": lambda p: f"{_named(p)} lost their device: {p.get('reason')}",
    "factor_recovery_agreed": lambda p: f"Agreed that the second factor of {_named(p)} is taken away",
    "factor_recovery_stopped": lambda p: f"Stopped taking the second factor of {_named(p)} away",
    "factor_recovered": lambda p: f"{_named(p)} confirmed: their second factor was taken away",
}


def entry_row(entry: OrganisationEntry) -> EntryRow:
    """One entry in words; one without a sentence is told by its name."""
    tell = SENTENCES.get(entry.verb)
    says = tell(entry.payload) if tell else entry.verb.replace("_", " ").capitalize()
    return EntryRow(moment_words(entry.moment), entry.actor_name, says)


def summary(person: Person, administers: bool, today: Day) -> list[dict[str, Any]]:
    """What is known of a person, for the list at the top of their page."""
    rows = [("E-mail address", person.email), ("Job title", person.job_title or "Not given")]
    last = moment_words(person.last_login) if person.last_login else "Not yet"
    rows += [("Last signed in", last), ("Administers the organisation", "Yes" if administers else "No")]
    rows.append(("Last day", ends(person, today) or "None is set"))
    return [{"key": key, "value": value} for key, value in rows]
