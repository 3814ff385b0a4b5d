"""What is to be done before there is a contract to look at, as a list of tasks: each done, not yet, or not
yet possible.

Whoever administers the system names organisations and finds each an administrator; an organisation's
administrator brings in its people and makes contracts. What follows is on the contract's own list.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import NoReverseMatch, reverse

from contracts.access import administered_by
from contracts.models import Invitation, Organisation, Person
from contracts.services.drafts import drafts_of
from contracts.web.words import count

NOT_YET = "Not yet"
NOT_POSSIBLE = "Cannot start yet"
BY_OTHERS = "For an organisation’s administrator"


@dataclass(frozen=True)
class Task:
    """One thing to do. ``colour`` is of its tag, "" for plain words; ``href`` "" where it cannot be begun."""

    text: str
    hint: str
    status: str
    colour: str = ""
    href: str = ""


@dataclass(frozen=True)
class Start:
    """What a person without contracts is shown: what to do, or whom to ask."""

    lead: str
    tasks: Sequence[Task] = ()


def start(person: Person, now: datetime) -> Start:
    """The list of somebody who is on no contract. At most 6 queries."""
    own = list(administered_by(person, now).order_by("name"))
    if not own and not person.is_staff:
        return Start(
            f"You are not on any contract yet. Ask an administrator of your organisation, or who manages your"
            f" contract, to invite {person.email}."
        )
    if own:
        return Start(
            "Set up your first contract. Do it in this order; you can leave and come back.", _own(own, person)
        )
    return Start(
        "You name the organisations, their administrators do the rest. Only its members see a contract.",
        _system(now),
    )


def _system(now: datetime) -> list[Task]:
    organisations = Organisation.objects.count()
    looked_after = Organisation.objects.filter(administrators__isnull=False).distinct().count()
    waiting = Invitation.objects.filter(
        administers=True, accepted_at=None, revoked_at=None, expires_at__gt=now
    ).count()
    named = _task(
        "Name the organisations",
        "The public body and the supplier. Each is a party to contracts.",
        count(organisations, "organisation") if organisations else "",
        "organisations",
    )
    hint = "They invite the people of their organisation, and make its contracts. It may be you."
    if not organisations:
        people = Task("Invite an administrator of each", hint, NOT_POSSIBLE)
    else:
        done = organisations and looked_after == organisations
        people = _task(
            "Invite an administrator of each",
            hint,
            "Done" if done else "",
            "organisations",
            begun=f"{looked_after} of {organisations} have one" if looked_after or waiting else "",
        )
    return [named, people, *_later(by_others=True)]


def _own(own: Sequence[Organisation], person: Person) -> list[Task]:
    first = own[0]
    others = Person.objects.filter(organisation__in=own).exclude(pk=person.pk).count()
    invited = Invitation.objects.filter(organisation__in=own, accepted_at=None, revoked_at=None).count()
    drafts = drafts_of(person).count()
    there = Task(
        "Your organisation",
        "Who belongs to it, and what was done there.",
        "Done",
        href=reverse("organisation", args=[first.pk]),
    )
    people = _task(
        "Bring in its people",
        "By mail: each chooses a password. Reminders go to the people on the contract.",
        f"{count(others, 'other person', 'other people')} here" if others else "",
        "invite_to_organisation",
        first.pk,
        begun=f"{invited} invited" if invited else "",
    )
    contract = _task(
        "Make the contract",
        "Its parties, dates and schedules; any schedule will do.",
        "",
        "new_contract",
        begun="Begun" if drafts else "",
    )
    return [there, people, contract, *_later(by_others=False)]


def _later(*, by_others: bool) -> list[Task]:
    """What is done on the contract once there is one."""
    steps = [
        ("Upload its documents", "Duly reads them and shows what they hold."),
        ("Decide what each paragraph asks", "Who must do what by when, with the words it rests on."),
        ("Record what already happened", "So that the dates that run today are right."),
    ]
    if by_others:
        steps[:0] = [("Make a contract", "An administrator of one of its parties makes it.")]
    return [Task(text, hint, BY_OTHERS if by_others else NOT_POSSIBLE) for text, hint in steps]


def _task(text: str, hint: str, done: str, address: str, *args: int, begun: str = "") -> Task:
    """A task with its page, if that is there: done (in so many words), begun, or not yet."""
    try:
        href = reverse(address, args=args)
    except NoReverseMatch:
        return Task(text, hint, NOT_POSSIBLE)
    if done:
        return Task(text, hint, done, href=href)
    return Task(text, hint, begun or NOT_YET, "light-blue" if begun else "blue", href)
