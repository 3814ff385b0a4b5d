"""An hour of the day in the words of a limit: "by 10:00", "before 12 noon", "close of business" (R39).

Patterns run on levelled text (see :mod:`contracts.terms.amounts`). A clock that is not London's, and an hour
that could be of the morning or the afternoon, leave the hour unclear.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time

from contracts.terms.limit import Edge, Hour

CLOSE_OF_BUSINESS = time(17)
"""What "close of business" means until the contract says its hour (R39); a limit with it is flagged."""

_CLOCK = (
    r"\d{4}(?:\s*(?:hours|hrs|h\b)|(?=\s+on\b))"
    r"|\d{1,2}(?:[:.]\d\d)?\s*(?:[ap]\.m\.|[ap]\.?m\b|noon|hours|hrs|h\b|o'clock)?"
)
_CLOSE = (
    r"(?:the\s+)?(?:close|end)\s+of\s+(?:business|play|the\s+(?:working|business)\s+day(?=\s+on\b))|(?-i:COB)"
)
CLOCK_TIME = rf"(?:{_CLOCK}|noon|midday|midnight|{_CLOSE})"
_ZONE = r"(?:\s*,?\s*\(?(?P<zone>(?-i:[A-Z]{3,4})|\w+\s+time)\)?(?!\w))?"
HOUR = rf"(?P<clock>{CLOCK_TIME}){_ZONE}(?:\s*,?\s*at\s+the\s+latest)?"
"""An hour, wherever it stands; its groups are ``clock`` and ``zone``."""

LEADS = r"on\s+or\s+before|(?:by\s+)?(?:no|not)\s+later\s+than|by|before|prior\s+to|until|at"
HOUR_ON = rf"(?:{HOUR}\s+(?:on|of)\s+(?:the\s+day\s+(?:that|which)\s+is\s+)?)?"
"""An hour in front of the day that it is an hour of: "12 noon on the next Working Day"."""

_HOUR_BEFORE = re.compile(rf"(?<![\w-])(?P<lead>{LEADS})\s+{HOUR}\s*(?:on\s+(?:the\s+)?(?:day\s+)?)?$", re.I)
_HOUR_AFTER = re.compile(
    rf"\s*,?\s*(?:and\s+)?\(?(?P<lead>{LEADS})\s+{HOUR}(?!\s*[\d%]|\s+\w*day\b)"
    r"(?!\s+(?:on|of)\s+(?!the\s+last\s+(?:of|day|such)\b|that\s+day|the\s+day\b|those\b))\)?"
    r"(?:\s+on\s+(?:the\s+last\s+(?:of\s+them|day|such\s+day|of\s+those\s+days)|that\s+day|the\s+day))?",
    re.I,
)
_PARTS = re.compile(r"(?P<hours>\d{1,2})(?:[:.]?(?P<minutes>\d\d))?\s*(?P<half>[ap])?", re.I)
_OURS = ("london time", "uk time", "local time")


@dataclass(frozen=True, slots=True)
class HourFound:
    """An hour met beside a limit. ``hour`` is None where the words leave it open; then ``unclear``."""

    start: int
    end: int
    hour: Hour | None
    unclear: bool = False


def hour_of(match: re.Match[str]) -> HourFound | None:
    """The hour in a match of a pattern with :data:`HOUR` and a ``lead``; None where it has none."""
    if match.groupdict().get("clock") is None:
        return None
    at, assumed = _read(match["clock"]), bool(re.search(r"business|play|working|cob", match["clock"], re.I))
    lead = (match["lead"] or "").lower()
    if at is None or (match["zone"] and match["zone"].lower() not in _OURS):
        return HourFound(match.start(), match.end(), None, True)
    edge = Edge.BEFORE if lead in ("before", "prior to") or lead.startswith("prior") else Edge.BY
    return HourFound(match.start(), match.end(), Hour(at, edge, assumed))


def hour_before(plain: str, place: int) -> HourFound | None:
    """The hour that ends just before ``place``: "no later than 3pm two Working Days before"."""
    start = max(0, place - 60)
    match = _HOUR_BEFORE.search(plain[start:place])
    found = hour_of(match) if match else None
    if found is None:
        return None
    return HourFound(start + found.start, place, found.hour, found.unclear)


def hour_after(plain: str, place: int) -> HourFound | None:
    """The hour that follows at ``place``: "within 2 Working Days by 16:00"."""
    match = _HOUR_AFTER.match(plain, place)
    if match is None or re.fullmatch(r"\d{1,2}\s*", match["clock"]):
        return None
    return hour_of(match)


def _read(clock: str) -> time | None:
    """The time of day; None for midnight, for 25:00, and for 5:00, which may be of the afternoon."""
    words = clock.lower()
    if "midnight" in words:
        return None
    if "noon" in words or "midday" in words:
        number = re.match(r"\d+", words)
        return time(12) if number is None or int(number[0]) == 12 else None
    if not words[0].isdigit():
        return CLOSE_OF_BUSINESS
    return _on_the_clock(words)


def _on_the_clock(words: str) -> time | None:
    parts = _PARTS.match(words)
    assert parts is not None
    hours, minutes, half = int(parts["hours"]), int(parts["minutes"] or 0), parts["half"]
    if half is not None:
        hours = _of_half(hours, half)
    elif parts["minutes"] is None or (hours < 8 and not words.startswith("0")):
        return None
    return time(hours, minutes) if hours < 24 and minutes < 60 else None


def _of_half(hours: int, half: str) -> int:
    """The hour of 24; 24 for what is none, and for 12am, midnight, which begins a day and ends one."""
    if half == "p":
        return hours % 12 + 12 if 1 <= hours <= 12 else 24
    return hours if 1 <= hours < 12 else 24
