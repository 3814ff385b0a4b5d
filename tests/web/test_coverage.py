"""Honest emptiness on every page that could say nothing is due, and the page of coverage."""

from __future__ import annotations

import csv
import io

import pytest
from django.urls import reverse

from contracts.models import Schedule
from obligations.services.entries.in_force import put_in_force
from tests.cast import DMP, NOON, make_contract, patch_released, play
from tests.support.own_book import (
    ENTRIES,
    HARBOUR,
    decided,
    in_force,
    own_cast,
    own_contract,
    own_schedule,
    paragraph,
)
from tests.web.conftest import words

pytestmark = pytest.mark.django_db
NOTHING = "It says what words mean."


def get(cast, browse, name, who="priya", **query):
    return browse(cast.people[who]).get(reverse(name, args=[cast.contract.pk]), query)


def all_decided(cast) -> None:
    for path in HARBOUR:
        if path in ENTRIES:
            decided(cast, path, ENTRIES[path])
        else:
            decided(cast, path, outcome="none", why=NOTHING)


@pytest.mark.parametrize("name", ["board", "weeks"])
def test_a_contract_nobody_has_read_never_says_that_nothing_is_due(browse, name):
    says = words(get(own_cast(), browse, name))
    assert "0 of 7 paragraphs read, dates are incomplete." in says
    assert "What 7 paragraphs ask, nobody has decided yet." in says
    assert "Nothing is due" not in says and "Nothing with a date is due" not in says


def test_one_group_says_so_too(browse):
    says = words(get(own_cast(), browse, "board", standing="overdue"))
    assert "0 of 7 paragraphs read" in says
    assert "There are none among what is decided and in force." in says


def test_what_is_decided_and_not_in_force_is_said(browse):
    cast = own_cast()
    all_decided(cast)
    says = words(get(cast, browse, "board"))
    assert "7 of 7 paragraphs read, 7 of them are not in force yet, dates are incomplete." in says
    assert "Nothing is due" not in says


def test_once_all_is_in_force_nothing_is_said(browse):
    cast = own_cast()
    for path in ("main/1", "Annex A/1"):
        decided(cast, path, outcome="none", why=NOTHING)
    in_force(cast)
    assert "incomplete" not in words(get(cast, browse, "board"))


def test_setting_up_has_it_as_a_task(browse):
    cast = own_cast()
    decided(cast, "main/2", ENTRIES["main/2"])
    assert "1 of 7 read" in words(get(cast, browse, "set_up"))
    all_decided(cast)
    assert "Read, not in force" in words(get(cast, browse, "set_up"))
    put_in_force(cast.contract, cast.schedule, cast.as_("priya"), NOON)
    assert "Nothing is due before it is in force. In force" in words(get(cast, browse, "set_up"))
    assert "Decide what its paragraphs ask" not in words(get(play(DMP, reference="X"), browse, "set_up"))


def test_a_contract_without_a_schedule_says_so(browse):
    says = words(get(own_contract(), browse, "board"))
    assert "This contract has no schedule yet, so its dates are incomplete." in says
    assert "Nothing is due" not in says


def test_a_shipped_schedule_says_what_it_always_said(browse):
    says = words(get(make_contract(), browse, "board"))
    assert "Nothing is due. When something happens, record it" in says and "incomplete" not in says


def test_the_start_page_says_it_of_each_contract_at_the_same_cost(browse, django_assert_num_queries):
    def home(number):
        client = browse(cast.priya)
        with django_assert_num_queries(number):
            return words(client.get(reverse("home")))

    cast = own_cast()
    decided(cast, "main/2", ENTRIES["main/2"])
    own_cast(reference="SECOND")
    play(DMP, reference="SHIPPED")
    cost = 10
    says = home(cost)
    assert "1 of 7 paragraphs read, dates are incomplete." in says
    assert "0 of 7 paragraphs read, dates are incomplete." in says
    assert says.count("dates are incomplete") == 2
    for number in range(3):
        own_cast(reference=f"MORE-{number}")
    assert home(cost).count("dates are incomplete") == 5


