"""How far the paragraphs of contracts are read: what was decided about each, and what of it is in force.

Schedules for which Duly ships a rulebook have entries for every paragraph from the first; all others are read
by people. While anything is undecided or not in force, the dates of a contract are incomplete, and no
page may say that nothing is due.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from django.db import connection

from contracts.models import Contract
from obligations.rules.register.rulebook import known_rulebooks


@dataclass(frozen=True, slots=True)
class ScopeCoverage:
    """One part of a schedule (main, an annex), in numbers of paragraphs.

    ``decided``: what counts was said of them, ``nothing`` of those: that they ask for nothing. ``in_force``:
    the version in use says what was decided last.
    """

    scope: str
    paragraphs: int
    decided: int = 0
    nothing: int = 0
    in_force: int = 0

    @property
    def undecided(self) -> int:
        """Of which nobody has said yet what they ask."""
        return self.paragraphs - self.decided

    @property
    def asking(self) -> int:
        """Decided, and asking for something."""
        return self.decided - self.nothing


@dataclass(frozen=True, slots=True)
class ScheduleCoverage:
    """A schedule that people read, by its parts in its order."""

    schedule: int
    title: str
    scopes: tuple[ScopeCoverage, ...]

    @property
    def paragraphs(self) -> int:
        """All its paragraphs."""
        return sum(one.paragraphs for one in self.scopes)

    @property
    def decided(self) -> int:
        """Those that are decided."""
        return sum(one.decided for one in self.scopes)

    @property
    def nothing(self) -> int:
        """Those that ask for nothing."""
        return sum(one.nothing for one in self.scopes)

    @property
    def in_force(self) -> int:
        """Those whose last decision is in force."""
        return sum(one.in_force for one in self.scopes)


@dataclass(frozen=True, slots=True)
class Coverage:
    """One contract. ``schedules``: how many it has; ``own``: those that people read. ``unread``: documents
    that are being read, or wait for somebody to say what they are.
    """

    schedules: int = 0
    own: tuple[ScheduleCoverage, ...] = field(default=())
    unread: int = 0

    @property
    def paragraphs(self) -> int:
        """The paragraphs that people read."""
        return sum(one.paragraphs for one in self.own)

    @property
    def decided(self) -> int:
        """Those of which somebody has said what they ask."""
        return sum(one.decided for one in self.own)

    @property
    def in_force(self) -> int:
        """Those whose last decision is in force."""
        return sum(one.in_force for one in self.own)

    @property
    def undecided(self) -> int:
        """Those that are still to be decided."""
        return self.paragraphs - self.decided

    @property
    def waiting(self) -> int:
        """Those that are decided and not in force."""
        return self.decided - self.in_force

    @property
    def complete(self) -> bool:
        """Whether every date there is can be known: it has a schedule, and all of it is in force."""
        read = all(one.paragraphs and one.in_force == one.paragraphs for one in self.own)
        return bool(self.schedules) and read and not self.unread


_COUNTED = """
WITH schedule AS (
    SELECT id, contract_id, title, outline_key, NOT outline_key = ANY(%(shipped)s) AS own
    FROM contracts_schedule
    WHERE contract_id = ANY(%(contracts)s)
), last AS (
    SELECT DISTINCT ON (paragraph_id) paragraph_id, outcome, entries, why
    FROM obligations_entrydecision
    WHERE contract_id = ANY(%(contracts)s) AND outcome <> 'skipped'
    ORDER BY paragraph_id, number DESC
), book AS (
    SELECT DISTINCT ON (schedule.id) schedule.id, version.content #> '{files,decided}' AS says
    FROM schedule
    JOIN obligations_rulebookversion version
        ON version.key = schedule.outline_key AND version.contract_id = schedule.contract_id
    JOIN obligations_adoption adoption
        ON adoption.version_id = version.id AND adoption.contract_id = schedule.contract_id
    WHERE schedule.own
    ORDER BY schedule.id, adoption.id DESC
), said AS (
    SELECT book.id, rule.value ->> 'path' AS path, jsonb_agg(rule.value ORDER BY rule.place) AS entries,
        '' AS why
    FROM book, jsonb_array_elements(book.says -> 'rule') WITH ORDINALITY AS rule (value, place)
    GROUP BY 1, 2
    UNION ALL
    SELECT book.id, none.value ->> 'path', '[]', none.value ->> 'why'
    FROM book, jsonb_array_elements(book.says -> 'none') AS none (value)
)
SELECT contract.id, unread.number, schedule.id, schedule.title, schedule.own, paragraph.scope,
    count(paragraph.id), count(last.paragraph_id),
    count(last.paragraph_id) FILTER (WHERE last.outcome = 'none'), count(said.path)
FROM unnest(%(contracts)s) AS contract (id)
CROSS JOIN LATERAL (
    SELECT count(*) AS number FROM contracts_upload WHERE contract_id = contract.id AND document_id IS NULL
) AS unread
LEFT JOIN schedule ON schedule.contract_id = contract.id
LEFT JOIN contracts_paragraph paragraph ON paragraph.schedule_id = schedule.id AND schedule.own
LEFT JOIN last ON last.paragraph_id = paragraph.id
LEFT JOIN said ON said.id = schedule.id AND said.path = paragraph.path
    AND said.entries = last.entries AND said.why = last.why
GROUP BY contract.id, unread.number, schedule.id, schedule.title, schedule.own, paragraph.scope
ORDER BY schedule.id, min(paragraph."order")
"""
"""A decision is in force where the version in use says the same; the times of both do not tell, as either may
have waited for the other.
"""

_Row = tuple[int, int, int | None, str, bool, str | None, int, int, int, int]


def coverage_of(contracts: Collection[int]) -> dict[int, Coverage]:
    """How far each of these contracts is read, by its number. 1 query, for however many."""
    if not contracts:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED, {"contracts": list(contracts), "shipped": list(known_rulebooks())})
        rows: list[_Row] = cursor.fetchall()
    by_contract: dict[int, list[_Row]] = {number: [] for number in contracts}
    for row in rows:
        by_contract[row[0]].append(row)
    return {number: _coverage(found) for number, found in by_contract.items()}


def coverage(contract: Contract) -> Coverage:
    """How far one contract is read. 1 query."""
    return coverage_of([contract.pk])[contract.pk]


def _coverage(rows: list[_Row]) -> Coverage:
    by_schedule: dict[int, list[_Row]] = {}
    for row in rows:
        if row[2] is not None:
            by_schedule.setdefault(row[2], []).append(row)
    own = {number: found for number, found in by_schedule.items() if found[0][4]}
    return Coverage(len(by_schedule), tuple(_schedules(own)), rows[0][1])


def _schedules(own: Mapping[int, list[_Row]]) -> Iterable[ScheduleCoverage]:
    for number, rows in own.items():
        scopes = tuple(ScopeCoverage(row[5], *row[6:]) for row in rows if row[5] is not None)
        yield ScheduleCoverage(number, rows[0][3], scopes)
