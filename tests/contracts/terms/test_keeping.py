"""Until when a closed contract is kept. Days worked out by hand."""

from datetime import date

import pytest

from contracts.terms.keeping import Made, Reason, kept_until, years_after


@pytest.mark.parametrize(
    ("division", "made", "until"),
    [
        ("england-and-wales", Made.SIMPLE, date(2032, 3, 17)),
        ("england-and-wales", Made.DEED, date(2038, 3, 17)),
        ("northern-ireland", Made.SIMPLE, date(2032, 3, 17)),
        ("scotland", Made.SIMPLE, date(2046, 3, 17)),
        ("all", Made.SIMPLE, date(2046, 3, 17)),
    ],
)
def test_the_law_says_how_long_a_claim_may_be_brought(division, made, until):
    assert kept_until(date(2026, 3, 17), None, division, made).day == until


def test_the_laws_time_runs_from_the_end_of_the_contract_where_that_is_later():
    found = kept_until(date(2026, 3, 17), date(2029, 3, 31), "england-and-wales", Made.SIMPLE)
    assert found.day == date(2035, 3, 31)
    assert "31 March 2029" in found.reasons[0].because
    earlier = kept_until(date(2026, 3, 17), date(2025, 3, 31), "england-and-wales", Made.SIMPLE)
    assert earlier.day == date(2032, 3, 17)


def test_paragraphs_and_people_make_it_longer_and_never_shorter():
    longer = Reason(date(2040, 1, 1), "audit records")
    shorter = Reason(date(2027, 1, 1), "logs")
    found = kept_until(date(2026, 3, 17), None, "england-and-wales", Made.SIMPLE, [shorter, longer])
    assert found.day == date(2040, 1, 1)
    assert [one.day.year for one in found.reasons] == [2040, 2032, 2027]
    assert kept_until(date(2026, 3, 17), None, "england-and-wales", Made.SIMPLE, [shorter]).day.year == 2032


def test_29_february_becomes_28_february():
    assert years_after(date(2024, 2, 29), 6) == date(2030, 2, 28)
    assert years_after(date(2024, 2, 29), 12) == date(2036, 2, 29)
