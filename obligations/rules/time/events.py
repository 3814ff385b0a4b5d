"""What can happen to a deadline: the events that ``deadline_from`` turns into a date (R7, R12, R21 to R23,
R28).

Every event may carry the citation of the paragraph that allows it and the key of the record that decided
it; both go into the step that it leaves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from contracts.terms.limit import Limit
from contracts.terms.moments import When
from contracts.terms.periods import Period
from obligations.rules.time.derivation import Step
from obligations.rules.time.reckoning import Reckoning, is_minimum, is_plain

DEFAULT_READING = "the default reading"
RETROSPECTIVE = "retrospective"
PAUSED = "paused meanwhile"
FRESH = "fresh clock from the day"


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another reading that a rule names, for example "from awareness" (R12, R25).

    It replaces the start, the period, or both; or gives the day itself in ``due``; or, with
    ``nothing_due``, says that nothing would be due at all.
    """

    reading: str
    rule: str
    start: When | None = None
    period: Period | None = None
    due: When | None = None
    nothing_due: bool = False


@dataclass(frozen=True, slots=True)
class Start:
    """The clock starts at a day or a moment.

    ``period`` is None where the contract gives a ``word`` and no number (R9). ``qualifier`` is ``at_least``
    for a minimum (R8). ``inclusive`` is for "beginning with": the day itself counts (R1). ``first_bit`` is
    when the duty first bit, where that is later than the start (R10); a bare day there means its end.
    ``repeated_hour`` says that the moment was written without an offset in the hour that October repeats
    (R13). ``reading`` names this reading among the ``alternatives``. ``reckoning``: the whole limit, where it
    is more than one length counted forwards; ``period`` is then its first length, if it has one.
    """

    at: When
    period: Period | None
    qualifier: str | None = None
    inclusive: bool = False
    first_bit: When | None = None
    word: str | None = None
    repeated_hour: bool = False
    alternatives: tuple[Alternative, ...] = ()
    reading: str = DEFAULT_READING
    notes: tuple[Step, ...] = ()
    provisional: bool = False
    citation: str | None = None
    decision: str | None = None
    reckoning: Reckoning | None = None


def start_by(at: When, limit: Limit, reckoning: Reckoning | None = None, **details: Any) -> Start:
    """The clock of a limit, started at ``at``. ``details`` are the other fields of ``Start``.

    ``reckoning``: what its rule and its contract say for it. One length counted forwards needs none of it.
    """
    reckoning = Reckoning(limit) if reckoning is None else reckoning
    qualifier = limit.qualifier if is_minimum(limit) or not limit.before else None
    if is_plain(limit) and not reckoning.moved:
        return Start(at, limit.period, qualifier=qualifier, inclusive=limit.inclusive, **details)
    return Start(
        at, limit.period, qualifier=qualifier, inclusive=limit.inclusive, reckoning=reckoning, **details
    )


@dataclass(frozen=True, slots=True)
class FixedDay:
    """A day that the contract or the calendar fixes, such as an anniversary (R16); ``text`` says which and
    why.
    """

    due: When
    rule: str
    text: str
    first_bit: When | None = None
    word: str | None = None
    alternatives: tuple[Alternative, ...] = ()
    reading: str = DEFAULT_READING
    notes: tuple[Step, ...] = ()
    provisional: bool = False
    citation: str | None = None
    decision: str | None = None


@dataclass(frozen=True, slots=True)
class Suspend:
    """The duty is suspended while something holds (R21)."""

    at: When
    reason: str = ""
    citation: str | None = None
    decision: str | None = None


@dataclass(frozen=True, slots=True)
class Resume:
    """What suspended the duty has ended (R21)."""

    at: When
    reason: str = ""
    citation: str | None = None
    decision: str | None = None


@dataclass(frozen=True, slots=True)
class Extend:
    """A further period added to the end (R7). ``at`` is when what calls for it was found, which decides
    whether it came in time (R23).

    ``or_period`` is another way to read the length ("5 days" as Working Days, R2). With ``only_in_reading``
    the extension does not count in the default reading and is shown as a reading of that name.
    """

    at: When
    period: Period
    or_period: Period | None = None
    only_in_reading: str | None = None
    reason: str = ""
    citation: str | None = None
    decision: str | None = None


@dataclass(frozen=True, slots=True)
class AgreePeriod:
    """Another period agreed for this case, counted from the same start as the limit it replaces (R23)."""

    at: When
    period: Period
    reason: str = ""
    citation: str | None = None
    decision: str | None = None


@dataclass(frozen=True, slots=True)
class Lowered:
    """A laxer limit took the place of this one after it had passed (R20): the miss stands (R23, R49).

    ``due``: the end of the laxer limit, the cure date; None where there is none. ``reason``: what it is now.
    """

    at: When
    due: When | None
    reason: str
    citation: str | None = None
    decision: str | None = None


@dataclass(frozen=True, slots=True)
class Choose:
    """An authorised person chose a reading, with a reason, on the record (R12)."""

    reading: str
    reason: str = ""
    citation: str | None = None
    decision: str | None = None


@dataclass(frozen=True, slots=True)
class End:
    """The duty ended; it keeps its due date (R28)."""

    at: When
    reason: str = ""
    rule: str = "R28"
    citation: str | None = None
    decision: str | None = None


Event: TypeAlias = Start | FixedDay | Suspend | Resume | Extend | AgreePeriod | Lowered | Choose | End
