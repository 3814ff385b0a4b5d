"""Facts: what happened, when, and when we learned it (R11), in one vocabulary for forms, API and simulator.

Which kinds there are is a value (``vocabulary``). Days are London days; moments are aware.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from contracts.terms.moments import (
    Moment,
    When,
    WhenError,
    first_moment,
    is_moment,
    last_moment,
    london_day,
    long_day,
    parse_when,
)
from contracts.terms.periods import Period, Unit
from obligations.rules.register import severity
from obligations.rules.register.claims import Claim, ClaimStatus
from obligations.rules.register.kinds import DetailField, FactError, FactKind, RatingSource
from obligations.rules.register.names import as_first_written, folded
from obligations.rules.register.vocabulary import Vocabulary, shipped_vocabulary
from obligations.rules.time.derivation import said_when

BEFORE_OWED = "done_before_owed"
"""The detail by which somebody confirms that an act before its trigger counts on its day (R36)."""

__all__ = [
    "BEFORE_OWED",
    "DetailField",
    "Fact",
    "FactError",
    "FactKind",
    "check",
    "detail_when",
    "distinct",
    "kind_of",
    "period_of",
    "vocabulary",
]


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened.

    ``at`` is when it happened, a day or a moment; ``recorded_at`` is when we learned it, and stands for
    awareness where no other fact says better (R11). ``key`` identifies it to the caller.
    ``repeated_hour``: its time lies in the repeated hour of October and the earlier one was taken (R13).
    ``claim``: that it counts only once the other side says so (R46); None for a fact that is established.
    ``recorded_side``: the side that recorded it, supplier or authority, which knew of it by then, or neither
    (R45); "" in a what-if, which need not say.
    """

    kind: str
    at: When
    recorded_at: When
    details: Mapping[str, Any] = field(default_factory=dict)
    key: str = ""
    recorded_by: str = ""
    repeated_hour: bool = False
    claim: Claim | None = None
    recorded_side: str = ""

    @property
    def subject(self) -> str | None:
        """Which thing it is about: a CVE, a certificate, a person; None for the contract itself."""
        value = self.details.get("subject")
        return str(value) if value not in (None, "") else None

    @property
    def before_owed(self) -> bool:
        """Whether somebody confirmed that it counts although it was done before it was owed (R36)."""
        return self.details.get(BEFORE_OWED) is True

    @property
    def learned(self) -> When:
        """When we learned of it: never before it happened."""
        if last_moment(self.recorded_at) < first_moment(self.at):
            return self.at
        return self.recorded_at

    @property
    def natural_key(self) -> str:
        """Kind, subject in any spelling, and time: two facts with the same one are the same fact."""
        return f"{self.kind}|{folded(self.subject or '')}|{self.at.isoformat()}"

    @property
    def source(self) -> str:
        """The caller's key, or the natural one."""
        return self.key or self.natural_key

    def known_at(self, as_at: Moment) -> bool:
        """Whether it had happened and had been recorded by then."""
        return first_moment(self.at) <= as_at and first_moment(self.recorded_at) <= as_at

    def claimed_at(self, as_at: Moment) -> bool:
        """Whether it was claimed by then and not decided yet (R46)."""
        return self.claim is not None and self.known_at(as_at) and self.claim.at(as_at) is ClaimStatus.OPEN

    def as_it_counts(self, as_at: Moment) -> Fact | None:
        """The fact with the time from which it counts; None where it does not, as a claim that is open."""
        if self.claim is None:
            return self
        if self.claim.at(as_at) is not ClaimStatus.ACCEPTED or first_moment(self.claim.made_at) > as_at:
            return None
        claim = replace(self.claim, happened=self.at)
        return replace(self, at=claim.counts_from(self.at), claim=claim, key=self.source)


# The shipped vocabulary, for forms and pages


def vocabulary() -> Mapping[str, FactKind]:
    """Every shipped kind of fact by its name, in the order of the file."""
    return shipped_vocabulary().kinds


def kind_of(name: str) -> FactKind:
    """The shipped kind of this name. Raises FactError with the nearest names for one that is not known."""
    return shipped_vocabulary().kind(name)


# Whether a fact can be used


def check(fact: Fact, *, now: Moment | None = None, known: Vocabulary | None = None) -> list[str]:
    """Refuse a fact that cannot be used; return messages about details that will be ignored.

    ``now``: where given, a fact that happened after it is refused. ``known``: the vocabulary it must be of,
    the shipped one unless given. Raises FactError.
    """
    known = known or shipped_vocabulary()
    kind = known.kind(fact.kind)
    if kind.needs_moment and not is_moment(fact.at):
        raise FactError(
            f"{kind.label}: this needs a time of day with its offset, not only the day "
            f"{fact.at.isoformat()}: a limit in hours runs from it",
            "at",
        )
    if now is not None and first_moment(fact.at) > now:
        raise FactError(f"{kind.label}: {said_when(fact.at)} lies in the future; give when it happened", "at")
    messages = []
    for name, value in fact.details.items():
        if name == "subject" or value is None:
            continue
        if name == BEFORE_OWED:
            _check_confirmed(fact, value)
            continue
        if (detail := kind.detail(name)) is None:
            messages.append(f"{fact.kind}: the detail {name!r} is not used and was ignored")
        else:
            _check_detail(kind, detail, value, known)
    _check_lasts(fact, known)
    return messages


