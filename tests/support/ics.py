"""A strict reading of iCalendar: what RFC 5545 demands of a calendar and of an event, beside the library."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from icalendar import Calendar

LINE = re.compile(
    rb"[A-Z][A-Z0-9-]*(?:;[A-Z0-9-]+=(?:\"[^\"\x00-\x1f]*\"|[^\";:,\x00-\x1f]*))*:[^\x00-\x08\x0a-\x1f\x7f]*"
)
"""Section 3.1: a name, parameters, a value without control characters."""

ONCE = {
    "DTSTAMP", "UID", "DTSTART", "CLASS", "CREATED", "DESCRIPTION", "LAST-MODIFIED", "LOCATION", "ORGANIZER",
    "SEQUENCE", "STATUS", "SUMMARY", "TRANSP", "URL", "DTEND", "DURATION",
}  # fmt: skip
"""Section 3.6.1: what an event has once at most."""

IN_UTC = re.compile(rb"\d{8}T\d{6}Z")
NEEDED = {"DTSTAMP", "UID", "DTSTART"}
PUBLISHED = NEEDED | {"ORGANIZER", "SUMMARY"}
"""RFC 5546, section 3.2.1: what one that is published has too."""


def read(text: bytes) -> dict[str, Any]:
    """The events by UID. Raises AssertionError where the text is no calendar as the standard has it."""
    lines = _unfolded(text)
    _framed(lines)
    calendar = Calendar.from_ical(text)
    assert not calendar.errors, calendar.errors
    assert {"PRODID", "VERSION"} <= set(calendar) and calendar["VERSION"] == "2.0"
    needed = PUBLISHED if calendar.get("METHOD") == "PUBLISH" else NEEDED
    events = {}
    for event in calendar.walk("VEVENT"):
        assert not event.errors, event.errors
        assert needed <= set(event), event
        assert not [one for one in ONCE if isinstance(event.get(one), list)], event
        _timed(event)
        assert str(event["UID"]) not in events, "one UID twice"
        events[str(event["UID"])] = event
    return events


def _unfolded(text: bytes) -> list[bytes]:
    assert text.endswith(b"\r\n") and b"\n" not in text.replace(b"\r\n", b"")
    folded = text.split(b"\r\n")[:-1]
    assert all(len(line) <= 75 for line in folded), "a line is longer than 75 octets"
    for line in folded:
        line.decode()  # no character is cut in two
    lines = text.replace(b"\r\n ", b"").replace(b"\r\n\t", b"").split(b"\r\n")[:-1]
    for line in lines:
        assert LINE.fullmatch(line), line
    return lines


def _framed(lines: list[bytes]) -> None:
    opened: list[bytes] = []
    for line in lines:
        name, _, value = line.partition(b":")
        if name == b"BEGIN":
            opened.append(value)
        elif name == b"END":
            assert opened.pop() == value
        else:
            assert opened, "something stands outside the calendar"
    assert not opened and lines[0] == b"BEGIN:VCALENDAR" and lines.count(b"BEGIN:VCALENDAR") == 1


def _timed(event: Any) -> None:
    for name in ("DTSTAMP", "LAST-MODIFIED", "CREATED"):
        assert IN_UTC.fullmatch(event[name].to_ical()), event
    start = event["DTSTART"].dt
    if isinstance(start, datetime):
        assert IN_UTC.fullmatch(event["DTSTART"].to_ical()) and "DTEND" not in event
    else:
        assert isinstance(start, date) and event["DTSTART"].params["VALUE"] == "DATE"
        assert event["DTEND"].params["VALUE"] == "DATE" and event["DTEND"].dt > start
    assert event["STATUS"] in ("CONFIRMED", "CANCELLED") and int(event["SEQUENCE"]) >= 0
