"""The API of vulnerabilities: what the table says, no draft to others, pages, filters, a constant cost."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import play
from tests.subjects.vulnerabilities import vulnerability


@pytest.fixture
def cast(db):
    return play()


def address(cast) -> str:
    return f"/api/v1/contracts/{cast.contract.pk}/vulnerabilities/"


def found(answer) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [one["identifier"][-4:] for one in answer.json()["results"]]


def test_one_says_what_the_table_says_with_its_places(cast, ask):
    row = vulnerability(cast, ratings={"nvd": "High"})
    [said] = ask(cast.ada, address(cast)).json()["results"]
    assert (said["subject"], said["category"], said["due_at"]) == (
        "CVE-2026-0901 in openssl",
        "Critical",
        "2026-03-19T23:59:59Z",
    )
    assert said["ratings"] == [{"by": "nvd", "says": "High", "category": "Critical"}]
    assert (said["hosts"], said["hosts_waiting"], said["late"], said["careful"]) == (2, 2, True, False)
    one = ask(cast.ada, f"{address(cast)}{row.pk}/").json()
    places = one.pop("places")
    assert one == said and [place["name"] for place in places] == ["web-1", "web-2"]
    assert ask(cast.zed, f"{address(cast)}{row.pk}/").status_code == 404


def test_drafts_are_their_sides_own(cast, ask):
    row = vulnerability(cast, draft=True)
    assert found(ask(cast.tom, address(cast), draft="true")) == ["0901"]
    for person in (cast.ada, cast.olu):
        assert found(ask(person, address(cast))) == []
        assert ask(person, f"{address(cast)}{row.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["0901", "0902", "0903"]),
        ({"show": "late"}, ["0901", "0903"]),
        ({"show": "no_day"}, ["0902"]),
        ({"show": "to_do", "category": "Other"}, ["0903"]),
        ({"category": "unrated"}, ["0902"]),
        ({"text": "NGINX"}, ["0903"]),
        ({"text": "db-7"}, ["0903"]),
        ({"page_size": "2"}, ["0901", "0902"]),
    ],
)
def test_it_is_narrowed_as_the_table_is(cast, ask, query, expected):
    vulnerability(cast, released=date(2026, 3, 2))
    vulnerability(cast, "CVE-2026-0902", category="", released=None)
    far = date(2026, 3, 16)
    vulnerability(cast, "CVE-2026-0903", category="Other", component="nginx", hosts=["db-7"], released=far)
    assert found(ask(cast.ada, address(cast), **query)) == expected


@pytest.mark.parametrize("query", [{"show": "nonsense"}, {"category": "Severe"}])
def test_a_value_that_is_not_known_is_refused_and_named(cast, ask, query):
    answer = ask(cast.ada, address(cast), **query)
    assert answer.status_code == 400 and list(answer.json()) == list(query)


def test_a_page_of_many_costs_as_much_as_one_of_few(cast, ask):
    counts = []
    for first, number in ((10, 1), (20, 5)):
        for one in range(first, first + number):
            vulnerability(cast, f"CVE-2026-09{one}")
        ask(cast.ada, address(cast))
        with CaptureQueriesContext(connection) as queries:
            ask(cast.ada, address(cast))
        counts.append(len(queries))
    assert counts[0] == counts[1]
