"""One edit, by what it must be found, and the score of many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

from contracts.services.verifying.findings import Finding, Kind

Place = tuple[str, int | None]
"""The ledger or the table, and the number of the entry or row: as a finding names it."""


class CannotBe(Exception):
    """This edit is not possible here: another one is taken."""


@dataclass
class Edit:
    """One edit: what was done, and by what it must be found: one of ``kinds`` at ``place``.

    ``kinds`` is empty where it lies behind the last seal and was made with the application's own key: nobody
    can tell, and the tail that is said covers it. ``explains``: further places at which something may be
    found because of it; with ``anywhere`` it is found there as well, because nothing is left at the place
    itself. ``table``: the protected table of whose rows it is, "" of none.
    """

    what: str
    place: Place
    kinds: Collection[Kind]
    explains: set[Place] = field(default_factory=set)
    anywhere: bool = False
    table: str = ""

    @property
    def places(self) -> set[Place]:
        return {self.place} | self.explains

    def found_by(self, finding: Finding) -> bool:
        there = self.places if self.anywhere else {self.place}
        return (finding.where, finding.number) in there and finding.kind in self.kinds


@dataclass
class Score:
    """How many edits of each kind were made, found, and only in the tail; what was missed, found for nothing,
    said wrongly of the tail, given out at a download; and which protected tables were reached.
    """

    made: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    in_the_tail: Counter[str] = field(default_factory=Counter)
    missed: list[Edit] = field(default_factory=list)
    false: list[Finding] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    reached: set[str] = field(default_factory=set)
    tails: int = 0
    refused: int = 0
    """Files that were not given out, because they had been touched."""

    @property
    def edits(self) -> int:
        return self.made.total()

    def take(self, made: Collection[Edit], found: Collection[Finding]) -> None:
        """What a batch came to."""
        by_place: dict[Place, list[Finding]] = {}
        for finding in found:
            by_place.setdefault((finding.where, finding.number), []).append(finding)
        explained: set[Place] = set()
        for edit in made:
            self.made[edit.what] += 1
            self.reached |= {edit.table} - {""}
            explained |= edit.places
            if not edit.kinds:
                self.in_the_tail[edit.what] += 1
            elif any(edit.found_by(one) for place in edit.places for one in by_place.get(place, ())):
                self.found[edit.what] += 1
            else:
                self.missed.append(edit)
        self.false += [one for one in found if (one.where, one.number) not in explained]
