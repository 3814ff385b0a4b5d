"""May it be operated: the contract's first page, the page of the gates, and what other programs read (R26).

The present is Tuesday 17 March 2026, noon in London.
"""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from tests.cast import DMP, Cast, happened, make_contract, play
from tests.web.conftest import words

pytestmark = pytest.mark.django_db
CE = {"scheme": "Cyber Essentials"}


@pytest.fixture
def cast(db) -> Cast:
    """Everything that DMP 23 puts before the operation is there; the certificate ends on 31 March."""
    cast = play(DMP)
    happened(cast, "security_approval_obtained", date(2025, 4, 2), "Portal", by="ada")
    happened(cast, "residual_risk_decision_made", date(2025, 4, 3), "Portal")
    happened(cast, "certificate_issued", date(2025, 4, 1), "CE", expires="2026-03-31", **CE)
    return cast


def page(cast, browse, who="priya", **query):
    return browse(cast.people[who]).get(reverse("gates", args=[cast.contract.pk]), query)


def on(day: date) -> dict[str, int]:
    return {"on_day": day.day, "on_month": day.month, "on_year": day.year}


def board(cast, browse, who="priya") -> str:
    return words(browse(cast.people[who]).get(reverse("board", args=[cast.contract.pk])))


@pytest.mark.parametrize("who", ["priya", "ada", "olu"])
def test_both_sides_see_it_on_the_contracts_first_page(cast, browse, who):
    assert "Yes It may be operated today: every gate before it is open." in board(cast, browse, who)
    happened(cast, "certification_ceased", date(2026, 3, 16), "CE", **CE)
    assert "It may not be operated today: 1 gate is shut, “No Authority data without" in board(
        cast, browse, who
    )


def test_a_contract_without_gates_says_nothing(browse):
    assert "operated" not in board(make_contract(), browse)


def test_any_day_may_be_asked_about(cast, browse):
    last, after = (
        words(page(cast, browse, **on(date(2026, 3, 31)))),
        words(page(cast, browse, **on(date(2026, 4, 1)))),
    )
    assert "Yes It may be operated on 31 March 2026" in last
    assert "As though nothing more were recorded until the end of that day." in last
    assert "It may not be operated on 1 April 2026" in after
    assert "Shut since 1 April 2026 for CE: “Compliance with the certification requirements ceased”." in after
    assert "No certificate on record of Cyber Essentials or Cyber Essentials Plus is in force." in after
    before = words(page(cast, browse, **on(date(2025, 4, 1))))
    assert "The record does not show that it may be operated on 1 April 2025" in before


def test_a_day_that_is_none_is_refused_beside_its_field_and_today_is_shown(cast, browse):
    answer = words(page(cast, browse, on_day=31, on_month=2, on_year=2026))
    assert "There is a problem" in answer and "It may be operated today" in answer
    assert "There is a problem" in words(page(cast, browse, **on(date(1999, 1, 1))))


def test_the_page_costs_the_same_however_much_there_is(cast, browse, django_assert_num_queries):
    happened(cast, "data_processing_proposed", date(2026, 3, 10), "Portal")
    page(cast, browse)
    client = browse(cast.priya)
    address = reverse("gates", args=[cast.contract.pk])
    with django_assert_num_queries(12):
        client.get(address)
    for number in range(5):
        happened(cast, "data_processing_proposed", date(2026, 3, 10), f"Use {number}")
    with django_assert_num_queries(12):
        client.get(address)


def test_other_programs_read_the_same(cast, browse):
    client = browse(cast.ada)
    address = reverse("api_gates", args=[cast.contract.pk])
    found = client.get(address, {"on": "2026-04-01"}).json()
    assert (found["day"], found["may_be_operated"]) == ("2026-04-01", "shut")
    [shut] = [gate for gate in found["gates"] if gate["operation"] and gate["answer"] == "shut"]
    assert (shut["citation"], shut["missing"]) == ("dmp_schedule_23/main/6.1", True)
    assert [one["fact"] for one in shut["shut_by"]] == ["certification_ceased"]
    assert client.get(address).json()["may_be_operated"] == "open"
    assert client.get(address, {"on": "soon"}).status_code == 400