def test_coverage_shows_words_entries_limits_and_reasons(browse):
    cast = own_cast()
    decided(cast, "main/1", outcome="none", why=NOTHING)
    in_force(cast, {"main/2": ENTRIES["main/2"]})
    decided(cast, "main/4", ENTRIES["main/4"])
    says = words(get(cast, browse, "coverage"))
    assert "Of 7 paragraphs, 2 ask for something, 1 asks for nothing, 4 undecided." in says
    assert "The Provider shall tell the Council within 3 Working Days" in says
    assert "Limit no entry has “within 3 Working Days of a crane fault”" in says
    assert "Deliver the Harbour Log plan . Once. Provider. 10 Working Days." in says
    assert f"Asks for nothing: {NOTHING}" in says
    assert "1 duty" in says and "See what was decided : 2" in says
    undecided = reverse("entry_paragraph", args=[cast.contract.pk, paragraph(cast, "main/3").pk])
    assert "Decide what it asks : 3" in says
    assert undecided in get(cast, browse, "coverage").content.decode()


@pytest.mark.parametrize(
    ("show", "paths"),
    [
        ("undecided", ["3", "5", "6", "Annex A, 1"]),
        ("waiting", ["4"]),
        ("limit", ["3", "5"]),
        ("nothing", ["1"]),
        ("duties", ["2"]),
        ("rubbish", ["1", "2", "3", "4", "5", "6", "Annex A, 1"]),
    ],
)
def test_coverage_is_narrowed(browse, show, paths):
    cast = own_cast()
    decided(cast, "main/1", outcome="none", why=NOTHING)
    in_force(cast, {"main/2": ENTRIES["main/2"]})
    decided(cast, "main/4", ENTRIES["main/4"])
    response = get(cast, browse, "coverage", show=show)
    assert [row.place for row in response.context["rows"]] == paths


def test_coverage_of_many_paragraphs_costs_what_few_cost(browse, django_assert_num_queries):
    cast = own_contract()
    many = {f"main/{number}": "The Provider shall report within 5 days." for number in range(1, 80)}
    own_schedule(cast, words=many)
    own_schedule(cast, "Another", {"main/1": "The Provider shall be kind."})
    client = browse(cast.priya)
    address = reverse("coverage", args=[cast.contract.pk])
    another = Schedule.objects.get(title="Another").outline_key
    with django_assert_num_queries(13):
        first = client.get(address)
    with django_assert_num_queries(13):
        last = client.get(address, {"page": "4", "show": "undecided"})
    with django_assert_num_queries(13):
        other = client.get(address, {"schedule": another})
    assert [len(one.context["rows"]) for one in (first, last, other)] == [25, 4, 1]


def test_a_shipped_schedule_is_covered_by_its_register(browse):
    cast = play(DMP)
    patch_released(cast)
    says = words(get(cast, browse, "coverage", show="duties"))
    assert "Its entries come with Duly." in says and "Apply Critical patches" in says
    assert "Undecided (" not in says and "Our summary, as no document has brought the words" in says


def test_coverage_as_a_file_has_every_paragraph_of_every_schedule(browse):
    cast = own_cast()
    decided(cast, "main/2", ENTRIES["main/2"] | {"title": "=SUM(A1)"})
    own_schedule(cast, "Another", {"main/1": "The Provider shall report within 5 days."})
    response = get(cast, browse, "coverage_csv")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    found = list(csv.DictReader(io.StringIO(text)))
    assert len(found) == len(HARBOUR) + 1
    by_citation = {
        row["paragraph"].partition("/")[2]: row for row in found if row["schedule"] == "Harbour records"
    }
    assert by_citation["main/2"]["asks"].startswith("'=SUM(A1)")
    assert by_citation["main/2"]["state"] == "Decided, not in force"
    assert by_citation["main/3"]["limits_nobody_has"] == "within 3 Working Days of a crane fault"
    assert found[-1]["schedule"] == "Another"
