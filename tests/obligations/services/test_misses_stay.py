"""Whatever is recorded, signed and chosen in whatever order: no miss leaves the record but by R49.

The suite plays a few stories; ``script/prove misses`` plays thousands (STORIES and SEED in the environment).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random

import pytest
from django.db import transaction

from contracts.models import Contract
from contracts.services.errors import Refused
from obligations.claims.services.answering import answer, withdraw
from obligations.models import Claim, Duty, FactRecord, Miss, Phase
from obligations.services.choosing.readings import choose_reading
from obligations.services.reconciling.misses import is_missed
from obligations.services.reconciling.recurring import raise_recurring
from obligations.services.recording.facts import withdraw_fact
from tests.cast import DMP, NOON, Cast, claimed, happened, play
from tests.obligations.services.test_variations_in_full import Wanted, drafted, signed

pytestmark = pytest.mark.django_db

STORIES, STEPS = int(os.environ.get("STORIES", "5")), 9
SEED = os.environ.get("SEED", "suite")
THINGS = ("CVE-1", "CVE-2")
Act = Callable[[Cast, Random, datetime], object]


def fact(kind: str, by: str = "priya", about: tuple[str, ...] = THINGS, **details: object) -> Act:
    """Somebody records today, or of one of the last days, that this happened."""

    def act(cast: Cast, chance: Random, now: datetime) -> object:
        day = now.date() - timedelta(days=chance.choice((0, 0, 1, 4)))
        return happened(cast, kind, day, chance.choice(about), by=by, now=now, **details)

    return act


def claim(kind: str, **details: object) -> Act:
    """The supplier claims what helps it; the other side accepts one in three at once (R46)."""

    def act(cast: Cast, chance: Random, now: datetime) -> object:
        day = now.date() - timedelta(days=chance.choice((0, 0, 1, 4)))
        by = chance.choice(("", "", "ada"))
        return claimed(cast, kind, day, chance.choice(THINGS), accepted_by=by, now=now, **details)

    return act


def answered(cast: Cast, chance: Random, now: datetime) -> object:
    """A claim that waits is accepted, refused or withdrawn, however late."""
    one = chance.choice(list(Claim.objects.filter(contract=cast.contract, state="open").order_by("pk")))
    event = chance.choice(("accept", "accept", "refuse", "withdraw"))
    if event == "withdraw":
        return withdraw(one, cast.as_("priya"), now, reason="Claimed of the wrong module.")
    return answer(one, cast.as_("ada"), now, event=event, reason="Seen.")


def taken_back(cast: Cast, chance: Random, now: datetime) -> object:
    rows = FactRecord.objects.filter(contract=cast.contract, withdrawn_at=None).exclude(kind="duty_done")
    row = chance.choice(list(rows.order_by("pk")))
    by = "ada" if row.recorded_side == "authority" else "priya"
    return withdraw_fact(row, cast.as_(by), now, reason="Entered in error.")


def reading(cast: Cast, chance: Random, now: datetime) -> object:
    duty = chance.choice(list(Duty.objects.filter(contract=cast.contract, flagged=True).order_by("pk")))
    names = [one["reading"] for one in duty.derivation["readings"]]
    wanted = chance.choice([*names, "the default reading"])
    return choose_reading(duty, cast.as_("priya"), now, reading=wanted, reason="Agreed.")


def variation(path: str, kind: str = "not_used") -> Act:
    def act(cast: Cast, chance: Random, now: datetime) -> object:
        cast.contract.refresh_from_db()
        number = f"{chance.randint(2, 999):03}"
        made = drafted(cast, Wanted(f"{DMP}/{path}", kind), number=number, now=now)
        return signed(cast, made, day=now.date() - timedelta(days=chance.choice((0, 3, 9))), now=now)

    return act


ACTS: list[tuple[int, Act]] = [
    (5, fact("patch_publicly_released", category="Critical")),
    (2, fact("patch_publicly_released", category="Important")),
    (2, fact("patch_publicly_released")),
    (4, claim("vulnerability_not_exploitable_demonstrated")),
    (2, fact("vulnerability_becomes_exploitable")),
    (3, claim("patch_adverse_effect_identified", test_plan_followed=True)),
    (4, answered),
    (2, fact("patch_period_agreed", "ada", period={"amount": 45, "unit": "days"})),
    (2, fact("vulnerability_category_decided", "ada", category="Other")),
    (2, fact("vulnerability_identified")),
    (1, fact("patch_applied")),
    (3, fact("breach_of_security_occurred", about=("B-1",))),
    (2, fact("breach_of_security_aware", about=("B-1",), aware_party="supplier")),
    (1, fact("breach_details_provided", about=("B-1",))),
    (2, fact("certificate_issued", about=("CE",), expires="2026-03-20")),
    (3, reading),
    (2, variation("main/10")),
    (1, variation("main/8")),
    (2, taken_back),
]
LAWFUL = (taken_back, answered)
"""What may show that a miss was none; nothing else here does. Of an answer only one that accepts (R49)."""


def missed(contract: Contract, now: datetime) -> dict[int, set[datetime]]:
    """By duty, the limits that the record shows as missed: by its own date, or beside it."""
    found: dict[int, set[datetime]] = {}
    for duty in Duty.objects.filter(contract=contract):
        if is_missed(duty, now) or (duty.phase == Phase.MET_LATE and duty.due_at):
            found.setdefault(duty.pk, set()).add(duty.due_at)
    for miss in Miss.objects.filter(duty__contract=contract, until=None):
        found.setdefault(miss.duty_id, set()).add(miss.limit)
    return found


def told(seed: str) -> list[str]:
    """Play one story; returns what was done, for whoever has to look at it."""
    chance, now, steps = Random(seed), NOON, []
    cast = play(reference=f"R49-{seed}"[:40])
    for _ in range(STEPS):
        now += timedelta(days=chance.choice((0, 1, 2, 5, 8, 20)))
        raise_recurring(now)
        before, gone = missed(cast.contract, now), set(Miss.objects.exclude(until=None).values_list("pk"))
        (act,) = chance.choices([act for _, act in ACTS], [weight for weight, _ in ACTS])
        try:
            with transaction.atomic():
                act(cast, chance, now)
        except (Refused, IndexError):  # a choice of nothing
            continue
        steps.append(f"{now:%d %B}: {_latest(cast) if 'fact' in act.__qualname__ else act.__qualname__}")
        after = missed(cast.contract, now)
        stopped = Miss.objects.exclude(until=None).exclude(pk__in=[pk for (pk,) in gone])
        reasons = {(miss.duty_id, miss.limit): miss.because for miss in stopped}
        assert not reasons or act in LAWFUL, (steps, reasons)
        assert not reasons or act is not answered or _accepted_in_time(cast, reasons), (steps, reasons)
        in_time = set(Duty.objects.filter(pk__in=before, phase=Phase.MET).values_list("pk", flat=True))
        for duty, limits in before.items():
            for limit in limits:
                kept = any(there <= limit for there in after.get(duty, ()))
                assert kept or reasons.get((duty, limit)) or duty in in_time, (steps, duty, limit)
    return steps


def _accepted_in_time(cast: Cast, reasons: dict[tuple[int, datetime], str]) -> bool:
    """What stopped counting did so by a claim that was made before the limit and is accepted now (R46)."""
    last = Claim.objects.filter(contract=cast.contract).exclude(decided_at=None).latest("decided_at")
    return last.state == "accepted" and all(last.made_at <= limit for _, limit in reasons)


def _latest(cast: Cast) -> str:
    row = FactRecord.objects.filter(contract=cast.contract).latest("pk")
    return f"{row.kind} {row.subject} {row.happened_on} {row.details}"


def test_no_miss_leaves_the_record_but_by_r49():
    played = 0
    for number in range(STORIES):
        with transaction.atomic():
            played += len(told(f"{SEED} {number}"))
            transaction.set_rollback(True)
    assert played > STORIES * STEPS // 3


def test_a_story_may_end_in_a_miss_and_in_one_taken_back():
    """Else the test above would look at nothing."""
    cast = play()
    happened(cast, "patch_publicly_released", date(2026, 3, 12), "CVE-1", category="Critical")
    later = NOON + timedelta(days=5)
    duty = Duty.objects.get(subject="CVE-1", obligation__rule_key="10.3-critical")
    assert duty.pk in missed(cast.contract, later)
    taken = FactRecord.objects.get(contract=cast.contract, kind="patch_publicly_released")
    withdraw_fact(taken, cast.as_("priya"), later, reason="Entered in error.")
    assert duty.pk not in missed(cast.contract, later) and Miss.objects.get(duty=duty).because
