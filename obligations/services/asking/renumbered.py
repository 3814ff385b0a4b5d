"""What was decided about paragraphs before they got other numbers, at the numbers they have now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from obligations.models import EntryDecision, Renumbering, RulebookVersion
from obligations.rules.register.renumbered import renumbered, renumbered_content, together
from obligations.rules.register.rulebook import Rulebook, parse_rulebook

REMEMBERED = 64


@dataclass(frozen=True, slots=True)
class Moves:
    """The renumberings of contracts, in their order, by the key of the schedule."""

    rows: Mapping[str, Sequence[Renumbering]] = field(default_factory=dict)

    def of_decision(self, key: str, decision: int) -> dict[str, str]:
        """Old path to new since a decision."""
        return together(row.moved for row in self.rows.get(key, ()) if row.last_decision >= decision)

    def of_version(self, version: RulebookVersion) -> dict[str, str]:
        """Old path to new since a version of a book was made."""
        return together(row.moved for row in self.rows.get(version.key, ()) if row.last_version >= version.pk)

    def follow(self, key: str, decisions: Iterable[EntryDecision]) -> None:
        """Let decisions name the paragraphs by their numbers of now. They are not to be saved."""
        rows = self.rows.get(key, ())
        known: dict[int, dict[str, str]] = {}
        for made in decisions if rows else ():
            before = sum(row.last_decision < made.pk for row in rows)
            if before not in known:
                known[before] = self.of_decision(key, made.pk)
            made.entries = renumbered(made.entries, known[before])
            made.rests_on = renumbered(made.rests_on, known[before])


NOWHERE = Moves()


def moves_of(contracts: Iterable[int]) -> Moves:
    """The renumberings of contracts, by their numbers. 1 query."""
    found: dict[str, list[Renumbering]] = defaultdict(list)
    rows = Renumbering.objects.filter(contract__in=list(contracts)).select_related("schedule")
    for row in rows.order_by("pk"):
        found[row.schedule.outline_key].append(row)
    return Moves(dict(found))


def at_its_numbers(book: Rulebook, moved: Mapping[str, str]) -> Rulebook:
    """A book of the contract's own whose rules stand at the numbers of now; its digest is that it was kept
    with.
    """
    return _read_again(_Kept(book), tuple(sorted(moved.items()))) if moved else book


class _Kept:
    """A book by its digest, for remembering."""

    def __init__(self, book: Rulebook) -> None:
        self.book = book

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Kept) and other.book.digest == self.book.digest

    def __hash__(self) -> int:
        return hash(self.book.digest)


@lru_cache(maxsize=REMEMBERED)
def _read_again(kept: _Kept, moved: tuple[tuple[str, str], ...]) -> Rulebook:
    book = kept.book
    return replace(parse_rulebook(renumbered_content(book.content, dict(moved))), digest=book.digest)
