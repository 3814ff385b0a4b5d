"""The settings of a contract on their page, and changing one (R12, R14, R30)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from re import search
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from contracts.models import Contract, LedgerEntry
from obligations.breaches.services.report import report_breach
from obligations.models import Duty
from tests.cast import DMP, NOON, RIVERSIDE, Cast, happened, play
from tests.support import asking_book
from tests.web.conftest import errors, words

pytestmark = pytest.mark.django_db
AT_SIX = datetime(2026, 3, 12, 18, 0, tzinfo=UTC)
WHY = "Order form, section 3."


@pytest.fixture
def cast(db, tmp_path, monkeypatch) -> Iterator[Cast]:
    """A contract on the invented book that asks for a setting of every type; records were requested."""
    asking_book.unship()
    asking_book.ship(tmp_path, monkeypatch)
    cast = play(RIVERSIDE)
    happened(cast, "audit_records_requested", AT_SIX, "Request 5", by="ada")
    yield cast
    asking_book.unship()


def address(cast: Cast, name: str = "") -> str:
    return (
        reverse("setting", args=[cast.contract.pk, name])
        if name
        else reverse("settings", args=[cast.contract.pk])
    )


def shown(client: Client, cast: Cast, name: str, **data: str) -> Any:
    """The page of what an answer would move, or of the question with what is wrong."""
    return client.get(address(cast, name), {"asked": "1", **data})


def hidden(page: Any, name: str) -> str:
    found = search(rf'name="{name}" value="([^"]*)"', page.content.decode())
    assert found is not None, name
    return found[1].replace("&quot;", '"')


def put(client: Client, cast: Cast, name: str, page: Any, **changes: str) -> Any:
    sent = {field: hidden(page, field) for field in ("answer", "token")} | {"reason": WHY} | changes
    return client.post(address(cast, name), sent, follow=True)


def test_the_page_says_what_is_asked_answered_and_missing(cast, browse):
    page = words(browse(cast.olu).get(address(cast)))
    assert "6 answers are missing." in page
    assert (
        "Riverside Schedule 7 Does the Provider patrol the riverside? As the order says. Paragraph 2" in page
    )
    assert "What rests on this (1 rule) : Who keeps the keys? Answer council, paragraph 2" in page
    assert "Until somebody answers, Duly counts as if each of these applies" in page
    assert "Every contract is asked" in page
    assert "The Council Nobody has said so: this counts until somebody answers." in page
    assert "None A notice counts on the day it is given, whatever the hour." in page
    assert "How we read this (rule R14)" in page and "The law’s own clocks" in page


def test_from_the_question_to_the_consequence_to_the_record(cast, browse):
    client = browse(cast.priya)
    assert f'href="{address(cast, "notice_cutoff")}"' in client.get(address(cast)).content.decode()
    question = words(client.get(address(cast, "notice_cutoff")))
    assert "After which hour does a notice count as given on the next Working Day?" in question
    assert "The answer now: None." in question
    page = shown(client, cast, "notice_cutoff", answer="5pm")
    said = words(page)
    assert "“5pm” instead of “None”." in said
    for rule in ("always", "patrolled", "council"):
        moved = f"Answer {rule} (Request 5): from Tuesday 17 March 2026 to Wednesday 18 March 2026"
        assert moved in said
    assert not LedgerEntry.objects.filter(verb="setting_changed").exists()
    done = words(put(client, cast, "notice_cutoff", page))
    assert "The answer is on the record. 3 duties got another date." in done
    assert f"5pm Priya Nair, midday on 17 March 2026: {WHY}" in done
    assert {str(duty.due_date) for duty in Duty.objects.all()} == {"2026-03-18"}
    record = words(client.get(reverse("ledger", args=[cast.contract.pk])))
    assert "“5pm” instead of “None”. Order form, section 3." in record


def test_rules_that_would_no_longer_apply_are_named(cast, browse):
    page = words(shown(browse(cast.ada), cast, "patrols", answer="no"))
    assert "Rules that would no longer apply Answer patrolled, paragraph 2" in page
    assert "Answer patrolled (Request 5): from Tuesday 17 March 2026 to nothing due" in page
    page = words(shown(browse(cast.ada), cast, "wardens", answer="3"))
    assert "No duty that is open now would begin, end or get another date." in page


WEEK = {f"{day}_begins": "9am" for day in ("monday", "tuesday")} | {
    f"{day}_ends": "5:30pm" for day in ("monday", "tuesday")
}


@pytest.mark.parametrize(
    ("name", "data", "stored", "said"),
    [
        ("patrols", {"answer": "yes"}, True, "Yes"),
        ("keeper", {"answer": "provider"}, "provider", "The Provider"),
        (
            "opened",
            {"answer_day": "28", "answer_month": "2", "answer_year": "2026"},
            "2026-02-28",
            "28 February 2026",
        ),
        ("gate_closes", {"answer": "21:00"}, "21:00", "9pm"),
        ("wardens", {"answer": "12"}, 12, "12"),
        (
            "grace",
            {"amount": "5", "unit": "working_days"},
            {"amount": 5, "unit": "working_days"},
            "5 Working Days",
        ),
        (
            "office",
            WEEK,
            {"monday": ["09:00", "17:30"], "tuesday": ["09:00", "17:30"]},
            "Monday to Tuesday from 9am to 5:30pm",
        ),
    ],
)
def test_every_type_has_its_form(cast, browse, name, data, stored, said):
    client = browse(cast.mina)  # the administrator may, like the lead and the reviewer
    assert client.get(address(cast, name)).status_code == 200
    page = shown(client, cast, name, **data)
    assert f"“{said}” instead of" in words(page)
    done = words(put(client, cast, name, page))
    assert f"{said} Mina Sorrel, midday on 17 March 2026" in done
    assert Contract.objects.get().settings[name] == stored
    again = client.get(address(cast, name)).content.decode()  # the form comes filled in
    assert all(f'value="{part}"' in again for part in data.values() if part not in ("9am", "5:30pm"))


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("patrols", {}, {"Choose an answer.": "id_answer"}),
        ("keeper", {"answer": "fox"}, {"Choose one of the answers that are offered.": "id_answer"}),
        ("opened", {"answer_day": "31", "answer_month": "2", "answer_year": "2026"},
         {"The day must be a real date, such as 12 3 2026.": "id_answer_day"}),
        ("notice_cutoff", {"answer": "teatime"},
         {"The time must be a time, like 2:30pm or 14:30.": "id_answer"}),
        ("wardens", {"answer": "13"}, {"The answer must be a whole number from 1 to 12.": "id_answer"}),
        ("wardens", {"answer": "2.5"}, {"Enter a whole number.": "id_answer"}),
        ("wardens", {"answer": "9" * 5000}, {"Enter a whole number.": "id_answer"}),
        ("grace", {"amount": "41", "unit": "hours"},
         {"The answer must have an amount that is a whole number from 1 to 40.": "id_amount"}),
        ("grace", {"amount": "5", "unit": "months"},
         {"Choose one of the answers that are offered.": "id_unit"}),
        ("office", {}, {"Enter the hours of one day at least.": "id_monday_begins"}),
        ("office", WEEK | {"tuesday_ends": ""},
         {"Enter when work ends on Tuesday, or leave both empty.": "id_tuesday_ends"}),
        ("office", WEEK | {"tuesday_ends": "9am"},
         {"Work on Tuesday must end later than it begins.": "id_tuesday_ends"}),
    ],
)  # fmt: skip
def test_a_mistake_is_said_beside_its_field(cast, browse, name, data, said):
    page = shown(browse(cast.priya), cast, name, **data)
    assert errors(page) == said
    assert "Show what would move" in words(page)


def test_a_reason_is_needed(cast, browse):
    client = browse(cast.priya)
    page = put(client, cast, "patrols", shown(client, cast, "patrols", answer="yes"), reason=" ")
    assert errors(page) == {"Say how you know, or why it changes.": "id_reason"}
    assert hidden(page, "answer") == "true"
    assert not LedgerEntry.objects.filter(verb="setting_changed").exists()


def test_a_second_press_changes_nothing_more(cast, browse):
    client = browse(cast.priya)
    page = shown(client, cast, "patrols", answer="yes")
    put(client, cast, "patrols", page)
    again = put(client, cast, "patrols", page)
    assert "You sent this already, so it was changed once." in words(again)
    assert LedgerEntry.objects.filter(verb="setting_changed").count() == 1
    late = shown(client, cast, "patrols", answer="yes")
    assert "“Yes” is the answer already." in words(late)


@pytest.mark.parametrize("answer", ["", "{", "[" * 4000, '"teatime"', '{"a": 1}', "NaN", "9" * 4999])
def test_an_answer_that_was_tampered_with_is_refused(cast, browse, answer):
    client = browse(cast.priya)
    page = shown(client, cast, "wardens", answer="3")
    response = put(client, cast, "wardens", page, answer=answer)
    assert response.status_code == 200
    assert "wardens" not in Contract.objects.get().settings
    assert not LedgerEntry.objects.filter(verb="setting_changed").exists()


@pytest.mark.parametrize("who", ["tom", "grace", "ben", "olu"])
def test_other_roles_see_it_and_do_not_change_it(cast, browse, who):
    client = browse(cast.people[who])
    page = client.get(address(cast))
    assert page.status_code == 200 and address(cast, "patrols") not in page.content.decode()
    assert client.get(address(cast, "patrols")).status_code == 403
    assert client.post(address(cast, "patrols"), {"answer": "true", "reason": WHY}).status_code == 403
    assert not LedgerEntry.objects.filter(verb="setting_changed").exists()


def test_elsewhere_and_what_is_not_asked_is_not_there(cast, browse):
    for name in ("", "patrols"):
        assert browse(cast.zed).get(address(cast, name)).status_code == 404
    for name in ("security_policy_applies", "readings", "weather"):
        assert browse(cast.priya).get(address(cast, name)).status_code == 404


def test_what_cannot_be_used_is_said_and_can_be_mended(cast, browse):
    Contract.objects.update(settings={"wardens": "many", "readings": {}})
    client = browse(cast.priya)
    page = words(client.get(address(cast)))
    assert "The answer on record cannot be used It must be a whole number from 1 to 12." in page
    named = "Contract WF-2026-014: riverside_schedule_7: wardens must be a whole number from 1 to 12."
    assert named in words(shown(client, cast, "patrols", answer="yes"))
    page = shown(client, cast, "wardens", answer="3")
    assert "so there is nothing to hold this against" in words(page)
    assert "The answer is on the record." in words(put(client, cast, "wardens", page))


def test_the_page_costs_the_same_however_often_it_was_changed(cast, browse, django_assert_num_queries):
    client = browse(cast.olu)
    with django_assert_num_queries(6):
        client.get(address(cast))
    changer = browse(cast.priya)
    for number in range(1, 9):
        put(changer, cast, "wardens", shown(changer, cast, "wardens", answer=str(number)))
    with django_assert_num_queries(6):
        client.get(address(cast))


def test_what_would_move_of_what_is_kept_to_a_list_is_shown_to_its_readers_alone(
    browse, tmp_path, monkeypatch
):
    asking_book.unship()
    secret = asking_book.rules(secret=["setting patrols"])
    secret = secret.replace("audit_records_requested", "breach_of_security_aware")
    asking_book.ship(tmp_path, monkeypatch, secret)
    cast = play(DMP, RIVERSIDE)
    breach = report_breach(
        cast.contract, cast.as_("priya"), NOON, what="Zebra", outcome="actual", limb="access", noticed=NOON,
        noticed_by="Priya", aware_party="supplier", happened=date(2026, 3, 16),
        readers=[cast.priya.pk, cast.ben.pk],
    )  # fmt: skip
    assert Duty.objects.filter(subject=breach.reference, obligation__rule_key="secret").exists()
    listed, other = (
        words(shown(browse(who), cast, "patrols", answer="no")) for who in (cast.priya, cast.ada)
    )
    assert f"Answer secret ({breach.reference}): from" in listed
    assert "Answer secret (" not in other and "No duty that is open now would begin" in other
    client = browse(cast.ada)
    done = words(put(client, cast, "patrols", shown(client, cast, "patrols", answer="no")))
    assert "The answer is on the record. No duty moved." in done
    assert Duty.objects.get(subject=breach.reference, obligation__rule_key="secret").phase == "withdrawn"
    asking_book.unship()
