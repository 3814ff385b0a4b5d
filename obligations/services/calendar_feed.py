"""What somebody's calendar program is given: the dates that they may see, as iCalendar (RFC 5545).

Who asks is that person, by the gate and by the policies of the database. Each duty is one event, under the
same UID for good: another date is another SEQUENCE of it, and what was met or ended lately is cancelled.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parseaddr

from django.conf import settings
from icalendar import Calendar, Event, vCalAddress, vDuration

from contracts.models import Contract, Person
from contracts.services.mailing import mail_domain
from contracts.terms.moments import ONE_DAY, end_of_day
from contracts.terms.restricted import is_reserved
from obligations import selectors
from obligations.models import ACTIVE_PHASES, Duty, Phase
from obligations.services.notices.notice_mail import duty_url, place, when

MOST = 2000
"""Events at most, those nearest to the present: a calendar program reads all of them every time."""

REFRESH = timedelta(hours=1)
"""How often a program is asked to look."""


def calendar_of(person: Person, now: datetime) -> bytes:
    """The calendar of a person at a moment; the same bytes while nothing in it changes. 1 query.

    Asks as whoever asks: the caller says that it is this person.
    """
    duties = selectors.dated_duties(person, now, most=MOST + 1)
    calendar = _empty(more=len(duties) > MOST)
    for duty in sorted(duties[:MOST], key=lambda one: (one.due_at, one.pk)):
        calendar.add_component(_event(duty))
    text: bytes = calendar.to_ical()
    return text


def _empty(*, more: bool) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//Duly//Calendar feed//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    for name in ("name", "x-wr-calname"):
        calendar.add(name, "Duly")
    if more:
        says = f"Only the {MOST} dates nearest to today. All of them are in Duly."
        for name in ("description", "x-wr-caldesc"):
            calendar.add(name, says)
    calendar.add("refresh-interval", vDuration(REFRESH), parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", vDuration(REFRESH))
    return calendar


def _event(duty: Duty) -> Event:
    """A day as a whole day, whose end is the day after; a limit in hours as that moment."""
    assert duty.due_at is not None and duty.due_date is not None
    event = Event()
    event.add("uid", f"duty-{duty.pk}@{mail_domain()}")
    event.add("dtstamp", _whole(duty.changed_at))
    event.add("last-modified", _whole(duty.changed_at))
    event.add("created", _whole(duty.created_at))
    event.add("sequence", duty.deadline_version - 1)
    event.add("status", "CONFIRMED" if _stands(duty) else "CANCELLED")
    if duty.due_at == end_of_day(duty.due_date):
        event.add("dtstart", duty.due_date)
        event.add("dtend", duty.due_date + ONE_DAY)
    else:
        event.add("dtstart", _whole(duty.due_at))
    event.add("summary", _summary(duty))
    event.add("description", "\n".join(_words(duty)))
    event.add("url", duty_url(duty))
    event.add("categories", [duty.contract.reference])
    event.add("class", "CONFIDENTIAL" if is_reserved(duty.subject) else "PRIVATE")
    event.add("transp", "TRANSPARENT")
    event.add("organizer", _sender())
    return event


def _stands(duty: Duty) -> bool:
    return duty.phase in ACTIVE_PHASES and duty.contract.closed_at is None


def _whole(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)


def _sender() -> vCalAddress:
    sender = vCalAddress(f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}")
    sender.params["cn"] = "Duly"
    return sender


def _summary(duty: Duty) -> str:
    about = f" ({duty.subject})" if duty.subject else ""
    what = f"{duty.title}{about}, {place(duty.obligation.paragraph)}, {duty.contract.reference}"
    return " ".join(f"{_before(duty)}{what}".split())


def _before(duty: Duty) -> str:
    """What to know of the date before anything else: it is no limit (R8, R48), or it waits for somebody."""
    if duty.phase == Phase.AWAITING:
        return "Waiting for a decision: "
    if duty.retention:
        return "Keep until: "
    return "With care: " if duty.careful else ""


def _words(duty: Duty) -> list[str]:
    paragraph, contract = duty.obligation.paragraph, duty.contract
    return [
        _by_when(duty, contract),
        f"Where it says so: {paragraph.schedule.title}, {place(paragraph)}.",
        f"Contract: {contract.reference}, {contract.title}.",
        duty_url(duty),
    ]


def _by_when(duty: Duty, contract: Contract) -> str:
    owing = f"The {contract.word_for(duty.party)}"
    if not _stands(duty):
        why = "The contract is closed" if duty.phase in ACTIVE_PHASES else duty.get_phase_display()
        return f"{why}. {owing} had until {when(duty)}."
    if duty.phase == Phase.AWAITING:
        return f"{owing} did this and waits for a decision. The limit is {when(duty)}."
    if duty.retention:
        return f"{owing} keeps this at least until {when(duty)}."
    if duty.careful:
        care = f"With care by {when(duty)}: the day that the limit runs from is to be found."
        return f"{owing} owes this now. {care}"
    return f"{owing} owes this by {when(duty)}."
