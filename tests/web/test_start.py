"""The home of who is on no contract: what is to be done first, in which order, and by whom."""

from __future__ import annotations

import pytest
from django.core import mail
from django.urls import reverse

from contracts.services import drafts
from contracts.services.invitations import making
from contracts.services.organisations import appoint_administrator, make_organisation
from tests.cast import NOON, SYSTEM, make_contract, organisation, person
from tests.support.invitations import key_in
from tests.web.conftest import words

pytestmark = pytest.mark.django_db


def tasks(client) -> dict[str, tuple[str, str]]:
    """Each task with its status and address."""
    found = client.get(reverse("home")).context["start"].tasks
    return {one.text: (one.status, one.href) for one in found}


def test_the_first_administrator_names_organisations_and_finds_each_an_administrator(browse):
    client = browse(person("rosa", is_staff=True))
    begin = tasks(client)
    assert begin["Name the organisations"] == ("Not yet", reverse("organisations"))
    assert begin["Invite an administrator of each"] == ("Cannot start yet", "")
    assert [status for status, _ in list(begin.values())[2:]] == ["For an organisation’s administrator"] * 4
    council = make_organisation(SYSTEM, NOON, name="Wrenfield Council")
    assert tasks(client)["Name the organisations"][0] == "1 organisation"
    assert tasks(client)["Invite an administrator of each"] == ("Not yet", reverse("organisations"))
    making.invite(SYSTEM, NOON, organisation=council, email="nell@duly.example", administers=True)
    assert tasks(client)["Invite an administrator of each"][0] == "0 of 1 have one"
    appoint_administrator(council, SYSTEM, NOON, person=person("vera", organisation=council))
    assert tasks(client)["Invite an administrator of each"][0] == "Done"


def test_an_organisations_administrator_brings_in_people_and_makes_the_contract(browse):
    council = organisation("Wrenfield Council")
    vera = person("vera", organisation=council)
    appoint_administrator(council, SYSTEM, NOON, person=vera)
    client = browse(vera)
    begin = tasks(client)
    assert begin["Your organisation"] == ("Done", reverse("organisation", args=[council.pk]))
    assert begin["Bring in its people"] == ("Not yet", reverse("invite_to_organisation", args=[council.pk]))
    assert begin["Make the contract"] == ("Not yet", reverse("new_contract"))
    assert list(begin.values())[3:] == [("Cannot start yet", "")] * 3
    making.invite(SYSTEM, NOON, organisation=council, email="nell@duly.example")
    drafts.begin(vera, NOON)
    then = tasks(client)
    assert (then["Bring in its people"][0], then["Make the contract"][0]) == ("1 invited", "Begun")
    person("wanda", organisation=council)
    assert tasks(client)["Bring in its people"][0] == "1 other person here"


def test_who_can_do_none_of_it_is_told_whom_to_ask(browse):
    response = browse(person("zed")).get(reverse("home"))
    assert "Ask an administrator of your organisation" in words(response)
    assert "govuk-task-list" not in response.content.decode()


def test_much_of_it_takes_no_more_queries(browse, django_assert_max_num_queries):
    rosa, vera = person("rosa", is_staff=True), person("vera")
    for number in range(8):
        one = organisation(f"Council {number}")
        vera.organisation = one
        vera.save()
        appoint_administrator(one, SYSTEM, NOON, person=vera)
        making.invite(SYSTEM, NOON, organisation=one, email=f"n{number}@duly.example", administers=True)
    for who in (rosa, vera):
        client = browse(who)
        with django_assert_max_num_queries(11):
            client.get(reverse("home"))


def test_whoever_administers_an_organisation_gets_to_its_people_from_home(browse):
    cast = make_contract()
    council = cast.contract.authority
    cast.ada.organisation = council
    cast.ada.save()
    assert browse(cast.ada).get(reverse("home")).url == reverse("board", args=[cast.contract.pk])
    appoint_administrator(council, SYSTEM, NOON, person=cast.ada)
    page = browse(cast.ada).get(reverse("home")).content.decode()
    assert f'href="{reverse("organisation", args=[council.pk])}"' in page
    assert f'href="{reverse("new_contract")}"' in page


def test_who_set_duly_up_may_invite_themselves_and_make_the_contracts(browse):
    rosa, council = person("rosa", is_staff=True), organisation("Wrenfield Council")
    client = browse(rosa)
    sent = {"email": rosa.email, "administers": "on"}
    client.post(reverse("invite_to_organisation", args=[council.pk]), sent)
    client.post(reverse("join", args=[key_in(mail.outbox[0])]), {})
    assert tasks(client)["Make the contract"] == ("Not yet", reverse("new_contract"))
