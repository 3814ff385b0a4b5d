"""What tests ask of the demo's contracts."""

from __future__ import annotations

from datetime import UTC, datetime

from contracts.models import Contract
from obligations.models import Duty
from obligations.plans.models import PlanVersion

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


def portal() -> Contract:
    return Contract.objects.get(reference="TCC-2041")


def phases(rule: str, reference: str = "TCC-2041") -> dict[str, str]:
    rows = Duty.objects.filter(contract__reference=reference, obligation__rule_key=rule)
    return {row.subject: row.phase for row in rows}


def versions(reference: str) -> list[tuple[str, str]]:
    rows = PlanVersion.objects.filter(contract__reference=reference).order_by("number")
    return [(row.name, row.state) for row in rows]
