"""When a contract ends, as a whole and in parts (R37).

The contract's last day is the one it names, the day of its termination, or the later day to which its end was
put off; what was terminated in part has a last day of its own. Days are London days.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from contracts.terms.moments import ONE_DAY, Day, When, london_day
from contracts.terms.variations import covers
from obligations.rules.register.facts import Fact, detail_when
from obligations.rules.register.rulebook import Rulebook
from obligations.rules.register.vocabulary import IN_PART, PUT_OFF
from obligations.rules.time.derivation import said


@dataclass(frozen=True, slots=True)
class Ending:
    """The last day of the contract, or of a part of it, and what a step says of it."""

    day: Day
    says: str


@dataclass(frozen=True, slots=True)
class ContractEnd:
    """When a contract ends, as a whole and in the parts that were terminated before it.

    ``parts``: the paths of paragraphs, each with its own ending. ``between``: where an end that had come was
    put off, the first day after it and the day on which it was.
    """

    whole: Ending | None = None
    parts: tuple[tuple[str, Ending], ...] = ()
    between: tuple[tuple[Day, Day], ...] = ()

    def of(self, path: str) -> Ending | None:
        """The ending of a paragraph: the contract's, or its own where that came first."""
        found = [ending for part, ending in self.parts if covers(part, path)]
        found += [self.whole] if self.whole is not None else []
        return min(found, key=lambda ending: ending.day, default=None)

    def resumed(self, day: Day) -> Day | None:
        """The day on which an end that had come was put off, for a day in between; None for any other."""
        return next((until for first, until in self.between if first <= day < until), None)


def contract_end(last: Day | None, facts: Sequence[Fact], ends: Iterable[str], book: Rulebook) -> ContractEnd:
    """The end of a contract from its last day and the facts, which are in order of time.

    ``ends``: the kinds of fact with which it ends. ``book``: the rulebook whose paragraphs are meant.
    """
    whole = Ending(last, f"The contract ends on {said(last)}") if last is not None else None
    parts: list[tuple[str, Ending]] = []
    between: list[tuple[Day, Day]] = []
    ends = frozenset(ends)
    for fact in facts:
        day = london_day(fact.at)
        if fact.kind in ends and (whole is None or day <= whole.day):
            whole = Ending(day, f"{book.vocabulary.kind(fact.kind).label} on {said(day)}")
        elif fact.kind == IN_PART:
            ending = Ending(day, f"This part of the agreement was terminated on {said(day)}")
            parts += [(path, ending) for path in paths_named(fact, book)]
        elif fact.kind == PUT_OFF and (until := put_off_to(fact)) is not None:
            if whole is not None and day > whole.day:
                between.append((whole.day + ONE_DAY, day))
            whole = Ending(until, f"The end of the contract was put off to {said(until)}")
    return ContractEnd(whole, tuple(parts), tuple(between))


def put_off_to(fact: Fact) -> Day | None:
    """The new last day that putting off the end gave the contract; None where it gives none."""
    until: When | None = detail_when(fact.details.get("until"))
    return None if until is None else london_day(until)


def paths_named(fact: Fact, book: Rulebook) -> Iterator[str]:
    """The paths within a rulebook that a termination in part names: ``7``, ``main/7`` or with the book's key.

    What is named with the key of another rulebook is none of this one's.
    """
    for name in map(str, fact.details.get("paragraphs") or ()):
        if (path := path_of(name, book)) is not None:
            yield path


def path_of(name: str, book: Rulebook) -> str | None:
    """The path of a paragraph of a rulebook by its number or citation; None for what it has no entry of."""
    key, _, rest = name.partition("/")
    path = book.full_path(rest if key == book.key else name)
    return path if any(covers(path, rule.path) for rule in book.rules) else None
