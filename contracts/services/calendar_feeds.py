"""Addresses of calendar feeds: made by a person for themselves, shown once, ended by them or when they leave.

A calendar program asks without signing in, so the address holds a secret of 256 random bits. Somebody has one
address at a time; a new one ends the one before.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from contracts.absence import NotThere
from contracts.models import CalendarFeed, Person, Side
from contracts.row_security import asking, writes
from contracts.services import organisations
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from contracts.terms.moments import after, london_day

KEY = re.compile(r"[0-9A-Za-z_-]{43}")
REPLACED = "a new address was made"
A_SECOND = timedelta(seconds=1)


class Gone(Exception):
    """An address that worked once; says why it does no more."""


def key_hash(key: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(key.encode()).hexdigest()


def feed_of(person: Person) -> CalendarFeed | None:
    """The address of somebody that works. 1 query."""
    return CalendarFeed.objects.filter(person=person, ended_at=None).first()


@transaction.atomic
def make(person: Person, now: datetime) -> str:
    """A new address for somebody; the one before ends. Returns the secret in it, which is not kept."""
    locked = Person.objects.select_for_update(no_key=True, of=("self",)).get(pk=person.pk)
    actor, key = Actor.of(person, Side.NEITHER), secrets.token_urlsafe(32)
    _end(locked, actor, now, REPLACED)
    with asking.job(writes.FEEDS):
        made = CalendarFeed.objects.create(person=locked, key_hash=key_hash(key), made_at=now)
    _tell(made, actor, "calendar_feed_made", now)
    return key


@transaction.atomic
def end(person: Person, now: datetime) -> None:
    """The address works no more, from this moment. Raises Refused where there is none."""
    if not _end(person, Actor.of(person, Side.NEITHER), now, "its person ended it"):
        raise Refused("", "You have no calendar address that works.")


@transaction.atomic
def end_of(person: Person, actor: Actor, now: datetime, *, why: str) -> bool:
    """The same, done to somebody; whether they had one."""
    return _end(person, actor, now, why)


def _end(person: Person, actor: Actor, now: datetime, why: str) -> bool:
    with asking.job(writes.FEEDS):  # who ends it for another sees nothing of it
        feed = (
            CalendarFeed.objects.select_for_update(of=("self",))
            .select_related("person__organisation")
            .filter(person=person, ended_at=None)
            .first()
        )
        if feed is None:
            return False
        feed.ended_at, feed.ended_why = now, why
        feed.save(update_fields=["ended_at", "ended_why"])
        _tell(feed, actor, "calendar_feed_ended", now, why=why)
    return True


def _tell(feed: CalendarFeed, actor: Actor, verb: str, now: datetime, **more: Any) -> None:
    payload = {"person": feed.person_id, "name": feed.person.name, **more}
    organisations.record(feed.person.organisation, actor, verb, payload, now)


def opened_by(key: str, now: datetime) -> CalendarFeed:
    """The feed of a secret, with its person. 1 query at most.

    Raises NotThere where there never was one, Gone where it was ended or its person no longer signs in.
    """
    if not KEY.fullmatch(key):
        raise NotThere("no such calendar")
    feed = CalendarFeed.objects.select_related("person").filter(key_hash=key_hash(key)).first()
    if feed is None:
        raise NotThere("no such calendar")
    if feed.ended_at is not None:
        raise Gone(f"This calendar address was ended: {feed.ended_why}.")
    if feed.person.has_ended(london_day(now)):
        raise Gone("Whoever made this calendar address no longer signs in to Duly.")
    return feed


def fetched(feed: CalendarFeed, now: datetime, digest: str) -> datetime:
    """Keep when it was fetched. Returns since when it says what it says now, in whole seconds. 1 query.

    That never stands still while the content changes, also within one second: a program that asks by it for
    what is newer misses nothing.
    """
    if feed.digest != digest or feed.changed_at is None:
        before, this = feed.changed_at, now.replace(microsecond=0)
        feed.changed_at = this if before is None else max(this, after(before, A_SECOND))
        feed.digest = digest
    feed.fetched_at = now
    live = CalendarFeed.objects.filter(pk=feed.pk, ended_at=None)
    live.update(fetched_at=now, digest=digest, changed_at=feed.changed_at)
    return feed.changed_at
