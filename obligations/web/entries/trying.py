"""Trying an entry: if this happened on a day, it would be due then, because. Nothing is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contracts.services.errors import Refused
from contracts.terms.moments import When
from contracts.web.pages import SignedIn
from contracts.web.words import due_words
from obligations.rules.register.rule import CAUSED
from obligations.services.asking import calendars
from obligations.services.entries.previewing import preview
from obligations.services.entries.proposing import LAST_DAY
from obligations.web.duties.derivation import Workings, of_deadline
from obligations.web.entries.asked import Asked
from obligations.web.entries.forms import TryForm


@dataclass(frozen=True)
class Tried:
    """What one entry would make of it."""

    title: str
    due: str
    workings: Workings | None
    why_not: str = ""


def tried(request: SignedIn, found: Asked, now: datetime) -> dict[str, Any]:
    """The form that asks for a day, and what each entry would make of it; nothing where none has a clock."""
    entries = [one for one in _entries(found) if one.get("shape") not in WITHOUT_A_CLOCK]
    if not any(one.get("shape") in CAUSED for one in entries):
        return {"try_form": None, "tries": [_tried(found, one, now, None) for one in entries]}
    form = TryForm(request.GET if "tried_day" in request.GET else None, auto_id="try_%s")
    if not form.is_valid():
        return {"try_form": form}
    day = form.when("tried", "tried_at")
    return {"try_form": form, "tries": [_tried(found, one, now, day) for one in entries]}


def _entries(found: Asked) -> list[Mapping[str, Any]]:
    """What was decided, else what is proposed."""
    made = found.counted
    return list(made.entries) if made else [_startable(one) for one in found.proposed if one.entry]


def _startable(one: Any) -> Mapping[str, Any]:
    """A proposed entry with some fact that starts it: which one makes no difference to a date."""
    entry = dict(one.entry)
    if entry.get("shape") in CAUSED and not entry.get("on"):
        entry |= {"on": list(one.suggested[:1]) or [_ANY], "once_per": "fact"}
    return entry


_ANY = "agreement_in_force"
WITHOUT_A_CLOCK = ("right", "definition", "continuous")


def _tried(found: Asked, entry: Mapping[str, Any], now: datetime, day: When | None) -> Tried:
    title = str(entry.get("title", ""))
    try:
        details = {entry["event_day"]: day} if day and entry.get("event_day", LAST_DAY) != LAST_DAY else {}
        shown = preview(found.standing, found.paragraph, entry, now, happened=day, details=details)
    except Refused as refused:
        return Tried(title, "", None, refused.message)
    if not shown.duties:
        return Tried(title, "", None, "No duty would come of it.")
    duty = shown.duties[-1]
    due = due_words(duty.deadline.due_at) if duty.deadline.due_at else "No date: it is owed at once"
    return Tried(title, due, of_deadline(duty.deadline, calendars.load().of(found.contract.division)))
