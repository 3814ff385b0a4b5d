"""How right proposals are against a truth by hand (``schedules/README.md``): what ``script/bench proposals``
prints and ``test_scores.py`` holds to its floors.
"""

from __future__ import annotations

import re
import time
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from contracts.proposals import PartyNames, Proposal, propose
from contracts.reader import read_document
from contracts.terms.limit import Limit, Span
from contracts.terms.paragraphs import Paragraph

SCHEDULES = Path(__file__).parent / "schedules"
WEIGHT_OF_A_WRONG_LIMIT = 5
BINDING = ("duty", "prohibition", "gate")
_ROUND = {
    Span.WEEK: (1, "weeks"),
    Span.MONTH: (1, "months"),
    Span.QUARTER: (3, "months"),
    Span.HALF_YEAR: (6, "months"),
    Span.YEAR: (1, "years"),
    Span.CONTRACT_YEAR: (1, "years"),
}
_UNITS = {"business_days": "working_days", "clear_days": "days"}
_BINDS = re.compile(r"\b(?:shall|must)\b", re.I)
Row = tuple[str, int, str, str]


@dataclass(slots=True)
class Tally:
    """Right, proposed too much and missed; ``wrong`` counts what is proposed too much by its weight."""

    right: float = 0
    wrong: float = 0
    missed: float = 0

    @property
    def f1(self) -> float:
        """2 right / (2 right + wrong + missed); 1 where there is nothing to find and nothing was found."""
        total = 2 * self.right + self.wrong + self.missed
        return 2 * self.right / total if total else 1.0

    def add(self, other: Tally) -> None:
        """Count another's too."""
        self.right += other.right
        self.wrong += other.wrong
        self.missed += other.missed


@dataclass(slots=True)
class Score:
    """All figures of one schedule, or of several together."""

    duties: Tally = field(default_factory=Tally)
    kinds: Tally = field(default_factory=Tally)
    limits: Tally = field(default_factory=Tally)
    triggers: Tally = field(default_factory=Tally)
    topics: list[bool] = field(default_factory=list)
    sure: list[bool] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    paragraphs: int = 0
    milliseconds: float = 0.0
    misses: list[str] = field(default_factory=list)

    def add(self, other: Score) -> None:
        """Count another schedule's too."""
        for name in ("duties", "kinds", "limits", "triggers"):
            getattr(self, name).add(getattr(other, name))
        for name in ("topics", "sure", "silent", "misses"):
            getattr(self, name).extend(getattr(other, name))
        self.paragraphs += other.paragraphs
        self.milliseconds += other.milliseconds

    @property
    def each(self) -> float:
        """Milliseconds a paragraph."""
        return self.milliseconds / self.paragraphs if self.paragraphs else 0.0


def schedules(folder: Path = SCHEDULES) -> list[Path]:
    """The schedules that have a truth beside them."""
    return sorted(path for path in folder.glob("*.txt") if path.with_suffix(".toml").exists())


def score(schedule: Path) -> Score:
    """The figures of one schedule against the truth beside it."""
    truth = tomllib.loads(schedule.with_suffix(".toml").read_text(encoding="utf-8"))
    paragraphs = read_document(schedule.read_bytes()).paragraphs
    names = PartyNames(tuple(truth["parties"]["authority"]), tuple(truth["parties"]["supplier"]))
    return compared(paragraphs, names, truth["entry"], schedule.stem)


def compared(
    paragraphs: Sequence[Paragraph], names: PartyNames, entries: Sequence[dict[str, Any]], title: str
) -> Score:
    """The figures of paragraphs against entries of the truth. The first reading only warms up."""
    propose(paragraphs[:5], names)
    began = time.process_time()  # the work of other programs does not count
    proposals = propose(paragraphs, names)
    found = Score(paragraphs=len(paragraphs), milliseconds=(time.process_time() - began) * 1000)
    found.silent = list(silent(paragraphs, proposals))
    note = _Notes(found.misses, title)
    found.duties = _multiset(
        [(e["path"], e["party"]) for e in entries if e["kind"] in BINDING and e["party"]],
        [(p.path, p.party) for p in proposals if p.kind in BINDING and p.party],
        note.of("duty"),
    )
    found.kinds = _multiset(
        [(e["path"], e["kind"]) for e in entries], [(p.path, p.kind) for p in proposals], note.of("kind")
    )
    found.limits = _limits(entries, proposals, note)
    for entry, proposal in _pairs(entries, proposals):
        found.triggers.add(
            _tokens(entry["trigger"], proposal.trigger.text if proposal.trigger else "", note, entry["path"])
        )
        found.topics.append(entry["topic"] == proposal.topic)
        if not found.topics[-1]:
            note.say("topic", f"{entry['path']}: {entry['topic']}, proposed {proposal.topic}")
    found.sure = list(_sure(entries, proposals))
    return found


