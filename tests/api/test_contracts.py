"""The API of contracts and duties: one gate, pages by cursor, filters, and dates that explain themselves."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contracts.api.throttles import PerToken
from obligations.models import Duty, Phase
from obligations.selectors import GROUPS, group_of
from tests.cast import NOON, make_contract, organisation
from tests.support.duties import make_duty
from tests.support.own_book import decided, own_cast

PAST = date(2026, 3, 19)
FUTURE = date(2126, 3, 19)


def duties(cast) -> str:
    return f"/api/v1/contracts/{cast.contract.pk}/duties/"


def test_your_contracts_with_your_side_and_role(cast, ask):
    make_contract(
        reference="OTHER", authority=organisation("Elsewhere Board")
    ).contract.memberships.all().delete()
    [row] = ask(cast.tom, "/api/v1/contracts/").json()["results"]
    assert (row["reference"], row["side"], row["role"]) == ("WF-2026-014", "supplier", "contributor")
    assert row["authority"] == {"name": "Wrenfield Council", "word": "Authority"}
    assert row["schedules"] == ["dmp_schedule_23"]
    assert ask(cast.tom, row["duties"]).status_code == 200


def test_a_duty_carries_its_date_its_steps_and_where_it_stands(cast, ask):
    reading = {"reading": "Working Days", "due_date": "2026-03-26"}
    steps = [{"rule": "R1", "text": "12 March 2026 is left out"}]
    duty = make_duty(
        cast, flagged=True, derivation={"steps": steps, "readings": [reading]}, approver="authority"
    )
    [row] = ask(cast.ada, duties(cast)).json()["results"]
    assert row["citation"] == "dmp_schedule_23/main/10.3"
    assert (row["due_date"], row["due_at"]) == ("2026-03-19", "2026-03-19T23:59:59Z")
    assert (row["standing"], row["phase"], row["party_name"]) == ("overdue", "open", "Supplier")
    assert (row["steps"], row["readings"], row["flagged"]) == (steps, [reading], True)
    assert (row["word"], row["literal_limit"], row["ended_by"]) == (None, None, None)
    assert row["page"].endswith(f"/contracts/{cast.contract.pk}/duties/{duty.pk}")
    assert ask(cast.ada, f"{duties(cast)}{duty.pk}/").json() == row


def test_summer_time_is_in_the_moment(cast, ask):
    make_duty(cast, due=date(2026, 6, 10))
    assert ask(cast.ada, duties(cast)).json()["results"][0]["due_at"] == "2026-06-10T23:59:59+01:00"


@pytest.mark.parametrize("address", ["/api/v1/contracts/", "/api/v1/contracts/1/duties/"])
def test_no_token_no_answer(db, ask, address):
    answer = ask(None, address)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Duly"'


def test_somebody_elses_contract_is_not_there(cast, ask):
    assert ask(cast.zed, duties(cast)).status_code == 404
    assert ask(cast.zed, "/api/v1/contracts/").json()["results"] == []
    assert ask(cast.priya, "/api/v1/contracts/999999/duties/").status_code == 404


def test_another_contracts_duty_is_not_there(cast, ask):
    other = make_contract(reference="OTHER", authority=organisation("Elsewhere Board"))
    duty = make_duty(other)
    other.contract.memberships.filter(person=cast.priya).delete()
    assert ask(cast.priya, f"{duties(cast)}{duty.pk}/").status_code == 404
    assert ask(cast.ada, f"{duties(cast)}{duty.pk}/").status_code == 404
    assert ask(cast.ada, f"{duties(other)}{duty.pk}/").status_code == 200


def test_a_membership_that_has_ended_opens_nothing(cast, ask):
    cast.contract.memberships.filter(person=cast.tom).update(to_day=date(2026, 1, 1))
    assert ask(cast.tom, duties(cast)).status_code == 404
    assert ask(cast.tom, "/api/v1/contracts/").json()["results"] == []


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_written(cast, method):
    from rest_framework.test import APIClient

    client = APIClient()
    client.force_authenticate(cast.priya)
    assert getattr(client, method)(duties(cast), {}).status_code == 405


def test_pages_by_cursor_miss_nothing_and_repeat_nothing(cast, ask):
    made = [make_duty(cast, f"CVE-2026-{number:04}").pk for number in range(7)]
    seen, address = [], f"{duties(cast)}?page_size=3"
    while address:
        page = ask(cast.priya, address).json()
        seen += [row["id"] for row in page["results"]]
        address = page["next"]
    assert seen == made


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"party": "authority"}, {"theirs", "shared"}),
        ({"party": "supplier"}, {"past", "future", "met", "word", "shared"}),
        ({"group": "overdue"}, {"past"}),
        ({"group": "owed_now"}, {"word"}),
        ({"phase": "met"}, {"met"}),
        ({"due_after": "2100-01-01"}, {"future", "theirs", "shared"}),
        ({"due_before": "2026-03-19"}, {"past", "met"}),
        ({"due_before": "2026-03-18"}, set()),
        ({"paragraph": "10.3"}, {"past", "future", "met"}),
        ({"paragraph": "10"}, {"past", "future", "met", "word"}),
        ({"paragraph": "dmp_schedule_23/main/8"}, {"theirs", "shared"}),
        ({"paragraph": "1"}, set()),
        ({"subject": "word"}, {"word"}),
        ({"flagged": "true"}, {"shared"}),
    ],
)
def test_filters(cast, ask, query, found):
    make_duty(cast, "past", due=PAST)
    make_duty(cast, "future", due=FUTURE)
    make_duty(cast, "met", due=PAST, phase="met")
    make_duty(cast, "word", due=None, word="promptly", path="main/10.5.2")
    make_duty(cast, "theirs", due=FUTURE, party="authority", path="main/8.1")
    make_duty(cast, "shared", due=FUTURE, party="both", path="main/8.2.2", flagged=True)
    answer = ask(cast.olu, duties(cast), **query)
    assert {row["subject"] for row in answer.json()["results"]} == found


@pytest.mark.parametrize(
    "query", [{"group": "nonsense"}, {"phase": "nonsense"}, {"due_after": "19/03/26"}, {"party": "me"}]
)
def test_a_bad_value_names_its_parameter(cast, ask, query):
    answer = ask(cast.priya, duties(cast), **query)
    assert answer.status_code == 400
    assert set(answer.json()) == set(query)


def test_the_number_of_queries_does_not_grow(cast, ask):
    make_duty(cast, "one")
    ask(cast.priya, duties(cast))
    with CaptureQueriesContext(connection) as one:
        ask(cast.priya, duties(cast))
    for number in range(30):
        make_duty(cast, f"CVE-2026-{number:04}")
    with CaptureQueriesContext(connection) as many:
        assert len(ask(cast.priya, duties(cast)).json()["results"]) == 31
    assert len(many) == len(one) <= 5


def test_every_group_of_the_filter_agrees_with_the_standing_it_shows(cast):
    shown = {
        "overdue": {"overdue"},
        "owed_now": {"owed_now"},
        "this_week": {"due_today", "due_this_week"},
        "later": {"due_soon", "later", "no_date"},
        "suspended": {"suspended"},
        "met": {"met", "met_late"},
        "ended": {"ended"},
        "before_duly": {"before_duly"},
        "withdrawn": {"withdrawn"},
    }
    dates = [None, PAST, NOON.date(), date(2026, 3, 22), date(2026, 3, 23), date(2026, 4, 14), FUTURE]
    for phase in Phase.values:
        for day in [*dates, datetime(2026, 3, 17, 11, 59, 59, tzinfo=UTC), NOON]:
            for word in ("", "promptly"):
                make_duty(cast, f"{phase} {day} {word}", due=day, phase=phase, word=word)
    for group in GROUPS:
        if group in shown:
            rows = Duty.objects.filter(group_of(group, "supplier", NOON))
            assert rows and {str(row.standing_at(NOON)) for row in rows} <= shown[group]


def test_too_many_questions_are_put_off(cast, ask, monkeypatch):
    monkeypatch.setattr(PerToken, "get_rate", lambda self: "3/min")
    answers = [ask(cast.priya, "/api/v1/contracts/") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_the_schema_is_valid_and_names_every_endpoint(db, client):
    import yaml
    from drf_spectacular.validation import validate_schema

    schema = yaml.safe_load(client.get("/api/schema").content)
    validate_schema(schema)
    assert set(schema["paths"]) == {
        "/api/v1/contracts/",
        "/api/v1/contracts/{contract_id}/certificates/",
        "/api/v1/contracts/{contract_id}/vulnerabilities/",
        "/api/v1/contracts/{contract_id}/vulnerabilities/{vulnerability_id}/",
        "/api/v1/contracts/{contract_id}/gates/",
        "/api/v1/contracts/{contract_id}/claims/",
        "/api/v1/contracts/{contract_id}/coverage/",
        "/api/v1/contracts/{contract_id}/duties/",
        "/api/v1/contracts/{contract_id}/duties/{duty_id}/",
        "/api/v1/contracts/{contract_id}/duties/{duty_id}/evidence/",
        "/api/v1/contracts/{contract_id}/duties/{duty_id}/proof/",
        "/api/v1/contracts/{contract_id}/facts/",
        "/api/v1/contracts/{contract_id}/plans/",
    }


def test_the_schema_is_made_without_a_warning():
    from drf_spectacular.drainage import GENERATOR_STATS
    from drf_spectacular.generators import SchemaGenerator

    with GENERATOR_STATS.silence():
        SchemaGenerator().get_schema(request=None, public=True)
        assert not GENERATOR_STATS._warn_cache and not GENERATOR_STATS._error_cache


def test_the_page_about_the_api_lists_fields_and_parameters(cast, client):
    client.force_login(cast.priya)
    page = client.get("/api/docs").content.decode()
    for word in (
        "/api/v1/contracts/{contract_id}/coverage/",
        "/api/v1/contracts/{contract_id}/duties/",
        "due_after",
        "steps",
        "How the date was worked out",
    ):
        assert word in page
    assert "https://" not in page.split("<main")[1].split("</main>")[0]


def test_an_empty_list_of_a_contract_that_nobody_read_says_so(cast, ask):
    assert ask(cast.tom, duties(cast)).json()["coverage"]["complete"] is True
    other = own_cast(reference="OWN")
    decided(other, "main/1", outcome="none", why="It says what words mean.")
    answer = ask(cast.tom, duties(other)).json()
    expected = {
        "schedules": 1, "paragraphs": 7, "decided": 1, "in_force": 0, "undecided": 6, "unread": 0,
        "complete": False,
    }  # fmt: skip
    assert (answer["results"], answer["coverage"]) == ([], expected)
    rows = {row["reference"]: row for row in ask(cast.tom, "/api/v1/contracts/").json()["results"]}
    assert ask(cast.tom, rows["OWN"]["coverage"]).json() == expected
    assert ask(cast.zed, f"/api/v1/contracts/{other.contract.pk}/coverage/").status_code == 404
