"""From what a format says of one vulnerability to a row, or to the fault that keeps it from being one.

Every format fills in a ``Draft`` and checks nothing; here is the one place where a row is checked.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from obligations.vulnerabilities.reading import components, identifiers, ratings, texts
from obligations.vulnerabilities.reading.ratings import Said
from obligations.vulnerabilities.reading.refusals import Refused
from obligations.vulnerabilities.reading.rows import Component, Fault, Row, Status

FILE = Path(__file__).with_name("justifications.toml")

_STATUSES = {
    "": Status.AFFECTED,
    "affected": Status.AFFECTED,
    "open": Status.AFFECTED,
    "active": Status.AFFECTED,
    "new": Status.AFFECTED,
    "reopened": Status.AFFECTED,
    "resurfaced": Status.AFFECTED,
    "vulnerable": Status.AFFECTED,
    "exploitable": Status.AFFECTED,
    "under_investigation": Status.AFFECTED,
    "in_triage": Status.AFFECTED,
    "ignored": Status.AFFECTED,
    "fixed": Status.FIXED,
    "patched": Status.FIXED,
    "closed": Status.FIXED,
    "resolved": Status.FIXED,
    "resolved_with_pedigree": Status.FIXED,
    "remediated": Status.FIXED,
    "mitigated": Status.FIXED,
    "not_affected": Status.NOT_AFFECTED,
    "false_positive": Status.NOT_AFFECTED,
    "not_exploitable": Status.NOT_AFFECTED,
}
_NO_VERSION = frozenset({"none", "n/a", "-", "unknown", "not available", "no fix", "not fixed", "won't fix"})


@dataclass(slots=True)
class Draft:
    """What a file says of one vulnerability of one component, as it says it. See ``Row`` for the meanings.

    ``software``: the component where the format could tell it itself; else it is made of ``component``,
    ``version`` and ``purl``. ``own`` and ``doubt`` are as the contract writes them. ``released`` and
    ``earliest`` may be texts. ``statuses``: the format's own words for the status where they are not those
    of VEX.
    """

    names: list[str] = field(default_factory=list)
    component: str = ""
    version: str = ""
    purl: str = ""
    software: Component | None = None
    host: str = ""
    location: str = ""
    ratings: list[Said] = field(default_factory=list)
    own: str = ""
    doubt: str = ""
    fixed_version: str = ""
    released: date | str | None = None
    earliest: date | str | None = None
    status: str = ""
    justification: str = ""
    statement: str = ""
    title: str = ""
    reference: str = ""

    def row(self, place: str) -> Row | Fault:
        """The row it makes, or the fault in it."""
        try:
            return self._row(place)
        except Refused as no:
            called = next((one.strip() for one in self.names if one.strip()), "")
            return no.at(f"{place} ({texts.prose(called)[:60]})" if called else place)

    def _row(self, place: str) -> Row:
        identifier, aliases = identifiers.choose(self.names)
        software = self.software or components.component(self.component, self.version, self.purl)
        said, category = ratings.rate(self.ratings)
        status, word = _status(self.status)
        justification, statement = _why(self, status)
        fixed = texts.name(self.fixed_version, "the fixed version")
        return Row(
            place=place,
            identifier=identifier,
            component=software,
            aliases=aliases,
            host=texts.name(self.host, "the host"),
            location=texts.name(self.location, "the location"),
            ratings=said,
            category=category,
            own=self.own,
            doubt=self.doubt,
            fixed_version="" if fixed.lower() in _NO_VERSION else fixed,
            released=_day(self.released, "the day of the patch's release"),
            earliest=_day(self.earliest, "the day of the fix"),
            status=status,
            said=word,
            justification=justification,
            statement=statement,
            title=texts.prose(self.title),
            reference=texts.address(self.reference),
        )


def _status(said: str) -> tuple[Status, str]:
    word = texts.prose(said)
    status = _STATUSES.get(word.lower().replace(" ", "_").replace("-", "_"))
    if status is None:
        raise Refused(
            f"{texts.quoted(said)} is no status", "write affected, fixed or not affected, or leave it out"
        )
    return status, word


def _why(draft: Draft, status: Status) -> tuple[str, str]:
    """The justification as one of the five, and the statement. Raises Refused where neither says why."""
    statement = texts.prose(draft.statement)
    if status is not Status.NOT_AFFECTED:
        return "", statement
    said = texts.prose(draft.justification)
    word = said.lower().replace(" ", "_").replace("-", "_")
    if word in justifications():
        return word, statement
    meant = _data()["cyclonedx"].get(word, "")
    statement = ": ".join(part for part in (said, statement) if part)
    if not meant and not statement and draft.status.lower().startswith("false"):
        statement = "false positive"
    if not meant and not statement:
        raise Refused(
            "it says that it is not affected, and not why",
            "give one of the justifications of VEX, or a statement",
        )
    return meant, statement


def _day(said: date | str | None, what: str) -> date | None:
    return texts.day(said, what) if isinstance(said, str) else said


@cache
def justifications() -> frozenset[str]:
    """The five words of VEX for why something is not affected."""
    return frozenset(_data()["words"])


@cache
def _data() -> Mapping[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))
