"""Tokens for programs: made by a person for themselves, shown once, ended by them or by who looks after them.

A key is ``duly1_``, 43 characters of 62 (a random number of 256 bits) and 6 of a checksum over both. The 1 is
the form of keys that this release makes; the checksum tells a key that was copied wrongly from one that was
never made, without asking the database.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import string
import zlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from contracts.access import contracts_of
from contracts.models import ApiToken, Contract, Person, Side, TokenScope
from contracts.models.token import LONGEST
from contracts.row_security import asking, writes
from contracts.services import ledger, organisations
from contracts.services.actors import Actor
from contracts.services.errors import Refused, one_name
from contracts.terms.moments import Day, london_day, long_day

PREFIX = "duly1_"
SIGNS = string.digits + string.ascii_uppercase + string.ascii_lowercase
SECRET_SIGNS, CHECK_SIGNS = 43, 6
KEY = re.compile(rf"{PREFIX}[0-9A-Za-z]{{{SECRET_SIGNS + CHECK_SIGNS}}}")
OTHER_RELEASE = re.compile(r"duly\d+_.*|[0-9a-f]{40}", re.DOTALL)
"""What other releases call a token; the earliest were 40 hexadecimal digits."""

MOST = 20
"""Tokens that somebody may have at a time."""


TOKENS = "end tokens"
"""The job as which the database is asked: it goes on ledgers that who ends it need not see."""


class BadKey(Exception):
    """A key that opens nothing; says why and what to do."""


@dataclass(frozen=True, slots=True)
class Made:
    """A token just made, with its key: the only time that anybody sees it."""

    token: ApiToken
    key: str


def new_key() -> str:
    """A key that nobody can guess."""
    secret = PREFIX + "".join(secrets.choice(SIGNS) for _ in range(SECRET_SIGNS))
    return secret + _check(secret)


def key_hash(key: str) -> str:
    """What is kept of a key. Raises BadKey where it cannot be one: not asked of the database."""
    if not KEY.fullmatch(key):
        if OTHER_RELEASE.fullmatch(key) and not key.startswith(PREFIX):
            raise BadKey("This token was made by another release of Duly. Make a new one under Your account.")
        raise BadKey(
            "This is no token of Duly, or a part of one is missing. Copy it again, or make a new one."
        )
    if _check(key[:-CHECK_SIGNS]) != key[-CHECK_SIGNS:]:
        raise BadKey("A character of this token is wrong. Copy it again, or make a new one.")
    return hashlib.sha256(key.encode()).hexdigest()


def _check(secret: str) -> str:
    number, signs = zlib.crc32(secret.encode()), ""
    for _ in range(CHECK_SIGNS):
        number, place = divmod(number, len(SIGNS))
        signs += SIGNS[place]
    return signs


def holder(key: str, now: datetime) -> ApiToken:
    """The token of a key, with its person. Raises BadKey, saying why it opens nothing. 1 query at most."""
    digest, today = key_hash(key), london_day(now)
    token = ApiToken.objects.select_related("person").filter(key_hash=digest).first()
    if token is None:
        raise BadKey("There is no such token. Make a new one under Your account.")
    if token.ended_at is not None:
        raise BadKey(f"This token was ended: {token.ended_why}. Make a new one under Your account.")
    if token.last_day < today:
        raise BadKey(f"This token ended with {long_day(token.last_day)}. Make a new one under Your account.")
    if token.person.has_ended(today):
        raise BadKey("Whoever made this token no longer signs in to Duly.")
    token.person.reach = token.reach
    return token


def used(token: ApiToken, now: datetime, address: str | None) -> None:
    """Keep the day and the address of its last use. Writes where one of them is another."""
    today = london_day(now)
    if (token.last_used_on, token.last_used_from) != (today, address):
        live = ApiToken.objects.filter(pk=token.pk, ended_at=None)
        live.update(last_used_on=today, last_used_from=address)


@transaction.atomic
def make(
    person: Person,
    now: datetime,
    *,
    name: str,
    scope: str,
    contracts: Collection[int] | None,
    last_day: Day,
) -> Made:
    """A token for a program of theirs. ``contracts``: their numbers, None for all that the person is on.

    It is on the ledger of each contract that it opens today, and on their organisation's record. Raises
    Refused on "name", "scope", "contracts" or "last_day".
    """
    today = london_day(now)
    name = one_name("name", name, "Enter what the token is for.", longest=100)
    if scope not in TokenScope.values:
        raise Refused("scope", "Choose what the token may do.")
    if not today <= last_day <= today + LONGEST:
        raise Refused("last_day", f"Choose a last day from today to {long_day(today + LONGEST)}.")
    opened = _opened(person, contracts, now)
    locked = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    live = live_of(locked, now)
    if live.count() >= MOST:
        raise Refused("", f"You have {MOST} tokens that work. End one that is not used any more first.")
    if live.filter(name=name).exists():
        raise Refused("name", f"You have a token called {name} already; enter another name.")
    key = new_key()
    with asking.job(writes.TOKENS):
        token = ApiToken.objects.create(
            person=locked,
            name=name,
            key_hash=key_hash(key),
            key_end=key[-4:],
            scope=scope,
            contracts=None if contracts is None else [one.pk for one in opened],
            made_at=now,
            made_on=today,
            last_day=last_day,
        )
    _tell(token, Actor.of(person, Side.NEITHER), "api_token_made", opened, now)
    return Made(token, key)


def _opened(person: Person, contracts: Collection[int] | None, now: datetime) -> list[Contract]:
    """The contracts that a token opens today, locked. Raises Refused on "contracts"."""
    theirs = _locked_contracts(person, now)
    if contracts is None:
        return theirs
    found = [one for one in theirs if one.pk in set(contracts)]
    if not found or len(found) != len(set(contracts)):
        raise Refused("contracts", "Choose the contracts that the token opens, of those you are on.")
    return found


def live_of(person: Person, now: datetime) -> QuerySet[ApiToken]:
    """The tokens of somebody that work, the newest first."""
    return ApiToken.objects.filter(person=person, ended_at=None, last_day__gte=london_day(now))


@asking.job(TOKENS)
@transaction.atomic
def end(token: ApiToken, actor: Actor, now: datetime, *, why: str) -> ApiToken:
    """It works no more, from this moment. Raises Refused where it does not work already."""
    theirs = _locked_contracts(token.person, now)
    locked = live_of(token.person, now).select_for_update().filter(pk=token.pk).first()
    if locked is None:
        raise Refused("", f"The token {token.name} has stopped working already.")
    _end(locked, theirs, actor, now, why)
    return locked


@asking.job(TOKENS)
@transaction.atomic
def end_all(person: Person, actor: Actor, now: datetime, *, why: str) -> int:
    """None of somebody's tokens works any more; how many there were."""
    theirs = _locked_contracts(person, now)
    tokens = list(live_of(person, now).select_for_update())
    for token in tokens:
        _end(token, theirs, actor, now, why)
    return len(tokens)


