"""Answering what a contract's schedules need to know of it, with a reason, on the record (R12, R14, R30)."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from contracts.absence import NotThere
from contracts.access import Access
from contracts.models import Contract, KeptBy, LedgerEntry, Side
from contracts.services import ledger
from contracts.services.actors import Actor
from contracts.services.errors import Refused, required
from contracts.terms.answers import Answer, as_stored
from contracts.terms.setting import Setting, SettingsError
from contracts.terms.settings import ContractSettings
from obligations.rules.register.asked import Asked, answered, asked_of
from obligations.rules.register.conditions import setting_holds
from obligations.rules.register.rule import Rule
from obligations.rules.register.rulebook import Rulebook
from obligations.rules.time.working_days import Calendar
from obligations.services.asking import calendars, engine_input
from obligations.services.asking.books import unusable
from obligations.services.asking.versions import adopted_by
from obligations.services.choosing.moves import ByName, Moved, moves, rows_by_name
from obligations.services.reconciling.changes import Changes
from obligations.services.reconciling.holding import lock
from obligations.services.reconciling.reconcile import reconcile

CHANGED = "setting_changed"
"""The verb of the ledger's entry."""


@dataclass(frozen=True, slots=True)
class Line:
    """One setting of a contract as it stands.

    ``answer`` is what counts: what was answered or its default; None where there is neither. ``problem`` says
    why what is stored cannot be used. ``entry`` is where it was last put on the record.
    """

    asked: Asked
    answer: Answer | None
    given: bool
    problem: str = ""
    entry: LedgerEntry | None = None

    @property
    def setting(self) -> Setting:
        """What is asked."""
        return self.asked.setting

    @property
    def open(self) -> bool:
        """Whether nobody said it yet, so that what rests on it goes by the careful reading."""
        return self.answer is None and self.setting.unknown


@dataclass(frozen=True, slots=True)
class Change:
    """What another answer would do: rules that would begin to apply or cease to, and duties that would move.

    ``moves`` is None where that cannot be told, because the answer on record cannot be used.
    """

    line: Line
    after: Answer | None
    begin: tuple[Rule, ...]
    cease: tuple[Rule, ...]
    moves: tuple[Moved, ...] | None


def on_record(contract: Contract) -> list[Line]:
    """Everything the contract is asked, book by book, with its answers. 2 queries.

    Raises Refused where two of its books ask for different things under one name.
    """
    entries = {
        entry.payload["name"]: entry
        for entry in LedgerEntry.objects.filter(contract=contract, verb=CHANGED).order_by("number")
    }
    try:
        asked = asked_of(_books(contract))
    except SettingsError as error:
        raise Refused("", f"Contract {contract.reference}: {error}.") from error
    return [_line(contract, one, entries.get(one.setting.name)) for one in asked]


def line_of(contract: Contract, name: str) -> Line:
    """One setting as it stands. Raises NotThere where the contract is not asked for it. 2 queries."""
    found = next((line for line in on_record(contract) if line.setting.name == name), None)
    if found is None:
        raise NotThere("no such setting")
    return found


def whose_words(contract: Contract, setting: Setting, side: str) -> str:
    """Why somebody of this side does not answer it: it is the other party's alone; "" where they may.

    Who administers the contract is of neither side, and answers for both. Where one side keeps the contract
    alone it answers for both too (R33).
    """
    if not setting.whose or side in (setting.whose, Side.NEITHER) or contract.kept_by != KeptBy.BOTH:
        return ""
    return f"This is for the {contract.word_for(setting.whose)} to say."


def preview(
    contract: Contract, now: datetime, *, name: str, answer: object, seen_by: Access | None = None
) -> Change:
    """What an answer, in its stored form, would do to the contract; None says there is none. Writes nothing.

    What it would do to duties kept from ``seen_by`` is left out. Raises Refused on "answer" where it is none
    or counts already. A constant number of queries.
    """
    line = line_of(contract, name)
    after = _read(line, answer)
    if after == line.answer and line.given and not line.problem:
        raise Refused("answer", f"“{_words(contract, line.setting, after)}” is the answer already.")
    would_be = copy(contract)
    would_be.settings = _with(contract, name, after)
    part = engine_input.load(would_be, None, seen_by=seen_by)
    calendar = calendars.load().of(contract.division)
    then = _settings(would_be)
    try:
        before = _settings(contract)
    except Refused:
        return Change(line, after, (), (), None)
    found: list[Moved] = []
    for key in part.books:
        was, becomes = (_duties(part, key, one, calendar, now) for one in (before, then))
        found += moves(was, becomes, rows_by_name(part.rows, key))
    begin, cease = _applying(line, before, then)
    return Change(line, after, begin, cease, tuple(found))


