"""Which duty of the engine a row is, and what of the engine's answer a row keeps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from contracts.terms.moments import Day, When, is_moment, london_day
from obligations.rules.register.duty import Duty as Derived
from obligations.rules.register.rulebook import Rulebook

Key = tuple[str, str, str, str]
"""What identifies a duty on a contract: rulebook, rule, subject, occurrence."""


class Identified(Protocol):
    """What is read of a row to tell which duty it is."""

    obligation: Any
    subject: str
    occurrence: str


def derivation_of(
    duty: Derived, calendar: Mapping[str, Any], version: Rulebook, edition: int
) -> dict[str, Any]:
    """The proof of a duty's date as it is stored, with the version of the rulebook, the edition of the engine
    and the calendar it was worked out by.
    """
    claimed = {"claimed": [one.as_json() for one in duty.claimed]} if duty.claimed else {}
    more = {
        "hour_clock": duty.deadline.hour_clock,
        "periods_missed": duty.missed,
        "consequence": duty.consequence,
        "calendar": calendar,
        "rulebook": version.as_json(),
        "edition": edition,
    }
    return duty.deadline.as_json() | claimed | more


def key_of(row: Identified) -> Key:
    """Which duty of the engine a row is; the row's contract is taken as known."""
    return row.obligation.rulebook_key, row.obligation.rule_key, row.subject, row.occurrence


def when_done(done: When | None) -> tuple[Day | None, datetime | None]:
    """The day on which something was done, and the moment where one is known."""
    if done is None:
        return None, None
    return london_day(done), done if is_moment(done) else None


def cut(text: str, most: int = 200) -> str:
    """A text that fits its column."""
    return text if len(text) <= most else text[: most - 1] + "…"
