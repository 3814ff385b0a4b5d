"""A reading as JSON and back without loss, for whoever keeps it or reads in a process of its own.

``ParsedDocument.as_json`` is what the command line prints; this form also has lines, scopes, other text and
the place of each limit in its paragraph.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from contracts.reader.changes import Change, ChangeKind
from contracts.reader.held import Held
from contracts.reader.results import (
    NumberNobodyClaimed,
    OtherText,
    ParsedDocument,
    PlacedLimit,
    ReaderWarning,
    Scope,
)
from contracts.terms.limit import Joined, read_cycle, read_hour, read_period
from contracts.terms.limits import Kind, TimeLimit
from contracts.terms.paragraphs import Paragraph
from contracts.terms.periods import Unit

_FLAGS = ("inclusive", "before", "window", "standstill")


def stored(reading: ParsedDocument) -> dict[str, Any]:
    """The reading as JSON."""
    return {
        "paragraphs": [asdict(one) for one in reading.paragraphs],
        "time_limits": [
            {"scope": one.scope, "paragraph": one.paragraph, "span": list(one.limit.span)}
            | one.limit.as_json()
            for one in reading.time_limits
        ],
        "warnings": [one.as_json() for one in reading.warnings],
        "scopes": [asdict(one) for one in reading.scopes],
        "other": [asdict(one) for one in reading.other],
        "unclaimed": [one.as_json() for one in reading.unclaimed],
        "changes": [one.as_json() for one in reading.changes],
        "held": [{"kind": one.kind, "count": one.count, "words": list(one.words)} for one in reading.held],
        "kind": reading.kind,
    }


def from_stored(form: Mapping[str, Any]) -> ParsedDocument:
    """The reading from what ``stored`` gives. Raises ValueError, TypeError or KeyError for another form."""
    return ParsedDocument(
        paragraphs=tuple(Paragraph(**one) for one in form["paragraphs"]),
        time_limits=tuple(
            PlacedLimit(one["scope"], one["paragraph"], _limit(one)) for one in form["time_limits"]
        ),
        warnings=tuple(ReaderWarning(**one) for one in form["warnings"]),
        scopes=tuple(Scope(**one) for one in form["scopes"]),
        other=tuple(OtherText(**one) for one in form["other"]),
        unclaimed=tuple(NumberNobodyClaimed(**one) for one in form["unclaimed"]),
        changes=tuple(_change(one) for one in form["changes"]),
        held=tuple(Held(one["kind"], one["count"], tuple(one["words"])) for one in form["held"]),
        kind=form["kind"],
    )


def _change(form: Mapping[str, Any]) -> Change:
    at = None if form["at"] is None else datetime.fromisoformat(form["at"])
    return Change(**{**form, "kind": ChangeKind(form["kind"]), "at": at})


def _limit(form: Mapping[str, Any]) -> TimeLimit:
    unit, joined = form.get("unit"), form.get("joined")
    first, until = form["span"]
    return TimeLimit(
        phrase=form["phrase"],
        amount=form["amount"],
        unit=None if unit is None else Unit(unit),
        qualifier=form["qualifier"],
        kind=Kind(form["kind"]),
        span=(first, until),
        problem=form.get("problem"),
        lengths=tuple(read_period(one) for one in form.get("lengths", ())),
        joined=None if joined is None else Joined(joined),
        hour=read_hour(form["hour"]) if "hour" in form else None,
        cycle=read_cycle(form["cycle"]) if "cycle" in form else None,
        **{name: bool(form.get(name)) for name in _FLAGS},
    )
