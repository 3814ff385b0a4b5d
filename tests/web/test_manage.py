"""Correcting what a contract says of itself: its look at what moves, its reason, its record."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from re import search
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contracts.models import Contract, LedgerEntry, Organisation, ParagraphVersion
from obligations.models import Duty, Miss, Obligation
from obligations.services.as_at import as_at
from obligations.services.choosing.terms import FIELDS
from obligations.web.manage.forms import FORMS
from tests.cast import NOON, ORDER, Cast, done, happened, make_contract, patch_released, play
from tests.web.conftest import day_boxes, errors, words
from tests.web.test_text import in_force

pytestmark = pytest.mark.django_db
WHY = "The signed contract says so, on its first page."


def address(cast: Cast, what: str = "") -> str:
    return (
        reverse("manage_terms", args=[cast.contract.pk, what])
        if what
        else reverse("manage", args=[cast.contract.pk])
    )


def asked(client: Client, cast: Cast, what: str, **sent: Any) -> Any:
    """The page of what would move, or of the question with what is wrong."""
    return client.get(address(cast, what), {"asked": "1"} | sent)


def put(client: Client, cast: Cast, what: str, *, reason: str = WHY, **sent: Any) -> Any:
    """Puts a change on the record, from the page that shows what it moves."""
    page = asked(client, cast, what, **sent)
    token = search(r'name="token" value="([^"]+)"', page.content.decode())
    assert token is not None, errors(page)
    return client.post(address(cast, what), sent | {"token": token[1], "reason": reason}, follow=True)


def dates(cast: Cast, **others: date | None) -> dict[str, str]:
    """The dates of the contract as its form sends them, with others in place of some."""
    contract = Contract.objects.get(pk=cast.contract.pk)
    days = {field: getattr(contract, field) for field in FIELDS["dates"]} | others
    return {
        name: text
        for field, day in days.items()
        for name, text in (day_boxes(field, day) if day else {f"{field}_day": ""}).items()
    }


def test_the_page_says_what_the_contract_is_and_leads_to_each_form(cast, browse):
    client = browse(cast.mina)
    response = client.get(address(cast))
    page = words(response)
    assert "WF-2026-014 Apprenticeship portal" in page and "Wrenfield Council: the Authority" in page
    assert "Last day: 31 March 2029" in page and "From its beginning" in page
    for what in FORMS:
        assert f'href="{address(cast, what)}"' in response.content.decode()
        assert client.get(address(cast, what)).status_code == 200
    assert FORMS.keys() == FIELDS.keys()


def test_only_who_manages_the_contract_gets_in(cast, browse):
    for name in ("priya", "ada", "olu"):
        assert browse(cast.people[name]).get(address(cast)).status_code == 403
        assert browse(cast.people[name]).post(address(cast, "name")).status_code == 403
    cast.contract.memberships.filter(person=cast.ada).update(manages=True)
    assert browse(cast.ada).get(address(cast)).status_code == 200
    assert (
        browse(cast.mina).get(reverse("manage_terms", args=[cast.contract.pk, "colour"])).status_code == 404
    )


def test_a_start_corrected_moves_its_duties_after_a_look(cast, browse):
    """The scan from outside is due a month after the start: 1 May 2025, then 15 May 2025 (R6)."""
    scan = Duty.objects.get(contract=cast.contract, title="Have the system scanned from outside")
    assert scan.due_date == date(2025, 5, 1)
    client, new = browse(cast.mina), {"start_date": date(2025, 4, 15)}
    page = words(asked(client, cast, "dates", **dates(cast, **new)))
    assert "Day it starts: “15 April 2025” instead of “1 April 2025”" in page
    begins, no_more = page.split("Duties that nothing calls for any more")
    assert "Have the system scanned from outside: Thursday 15 May 2025" in begins
    assert "Have the system scanned from outside: Thursday 1 May 2025" in no_more
    scan.refresh_from_db()
    assert scan.phase == "open", "looking moves nothing"
    assert not LedgerEntry.objects.filter(verb="contract_changed").exists()
    told = words(put(client, cast, "dates", **dates(cast, **new)))
    assert "It is on the record." in told
    scans = Duty.objects.filter(contract=cast.contract, title=scan.title, phase="open")
    assert [one.due_date for one in scans] == [date(2025, 5, 15)]
    entry = LedgerEntry.objects.get(verb="contract_changed")
    assert entry.payload["changes"] == [
        {"field": "start_date", "before": "2025-04-01", "after": "2025-04-15"}
    ]
    ledger = words(client.get(reverse("ledger", args=[cast.contract.pk]), {"page": "1"}))
    assert f"day it starts: “15 April 2025” instead of “1 April 2025”. {WHY}" in ledger


def test_what_was_done_stays_done_when_the_start_is_corrected(cast, browse):
    """The scan was done on 20 April 2025; the next is due a month later under either start (R16)."""
    scan = Duty.objects.get(contract=cast.contract, title="Have the system scanned from outside")
    done(scan, cast, date(2025, 4, 20))
    put(browse(cast.mina), cast, "dates", **dates(cast, start_date=date(2025, 4, 15)))
    rows = Duty.objects.filter(title=scan.title).exclude(phase="withdrawn").order_by("due_at")
    assert [(one.due_date, one.phase) for one in rows] == [
        (date(2025, 5, 15), "met"),
        (date(2025, 5, 20), "open"),
    ]


def test_what_was_known_before_is_shown_with_the_old_dates(cast, browse, at_noon):
    put(browse(cast.mina), cast, "dates", **dates(cast, start_date=date(2025, 4, 15)))
    at_noon.move_to(NOON + timedelta(days=1))

    def due(known: datetime | None) -> set[date | None]:
        found = as_at(Contract.objects.get(), date(2026, 3, 18), NOON + timedelta(days=1), known)
        return {
            duty.deadline.due_date
            for duty in found.duties
            if duty.title == "Have the system scanned from outside"
        }

    assert due(None) == {date(2025, 5, 15)}
    assert due(NOON - timedelta(hours=1)) == {date(2025, 5, 1)}


def test_the_words_begin_with_the_contract(cast, browse):
    put(browse(cast.mina), cast, "dates", **dates(cast, agreement_date=date(2025, 3, 1)))
    begins = {row.in_force.lower for row in ParagraphVersion.objects.filter(contract=cast.contract)}
    assert begins == {date(2025, 3, 1)}
    assert {row.in_force.lower for row in Obligation.objects.filter(contract=cast.contract)} == begins


def test_a_contract_does_not_begin_after_its_variation(cast, browse):
    in_force(cast)
    late = dates(cast, agreement_date=date(2027, 1, 1), start_date=date(2027, 1, 1))
    told = errors(asked(browse(cast.mina), cast, "dates", **late))
    assert [text for text in told if text.startswith("A variation was signed on")], told


def test_an_end_put_earlier_ends_what_comes_after_it_and_an_end_taken_away_brings_it_back(cast, browse):
    client = browse(cast.mina)
    before = Duty.objects.filter(contract=cast.contract, phase="open").count()
    put(client, cast, "dates", **dates(cast, end_date=date(2026, 3, 20)))
    assert Duty.objects.filter(contract=cast.contract, phase="open").count() < before
    put(client, cast, "dates", **dates(cast, end_date=None))
    assert Contract.objects.get().end_date is None
    assert Duty.objects.filter(contract=cast.contract, phase="open").count() == before


def test_other_holidays_move_working_days(browse):
    """An incident on Friday 13 March 2026: St Patrick's Day is no Working Day in Northern Ireland (R3)."""
    cast = play()
    happened(cast, "breach_of_security_occurred", datetime(2026, 3, 13, 9, tzinfo=UTC), "B-1")
    client = browse(cast.mina)
    page = words(asked(client, cast, "days", division="northern-ireland"))
    assert "from Tuesday 17 March 2026 to Wednesday 18 March 2026" in page
    put(client, cast, "days", division="northern-ireland")
    assert Duty.objects.filter(subject="B-1", due_date=date(2026, 3, 18)).exists()


