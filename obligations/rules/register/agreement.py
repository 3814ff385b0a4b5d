"""The time limits of a signed document held against the register: agrees, differs, not found, extra (R34).

Limits are matched within their paragraph and family (deadlines, intervals, retentions, extensions), in the
order in which they stand, so that of three limits the one that was changed is the one that differs. A limit
found only in a paragraph above or below is taken where it is the same, or stands in a lettered item.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import Any

from contracts.terms.citations import is_under, sort_key
from contracts.terms.limit import Joined, Limit, LimitFormError
from contracts.terms.limits import Kind, limit_of
from contracts.terms.periods import Period, Unit
from obligations.rules.register.adoptable import not_adoptable
from obligations.rules.register.contract_figures import extension_key
from obligations.rules.register.rule import Rule, Shape
from obligations.rules.register.rulebook import Rulebook
from obligations.rules.time.counting import MINIMA


class Result(StrEnum):
    """What comes of holding a document against the register."""

    AGREES = "agrees"
    DIFFERS = "differs"
    NOT_FOUND = "not_found"
    EXTRA = "extra"


@dataclass(frozen=True, slots=True)
class Expected:
    """A limit of the register. ``key``: of its rule, or ``extension PATH`` for one that rules share.

    ``limit``: all that its words say, with ``period`` its first length. ``by_day``: it runs from what is
    recorded by its day, from which hours cannot be counted.
    """

    key: str
    path: str
    family: Kind
    limit: Limit
    rules: tuple[Rule, ...]
    by_day: bool

    @property
    def period(self) -> Period:
        """Its length; of several the first."""
        assert self.limit.period is not None
        return self.limit.period

    @property
    def title(self) -> str:
        """What it is the limit of."""
        return "More time, where it is granted" if self.family is Kind.EXTENSION else self.rules[0].title


@dataclass(frozen=True, slots=True)
class Found:
    """A limit of the document, as printed. ``limit`` is None where the page gives no figure, or one that can
    be read in more than one way.
    """

    path: str
    family: Kind
    phrase: str
    limit: Limit | None

    @property
    def period(self) -> Period | None:
        """Its length; of several the first. None for a place in the calendar."""
        return self.limit.period if self.limit else None


@dataclass(frozen=True, slots=True)
class Row:
    """One limit of the register, the document, or both."""

    result: Result
    expected: Expected | None
    found: Found | None

    @property
    def path(self) -> str:
        """The paragraph: the register's where both have one."""
        one = self.expected or self.found
        assert one is not None
        return one.path

    @property
    def why_not(self) -> str:
        """Why the document's figure cannot be adopted; empty where it can."""
        if self.result is not Result.DIFFERS or self.expected is None or self.found is None:
            return "There is no other figure in this document to adopt."
        if self.found.limit is None:
            return "The document gives no figure here that can be counted."
        if not _same_sense(self.expected, self.found):
            return "One is the least time to keep something and the other the most."
        return not_adoptable(self.expected, self.found.limit)


def agreement(book: Rulebook, time_limits: Iterable[Mapping[str, Any]]) -> list[Row]:
    """Every limit of the register and of the document, in the order of their paragraphs.

    ``time_limits`` are as ``Document.reading`` keeps them: scope, paragraph, and the form of a ``TimeLimit``.
    """
    expected, found = expected_limits(book), [read_found(one) for one in time_limits]
    rows: list[Row] = []
    left_e: list[Expected] = []
    left_f: list[Found] = []
    there: dict[tuple[str, Kind], list[Found]] = defaultdict(list)
    for one in found:
        there[one.path, one.family].append(one)
    wanted: dict[tuple[str, Kind], list[Expected]] = defaultdict(list)
    for limit in expected:
        wanted[limit.path, limit.family].append(limit)
    for place in dict.fromkeys([*wanted, *there]):
        pairs, missing, extra = _aligned(wanted.get(place, []), there.get(place, []))
        rows += [_paired(*pair) for pair in pairs]
        left_e += missing
        left_f += extra
    rows += _elsewhere(left_e, left_f)
    rows += [Row(Result.NOT_FOUND, limit, None) for limit in left_e]
    rows += [Row(Result.EXTRA, None, one) for one in left_f]
    return sorted(rows, key=lambda row: _place(row, book.scopes))


def expected_limits(book: Rulebook) -> list[Expected]:
    """Every limit of the register, an extension that several rules share once."""
    found: dict[str, Expected] = {}
    for rule in book.duties:
        if rule.period is not None:
            limit = rule.limit or Limit((rule.period,))
            found[rule.key] = Expected(
                rule.key, rule.path, _family(rule), limit, (rule,), _by_day(book, rule)
            )
        if rule.extension is not None:
            key, path = extension_key(rule.extension.path), rule.extension.path
            rules = (*found[key].rules, rule) if key in found else (rule,)
            more = Limit((rule.extension.period,))
            found[key] = Expected(key, path, Kind.EXTENSION, more, rules, True)
    return list(found.values())


def _by_day(book: Rulebook, rule: Rule) -> bool:
    return rule.shape is Shape.ONE_OFF or not all(book.vocabulary.kind(on).needs_moment for on in rule.on)


def _family(rule: Rule) -> Kind:
    if rule.retention:
        return Kind.RETENTION
    return Kind.INTERVAL if rule.every is not None else Kind.DEADLINE


