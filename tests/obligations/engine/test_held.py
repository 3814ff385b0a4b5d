"""How long certificates are in force, and the days that none was, worked out by hand (R26)."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from contracts.terms.moments import LONDON
from obligations.rules.engine.held import BY_HAND, BY_ITSELF, by_scheme, gaps, held
from obligations.rules.register.vocabulary import shipped_vocabulary
from tests.support.what_if import fact

NOW = datetime(2026, 5, 20, 12, tzinfo=LONDON)


def issued(at, expires=None, subject="CE", scheme="Cyber Essentials"):
    details = {"expires": expires, "scheme": scheme}
    return fact("certificate_issued", at, subject, **{name: said for name, said in details.items() if said})


def spans(*facts, now=NOW):
    return held(facts, shipped_vocabulary(), now)


def missing(*facts, now=NOW):
    return [(gap.first, gap.last, gap.days) for gap in gaps(spans(*facts, now=now), now)]


def midnight(month, day):
    return datetime(2026, month, day, tzinfo=LONDON)


def test_it_is_in_force_through_its_last_day_and_not_a_second_longer():
    """Through Saturday 28 March; it ends on Sunday 29 March at 00:00, when the clocks go forward."""
    [one] = spans(issued("2025-03-29", "2026-03-28"))
    assert (one.ends, one.ended, one.last_day) == (midnight(3, 29), BY_ITSELF, date(2026, 3, 28))
    assert one.at(datetime(2026, 3, 28, 23, 59, 59, tzinfo=LONDON))
    assert not one.at(midnight(3, 29))
    assert one.at(datetime(2025, 3, 29, tzinfo=LONDON))
    assert not one.at(datetime(2025, 3, 28, 23, 59, 59, tzinfo=LONDON))


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        ("2026-04-01", []),  # the day after the last day: no gap
        ("2026-03-20", []),  # they overlap
        ("2026-04-02", [(date(2026, 4, 1), date(2026, 4, 1), 1)]),  # one day without
        ("2026-04-15", [(date(2026, 4, 1), date(2026, 4, 14), 14)]),
    ],
)
def test_a_gap_is_seen_to_the_day(second, expected):
    assert missing(issued("2025-04-01", "2026-03-31"), issued(second, "2027-03-31", "CE 2")) == expected


def test_a_gap_that_nothing_has_ended_is_open_also_where_the_next_one_lies_ahead():
    first = issued("2025-04-01", "2026-03-31")
    assert missing(first) == [(date(2026, 4, 1), None, None)]
    assert missing(first, now=datetime(2026, 3, 31, 23, 59, tzinfo=LONDON)) == []
    assert missing(first, now=midnight(4, 1)) == [(date(2026, 4, 1), None, None)]


def test_one_within_another_and_one_without_a_last_day():
    long, short = issued("2025-01-01", "2026-12-31"), issued("2025-06-01", "2025-08-31", "CE 2")
    assert missing(long, short) == []
    assert missing(issued("2025-01-01"), short) == []
    assert spans(issued("2025-01-01"))[0].ends is None


def test_what_ceased_by_hand_ends_at_that_moment_and_does_not_lapse_again():
    """Ceased at 14:30 on 5 May: that day is covered in part, and is the first day of the gap."""
    lost = fact("certification_ceased", "2026-05-05T14:30:00+01:00", "CE", scheme="Cyber Essentials")
    [one] = spans(issued("2025-04-01", "2026-08-31"), lost)
    assert (one.ended, one.ending, one.last_day) == (BY_HAND, lost, date(2026, 5, 5))
    assert missing(issued("2025-04-01", "2026-08-31"), lost) == [(date(2026, 5, 5), None, None)]
    back = issued("2026-05-11", "2027-05-10", "CE 2")
    assert missing(issued("2025-04-01", "2026-08-31"), lost, back) == [
        (date(2026, 5, 5), date(2026, 5, 10), 6)
    ]


def test_the_end_of_another_is_not_its_end():
    other = fact("certification_ceased", "2026-05-05", "CE", scheme="ISO 27001")
    older = fact("certification_ceased", "2024-05-05", "CE", scheme="Cyber Essentials")
    assert spans(issued("2025-04-01", "2026-08-31"), other, older)[0].ended == BY_ITSELF


def test_schemes_are_told_apart_whatever_their_capitals():
    found = by_scheme(
        spans(
            issued("2025-04-01", "2026-03-31"),
            issued("2026-04-01", "2027-03-31", "CE 2", "CYBER ESSENTIALS"),
            issued("2025-04-01", "2028-03-31", "ISO", "ISO/IEC 27001"),
            issued("2025-04-01", "2028-03-31", "Old", None),
        )
    )
    assert {name: len(ones) for name, ones in found.items()} == {
        "Cyber Essentials": 2,
        "ISO/IEC 27001": 1,
        "": 1,
    }