def _check_confirmed(fact: Fact, value: object) -> None:
    if not isinstance(value, bool):
        raise FactError(
            f"{fact.kind}: {BEFORE_OWED} must be true where it was done before it was owed and counts",
            BEFORE_OWED,
        )


def _check_lasts(fact: Fact, known: Vocabulary) -> None:
    """Refuse what ends before it begins: the last day of a certificate before the day of its issue (R26)."""
    lapse = known.lapses.get(fact.kind)
    last = detail_when(fact.details.get(lapse.last_day)) if lapse is not None else None
    if lapse is not None and last is not None and london_day(last) < london_day(fact.at):
        label = known.kind(fact.kind).detail(lapse.last_day)
        said = label.label if label is not None else lapse.last_day
        raise FactError(
            f"{said}: {long_day(london_day(last))} lies before {long_day(london_day(fact.at))}, on which it "
            "began; check both days",
            lapse.last_day,
        )


def _check_detail(kind: FactKind, detail: DetailField, value: object, known: Vocabulary) -> None:
    """Refuse a detail of the wrong form. Raises FactError naming it."""

    def refuse(fix: str) -> FactError:
        return FactError(f"{kind.name}: {detail.name} {fix}", detail.name)

    match detail.type:
        case "choice" if value not in detail.choices:
            raise refuse(f"must be one of {', '.join(detail.choices)}, not {value!r}")
        case "flag" if not isinstance(value, bool):
            raise refuse("must be true or false")
        case "day" | "when" if not _is_day(detail, value):
            raise refuse(f"must be a day such as 2026-03-12, not {value!r}")
        case "text" if isinstance(value, (Mapping, list, tuple)):
            raise refuse("must be text")
        case "period" if period_of(value) is None:
            raise refuse('must be a period such as {"amount": 45, "unit": "days"}')
        case "list" if not isinstance(value, Sequence) or isinstance(value, str):
            raise refuse("must be a list")
        case "ratings":
            _check_ratings(value, refuse, known)
        case _:
            pass
    if detail.name == "rating" and not _is_read(known.source(kind.rates), value):
        raise refuse(f"cannot be read: {value!r} is no word, score or vector of its source")


def _is_day(detail: DetailField, value: object) -> bool:
    """Whether a detail is a day, or a moment where it may be one."""
    when = detail_when(value)
    return when is not None and not (detail.type == "day" and is_moment(when))


def _is_read(source: RatingSource | None, value: object) -> bool:
    """Whether a rating says something on its source's scale; without a source nothing reads it."""
    return source is None or severity.word_of(source, value) is not None


def _check_ratings(value: object, refuse: Any, known: Vocabulary) -> None:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise refuse('must be a list such as [{"source": "nvd", "value": "High"}]')
    for item in value:
        source = known.source(str(item.get("source")).lower()) if isinstance(item, Mapping) else None
        if source is None:
            raise refuse(f"must each name a source: {', '.join(one.name for one in known.sources)}")
        if severity.word_of(source, item.get("value")) is None:
            raise refuse(
                f"cannot be read: {item.get('value')!r} is no word, score or vector of {item['source']}"
            )


def detail_when(value: object) -> When | None:
    """A day or moment given as a detail, as text or already read; None where it is neither."""
    try:
        if isinstance(value, str):
            return parse_when(value)
    except WhenError:
        return None
    return value if isinstance(value, date) else None


_COUNTED = frozenset(unit for unit in Unit if not unit.needs_hours)


def period_of(value: object) -> Period | None:
    """A period given as ``{"amount": 45, "unit": "days"}``; None where it is not one.

    Working Hours and the like are none: what is agreed for a case knows no hours of a contract (R41).
    """
    if isinstance(value, Period):
        return value
    if not isinstance(value, Mapping):
        return None
    amount, unit = value.get("amount"), value.get("unit")
    if isinstance(amount, bool) or not isinstance(amount, int) or amount < 1:
        return None
    return Period(amount, Unit(unit)) if unit in _COUNTED else None


def under_one_name(facts: Sequence[Fact]) -> list[Fact]:
    """The facts, each thing under the name by which it was first written, whatever spelling came after it."""
    by_record = sorted(
        facts, key=lambda fact: (first_moment(fact.recorded_at), first_moment(fact.at), fact.key)
    )
    names = as_first_written(fact.subject for fact in by_record if fact.subject is not None)
    return [_named(fact, names) for fact in facts]


def _named(fact: Fact, names: Mapping[str, str]) -> Fact:
    if fact.subject is None or (name := names[folded(fact.subject)]) == fact.subject:
        return fact
    return replace(fact, details={**fact.details, "subject": name})


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
