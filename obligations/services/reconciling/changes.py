"""What a reconciliation changed, for whoever asked for it and for the ledger."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from contracts.access import Access
from obligations.models import Duty


@dataclass(frozen=True, slots=True)
class Changes:
    """What became of which duties. A duty is in as many lists as things happened to it.

    ``altered``: who owes it, its title or who decides is another, and not its date. ``stays``: missed or
    closed duties that keep the date they were judged by although a version or an edition that was taken over
    says otherwise. ``by_both``: of all these, those that the engine's offered edition judged as well.
    ``due`` and ``outcomes``: the last moment in time before and after, and what the engine says, by the row's
    identity in memory, as a raised one may have no key yet.
    """

    raised: list[Duty] = field(default_factory=list)
    redated: list[Duty] = field(default_factory=list)
    closed: list[Duty] = field(default_factory=list)
    ended: list[Duty] = field(default_factory=list)
    withdrawn: list[Duty] = field(default_factory=list)
    reopened: list[Duty] = field(default_factory=list)
    altered: list[Duty] = field(default_factory=list)
    stays: list[Duty] = field(default_factory=list)
    by_both: list[Duty] = field(default_factory=list)
    due: dict[int, tuple[datetime | None, datetime | None]] = field(default_factory=dict)
    outcomes: dict[int, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.every)

    @property
    def every(self) -> list[Duty]:
        """Every duty to which something happened, as often as something did."""
        lists = (self.raised, self.redated, self.closed, self.ended, self.withdrawn, self.reopened)
        return [duty for duties in (*lists, self.altered) for duty in duties]

    def seen_by(self, access: Access) -> Changes:
        """What this person may be told of it."""

        def seen(duties: list[Duty]) -> list[Duty]:
            return [duty for duty in duties if access.sees(duty.subject)]

        return Changes(
            raised=seen(self.raised),
            redated=seen(self.redated),
            closed=seen(self.closed),
            ended=seen(self.ended),
            withdrawn=seen(self.withdrawn),
            reopened=seen(self.reopened),
            altered=seen(self.altered),
            stays=seen(self.stays),
            by_both=seen(self.by_both),
            due=self.due,
            outcomes=self.outcomes,
        )
