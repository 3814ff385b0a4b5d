"""The contract's own rulebook as a content, made of the decisions that count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from contracts.models import Paragraph
from contracts.terms.moments import Day
from obligations.models import EntryOutcome
from obligations.rules.register.entry import decided_files
from obligations.rules.register.rulebook import content_from
from obligations.rules.register.vocabulary import Vocabulary
from obligations.services.asking.vocabulary import OWN
from obligations.services.entries.standing import Standing

BY_THE_CLOCK = ("minutes", "hours", "working_hours", "business_hours", "service_hours")


def book_content(standing: Standing, *, number: int, day: Day) -> dict[str, Any]:
    """What version ``number`` of the schedule's book says, as of this day, were it made now.

    Raises RulebookError where an entry leans on one that is gone.
    """
    nothing = [
        {"path": made.paragraph.path, "title": heading_of(made.paragraph), "why": made.why}
        for made in standing.counting
        if made.outcome == EntryOutcome.NONE
    ]
    headings = {path: heading_of(one) for path, one in standing.by_path.items()}
    header = {
        "key": standing.schedule.outline_key,
        "title": standing.schedule.title,
        "version": number,
        "dated": day.isoformat(),
        "scopes": standing.known.scopes,
    }
    files = decided_files(standing.rules, nothing, headings)
    return content_from(header, files, timed(standing.known.vocabulary, standing.rules))


def heading_of(paragraph: Paragraph) -> str:
    """What a paragraph is called."""
    return paragraph.heading or f"Paragraph {paragraph.number}"


def timed(known: Vocabulary, rules: Iterable[Mapping[str, Any]]) -> Vocabulary:
    """The vocabulary, in which the contract's own kinds need the time of day where a limit in hours runs from
    them (R5).
    """
    by_the_clock = {
        kind
        for rule in rules
        if {rule.get("unit"), *(one.get("unit") for one in rule.get("others", ()))} & {*BY_THE_CLOCK}
        for kind in (*rule.get("on", ()), *rule.get("runs_from", ()))
    }
    kinds = (
        replace(kind, needs_moment=True) if kind.group == OWN and kind.name in by_the_clock else kind
        for kind in known.listed
    )
    return replace(known, listed=tuple(kinds))
