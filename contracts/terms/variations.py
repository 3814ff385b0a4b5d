"""When a signed variation takes effect (R28; Variation Form clause 4)."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.terms.moments import Day


@dataclass(frozen=True, slots=True)
class Effective:
    """The day a variation takes effect. ``flagged`` where the supplier signed after the Authority."""

    day: Day
    flagged: bool


def effective(supplier_signed: Day | None, authority_signed: Day | None) -> Effective | None:
    """The effective day once both sides have signed, or None (R28).

    It is the day the Authority signs; where the supplier signs later, the later day, flagged.
    Unsigned or half signed, a variation has no effect.
    """
    if supplier_signed is None or authority_signed is None:
        return None
    if supplier_signed > authority_signed:
        return Effective(supplier_signed, flagged=True)
    return Effective(authority_signed, flagged=False)


def covers(stopped: str, path: str) -> bool:
    """Whether an effect on paragraph ``stopped`` reaches ``path``: itself and everything under it (R29).

    Both are paths such as ``main/5``. ``main/5`` covers ``main/5.4.1(a)`` but not ``main/50`` and not
    row 5 of Annex 1.
    """
    return path == stopped or (path.startswith(stopped) and path[len(stopped)] in ".(/")
