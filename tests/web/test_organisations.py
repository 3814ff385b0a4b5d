"""Organisations: who gets to them, and what is done there."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core import mail
from django.urls import reverse

from contracts.models import Invitation, Organisation, OrganisationEntry
from contracts.services import organisations
from contracts.services.invitations import making
from contracts.web.organisations.presenters import SENTENCES, entry_row
from tests.cast import NOON, SYSTEM, make_contract, person
from tests.web.conftest import day_boxes, errors, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    """Ada administers the council, to which Ben belongs; Priya and Tom belong to the supplier."""
    made = make_contract()
    for name, one in {"ada": "authority", "ben": "authority", "priya": "supplier", "tom": "supplier"}.items():
        made.people[name].organisation = getattr(made.contract, one)
        made.people[name].save()
    organisations.appoint_administrator(made.contract.authority, SYSTEM, NOON, person=made.ada)
    return made


@pytest.fixture
def rosa(cast):
    return person("rosa", is_staff=True)


def samples(cast) -> dict[str, list[object]]:
    """The addresses of the council, for who looks after it."""
    council, ben = cast.contract.authority, cast.ben
    waiting = making.invite(SYSTEM, NOON, organisation=council, email="new@duly.example").invitation
    return {
        "organisation": [council.pk],
        "organisation_record": [council.pk],
        "invite_to_organisation": [council.pk],
        "organisation_person": [council.pk, ben.pk],
        "bring_back": [council.pk, ben.pk],
        "administer_organisation": [council.pk, ben.pk],
        "stop_administering": [council.pk, ben.pk],
        "factor_roles": [council.pk],
        "send_invitation": [council.pk, waiting.pk],
        "revoke_invitation": [council.pk, waiting.pk],
    }


ONLY_POST = {
    "bring_back",
    "administer_organisation",
    "stop_administering",
    "send_invitation",
    "revoke_invitation",
}


def test_an_organisation_is_there_for_its_administrators_and_the_systems(cast, rosa, browse):
    for name, args in samples(cast).items():
        address = reverse(name, args=args)
        for who, status in ((cast.priya, 404), (cast.ben, 404), (cast.ada, 200), (rosa, 200)):
            client = browse(who)
            if name not in ONLY_POST:
                assert client.get(address).status_code == status, (name, who)
            elif status == 404:
                assert client.post(address).status_code == 404, (name, who)
            else:
                assert client.get(address).status_code == 405
        assert browse().get(address).status_code in (302, 405), name
    assert Invitation.objects.get().is_open


def test_what_belongs_to_another_organisation_is_not_there(cast, browse):
    council, supplier = cast.contract.authority, cast.contract.supplier
    theirs = making.invite(SYSTEM, NOON, organisation=supplier, email="new@duly.example").invitation
    to_contract = making.invite(
        cast.as_("mina"), NOON, contract=cast.contract, email="x@duly.example", role="reviewer"
    ).invitation
    client = browse(cast.ada)
    assert client.get(reverse("organisation_person", args=[council.pk, cast.tom.pk])).status_code == 404
    for name in ("send_invitation", "revoke_invitation"):
        for one in (theirs, to_contract):
            assert client.post(reverse(name, args=[council.pk, one.pk])).status_code == 404
    for name in ("bring_back", "administer_organisation", "stop_administering"):
        assert client.post(reverse(name, args=[council.pk, cast.tom.pk])).status_code == 404
    assert client.get(reverse("organisation", args=[10**30])).status_code == 404


def test_naming_is_for_the_systems_administrators(cast, rosa, browse):
    council = cast.contract.authority
    for name, args in (
        ("organisations", []),
        ("new_organisation", []),
        ("rename_organisation", [council.pk]),
    ):
        address = reverse(name, args=args)
        assert browse(rosa).get(address).status_code == 200
        assert browse(cast.ada).get(address).status_code == 404
        assert browse(cast.ada).post(address, {"name": "X"}).status_code in (404, 405)
        assert browse().get(address).status_code == 302


def test_an_organisation_is_made_once_and_renamed(cast, rosa, browse):
    client, address = browse(rosa), reverse("new_organisation")
    token = client.get(address).context["form"]["token"].value()
    for _ in range(2):
        client.post(address, {"name": "  Dún   Laoghaire\u202e ", "token": token})
    made = Organisation.objects.get(name="Dún Laoghaire")
    taken = client.post(address, {"name": "DÚN LAOGHAIRE"})
    assert set(errors(taken).values()) == {"id_name"} and 'value="DÚN LAOGHAIRE"' in taken.content.decode()
    rename = reverse("rename_organisation", args=[made.pk])
    for wrong in ("", "Wrenfield Council", "Dún Laoghaire", "x" * 201, "a\x00b"):
        assert set(errors(client.post(rename, {"name": wrong})).values()) == {"id_name"}, wrong
    client.post(rename, {"name": "Dún Laoghaire-Rathdown"})
    page = words(client.get(reverse("organisation_record", args=[made.pk])))
    assert "Renamed it from Dún Laoghaire to Dún Laoghaire-Rathdown" in page and "Rosa, midday" in page


def test_somebody_is_invited_and_seen_to_come(cast, browse):
    council, client = cast.contract.authority, browse(cast.ada)
    address = reverse("invite_to_organisation", args=[council.pk])
    page = words(client.post(address, {"email": "nell@duly.example"}, follow=True))
    assert "nell@duly.example gets a link by mail" in page and "Invited by Ada Fairweather" in page
    assert [one.to for one in mail.outbox] == [["nell@duly.example"]]
    again = client.post(address, {"email": "Nell@duly.example"})
    assert set(errors(again).values()) == {"id_email"}
    assert set(errors(client.post(address, {"email": "nell"})).values()) == {"id_email"}
    there = client.post(address, {"email": cast.ben.email})
    assert "Ben Castellan is in Wrenfield Council already: nothing is to be done." in errors(there)


def test_whoever_has_an_account_elsewhere_is_invited_like_anybody(cast, browse):
    client = browse(cast.ada)
    address = reverse("invite_to_organisation", args=[cast.contract.authority.pk])
    said = [
        words(client.post(address, {"email": email}, follow=True)).replace(email, "")
        for email in (cast.tom.email, "nobody@duly.example")
    ]
    assert said[0].split("Invited, not here yet")[0] == said[1].split("Invited, not here yet")[0]


def test_a_mail_that_did_not_go_is_shown_and_sent_again(cast, browse, settings):
    council, client = cast.contract.authority, browse(cast.ada)
    backend = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "tests.contracts.services.test_invitations.Broken"
    address = reverse("invite_to_organisation", args=[council.pk])
    page = words(client.post(address, {"email": "nell@duly.example"}, follow=True))
    assert "the mail was not sent: OSError: the line is down" in page
    settings.EMAIL_BACKEND = backend
    again = reverse("send_invitation", args=[council.pk, Invitation.objects.get().pk])
    assert "gets a link by mail" in words(client.post(again, follow=True))
    assert "a moment ago" in words(client.post(again, follow=True))
    revoke = reverse("revoke_invitation", args=[council.pk, Invitation.objects.get().pk])
    assert "no longer works" in words(client.post(revoke, follow=True))
    assert "revoked already" in words(client.post(revoke, follow=True))


def test_a_last_day_is_set_said_and_taken_away(cast, browse, at_noon):
    council, client = cast.contract.authority, browse(cast.ada)
    address = reverse("organisation_person", args=[council.pk, cast.ben.pk])
    page = words(client.get(address))
    assert "WF-2026-014, Apprenticeship portal: assurance lead, Authority" in page
    late = client.post(address, day_boxes("last_day", date(2026, 3, 16)))
    assert errors(late) == {"Enter 17 March 2026 or a later day.": "id_last_day_day"}
    said = words(client.post(address, day_boxes("last_day", date(2026, 3, 18)), follow=True))
    assert "Ben Castellan signs in until 18 March 2026" in said
    at_noon.move_to(NOON + timedelta(hours=35, minutes=40))  # 11:40pm on the last day
    ben = browse(cast.ben)
    at_noon.move_to(NOON + timedelta(hours=35, minutes=59))
    assert ben.get(reverse("account")).status_code == 200
    at_noon.move_to(NOON + timedelta(hours=36))
    assert ben.get(reverse("account")).status_code == 302  # the session ended with the day
    assert browse(cast.ada).get(reverse("account")).status_code == 200
    sent = {"login": cast.ben.email, "password": "a long enough password"}
    assert "This account is closed" in words(browse().post(reverse("account_login"), sent, follow=True))
    client.force_login(cast.ada)
    back = reverse("bring_back", args=[council.pk, cast.ben.pk])
    assert "may sign in again" in words(client.post(back, follow=True))
    assert browse().post(reverse("account_login"), sent).url == "/"
    assert browse(cast.ben).get(reverse("board", args=[cast.contract.pk])).status_code == 404


def test_administrators_come_and_go_and_one_stays(cast, browse):
    council, client = cast.contract.authority, browse(cast.ada)
    own = reverse("stop_administering", args=[council.pk, cast.ada.pk])
    assert "is the last administrator" in words(client.post(own, follow=True))
    make = reverse("administer_organisation", args=[council.pk, cast.ben.pk])
    client.post(make)
    assert "administers Wrenfield Council already" in words(client.post(make, follow=True))
    client.post(own)
    assert client.get(reverse("organisation", args=[council.pk])).status_code == 404
    assert browse(cast.ben).get(reverse("organisation", args=[council.pk])).status_code == 200


def test_a_systems_administrator_sees_no_contract(cast, rosa, browse):
    client = browse(rosa)
    assert client.get(reverse("people", args=[cast.contract.pk])).status_code == 404
    assert client.get(reverse("invite_to_contract", args=[cast.contract.pk])).status_code == 404


def test_a_systems_administrator_is_not_told_which_contracts_people_are_on(cast, rosa, browse):
    council = cast.contract.authority
    making.invite(cast.as_("mina"), NOON, contract=cast.contract, email="x@duly.example", role="reviewer")
    making.invite(cast.as_("ben"), NOON, organisation=council, email="y@duly.example")
    addresses = [
        reverse("organisation", args=[council.pk]),
        reverse("organisation_record", args=[council.pk]),
        reverse("organisation_person", args=[council.pk, cast.ben.pk]),
    ]
    for one in addresses:
        page = words(browse(rosa).get(one))
        assert "WF-2026-014" not in page and "Apprenticeship portal" not in page, one
    assert "A contract: assurance lead, Authority" in page
    assert "WF-2026-014: Reviewer, Authority" in words(browse(cast.ada).get(addresses[0]))
    cast.contract.memberships.filter(person=cast.mina).delete()
    cast.contract.memberships.filter(person=cast.ben).update(manages=True)
    response = browse(rosa).post(addresses[2], day_boxes("last_day", date(2026, 3, 31)))
    assert errors(response) == {
        "Ben Castellan is the last who manages a contract for a side. Somebody else must manage it first.": (
            "id_last_day_day"
        )
    }
    assert "WF-2026-014" not in words(response)


def test_many_people_take_no_more_queries(cast, browse, django_assert_max_num_queries):
    council, client = cast.contract.authority, browse(cast.ada)
    for number in range(12):
        person(f"p{number}", organisation=council)
        making.invite(SYSTEM, NOON, organisation=council, email=f"n{number}@duly.example")
    with django_assert_max_num_queries(11):
        page = words(client.get(reverse("organisation", args=[council.pk])))
    assert "People (14)" in page and "n11@duly.example" in page


@pytest.mark.parametrize("verb", [*SENTENCES, "moon_landed"])
def test_an_entry_with_nothing_in_it_is_told_all_the_same(cast, verb):
    entry = OrganisationEntry(moment=NOON, actor_name="Ada", verb=verb, payload={})
    assert entry_row(entry).says


def test_the_account_page_says_where_one_belongs(cast, browse):
    page = words(browse(cast.ada).get(reverse("account")))
    assert "Organisation Wrenfield Council" in page and "You administer Wrenfield Council" in page
    assert "WF-2026-014, Apprenticeship portal Reviewer, Authority. From 1 April 2025" in page
