"""A plan that waits beside another dated duty, and contracts whose fault must not stop the others (R4)."""

from __future__ import annotations

from datetime import date

import pytest

from contracts.services.errors import Refused
from obligations.models import CalendarChange, CalendarLook, CalendarMove, Duty
from obligations.services.holidays import applying, previewing, proposing, redating, redating_rows
from tests.cast import DMP, NOON, ORDER, happened, patch_released, play
from tests.obligations.holidays.conftest import DUE, THEN, TUESDAY

pytestmark = pytest.mark.django_db


def due(duty: Duty) -> date:
    duty.refresh_from_db()
    assert duty.due_date is not None
    return duty.due_date


def test_a_plan_that_waits_beside_a_patch_is_named_once_and_moves(propose, admin):
    """Handed in on Monday 16 March 2026: its approval takes 15 Working Days, so Wednesday 8 April.

    The patch of Thursday 12 March is due after 60, on 10 June. A holiday on 25 March moves both by a day.
    """
    cast = play(ORDER, DMP)
    patch = patch_released(cast, category="Other")
    happened(cast, "smp_submitted", date(2026, 3, 16), "plan")
    plan = Duty.objects.get(contract=cast.contract, due_date=date(2026, 4, 8))
    change = propose(date(2026, 3, 25))
    assert change.state == "ready"
    named = list(CalendarMove.objects.filter(calendar_change=change).values_list("duty", flat=True))
    assert len(named) == len(set(named)) and {patch.pk, plan.pk} <= set(named)
    applying.apply(applying.ask_to_apply(change, admin, NOON), NOON)
    assert (due(patch), due(plan)) == (THEN, date(2026, 4, 9))
    change.refresh_from_db()
    assert change.state == "applied" and not change.looks.exclude(fault="").exists()


@pytest.fixture
def two(cast, duty) -> Duty:
    """The duty of a second contract beside the usual one's."""
    return patch_released(play(reference="WF-2026-099"), category="Other")


def fails_for(contract_id: int, work, error: Exception):
    """The work, but for one contract."""

    def instead(contract, *args, **kwargs):
        if getattr(contract, "pk", None) == contract_id:
            raise error
        return work(contract, *args, **kwargs)

    return instead


def faults(change: CalendarChange) -> dict[int, str]:
    looks = CalendarLook.objects.filter(calendar_change=change).exclude(fault="")
    return dict(looks.values_list("contract", "fault"))


def test_a_contract_that_cannot_be_previewed_stops_no_other(duty, two, propose, admin, monkeypatch):
    broken = fails_for(duty.contract_id, redating.redated, ValueError("a name that not everybody may read"))
    monkeypatch.setattr(previewing, "redated", broken)
    change = propose()
    assert (change.state, change.previewed_moves) == ("ready", 1)
    assert faults(change) == {duty.contract_id: "An error in Duly (ValueError). The log says more."}
    applying.apply(applying.ask_to_apply(change, admin, NOON), NOON)
    change.refresh_from_db()
    assert (change.state, change.moved) == ("applied", 1)
    assert (due(duty), due(two)) == (DUE, THEN)
    assert applying.try_again(change, admin, NOON) == 0
    assert due(duty) == THEN and not faults(change)
    with pytest.raises(Refused):
        applying.try_again(change, admin, NOON)


def test_a_fault_that_has_gone_by_the_time_of_applying_is_none(duty, two, propose, admin, monkeypatch):
    with monkeypatch.context() as patched:
        refusal = Refused("", "Its rulebook cannot be used.")
        patched.setattr(previewing, "redated", fails_for(duty.contract_id, redating.redated, refusal))
        change = propose()
    assert faults(change) == {duty.contract_id: "Its rulebook cannot be used."}
    applying.apply(applying.ask_to_apply(change, admin, NOON), NOON)
    assert (due(duty), due(two)) == (THEN, THEN) and not faults(change)


def test_a_contract_that_cannot_be_written_stops_no_other(duty, two, propose, admin, monkeypatch):
    written = redating_rows.lay_over

    def broken(change, contracts, *args):
        if duty.contract_id in contracts:
            raise RuntimeError("the disk")
        return written(change, contracts, *args)

    change = propose()
    monkeypatch.setattr(applying, "lay_over", broken)
    applying.apply(applying.ask_to_apply(change, admin, NOON), NOON)
    change.refresh_from_db()
    assert (change.state, change.moved) == ("applied", 1)
    assert (due(duty), due(two)) == (DUE, THEN)
    assert faults(change) == {duty.contract_id: "An error in Duly (RuntimeError). The log says more."}


def test_a_change_that_is_stuck_does_not_stop_a_later_one(duty, propose, admin, monkeypatch):
    """Its preview fails as a whole: the worker goes on to the next."""
    worked = previewing.preview
    first = propose(TUESDAY)
    previewing.preview_again(first)

    def broken(change, *args, **kwargs):
        if change.pk == first.pk:
            raise RuntimeError("stuck")
        return worked(change, *args, **kwargs)

    monkeypatch.setattr(previewing, "preview", broken)
    second = proposing.propose_day(
        admin, NOON, division="england-and-wales", day=date(2026, 5, 13), name="Another", source="A paper"
    )
    applying.work(NOON)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("proposed", "ready")
