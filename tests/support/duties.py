"""Duty rows made directly, for tests of what happens to duties that exist."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from contracts.models import Paragraph
from contracts.terms.moments import end_of_day
from obligations.models import Duty, Obligation
from obligations.rules.register.rulebook import load_rulebook
from tests.cast import DMP, NOON, Cast

STEPS = [{"rule": "R1", "text": "12 March 2026 is left out"}, {"rule": "R2", "text": "7 days counted"}]


def obligation(cast: Cast, path: str = "main/10.3", party: str = "supplier") -> Obligation:
    contract = cast.contract
    paragraph = Paragraph.objects.get(schedule=cast.schedule, path=path)
    return Obligation.objects.get_or_create(
        contract=contract,
        rule_key=path,
        defaults={
            "paragraph": paragraph,
            "rulebook_key": cast.schedule.outline_key,
            "rulebook_digest": load_rulebook(DMP).digest,  # a version that is there
            "party": party,
            "title": "Apply Critical patches",
            "in_force": DateRange(contract.start_date, None),
        },
    )[0]


def make_duty(
    cast: Cast,
    subject: str = "CVE-2026-0001",
    *,
    due: date | datetime | None = date(2026, 3, 19),
    now: datetime = NOON,
    path: str = "main/10.3",
    party: str = "supplier",
    **fields: Any,
) -> Duty:
    """A duty due at the end of a day, at a moment, or with no date; the supplier's under 10.3 unless said."""
    due_at = due if isinstance(due, datetime) or due is None else end_of_day(due)
    usual: dict[str, Any] = {
        "title": "Apply Critical patches",
        "owed_from": now - timedelta(days=5),
        "created_at": now,
        "changed_at": now,
        "derivation": {"steps": STEPS, "readings": []},
    }
    return Duty.objects.create(
        contract=cast.contract,
        obligation=obligation(cast, path, party),
        subject=subject,
        occurrence=subject,
        party=party,
        due_at=due_at,
        due_date=due_at.astimezone(end_of_day(date(2026, 1, 1)).tzinfo).date() if due_at else None,
        **usual | fields,
    )
