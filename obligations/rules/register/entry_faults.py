"""What the reader of rulebooks says of an entry, at the field that it speaks of and without its own terms."""

from __future__ import annotations

import re
from collections.abc import Collection

ONE_LENGTH = "Take this out: it goes with a limit of one or more lengths, and there is none."
STARTED = (
    "Take this out, or say what has to happen for it to be owed: it goes with a limit that something starts."
)

SAID: tuple[tuple[str, str, str], ...] = (
    ("can only depend on settings", "conditions", "Only what something starts can depend on its details."),
    ("agreed_date goes with", "agreed_date", "A day kept in another document takes the place of a limit."),
    ("all_of and met_by", "all_of", "Choose what meets it together, or what meets it alone: one of them."),
    ("all_of needs two", "all_of", "Choose two kinds of fact or more, or let one of them meet it alone."),
    ("a cycle or amount and unit", "cycle", "Enter a place in the calendar, or a length: one of the two."),
    (
        "a standstill is no minimum",
        "standstill",
        "What may not be done before a day is no time to keep something.",
    ),
    (
        "deemed goes without an approver",
        "deemed",
        "Where silence is an answer, nobody’s decision is waited for.",
    ),
    ("deemed goes with", "deemed", "Silence speaks at the end of a limit: enter how long there is."),
    (
        "is none of met_by",
        "deemed",
        "Silence can only stand for what would have met it: add that to what meets it.",
    ),
    (
        "each_day_until goes with",
        "each_day_until",
        "What is owed each day has no other limit, and something starts it.",
    ),
    (
        "event_day of a one-off",
        "event_day",
        "What is owed once can only be counted back from the contract’s end.",
    ),
    ("event_day goes with a limit", "event_day", "Enter how long before or after that day it is due."),
    (
        "is not a day among the details",
        "event_day",
        "What starts it does not tell the day of something to come.",
    ),
    ("every goes with shape recurring", "every", "Only what is owed again and again comes back."),
    (
        "hour goes with a limit in days",
        "hour",
        "An hour goes with a limit in days or with a place in the calendar.",
    ),
    ("hour is of a day", "hour", "A limit in hours or minutes ends at its own hour: take this one out."),
    (
        "hours goes with Working",
        "hours",
        "Hours of work go with a limit in Working, Business or Service Hours.",
    ),
    (
        "moved goes with a limit that runs",
        "moved",
        "Only a limit that runs forwards is moved to the next Working Day.",
    ),
    ("others goes with amount", "others", "Enter the first length before the further ones."),
    ("several lengths need joined", "joined", "Say how the lengths go together: the earlier, the later…"),
    ("with one arm", "joined", "Enter the other length, or take out how they go together."),
    ("periods_from goes with a cycle", "periods_from", "A first month goes with a place in the calendar."),
    ("prior and fresh contradict", "prior", "An act before its cause counts or never counts: choose one."),
    ("prior goes with", "prior", "Only what something starts can be done before it."),
    ("in_place goes with shape gate", "in_place", "Only what must come before something else has this."),
    ("needs several kinds of fact in on", "start", "Choose several things that start it, or take this out."),
    ("start and former", "former", "Choose from which fact it runs, or the entry it follows: one of them."),
    (
        "has one length, counted forwards",
        "amount",
        "What comes back after the last time has one length, counted on.",
    ),
    ("names the unknown rule", "", "There is no such entry in this schedule."),
    ("claim goes with shape right", "claim", "Only a right that something starts is claimed."),
    ("goes with a limit that a fact starts", "", STARTED),
    ("goes with a rule that a fact starts", "", STARTED),
    ("goes with amount and unit", "", ONE_LENGTH),
    ("is not one of", "", "Choose one that is offered."),
    ("is not known", "", "Choose one that is offered."),
    ("unknown key", "", "An entry has nothing of this name."),
)
"""Words of the reader, the field where they do not name it first, and what a person is told."""


def at_its_field(text: str, keys: Collection[str]) -> tuple[str, str]:
    """The field that the reader's words speak of, and what a person is told. ``keys``: those of the entry."""
    spoken = [name for name in (*keys, "on", "amount") if re.search(rf"\b{re.escape(name)}\b", text)]
    named = min(spoken, key=lambda name: (text.find(name), -len(name)), default="")
    for part, field, says in SAID:
        if part in text:
            return field or named, says
    return named, f"This does not go together: {text}."