@transaction.atomic
def change_setting(
    contract: Contract,
    actor: Actor,
    now: datetime,
    *,
    name: str,
    answer: object,
    reason: str,
    looks_only: bool = False,
) -> Changes:
    """Let another answer count from now on; None says that there is none.

    Open duties follow and their notices are planned anew; what is closed keeps the date it was judged by.
    ``looks_only``: of a rehearsal, which leaves the duties as they are and tells what would become of them.
    Raises Refused on "answer", also where it is not theirs to say, or "reason"; NotThere for what the
    contract is not asked.
    """
    if actor.person is None:
        raise Refused("", "Only a person on the contract changes a setting.")
    reason = required("reason", reason, "Say how you know, or why it changes.", longest=2000)
    lock(contract, now)
    contract = Contract.objects.get(pk=contract.pk)
    change = preview(contract, now, name=name, answer=answer)
    if why_not := whose_words(contract, change.line.setting, actor.side):
        raise Refused("answer", why_not)
    payload = _told(contract, change) | {"reason": reason, "side": actor.side}
    contract.settings = _with(contract, name, change.after)
    contract.save(update_fields=["settings"])
    ledger.record(contract, actor, CHANGED, payload, now)
    because = f"{actor.name} answered “{payload['after_words']}” to “{payload['question']}”: {reason}"
    return reconcile(contract, now, actor, because=because, shows_wrong=True, looks_only=looks_only)


def known_at(contract: Contract, moment: datetime) -> dict[str, Any]:
    """The stored settings as they were at a moment: later changes are taken back. 1 query."""
    settings = dict(contract.settings)
    later = LedgerEntry.objects.filter(contract=contract, verb=CHANGED, moment__gt=moment)
    for entry in later.order_by("-number"):
        settings.pop(entry.payload["name"], None)
        if entry.payload["before"] is not None:
            settings[entry.payload["name"]] = entry.payload["before"]
    return settings


def _books(contract: Contract) -> list[Rulebook]:
    """The rulebooks that the contract goes by, in the version in use. 1 query."""
    return [versions[-1].book for versions in adopted_by(contract).values()]


def _line(contract: Contract, asked: Asked, entry: LedgerEntry | None) -> Line:
    stored, setting = contract.settings.get(asked.setting.name), asked.setting
    if stored in (None, ""):
        return Line(asked, setting.default, given=entry is not None, entry=entry)
    try:
        answer = setting.read(stored)
    except ValueError as error:
        return Line(asked, None, given=True, problem=str(error), entry=entry)
    # What equals the default and was never put on the record was stored for everybody, and said by nobody.
    return Line(asked, answer, given=entry is not None or answer != setting.default, entry=entry)


def _read(line: Line, answer: object) -> Answer | None:
    if answer in (None, ""):
        if not line.setting.without:
            raise Refused("answer", "Give an answer.")
        return None
    try:
        return line.setting.read(answer)
    except ValueError as error:
        raise Refused("answer", f"The answer {error}.") from error


def _with(contract: Contract, name: str, answer: Answer | None) -> dict[str, Any]:
    """The contract's stored settings with this answer."""
    kept = {key: stored for key, stored in contract.settings.items() if key != name}
    return kept if answer is None else {**kept, name: as_stored(answer)}


def _settings(contract: Contract) -> ContractSettings:
    """The settings of the contract, all in their types. Raises Refused where one cannot be used."""
    try:
        return answered(contract.terms_settings, _books(contract))
    except SettingsError as error:
        raise unusable(error) from error


def _duties(
    part: engine_input.EngineInput,
    key: str,
    settings: ContractSettings,
    calendar: Calendar,
    now: datetime,
) -> ByName:
    """The duties under one rulebook, were these the contract's settings."""
    book = part.books[key]
    changed = replace(book, terms=replace(book.terms, settings=settings))
    asked = replace(part, books={**part.books, key: changed})
    return {duty.identity: duty for duty in asked.derive(key, calendar, now)}


def _applying(
    line: Line, before: ContractSettings, then: ContractSettings
) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
    """The rules resting on a setting that would begin to apply, and those that would cease to."""
    was, becomes = (
        {rule.citation + rule.key for rule in line.asked.rules if _applies(rule, settings)}
        for settings in (before, then)
    )
    begin = (rule for rule in line.asked.rules if rule.citation + rule.key in becomes - was)
    cease = (rule for rule in line.asked.rules if rule.citation + rule.key in was - becomes)
    return tuple(begin), tuple(cease)


def _applies(rule: Rule, settings: ContractSettings) -> bool:
    return all(setting_holds(condition, settings) for condition in rule.conditions)


def _told(contract: Contract, change: Change) -> dict[str, Any]:
    line = change.line
    book = line.asked.book
    before = contract.settings.get(line.setting.name)
    said = str(before) if line.problem else _words(contract, line.setting, line.answer)
    return {
        "name": line.setting.name,
        "question": contract.in_its_words(line.setting.question),
        "citation": f"{book.key}/{line.setting.paragraph}" if book else "",
        "before": before,
        "after": None if change.after is None else as_stored(change.after),
        "before_words": said,
        "after_words": _words(contract, line.setting, change.after),
    }


def _words(contract: Contract, setting: Setting, answer: Answer | None) -> str:
    return contract.in_its_words(setting.words(answer))
