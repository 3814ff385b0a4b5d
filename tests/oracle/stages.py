"""Limits that depend on more than one fact, and what silence says (R43, R44)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from typing import Any

from tests.oracle import algebra
from tests.oracle.algebra import Form, Setting, Start, day_of
from tests.oracle.oracle import DAY, Answer


@dataclass(frozen=True)
class Stage:
    """A limit of its kind: "earlier", "all" (of ``needs``), "former" (own start and limit), "silence".

    "each day": owed on each day after the first fact until the day before the second; it has no limit.
    """

    kind: str
    limit: Form | None = None
    needs: Sequence[str] = ()
    start: Start | None = None
    former: Form | None = None
    division: str = "england-and-wales"


@dataclass(frozen=True)
class Said:
    """``due``; ``missing`` facts; ``flagged``; ``deemed``: the last day of a silence that has spoken;
    ``owed``: the days for which something is owed each day.
    """

    due: Answer | None = None
    missing: tuple[str, ...] = ()
    flagged: bool = False
    deemed: date | None = None
    owed: tuple[date, ...] = ()


def said(stage: Stage, facts: Sequence[Mapping[str, Any]], as_at: date) -> Said:
    """What holds at the end of a day, from the facts recorded by then (each: what, at, recorded)."""
    known = [fact for fact in facts if fact["recorded"] <= as_at]
    kinds = {"earlier": _earlier, "all": _all, "former": _former, "silence": _silence, "each day": _each_day}
    return kinds[stage.kind](stage, known, as_at)


def _counted(limit: Form | None, start: Start, stage: Stage) -> Answer:
    assert limit is not None
    end = algebra.outcome(limit, start, Setting(stage.division)).due
    assert end is not None
    return end


def _first(facts: Sequence[Mapping[str, Any]]) -> Start:
    return min((fact["at"] for fact in facts), key=_in_order)


def _in_order(start: Start) -> tuple[date, bool, Any]:
    """A bare day is before every moment in it."""
    timed = hasattr(start, "hour")
    return (day_of(start), timed, start.astimezone(UTC) if timed else start)  # type: ignore[union-attr]


def _earlier(stage: Stage, known: Sequence[Mapping[str, Any]], as_at: date) -> Said:
    return Said(due=_counted(stage.limit, _first(known), stage)) if known else Said()


def _all(stage: Stage, known: Sequence[Mapping[str, Any]], as_at: date) -> Said:
    missing = tuple(what for what in stage.needs if what not in [fact["what"] for fact in known])
    if missing:
        return Said(missing=missing)
    return Said(due=_counted(stage.limit, max((fact["at"] for fact in known), key=_in_order), stage))


def _former(stage: Stage, known: Sequence[Mapping[str, Any]], as_at: date) -> Said:
    assert stage.start is not None and stage.former is not None
    if known:
        return Said(due=_counted(stage.limit, _first(known), stage))
    limit = _counted(stage.former, stage.start, stage).day
    return Said(due=_counted(stage.limit, limit, stage), flagged=True) if as_at > limit else Said()


def _silence(stage: Stage, known: Sequence[Mapping[str, Any]], as_at: date) -> Said:
    asked = [fact for fact in known if fact["what"] == "asked"]
    last = _counted(stage.limit, _first(asked), stage).day
    in_time = [fact for fact in known if fact["what"] == "answered" and day_of(fact["at"]) <= last]
    return Said(deemed=last) if as_at > last and not in_time else Said()


def _each_day(stage: Stage, known: Sequence[Mapping[str, Any]], as_at: date) -> Said:
    ended = [day_of(fact["at"]) for fact in known if fact["what"] == "ended"]
    day, owed = day_of(next(fact["at"] for fact in known if fact["what"] == "began")) + DAY, []
    while day <= as_at and not (ended and day >= min(ended)):
        owed.append(day)
        day += DAY
    return Said(owed=tuple(owed))