class _Notes:
    """Collects what is missed, in words."""

    def __init__(self, misses: list[str], title: str) -> None:
        self.misses = misses
        self.title = title

    def say(self, what: str, words: str) -> None:
        self.misses.append(f"{self.title} {what}: {words}")

    def of(self, what: str) -> Any:
        return lambda words: self.say(what, words)


def silent(paragraphs: Iterable[Paragraph], proposals: Sequence[Proposal]) -> Iterator[str]:
    """Paragraphs with shall or must that have neither a proposal nor a reason."""
    said = {one.path for one in proposals if one.kind != "none" or one.why}
    for paragraph in paragraphs:
        if _BINDS.search(paragraph.text) and paragraph.path not in said:
            yield paragraph.path


def _multiset(truth: list[tuple[str, str]], found: list[tuple[str, str]], note: Any) -> Tally:
    right, proposed = Counter(truth), Counter(found)
    both = right & proposed
    for one, count in (right - proposed).items():
        note(f"missed {one[0]} {one[1]} x{count}")
    for one, count in (proposed - right).items():
        note(f"too much {one[0]} {one[1]} x{count}")
    return Tally(both.total(), (proposed - right).total(), (right - proposed).total())


def _limits(entries: Sequence[dict[str, Any]], proposals: Sequence[Proposal], note: _Notes) -> Tally:
    truth = Counter(
        (e["path"], row["amount"], row["unit"], row["direction"]) for e in entries for row in e["limit"]
    )
    certain = Counter(row for p in proposals if p.certainty != "unsure" for row in rows(p))
    unsure = Counter(row for p in proposals if p.certainty == "unsure" for row in rows(p))
    every = certain + unsure
    wrong = every - truth
    silently = wrong & certain
    for row in truth - every:
        note.say("limit", f"missed {row}")
    for row in wrong:
        note.say("limit", f"wrong {row}{'' if row in silently else ', said to be unsure'}")
    weight = WEIGHT_OF_A_WRONG_LIMIT * silently.total() + (wrong - silently).total()
    return Tally((truth & every).total(), weight, (truth - every).total())


def rows(proposal: Proposal) -> list[Row]:
    """The limits of a proposal as the truth writes them: path, amount, unit, direction."""
    found = _rows(proposal.path, proposal.limit, proposal.limit_kind)
    for other in proposal.further:
        found += _rows(proposal.path, other.limit, other.limit_kind)
    return found


def _rows(path: str, limit: Limit | None, kind: str) -> list[Row]:
    if limit is None:
        return []
    if limit.cycle is not None:
        found = [(path, *_ROUND[limit.cycle.of], "every")]
        if offset := limit.cycle.offset:
            found.append(
                (path, offset.amount, _unit(offset.unit), "before" if limit.cycle.before else "after")
            )
        return found
    return [(path, one.amount, _unit(one.unit), _direction(limit, kind)) for one in limit.lengths]


def _unit(unit: str) -> str:
    return _UNITS.get(str(unit), str(unit))


def _direction(limit: Limit, kind: str) -> str:
    if kind == "interval":
        return "every"
    if limit.before:
        return "before"
    if kind == "retention" and limit.qualifier == "at_most":
        return "after"  # the longest time for which it may be kept
    shortest = kind in ("retention", "standstill") or limit.qualifier in ("at_least", "more_than")
    return "at_least" if shortest else "after"


def _pairs(
    entries: Sequence[dict[str, Any]], proposals: Sequence[Proposal]
) -> Iterator[tuple[dict[str, Any], Proposal]]:
    """Entries and proposals of one path and kind, in their order; what asks nothing is left out."""
    waiting: dict[tuple[str, str], list[Proposal]] = {}
    for proposal in proposals:
        waiting.setdefault((proposal.path, proposal.kind), []).append(proposal)
    for entry in entries:
        left = waiting.get((entry["path"], entry["kind"]), [])
        if left and entry["kind"] not in ("none", "definition"):
            yield entry, left.pop(0)


def _tokens(truth: str, found: str, note: _Notes, path: str) -> Tally:
    right, proposed = (Counter(re.findall(r"\w+", words.lower())) for words in (truth, found))
    both = right & proposed
    if right != proposed:
        note.say("trigger", f"{path}: “{truth}”, proposed “{' '.join(found.split())}”")
    return Tally(both.total(), (proposed - right).total(), (right - proposed).total())


def _sure(entries: Sequence[dict[str, Any]], proposals: Sequence[Proposal]) -> Iterator[bool]:
    """Of each proposal that calls itself sure, whether the truth has its path, kind and party."""
    truth = Counter((e["path"], e["kind"], e["party"]) for e in entries)
    for proposal in proposals:
        if proposal.certainty == "sure":
            key = (proposal.path, proposal.kind, proposal.party)
            yield truth[key] > 0
            truth[key] -= 1
