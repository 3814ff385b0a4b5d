"""Asking for an address as somebody, inside a transaction that is taken back, and looking at the answer."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from lxml import html

from tests.access.table import ABSENT, FORBIDDEN, IN, LISTED, SIGN_IN
from tests.access.world import World

NOT_COUNTED = ("django_session", "contracts_session", "contracts_person")
"""Who is signed in may be noted; people are changed only by the services of organisations, which leave an
entry that is counted."""

WRITTEN = """
    SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) FROM pg_stat_xact_user_tables
    WHERE relname <> ALL (%s)
"""


@dataclass(frozen=True)
class Answer:
    """What came back. ``wrote``: how many rows were written on the way, before all of it was taken back."""

    status: int
    text: str
    leads_to: str
    wrote: int
    headers: Any

    @property
    def came_to(self) -> str:
        """In the words of the table."""
        if self.status == 401 or (self.status == 302 and _asks_to_sign_in(self.leads_to)):
            return SIGN_IN
        return {403: FORBIDDEN, 404: ABSENT}.get(self.status, IN)


def _asks_to_sign_in(address: str) -> bool:
    return address.startswith(("/accounts/login/", "/admin/login/"))


@dataclass
class Asking:
    """Asks, and keeps count. ``faults``: every answer that is not as it should be, in words.

    ``strict``: that a page fails is a fault; where a wall is taken away, pages lean on what is not there.
    """

    world: World
    strict: bool = True
    asked: int = 0
    sent: int = 0
    done: int = 0
    faults: list[str] = field(default_factory=list)
    leaks: int = 0
    clients: dict[str, Client] = field(default_factory=dict)

    def __call__(
        self,
        who: str,
        address: str,
        data: dict[str, Any] | None = None,
        *,
        sends: bool = False,
        keep: bool = False,
    ) -> Answer:
        """Ask for an address, or send a form to it, as somebody. ``keep``: what it writes stays."""
        client = self._client(who)
        cookies = deepcopy(client.cookies)
        cache.clear()
        with transaction.atomic() if keep else taken_back():
            before = self._written()
            given = client.post(address, data or {}) if sends else client.get(address)
            body = b"".join(given.streaming_content) if given.streaming else given.content
            wrote = self._written() - before
        client.cookies = cookies
        self.asked += 1
        self.sent += sends
        return Answer(
            given.status_code,
            body.decode("utf-8", "replace"),
            given.get("Location", ""),
            wrote,
            given.headers,
        )

    def fault(self, what: str, who: str, address: str, answer: Answer) -> None:
        """Note what is not as it should be."""
        self.faults.append(f"{what}: {who} at {address}: {answer.status} {answer.leads_to}")

    def look(self, who: str, address: str, answer: Answer, *, told_of_all: bool = False) -> None:
        """No answer fails, nor holds what its reader may not know of. ``told_of_all``: they may of others."""
        if self.strict and answer.status >= 500 and answer.status != 503:
            self.fault("it failed", who, address, answer)
        found = set() if told_of_all or who == "zed" else self.world.marks.there_in(answer.text)
        if who not in LISTED:
            found |= self.world.marks.kept_in(answer.text)
        if found:
            self.leaks += 1
            at = min(answer.text.lower().find(one.lower()) for one in found)
            self.fault(f"it tells of {answer.text[max(0, at - 150) : at + 60]!r}", who, address, answer)

    def _client(self, who: str) -> Client:
        if who not in self.clients:
            self.clients[who] = client = Client(raise_request_exception=False)
            if person := self.world.people[who]:
                client.force_login(person)
        return self.clients[who]

    def _written(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute(WRITTEN, [list(NOT_COUNTED)])
            return int(cursor.fetchone()[0])


@contextmanager
def taken_back() -> Iterator[None]:
    """What happens inside is undone."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@dataclass(frozen=True)
class Form:
    """What is sent with a form. ``offered``: the fields that name what the page offers, not what is typed."""

    data: dict[str, Any] = field(default_factory=dict)
    offered: frozenset[str] = frozenset()

    def again(self) -> dict[str, Any]:
        """The same once more, its files from the beginning."""
        for value in self.data.values():
            if hasattr(value, "seek"):
                value.seek(0)
        return self.data


def forms_in(page: str, address: str, rng: random.Random) -> Iterator[tuple[str, Form]]:
    """The forms of a page that are sent by POST, filled in: where each goes, and what is sent."""
    if "<form" not in page:
        return
    for form in html.fromstring(page).iter("form"):
        if (form.get("method") or "").lower() == "post":
            yield (form.get("action") or address).partition("?")[0], filled(form, rng)


def filled(form: Any, rng: random.Random) -> Form:
    """What a person would send: what stands there, and something in every empty box."""
    data: dict[str, Any] = {}
    offered = set()
    choices: dict[str, list[tuple[str, bool]]] = {}
    for box in form.iter("input", "select", "textarea"):
        name, kind = box.get("name"), (box.get("type") or box.tag)
        if not name or box.get("disabled") is not None:
            continue
        if kind in ("radio", "checkbox"):
            choices.setdefault(name, []).append((box.get("value") or "on", box.get("checked") is not None))
        elif kind == "select":
            options = [(one.get("value"), one.get("selected") is not None) for one in box.iter("option")]
            choices.setdefault(name, []).extend((value, on) for value, on in options if value)
        elif kind == "file":
            data[name] = SimpleUploadedFile("sheds.txt", b"1. Sheds\n1.1 The Keeper locks them.\n")
        elif kind not in ("submit", "button"):
            if kind == "hidden" and not name.endswith("token"):
                offered.add(name)
            data[name] = box.get("value") or (box.text if box.tag == "textarea" else "") or typed(name, kind)
    for name, known in choices.items():
        chosen = [value for value, on in known if on]
        data[name] = chosen[0] if chosen else rng.choice(known)[0]
    return Form(data, frozenset({*offered, *choices}))


def typed(name: str, kind: str) -> str:
    """What is typed into an empty box of this name."""
    for end, says in (
        ("_day", "16"),
        ("_month", "3"),
        ("_year", "2026"),
        ("_hour", "9"),
        ("_minute", "30"),
        ("email", "somebody.new@duly.example"),
        ("hidden", ""),
        ("number", "3"),
    ):
        if name.endswith(end) or kind == end:
            return says
    return "Because it was agreed"
