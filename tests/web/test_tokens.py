"""The pages of tokens: made after saying who it is again, shown once, listed, ended."""

from __future__ import annotations

from datetime import timedelta
from re import search

import pytest
from django.test import Client
from django.urls import reverse

from contracts.models import ApiToken
from contracts.services.organisations import appoint_administrator
from tests.cast import NOON, SYSTEM, make_contract
from tests.support.tokens import key_of
from tests.web.conftest import errors, words

pytestmark = pytest.mark.django_db

NEW = reverse("new_api_token")


@pytest.fixture
def cast():
    made = make_contract()
    for one in (made.ada, made.ben):
        one.organisation = made.contract.authority
        one.save()
    appoint_administrator(made.contract.authority, SYSTEM, NOON, person=made.ada)
    return made


@pytest.fixture
def signed_in(cast):
    """Priya, who has just signed in."""
    client = Client()
    client.force_login(cast.priya)
    return client


def key_on(page) -> str:
    found = search(r"duly1_[0-9A-Za-z]{49}", page.content.decode())
    assert found, words(page)
    return found[0]


def test_a_token_is_shown_once_works_and_is_ended(cast, signed_in):
    form = signed_in.get(NEW).context["form"]
    sent = {"name": "Weekly report", "scope": "read", "contracts": [cast.contract.pk], "lasts": "30"}
    sent["token"] = form["token"].value()
    assert (form["scope"].value(), form["lasts"].value(), form["every"].value()) == ("read", "30", None)
    page = signed_in.post(NEW, sent)
    key = key_on(page)
    assert "no-store" in page.headers["Cache-Control"] and "It works until 16 April 2026" in words(page)
    again = signed_in.post(NEW, sent, follow=True)
    assert (
        "made already, and its key is not shown again" in words(again) and key not in again.content.decode()
    )
    header = {"authorization": f"Bearer {key}"}
    assert Client().get("/api/v1/contracts/", headers=header).status_code == 200
    listed = words(signed_in.get(reverse("api_tokens")))
    assert (
        f"Read. Opens WF-2026-014. Its key ends with {key[-4:]}" in listed
        and "17 March 2026 from 127.0.0.1" in listed
    )
    ledger = words(signed_in.get(reverse("ledger", args=[cast.contract.pk])))
    assert "Priya Nair made the API token “Weekly report” (read; until 16 April 2026)" in ledger
    end = reverse("end_api_token", args=[ApiToken.objects.get().pk])
    assert "Weekly report works no more" in words(signed_in.post(end, follow=True))
    assert "stopped working already" in words(signed_in.post(end, follow=True))
    assert Client().get("/api/v1/contracts/", headers=header).status_code == 401
    assert "its person ended it" in words(signed_in.get(reverse("api_tokens")))


def test_who_did_not_just_sign_in_is_asked_again(cast, browse, at_noon):
    client = browse(cast.priya)
    at_noon.move_to(NOON + timedelta(minutes=11))
    for answer in (client.get(NEW), client.post(NEW, {"name": "x"})):
        assert answer.status_code == 302 and answer.url.startswith(reverse("account_reauthenticate"))
    assert not ApiToken.objects.exists()


def test_a_contract_is_chosen_or_every_one_said(cast, signed_in):
    page = signed_in.post(NEW, {"name": "", "scope": "read", "lasts": "30"})
    assert set(errors(page)) == {
        "Enter what the token is for.", "Choose the contracts that the token opens, or every contract."
    }  # fmt: skip
    page = signed_in.post(NEW, {"name": "x", "scope": "all", "contracts": ["0"], "lasts": "9999"})
    assert set(errors(page)) >= {"Choose one of the answers that are offered."}
    assert not ApiToken.objects.exists()
    key_on(signed_in.post(NEW, {"name": "x", "scope": "record", "every": "on", "lasts": "7"}))
    assert ApiToken.objects.get().contracts is None


def test_an_administrator_sees_and_ends_the_tokens_of_their_people_alone(cast, browse):
    key_of(cast.ben, name="Nightly", contracts=[cast.contract.pk])
    key_of(cast.priya, name="Not theirs")
    of_ben, of_priya = (ApiToken.objects.get(person=one) for one in (cast.ben, cast.priya))
    council = cast.contract.authority
    address = reverse("organisation_person", args=[council.pk, cast.ben.pk])
    page = words(browse(cast.ada).get(address))
    assert (
        "Nightly Read. Opens 1 contract." in page
        and cast.contract.reference not in page.split("Tokens for")[1]
    )
    ada = browse(cast.ada)
    for person, token in ((cast.ben, of_priya), (cast.priya, of_priya)):
        assert ada.post(reverse("end_token_of", args=[council.pk, person.pk, token.pk])).status_code == 404
    end = reverse("end_token_of", args=[council.pk, cast.ben.pk, of_ben.pk])
    assert browse(cast.ben).post(end).status_code == browse(cast.priya).post(end).status_code == 404
    assert browse(cast.ada).post(reverse("end_api_token", args=[of_ben.pk])).status_code == 404
    assert "Nightly of Ben Castellan works no more" in words(ada.post(end, follow=True))
    record = words(ada.get(reverse("organisation_record", args=[council.pk])))
    assert "Ended the API token “Nightly” (read; until 24 March 2026) of Ben Castellan" in record
    assert "which opens 1 contract" in record
