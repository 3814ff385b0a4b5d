"""The keys of a rule that say its limit beyond one length, read strictly (R35, R38 to R43)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from contracts.terms.limit import Joined, Limit, LimitFormError, read_cycle, read_hour, read_period
from contracts.terms.setting import Setting, SettingType
from obligations.rules.time.working_days import DIVISIONS

if TYPE_CHECKING:
    from obligations.rules.register.rule import Rule

NEXT_WORKING_DAY = "next_working_day"
FROM_THE_START = "start"
CONTRACT_END = "end"
FLAGS = ("before", "inclusive", "standstill")
LIMIT_KEYS = (*FLAGS, "hour", "others", "joined", "cycle", "moved", "calendar", "hours", "periods_from")
"""The keys that say how a limit is counted; a rule without any of them has one length, counted forwards."""

Need = Callable[[object, str], None]


class Starts(StrEnum):
    """From which of several facts a limit runs (R44)."""

    EARLIEST = "earliest"
    """Of the facts in ``on`` the earliest; redated if another proves earlier."""
    LATEST = "latest"
    """Of the facts in ``on`` the last; nothing is owed until all of them are known."""
    ALL = "all"
    """As ``latest``: "once all of them have happened"."""


@dataclass(frozen=True, slots=True)
class Deemed:
    """What silence amounts to where the words say so: the kind of fact that then comes about (R43).

    ``outcome``: approved, refused or accepted, in words for people. ``path``: the paragraph that says it.
    """

    fact: str
    outcome: str
    path: str

    def as_json(self) -> dict[str, str]:
        """The three as a table."""
        return {"fact": self.fact, "outcome": self.outcome, "path": self.path}


OUTCOMES = ("approved", "refused", "accepted")


def typed(values: Mapping[str, Any], settings: Mapping[str, Setting]) -> dict[str, Any]:
    """The values of these keys in their types. Raises ValueError naming the key."""
    found: dict[str, Any] = {}
    for name in FLAGS:
        if not isinstance(values.get(name, False), bool):
            raise ValueError(f"{name} must be true or false")
    for name, read in _READERS.items():
        if name in values:
            try:
                found[name] = read(values[name])
            except LimitFormError as error:
                raise ValueError(f"{name}: {error}") from error
    if "hours" in values:
        _check_hours(values["hours"], settings)
    return found


def _check_hours(name: object, settings: Mapping[str, Setting]) -> None:
    known = settings.get(name) if isinstance(name, str) else None
    if known is None or known.type is not SettingType.HOURS:
        there = sorted(one.name for one in settings.values() if one.type is SettingType.HOURS)
        raise ValueError(
            f"hours: {name!r} is no setting with hours of work; there are {', '.join(there) or 'none'}"
        )


def _others(value: object) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple) or not value:
        raise ValueError("others must be a list of lengths, one at least")
    return tuple(read_period(one) for one in value)


def _choice(name: str, known: Iterable[str]) -> Callable[[object], str]:
    def read(value: object) -> str:
        if value not in tuple(known):
            raise ValueError(f"{name} {value!r} is not one of {', '.join(known)}")
        return str(value)

    return read


def _joined(value: object) -> Joined:
    return Joined(_choice("joined", Joined)(value))


def _starts(value: object) -> Starts:
    return Starts(_choice("start", Starts)(value))


def _periods_from(value: object) -> int | str:
    if value == FROM_THE_START or (
        isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 12
    ):
        return value
    raise ValueError(f"periods_from must be a month from 1 to 12, or {FROM_THE_START!r}, not {value!r}")


def _deemed(value: object) -> Deemed:
    keys = ("fact", "outcome", "path")
    if not isinstance(value, Mapping) or set(value) != set(keys):
        raise ValueError(f"deemed must be a table of {', '.join(keys)}")
    for key in keys:
        if not isinstance(value[key], str) or not value[key].strip():
            raise ValueError(f"deemed: {key} is missing")
    _choice("outcome of deemed", OUTCOMES)(value["outcome"])
    return Deemed(**value)


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "others": _others,
    "joined": _joined,
    "hour": read_hour,
    "cycle": read_cycle,
    "moved": _choice("moved", (NEXT_WORKING_DAY,)),
    "calendar": _choice("calendar", DIVISIONS),
    "periods_from": _periods_from,
    "start": _starts,
    "deemed": _deemed,
}


def check_limit(need: Need, rule: Rule) -> None:
    """What the keys of a limit say together. ``need`` raises with its text where something does not hold."""
    need(not (rule.cycle and rule.period), "a rule has a cycle or amount and unit, one of the two")
    _check_lengths(need, rule)
    counted = rule.period is not None
    for name in FLAGS:
        need(not getattr(rule, name) or counted, f"{name} goes with amount and unit")
    need(rule.hour is None or counted or rule.cycle or rule.each_day_until, "hour goes with a limit in days")
    need(rule.moved is None or counted or rule.cycle, "moved goes with amount and unit, or with a cycle")
    need(not (rule.moved and rule.before), "moved goes with a limit that runs forwards")
    need(not (rule.retention and rule.standstill), "a standstill is no minimum to keep something")
    _check_what_comes_round(need, rule)
    _check_hours_in(need, rule)


def _check_what_comes_round(need: Need, rule: Rule) -> None:
    need(rule.periods_from is None or rule.cycle, "periods_from goes with a cycle")
    need(
        rule.calendar is None or rule.category is None,
        "a rule for one category counts by the contract’s calendar",
    )
    need(
        rule.every is None or rule.cycle or rule.counts_simply,
        "what comes round after the last time, or on an anniversary, has one length, counted forwards",
    )


def _check_lengths(need: Need, rule: Rule) -> None:
    several = bool(rule.others)
    need(not several or rule.period, "others goes with amount and unit, the first of the lengths")
    need(several or rule.joined is None, f"joined = “{rule.joined}” with one arm: give the other in others")
    need(not several or rule.joined, "several lengths need joined: it says how they go together")


def check_starts(need: Need, rule: Rule, caused: bool) -> None:
    """What the keys of a start, of silence and of several acts say together; ``caused``: by a fact."""
    started = caused and rule.limit is not None
    need(not rule.start or started, "start goes with a limit that a fact starts")
    need(not rule.start or len(rule.on) > 1, f"start = “{rule.start}” needs several kinds of fact in on")
    need(not rule.former or started, "former goes with a limit that a fact starts")
    need(not (rule.start and rule.former), "start and former do not go together")
    need(not rule.all_of or not rule.met_by, "all_of and met_by do not go together: all of these, or any")
    need(len(set(rule.all_of)) != 1, "all_of needs two kinds of fact or more")
    _check_silence(need, rule, started)


def _check_silence(need: Need, rule: Rule, started: bool) -> None:
    need(
        rule.each_day_until is None or (str(rule.shape) == "event" and rule.limit is None),
        "each_day_until goes with shape event and without a limit: each day is one",
    )
    if rule.deemed is None:
        return
    need(rule.approver is None, "deemed goes without an approver: the answer is the decision itself")
    need(
        started, "deemed goes with a rule that a fact starts and that has a limit: silence speaks at its end"
    )
    need(
        rule.deemed.fact in rule.met_by,
        f"deemed: {rule.deemed.fact!r} is none of met_by: what is deemed is what would have been done",
    )


def _check_hours_in(need: Need, rule: Rule) -> None:
    lengths = rule.limit.lengths if rule.limit is not None else ()
    by_the_clock = any(str(one.unit) in ("minutes", "hours") or one.unit.needs_hours for one in lengths)
    need(
        rule.hour is None or not by_the_clock,
        "hour is of a day, and does not go with a limit in hours or minutes",
    )
    need(
        rule.hours is None or any(one.unit.needs_hours for one in lengths),
        "hours goes with Working, Business or Service Hours",
    )


def limit_of(rule: Rule) -> Limit | None:
    """All that a rule says of its limit; None for a word without a number (R9)."""
    period = rule.period
    if period is None and rule.cycle is None:
        return None
    return Limit(
        lengths=() if period is None else (period, *rule.others),
        joined=rule.joined,
        qualifier=rule.qualifier,
        before=rule.before,
        inclusive=rule.inclusive,
        hour=rule.hour,
        cycle=rule.cycle,
        standstill=rule.standstill,
    )


def as_row(rule: Rule) -> dict[str, Any]:
    """What ``export_register`` prints of these keys, each only where the rule has it.

    ``lengths`` are all of them where there are several, ``hour``, ``cycle`` and ``lengths`` in the JSON form
    of ``contracts.terms.limit``.
    """
    row: dict[str, Any] = {name: True for name in FLAGS if getattr(rule, name)}
    limit = rule.limit
    if limit is not None:
        form = limit.as_json()
        if len(limit.lengths) > 1:
            row["lengths"] = form["lengths"]
        row |= {name: form[name] for name in ("joined", "hour", "cycle") if name in form}
    for name in (
        "moved",
        "calendar",
        "hours",
        "periods_from",
        "start",
        "former",
        "event_day",
        "each_day_until",
    ):
        if (value := getattr(rule, name)) is not None:
            row[name] = value if isinstance(value, int) else str(value)
    if rule.all_of:
        row["all_of"] = list(rule.all_of)
    if rule.deemed is not None:
        row["deemed"] = rule.deemed.as_json()
    return row


def quarter_start(periods_from: int | str | None, begins: date) -> int | date | None:
    """From when Quarters and half-years run, in the form that ``Reckoning`` takes."""
    if isinstance(periods_from, str):
        return begins
    return periods_from