def _end(token: ApiToken, theirs: Collection[Contract], actor: Actor, now: datetime, why: str) -> None:
    token.ended_at, token.ended_by_name, token.ended_why = now, actor.name, why
    token.save(update_fields=["ended_at", "ended_by_name", "ended_why"])
    opened = [one for one in theirs if token.reach.opens(one.pk)]
    _tell(token, actor, "api_token_ended", opened, now, why=why)


def _locked_contracts(person: Person, now: datetime) -> list[Contract]:
    """The contracts that somebody is on today, locked before the person is (``services/organisations``)."""
    return list(contracts_of(person, now).order_by("pk").select_for_update(of=("self",)))


def _tell(
    token: ApiToken, actor: Actor, verb: str, contracts: Collection[Contract], now: datetime, **more: Any
) -> None:
    """On the ledger of each contract that it opens, and on the record of its person's organisation."""
    payload = {
        "token": token.pk, "token_name": token.name, "person": token.person_id, "name": token.person.name,
        "scope": token.scope, "last_day": token.last_day, **more,
    }  # fmt: skip
    for contract in contracts:
        ledger.record(contract, actor, verb, payload, now)
    how_many = None if token.contracts is None else len(token.contracts)
    organisations.record(token.person.organisation, actor, verb, {**payload, "contracts": how_many}, now)
