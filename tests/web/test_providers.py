"""Signing in by an organisation's provider, against a real one: who gets in, and how each lie is refused."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from flask import Response

from contracts.models import ApiToken, OrganisationEntry, Provider, ProviderDomain
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from contracts.services.leaving import actor_of, end_person
from contracts.services.organisations import appoint_administrator, end_administrator
from contracts.services.providers import asking
from contracts.services.providers.settings import remove_provider, set_provider
from tests.cast import NOON, SYSTEM, Cast, make_contract, organisation, person
from tests.support import provider as there
from tests.support.provider import sign_in
from tests.web.conftest import errors, words

pytestmark = pytest.mark.django_db

PASSWORD = "a long enough password"
SECRET = "the client secret of the council"


@pytest.fixture(scope="module")
def started():
    with there.running() as provider:
        yield provider


@pytest.fixture(autouse=True)
def at_noon():
    """Here it is the time that it is: what the provider signs runs out."""
    cache.clear()


@pytest.fixture
def provider(started):
    started.spoil.clear()
    started.asked.clear()
    return started


@pytest.fixture
def cast() -> Cast:
    """Ada and Ben are of the council, Priya of the supplier; Ada administers the council."""
    made = make_contract()
    for name in ("ada", "ben", "olu"):
        one = made.people[name]
        one.organisation = made.contract.authority
        one.email = f"{name}@council.example"
        one.save()
    made.priya.organisation = made.contract.supplier
    made.priya.save()
    appoint_administrator(made.contract.authority, SYSTEM, NOON, person=made.ada)
    return made


def settings_of(cast, provider, **more):
    usual = {
        "discovery": provider.discovery,
        "client_id": "duly",
        "client_secret": SECRET,
        "domains": ["council.example"],
    }
    return set_provider(cast.contract.authority, actor_of(cast.ada), NOON, **{**usual, **more})


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def vouched(email: str, **more: object) -> dict[str, object]:
    return {"email": email, "email_verified": True, **more}


def test_somebody_who_was_invited_signs_in_and_is_led_where_they_wanted(cast, provider):
    settings_of(cast, provider)
    provider.says(**vouched("Ben@Council.example"))
    client = Client()
    answer = sign_in(provider, "ben@council.example", client, after="/account")
    assert (answer.status_code, answer.url) == (302, "/account")
    assert client.session["_auth_user_id"] == str(cast.ben.pk)
    assert "/oauth2/token" in provider.asked and "/jwks" in provider.asked
    somewhere = sign_in(provider, "ben@council.example", Client(), after="https://evil.example/")
    assert somewhere.url == "/"


LIES = {
    "not verified": ({"email": "ben@council.example", "email_verified": False}, "is verified"),
    "verified is not said": ({"email": "ben@council.example"}, "is verified"),
    "verified in a text": ({"email": "ben@council.example", "email_verified": "true"}, "is verified"),
    "no address": ({"email_verified": True}, "is verified"),
    "somebody else of the organisation": (vouched("ada@council.example"), "another address than you entered"),
    "somebody of another organisation": (vouched("priya@duly.example"), "another address than you entered"),
}


def test_each_lie_is_refused_in_words_on_the_record_and_nobody_is_signed_in(cast, provider):
    settings_of(cast, provider)
    for lie, (claims, says) in LIES.items():
        provider.says(**claims)
        client = Client()
        answer = sign_in(provider, "ben@council.example", client)
        assert answer.status_code == 403 and says in words(answer) and not signed_in(client), lie
        assert client.get("/account").status_code == 302
    told = OrganisationEntry.objects.filter(verb="provider_refused", organisation=cast.contract.authority)
    assert len(told) == len(LIES) and all(one.payload["why"] for one in told)


def test_who_was_not_invited_or_is_of_another_organisation_is_told_the_same(cast, provider):
    settings_of(cast, provider)
    stray = person("stray")
    stray.email, stray.organisation = "stray@council.example", organisation("Elsewhere Board")
    stray.save()
    said = []
    for email in ("stray@council.example", "nobody@council.example"):
        provider.says(**vouched(email))
        client = Client()
        answer = sign_in(provider, email, client)
        assert answer.status_code == 403 and not signed_in(client)
        said.append(words(answer))
    assert said[0] == said[1] and "Nobody of Wrenfield Council is invited" in said[0]


def test_who_types_an_address_learns_only_where_its_domain_signs_in(cast, provider):
    settings_of(cast, provider)
    start = reverse("provider_start")
    known, unknown = (
        words(Client().post(start, {"email": f"{name}@council.example"})) for name in ("ben", "nobody")
    )
    assert known == unknown and "Go on to 127.0.0.1" in known
    for name in ("priya", "nobody"):
        page = Client().post(start, {"email": f"{name}@duly.example"})
        assert set(errors(page)) == {"People with an address at duly.example sign in with a password."}


def test_an_answer_that_was_begun_elsewhere_or_comes_twice_is_refused(cast, provider):
    settings_of(cast, provider)
    provider.says(**vouched("ben@council.example"))
    client, answer = Client(), reverse("provider_answer")
    client.post(reverse("provider_start"), {"email": "ben@council.example"})
    back = provider.signed_in_there(client.get(reverse("provider_go")).url)
    thief = Client()
    assert "begun in another browser" in words(thief.get(back)) and not signed_in(thief)
    thief.post(reverse("provider_start"), {"email": "ben@council.example"})
    thief.get(reverse("provider_go"))
    assert "did not sign you in" in words(thief.get(back)) and not signed_in(thief)
    for query in ("", "?code=x", "?state=x&code=y", "?error=access_denied&state=x"):
        client.post(reverse("provider_start"), {"email": "ben@council.example"})
        assert client.get(answer + query).status_code == 403 and not signed_in(client)


def flip(said: dict) -> dict:
    head, body, signature = said["id_token"].split(".")
    return {**said, "id_token": f"{head}.{body}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"}


def unsigned(said: dict) -> dict:
    return {**said, "id_token": f"eyJhbGciOiJub25lIn0.{said['id_token'].split('.')[1]}."}


SPOILT = {
    "a changed signature": {"/oauth2/token": flip},
    "no signature": {"/oauth2/token": unsigned},
    "no ID token": {
        "/oauth2/token": lambda said: {"access_token": said["access_token"], "token_type": "Bearer"}
    },
    "another issuer": {
        "/.well-known/openid-configuration": lambda said: {**said, "issuer": "https://other.example"}
    },
    "no JSON": {"/oauth2/token": lambda said: Response("<h1>Sorry</h1>", mimetype="text/html")},
    "leads elsewhere": {"/jwks": lambda said: Response(status=302, headers={"Location": "http://10.0.0.1/"})},
    "keys not over https": {
        "/.well-known/openid-configuration": lambda said: {**said, "jwks_uri": "http://192.0.2.1/jwks"}
    },
    "too long": {"/jwks": lambda said: Response(b" " * 3_000_000, mimetype="application/json")},
}


def test_an_answer_that_is_not_the_providers_own_signs_nobody_in(cast, provider, caplog):
    settings_of(cast, provider)
    provider.says(**vouched("ben@council.example"))
    for how, spoil in SPOILT.items():
        client = Client()
        client.post(reverse("provider_start"), {"email": "ben@council.example"})
        back = provider.signed_in_there(client.get(reverse("provider_go")).url)
        caplog.clear()
        provider.spoil.update(spoil)
        answer = client.get(back)
        provider.spoil.clear()
        assert answer.status_code == 403 and "did not sign you in" in words(answer), how
        assert not signed_in(client) and SECRET not in caplog.text
        assert "the provider of Wrenfield Council failed" in caplog.text


def test_a_provider_that_is_not_there_is_said_at_once(cast, provider):
    found = settings_of(cast, provider)
    Provider.objects.filter(pk=found.pk).update(
        discovery="http://127.0.0.1:1/.well-known/openid-configuration"
    )
    client = Client()
    client.post(reverse("provider_start"), {"email": "ben@council.example"})
    answer = client.get(reverse("provider_go"))
    assert answer.status_code == 403 and "did not sign you in" in words(answer)


def by_password(email: str, password: str = PASSWORD) -> tuple[Client, object]:
    client = Client()
    return client, client.post(reverse("account_login"), {"login": email, "password": password})


def test_where_it_is_demanded_a_password_opens_nothing_but_for_one_administrator(cast, provider):
    settings_of(cast, provider, demanded=True, break_glass=cast.ada)
    client, answer = by_password("ben@council.example")
    assert answer.status_code == 403 and "by its own sign-in only" in words(answer) and not signed_in(client)
    client, answer = by_password("ben@council.example", "wrong")
    assert "own sign-in" not in words(answer), "who does not know the password is told nothing"
    assert signed_in(by_password("ada@council.example")[0])
    assert signed_in(by_password("priya@duly.example")[0])
    provider.says(**vouched("ben@council.example"))
    client = Client()
    assert sign_in(provider, "ben@council.example", client).status_code == 302 and signed_in(client)
    for leaving in (
        lambda: end_person(cast.ada, SYSTEM, NOON, last_day=NOON.date()),
        lambda: end_administrator(cast.contract.authority, SYSTEM, NOON, person=cast.ada),
    ):
        with pytest.raises(Refused, match="Choose somebody else there first"):
            leaving()
    remove_provider(cast.contract.authority, actor_of(cast.ada), NOON)
    assert signed_in(by_password("ben@council.example")[0])


def test_its_second_factor_counts_only_where_the_organisation_says_so(cast, provider):
    totp.TOTP.activate(cast.ben, totp.generate_totp_secret())
    for factors, amr, lands in (
        ([], ["pwd", "mfa"], reverse("mfa_authenticate")),
        (["mfa"], ["pwd"], reverse("mfa_authenticate")),
        (["mfa"], ["pwd", "mfa"], "/account"),
    ):
        settings_of(cast, provider, factors=factors)
        provider.says(**vouched("ben@council.example", amr=amr))
        client = Client()
        answer = sign_in(provider, "ben@council.example", client, after="/account")
        assert answer.url.startswith(lands) and signed_in(client) is (lands == "/account")


def test_who_is_asked_again_says_it_by_the_provider_and_what_was_sent_is_done(cast, provider):
    settings_of(cast, provider, demanded=True, break_glass=cast.ada)
    provider.says(**vouched("ben@council.example"))
    client = Client()
    sign_in(provider, "ben@council.example", client)
    new = reverse("new_api_token")
    session = client.session
    for one in session["account_authentication_methods"]:
        one["at"] -= 3600
    session.save()
    sent = {"name": "Nightly", "scope": "read", "every": "on", "lasts": "7"}
    asked = client.post(new, sent)
    assert asked.status_code == 302 and asked.url.startswith(reverse("provider_start")), asked.url
    done = sign_in(provider, "ben@council.example", client, after=new)
    assert "Copy the token now" in words(done)
    assert ApiToken.objects.filter(person=cast.ben, name="Nightly").exists()


def test_after_the_last_day_it_lets_nobody_in(cast, provider):
    settings_of(cast, provider)
    cast.ben.ends_on = (NOON - timedelta(days=400)).date()
    cast.ben.save()
    provider.says(**vouched("ben@council.example"))
    client = Client()
    sign_in(provider, "ben@council.example", client)
    assert not signed_in(client)


def test_who_is_signed_in_as_somebody_else_is_signed_out_first(cast, provider):
    settings_of(cast, provider)
    client = by_password("priya@duly.example")[0]
    provider.says(**vouched("ben@council.example"))
    sign_in(provider, "ben@council.example", client)
    assert client.session["_auth_user_id"] == str(cast.ben.pk)


BAD = {
    "not https": ({"discovery": "http://login.example.org"}, "discovery", "begins with https://"),
    "inside": ({"discovery": "http://10.0.0.1/"}, "discovery", "begins with https://"),
    "a file": ({"discovery": "file:///etc/passwd"}, "discovery", "begins with https://"),
    "nobody there": ({"discovery": "http://127.0.0.1:1"}, "discovery", "No provider describes itself there"),
    "no client": ({"client_id": " "}, "client_id", "Enter the client ID"),
    "no secret": ({"client_secret": ""}, "client_secret", "Enter the client secret"),
    "no domain": ({"domains": [" "]}, "domains", "at least one domain"),
    "no real domain": ({"domains": ["council"]}, "domains", "is no domain"),
    "another's domain": ({"domains": ["duly.example"]}, "domains", "are not Wrenfield Council’s alone"),
    "no way in": ({"demanded": True}, "break_glass", "Choose an administrator"),
}


def test_settings_that_cannot_work_are_refused_and_nothing_is_kept(cast, provider):
    for what, (more, field, says) in BAD.items():
        with pytest.raises(Refused, match=says) as refused:
            settings_of(cast, provider, **more)
        assert refused.value.field == field, what
    assert (
        not Provider.objects.exists() and not OrganisationEntry.objects.filter(verb="provider_set").exists()
    )


def test_away_from_ones_own_machine_loopback_is_not_asked_either(provider, settings):
    settings.LOCAL = False
    assert not asking.is_safe(provider.discovery) and asking.is_safe("https://login.example.org/")
    for address in (
        "https://",
        "https:///x",
        "javascript:alert(1)",
        "http://localhost",
        "http://[::1]/",
        "http://[x",
    ):
        assert not asking.is_safe(address), address


def test_a_domain_leads_to_one_provider_and_only_an_administrator_is_left_a_password(cast, provider):
    settings_of(cast, provider)
    for other in (cast.ben, cast.priya):
        with pytest.raises(Refused, match="Choose an administrator"):
            settings_of(cast, provider, demanded=True, break_glass=other)
    board = organisation("Elsewhere Board")
    with pytest.raises(Refused, match="are not Elsewhere Board’s alone"):
        set_provider(
            board, Actor.system("tests"), NOON,
            discovery=provider.discovery, client_id="x", client_secret="y", domains=["council.example"],
        )  # fmt: skip
    another = Provider.objects.create(organisation=board, discovery="x", set_at=NOON)
    with pytest.raises(DatabaseError, match="provider_domain_of_one_organisation"), transaction.atomic():
        ProviderDomain.objects.create(provider=another, domain="Council.example")
    with pytest.raises(DatabaseError, match="provider_demanded_leaves_a_way_in"), transaction.atomic():
        Provider.objects.update(demanded=True)


def test_the_page_is_the_organisations_administrators_alone_and_never_shows_the_secret(cast, provider):
    address = reverse("organisation_provider", args=[cast.contract.authority.pk])
    rosa = person("rosa", is_staff=True)
    for who in (cast.ben, cast.priya, rosa):
        client = Client()
        client.force_login(who)
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        assert client.get(address).status_code == client.post(address, {}).status_code == 404
    assert not Provider.objects.exists()

    client = by_password("ada@council.example")[0]
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    sent = {
        "discovery": provider.url, "client_id": "duly", "client_secret": SECRET,
        "domains": "Council.example\n@council-north.example\n", "factors": "mfa", "demanded": "on",
        "break_glass": cast.ada.pk,
    }  # fmt: skip
    page = client.post(address, sent, follow=True)
    assert "It is set" in words(page), errors(page)
    shown = page.content.decode()
    assert SECRET not in shown and "council-north.example\ncouncil.example" in shown
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(t)::text FROM contracts_provider t")
        assert SECRET not in cursor.fetchone()[0]
    assert SECRET not in json.dumps([one.payload for one in OrganisationEntry.objects.all()])
    assert "It is set" in words(client.post(address, {**sent, "client_secret": ""}, follow=True))
    changed = client.post(address, {**sent, "client_secret": "", "discovery": provider.url + "/other"})
    assert "Enter the client secret of the other provider." in errors(changed) or errors(changed)
    record = words(client.get(reverse("organisation_record", args=[cast.contract.authority.pk])))
    assert "for council-north.example and council.example, whose second factor counts (mfa)" in record
    assert "the only way in but for Ada Fairweather" in record
    gone = client.post(
        reverse("remove_organisation_provider", args=[cast.contract.authority.pk]), follow=True
    )
    assert "sign in with their passwords now" in words(gone) and not ProviderDomain.objects.exists()
