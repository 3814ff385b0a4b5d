"""Facts: what happened, when, and when we learned it (R11), in one vocabulary for forms, API and simulator.

The vocabulary is data (``obligations/rulebooks/facts.toml``). Days are London days; moments are aware.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from contracts.terms.moments import Moment, When, WhenError, first_moment, is_moment, last_moment, parse_when
from contracts.terms.periods import Period, Unit
from obligations.rules.register import severity

VOCABULARY = Path(__file__).resolve().parents[2] / "rulebooks" / "facts.toml"
SIDES = ("supplier", "authority", "either")
SOURCES = ("nvd", "microsoft", "cvss")


class FactError(ValueError):
    """A fact that cannot be used: says which field, and the fix. ``field`` names the field."""

    def __init__(self, message: str, field: str = "kind") -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class DetailField:
    """One further field of a kind of fact. ``type``: choice, text, flag, day, when, period, list, ratings."""

    name: str
    label: str
    type: str
    choices: tuple[str, ...] = ()
    help: str = ""


@dataclass(frozen=True, slots=True)
class FactPage:
    """A page on which facts are recorded with what belongs to them: the version of a plan, a breach.

    ``name`` is that of its address; ``note`` says in a sentence why the facts are recorded there. ``called``
    is the address that leads to the one thing, ``by`` the ``kind`` or the ``subject`` of the fact; ``whole``
    is what that thing is called.
    """

    name: str
    title: str
    note: str
    called: str
    by: str
    whole: str


@dataclass(frozen=True, slots=True)
class FactKind:
    """One kind of fact. ``side`` usually records it; ``subject`` is the label of what it is about, or "".

    ``required`` names the details without which it changes nothing, so that forms ask for them. ``page`` is
    the one page on which it is recorded, None where the general form records it; ``alone``: recorded there,
    it may be withdrawn by itself. ``awareness``: it says that a party came to know of something.
    """

    name: str
    group: str
    label: str
    side: str
    subject: str = ""
    example: str = ""
    details: tuple[DetailField, ...] = ()
    needs_moment: bool = False
    contract_wide: bool = False
    notice: bool = False
    derived: bool = False
    required: tuple[str, ...] = ()
    page: FactPage | None = None
    alone: bool = False
    awareness: bool = False

    @property
    def past_only(self) -> bool:
        """Every fact is something that has happened: none may lie in the future."""
        return True


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened.

    ``at`` is when it happened, a day or a moment; ``recorded_at`` is when we learned it, and stands for
    awareness where no other fact says better (R11). ``key`` identifies it to the caller.
    ``repeated_hour``: its time lies in the repeated hour of October and the earlier one was taken (R13).
    """

    kind: str
    at: When
    recorded_at: When
    details: Mapping[str, Any] = field(default_factory=dict)
    key: str = ""
    recorded_by: str = ""
    repeated_hour: bool = False

    @property
    def subject(self) -> str | None:
        """Which thing it is about: a CVE, a certificate, a person; None for the contract itself."""
        value = self.details.get("subject")
        return str(value) if value not in (None, "") else None

    @property
    def learned(self) -> When:
        """When we learned of it: never before it happened."""
        if last_moment(self.recorded_at) < first_moment(self.at):
            return self.at
        return self.recorded_at

    @property
    def natural_key(self) -> str:
        """Kind, subject and time: two facts with the same one are the same fact."""
        return f"{self.kind}|{self.subject or ''}|{self.at.isoformat()}"

    @property
    def source(self) -> str:
        """The caller's key, or the natural one."""
        return self.key or self.natural_key

    def known_at(self, as_at: Moment) -> bool:
        """Whether it had happened and had been recorded by then."""
        return first_moment(self.at) <= as_at and first_moment(self.recorded_at) <= as_at


@cache
def vocabulary() -> Mapping[str, FactKind]:
    """Every kind of fact by its name, in the order of the file."""
    data = tomllib.loads(VOCABULARY.read_text(encoding="utf-8"))
    fields = {
        name: DetailField(
            name, entry["label"], entry["type"], tuple(entry.get("choices", ())), entry.get("help", "")
        )
        for name, entry in data["detail"].items()
    }
    pages = {name: FactPage(name, **entry) for name, entry in data["page"].items()}
    return {name: _kind(name, entry, fields, pages) for name, entry in data["kind"].items()}


def _kind(
    name: str, entry: Mapping[str, Any], fields: Mapping[str, DetailField], pages: Mapping[str, FactPage]
) -> FactKind:
    values = dict(entry)
    try:
        details = tuple(fields[detail] for detail in values.pop("details", ()))
        required = tuple(values.pop("required", ()))
        page = pages[values.pop("page")] if "page" in values else None
        kind = FactKind(name, details=details, required=required, page=page, **values)
    except (KeyError, TypeError) as error:
        raise FactError(f"facts.toml: kind {name!r}: {error}") from error
    if kind.side not in SIDES:
        raise FactError(f"facts.toml: kind {name!r}: side must be one of {', '.join(SIDES)}")
    if unknown := set(kind.required) - {detail.name for detail in details}:
        raise FactError(f"facts.toml: kind {name!r}: requires {', '.join(sorted(unknown))}, no detail of it")
    return kind


