"""A duty as one line of a list: what, from which paragraph, about what, by when, and how it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.urls import reverse

from contracts.models import Contract
from contracts.terms.moments import Day, london_day, long_day
from contracts.web.text.presenters import place
from contracts.web.variations.presenters import Tag
from contracts.web.words import count, due_words, moment_words, on_or_at, short_day, time_left
from obligations.models import ACTIVE_PHASES, Duty, Miss, Phase
from obligations.rules.engine.absences import Absence
from obligations.rules.engine.standing import Standing
from obligations.rules.time.derivation import Deadline
from obligations.services.absences import absence_of
from obligations.web.standing import OPEN, tag


@dataclass(frozen=True)
class DutyLine:
    """What a list shows of one duty."""

    title: str
    href: str
    paragraph: str
    schedule: str
    subject: str
    party: str
    due: str
    due_short: str
    left: str
    late: bool
    tag: Tag
    marks: list[Tag] = field(default_factory=list)
    claimed: str = ""
    absent: str = ""


def line(contract: Contract, duty: Duty, now: datetime) -> DutyLine:
    """One line. ``duty`` comes with its obligation, paragraph and schedule."""
    stands = duty.standing_at(now)
    paragraph = duty.obligation.paragraph
    return DutyLine(
        title=duty.title,
        href=reverse("duty", args=[contract.pk, duty.pk]),
        paragraph=place(paragraph.scope, paragraph.number),
        schedule=paragraph.schedule.title,
        subject=duty.subject,
        party=party_words(contract, duty.party),
        due=_due_or_none(duty),
        due_short=_short(duty),
        left=left(duty, stands, now),
        late=stands is Standing.OVERDUE,
        tag=tag(duty, now),
        marks=marks(duty),
        claimed=claimed(contract, duty),
        absent=absent(absence_of(duty, now, counted=False)),
    )


def absent(found: Absence | None) -> str:
    """What was not there in its period, in one sentence; "" for nothing (R16)."""
    if found is None:
        return ""
    if found.first == found.last:
        return f"Nothing done by the end of {long_day(found.last)} is on record"
    return f"Nothing done from {long_day(found.first)} to {long_day(found.last)} is on record"


def _with_care(words: str, careful: bool) -> str:
    """A date in words; one that is no limit says so (R48)."""
    return f"With care {words}" if careful else words


def dated(deadline: Deadline, without: str = "") -> str:
    """By when, of a duty as the engine gives it; ``without`` where it has no date."""
    if deadline.due_at is None:
        return without
    return _with_care(due_words(deadline.due_at), deadline.careful)


def _short(duty: Duty) -> str:
    if duty.due_date is None:
        return _due_or_none(duty)
    return _with_care(short_day(duty.due_date), duty.careful)


def party_words(contract: Contract, party: str) -> str:
    """The party in the contract's own word."""
    return contract.word_for(party)


def due(duty: Duty) -> str:
    """By when, in words: a day, an hour of a day, or the contract's own word."""
    if duty.due_at is None:
        nothing = "No date while suspended" if duty.phase == Phase.SUSPENDED else "No date"
        return quoted(duty.word) if duty.word else nothing
    return _with_care(due_words(duty.due_at), duty.careful)


def _due_or_none(duty: Duty) -> str:
    """By when; or for what had no date and waits for a decision, that there is none."""
    undated = duty.phase == Phase.AWAITING and duty.due_at is None and not duty.word
    return "No time limit" if undated else due(duty)


def quoted(words: str) -> str:
    """The contract's own words between quotation marks."""
    return f"“{words}”"


def left(duty: Duty, stands: Standing, now: datetime) -> str:
    """How long is left, where anything is."""
    if duty.retention and stands is Standing.LATER:
        return "Keep at least until the end of this day"
    if stands in OPEN and duty.due_at is not None:
        words = _left_until(duty, duty.due_at, now)
        return f"{words}; {quoted(duty.word)}" if duty.word else words
    if stands is Standing.AWAITING_DECISION:
        done = duty.done_at or duty.done_on
        return f"Done {on_or_at(done)}, waiting for a decision" if done else "Waiting for a decision"
    return ""


def _left_until(duty: Duty, due_at: datetime, now: datetime) -> str:
    if duty.careful:
        return f"No limit yet{', so not late' if due_at < now else f': {time_left(due_at, now)} with care'}"
    return late_by_the_limit(duty, now) or time_left(due_at, now)


def late_by_the_limit(duty: Duty, now: datetime) -> str:
    """How late it is by the limit that had gone when it was recorded (R10); "" where none had."""
    gone = duty.limit_gone
    if gone is None or duty.due_at is None or duty.due_at >= now:
        return ""
    late = count(max((london_day(now) - london_day(gone)).days, 1), "day")
    return f"The limit, {short_day(london_day(gone))}, had gone when this was recorded: {late} overdue by it"


def claimed(contract: Contract, duty: Duty) -> str:
    """The date that an open claim would give, and for whom it waits (R46); "" where none is open."""
    told = []
    for one in duty.derivation.get("claimed", ()) if duty.phase in ACTIVE_PHASES else ():
        what = "proposed" if one["agreement"] else "claimed"
        told.append(f"{what}: {claimed_date(one)}, waits for the {contract.word_for(one['waits_for'])}")
    words = "; ".join(dict.fromkeys(told))
    return words[:1].upper() + words[1:]


def claimed_date(one: Mapping[str, Any]) -> str:
    """The date that a claim would give; how the duty would stand where it would have none."""
    if one["due_date"]:
        return short_day(Day.fromisoformat(one["due_date"]))
    return str(one["state"]).replace("_", " ")


def marks(duty: Duty) -> list[Tag]:
    """What to know about the date: it may move, or the words allow another."""
    found = []
    if duty.provisional:
        found.append(Tag("Provisional date", "grey"))
    if duty.careful:
        found.append(Tag("Careful date", "grey"))
    if duty.flagged and (duty.derivation.get("readings") or not duty.careful):
        found.append(Tag("Another reading", "grey"))
    if getattr(duty, "missed_by", None) is not None:
        found.append(Tag("Missed", "red"))
    return found


def missed_words(miss: Miss) -> str:
    """What the record says of a miss: what would have moved it, or what shows that it was none (R49)."""
    if miss.until is not None:
        limit, until = due_words(miss.limit), moment_words(miss.until)
        return f"{limit}: was recorded as missed until {until}, because of this: {miss.because}"
    beside = "it would not be owed" if miss.instead is None else f"it would be due {due_words(miss.instead)}"
    return f"{due_words(miss.limit)}. It stays on the record. By what came later {beside}: {miss.despite}"
