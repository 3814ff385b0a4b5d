"""Reminders that something stops being said not to be exploitable: 14, 7 days and 1 day before its limit runs
again (R21), to who works for the side that patches.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from obligations.models import ClaimState, FactRecord, Notice
from obligations.rules.engine.held import Ahead
from obligations.rules.register.facts import Fact
from obligations.rules.register.names import folded
from obligations.services.asking.engine_input import as_facts
from obligations.services.notices import lapsing
from obligations.services.reconciling.followed import Followed
from obligations.vulnerabilities.models import State, Vulnerability
from obligations.vulnerabilities.rules import NOT_EXPLOITABLE

WITHIN = 14
"""So many days before the last day somebody is told first: it is shown anew in days, not in months."""


def remind(followed: Followed, rows: Sequence[Vulnerability]) -> None:
    """Bring the reminders about these rows in line with them, as they are just then. 7 queries at most."""
    subjects = [row.subject for row in rows]
    shown = _shown_last(followed, subjects)
    ahead = [
        Ahead(shown[row.folded], row.until)
        for row in rows
        if row.state == State.SUSPENDED and row.until is not None and row.folded in shown
    ]
    about = Notice.objects.filter(
        contract=followed.contract, fact__kind=NOT_EXPLOITABLE, fact__subject__among=subjects
    )
    ends = lapsing.before_the_end(followed.contract, followed.books, followed.facts, ahead)
    lapsing.align(followed.contract, about, ends, followed.now, within=WITHIN)


def _shown_last(followed: Followed, subjects: Sequence[str]) -> dict[str, Fact]:
    """What was shown last of each and counts, by its folded name."""
    counts = Q(claim=None) | Q(claim__state=ClaimState.ACCEPTED)
    records = FactRecord.objects.filter(
        counts,
        contract=followed.contract,
        kind=NOT_EXPLOITABLE,
        subject__among=subjects,
        withdrawn_at=None,
    )
    return {folded(one.subject or ""): one for one in as_facts(records.order_by("recorded_at", "pk"))}
