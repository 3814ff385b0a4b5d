"""Signing in and out, the demo's list of people, and what the bar at the top offers."""

from __future__ import annotations

import pytest
from django.urls import reverse

from contracts.web import demo
from tests.cast import make_contract
from tests.web.conftest import errors, words

pytestmark = pytest.mark.django_db
LOGIN = reverse("account_login")


@pytest.fixture
def people():
    return make_contract()


def test_a_person_signs_in_and_lands_on_their_only_contract(people, browse):
    client = browse()
    sent = {"login": people.priya.email, "password": "a long enough password"}
    response = client.post(LOGIN, sent, follow=True)
    assert response.redirect_chain[-1][0] == reverse("board", args=[people.contract.pk])
    assert "What is due" in words(response)


def test_signing_in_goes_on_to_the_page_that_was_asked_for(people, browse):
    client = browse()
    wanted = reverse("people", args=[people.contract.pk])
    asked = client.get(wanted, follow=True)
    assert f'name="next" value="{wanted}"' in asked.content.decode()
    sent = {"login": people.priya.email, "password": "a long enough password", "next": wanted}
    assert client.post(LOGIN, sent).url == wanted


@pytest.mark.parametrize(
    ("email", "password", "box"),
    [
        ("", "", "id_login"),
        ("priya@duly.example", "wrong", ""),
        ("nobody@duly.example", "wrong", ""),
        ("not an address", "wrong", "id_login"),
        ("priya@duly.example\x00", "x", "id_login"),
    ],
)
def test_a_mistake_is_said_at_the_top_and_in_the_title(people, browse, email, password, box):
    response = browse().post(LOGIN, {"login": email, "password": password})
    assert response.status_code == 200
    assert "<title>Error: Sign in" in response.content.decode()
    assert box in errors(response).values()


def test_an_empty_form_names_both_fields(people, browse):
    response = browse().post(LOGIN, {"login": "", "password": ""})
    assert errors(response) == {"Enter your email.": "id_login", "Enter your password.": "id_password"}


def test_somebody_without_an_account_and_a_wrong_password_read_the_same(people, browse):
    known = browse().post(LOGIN, {"login": people.priya.email, "password": "wrong"})
    unknown = browse().post(LOGIN, {"login": "nobody@duly.example", "password": "wrong"})
    assert list(errors(known)) == list(errors(unknown))


def test_a_closed_account_does_not_get_in(people, browse):
    people.priya.is_active = False
    people.priya.save()
    sent = {"login": people.priya.email, "password": "a long enough password"}
    response = browse().post(LOGIN, sent, follow=True)
    assert "_auth_user_id" not in response.client.session


def test_signing_out_takes_a_button_and_ends_the_session(people, browse):
    client = browse(people.priya)
    assert "Sign out of Duly" in words(client.get(reverse("account_logout")))
    client.post(reverse("account_logout"))
    assert client.get(reverse("home")).status_code == 302


def test_every_account_page_is_in_our_style(people, browse, settings):
    client = browse(people.priya)
    for name in (
        "account_change_password",
        "change_address",
        "signed_in_where",
        "mfa_index",
        "account_logout",
    ):
        page = client.get(reverse(name)).content.decode()
        assert "govuk-heading-l" in page and "duly.css" in page, name
    for name in ("account_reset_password", "account_reset_password_done", "account_inactive"):
        page = browse().get(reverse(name)).content.decode()
        assert "govuk-heading-l" in page and page.count("<h1") == 1, name


def test_asking_for_a_new_password_never_says_who_has_an_account(people, browse):
    address = reverse("account_reset_password")
    known = browse().post(address, {"email": people.priya.email}, follow=True)
    unknown = browse().post(address, {"email": "nobody@duly.example"}, follow=True)
    assert words(known) == words(unknown)


def test_the_demo_lists_its_people_and_their_password(people, browse, settings):
    settings.LOCAL = settings.DEMO = True
    settings.DEMO_PASSWORD = "harbour light"
    page = words(browse().get(LOGIN))
    assert "People in the demo" in page and "harbour light" in page
    assert people.priya.email in page and "Security lead, Apprenticeship portal" in page


@pytest.mark.parametrize(("local", "is_demo"), [(False, True), (True, False), (False, False)])
def test_outside_the_demo_nobody_is_listed(people, browse, settings, local, is_demo):
    settings.LOCAL, settings.DEMO = local, is_demo
    page = words(browse().get(LOGIN))
    assert "People in the demo" not in page and people.priya.email not in page
    assert "Demo mail" not in words(browse(people.priya).get(reverse("account")))


def test_real_addresses_are_never_listed(people, browse, settings):
    settings.LOCAL = settings.DEMO = True
    people.priya.email = "priya@harbourlight.co.uk"
    people.priya.save()
    listed = [person.email for person in demo.sheet().people]
    assert listed and "priya@harbourlight.co.uk" not in listed


def test_the_bar_shows_what_a_role_may_do(people, browse):
    board = reverse("board", args=[people.contract.pk])
    record = reverse("record", args=[people.contract.pk])
    assert f'href="{record}"' in browse(people.priya).get(board).content.decode()
    assert f'href="{record}"' not in browse(people.olu).get(board).content.decode()


def test_who_is_on_no_contract_is_told_so(people, browse):
    assert "You are not on any contract yet." in words(browse(people.zed).get(reverse("home")))