def test_going_live_later_puts_earlier_duties_before_duly(cast, browse):
    scan = Duty.objects.get(contract=cast.contract, title="Have the system scanned from outside")
    put(browse(cast.mina), cast, "running", **day_boxes("tracked_from", date(2026, 1, 1)))
    scan.refresh_from_db()
    assert scan.phase == "before_duly"


def test_names_and_words_move_nothing(cast, browse):
    client = browse(cast.mina)
    for what, sent in (
        ("name", {"reference": "WF-2026-077", "title": "Portal"}),
        ("words", {"authority_word": "Council", "supplier_word": "Provider"}),
    ):
        assert "No duty begins, ends or gets another date." in words(asked(client, cast, what, **sent))
        assert "No duty moved" in words(put(client, cast, what, **sent))
    contract = Contract.objects.get()
    assert (contract.reference, contract.title) == ("WF-2026-077", "Portal")
    assert contract.word_for("supplier") == "Provider"


def test_one_party_alone_keeps_it_only_while_nobody_of_the_other_is_on_it(cast, browse):
    client = browse(cast.mina)
    told = errors(asked(client, cast, "kept", kept_by="supplier"))
    assert told == {"People of the Authority are on this contract, so both parties keep it.": "id_kept_by"}
    cast.contract.memberships.filter(side="authority").update(to_day=date(2026, 3, 16))
    put(client, cast, "kept", kept_by="supplier")
    assert Contract.objects.get().kept_by == "supplier"


