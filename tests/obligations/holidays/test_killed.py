"""A worker that dies in the middle: what it finished stays, the rest is done by the next, nothing twice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from contracts.services import ledger, long_work
from obligations.models import CalendarMove, Duty, Notice, Stage
from obligations.services.holidays import applying, portions, previewing, proposing, redating_rows
from tests.cast import NOON, patch_released, play

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def casts(monkeypatch):
    """Six contracts, each a portion of its own."""
    monkeypatch.setattr(portions, "PORTION", 1)
    found = [play(reference=f"C-{number}") for number in range(6)]
    for cast in found:
        patch_released(cast, category="Other")
    return found


def dying(monkeypatch, where, name: str, calls: int):
    """Makes a function work so many times and then end the process, having done its work uncommitted."""
    real, count = getattr(where, name), [0]

    def dies(*args, **kwargs):
        count[0] += 1
        answer = real(*args, **kwargs)
        if count[0] > calls:
            raise Killed
        return answer

    monkeypatch.setattr(where, name, dies)
    return lambda: monkeypatch.setattr(where, name, real)


def test_killed_while_applying(casts, propose, admin, monkeypatch):
    change = applying.ask_to_apply(propose(), admin, NOON)
    alive_again = dying(monkeypatch, applying, "lay_over", 2)
    with pytest.raises(Killed):
        applying.apply(change, NOON)
    change.refresh_from_db()
    assert (change.state, change.moved, change.contracts_done) == ("applying", 2, 2)
    assert Duty.objects.filter(deadline_version=2).count() == 2
    alive_again()
    assert applying.work(NOON) == 1
    change.refresh_from_db()
    assert (change.state, change.moved, change.contracts_done, change.contracts_total) == ("applied", 6, 6, 6)
    assert Duty.objects.filter(deadline_version=2).count() == 6
    for cast in casts:
        assert cast.contract.ledger.filter(verb="duty_redated").count() == 1
        assert ledger.verify(cast.contract)
        assert Notice.objects.filter(contract=cast.contract, stage=Stage.REDATED).count() == 2


def test_killed_while_previewing(casts, admin, monkeypatch):
    change = proposing.propose_day(
        admin, NOON, division="all", day=propose_day(), name="Jubilee", source="A proclamation"
    )
    alive_again = dying(monkeypatch, previewing, "keep", 3)
    with pytest.raises(Killed):
        previewing.preview(change, NOON)
    assert CalendarMove.objects.count() == 3
    alive_again()
    applying.work(NOON)
    change.refresh_from_db()
    assert (change.state, change.previewed_moves, CalendarMove.objects.count()) == ("ready", 6, 6)


def propose_day():
    from tests.obligations.holidays.conftest import TUESDAY

    return TUESDAY


def test_the_work_of_a_dead_worker_goes_on_where_it_stopped(casts, propose, admin, monkeypatch):
    """As a worker does it: dead after two portions, taken up when its claim has run out."""
    change = applying.ask_to_apply(propose(), admin, NOON)
    alive_again = dying(monkeypatch, applying, "lay_over", 2)
    with pytest.raises(Killed):
        long_work.run_waiting(NOON, kinds=[applying.REDATE])
    work = applying.work_on(change)
    assert (work.state, work.done, work.total, work.step) == ("running", 2, 6, "Contracts redated")
    alive_again()
    assert long_work.run_waiting(NOON, kinds=[applying.REDATE]) == 0
    assert applying.ask_to_apply(change, admin, NOON) and applying.work_on(change) == work
    assert long_work.run_waiting(NOON + timedelta(minutes=2), kinds=[applying.REDATE]) == 1
    work.refresh_from_db()
    change.refresh_from_db()
    assert (work.state, work.turn, work.done, work.message) == ("done", 2, 6, "The open duties are redated.")
    assert (change.state, change.moved, change.contracts_done) == ("applied", 6, 6)
    assert Duty.objects.filter(deadline_version=2).count() == 6
    for cast in casts:
        assert cast.contract.ledger.filter(verb="duty_redated").count() == 1


def test_a_preview_begun_anew_while_it_is_worked_out_is_gone_through_again(casts, propose, monkeypatch):
    change, real, seen = propose(), previewing.tell, []

    def told(*args):
        real(*args)
        seen.append(args[1].contracts_done)
        if seen == [1, 2]:
            previewing.preview_again(change)  # by somebody else, between two portions

    previewing.preview_again(change)
    monkeypatch.setattr(previewing, "tell", told)
    work = long_work.run(previewing.ask_for_preview(change, applying.CLOCK, NOON), NOON)
    change.refresh_from_db()
    assert (work.state, seen) == ("done", [1, 2, 1, 2, 3, 4, 5, 6])
    assert (change.state, change.previewed_moves, CalendarMove.objects.count()) == ("ready", 6, 6)


def test_a_second_worker_at_the_same_change_does_nothing(casts, propose, admin, monkeypatch):
    change = applying.ask_to_apply(propose(), admin, NOON)
    real = applying._redate
    seen = []

    def both(*args, **kwargs):
        if not seen:
            seen.append(1)
            other = type(change).objects.get(pk=change.pk)
            other.through_contract = -1  # what a worker knows that began before
            assert portions.still(other, "applying") is None
        return real(*args, **kwargs)

    monkeypatch.setattr(applying, "_redate", both)
    applying.apply(change, NOON)
    assert seen and Duty.objects.filter(deadline_version=2).count() == 6
    assert redating_rows.WHY
