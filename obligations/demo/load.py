"""Loads the demo, once: people, contracts and their history. All of it or nothing."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from contracts.models import Contract, Membership, Organisation, Person, Side
from contracts.services.actors import Actor
from contracts.services.contracts import add_member, create_contract
from contracts.terms.moments import ONE_DAY, london_day, start_of_day
from obligations.demo.days import Days
from obligations.demo.player import Player
from obligations.models import Notice
from obligations.models.notice import HISTORY
from obligations.rules.time.working_days import load_calendar
from obligations.services.reconciling.adopt import adopt_rulebooks

FOLDER = Path(__file__).parent
CONTRACTS = ("portal", "campaign", "riverside")
ADMINISTRATOR = "mina"


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody to sign in as."""

    name: str
    email: str
    does: str


def load(now: datetime) -> bool:
    """Make the demo as if it had gone on until ``now``. False where it is there already: nothing changes."""
    stories = {name: _read(name) for name in CONTRACTS}
    references = [story["contract"]["reference"] for story in stories.values()]
    if Contract.objects.filter(reference__in=references).exists():
        return False
    with transaction.atomic():
        people, organisations = _people()
        for story in stories.values():
            _play(story, people, organisations, now)
    return True


def people_of_the_demo() -> list[Line]:
    """Everybody of the demo with what they are, in the order of the contracts."""
    references = [_read(name)["contract"]["reference"] for name in CONTRACTS]
    rows = Membership.objects.filter(contract__reference__in=references).select_related("person", "contract")
    order = {reference: place for place, reference in enumerate(references)}
    found: dict[Person, list[str]] = {}
    for row in sorted(rows, key=lambda row: (order[row.contract.reference], row.pk)):
        words = row.contract.word_for(row.side) if row.side != Side.NEITHER else ""
        role = f"{words} {row.get_role_display().lower()}".strip()
        found.setdefault(row.person, []).append(f"{role} on {row.contract.title}")
    return [Line(person.name, person.email, "; ".join(does)) for person, does in found.items()]


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def _people() -> tuple[dict[str, Person], dict[str, Organisation]]:
    data = _read("people")
    organisations = {
        key: Organisation.objects.get_or_create(name=name)[0] for key, name in data["organisations"].items()
    }
    password = make_password(settings.DEMO_PASSWORD)  # once: it is slow on purpose
    people = {}
    for key, row in data["people"].items():
        person, _ = Person.objects.update_or_create(
            email=row["email"],
            defaults={
                "name": row["name"],
                "job_title": row["job_title"],
                "organisation": organisations[row["organisation"]],
                "password": password,
                "is_active": True,
            },
        )
        people[key] = person
    return people, organisations


def _play(
    story: Mapping[str, Any],
    people: Mapping[str, Person],
    organisations: Mapping[str, Organisation],
    now: datetime,
) -> None:
    days = Days(london_day(now), load_calendar())
    contract = _contract(story, people, organisations, days)
    player = Player(contract, people, days)
    for event in sorted(story.get("event", ()), key=lambda event: days.moment(event["on"])):
        player.play(event)
    player.catch_up(now)
    _send_no_old_mail(contract, now)


def _contract(
    story: Mapping[str, Any],
    people: Mapping[str, Person],
    organisations: Mapping[str, Organisation],
    days: Days,
) -> Contract:
    terms = story["contract"]
    entered = days.moment(terms["entered"])
    actor = Actor.of(people[ADMINISTRATOR], Side.NEITHER)
    contract = create_contract(
        actor,
        entered,
        reference=terms["reference"],
        title=terms["title"],
        authority=organisations[terms["authority"]],
        supplier=organisations[terms["supplier"]],
        outline_keys=terms["outlines"],
        authority_word=terms.get("authority_word", ""),
        supplier_word=terms.get("supplier_word", ""),
        own_documents=not terms["outlines"],
        agreement_date=days.day(terms["agreement_date"]),
        start_date=days.day(terms["start_date"]),
        end_date=days.day(terms["end_date"]),
        tracked_from=days.day(terms["tracked_from"]),
    )
    for key, role in story["members"].items():
        add_member(contract, actor, entered, person=people[key], role=role, from_day=contract.agreement_date)
    adopt_rulebooks(contract, actor, entered)
    return contract


def _send_no_old_mail(contract: Contract, now: datetime) -> None:
    """What would have been sent before yesterday is cancelled; the rest is sent as it is anywhere else."""
    Notice.objects.filter(
        contract=contract,
        sent_at=None,
        cancelled_at=None,
        not_before__lt=start_of_day(london_day(now) - ONE_DAY),
    ).update(cancelled_at=now, cancelled_why=HISTORY)
