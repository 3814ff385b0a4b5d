"""The demo can be loaded whatever day it is; where it may not be, or fails, nothing is left of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command

from contracts.models import Contract, Person
from obligations.demo.load import load
from obligations.models import Duty, Phase
from tests.demo.stories import NOW, phases, versions
from tests.support.whole import WHOLE

DAYS = (
    datetime(2028, 2, 29, 23, 59, tzinfo=UTC),
    datetime(2027, 3, 29, 12, 0, tzinfo=UTC),  # Easter Monday, a day after the clocks went forward
    datetime(2026, 12, 26, 9, 0, tzinfo=UTC),  # a Saturday in the holidays
    datetime(2027, 1, 4, 0, 5, tzinfo=UTC),  # just after midnight on a Monday
)


@pytest.mark.parametrize("now", DAYS if WHOLE else DAYS[:2])
def test_the_demo_can_be_loaded_on_any_day(db, now):
    assert load(now)
    assert Duty.objects.filter(phase=Phase.OPEN, due_at__lt=now).count() in (1, 2)
    assert phases("5.7-submit") == {"risk management documentation": "awaiting_decision"}
    assert versions("SPA-0317") == [("1.0", "not_approved"), ("1.1", "submitted")]
    assert phases("A-4.3.1", "SPA-0317") == {"plan": "met"}
    finish = Duty.objects.get(contract__reference="SPA-0317", obligation__rule_key="A-4.3.2-finish")
    assert finish.phase == "open" and now < finish.due_at


def test_no_demo_where_it_is_not_wanted(db, settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="only for a machine of one's own"):
        call_command("load_demo")
    assert not Person.objects.exists()


@pytest.mark.parametrize("text", ["yesterday", "2026-11-24"])
def test_a_moment_that_cannot_be_read_is_refused(db, text):
    with pytest.raises(CommandError, match="--now"):
        call_command("load_demo", "--now", text)


def test_a_demo_that_fails_leaves_nothing_behind(db, monkeypatch):
    monkeypatch.setattr("obligations.demo.player.Player.catch_up", lambda self, now: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        load(NOW)
    assert not Contract.objects.exists() and not Person.objects.exists()
