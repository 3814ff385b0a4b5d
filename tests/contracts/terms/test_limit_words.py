"""A limit in words, as pages, steps and the ledger say it."""

from __future__ import annotations

import pytest

from contracts.terms.limit_words import in_words
from contracts.terms.phrases import parse_limit

SAID = [
    ("within ten (10) days", "10 days"),
    ("at least 6 months", "6 months"),
    ("within 30 days or 1 month, whichever is the earlier", "30 days or 1 month, whichever is the earlier"),
    ("within 2 days or 72 hours", "2 days or 72 hours"),
    ("6 months less one day", "6 months less 1 day"),
    ("no later than 10 Working Days before the fair", "10 Working Days before"),
    ("at least 5 days before the fair", "at least 5 days before"),
    ("by 12 noon on the next Working Day", "1 Working Day, by midday"),
    ("before 10:00 on the next Working Day", "1 Working Day, before 10am"),
    ("by close of business on the second Working Day after it", "2 Working Days, by the close of business"),
    ("by the 5th Working Day of each month", "the 5th Working Day of each month"),
    ("by the last day of each Contract Year", "the last day of each Contract Year"),
    ("by 31 March each year", "31 March each year"),
    ("within 5 Working Days of the end of each Quarter", "5 Working Days after the end of each quarter"),
    ("every Monday", "each Monday"),
    ("within the two months ending on the last day", "the 2 months that end on the day"),
    ("may not begin until 8 Working Days after the award", "not until 8 Working Days have passed"),
    ("within 14 days beginning with the day of the fair", "14 days, the first day counted"),
]


@pytest.mark.parametrize(("phrase", "said"), SAID)
def test_a_limit_is_said_in_words(phrase, said):
    limit = parse_limit(phrase).limit

    assert limit is not None
    assert in_words(limit) == said