def read_found(form: Mapping[str, Any]) -> Found:
    """A limit of a document from its stored form. What counts back is no minimum to keep something."""
    limit, kind, qualifier = _limit(form), Kind(form["kind"]), form.get("qualifier")
    if kind is Kind.NOTICE:
        kind = Kind.DEADLINE
    if kind is Kind.DEADLINE and qualifier in MINIMA and not form.get("before"):
        kind = Kind.RETENTION
    return Found(f"{form['scope']}/{form['paragraph']}", kind, str(form["phrase"]), limit)


def _limit(form: Mapping[str, Any]) -> Limit | None:
    try:
        return limit_of(form)
    except LimitFormError:
        return None  # a length of no time, which an earlier reading could give


# Pairing

GAP = 1.0
"""What it costs to leave a limit without a partner; two of them cost more than any pair."""

_SAME = {Unit.YEARS: (12, Unit.MONTHS), Unit.WEEKS: (7, Unit.DAYS)}
_DAYS = {Unit.MINUTES: 1 / 1440, Unit.HOURS: 1 / 24, Unit.WEEKS: 7, Unit.MONTHS: 30, Unit.YEARS: 365}

Pair = tuple[Expected, Found]


def same_length(one: Period, other: Period) -> bool:
    """Whether two periods always end together: 12 months and a year, 14 days and two weeks."""
    return _plain(one) == _plain(other)


def _plain(period: Period) -> tuple[int, Unit]:
    times, unit = _SAME.get(period.unit, (1, period.unit))
    return period.amount * times, unit


def _same_sense(expected: Expected, found: Found) -> bool:
    qualifier = found.limit.qualifier if found.limit else None
    return expected.family is not Kind.RETENTION or qualifier in (None, *MINIMA)


def _agree(expected: Expected, found: Found) -> bool:
    same = found.limit is not None and same_limit(expected.limit, found.limit)
    return same and _same_sense(expected, found)


def same_limit(one: Limit, other: Limit) -> bool:
    """Whether two limits ask the same: their lengths end together, and nothing else they say differs."""
    lengths = [[_plain(length) for length in limit.lengths] for limit in (one, other)]
    if one.joined in (Joined.EARLIER, Joined.LATER, Joined.EITHER):
        lengths = [sorted(each) for each in lengths]
    plain = [replace(limit, lengths=(), qualifier=None) for limit in (one, other)]
    return lengths[0] == lengths[1] and plain[0] == plain[1]


def _cost(expected: Expected, found: Found) -> float:
    """How unlike two limits are: 0 where they agree, always under two gaps."""
    if found.period is None:
        return 0.9
    if _agree(expected, found):
        return 0.0
    days = [period.amount * _DAYS.get(period.unit, 1) for period in (expected.period, found.period)]
    apart = abs(math.log(max(days[1], 0.0001) / max(days[0], 0.0001)))
    unit = 0.0 if _plain(expected.period)[1] == _plain(found.period)[1] else 0.3
    return 1.0 + unit + 0.6 * apart / (1 + apart)


def _aligned(
    expected: Sequence[Expected], found: Sequence[Found]
) -> tuple[list[Pair], list[Expected], list[Found]]:
    """The cheapest way to pair them in order: the pairs, and who is left alone on each side."""

    @cache
    def best(i: int, j: int) -> tuple[float, tuple[tuple[int, int], ...]]:
        if i == len(expected) or j == len(found):
            return GAP * (len(expected) - i + len(found) - j), ()
        cost, rest = best(i + 1, j + 1)
        ways = [(cost + _cost(expected[i], found[j]), ((i, j), *rest))]
        for after in (best(i + 1, j), best(i, j + 1)):
            ways.append((after[0] + GAP, after[1]))
        return min(ways, key=lambda way: way[0])

    pairs = best(0, 0)[1]
    one, two = {i for i, _ in pairs}, {j for _, j in pairs}
    return (
        [(expected[i], found[j]) for i, j in pairs],
        [limit for i, limit in enumerate(expected) if i not in one],
        [limit for j, limit in enumerate(found) if j not in two],
    )


def _paired(expected: Expected, found: Found) -> Row:
    return Row(Result.AGREES if _agree(expected, found) else Result.DIFFERS, expected, found)


def _elsewhere(expected: list[Expected], found: list[Found]) -> list[Row]:
    """Pairs of what stands in another paragraph of the same branch; they are taken out of both lists."""
    rows = []
    for fits in (_same_above_or_below, _lettered):
        for limit in list(expected):
            partner = next((one for one in found if fits(limit, one)), None)
            if partner is not None:
                expected.remove(limit)
                found.remove(partner)
                rows.append(_paired(limit, partner))
    return rows


def _same_above_or_below(limit: Expected, one: Found) -> bool:
    near = is_under(one.path, limit.path) or is_under(limit.path, one.path)
    return one.path != limit.path and near and one.family is limit.family and _agree(limit, one)


def _lettered(limit: Expected, one: Found) -> bool:
    return one.path.startswith(f"{limit.path}(") and one.family is limit.family and _cost(limit, one) > 0


def _place(row: Row, scopes: tuple[str, ...]) -> tuple[int, str, Any]:
    scope, _, number = row.path.partition("/")
    known = scopes.index(scope) if scope in scopes else len(scopes)
    return known, scope, sort_key(number)