def test_what_was_missed_stays_missed_when_the_end_is_put_earlier(cast, browse):
    """The scan was due on 1 May 2025, and nobody did it (R49)."""
    put(browse(cast.mina), cast, "dates", **dates(cast, end_date=date(2025, 4, 20)))
    scan = Duty.objects.get(contract=cast.contract, title="Have the system scanned from outside")
    assert scan.due_date == date(2025, 5, 1) and scan.phase == "open"
    assert Miss.objects.get(duty=scan).until is None


def test_duly_keeps_it_from_no_later_day_than_it_has_had_it(cast, browse):
    told = errors(asked(browse(cast.mina), cast, "running", **day_boxes("tracked_from", date(2026, 3, 18))))
    assert told == {
        "Duly has had this contract since 17 March 2026: enter a day up to that.": "id_tracked_from_day"
    }


def test_a_party_is_corrected_while_nothing_was_judged(cast, browse):
    client = browse(cast.mina)
    put(client, cast, "parties", authority="Wrenfield Council", supplier="Harbourlight Systems Ltd")
    assert Contract.objects.get().supplier.name == "Harbourlight Systems Ltd"
    assert Organisation.objects.filter(name="Harbourlight Systems").exists(), "the other one stays"
    done(patch_released(cast), cast)
    page = words(client.get(address(cast, "parties")))
    assert "A duty of this contract was met, missed or decided" in page and "novation" in page
    told = errors(asked(client, cast, "parties", authority="Wrenfield Council", supplier="Another"))
    assert "" in told.values() and not Organisation.objects.filter(name="Another").exists()


def test_looking_makes_no_organisation(cast, browse):
    asked(browse(cast.mina), cast, "parties", authority="Wrenfield Council", supplier="Brand New Ltd")
    assert not Organisation.objects.filter(name="Brand New Ltd").exists()


@pytest.mark.parametrize(
    ("what", "sent", "box", "says"),
    [
        ("name", {"reference": "", "title": "x"}, "id_reference", "Enter the contract’s reference."),
        ("name", {"reference": "WF-OTHER", "title": "x"}, "id_reference", "The reference WF-OTHER is in use"),
        (
            "name",
            {"reference": "WF-2026-014", "title": "Apprenticeship portal"},
            "",
            "This is what the contract",
        ),
        ("words", {"authority_word": "A", "supplier_word": "a"}, "id_supplier_word", "Enter another word"),
        ("days", {"division": "cornwall"}, "id_division", "Choose one of the answers"),
        ("kept", {"kept_by": ""}, "id_kept_by", "Choose who keeps"),
        (
            "running",
            day_boxes("tracked_from", date(2031, 1, 1)),
            "id_tracked_from_day",
            "Enter a day on or before the contract’s last, 31 March 2029.",
        ),
        ("parties", {"authority": "X", "supplier": "x "}, "id_supplier", "Enter two different organisations"),
        ("parties", {"authority": "\u200b", "supplier": "X"}, "id_authority", "Enter the name of the"),
    ],
)
def test_bad_corrections_are_told_at_their_field(cast, browse, what, sent, box, says):
    make_contract(ORDER, reference="WF-OTHER")
    told = errors(asked(browse(cast.mina), cast, what, **sent))
    assert [target for text, target in told.items() if text.startswith(says)] == [box], told


def test_a_change_needs_a_reason_and_keeps_what_was_entered(cast, browse):
    page = put(browse(cast.mina), cast, "words", reason=" ", authority_word="Council", supplier_word="Firm")
    assert "Say why it changes, and how you know." in words(page)
    assert 'name="authority_word" value="Council"' in page.content.decode()
    assert Contract.objects.get().authority_word == "Authority"


def test_a_second_press_changes_it_once(cast, browse):
    client, sent = browse(cast.mina), {"authority_word": "Council", "supplier_word": "Firm"}
    page = asked(client, cast, "words", **sent).content.decode()
    token = search(r'name="token" value="([^"]+)"', page)[1]
    for _ in range(2):
        client.post(address(cast, "words"), sent | {"token": token, "reason": WHY})
    assert LedgerEntry.objects.filter(verb="contract_changed").count() == 1


def test_a_look_costs_the_same_with_many_duties(cast, browse):
    """Nothing is asked duty by duty."""
    client = browse(cast.mina)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked_for:
            assert asked(client, cast, "days", division="scotland").status_code == 200
        return len(asked_for)

    patch_released(cast, "CVE-2026-0001")
    few = queries()
    for number in range(2, 8):
        patch_released(cast, f"CVE-2026-000{number}")
    assert queries() == few
