"""Settings as they are declared: what a contract is asked, of what type, and what counts until an answer.

A rulebook declares its own; those of every contract are in ``settings.toml``. Both are tables of one form:

name        what conditions of rules call it
type        flag, choice, day, time, number, length or hours
question    in plain words; ``help`` says more
paragraph   SCOPE/NUMBER of the book that asks for it
rule        the number of the rule for reading it, such as R30
rests       in words, what rests on it beside the rules that name it
whose       authority or supplier, where the answer is for that party alone to give
choices     of a choice: tables with value and label
min, max    of a number; of a length, of its amount
units       of a length, the units it may be given in
default     what counts until somebody answers
without     instead of a default, in words: what counts where the contract has no such thing

In words for people ``{authority}`` and ``{supplier}`` stand for what the contract calls its parties.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time
from enum import StrEnum
from typing import Any

from contracts.terms.answers import FALSE, TRUE, WEEKDAYS, Answer, WeekHours, as_text, in_words
from contracts.terms.periods import Period, Unit

TAKEN = ("readings", "commencement_date", "tracked_from")
"""Names that the settings of a contract and of a scenario use for something else."""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_CLOCK = re.compile(r"\d\d:\d\d")
_TEXTS = ("name", "type", "question", "help", "paragraph", "rule", "rests", "without", "whose")
_OF_TYPE = {
    "choices": ("choice",),
    "min": ("number", "length"),
    "max": ("number", "length"),
    "units": ("length",),
}
_KEYS = frozenset((*_TEXTS, *_OF_TYPE, "default"))


LARGEST, LONGEST = 999_999_999, 9_999
"""How far a number and the amount of a length go where the declaration sets no bound."""


class SettingsError(ValueError):
    """A setting of a contract that cannot be used; names where it is, the setting and the fix."""


class SettingType(StrEnum):
    """What kind of answer a setting has."""

    FLAG = "flag"
    CHOICE = "choice"
    DAY = "day"
    TIME = "time"
    NUMBER = "number"
    LENGTH = "length"
    HOURS = "hours"


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that a contract is asked. See the top of this module for what the fields mean."""

    name: str
    type: SettingType
    question: str
    help: str = ""
    paragraph: str = ""
    rule: str = ""
    rests: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    least: int | None = None
    most: int | None = None
    units: tuple[Unit, ...] = ()
    default: Answer | None = None
    without: str = ""
    whose: str = ""

    @property
    def choices(self) -> tuple[str, ...]:
        """The values of a choice."""
        return tuple(self.labels)

    @property
    def unknown(self) -> bool:
        """Whether nothing counts until somebody answers, so that rules take the careful reading (R12)."""
        return self.default is None and not self.without

    def read(self, stored: object) -> Answer:
        """The answer from its stored form. Raises ValueError saying what it must be."""
        return _READERS[self.type](self, stored)

    def allows(self, text: str) -> bool:
        """Whether the setting can ever have this value, written as a condition writes it."""
        try:
            return as_text(self.read(_from_text(self.type, text))) == text
        except ValueError:
            return False

    def words(self, answer: Answer | None) -> str:
        """The answer as a page and the ledger say it."""
        if answer is not None:
            return in_words(answer, self.labels)
        return "Not set yet" if self.unknown else "None"

    def same_as(self, other: Setting) -> bool:
        """Whether two books that ask under one name ask for the same kind of answer."""
        return (self.type, self.choices, self.least, self.most, self.units, self.default, self.unknown) == (
            *(other.type, other.choices, other.least, other.most, other.units, other.default),
            other.unknown,
        )


# Answers in their stored form


def _flag(setting: Setting, stored: object) -> Answer:
    if not isinstance(stored, bool):
        raise ValueError("must be true or false")
    return stored


def _choice(setting: Setting, stored: object) -> Answer:
    if not isinstance(stored, str) or stored not in setting.labels:
        raise ValueError(f"must be one of {', '.join(setting.labels)}")
    return stored


def _day(setting: Setting, stored: object) -> Answer:
    try:
        if not isinstance(stored, str) or len(stored) != len("2026-03-12"):
            raise ValueError(stored)
        return date.fromisoformat(stored)
    except ValueError as error:
        raise ValueError('must be a day such as "2026-03-12"') from error


def _time(setting: Setting, stored: object) -> Answer:
    try:
        return _clock(stored)
    except ValueError as error:
        raise ValueError('must be a time of day such as "17:00", or null') from error


def _clock(stored: object) -> time:
    if not isinstance(stored, str) or not _CLOCK.fullmatch(stored):
        raise ValueError(stored)
    return time.fromisoformat(stored)


def _number(setting: Setting, stored: object) -> Answer:
    return _within(stored, _or(setting.least, -LARGEST), _or(setting.most, LARGEST))


def _length(setting: Setting, stored: object) -> Answer:
    units = setting.units or tuple(Unit)
    if not isinstance(stored, Mapping) or set(stored) != {"amount", "unit"} or stored["unit"] not in units:
        raise ValueError(f"must be an amount and a unit ({', '.join(units)}) such as {_A_LENGTH}")
    least, most = _or(setting.least, 1), _or(setting.most, LONGEST)
    return Period(_within(stored["amount"], least, most, "must have an amount that is"), Unit(stored["unit"]))


_A_LENGTH = '{"amount": 5, "unit": "working_days"}'


def _within(stored: object, least: int, most: int, what: str = "must be") -> int:
    """A whole number between two bounds, both of which are allowed."""
    if isinstance(stored, int) and not isinstance(stored, bool) and least <= stored <= most:
        return stored
    raise ValueError(f"{what} a whole number from {least:,} to {most:,}")


def _or(bound: int | None, usual: int) -> int:
    return usual if bound is None else bound


