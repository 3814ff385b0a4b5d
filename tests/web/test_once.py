"""One thing, many contracts: recorded once for an organisation, each contract with its own dates."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contracts.models import LedgerEntry, OrganisationEntry
from contracts.row_security import asking
from contracts.services.errors import Refused
from obligations.breaches.models import Breach
from obligations.certificates.models import Certificate
from obligations.models import Duty, FactRecord, OnceOnContract, Phase, RecordedOnce
from obligations.services import once
from obligations.vulnerabilities.models import Vulnerability
from tests.cast import NOON, Cast, happened, organisation, play
from tests.subjects.vulnerabilities import vulnerability
from tests.web.conftest import errors, words

pytestmark = pytest.mark.django_db

CVE = "CVE-2026-0901 in openssl"
PATCH = {
    "identifier": "CVE-2026-0901",
    "component": "openssl",
    "category": "Critical",
    "fixed_version": "3.0.15",
    **{"found_day": "16", "found_month": "3", "found_year": "2026"},
    **{"released_day": "12", "released_month": "3", "released_year": "2026"},
}
INCIDENT = {
    "what": "A stolen laptop",
    **{"noticed_day": "17", "noticed_month": "3", "noticed_year": "2026", "noticed_time": "9am"},
    "noticed_by": "The service desk",
    "outcome": "actual",
    "limb": "loss",
    "time_known": "known",
    **{"happened_day": "16", "happened_month": "3", "happened_year": "2026"},
}
CERTIFICATE = {
    "scheme": "Cyber Essentials",
    "number": "CE-77",
    "scope": "The whole organisation",
    **{"issued_day": "2", "issued_month": "3", "issued_year": "2026"},
    **{"last_day_day": "1", "last_day_month": "3", "last_day_year": "2027"},
}


@pytest.fixture
def casts(db) -> list[Cast]:
    """Three contracts of Harbourlight: one with another authority, whose holidays are those of Scotland."""
    quarrydale = organisation("Quarrydale Council")
    found = [
        play(),
        play(reference="QX-2026-200", authority=quarrydale, division="scotland"),
        play(reference="ZZ-2026-300"),
    ]
    ours = organisation("Harbourlight Systems")
    for name in ("priya", "tom", "grace"):
        found[0].people[name].organisation = ours
        found[0].people[name].save()
    return found


def address(casts: list[Cast], way: str = "") -> str:
    ours = casts[0].contract.supplier_id
    return reverse("record_once", args=[ours, way]) if way else reverse("recorded_once", args=[ours])


def seen(page) -> list[str]:
    return re.findall(r'name="seen" value="([^"]*)"', page.content.decode())


def shown(browse, casts, way, entered, who="priya"):
    """The page that shows what each contract would get, and the client that asked."""
    client = browse(casts[0].people[who])
    return client, client.post(address(casts, way), entered | {"step": "look"})


def sent(browse, casts, way, entered, chosen, who="priya"):
    """Looked at and recorded on the contracts at these places."""
    client, page = shown(browse, casts, way, entered, who)
    numbers = [casts[place].contract.pk for place in chosen]
    more = {"step": "save", "contracts": numbers, "seen": seen(page)}
    return client.post(address(casts, way), entered | more)


def test_what_each_contract_would_get_is_shown_and_nothing_is_kept(casts, browse):
    happened(casts[1], "microsoft_rating_published", date(2026, 3, 17), CVE, rating="Important")
    before = LedgerEntry.objects.count()
    _, page = shown(browse, casts, "patch", PATCH)
    says = words(page)
    for cast in casts:
        assert cast.contract.reference in says
    assert says.count("came to owe “Apply Critical patches” (CVE-2026-0901 in openssl)") == 3
    assert not FactRecord.objects.filter(subject=CVE, kind="vulnerability_identified").exists()
    assert not RecordedOnce.objects.exists() and LedgerEntry.objects.count() == before


def test_where_only_the_first_are_shown_it_is_said(casts, browse, monkeypatch):
    assert "Here are the first" not in words(shown(browse, casts, "patch", PATCH)[1])
    monkeypatch.setattr(once, "MOST", 2)
    says = words(shown(browse, casts, "patch", PATCH)[1])
    assert "Here are the first 2 of your contracts" in says


def test_a_patch_is_on_the_contracts_that_were_chosen_and_no_others(casts, browse):
    """60 Working Days from 12 March 2026: 10 June in England, 9 June in Scotland, without Easter Monday."""
    answer = sent(browse, casts, "patch", PATCH | {"category": "Other"}, [0, 1])
    assert answer.status_code == 302
    duties = Duty.objects.filter(subject=CVE)
    assert {duty.contract_id: duty.due_date for duty in duties} == {
        casts[0].contract.pk: date(2026, 6, 10),
        casts[1].contract.pk: date(2026, 6, 9),
    }
    assert not FactRecord.objects.filter(contract=casts[2].contract, subject=CVE).exists()
    kept = RecordedOnce.objects.get()
    assert (kept.organisation, kept.title, kept.way) == (casts[0].contract.supplier, CVE, "patch")
    assert set(kept.shares.values_list("contract", "subject")) == {
        (casts[0].contract.pk, CVE),
        (casts[1].contract.pk, CVE),
    }
    for rows, change in ((RecordedOnce.objects.all(), "title"), (OnceOnContract.objects.all(), "subject")):
        with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
            rows.update(**{change: "Something else"})
    entry = OrganisationEntry.objects.get(verb="recorded_once")
    assert entry.payload == {"once": kept.pk, "title": CVE}
    for cast, other in ((casts[0], casts[1]), (casts[1], casts[0])):
        told = str(list(LedgerEntry.objects.filter(contract=cast.contract).values_list("payload", flat=True)))
        assert other.contract.reference not in told


def test_a_patch_that_is_there_gets_what_is_new_about_it(casts, browse):
    row = vulnerability(casts[0], released=None)
    assert Duty.objects.get(subject=row.subject).careful
    applied = {"applied_day": "17", "applied_month": "3", "applied_year": "2026"}
    assert sent(browse, casts, "patch", PATCH | applied, [0, 2]).status_code == 302
    for place in (0, 2):
        duty = Duty.objects.get(contract=casts[place].contract, subject=CVE)
        assert (duty.phase, duty.due_date, duty.done_on) == (
            Phase.MET,
            date(2026, 3, 19),
            date(2026, 3, 17),
        )
    client, page = shown(browse, casts, "patch", PATCH)
    assert "It cannot be recorded there. Nothing of this is new here: CVE-2026-0901 in openssl" in words(page)
    assert len(seen(page)) == 1


def test_one_incident_has_a_number_and_dates_of_its_own_on_each(casts, browse):
    sent(browse, casts, "incident", INCIDENT, [2])
    assert sent(browse, casts, "incident", INCIDENT | {"what": "A lost disk"}, [0, 1, 2]).status_code == 302
    found = {one.contract_id: one for one in Breach.objects.filter(what="A lost disk")}
    assert {found[cast.contract.pk].reference for cast in casts[:2]} == {"B-2026-001"}
    assert found[casts[2].contract.pk].reference == "B-2026-002"
    assert all(one.aware_party == "supplier" for one in found.values())
    assert dict(RecordedOnce.objects.get(title="A lost disk").shares.values_list("contract", "subject")) == {
        number: one.reference for number, one in found.items()
    }


def test_a_certificate_is_on_each_and_one_that_has_it_is_not_asked_again(casts, browse):
    assert sent(browse, casts, "certificate", CERTIFICATE, [0]).status_code == 302
    _, page = shown(browse, casts, "certificate", CERTIFICATE)
    assert "It cannot be recorded there." in words(page)
    assert sent(browse, casts, "certificate", CERTIFICATE, [1, 2]).status_code == 302
    assert Certificate.objects.count() == 3
    assert set(RecordedOnce.objects.values_list("title", flat=True)) == {"Cyber Essentials CE-77"}


def test_nothing_chosen_and_what_moved_meanwhile_are_refused_and_shown_anew(casts, browse):
    client, page = shown(browse, casts, "patch", PATCH)
    answer = client.post(address(casts, "patch"), PATCH | {"step": "save", "seen": seen(page)})
    assert "Choose each contract that it touches." in errors(answer)
    more = {"step": "save", "contracts": [casts[0].contract.pk, casts[2].contract.pk], "seen": seen(page)}
    happened(casts[2], "patch_applied", date(2026, 3, 17), CVE)
    answer = client.post(address(casts, "patch"), PATCH | more)
    assert "Something came on the record meanwhile. Look at what each would get now." in errors(answer)
    assert not RecordedOnce.objects.exists() and not Duty.objects.filter(subject=CVE).exists()
    again = client.post(address(casts, "patch"), PATCH | more | {"seen": seen(answer)})
    assert again.status_code == 302 and RecordedOnce.objects.count() == 1
    strange = client.post(address(casts, "patch"), PATCH | more | {"contracts": ["999999"], "seen": []})
    assert "Choose each contract that it touches." in errors(strange)


def test_what_is_entered_wrong_is_said_at_its_field_and_changed_on_the_way_back(casts, browse):
    client, page = shown(browse, casts, "patch", PATCH | {"identifier": " "})
    assert list(errors(page).values()) == ["id_identifier"]
    back = client.post(address(casts, "patch"), PATCH | {"step": "change"})
    assert 'value="CVE-2026-0901"' in back.content.decode() and errors(back) == {}
    assert client.get(address(casts, "boat")).status_code == 404


def test_a_second_press_records_it_once(casts, browse):
    client, page = shown(browse, casts, "patch", PATCH)
    more = {"step": "save", "contracts": [casts[0].contract.pk], "seen": seen(page)}
    token = {"token": "a-token-of-a-form-that-was-shown"}
    assert client.post(address(casts, "patch"), PATCH | more | token).status_code == 302
    assert client.post(address(casts, "patch"), PATCH | more | token).status_code == 302
    assert RecordedOnce.objects.count() == 1


def test_each_sees_what_is_on_their_own_contracts_alone(casts, browse):
    sent(browse, casts, "incident", INCIDENT, [0, 1])
    sent(browse, casts, "incident", INCIDENT | {"what": "A lost disk"}, [1])
    for cast in casts[1:]:  # Tom stays on the first contract alone
        cast.contract.memberships.filter(person=cast.tom).delete()
    says = words(browse(casts[0].priya).get(address(casts)))
    assert "A lost disk" in says and "On WF-2026-014" not in says.partition("A stolen laptop")[0]
    page = browse(casts[0].tom).get(address(casts))
    says = words(page)
    assert "A stolen laptop" in says and "On WF-2026-014" in says
    assert "QX-2026-200" not in page.content.decode() and "A lost disk" not in says
    assert browse(casts[0].grace).get(address(casts)).status_code == 404  # who records nothing
    assert browse(casts[0].ada).get(address(casts)).status_code == 404  # of another organisation
    with asking.person(casts[0].ada.pk):
        assert not RecordedOnce.objects.exists()
        assert OnceOnContract.objects.count() == 3  # her own contracts' shares
    with asking.person(casts[0].tom.pk):
        assert set(OnceOnContract.objects.values_list("contract", flat=True)) == {casts[0].contract.pk}


def test_all_or_nothing_where_one_contract_refuses(casts):
    ours = casts[0].contract.supplier
    accesses = once.places(casts[0].priya, ours, NOON)
    assert [one.contract.reference for one in accesses] == ["QX-2026-200", "WF-2026-014", "ZZ-2026-300"]

    def recording(contract, actor, now):
        if contract.reference == "ZZ-2026-300":
            raise Refused("what", "Not here.")
        happened(casts[0], "patch_publicly_released", date(2026, 3, 12), CVE)
        return CVE

    shares = once.look(accesses, NOON, recording)
    assert [one.why_not for one in shares] == ["", "", "Not here."]
    with pytest.raises(Refused, match="ZZ-2026-300: Not here."):
        once.record_once(
            ours, casts[0].priya, NOON,
            way="patch", title=CVE, said=[], accesses=accesses,
            chosen=[one.contract.pk for one in accesses],
            seen={one.access.contract.pk: one.mark for one in shares}, recording=recording,
        )  # fmt: skip
    assert not FactRecord.objects.filter(subject=CVE).exists() and not Vulnerability.objects.exists()


def test_the_list_costs_the_same_for_one_and_for_many(casts, browse):
    sent(browse, casts, "incident", INCIDENT, [0])
    client = browse(casts[0].priya)
    client.get(address(casts))
    with CaptureQueriesContext(connection) as one:
        client.get(address(casts))
    sent(browse, casts, "incident", INCIDENT | {"what": "A lost disk"}, [0, 1])
    with CaptureQueriesContext(connection) as many:
        client.get(address(casts))
    assert len(many) == len(one)
