"""What variations do to rules beside switching them off: another figure, use again, a new duty (R28).

Laid over the rulebook, never edited into it. Days are London days.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from contracts.terms.in_force import number_rank
from contracts.terms.moments import Day, Moment, london_day
from contracts.terms.periods import Period, Unit
from contracts.terms.variations import covers, effective
from obligations.rules.register.rule import Every, Rule, Shape
from obligations.rules.register.terms import SignedVariation
from obligations.rules.register.vocabulary import Vocabulary, shipped_vocabulary


class NewDutyError(ValueError):
    """A new duty that cannot be kept; the message says what to enter."""


@dataclass(frozen=True, slots=True)
class Figure:
    """From ``day`` on the limit of one rule is another, by variation ``number``."""

    number: str
    day: Day
    rule_key: str
    period: Period


@dataclass(frozen=True, slots=True)
class UsedAgain:
    """From ``day`` on a paragraph and all under it are used again."""

    number: str
    day: Day
    path: str


@dataclass(frozen=True, slots=True)
class NewDuty:
    """A rule that a variation brings, from ``day`` on. ``known``: the facts it speaks of, where they are not
    those that are shipped.
    """

    number: str
    day: Day
    rule: Rule
    known: Vocabulary | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Amendments:
    """All that the variations in force do to the rules of one rulebook, beside what they switch off."""

    figures: tuple[Figure, ...] = ()
    again: tuple[UsedAgain, ...] = ()
    new: tuple[NewDuty, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.figures or self.again or self.new)

    def by(self, as_at: Moment) -> Amendments:
        """Those that have taken effect by a moment, in order of day, then number."""
        day = london_day(as_at)
        return Amendments(
            tuple(sorted((one for one in self.figures if one.day <= day), key=_order)),
            tuple(sorted((one for one in self.again if one.day <= day), key=_order)),
            tuple(sorted((one for one in self.new if one.day <= day), key=_order)),
        )


def _order(one: Figure | UsedAgain | NewDuty) -> tuple[Any, ...]:
    return (one.day, number_rank(one.number))


@dataclass(frozen=True, slots=True)
class Use:
    """A span of days in which a paragraph is used: ``first`` is None for the contract's own beginning.

    ``stop`` is the variation that ends it and ``again`` the number of the one that began it, if any did.
    """

    first: Day | None
    stop: SignedVariation | None = None
    again: str = ""


def uses(
    path: str, stops: tuple[SignedVariation, ...], again: tuple[UsedAgain, ...], first: Day | None
) -> list[Use]:
    """The spans in which a paragraph is used, in order. Off and on again on one day is no change."""
    found = [Use(first)]
    for day, turn in _turns(path, stops, again):
        last = found[-1]
        if isinstance(turn, SignedVariation):
            if last.stop is None:
                found[-1] = Use(last.first, turn, last.again)
        elif last.stop is not None:
            if effective_day(last.stop) == day:
                found[-1] = Use(last.first, None, last.again)
            else:
                found.append(Use(day, None, turn.number))
    return found


def _turns(
    path: str, stops: Iterable[SignedVariation], again: Iterable[UsedAgain]
) -> list[tuple[Day, SignedVariation | UsedAgain]]:
    """What switches a paragraph off and on, in order: by day, by the variation's number, and of one variation
    what is said of the paragraph itself after what is said of one above it.
    """
    turns: list[tuple[Day, Any, int, SignedVariation | UsedAgain]] = []
    for stop in stops:
        depth = max((len(one) for one in stop.not_used if covers(one, path)), default=-1)
        begins = effective_day(stop)
        if depth >= 0 and begins is not None:
            turns.append((begins, number_rank(stop.number), depth, stop))
    turns += [
        (one.day, number_rank(one.number), len(one.path), one) for one in again if covers(one.path, path)
    ]
    return [(turn[0], turn[3]) for turn in sorted(turns, key=lambda turn: turn[:3])]


def effective_day(stop: SignedVariation) -> Day | None:
    """The day a variation took effect, or None where a signature is missing (R28)."""
    days = [None if one is None else london_day(one) for one in (stop.supplier_signed, stop.authority_signed)]
    found = effective(*days)
    return found.day if found else None


_SHAPES = {str(one): one for one in (Shape.ONE_OFF, Shape.RECURRING, Shape.EVENT)}
_PARTIES = ("supplier", "authority", "both")


def new_rule(
    book: str, path: str, number: str, form: Mapping[str, Any], known: Vocabulary | None = None
) -> Rule:
    """The rule of a duty that a variation brings, from its stored form.

    ``form``: title, party, shape (one_off: once, counted from the effective day; recurring; event: each time
    ``on`` happens), amount and unit, or word. ``known``: the facts it may speak of, the
    shipped ones unless given. Raises NewDutyError saying what to enter.
    """
    shape = _SHAPES.get(str(form.get("shape")))
    if shape is None:
        raise NewDutyError(
            "Choose when the new duty is owed: once, again and again, or when something happens."
        )
    title, party, word = _words(form)
    period = _limit(form, shape, word)
    on = (_start(form, known or shipped_vocabulary()),) if shape is Shape.EVENT else ()
    return Rule(
        key=f"variation {number}: {path}",
        rulebook=book,
        path=path,
        party=party,
        title=title,
        summary=title,
        shape=shape,
        on=on,
        every=Every.COMPLETION if shape is Shape.RECURRING else None,
        amount=period.amount if period else None,
        unit=period.unit if period else None,
        word=word or None,
        once_per="fact" if shape is Shape.EVENT else "subject",
    )


def _words(form: Mapping[str, Any]) -> tuple[str, str, str]:
    """What it asks for, of whom, and the contract's word where that stands in place of a number."""
    title, party, word = (str(form.get(name) or "").strip() for name in ("title", "party", "word"))
    if not title:
        raise NewDutyError("Enter what the new duty asks for.")
    if party not in _PARTIES:
        raise NewDutyError("Choose who owes the new duty.")
    return title, party, word


def _limit(form: Mapping[str, Any], shape: Shape, word: str) -> Period | None:
    """How long there is to do it; what something starts may have a word in place of a number."""
    if form.get("amount") in (None, ""):
        if shape is Shape.EVENT and word:
            return None
        raise NewDutyError("Enter how long there is to do it: a number and a unit.")
    period = read_period(form)
    if shape is Shape.RECURRING and period.unit not in _RECURS:
        raise NewDutyError("Choose days, weeks, months or years for what comes back.")
    return period


def _start(form: Mapping[str, Any], known: Vocabulary) -> str:
    """The kind of fact that starts it."""
    kind = str(form.get("on") or "")
    if kind not in known:
        raise NewDutyError("Choose what has to happen for the new duty to be owed.")
    return kind


_RECURS = (Unit.DAYS, Unit.WEEKS, Unit.MONTHS, Unit.YEARS)


def read_period(form: Mapping[str, Any]) -> Period:
    """A period from its stored or typed form. Raises NewDutyError saying what to enter."""
    try:
        amount, unit = int(str(form["amount"])), Unit(str(form["unit"]))
    except (KeyError, ValueError) as error:
        raise NewDutyError("Enter a whole number and choose a unit, for example 14 days.") from error
    if unit.needs_hours:
        raise NewDutyError(f"A variation’s figure is not counted in {unit.singular}s: enter hours or days.")
    if not 1 <= amount <= 10_000:
        raise NewDutyError("Enter a number from 1 to 10,000.")
    return Period(amount, unit)
