"""Calendars: every division against the published list, both sides of every edge (R3, R4). No database."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from govuk_bank_holidays.bank_holidays import BankHolidays

from obligations.rules.time.working_days import (
    DIVISIONS,
    HORIZON,
    CalendarError,
    load_calendar,
    read_calendar,
    shipped_lists,
)
from tests.support.holidays import with_holidays

PUBLISHED = BankHolidays.load_backup_data()
ENGLAND = load_calendar()


@pytest.mark.parametrize("division", [each for each in DIVISIONS if each != "all"])
def test_holidays_are_those_published(division: str) -> None:
    """The first shipped list; the later ones are in ``test_shipped_lists``."""
    published = {date.fromisoformat(event["date"]) for event in PUBLISHED[division]["events"]}
    assert set(shipped_lists(1).days[division]) == published


def test_all_is_the_union_and_says_where() -> None:
    union = load_calendar("all").holidays
    assert set(union) == {day for each in DIVISIONS for day in load_calendar(each).holidays}
    assert union[date(2026, 4, 3)] == "Good Friday"
    assert union[date(2026, 4, 6)] == "Easter Monday (England and Wales, Northern Ireland)"
    assert union[date(2012, 1, 2)] == "New Year’s Day (substitute day) / 2nd January"


def test_edge_and_first_day() -> None:
    for division in DIVISIONS:
        calendar = load_calendar(division)
        assert (calendar.first, calendar.edge) == (date(2012, 1, 1), date(2028, 12, 26))
    assert not ENGLAND.beyond_edge(date(2028, 12, 26))
    assert ENGLAND.beyond_edge(date(2028, 12, 27))


def test_one_by_one_every_day_of_the_calendar() -> None:
    """Adding one Working Day from every day is the next day on which people are at work."""
    for division in DIVISIONS:
        calendar = load_calendar(division)
        nxt = date(2036, 1, 7)
        for back in range((nxt - calendar.first).days):
            day = nxt - timedelta(days=back + 1)
            following = day + timedelta(days=1)
            while following.weekday() > 4 or following in calendar.holidays:
                following += timedelta(days=1)
            assert calendar.add_working_days(day, 1) == following


def test_adding_and_counting_between_agree() -> None:
    for amount in (1, 2, 5, 20, 60, 250):
        for offset in range(0, 5000, 37):
            start = date(2013, 1, 1) + timedelta(days=offset)
            end = ENGLAND.add_working_days(start, amount)
            assert ENGLAND.working_days_between(start, end) == amount
            assert ENGLAND.working_days_between(start, end - timedelta(days=1)) == amount - 1
            assert len(ENGLAND.skipped_between(start, end)) == (end - start).days - amount


def test_nothing_added_and_nothing_between() -> None:
    saturday = date(2026, 3, 14)
    assert ENGLAND.add_working_days(saturday, 0) == saturday
    assert ENGLAND.working_days_between(saturday, saturday) == 0
    assert ENGLAND.working_days_between(saturday, date(2026, 3, 1)) == 0
    assert ENGLAND.skipped_between(saturday, saturday) == ()


def test_before_the_first_day() -> None:
    assert ENGLAND.add_working_days(date(2012, 1, 1), 1) == date(2012, 1, 3)
    with pytest.raises(CalendarError, match="2011-12-31 is before the first day of the calendar, 2012-01-01"):
        ENGLAND.add_working_days(date(2011, 12, 31), 1)
    with pytest.raises(CalendarError, match="before the first day"):
        ENGLAND.working_days_between(date(2011, 12, 30), date(2012, 1, 3))


def test_beyond_the_horizon() -> None:
    last = date(2099, 12, 30)
    assert ENGLAND.add_working_days(last, 1) == HORIZON
    with pytest.raises(CalendarError, match="2 Working Days after 2099-12-30 lie beyond 2099-12-31"):
        ENGLAND.add_working_days(last, 2)
    with pytest.raises(CalendarError, match="beyond 2099-12-31"):
        ENGLAND.working_days_between(last, date(2100, 1, 1))


def test_backwards_is_refused() -> None:
    with pytest.raises(CalendarError, match="counted forwards"):
        ENGLAND.add_working_days(date(2026, 3, 12), -1)


def test_why_not_working() -> None:
    assert ENGLAND.why_not_working(date(2026, 4, 2)) is None
    assert ENGLAND.is_working_day(date(2026, 4, 2))
    assert ENGLAND.why_not_working(date(2026, 4, 3)) == "Good Friday"
    assert ENGLAND.why_not_working(date(2026, 4, 4)) == "Saturday"
    assert ENGLAND.why_not_working(date(2026, 4, 5)) == "Sunday"
    assert not ENGLAND.is_working_day(date(2026, 12, 28))


def test_skipped_days_holidays_by_name_first() -> None:
    skipped = ENGLAND.skipped_between(date(2026, 4, 2), date(2026, 4, 7))
    assert [(day.date.day, day.why) for day in skipped] == [
        (3, "Good Friday"), (6, "Easter Monday"), (4, "Saturday"), (5, "Sunday"),
    ]  # fmt: skip


def test_a_one_off_holiday_makes_a_new_calendar() -> None:
    jubilee = date(2026, 6, 15)
    after = with_holidays({jubilee: "A one-off holiday"})
    friday = date(2026, 6, 12)
    assert ENGLAND.add_working_days(friday, 1) == jubilee
    assert after.add_working_days(friday, 1) == date(2026, 6, 16)
    assert after.why_not_working(jubilee) == "A one-off holiday"
    assert (after.edge, after.division) == (ENGLAND.edge, ENGLAND.division)
    assert after.version != ENGLAND.version
    assert with_holidays({}).version == ENGLAND.version


def test_a_one_off_holiday_on_a_weekend_changes_no_count() -> None:
    saturday = date(2026, 6, 13)
    after = with_holidays({saturday: "A Saturday holiday"})
    assert after.add_working_days(date(2026, 6, 12), 1) == date(2026, 6, 15)
    assert len(after.skipped_between(date(2026, 6, 12), date(2026, 6, 15))) == 2


def test_a_new_list_moves_the_edge() -> None:
    after = with_holidays({date(2029, 1, 1): "New Year’s Day"}, edge=date(2029, 12, 26))
    assert after.edge == date(2029, 12, 26)
    assert after.add_working_days(date(2028, 12, 29), 1) == date(2029, 1, 2)


def test_unknown_division() -> None:
    with pytest.raises(
        CalendarError, match="unknown division 'wales'; choose one of england-and-wales, scotland"
    ):
        load_calendar("wales")


def test_a_calendar_file_of_ones_own() -> None:
    text = """
        source = "A test"
        first = 2026-01-01
        edge = 2026-12-31
        [england-and-wales]
        2026-03-13 = "A Friday off"
        [scotland]
        [northern-ireland]
    """
    calendar = read_calendar(text, "all")
    assert calendar.add_working_days(date(2026, 3, 12), 1) == date(2026, 3, 16)
    assert calendar.holidays == {date(2026, 3, 13): "A Friday off (England and Wales)"}