def kind_of(name: str) -> FactKind:
    """The kind of this name. Raises FactError with the nearest names for one that is not known."""
    kinds = vocabulary()
    if name in kinds:
        return kinds[name]
    near = difflib.get_close_matches(name, kinds, n=3, cutoff=0.6)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    raise FactError(f"unknown kind of fact {name!r}{hint}")


def held_by(kind: str, made_on: str) -> FactPage | None:
    """The page that alone takes back a fact of this kind which was made on a page ("" where it was not)."""
    about = vocabulary().get(kind)
    return about.page if about is not None and made_on and not about.alone else None


@cache
def kinds_with(detail: str) -> tuple[str, ...]:
    """The kinds of fact about one subject that have this detail."""
    return tuple(
        kind.name
        for kind in vocabulary().values()
        if not kind.contract_wide and any(field.name == detail for field in kind.details)
    )


def check(fact: Fact, *, now: Moment | None = None) -> list[str]:
    """Refuse a fact that cannot be used; return messages about details that will be ignored.

    ``now``: where given, a fact that happened after it is refused. Raises FactError.
    """
    kind = kind_of(fact.kind)
    if kind.needs_moment and not is_moment(fact.at):
        raise FactError(
            f"{fact.kind} needs a time of day with its offset, not only the day {fact.at.isoformat()}: "
            "a limit in hours runs from it",
            "at",
        )
    if now is not None and first_moment(fact.at) > now:
        raise FactError(
            f"{fact.kind} lies in the future ({fact.at.isoformat()}): give when it happened", "at"
        )
    known = {detail.name: detail for detail in kind.details}
    messages = []
    for name, value in fact.details.items():
        if name == "subject" or value is None:
            continue
        if name not in known:
            messages.append(f"{fact.kind}: the detail {name!r} is not used and was ignored")
        else:
            _check_detail(fact.kind, known[name], value)
    return messages


def _check_detail(kind: str, detail: DetailField, value: object) -> None:
    """Refuse a detail of the wrong form. Raises FactError naming it."""

    def refuse(fix: str) -> FactError:
        return FactError(f"{kind}: {detail.name} {fix}", detail.name)

    match detail.type:
        case "choice" if value not in detail.choices:
            raise refuse(f"must be one of {', '.join(detail.choices)}, not {value!r}")
        case "flag" if not isinstance(value, bool):
            raise refuse("must be true or false")
        case "day" | "when":
            when = detail_when(value)
            if when is None or (detail.type == "day" and is_moment(when)):
                raise refuse(f"must be a day such as 2026-03-12, not {value!r}")
        case "period" if period_of(value) is None:
            raise refuse('must be a period such as {"amount": 45, "unit": "days"}')
        case "list" if not isinstance(value, Sequence) or isinstance(value, str):
            raise refuse("must be a list")
        case "ratings":
            _check_ratings(value, refuse)
        case _:
            pass
    if detail.name == "rating" and severity.word_of(_source_of(kind), value) is None:
        raise refuse(f"cannot be read: {value!r} is no word, score or vector of its source")


def _check_ratings(value: object, refuse: Any) -> None:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise refuse('must be a list such as [{"source": "nvd", "value": "High"}]')
    for item in value:
        if not isinstance(item, Mapping) or str(item.get("source")).lower() not in SOURCES:
            raise refuse(f"must each name a source: {', '.join(SOURCES)}")
        if severity.word_of(str(item["source"]).lower(), item.get("value")) is None:
            raise refuse(
                f"cannot be read: {item.get('value')!r} is no word, score or vector of {item['source']}"
            )


def _source_of(kind: str) -> str:
    return "microsoft" if kind.startswith("microsoft") else "nvd"


def detail_when(value: object) -> When | None:
    """A day or moment given as a detail, as text or already read; None where it is neither."""
    try:
        if isinstance(value, str):
            return parse_when(value)
    except WhenError:
        return None
    return value if isinstance(value, date) else None


def period_of(value: object) -> Period | None:
    """A period given as ``{"amount": 45, "unit": "days"}``; None where it is not one."""
    if isinstance(value, Period):
        return value
    if not isinstance(value, Mapping):
        return None
    amount, unit = value.get("amount"), value.get("unit")
    if isinstance(amount, bool) or not isinstance(amount, int) or amount < 0:
        return None
    return Period(amount, Unit(unit)) if unit in set(Unit) else None


def distinct(facts: Sequence[Fact]) -> list[Fact]:
    """The facts in order of time, each once: the same fact sent twice is one fact.

    Of two with the same kind, subject and time the one recorded first stands.
    """
    first: dict[str, Fact] = {}
    for fact in sorted(
        facts, key=lambda fact: (first_moment(fact.recorded_at), fact.key, repr(fact.details))
    ):
        first.setdefault(fact.natural_key, fact)
    return sorted(first.values(), key=lambda fact: (first_moment(fact.at), fact.natural_key))
