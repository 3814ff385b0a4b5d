"""What a reconciliation changed, for whoever asked for it and for the ledger."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

from contracts.access import Access
from obligations.models import Duty


@dataclass(frozen=True, slots=True)
class Changes:
    """What became of which duties. A duty is in as many lists as things happened to it."""

    raised: list[Duty] = field(default_factory=list)
    redated: list[Duty] = field(default_factory=list)
    closed: list[Duty] = field(default_factory=list)
    ended: list[Duty] = field(default_factory=list)
    withdrawn: list[Duty] = field(default_factory=list)
    reopened: list[Duty] = field(default_factory=list)

    def __bool__(self) -> bool:
        return any((self.raised, self.redated, self.closed, self.ended, self.withdrawn, self.reopened))

    def seen_by(self, access: Access) -> Changes:
        """What this person may be told of it."""
        lists = (getattr(self, one.name) for one in fields(self))
        return Changes(*([duty for duty in duties if access.sees(duty.subject)] for duties in lists))
