"""Several lengths in one phrase are one limit; numbers and units are never joined across (R38)."""

from __future__ import annotations

import pytest

from contracts.terms.phrases import PhraseError, find_limits, parse_limit

# phrase, how they go together, the lengths
JOINED = [
    ("within 14 days or 1 month, whichever is the earlier", "earlier", "14 days, 1 month"),
    ("within 48 hours or 2 Working Days, whichever is the later", "later", "48 hours, 2 Working Days"),
    (
        "within two (2) weeks or ten (10) Working Days (whichever is longer)",
        "later",
        "2 weeks, 10 Working Days",
    ),
    ("the sooner of 3 Working Days and 96 hours", "earlier", "3 Working Days, 96 hours"),
    ("within the later of 1 month and 20 Working Days of the fair", "later", "1 month, 20 Working Days"),
    ("the earliest of 8 days, 1 week and 5 Working Days", "earlier", "8 days, 1 week, 5 Working Days"),
    ("within 90 days or, if later, 3 months", "later", "90 days, 3 months"),
    ("within 36 hours or 2 days", "either", "36 hours, 2 days"),
    ("within 21 days to 2 months", "either", "21 days, 2 months"),
    ("between 6 days and 1 month", "either", "6 days, 1 month"),
    ("20 minutes to 2 hours", "either", "20 minutes, 2 hours"),
    ("within two or three days", "either", "2 days, 3 days"),
    ("within 3 Working Days (72 hours)", "either", "3 Working Days, 72 hours"),
    ("within 15 days plus two Working Days", "plus", "15 days, 2 Working Days"),
    ("a year and a day", "plus", "1 year, 1 day"),
    ("within 2 months and 10 days of the fair", "plus", "2 months, 10 days"),
    ("3 months less one day", "less", "3 months, 1 day"),
]


@pytest.mark.parametrize(("phrase", "joined", "lengths"), JOINED)
def test_two_lengths_are_one_limit(phrase, joined, lengths):
    found = parse_limit(phrase)

    assert found.limit is not None
    assert (str(found.joined), ", ".join(map(str, found.limit.lengths))) == (joined, lengths)
    assert str(found.limit.period) == lengths.split(", ")[0]
    assert found.period is None, "neither is the length by itself"


@pytest.mark.parametrize(
    ("phrase", "period"),
    [
        ("within 7 to 10 days", "10 days"),
        ("10 days to 20 days", "20 days"),
        ("1 year and 6 months", "18 months"),
    ],
)
def test_a_range_with_one_unit_ends_at_its_upper_end(phrase, period):
    assert str(parse_limit(phrase).period) == period


@pytest.mark.parametrize(
    "sentence",
    [
        "Gates within 7 days and walls within 1 month.",
        "Mend it within 2 hours (first class), 4 hours (second class).",
        "Mended within 10 Working Days or, where the road is shut, within 2 days.",
        "Reply within 5 days of the call or 1 month of the fair.",
    ],
)
def test_limits_of_two_things_stay_two(sentence):
    assert [limit.joined for limit in find_limits(sentence)] == [None, None]


@pytest.mark.parametrize(
    "phrase",
    [
        "within the earlier of 30 days and the last day of the fair",
        "within 30 days or by the fair, whichever is later",
    ],
)
def test_a_length_beside_an_event_cannot_be_read_alone(phrase):
    with pytest.raises(PhraseError, match="stands beside something else"):
        parse_limit(phrase)
