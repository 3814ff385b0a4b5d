"""How a page names the duties that a choice would move, before it is made."""

from __future__ import annotations

from collections.abc import Sequence

from obligations.rules.register.duty import CONTRACT_END, Duty
from obligations.services.choosing.moves import Moved
from obligations.web.lines import dated

MOST = 20
"""Duties named before "and more"."""


def named(moves: Sequence[Moved]) -> list[str]:
    """Each duty with the two dates; the last line says how many more there are."""
    more = len(moves) - MOST
    return [moved(one) for one in moves[:MOST]] + ([f"and {more} more"] if more > 0 else [])


def moved(one: Moved) -> str:
    """One duty with the two dates."""
    duty = one.after or one.before
    assert duty is not None
    subject = f" ({duty.subject})" if duty.subject else ""
    return f"{duty.title}{subject}: from {_due(one.before)} to {_due(one.after)}"


def _due(duty: Duty | None) -> str:
    if duty is None:
        return "nothing due"
    when = dated(duty.deadline, "no date")
    if duty.ended_by == CONTRACT_END:
        return f"{when}, ended with the contract"
    return f"{when}, ended by variation {duty.ended_by}" if duty.ended_by else when