def _hours(setting: Setting, stored: object) -> Answer:
    if not isinstance(stored, Mapping) or not stored or not set(stored) <= set(WEEKDAYS):
        raise ValueError(f"must be hours by weekday ({', '.join(WEEKDAYS)}), on one day at least")
    return WeekHours({place: _span(day, stored[day]) for place, day in enumerate(WEEKDAYS) if day in stored})


def _span(day: str, stored: object) -> tuple[time, time]:
    try:
        if not isinstance(stored, Sequence) or isinstance(stored, str) or len(stored) != 2:
            raise ValueError(stored)
        begins, ends = (_clock(one) for one in stored)
    except ValueError as error:
        raise ValueError(f'must give {day} two times of day such as ["09:00", "17:00"]') from error
    if not begins < ends:
        raise ValueError(f"must end later than it begins on {day}")
    return begins, ends


_READERS = {
    SettingType.FLAG: _flag,
    SettingType.CHOICE: _choice,
    SettingType.DAY: _day,
    SettingType.TIME: _time,
    SettingType.NUMBER: _number,
    SettingType.LENGTH: _length,
    SettingType.HOURS: _hours,
}


def _from_text(kind: SettingType, text: str) -> object:
    """The stored form of what a condition writes."""
    match kind:
        case SettingType.FLAG:
            return {TRUE: True, FALSE: False}.get(text)
        case SettingType.NUMBER:
            return int(text)
        case SettingType.LENGTH:
            amount, _, unit = text.partition(" ")
            return {"amount": int(amount), "unit": unit}
    return text


# Declarations


def read_settings(tables: object) -> dict[str, Setting]:
    """The declarations by name, in their order. Raises SettingsError naming the setting and the key."""
    if not isinstance(tables, list) or not all(isinstance(one, Mapping) for one in tables):
        raise SettingsError("setting must be a list of tables: write [[setting]]")
    found: dict[str, Setting] = {}
    for table in tables:
        name = table.get("name")
        where = f"setting {name}" if isinstance(name, str) else "a setting without a name"
        try:
            setting = _declared(table)
        except (TypeError, ValueError) as error:
            raise SettingsError(f"{where}: {error}") from error
        if setting.name in found:
            raise SettingsError(f"{where}: declared twice")
        found[setting.name] = setting
    return found


def _declared(table: Mapping[str, Any]) -> Setting:
    _check_keys(table)
    _check_name_and_type(table)
    setting = Setting(
        type=SettingType(table["type"]),
        labels=_labels(table),
        least=_bound(table, "min"),
        most=_bound(table, "max"),
        units=_units(table.get("units", [])),
        **{key: table[key] for key in _TEXTS if key in table and key != "type"},
    )
    usual = 1 if setting.type is SettingType.LENGTH else -LARGEST
    if _or(setting.least, usual) > _or(setting.most, LARGEST):
        raise ValueError("min is more than max")
    return _with_default(setting, table)


def _check_keys(table: Mapping[str, Any]) -> None:
    if unknown := sorted(set(table) - _KEYS):
        raise ValueError(f"unknown key {unknown[0]!r}")
    for key in ("name", "type", "question"):
        if key not in table:
            raise ValueError(f"{key} is missing")
    for key in _TEXTS:
        if key in table and not (isinstance(table[key], str) and table[key].strip()):
            raise ValueError(f"{key} must be a text")


def _check_name_and_type(table: Mapping[str, Any]) -> None:
    """A name that a condition can write, a type that there is, and only the keys that go with it."""
    if not _NAME.fullmatch(table["name"]) or table["name"] in TAKEN:
        raise ValueError("name must be small letters, digits and _, and none of " + ", ".join(TAKEN))
    if table["type"] not in tuple(SettingType):
        raise ValueError(f"type {table['type']!r} is not one of {', '.join(SettingType)}")
    for key, types in _OF_TYPE.items():
        if key in table and table["type"] not in types:
            raise ValueError(f"{key} is only for a {' or a '.join(types)}")
    if table.get("whose", "supplier") not in ("authority", "supplier"):
        raise ValueError(f"whose {table['whose']!r} is not one of authority, supplier")
    if "rule" in table and not re.fullmatch(r"R\d+", table["rule"]):
        raise ValueError(f"rule {table['rule']!r} is no number such as R30")


def _with_default(setting: Setting, table: Mapping[str, Any]) -> Setting:
    if "default" not in table:
        return setting
    if setting.without:
        raise ValueError("default and without do not go together")
    try:
        default = setting.read(table["default"])
    except ValueError as error:
        raise ValueError(f"default {error}") from error
    return replace(setting, default=default)


def _labels(table: Mapping[str, Any]) -> dict[str, str]:
    """The choices, in their order: a list of tables, since the keys of a JSON value have none."""
    rows = table.get("choices", [])
    if table["type"] != SettingType.CHOICE:
        return {}
    form = isinstance(rows, list) and all(
        isinstance(row, Mapping)
        and set(row) == {"value", "label"}
        and all(isinstance(text, str) and text.strip() == text != "" for text in row.values())
        for row in rows
    )
    if not form or len({row["value"] for row in rows}) < max(2, len(rows)):
        raise ValueError("choices must be two tables or more, each with a value of its own and a label")
    return {row["value"]: row["label"] for row in rows}


def _bound(table: Mapping[str, Any], key: str) -> int | None:
    if key in table and (isinstance(table[key], bool) or not isinstance(table[key], int)):
        raise ValueError(f"{key} must be a whole number")
    return table.get(key)


def _units(values: Iterable[object]) -> tuple[Unit, ...]:
    try:
        return tuple(Unit(value) for value in values)  # type: ignore[arg-type]
    except ValueError as error:
        raise ValueError(f"units must be a list of {', '.join(Unit)}") from error
