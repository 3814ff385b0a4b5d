"""Working out open duties anew after a change of the holidays: which dates move, and from what to what.

The engine says what the dates are, as ever; this only asks it about as little as can be affected. A duty can
be affected where its date lies on or after a changed day and was counted in Working Days, where the words
allow another reading, where it is suspended, or where a notice may count on another day (R14).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from contracts.models import Contract
from contracts.terms.moments import Day, start_of_day
from obligations.models import Duty, OfferedChange, Phase
from obligations.rules.engine.contract_book import ContractBook
from obligations.rules.register.duty import Completion
from obligations.rules.register.duty import Duty as Derived
from obligations.rules.register.facts import Fact
from obligations.rules.register.rulebook import Rulebook
from obligations.rules.register.vocabulary import DONE
from obligations.rules.time.derivation import OWN_CALENDAR
from obligations.rules.time.published import Change
from obligations.rules.time.working_days import Calendar
from obligations.services.asking import engine_input
from obligations.services.asking.books import books_of
from obligations.services.asking.calendars import Calendars
from obligations.services.asking.versions import BookRefused, edition_of
from obligations.services.holidays import lean_input
from obligations.services.holidays.alike import alike, said_of, speaks_of
from obligations.services.holidays.lean_input import LeanInput, Row
from obligations.services.reconciling.duty_rows import Key, key_of
from obligations.services.reconciling.holding import holds_of
from obligations.services.reconciling.outcomes import outcome_of, phase_of

OPEN = (Phase.OPEN, Phase.AWAITING, Phase.SUSPENDED, Phase.BEFORE)
"""Not closed: neither met nor ended nor withdrawn. What is closed keeps the date it was judged by."""

COUNTED_BY = ("R3", "R14", "R40", "R42")
"""Steps of a date that holidays decide: Working Days, a notice's day, a place, a moved end."""

TOGETHER = 20
"""Subjects asked about at once: enough to share the work, few enough that looking one up stays cheap."""


@dataclass(frozen=True, slots=True)
class Redated:
    """A duty's row and what the engine says of it now, by which version of the rulebook and which edition."""

    row: Row
    duty: Derived
    version: Rulebook
    edition: int

    @property
    def moves(self) -> bool:
        """Whether the date itself is another; otherwise only how it was worked out."""
        return self.row.due_at != self.duty.deadline.due_at


def touchable(change: Change) -> QuerySet[Duty]:
    """The open duties that a change can affect; some of them it does not."""
    wanted, every = Q(pk__in=[]), _days(change)
    for division, days in every.items():
        on_or_after = Q(due_at__gte=start_of_day(min(days))) | Q(due_at__isnull=True)
        counted = Q(pk__in=[])
        for rule in COUNTED_BY:
            counted |= _with_a_step(rule)
        noticed = Q(contract__settings__has_key="notice_cutoff")
        otherwise = Q(flagged=True) | Q(phase=Phase.SUSPENDED) | Q(derivation__has_key="cure_date")
        otherwise |= _with_a_step("R35")  # counted back: what changes may lie after the day it is due
        wanted |= Q(contract__division=division) & (
            on_or_after & (counted | noticed | Q(due_date__in=days)) | otherwise
        )
    if every:
        wanted |= _with_a_step("R3", text=OWN_CALENDAR)
    if change.edge:
        wanted |= Q(provisional=True)
    return Duty.objects.filter(wanted, phase__in=OPEN, contract__closed_at=None)


def _with_a_step(rule: str, **more: str) -> Q:
    """Worked out with a step of this rule."""
    return Q(derivation__steps__contains=[{"rule": rule, **more}])


def _days(change: Change) -> dict[str, set[Day]]:
    """By division every day about which something changes, its name included."""
    found = defaultdict(set, change.moving())
    for place, days in change.renamed.items():
        found[place] |= set(days)
        found["all"] |= set(days)
    return dict(found)


def redated(
    contract: Contract, change: Change, calendars: Calendars, now: datetime
) -> tuple[list[Redated], set[str]]:
    """What becomes of the open duties of one contract under these calendars.

    Also the subjects about which more has changed than dates: those are for ``reconcile``. A constant number
    of queries.
    """
    named = touchable(change).filter(contract=contract)
    rows = named.order_by().values_list("subject", "obligation__rulebook_key", "obligation__rule_key")
    wanted = set(rows)
    if not wanted:
        return [], set()
    books = books_of(contract)
    _refuse_unbound(contract, books, wanted)
    whole = engine_input.whole_of(contract, books)
    part = _part(contract, books, {subject for subject, _, _ in wanted}, whole)
    derived = _derived(part, wanted, whole, calendars.of(contract.division), now)
    asked = _asked_about(part, derived, wanted)
    held, edition = holds_of(contract), edition_of(contract)
    others = {row.subject for key, duty, row in asked if _is_for_reconcile(row, duty, held.get(key))}
    found = [
        Redated(row, duty, books[key[0]].version_of(duty), edition)
        for key, duty, row in asked
        if key not in held and phase_of(duty) == row.phase
    ]
    staying = [one for one in found if not one.moves]
    return [one for one in found if one.moves] + _worked_out_otherwise(staying), others


def _refuse_unbound(
    contract: Contract, books: Mapping[str, ContractBook], wanted: set[tuple[str, str, str]]
) -> None:
    """Raise BookRefused where a duty stands under a rulebook that the contract does not go by."""
    if unbound := sorted({book for _, book, _ in wanted} - set(books)):
        raise BookRefused(
            contract, f"it has duties under the rulebook {unbound[0]} and goes by no version of it."
        )


