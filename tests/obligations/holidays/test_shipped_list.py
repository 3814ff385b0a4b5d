"""A list of holidays that comes with a release: proposed to a running installation, moving nothing (R4)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from obligations import tasks
from obligations.models import CalendarBase, CalendarChange, Duty
from obligations.services.asking import calendars
from obligations.services.holidays import applying, previewing, proposing, shipped_list
from tests.cast import NOON as TUESDAY
from tests.cast import SYSTEM, patch_released, play

pytestmark = pytest.mark.django_db
WORLD_CUP = date(2026, 6, 15)
NOON = TUESDAY + timedelta(days=1)


def held(day: date = WORLD_CUP, division: str = "scotland") -> bool:
    return day in calendars.load().of(division).holidays


@pytest.fixture
def behind(db) -> None:
    """An installation that began with the first list."""
    CalendarBase.objects.update(number=1, offered=1)


@pytest.fixture
def scottish(behind) -> Duty:
    """60 Working Days from Wednesday 18 March 2026 in Scotland, by the first list.

    60 Working Days are twelve weeks, to Wednesday 10 June; Good Friday 3 April, 4 and 25 May are
    three more: Monday 15 June.
    """
    found = patch_released(play(division="scotland"), day=date(2026, 3, 18), category="Other", now=NOON)
    assert found.due_date == WORLD_CUP
    return found


def test_a_new_installation_begins_with_the_newest_list():
    base = CalendarBase.objects.get()
    assert (base.number, base.offered) == (2, 2) and held()
    assert shipped_list.offer(NOON) is None
    assert calendars.load().version == 1


def test_a_running_one_goes_on_with_its_own_and_is_offered_the_later_one_once(scottish):
    assert not held()
    tasks.work_on_bank_holidays()
    change = CalendarChange.objects.get()
    assert (change.kind, change.state, change.previewed_moves) == ("shipped", "ready", 1)
    assert "Royal Proclamation announced on 4 February 2026" in change.source
    assert change.proposed_by_name == "Duly (bank holidays)"
    scottish.refresh_from_db()
    assert scottish.due_date == WORLD_CUP and not held()
    tasks.work_on_bank_holidays()
    assert CalendarChange.objects.count() == 1


def test_applied_it_moves_what_the_preview_said_with_one_cause(scottish, admin):
    change = shipped_list.offer(NOON)
    assert change is not None
    previewing.preview(change, NOON)
    applying.apply(applying.ask_to_apply(change, admin, NOON), NOON)
    scottish.refresh_from_db()
    assert scottish.due_date == date(2026, 6, 16)
    assert calendars.load().lists.published == date(2026, 2, 4) and held() and held(division="all")
    assert not held(division="england-and-wales")
    said = [step["text"] for step in scottish.derivation["steps"]]
    assert sum("by the list published on 4 February 2026" in text for text in said) == 1
    entry = scottish.contract.ledger.get(verb="duty_redated")
    assert "added 15 June 2026 (World Cup bank holiday) in Scotland" in entry.payload["because"]


def test_by_the_first_list_nothing_is_said_of_its_day(scottish):
    assert not any("published on" in step["text"] for step in scottish.derivation["steps"])


def test_withdrawn_it_does_not_come_back(scottish):
    change = shipped_list.offer(NOON)
    assert change is not None
    proposing.withdraw(change, SYSTEM, NOON, reason="We work on that day")
    assert shipped_list.offer(NOON) is None and not held()


def test_a_day_that_was_added_here_already_is_not_proposed_again(behind, applied):
    applied(WORLD_CUP, "scotland")
    assert shipped_list.offer(NOON) is None
    assert CalendarBase.objects.get().offered == 2 and held()


def test_a_published_list_carries_the_day_on_which_it_came(admin, published):
    from tests.obligations.holidays.conftest import as_file

    for events in published.values():
        events["events"].append({"title": "Christmas Day", "date": "2029-12-25", "notes": ""})
    change = proposing.propose_file(admin, NOON, file=as_file(published))
    assert change.change.published == date(2026, 3, 18)
    assert proposing.digest_of(change.change) == change.digest
