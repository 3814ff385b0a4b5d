"""The passes over all addresses. Each takes who asks in its turn; a sample of them, or all."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from django.contrib import admin
from django.db import connection
from django.urls import resolve
from psycopg2 import sql

from contracts.access import STILL_ALLOWED
from contracts.acts import Act
from contracts.models import Contract
from tests.access.actions import words
from tests.access.addresses import BACK_ROOM, Address, every
from tests.access.asking import Answer, Asking, Form, forms_in, taken_back
from tests.access.marks import THERE, Rows, all_of, models
from tests.access.table import (
    ABOUT_ONESELF,
    ABSENT,
    FORBIDDEN,
    IN,
    LISTED,
    NAMES_EVERYBODY,
    PEOPLE,
    SIGN_IN,
    TO_SEND,
    Gate,
    acts,
    expected,
    gates,
)
from tests.access.world import World
from tests.cast import NOON
from tests.support.addresses import words_of

Look = Callable[[str, Address, Answer], None]


@dataclass
class Matrix:
    """One walk over the site.

    ``share``: of those for whom an address is alike, how many ask (1: all; 0: one). ``only``: these
    addresses, by name (none: all). ``strict``: what comes of asking is held against the table; where the gate
    is taken away only what is told and what is written of others is, for what a role may do with its own is
    the gate's. ``look`` looks at each page that somebody got.
    """

    world: World
    share: float = 1.0
    seed: str = "access"
    strict: bool = True
    look: Look | None = None
    only: frozenset[str] = frozenset()
    asking: Asking = field(init=False)
    forms: dict[str, Form] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.asking = Asking(self.world, self.strict)
        self.rng = random.Random(self.seed)

    # What addresses name

    def values(self, address: Address, **others: Any) -> dict[str, Any]:
        """One of everything that an address may name."""
        world = self.world
        contract = world.here.cast.contract.pk
        own = {**world.here.ids, "contract_id": contract} if address.of_contract else dict(world.own)
        if address.name == "breach_readers":
            own["breach_id"] = world.kept["breach_id"][0]
        return {**own, "uidb36": "1", **others}

    def at(self, address: Address, **others: Any) -> str:
        return address.at(self.values(address, **others))

    def addresses(self) -> list[Address]:
        """Every address but those of the back room, which have a pass of their own."""
        return [
            one for one in every().values()
            if not one.of_back_room and (not self.only or one.name in self.only)
        ]  # fmt: skip

    def form(self, path: str) -> Form:
        """What a person who may sent there, as its page offered it; an empty form where nothing did."""
        return self.forms.get(path, Form())

    def some(self, people: Iterable[str]) -> list[str]:
        """All of them, or at least one."""
        known = sorted(people)
        return self.rng.sample(known, max(1, round(self.share * len(known)))) if known else []

    @property
    def passes(self) -> tuple[Callable[[], None], ...]:
        """All of them, in the order in which the later lean on the earlier: pages first, then their forms."""
        return (
            self.everybody,
            self.elsewhere,
            self.mixed,
            self.kept,
            self.sends,
            self.actions,
            self.strange_choices,
            self.closed,
            self.back_room,
        )

    # The passes

    def everybody(self) -> None:
        """Every page, as everybody: in, 403, 404 or to sign in, as the table says."""
        for address in self.addresses():
            for asked in self.groups(address):
                for who in asked:
                    self.get(who, address)

    def groups(self, address: Address) -> Iterator[list[str]]:
        """Who asks, of those for whom the table says the same. In a sample always nobody, and at one address
        another contract's lead, at the next who left yesterday."""
        by: dict[str, list[str]] = {}
        stranger = self.rng.choice(("zed", "lena"))
        for who in PEOPLE:
            by.setdefault(expected(self.world, who, address), []).append(who)
        for alike in by.values():
            yield sorted({*self.some(alike), *({stranger} & set(alike))})

    def get(self, who: str, address: Address) -> None:
        path = self.at(address)
        answer = self.asking(who, path)
        self.told(who, address, path, answer)
        wanted = expected(self.world, who, address)
        if not self.strict or answer.status == 405 or gates().get(address.name) == Gate.SIGN_IN:
            return
        right = answer.came_to == wanted and (wanted != IN or answer.status in OPENS)
        if not right or (answer.status == 200 and not answer.text):
            self.asking.fault(f"wanted {wanted}", who, path, answer)
        elif answer.status == 200:
            self.forms |= dict(forms_in(answer.text, path, self.rng))
            if self.look is not None:
                self.look(who, address, answer)

    def told(self, who: str, address: Address, path: str, answer: Answer) -> None:
        gate = gates().get(address.name)
        of_all = gate in NAMES_EVERYBODY or not self.strict  # the database names all organisations to root
        self.asking.look(who, path, answer, told_of_all=who == "root" and of_all)

    def sends(self) -> None:
        """Every form, filled in as it stood on the page of somebody who may, sent by everybody.

        Who may not is refused, and nothing is written. An auditor writes nothing whatever they send. In a
        sample half of those who are answered alike send it.
        """
        for address in self.addresses():
            path = self.at(address)
            form = self.form(path)
            by: dict[str, list[str]] = {}
            for who in PEOPLE:
                by.setdefault(expected(self.world, who, address, sends=True), []).append(who)
            for wanted in sorted(by) if self.share == 1 else self.rng.sample(sorted(by), (len(by) + 1) // 2):
                alike = by[wanted]
                readers = {"zed"} & set(alike) | ({"olu"} & set(alike) if address.of_contract else set())
                for who in sorted({*self.some(alike), *readers}):
                    self.send(who, address, path, form, wanted)

    def send(self, who: str, address: Address, path: str, form: Form, wanted: str) -> Answer:
        answer = self.asking(who, path, form.again(), sends=True)
        self.told(who, address, path, answer)
        self.asking.done += bool(answer.wrote)
        if gates().get(address.name) == Gate.SIGN_IN or answer.status == 405:
            return answer
        by_what_it_is = wanted == IN and answer.came_to in (FORBIDDEN, ABSENT)  # the service says no
        if self.strict and answer.came_to != wanted and not by_what_it_is:
            self.asking.fault(f"sending wanted {wanted}", who, path, answer)
        if self.strict and (wanted != IN or (who == "olu" and address.of_contract)):
            self.wrote_nothing(who, path, form, answer)
        return answer

    def wrote_nothing(self, who: str, path: str, form: Form, answer: Answer) -> None:
        """Whoever may only read changed no row. What was written and taken back by a refusal counts for
        nothing: so where any was written it is sent once more, and every row looked at.
        """
        if not answer.wrote or resolve(urlsplit(path).path).url_name in ABOUT_ONESELF:
            return
        with taken_back():
            before = footprint()
            self.asking(who, path, form.again(), sends=True, keep=True)
            changed = {table for table, *_ in set(footprint()) ^ set(before)}
        if changed:
            self.asking.fault(f"{', '.join(sorted(changed))} changed", who, path, answer)

    def actions(self) -> None:
        """Every act that an address names, sent by outsiders, by the auditor and by those it may be for."""
        for name, (parameter, said) in words().items():
            address = every()[name]
            if self.only and name not in self.only:
                continue
            for word in said if self.share == 1 else self.rng.sample(said, min(3, len(said))):
                path = self.at(address, **{parameter: word})
                for who in [*self.some({"nobody", "lena", "root"}), "zed", "olu"]:
                    wanted = SIGN_IN if who == "nobody" else ABSENT
                    if who == "olu" and address.of_contract:
                        wanted = expected(self.world, who, address, sends=True)
                    self.send(who, address, path, self.form(path), wanted)
                for who in self.some({"priya", "ada", "tom", "ben", "mina"}):
                    answer = self.asking(who, path, sends=True)
                    self.told(who, address, path, answer)

    def mixed(self) -> None:
        """The contract is one's own; what the address names in it is another's."""
        for address in self.addresses():
            strange = {
                key: value for key, value in self.world.there.ids.items()
                if key in address.parameters - {"contract_id"} - words_of()
            }  # fmt: skip
            if address.of_contract and strange:
                path = self.at(address, **strange)
                for who in self.some({"priya", "ada", "mina"}):
                    self.absent(who, address, path)

    def absent(self, who: str, address: Address, path: str) -> None:
        """It is not there: neither to look at nor to send to."""
        for sends in (False, True):
            wanted = expected(self.world, who, address, sends=sends)
            answer = self.asking(who, path, sends=sends)
            self.told(who, address, path, answer)
            right = answer.came_to == (FORBIDDEN if wanted == FORBIDDEN else ABSENT)
            if answer.status != 405 and self.strict and not right:
                self.asking.fault("it should not be there", who, path, answer)
            if sends:
                self.wrote_nothing(who, path, Form(), answer)

    def elsewhere(self) -> None:
        """The addresses of another contract, another organisation, somebody else's draft and work."""
        world = self.world
        for address in self.addresses():
            if address.of_back_room or not address.parameters:
                continue
            ids = {**world.there.ids, "contract_id": world.there.cast.contract.pk}
            path = address.at({"uidb36": "1", **(ids if address.of_contract else world.other)})
            if path == self.at(address):
                continue
            for who in self.some(set(PEOPLE) - {"zed", "root", "nobody", "shut"}):
                self.absent_elsewhere(who, address, path)

    def absent_elsewhere(self, who: str, address: Address, path: str) -> None:
        for sends in (False, True):
            answer = self.asking(who, path, self.form(path).again() if sends else None, sends=sends)
            self.told(who, address, path, answer)
            if self.strict and answer.status != 405 and answer.came_to != ABSENT:
                self.asking.fault("it should not be there", who, path, answer)
            if sends:
                self.wrote_nothing(who, path, self.form(path), answer)

    def kept(self) -> None:
        """What is kept to a list has addresses only for who is on it."""
        off = {who for who in PEOPLE if self.world.role(who)} - LISTED
        for address in self.addresses():
            named = sorted(address.parameters & set(self.world.kept))
            if not address.of_contract or not named:
                continue
            for keys in self._combinations(named):
                path = self.at(address, **keys)
                for who in self.some(off):
                    self.absent(who, address, path)
                if self.strict and "breach_id" in keys:
                    answer = self.asking("priya", path)
                    if answer.status not in (*OPENS, 405, 409):  # 409: its file was marked after it was kept
                        self.asking.fault("it is there for who is on the list", "priya", path, answer)

    def _combinations(self, named: list[str]) -> list[dict[str, Any]]:
        """One of each; of one parameter alone every one."""
        if len(named) == 1:
            return [{named[0]: key} for key in self.world.kept[named[0]]]
        return [{key: self.world.kept[key][0] for key in named}]

    def closed(self) -> None:
        """On a closed contract nobody writes anything, but who manages its people and its end: so says the
        gate.
        """
        if not self.strict:
            return
        with taken_back():
            contract = self.world.here.cast.contract
            Contract.objects.filter(pk=contract.pk).update(closed_at=NOON, kept_until=date(2036, 3, 17))
            for address in self.addresses():
                act = TO_SEND.get(address.name, acts().get(address.name))
                if act is None or act in STILL_ALLOWED - {Act.VIEW}:
                    continue
                path = self.at(address)
                for who in self.some({"priya", "ada", "tom", "mina"}):
                    answer = self.asking(who, path, self.form(path).again(), sends=True)
                    self.told(who, address, path, answer)
                    self.wrote_nothing(who, path, self.form(path), answer)

    def strange_choices(self) -> None:
        """The forms of one's own contract, sent with what another contract's form offers to choose."""
        world = self.world
        ids = {**world.there.ids, "contract_id": world.there.cast.contract.pk}
        for address in self.addresses():
            own = self.at(address)
            if not address.of_contract or own not in self.forms:
                continue
            page = self.asking("zed", address.at(ids))
            mine = self.forms[own]
            for _, theirs in forms_in(page.text, own, self.rng) if page.status == 200 else ():
                strange = {
                    key: theirs.data[key]
                    for key in theirs.offered & mine.offered
                    if THERE not in str(theirs.data[key])  # what is typed back is no leak
                }
                if any(value != mine.data[key] for key, value in strange.items()):
                    for who in self.some({"priya", "ada", "mina"}):
                        self.untouched(who, address, own, Form({**mine.data, **strange}))

    def untouched(self, who: str, address: Address, path: str, form: Form) -> None:
        """Sending this changes no row of the other contract, and no new row refers to one."""
        with taken_back():
            before = footprint(self.world.marks.roots)
            answer = self.asking(who, path, form.again(), sends=True, keep=True)
            after = footprint(self.world.marks.roots) if answer.wrote else before
        self.told(who, address, path, answer)
        if after != before:
            self.asking.fault("another contract was written to", who, path, answer)

    def back_room(self) -> None:
        """Every list and every row of the back room: for administrators of the system alone."""
        for model in admin.site._registry:
            label = f"{BACK_ROOM}:{model._meta.app_label}_{model._meta.model_name}"
            keys = [*model._base_manager.values_list("pk", flat=True).order_by("-pk")[:2]]
            for what in ("changelist", "add", "change", "history", "delete"):
                address = every()[f"{label}_{what}"]
                for key in keys if address.parameters else [None]:
                    path = address.at({"object_id": key})
                    for who in [*self.some(set(PEOPLE) - {"root"}), "root"]:
                        self.enters(who, address, path)

    def enters(self, who: str, address: Address, path: str) -> None:
        """Administrators of the system alone; what nobody does there is refused to them as well."""
        answer = self.asking(who, path)
        self.told(who, address, path, answer)
        right = answer.came_to in (IN, FORBIDDEN, ABSENT) if who == "root" else answer.came_to == SIGN_IN
        if self.strict and not right:
            self.asking.fault("the back room", who, path, answer)


OPENS = (200, 302, 503)
"""What somebody who may come in gets: the page, the way on, or that a part of Duly does not answer."""


def footprint(roots: Rows | None = None) -> list[tuple[str, int, str]]:
    """What every row says, by table; of ``roots`` alone and what refers to them, where they are given."""
    rows = dict.fromkeys(models()) if roots is None else all_of(roots)
    found = []
    with connection.cursor() as cursor:
        for model, keys in rows.items():
            assert model._meta.pk is not None
            names = {
                "table": sql.Identifier(model._meta.db_table),
                "pk": sql.Identifier(model._meta.pk.column),
            }
            only = None if keys is None else [str(key) for key in keys]
            cursor.execute(EVERY_ROW.format(**names), [only, only])
            count, digest = cursor.fetchone()
            found.append((model._meta.db_table, count, digest))
    return found


EVERY_ROW = sql.SQL(
    "SELECT count(*), coalesce(md5(string_agg(t::text, '' ORDER BY {pk})), '') FROM {table} t"
    " WHERE %s::text[] IS NULL OR {pk}::text = ANY(%s::text[])"
)
