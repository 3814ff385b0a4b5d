"""What somebody, or a file, says of one vulnerability of one component; and what is new in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from contracts.terms.moments import Day
from obligations.rules.register.names import folded
from obligations.vulnerabilities.naming import subject_of
from obligations.vulnerabilities.reading.ratings import strictest

RATED = "ratings"
FILLED = ("title", "reference", "software", "said", "fixed_version", "justification")
Rating = Mapping[str, str]
"""``by``: who rates; ``source`` and ``value`` as an entry of the detail ``ratings`` of a fact (R20);
``says``: their word or score for people."""


@dataclass(frozen=True, slots=True)
class Place:
    """A machine, image or product; ``name`` is "" where the source names none.

    ``patched``: fixed there, while the finding is of other places where it is not.
    """

    name: str
    location: str = ""
    version: str = ""
    patched: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """``released``: the day of the patch's first public release; ``earliest``: another day that a source
    gives for the fixed version (R48). ``status``: affected, fixed or not_affected. ``where``: its place in
    the file. ``doubt``: as that of a row read from a file.
    """

    identifier: str
    component: str = ""
    aliases: tuple[str, ...] = ()
    version: str = ""
    title: str = ""
    reference: str = ""
    software: str = ""
    said: str = ""
    doubt: str = ""
    ratings: tuple[Rating, ...] = ()
    fixed_version: str = ""
    released: Day | None = None
    earliest: Day | None = None
    places: tuple[Place, ...] = ()
    status: str = "affected"
    justification: str = ""
    where: str = ""

    @property
    def subject(self) -> str:
        """What it is called on the record."""
        return subject_of(self.identifier, self.component)

    @property
    def names(self) -> list[str]:
        """Every name it may be kept under, as names are compared: by its identifier, then by the others."""
        every = (self.identifier, *self.aliases)
        return list(dict.fromkeys(folded(subject_of(one, self.component)) for one in every))


def together(findings: Iterable[Finding]) -> list[Finding]:
    """Those that are about the same as one, each with all its places; in the order of the first of each."""
    found: dict[str, Finding] = {}
    for one in findings:
        name = next((name for name in one.names if name in found), one.names[0])
        known = found.get(name)
        found[name] = one if known is None else _joined(known, one)
    return list(found.values())


def _joined(one: Finding, other: Finding) -> Finding:
    statuses = {one.status, other.status}
    places: dict[str, Place] = {}
    for place in (*_places(one, statuses), *_places(other, statuses)):
        if place.name not in places or places[place.name].patched:  # what is open somewhere is open
            places[place.name] = place
    return replace(
        one,
        aliases=tuple(dict.fromkeys((*one.aliases, *other.aliases))),
        ratings=joined(one.ratings, other.ratings)[0],
        said=strictest(word for word in (one.said, other.said) if word),
        doubt=one.doubt or other.doubt,
        fixed_version=one.fixed_version or other.fixed_version,
        released=_first(one.released, other.released),
        earliest=_first(one.earliest, other.earliest),
        title=one.title or other.title,
        reference=one.reference or other.reference,
        places=tuple(places.values()),
        status=one.status if len(statuses) == 1 else "affected",
    )


def _places(finding: Finding, statuses: set[str]) -> Iterable[Place]:
    """Its places; marked as patched where it is fixed and what it is joined with is not."""
    if finding.status != "fixed" or statuses == {"fixed"}:
        return finding.places
    return (replace(place, patched=True) for place in finding.places if place.name)


def joined(known: Iterable[Rating], said: Iterable[Rating]) -> tuple[tuple[Rating, ...], list[Rating]]:
    """Each source's latest rating, and those that are new or say otherwise than before."""
    latest = {one["by"]: one for one in known}
    fresh = []
    for one in said:
        before = latest.get(one["by"])
        if before is None or (before["source"], before["value"]) != (one["source"], one["value"]):
            fresh.append(one)
            latest[one["by"]] = one
    return tuple(latest.values()), fresh


def _first(one: Day | None, other: Day | None) -> Day | None:
    return min((day for day in (one, other) if day is not None), default=None)


def _filled(row: Any, finding: Finding, name: str) -> str:
    """What a finding says where its row says nothing yet."""
    return "" if getattr(row, name) else str(getattr(finding, name))


def _other_names(row: Any, finding: Finding) -> list[str]:
    """The names of a finding that its row has not yet."""
    own = {folded(one) for one in (row.identifier, *row.aliases)}
    named = (finding.identifier, *finding.aliases)
    return list(dict.fromkeys(one for one in named if folded(one) not in own))


@dataclass(slots=True)
class Difference:
    """What a finding changes of a row: columns by their names, ratings that are new, a release learnt."""

    columns: dict[str, Any] = field(default_factory=dict)
    ratings: list[Rating] = field(default_factory=list)
    released: Day | None = None

    def __bool__(self) -> bool:
        return bool(self.columns or self.ratings or self.released)


def difference(row: Any, finding: Finding) -> Difference:
    """What of a finding its row does not say yet. What is there is filled up and never written over, but
    for a rating that a source changed and an earlier day that a source gives.
    """
    found = Difference()
    found.columns = {name: value for name in FILLED if (value := _filled(row, finding, name))}
    if others := _other_names(row, finding):
        found.columns["aliases"] = [*row.aliases, *others]
    ratings, found.ratings = joined(row.ratings, finding.ratings)
    if found.ratings:
        found.columns[RATED] = [dict(one) for one in ratings]
    if finding.earliest is not None and (row.earliest_on is None or finding.earliest < row.earliest_on):
        found.columns["earliest_on"] = finding.earliest
    if finding.released is not None and row.released_on is None:
        found.released = finding.released
    return found
