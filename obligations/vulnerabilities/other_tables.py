"""Tables of limits that apply to an organisation beside the contract's, such as that of Cyber Essentials.

They are for order of work: no date of theirs is the contract's, raises a duty or is reminded of. A table is
data in ``other_tables.toml``:

name, edition     what it is called, and in which edition
cited             where it stands there
setting, answer   the setting of the contract, and the answer to it, with which the table applies
source, read      where the figures were read, and on which day
checked           whether that was the table's own publisher; else the page says that it is to be checked

Each ``limit`` counts from the first public release of the update, which is left out, by the engine's rules of
counting (R1); the first that takes a vulnerability holds:

within            its length
words             the words with which somebody rates it that it is for
score             the least CVSS base score of version 3, or of no version, that it is for
silent            whether it is for what no such word and no such score is known of
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from contracts.terms.moments import Day, Moment
from contracts.terms.periods import Period, Unit
from contracts.terms.settings import ContractSettings
from obligations.rules.time.counting import Origin, count
from obligations.rules.time.working_days import Calendar
from obligations.vulnerabilities.reading.ratings import base_score, is_vector, parted

FILE = Path(__file__).with_name("other_tables.toml")
Ratings = Sequence[Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Limit:
    """How long there is, and for what."""

    within: Period
    words: frozenset[str]
    score: float
    silent: bool

    def why(self, ratings: Ratings) -> str:
        """Why it is for what is rated so; "" where it is not."""
        words = [one for one in ratings if one["value"].lower() in self.words]
        if words:
            return f"{_who(words[0])} calls it {words[0]['says']}"
        scores = [(score, one) for one in ratings if (score := score_of(one)) is not None]
        if scores:
            score, one = max(scores, key=lambda pair: pair[0])
            return f"{_who(one)} gives it a CVSS score of {score:g}" if score >= self.score else ""
        said = any(_is_word(one) for one in ratings)
        return "nobody says how bad it is" if self.silent and not said else ""


@dataclass(frozen=True, slots=True)
class Table:
    """One table, in one edition. The top of this module says what the fields mean."""

    name: str
    edition: str
    cited: str
    setting: str
    answer: str
    source: str
    read: Day
    checked: bool
    limits: tuple[Limit, ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """The date that a table gives: the end of a limit of its, and why the limit is for this vulnerability."""

    table: Table
    within: Period
    due_at: Moment
    why: str


@cache
def shipped_tables() -> tuple[Table, ...]:
    """The tables that come with Duly. Raises ValueError naming the table and the key."""
    return read_tables(tomllib.loads(FILE.read_text(encoding="utf-8")))


def read_tables(data: Mapping[str, Any]) -> tuple[Table, ...]:
    """The tables of a file. Raises ValueError naming the table and the key."""
    return tuple(_table(one) for one in data.get("table", []))


def applying(settings: ContractSettings, tables: Iterable[Table]) -> list[Table]:
    """Those that apply to a contract with these answers."""
    return [one for one in tables if settings.value(one.setting) == one.answer]


def beside(
    tables: Iterable[Table], released: Day | None, ratings: Ratings, calendar: Calendar
) -> list[Beside]:
    """What these tables say of one vulnerability, the strictest first; nothing until its release is known.

    ``released``: the London day of the first public release of its patch.
    """
    if released is None:
        return []
    found = []
    for table in tables:
        held = next(((one, why) for one in table.limits if (why := one.why(ratings))), None)
        if held is not None:
            end = count(Origin(released), held[0].within, calendar)
            found.append(Beside(table, held[0].within, end.due_at, held[1]))
    return sorted(found, key=lambda one: one.due_at)


def score_of(rating: Mapping[str, str]) -> float | None:
    """The base score of a rating, where it is one of CVSS version 3 or of no version."""
    value = rating["value"]
    if is_vector(value):
        return base_score(value) if value.upper().startswith("CVSS:3") else None
    try:
        return float(value)
    except ValueError:
        return None


def _is_word(rating: Mapping[str, str]) -> bool:
    return not is_vector(rating["value"]) and score_of(rating) is None


def _who(rating: Mapping[str, str]) -> str:
    return {"nvd": "NVD", "microsoft": "Microsoft", "cvss": "another source"}.get(
        who := parted(rating["by"])[0], who
    )


_KEYS = frozenset(("name", "edition", "cited", "setting", "answer", "source", "read", "checked", "limit"))
_LIMIT_KEYS = frozenset(("within", "words", "score", "silent"))


def _table(data: Mapping[str, Any]) -> Table:
    where = f"table {data.get('name')!r} {data.get('edition')!r}"
    _only(data, _KEYS, where)
    if type(data["read"]) is not date or not data["limit"]:
        raise ValueError(f"{where}: read must be a day, and limit hold one limit or more")
    fields = {name: data[name] for name in ("name", "edition", "cited", "setting", "answer", "source")}
    limits = tuple(_limit(one, where) for one in data["limit"])
    return Table(**fields, read=data["read"], checked=bool(data["checked"]), limits=limits)


def _limit(data: Mapping[str, Any], where: str) -> Limit:
    _only(data, _LIMIT_KEYS, f"{where}: limit")
    try:
        within = Period(int(data["within"]["amount"]), Unit(data["within"]["unit"]))
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{where}: within must be an amount and a unit ({', '.join(Unit)})") from error
    return Limit(within, frozenset(data["words"]), float(data["score"]), bool(data["silent"]))


def _only(data: Mapping[str, Any], keys: frozenset[str], where: str) -> None:
    if set(data) != keys:
        odd = sorted(set(data) ^ keys)[0]
        raise ValueError(f"{where}: {'unknown' if odd in data else 'missing'} key {odd!r}")
