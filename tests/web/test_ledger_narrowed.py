"""The ledger's page by words, person, kind and day; its files follow, and nothing kept to a list shows."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from contracts.models import LedgerEntry
from contracts.services import ledger
from contracts.terms.moments import parse_when
from obligations.breaches.services.report import report_breach
from tests.cast import NOON, SYSTEM, Cast
from tests.web.conftest import errors, words

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def told(cast) -> Cast:
    """Three entries of two people and a job, on three days."""
    for who, verb, payload, when in (
        (cast.as_("priya"), "fact_recorded", {"label": "A patch", "subject": "CVE-2026-7"}, NOON),
        (cast.as_("ada"), "evidence_rejected", {"reason": 'The “scan” is of a "test" box'}, NOON + DAY),
        (SYSTEM, "notices_sent", {"notices": [{"stage": "due_soon", "to": "Tom Ashdown"}]}, NOON + 2 * DAY),
    ):
        ledger.record(cast.contract, who, verb, payload, when)
    return cast


def page(cast: Cast, browse: Any, by: str = "olu", /, **query: Any) -> Any:
    return browse(cast.people[by]).get(reverse("ledger", args=[cast.contract.pk]), query)


def found(answer: Any) -> int:
    return int(words(answer).split(" found, of")[0].split()[-2].replace(",", ""))


def day(name: str, at: Any) -> dict[str, str]:
    return {f"{name}_day": at.day, f"{name}_month": at.month, f"{name}_year": at.year}


FOUND: list[tuple[dict[str, Any], int]] = [
    ({"words": "patch cve-2026-7"}, 1),
    ({"words": "scan box"}, 1),
    ({"words": '"test"'}, 1),
    ({"words": "scan patch"}, 0),
    ({"words": "evidence_rejected"}, 1),
    ({"words": "ashdown due_soon"}, 1),
    ({"words": "%"}, 0),
    ({"words": "happened"}, 0),  # a key of many payloads, which nobody sees
    ({"verb": "notices_sent"}, 1),
    ({"who": "job Duly (tests)", "verb": "notices_sent"}, 1),
    ({"words": "patch", **day("first", NOON), **day("last", NOON)}, 1),
    ({"words": "patch", **day("first", NOON + DAY)}, 0),
    (day("first", NOON + DAY), 2),
    ({**day("first", NOON + DAY), **day("last", NOON + DAY)}, 1),
]


def test_what_is_found(told, browse):
    for query, number in FOUND:
        assert found(page(told, browse, **query)) == number, query


def test_a_person_is_found_by_number(told, browse):
    answer = page(told, browse)
    assert ">Ada Fairweather</option>" in answer.content.decode()
    client = browse(told.olu)
    answer = client.get(reverse("ledger", args=[told.contract.pk]), {"who": str(told.ada.pk)})
    assert found(answer) == 1 and "Ada Fairweather" in words(answer)


def test_a_day_has_both_its_ends_in_london(told, browse):
    for moment in ("2026-07-01T23:00:00+00:00", "2026-07-02T22:59:59.999999+00:00"):
        ledger.record(told.contract, SYSTEM, "edge", {}, parse_when(moment))
    second = {"verb": "edge", "first_day": 2, "first_month": 7, "first_year": 2026}
    assert found(page(told, browse, **second)) == 2
    assert found(page(told, browse, **second, last_day=2, last_month=7, last_year=2026)) == 2
    assert found(page(told, browse, verb="edge", last_day=1, last_month=7, last_year=2026)) == 0


NONSENSE: list[tuple[dict[str, Any], str, str]] = [
    ({"first_day": 31, "first_month": 2, "first_year": 2026}, "id_first_day", "must be a real date"),
    ({"last_day": 3}, "id_last_month", "must include a month and a year"),
    ({**day("first", NOON), **day("last", NOON - DAY)}, "id_last_day", "is before the first day"),
    ({"verb": "no_such"}, "id_verb", "Choose one of the answers that are offered."),
    ({"words": "x" * 201}, "id_words", "Shorten this to 200 characters"),
]


def test_what_makes_no_sense_is_said_and_no_file_is_given(told, browse):
    for query, at, says in NONSENSE:
        said = errors(page(told, browse, **query))
        assert any(says in text for text in said) or any(says in text for text in said.values()), said
        assert at in said or at in said.values(), said
        answer = browse(told.olu).get(reverse("ledger_csv", args=[told.contract.pk]), query)
        assert answer.status_code == 302 and answer.url.startswith(reverse("ledger", args=[told.contract.pk]))


def test_the_files_follow(told, browse):
    client, query = browse(told.olu), {"words": "scan box"}
    lines = b"".join(client.get(reverse("ledger_csv", args=[told.contract.pk]), query).streaming_content)
    (row,) = csv.DictReader(io.StringIO(lines.decode("utf-8-sig")))
    assert row["verb"] == "evidence_rejected"
    text = b"".join(client.get(reverse("ledger_json", args=[told.contract.pk]), query).streaming_content)
    assert [one["verb"] for one in json.loads(text)] == ["evidence_rejected"]
    assert "?words=scan+box" in page(told, browse, **query).content.decode()


def test_what_is_kept_to_a_list_is_found_by_its_readers_only(told, browse):
    breach = report_breach(
        told.contract, told.as_("priya"), NOON, what="Zebra files taken", outcome="actual", limb="loss",
        noticed=NOON, noticed_by="Tom", aware_party="supplier", happened=NOON.date(),
        readers=[told.ada.pk],
    )  # fmt: skip
    for query in ({"words": "zebra"}, {"words": breach.reference}):
        assert found(page(told, browse, **query)) == 0
        assert found(page(told, browse, "ada", **query)) > 0
    assert "breach_reported" not in page(told, browse).content.decode()
    assert "breach_reported" in page(told, browse, "ada").content.decode()


def test_pages_keep_the_narrowing_and_cost_the_same(told, browse, django_assert_num_queries):
    entries = [("test_many", {"n": n}) for n in range(10_000)]
    ledger.record_many(told.contract, SYSTEM, entries, NOON)
    client, address = browse(told.olu), reverse("ledger", args=[told.contract.pk])
    client.get(address)
    with django_assert_num_queries(12):
        few = client.get(address, {"words": "scan box"})
    with django_assert_num_queries(12):
        answer = client.get(address, {"verb": "test_many", "words": "tests", "page": 2})
    assert found(few) == 1 and found(answer) == 10_000
    assert "words=tests&amp;page=3" in answer.content.decode()


def test_a_ledger_without_entries_and_one_without_matches(told, browse):
    assert "No entry matches." in words(page(told, browse, words="nowhere"))
    assert LedgerEntry.objects.filter(contract=told.contract).exists()
