"""The pages of certificates: their forms, field by field, and what each side sees of a lapse.

The present is Tuesday 17 March 2026, noon in London.
"""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from obligations.certificates.models import Certificate
from obligations.models import FactRecord
from tests.cast import DMP, Cast, happened, play
from tests.web.conftest import words

pytestmark = pytest.mark.django_db
CE = "Cyber Essentials"
PAGE = {"scheme": CE, "other": "", "number": "CE-1", "scope": "Whole organisation", "level": "", "body": ""}


@pytest.fixture
def cast(db) -> Cast:
    return play(DMP)


def day(name: str, one: date | None) -> dict[str, str]:
    parts = (one.day, one.month, one.year) if one else ("", "", "")
    return {f"{name}_{part}": str(value) for part, value in zip(("day", "month", "year"), parts, strict=True)}


def filled(issued=date(2025, 4, 1), last_day=date(2026, 3, 31), account=None, **said: object):
    return PAGE | day("issued", issued) | day("last_day", last_day) | day("account_on", account) | said


def send(cast, browse, address: str, data, *, args=(), who="priya"):
    """The page asked for, and what its form is answered with its token."""
    client = browse(cast.people[who])
    path = reverse(address, args=[cast.contract.pk, *args])
    form = client.get(path).context["form"]
    token = {"token": form["token"].value()} if "token" in form.fields else {}
    return client.post(path, {**token, **data})


def wrong(answer) -> set[str]:
    """The fields that are named beside what is wrong; nothing was kept then."""
    assert answer.status_code == 200 and "There is a problem" in words(answer)
    assert not Certificate.objects.exists()
    return set(answer.context["form"].errors)


def record(cast, browse, **said) -> Certificate:
    assert send(cast, browse, "record_certificate", filled(**said)).status_code == 302
    return Certificate.objects.latest("pk")


# Recording


def test_a_certificate_is_recorded_with_everything_that_is_printed_on_it(cast, browse, uploads):
    file = SimpleUploadedFile("ce.pdf", b"%PDF-1.7 certified", "application/pdf")
    account = date(2025, 3, 3)
    row = record(cast, browse, account=account, level="Basic", body="A body", file=file)
    assert (row.number, row.level, row.body, row.account_on, row.file_name) == (
        "CE-1", "Basic", "A body", account, "ce.pdf",
    )  # fmt: skip
    assert row.fact.details["expires"] == "2026-03-31"


WRONG = [
    ({"scheme": ""}, {"scheme"}),
    ({"scheme": "Some scheme"}, {"scheme"}),
    ({"scheme": "other"}, {"other"}),
    ({"other": "ISO 9001"}, {"other"}),
    ({"scheme": "other", "other": "x" * 101}, {"other"}),
    ({"number": " "}, {"number"}),
    ({"scope": ""}, {"scope"}),
    ({"issued": None}, {"issued"}),
    ({"last_day": None}, {"last_day"}),
    ({"issued": date(2026, 3, 18), "last_day": date(2027, 3, 17)}, {"issued"}),
    ({"last_day": date(2025, 3, 31)}, {"last_day"}),
    ({"account": date(2026, 3, 18)}, {"account_on"}),
    ({"scheme": "Cyber Essentials Plus"}, {"scheme"}),
    ({"number": "", "scope": "", "last_day": None}, {"number", "scope", "last_day"}),
    ({"file": SimpleUploadedFile("ce.exe", b"x")}, {"file"}),
    ({"file": SimpleUploadedFile("ce.pdf", b"")}, {"file"}),
]


def test_what_is_wrong_is_named_beside_its_field_and_nothing_is_kept(cast, browse, uploads):
    for said, fields in WRONG:
        found = wrong(send(cast, browse, "record_certificate", filled(**said)))
        assert (found, said) == (fields, said)


def test_a_day_that_is_none_is_refused_with_its_numbers_kept(cast, browse):
    answer = send(cast, browse, "record_certificate", filled() | {"issued_day": "31", "issued_month": "2"})
    assert wrong(answer) == {"issued"}
    assert list(answer.context["form"]["issued"].value()) == ["31", "2", "2025"]


def test_a_scheme_that_is_typed_is_kept_as_typed_or_as_the_known_one(cast, browse):
    row = record(cast, browse, scheme="other", other="  SOC  2 ")
    assert row.fact.details["scheme"] == "SOC 2"
    again = send(cast, browse, "record_certificate", filled(scheme="other", other="soc 2"))
    assert set(again.context["form"].errors) == {"number"}  # the same scheme has that number


def test_sent_twice_it_is_recorded_once(cast, browse):
    client = browse(cast.priya)
    path = reverse("record_certificate", args=[cast.contract.pk])
    data = filled() | {"token": client.get(path).context["form"]["token"].value()}
    client.post(path, data)
    assert "You sent this already" in words(client.post(path, data, follow=True))
    assert Certificate.objects.count() == 1


def test_the_next_one_begins_with_what_the_last_one_says(cast, browse):
    row = record(cast, browse, body="A body")
    path = reverse("record_certificate", args=[cast.contract.pk])
    form = browse(cast.priya).get(path, {"renews": row.fact_id}).context["form"]
    assert (form["scheme"].value(), form["body"].value(), form["number"].value()) == (CE, "A body", None)
    assert browse(cast.priya).get(path, {"renews": "nonsense"}).context["form"]["scheme"].value() is None


# Adding what is printed, correcting, withdrawing, ceasing