def _part(
    contract: Contract, books: Mapping[str, ContractBook], subjects: set[str], whole: set[str]
) -> LeanInput:
    wanted = subjects | whole if subjects & whole else subjects
    return lean_input.load(contract, wanted, books)


def _asked_about(
    part: LeanInput,
    derived: Iterable[tuple[Key, Derived]],
    wanted: set[tuple[str, str, str]],
) -> Collection[tuple[Key, Derived, Row]]:
    """What the engine says of the rows that can be affected, each once. A date that stands is none."""
    known = {key_of(row): row for row in part.rows if row.phase in OPEN and not row.date_stands}
    asked = {}
    for key, duty in derived:
        book, rule, subject, _ = key
        if key in known and (subject, book, rule) in wanted:
            asked[known[key].pk] = key, duty, known[key]
    return asked.values()


def _is_for_reconcile(row: Row, duty: Derived, hold: OfferedChange | None) -> bool:
    """Whether more changes than a date.

    A held duty differs by the engine's edition alone while the engine says what it said when it was held;
    where it says something else, the holiday has moved it too.
    """
    if hold is not None:
        return hold.outcome != outcome_of(duty)
    return phase_of(duty) != row.phase


def _worked_out_otherwise(staying: list[Redated]) -> list[Redated]:
    """Of the duties whose date stays those whose explanation says something else now. 1 query at most."""
    if not staying:
        return []
    rows = Duty.objects.filter(pk__in=[one.row.pk for one in staying])
    stored = dict(rows.order_by().values_list("pk", "derivation"))
    return [one for one in staying if _differs(stored[one.row.pk], one.duty)]


def _differs(stored: Mapping[str, Any], duty: Derived) -> bool:
    form = duty.deadline.as_json()
    return any(form[name] != stored.get(name) for name in ("steps", "readings", "provisional"))


def _derived(
    part: LeanInput,
    wanted: Iterable[tuple[str, str, str]],
    whole: Collection[str],
    calendar: Calendar,
    now: datetime,
) -> Iterator[tuple[Key, Derived]]:
    """The engine's duties under the rules that are asked about, some subjects at a time."""
    rules: dict[str, set[str]] = defaultdict(set)
    subjects: dict[str, set[str]] = defaultdict(set)
    for subject, book, rule in wanted:
        rules[book].add(rule)
        subjects[book].add(subject)
    about = _About(part)
    for book, keys in rules.items():
        narrow = part.books[book].narrowed(keys)

        def ask(some: set[str], narrow: ContractBook = narrow) -> Iterator[Derived]:
            facts, completions = about.facts(some), about.completions(some)
            for duty in narrow.derive(facts, completions, calendar, now):
                # what is about the contract comes with every subject, and counts once
                if (duty.subject or engine_input.WHOLE) in some:
                    yield duty

        for duty in _of_all(subjects[book], whole, about, ask):
            yield (book, duty.rule_key, duty.subject or engine_input.WHOLE, duty.occurrence), duty


def _of_all(
    subjects: set[str], whole: Collection[str], about: _About, ask: Callable[[set[str]], Iterable[Derived]]
) -> Iterator[Derived]:
    """What the engine says of these subjects; of those with the same on the record it is asked about one."""
    alike = about.alike(subjects.difference(whole))
    others = {other for ones in alike.values() for other in ones}
    said: dict[str, list[Derived]] = defaultdict(list)
    for some in _together(subjects - others, whole):
        for duty in ask(some):
            said[duty.subject or engine_input.WHOLE].append(duty)
            yield duty
    unlike: set[str] = set()
    for first, ones in alike.items():
        if speaks_of(said[first], about.fact(first)):
            unlike |= set(ones)
            continue
        yield from said_of(said[first], map(about.fact, ones))
    for some in _together(unlike, ()):
        yield from ask(some)


def _together(subjects: set[str], whole: Collection[str]) -> Iterator[set[str]]:
    """The subjects that hang together in one, the others some at a time."""
    if subjects & set(whole):
        yield set(whole)
    alone = sorted(subjects.difference(whole))
    for start in range(0, len(alone), TOGETHER):
        yield set(alone[start : start + TOGETHER])


class _About:
    """Facts and completions by what they are about; what is about the contract goes with everything."""

    def __init__(self, part: LeanInput) -> None:
        self._wide: list[Fact] = []
        self._facts: dict[str, list[Fact]] = defaultdict(list)
        self._completions: dict[str, list[Completion]] = defaultdict(list)
        wide = engine_input.wide_kinds(part.books)
        for fact in part.facts:
            if fact.subject is None or fact.kind in wide:
                self._wide.append(fact)
            else:
                self._facts[fact.subject].append(fact)
        for completion in part.completions:
            self._completions[completion.subject or engine_input.WHOLE].append(completion)

    def facts(self, subjects: Collection[str]) -> list[Fact]:
        """What ``engine_input.load`` would have found for these subjects alone."""
        found = self._wide + [fact for subject in subjects for fact in self._facts.get(subject, ())]
        if engine_input.WHOLE not in subjects:
            return found
        others = [facts for subject, facts in self._facts.items() if subject not in subjects]
        return found + [fact for facts in others for fact in facts if fact.kind == DONE]

    def fact(self, subject: str) -> Fact:
        """The one fact about a subject."""
        (fact,) = self._facts[subject]
        return fact

    def alike(self, subjects: Iterable[str]) -> dict[str, list[str]]:
        """By one subject the others of which the same is on the record, nothing done among it."""
        return alike(set(subjects).difference(self._completions), self._facts, self._wide)

    def completions(self, subjects: Iterable[str]) -> list[Completion]:
        some = {engine_input.WHOLE, *subjects}
        return [one for subject in some for one in self._completions.get(subject, ())]
