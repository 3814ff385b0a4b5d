"""What the pages of bank holidays say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from contracts.models import LongWork, WorkState
from contracts.terms.moments import Day, london_day, long_day
from contracts.web.text.presenters import place
from contracts.web.variations.presenters import Tag
from contracts.web.words import count, due_words, moment_words, short_day
from contracts.web.work.presenters import outcome
from obligations.models import CalendarChange, CalendarMove, ChangeState
from obligations.rules.time.published import PLACES
from obligations.rules.time.working_days import DIVISIONS
from obligations.services.asking.calendars import Calendars

COLOURS = {
    ChangeState.PROPOSED: "blue",
    ChangeState.READY: "yellow",
    ChangeState.APPLYING: "blue",
    ChangeState.APPLIED: "green",
    ChangeState.WITHDRAWN: "grey",
}
NEXT = 10
"""Coming holidays shown of each division."""


@dataclass(frozen=True)
class DayRow:
    """One holiday."""

    day: str
    name: str


@dataclass(frozen=True)
class DivisionRows:
    """The coming holidays of one division."""

    name: str
    days: list[DayRow]


@dataclass(frozen=True)
class ChangeRow:
    """One change in the list."""

    title: str
    href: str
    about: str
    tag: Tag


@dataclass(frozen=True)
class EffectRow:
    """What a change does to one day."""

    division: str
    day: str
    what: str


@dataclass(frozen=True)
class MoveRow:
    """One duty of the preview: its date now and then."""

    contract: str
    title: str
    paragraph: str
    subject: str
    old: str
    new: str


@dataclass(frozen=True)
class Fact:
    """A line of the summary."""

    key: str
    value: str
    value_href: str = ""


def coming(known: Calendars, today: Day) -> list[DivisionRows]:
    """The next holidays of each division."""
    found = []
    for division in PLACES:
        days = [(day, name) for day, name in sorted(known.lists.days[division].items()) if day >= today]
        rows = [DayRow(short_day(day), name) for day, name in days[:NEXT]]
        found.append(DivisionRows(DIVISIONS[division], rows))
    return found


def row(change: CalendarChange) -> ChangeRow:
    """A change as one line."""
    proposed = f"Proposed at {moment_words(change.proposed_at)} by {change.proposed_by_name}"
    return ChangeRow(
        title=title(change), href=reverse("holiday_change", args=[change.pk]), about=proposed, tag=tag(change)
    )


def title(change: CalendarChange) -> str:
    return change.called


def tag(change: CalendarChange) -> Tag:
    return Tag(change.get_state_display(), COLOURS[ChangeState(change.state)])


def effects(change: CalendarChange) -> list[EffectRow]:
    """Day by day what the change says, by division."""
    told = change.change
    rows = []
    for what, by_place in (("Added", told.added), ("Removed", told.removed), ("Named anew", told.renamed)):
        for division, days in by_place.items():
            for day, name in sorted(days.items()):
                rows.append(EffectRow(DIVISIONS[division], short_day(day), f"{what}: {name}"))
    return rows


def summary(change: CalendarChange, kept: int) -> list[Fact]:
    """Who did what to the change, and when. ``kept``: moves that the reader may not know of."""
    told = [
        Fact("Source", change.source),
        Fact("Proposed", f"{moment_words(change.proposed_at)} by {change.proposed_by_name}"),
    ]
    if change.takes_back:
        told.append(
            Fact(
                "Takes back", title(change.takes_back), reverse("holiday_change", args=[change.takes_back.pk])
            )
        )
    if edge := change.change.edge:
        told.append(Fact("Holidays then known to", long_day(edge)))
    if change.previewed_at:
        told.append(Fact("Preview", f"{count(change.previewed_moves - kept, 'date')} would move, as of "
                                    f"{moment_words(change.previewed_at)}"))  # fmt: skip
    if change.apply_from:
        told.append(Fact("Applied", f"{moment_words(change.apply_from)} by {change.applied_by_name}, "
                                    f"as version {change.version} of the calendars"))  # fmt: skip
    if change.applied_at:
        told.append(
            Fact(
                "Finished",
                f"{moment_words(change.applied_at)}: {count(change.moved - kept, 'duty', 'duties')} redated",
            )
        )
    if change.withdrawn_at:
        told.append(Fact("Withdrawn", f"{moment_words(change.withdrawn_at)} by {change.withdrawn_by_name}: "
                                      f"{change.withdrawn_reason}"))  # fmt: skip
    return told


def moves(rows: Iterable[CalendarMove]) -> list[MoveRow]:
    """The lines of the preview."""
    return [
        MoveRow(
            contract=f"{one.contract.reference} {one.contract.title}",
            title=one.duty.title,
            paragraph=place(one.duty.obligation.paragraph.scope, one.duty.obligation.paragraph.number),
            subject=one.duty.subject,
            old=_when(one.old_due_at),
            new=_when(one.due_at),
        )
        for one in rows
    ]


def _when(moment: datetime | None) -> str:
    return due_words(moment) if moment else "No date"


def under_way(change: CalendarChange, work: LongWork | None) -> str:
    """What is being done with a change, or why nothing is."""
    doing = "The open duties are being redated."
    if change.state == ChangeState.PROPOSED:
        doing = "The preview is being worked out."
    if work is None or not work.is_finished or work.state == WorkState.DONE:
        return doing
    return f"{work.title}. {outcome(work)}"


def still_faulty(left: int) -> str:
    """After another attempt: how many contracts are still not worked out."""
    return f"{count(left, 'contract')} could still not be worked out."


def last_day(known: Calendars) -> str:
    return long_day(known.lists.edge)


def is_past(change: CalendarChange) -> bool:
    """Whether it speaks about days that had passed when it was proposed."""
    today = london_day(change.proposed_at)
    return any(day < today for days in change.change.moving().values() for day in days)
