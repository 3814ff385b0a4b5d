"""The law's clocks for personal data, beside the contract's and never as their date.

The controller tells the ICO within 72 hours of becoming aware (UK GDPR, Article 33(1)); the processor tells
the controller without undue delay (Article 33(2)). The hours run from moment to moment, through nights,
weekends and clock changes (R5), and their end is not moved (R42, decision 0013).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from contracts.terms.moments import Moment, When, first_moment, is_moment
from contracts.terms.periods import Period, Unit
from obligations.rules.time.counting import by_the_clock

HOURS = Period(72, Unit.HOURS)
PARTIES = ("supplier", "authority")


@dataclass(frozen=True, slots=True)
class LawClock:
    """One clock of the law. ``due_at`` is None where there is no number (Article 33(2)) or it has not begun.

    ``whole_day``: only the day of awareness is known, so the hours are counted from its beginning.
    """

    article: str
    party: str
    begins: When | None
    due_at: Moment | None
    whole_day: bool = False

    @property
    def running(self) -> bool:
        """Whether it has begun."""
        return self.begins is not None


def clocks(controller: str, aware: Mapping[str, When]) -> list[LawClock]:
    """The clocks for a controller (authority, supplier, joint, none) and when each party became aware.

    A party that is not in ``aware`` does not know yet: its 72 hours have not begun.
    """
    if controller == "none":
        return []
    controllers = PARTIES if controller == "joint" else (controller,)
    found = [_ico(party, aware.get(party)) for party in controllers]
    processors = [party for party in PARTIES if party not in controllers]
    found += [LawClock("33(2)", one, aware[one], None) for one in processors if one in aware]
    return found


def _ico(party: str, begins: When | None) -> LawClock:
    if begins is None:
        return LawClock("33(1)", party, None, None)
    return LawClock("33(1)", party, begins, by_the_clock(first_moment(begins), HOURS), not is_moment(begins))


def when_aware(
    aware_party: str, noticed: When, told: When | None, reported: tuple[str, Moment] | None = None
) -> dict[str, When]:
    """When each party became aware: who noticed it then, the other when it was told.

    ``reported``: the side that reported it, and when: it was aware by then at the latest.
    """
    noticed_by = PARTIES if aware_party == "both" else (aware_party,)
    found = dict.fromkeys(noticed_by, noticed)
    for party in PARTIES:
        if party not in found and told is not None:
            found[party] = told
    if reported is not None and reported[0] in PARTIES:
        party, at = reported
        found[party] = min(found.get(party, at), at, key=first_moment)
    return found
