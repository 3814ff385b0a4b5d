"""The calculator's page: an answer with its steps and its days, and mistakes that name their field."""

from __future__ import annotations

from datetime import date
from re import findall

import pytest
from django.urls import reverse

from contracts.models import LedgerEntry
from tests.cast import person
from tests.web.conftest import day_boxes, errors, words

pytestmark = pytest.mark.django_db
EASTER = day_boxes("on", date(2026, 4, 2))


@pytest.fixture
def ask(browse):
    client = browse(person("zed"))
    return lambda **data: client.get(reverse("what_if"), data)


def test_it_is_for_people_who_are_signed_in(browse):
    assert browse().get(reverse("what_if")).status_code == 302
    assert browse(person("zed")).post(reverse("what_if")).status_code == 405


def test_before_anything_is_asked(ask):
    page = ask()
    assert errors(page) == {} and "How we worked this out" not in words(page)
    assert 'name="on_day" type="text" inputmode="numeric" value="16"' in page.content.decode()
    assert reverse("what_if") in page.content.decode()


def test_a_typed_limit_with_its_steps_and_days(ask):
    page = ask(within="within two (2) Working Days", **EASTER)
    said = words(page)
    assert "Due by the end of Wednesday 8 April 2026" in said
    assert "Public holidays of England and Wales" in said
    assert "4 days left out: 2 at weekends, Good Friday and Easter Monday" in said
    assert "3 not counted: Good Friday" in said and "4 not counted: Saturday" in said
    assert "7 day 1 8 day 2 due" in said
    assert "#R3" in page.content.decode()
    assert LedgerEntry.objects.count() == 0


def test_every_month_is_a_table_with_a_caption_and_seven_columns(ask):
    page = ask(within="60 Working Days", **EASTER).content.decode()
    tables = findall(r'(?s)<table class="duly-month">(.*?)</table>', page)
    assert len(tables) == 4
    for table in tables:
        assert "<caption" in table and table.count('<th scope="col">') == 7
        assert all(row.count("<td") == 7 for row in findall(r"(?s)<tr>(.*?)</tr>", table)[1:])


def test_the_division_decides(ask):
    assert "Tuesday 7 April 2026" in words(ask(within="2 Working Days", division="scotland", **EASTER))


def test_a_rule_with_its_other_readings(ask):
    said = words(ask(rule="dmp_schedule_23/12.1", **day_boxes("on", date(2026, 3, 12))))
    assert "Due by the end of Tuesday 17 March 2026" in said
    assert "paragraph 12.1" in said
    assert "The words allow another reading" in said and "Thursday 19 March 2026" in said


def test_a_minimum_and_a_provisional_date(ask):
    assert "Keep at least until the end of Friday 2 October 2026" in words(
        ask(within="at least 6 months", **EASTER)
    )
    far = day_boxes("on", date(2028, 12, 29))
    assert "This date is provisional" in words(ask(within="5 Working Days", **far))


def test_hours_and_the_repeated_hour(ask):
    asked = day_boxes("on", date(2026, 10, 25)) | {"at": "1:30am"}
    said = words(ask(within="24 hours", **asked))
    assert "12:30am on Monday 26 October 2026" in said and "the later of the two hours" in said


@pytest.mark.parametrize(
    ("data", "says", "box"),
    [
        (EASTER, "Type a limit, such as within two (2) Working Days, or choose a rule.", "id_within"),
        (EASTER | {"within": "promptly"}, "No time limit in “promptly”", "id_within"),
        (EASTER | {"within": "7 days", "rule": "dmp_schedule_23/12.1"}, "not both", "id_within"),
        (EASTER | {"rule": "dmp_schedule_23/99"}, "Choose a rule from the list.", "id_rule"),
        (EASTER | {"within": "24 hours"}, "Enter the time too: 24 hours run from a moment", "id_at"),
        (EASTER | {"within": "24 hours", "at": "soon"}, "The time must be a time", "id_at"),
        ({"within": "7 days"} | day_boxes("on", date(2026, 4, 2)) | {"on_month": "13"}, "real date", "id_on"),
        ({"within": "7 days"}, "The day is missing.", "id_on"),
        ({"within": "7 Working Days"} | day_boxes("on", date(1966, 1, 3)), "outside the calendar", "id_on"),
        ({"within": "9000 years"} | EASTER, "This cannot be counted", "id_within"),
        (EASTER | {"within": "7 days", "division": "mars"}, "Choose whose public holidays", "id_division"),
        (
            day_boxes("on", date(2026, 3, 29)) | {"within": "5 hours", "at": "1:30am"},
            "The clocks go forward in that hour.",
            "id_at",
        ),
    ],
)
def test_a_mistake_names_its_field(ask, data, says, box):
    page = ask(**data)
    assert page.status_code == 200
    found = [(text, target) for text, target in errors(page).items() if says in text]
    assert found and found[0][1].startswith(box), errors(page)
    assert "How we worked this out" not in words(page)


def test_the_earlier_of_two_lengths_and_a_place_in_the_calendar(ask):
    """R38, R40: 26 April is a day before a month; the fifth Working Day of April 2026 is the 9th."""
    march = day_boxes("on", date(2026, 3, 27))
    said = words(ask(within="within 30 days or 1 month, whichever is the earlier", **march))
    assert "Due by the end of Sunday 26 April 2026" in said and "#R38" not in said
    said = words(ask(within="on or before the fifth Working Day of each month", **march))
    assert "Due by the end of Thursday 9 April 2026" in said


def test_a_limit_that_counts_back_a_period_and_a_gate(ask):
    """R35."""
    fair = day_boxes("on", date(2026, 3, 12))
    said = words(ask(within="within 10 days before the Fair", **fair))
    assert "Due by the end of Monday 2 March 2026" in said and "Wednesday 11 March 2026" in said
    said = words(ask(within="within the period of two months ending on the Expiry Date", **fair))
    assert "The period, with no date of its own 13 January 2026 to 12 March 2026" in said


def test_working_hours_ask_for_the_hours_of_work(ask):
    """R41: an hour of Thursday, three of Friday."""
    asked = {"within": "within 4 Working Hours", "at": "4pm", **day_boxes("on", date(2026, 3, 12))}
    missing = "Enter the hours of work: the limit is counted only while they run."
    assert errors(ask(**asked)) == {missing: "id_hours"}
    (twice,) = errors(ask(hours="mon-fri 09:00-17:00, fri 09:00-12:00", **asked))
    assert twice.startswith("Friday has hours of work twice")
    said = words(ask(hours="mon-fri 09:00-17:00", **asked))
    assert "noon on Friday 13 March 2026" in said or "midday on Friday 13 March 2026" in said
