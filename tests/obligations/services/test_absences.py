"""No scan this month: worked out from the record, for both sides (DMP 23, 7.1.3, 7.11.1; R11, R16, R49).

The present is Tuesday 17 March 2026, noon in London. Scanned on 10 February: the next by the end of 10 March.
"""

from __future__ import annotations

from datetime import date

import pytest

from contracts.terms.moments import end_of_day, start_of_day
from obligations.models import Duty, FactRecord, Miss, Phase
from obligations.services.absences import absence_of, not_there
from obligations.services.reconciling.sweep import sweep
from obligations.services.recording.facts import withdraw_fact
from tests.cast import NOON, Cast, happened, play

pytestmark = pytest.mark.django_db
SCAN = "external_vulnerability_scan_completed"


@pytest.fixture
def cast(db) -> Cast:
    cast = play()
    happened(cast, SCAN, date(2026, 2, 10))
    return cast


def scan(cast: Cast) -> Duty:
    """The duty of the period that ends with 10 March."""
    return Duty.objects.get(contract=cast.contract, obligation__rule_key="7.1.3", due_date=date(2026, 3, 10))


def scans(cast: Cast, who: str = "priya", now=NOON) -> list[date]:
    absent = not_there(cast.access(who, now), now)
    return [one.absence.last for one in absent if one.duty.obligation.rule_key == "7.1.3"]


@pytest.mark.parametrize("who", ["priya", "ada"])
def test_no_scan_in_the_month_is_a_fact_at_its_end_for_both_sides_and_nobody_recorded_it(cast, who):
    before = FactRecord.objects.count()
    assert scans(cast, who, end_of_day(date(2026, 3, 10))) == []
    assert scans(cast, who, start_of_day(date(2026, 3, 11))) == [date(2026, 3, 10)]
    assert FactRecord.objects.count() == before


def test_a_late_record_of_a_scan_in_the_period_says_that_it_was_there(cast):
    assert scans(cast) == [date(2026, 3, 10)]
    late = happened(cast, SCAN, date(2026, 3, 10)).fact
    assert scans(cast) == [] and absence_of(scan(cast), NOON) is None
    assert scan(cast).phase == Phase.MET
    withdraw_fact(late, cast.as_("priya"), NOON, reason="It was of another system.")
    assert scans(cast) == [date(2026, 3, 10)]


def test_a_scan_after_it_ends_the_absence_and_does_not_undo_it(cast):
    happened(cast, SCAN, date(2026, 3, 11))
    found = absence_of(scan(cast), NOON)
    assert scans(cast) == [] and found is not None and found.found == date(2026, 3, 11)
    assert scan(cast).phase == Phase.MET_LATE


def test_what_was_shown_as_missed_stays_on_record_as_having_been_shown(cast):
    """R49: what the record said then stays; the duty itself is met."""
    sweep(NOON)
    happened(cast, SCAN, date(2026, 3, 9))
    assert scan(cast).phase == Phase.MET
    assert Miss.objects.filter(duty=scan(cast)).count() <= 1


def test_however_many_there_are_the_queries_are_the_same(cast, django_assert_num_queries):
    access = cast.access("priya")
    not_there(access, NOON)
    with django_assert_num_queries(1):
        not_there(access, NOON)