def test_what_is_printed_is_added_to_a_fact(cast, browse):
    fact = happened(cast, "certificate_issued", date(2025, 4, 1), "CE", scheme=CE, expires="2026-03-31").fact
    empty = send(cast, browse, "describe_certificate", {"number": "", "scope": ""}, args=[fact.pk])
    assert wrong(empty) == {"number", "scope"}
    data = {"number": "CE-1", "scope": "All", **day("account_on", None)}
    assert send(cast, browse, "describe_certificate", data, args=[fact.pk]).status_code == 302
    assert Certificate.objects.get().fact_id == fact.pk


def test_a_correction_begins_with_what_is_recorded_and_needs_a_reason_and_a_change(cast, browse):
    row = record(cast, browse)
    path = reverse("correct_certificate", args=[cast.contract.pk, row.pk])
    form = browse(cast.priya).get(path).context["form"]
    assert (form["number"].value(), form["last_day"].value()) == ("CE-1", date(2026, 3, 31))
    without = send(cast, browse, "correct_certificate", filled(number="CE-2") | {"reason": ""}, args=[row.pk])
    assert set(without.context["form"].errors) == {"reason"}
    same = send(cast, browse, "correct_certificate", filled() | {"reason": "Misread"}, args=[row.pk])
    assert "Nothing is changed" in words(same)
    data = filled(last_day=date(2026, 4, 30)) | {"reason": "Misread"}
    assert send(cast, browse, "correct_certificate", data, args=[row.pk]).status_code == 302
    row.refresh_from_db()
    assert row.fact.details["expires"] == "2026-04-30"


def test_withdrawing_and_ceasing_need_a_reason_and_a_time_that_can_be(cast, browse):
    row = record(cast, browse)
    assert set(
        send(cast, browse, "withdraw_certificate", {"reason": ""}, args=[row.pk]).context["form"].errors
    ) == {"reason"}
    ceased = {"reason": "", "when_time": "25:00", **day("when_on", date(2026, 3, 16))}
    answer = send(cast, browse, "certificate_ceased", ceased, args=[row.pk])
    assert set(answer.context["form"].errors) == {"reason", "when_time"}
    early = {"reason": "Revoked", "when_time": "", **day("when_on", date(2025, 3, 31))}
    answer = send(cast, browse, "certificate_ceased", early, args=[row.pk])
    assert set(answer.context["form"].errors) == {"when_on"}
    good = {"reason": "Revoked", "when_time": "2:30pm", **day("when_on", date(2026, 3, 16))}
    assert send(cast, browse, "certificate_ceased", good, args=[row.pk]).status_code == 302
    assert str(FactRecord.objects.get(kind="certification_ceased").happened_at)[:16] == "2026-03-16 14:30"


# What both sides see


def test_plus_is_shown_to_lapse_with_the_basic_one(cast, browse):
    """The basic one ended on 10 March; Plus would have run to 30 June."""
    record(cast, browse, last_day=date(2026, 3, 10))
    record(cast, browse, scheme="Cyber Essentials Plus", number="P-1", last_day=date(2026, 6, 30))
    for who in ("priya", "ada"):
        page = words(browse(cast.people[who]).get(reverse("certificates", args=[cast.contract.pk])))
        assert page.count("None in force since 11 March 2026.") == 2
        assert "Lapsed at the end of 10 March 2026 with Cyber Essentials" in page


def test_while_it_is_lost_the_authority_may_ask_for_the_data_and_both_see_what_it_asked(cast, browse):
    listing = reverse("certificates", args=[cast.contract.pk])
    record(cast, browse)
    assert "While certification is lost" not in words(browse(cast.ada).get(listing))
    happened(cast, "certification_ceased", date(2026, 3, 16), "Cyber Essentials 2025", scheme=CE)
    page = browse(cast.ada).get(listing)
    assert "While certification is lost" in words(page)
    for kind in ("authority_cease_data_requested", "authority_return_data_requested"):
        assert reverse("record_kind", args=[cast.contract.pk, kind]) in page.content.decode()
        happened(cast, kind, date(2026, 3, 17), "Request 1", by="ada")
    assert "While certification is lost" not in words(browse(cast.priya).get(listing))
    for who in ("priya", "ada", "olu"):
        said = words(browse(cast.people[who]).get(listing))
        assert "What was asked for (2)" in said
        assert "Cease using the data on request (Request 1)" in said
        assert "Return, destroy or erase the data on request (Request 1)" in said


# What is not there


def test_what_the_contract_asks_for_and_nothing_shows_is_said_and_can_be_recorded(cast, browse):
    """Scans are owed monthly from 1 April 2025; nobody recorded one, nor any certificate."""
    listing = reverse("certificates", args=[cast.contract.pk])
    page = browse(cast.ada).get(listing)
    assert "No certificate of Cyber Essentials or Cyber Essentials Plus is in force." in words(page)
    ceased = reverse("record_kind", args=[cast.contract.pk, "certification_ceased"])
    assert ceased in page.content.decode()
    assert "Have the system scanned from outside" in words(page)
    assert ceased not in browse(cast.olu).get(listing).content.decode()  # an auditor records nothing
    happened(cast, "external_vulnerability_scan_completed", date(2026, 3, 2), "scan")
    record(cast, browse)
    said = words(browse(cast.ada).get(listing))
    assert "Each of these comes round" not in said
    assert "No certificate of" not in said


def test_that_there_is_none_is_a_fact_that_either_side_records_and_it_starts_the_clocks(cast, browse):
    """Known since Friday 13 March: Tuesday 17 March is the second Working Day."""
    happened(cast, "certification_ceased", date(2026, 3, 13), "No certificate", by="ada", scheme=CE)
    board = words(browse(cast.priya).get(reverse("board", args=[cast.contract.pk])))
    assert "Tell the Authority that certification ceased (No certificate)" in board
    assert "It may not be operated today" in board
