"""A contract on Order Schedule 9 that starts on Monday 2 March 2026, with a plan sent to and fro."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import count
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from obligations.models import Duty
from obligations.plans.kinds import kinds
from obligations.plans.models import PlanVersion
from obligations.plans.services import decisions, versions
from tests.cast import ORDER, Cast, play

START = date(2026, 3, 2)
SMP = "security-management-plan"


def at(day: date, hour: int = 12) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=UTC)


PDF = b"%PDF-1.7\n"
"""How a PDF begins."""


def file(content: bytes = b"The plan", name: str = "plan.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF + content if name.endswith(".pdf") else content)


@dataclass
class Table:
    """The table over which the plan goes: each act on a day, by the usual person."""

    cast: Cast
    plan: str = SMP

    def __post_init__(self) -> None:
        self.numbers = count(1)

    def draft(self, day: date, *, by: str = "priya", placed: bool = True, **more: Any) -> PlanVersion:
        number = next(self.numbers)
        values = {"name": f"{number}.0", "file": file(f"Version {number}".encode())} | more
        made = versions.upload_version(
            self.cast.contract, self.cast.as_(by), at(day), plan=self.plan, **values
        )
        if placed:
            places = dict.fromkeys(kinds()[self.plan].requirements, "Section 3")
            versions.place_requirements(made, self.cast.as_(by), at(day), places=places)
        return made

    def submit(self, day: date, *, by: str = "priya", **more: Any) -> PlanVersion:
        return versions.submit_version(self.draft(day, by=by, **more), self.cast.as_(by), at(day))

    def refuse(self, version: PlanVersion, day: date, *, by: str = "ada", **more: Any) -> PlanVersion:
        values = {"grounds": [kinds()[self.plan].requirements[1]], "sha256": version.sha256} | more
        return decisions.refuse_version(version, self.cast.as_(by), at(day), **values)

    def approve(self, version: PlanVersion, day: date, *, by: str = "ada", **more: Any) -> PlanVersion:
        agreed = {"reason": "Agreed between the parties"} if more.get("seen") else {}
        values = {"sha256": version.sha256} | agreed | more
        return decisions.approve_version(version, self.cast.as_(by), at(day), **values)

    def duty(self, rule: str, **more: Any) -> Duty:
        return Duty.objects.get(contract=self.cast.contract, obligation__rule_key=rule, **more)

    def duties(self, rule: str) -> list[Duty]:
        return list(Duty.objects.filter(contract=self.cast.contract, obligation__rule_key=rule))


@pytest.fixture
def table(db, uploads) -> Table:
    now = at(START, 9)
    return Table(
        play(ORDER, now=now, agreement_date=date(2026, 2, 2), start_date=START, end_date=date(2029, 3, 1))
    )
