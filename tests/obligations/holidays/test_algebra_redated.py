"""A new bank holiday and the clock algebra: what is counted back, by a calendar of its own, at a place in the
calendar and with a moved end is redated too (R4, R35, R40, R42). The book is invented.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from contracts.terms.moments import london_day
from obligations.models import Duty, WakeUp
from obligations.services.reconciling import recurring
from tests.cast import NOON, RIVERSIDE, Cast, happened, play
from tests.support import asking_book

pytestmark = pytest.mark.django_db

RULE = """
[[rule]]
key = "{key}"
path = "main/2"
party = "supplier"
title = "{key}"
summary = "An invented duty."
shape = "event"
"""
EVENT = 'on = ["cots_support_end_announced"]\nmet_by = ["audit_records_provided"]\n'
BACK = 'event_day = "date"\namount = 5\nunit = "working_days"\nbefore = true\n'
BOOK = "".join(
    [
        RULE.format(key="back") + EVENT + BACK,
        RULE.format(key="own") + EVENT + 'amount = 60\nunit = "working_days"\ncalendar = "all"\n',
        RULE.format(key="moved") + EVENT + 'amount = 56\nunit = "days"\nmoved = "next_working_day"\n',
        RULE.format(key="gate").replace('"event"', '"gate"')
        + EVENT
        + 'amount = 40\nunit = "working_days"\nstandstill = true\n',
        RULE.format(key="monthly").replace('"event"', '"recurring"')
        + 'every = "cycle"\ncycle = { of = "month", place = 8, unit = "working_days" }\n',
        RULE.format(key="answer")
        + 'on = ["audit_records_requested"]\nmet_by = ["audit_records_provided"]\namount = 2\nunit = "days"\n'
        + 'deemed = { fact = "audit_records_provided", outcome = "accepted", path = "main/2" }\n',
    ]
)


@pytest.fixture
def cast(db, tmp_path, monkeypatch) -> Cast:
    """On 17 March it became known that support ends on 15 May 2026."""
    asking_book.unship()
    asking_book.ship(tmp_path, monkeypatch, BOOK)
    made = play(RIVERSIDE)
    happened(made, "cots_support_end_announced", date(2026, 3, 17), "Database", date="2026-05-15")
    yield made
    asking_book.unship()


def row(key: str) -> Duty:
    return Duty.objects.filter(obligation__rule_key=key).latest("owed_from")


def test_a_holiday_after_the_day_it_is_due_moves_what_is_counted_back(cast, applied):
    """Before Friday 15 May: 14, 13, 12, 11, 8 May. Without Tuesday 12 May: 14, 13, 11, 8, 7 May."""
    assert row("back").due_date == date(2026, 5, 8)
    applied(date(2026, 5, 12))
    assert row("back").due_date == date(2026, 5, 7)


def test_a_rule_with_its_own_calendar_follows_every_list(cast, applied):
    """60 Working Days of the whole kingdom; a holiday in Scotland alone is one of them."""
    before = row("own").due_date
    applied(date(2026, 5, 12), division="scotland")
    assert (row("own").due_date - before).days >= 1
    assert row("back").due_date == date(2026, 5, 8)  # by the contract's division, England and Wales


def test_an_end_that_becomes_a_holiday_is_moved(cast, applied):
    """56 days after 17 March is Tuesday 12 May."""
    assert row("moved").due_date == date(2026, 5, 12)
    applied(date(2026, 5, 12))
    assert row("moved").due_date == date(2026, 5, 13)


def test_a_standstill_opens_later(cast, applied):
    """40 Working Days: 10 in March, 20 in April, 1, 5 to 8, 11 to 15 May; else Monday the 18th."""
    assert row("gate").derivation["opens_at"] == "2026-05-16T00:00:00+01:00"
    applied(date(2026, 5, 12))
    assert row("gate").derivation["opens_at"] == "2026-05-19T00:00:00+01:00"
    assert WakeUp.objects.filter(contract=cast.contract, subject="Database").exists()


def test_a_place_in_the_calendar_moves_and_stays_the_same_duty(cast, applied):
    """The eighth Working Day of April: 1, 2, 7, 8, 9, 10, 13, 14; without the 8th: 15 April."""
    place = row("monthly")
    assert (place.due_date, place.occurrence) == (date(2026, 4, 14), "2026-04-01")
    applied(date(2026, 4, 8))
    place.refresh_from_db()
    assert place.due_date == date(2026, 4, 15)


def test_silence_speaks_by_itself(cast):
    """R43. Asked on 17 March, two days: after the 19th has ended, and nobody did anything."""
    happened(cast, "audit_records_requested", date(2026, 3, 17), "Request 5", by="ada")
    assert row("answer").phase == "open"
    wake = WakeUp.objects.get(contract=cast.contract, subject="Request 5")
    assert wake.at == datetime(2026, 3, 20, 0, 0, tzinfo=UTC)
    recurring.raise_recurring(datetime(2026, 3, 20, 0, 1, tzinfo=UTC))
    answered = row("answer")
    assert answered.phase == "met" and london_day(answered.done_at or NOON) == date(2026, 3, 19)
