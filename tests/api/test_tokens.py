"""Tokens for programs: what is kept, who is let in, how far, and how they end."""

from __future__ import annotations

from datetime import timedelta
from string import ascii_letters, digits

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.test import Client

from contracts.api import tokens as signing_in
from contracts.api.throttles import PerToken
from contracts.models import ApiToken, LedgerEntry, OrganisationEntry, Provider
from contracts.services import api_tokens, leaving
from contracts.services.errors import Refused
from contracts.services.leaving import actor_of
from contracts.services.organisations import appoint_administrator
from contracts.services.sign_in.second_factor import name_roles
from tests.cast import NOON, SYSTEM, make_contract, organisation, person
from tests.support.factors import with_app
from tests.support.tokens import key_of

pytestmark = pytest.mark.django_db

CONTRACTS = "/api/v1/contracts/"


@pytest.fixture(autouse=True)
def noon(time_machine):
    time_machine.move_to(NOON, tick=False)
    return time_machine


def get(key: str, address: str = CONTRACTS, *, scheme: str = "Bearer", **more: str):
    return Client().get(address, headers={"authorization": f"{scheme} {key}"}, **more)


def said(answer) -> str:
    return answer.json()["detail"]


def test_only_a_hash_is_kept_and_no_page_of_anybody_shows_the_key(cast):
    key = key_of(cast.priya)
    row = ApiToken.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(t)::text FROM contracts_apitoken t")
        [(everything,)] = cursor.fetchall()
    assert key not in everything and key[6:49] not in everything and row.key_end == key[-4:]
    boss = person("root", is_staff=True, is_superuser=True)
    back_room = Client()
    back_room.force_login(boss)
    assert back_room.get("/admin/authtoken/tokenproxy/").status_code == 404


def test_a_changed_byte_a_cut_key_and_one_of_another_release_are_refused_in_words(
    cast, django_assert_num_queries, caplog
):
    key = key_of(cast.priya)
    other = next(sign for sign in digits + ascii_letters if sign != key[20])
    for bad, says in {
        key[:20] + other + key[21:]: "A character of this token is wrong",
        key[:-1]: "a part of one is missing",
        key.replace("duly1_", "duly2_"): "made by another release of Duly",
        "9944b09199c62bcf9418ad846dd0e4bbdfc6ee4b": "made by another release of Duly",
        "": "Authorization: Bearer duly1_",
        "a b": "Authorization: Bearer duly1_",
        "\u00e9": "no token of Duly",
    }.items():
        with django_assert_num_queries(0):  # nothing of it is looked up
            answer = get(bad)
        assert answer.status_code == 401 and says in said(answer), bad
        assert says in caplog.text and key not in caplog.text  # why, and never the key
        caplog.clear()
    never_made = api_tokens.new_key()
    assert "There is no such token" in said(get(never_made))
    assert get(key).status_code == 200 and get(key, scheme="Token").status_code == 200


def test_every_single_changed_character_is_found():
    key = api_tokens.new_key()
    for place in range(len(api_tokens.PREFIX), len(key)):
        for sign in "0Zz":
            changed = key[:place] + sign + key[place + 1 :]
            if changed != key:
                with pytest.raises(api_tokens.BadKey):
                    api_tokens.key_hash(changed)


def test_a_token_works_through_its_last_day_and_no_longer(cast, noon):
    key = key_of(cast.priya, last_day=NOON.date() + timedelta(days=3))
    noon.move_to(NOON.replace(day=20, hour=23, minute=59))
    assert get(key).status_code == 200
    noon.move_to(NOON.replace(day=21, hour=0, minute=0))
    assert get(key).status_code == 401 and "ended with 20 March 2026" in said(get(key))


def test_an_end_is_a_must_and_at_most_a_year_away(cast):
    year = NOON.date() + timedelta(days=366)
    for day in (NOON.date() - timedelta(days=1), year + timedelta(days=1)):
        with pytest.raises(Refused) as refused:
            key_of(cast.priya, last_day=day)
        assert refused.value.field == "last_day"
    key_of(cast.priya, last_day=year)
    row = ApiToken.objects.get()
    row.pk, row.key_hash, row.last_day = None, "1" * 64, year + timedelta(days=1)
    with pytest.raises(DatabaseError, match="api_token_ends_within_a_year"), transaction.atomic():
        row.save()


def test_what_a_token_may_is_never_edited_and_an_ended_one_stays_so(cast):
    key_of(cast.priya)
    for change in ({"scope": "record"}, {"last_day": NOON.date() + timedelta(days=90)}, {"contracts": [1]}):
        with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
            ApiToken.objects.update(**change)
    api_tokens.end(ApiToken.objects.get(), actor_of(cast.priya), NOON, why="lost")
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        ApiToken.objects.update(ended_at=None)
    with pytest.raises(Refused, match="stopped working already"):
        api_tokens.end(ApiToken.objects.get(), actor_of(cast.priya), NOON, why="lost")


def test_it_opens_the_contracts_it_was_made_for_and_no_other(cast):
    other = make_contract(reference="OTHER", authority=organisation("Elsewhere Board"))
    key = key_of(cast.priya, contracts=[cast.contract.pk])
    assert [one["reference"] for one in get(key).json()["results"]] == ["WF-2026-014"]
    for made, code in ((cast, 200), (other, 404)):
        for part in ("duties", "claims", "plans", "coverage"):
            assert get(key, f"{CONTRACTS}{made.contract.pk}/{part}/").status_code == code
    every = key_of(cast.priya, name="every")
    assert len(get(every).json()["results"]) == 2
    elsewhere = make_contract(reference="ZED", supplier=organisation("Nobody Ltd"))
    elsewhere.contract.memberships.all().delete()
    for chosen in ([elsewhere.contract.pk], [], [cast.contract.pk, 10**12]):
        with pytest.raises(Refused) as refused:
            key_of(cast.priya, name="not theirs", contracts=chosen)
        assert refused.value.field == "contracts"


def test_a_token_opens_no_page_and_nothing_but_contracts(cast):
    key = key_of(cast.priya)
    for address in ("/", f"/contracts/{cast.contract.pk}", "/account", "/account/tokens/new", "/admin/"):
        assert get(key, address).status_code == 302


def test_it_ends_by_hand_with_the_password_with_the_account_and_with_the_last_day(cast, noon, client):
    keys = {name: key_of(getattr(cast, name)) for name in ("priya", "tom", "ada", "grace")}
    api_tokens.end(ApiToken.objects.get(person=cast.priya), actor_of(cast.ada), NOON, why="it leaked")
    assert "it leaked" in said(get(keys["priya"]))

    client.force_login(cast.tom)
    sent = {
        "oldpassword": "a long enough password",
        "password1": "three quiet herons",
        "password2": "three quiet herons",
    }
    assert client.post("/accounts/password/change/", sent).status_code == 302
    assert "the password was changed" in said(get(keys["tom"]))

    flags = {"is_staff": False, "is_superuser": False}
    leaving.set_sign_in(cast.ada, actor_of(cast.ben), NOON, is_active=False, **flags)
    assert get(keys["ada"]).status_code == 401
    leaving.set_sign_in(cast.ada, actor_of(cast.ben), NOON, is_active=True, **flags)
    assert "the account was closed" in said(get(keys["ada"]))

    leaving.end_person(cast.grace, actor_of(cast.ben), NOON, last_day=NOON.date())
    assert get(keys["grace"]).status_code == 200
    noon.move_to(NOON + timedelta(days=1))
    assert "no longer signs in" in said(get(keys["grace"]))
    leaving.bring_back(cast.grace, actor_of(cast.ben), NOON + timedelta(days=1))
    cast.grace.refresh_from_db()
    assert not cast.grace.has_ended(NOON.date()) and "had left" in said(get(keys["grace"]))


def test_making_and_ending_are_on_the_ledger_and_on_the_organisations_record(cast):
    cast.priya.organisation = organisation("Harbourlight Systems")
    cast.priya.save()
    key_of(cast.priya, name="Weekly report")
    api_tokens.end(ApiToken.objects.get(), actor_of(cast.priya), NOON, why="its person ended it")
    entries = LedgerEntry.objects.filter(verb__startswith="api_token").order_by("pk")
    assert [(one.verb, one.actor, one.payload["token_name"]) for one in entries] == [
        ("api_token_made", cast.priya, "Weekly report"),
        ("api_token_ended", cast.priya, "Weekly report"),
    ]
    told = OrganisationEntry.objects.filter(organisation=cast.priya.organisation).order_by("pk")
    assert [one.verb for one in told] == ["api_token_made", "api_token_ended"]
    everything = str([one.payload for one in (*entries, *told)])
    assert ApiToken.objects.get().key_hash not in everything and cast.contract.reference not in everything


def test_the_last_use_is_kept_by_day_and_address(cast, noon, django_assert_num_queries):
    key = key_of(cast.priya)
    get(key, REMOTE_ADDR="192.0.2.7")
    row = ApiToken.objects.get()
    assert (row.last_used_on, row.last_used_from) == (NOON.date(), "192.0.2.7")
    with django_assert_num_queries(
        4
    ):  # the token, the contracts, schedules and memberships: nothing is written
        get(key, REMOTE_ADDR="192.0.2.7")


def test_a_flood_of_bad_keys_is_put_off_and_nobody_good_with_it(cast, monkeypatch):
    monkeypatch.setattr(signing_in, "MOST_BAD", 3)
    key = key_of(cast.priya)
    codes = [get(api_tokens.new_key(), REMOTE_ADDR="192.0.2.7").status_code for _ in range(5)]
    assert codes == [401, 401, 401, 429, 429]
    put_off = get("nonsense", REMOTE_ADDR="192.0.2.7")
    assert int(put_off.headers["Retry-After"]) > 0
    assert get("nonsense", REMOTE_ADDR="192.0.2.8").status_code == 401
    assert get(key, REMOTE_ADDR="192.0.2.7").status_code == 200


def test_one_token_is_put_off_and_another_of_the_same_person_goes_on(cast, monkeypatch):
    cache.clear()
    monkeypatch.setattr(PerToken, "get_rate", lambda self: "2/min")
    busy, other = key_of(cast.priya, name="busy"), key_of(cast.priya, name="other")
    assert [get(busy).status_code for _ in range(3)] == [200, 200, 429]
    assert get(other).status_code == 200


def test_the_schema_says_it(client):
    import yaml

    schema = yaml.safe_load(client.get("/api/schema").content)
    assert schema["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    assert {"token": []} in schema["paths"][CONTRACTS]["get"]["security"]


def test_who_owes_a_second_factor_reaches_nothing_by_a_token_either(cast, settings):
    key = key_of(cast.priya)
    settings.DEMO = False
    assert get(key).status_code == 200
    cast.priya.organisation = cast.contract.supplier
    cast.priya.save()
    name_roles(cast.contract.supplier, SYSTEM, NOON, roles=["lead"])
    answer = get(key)
    assert answer.status_code == 403 and "must set up a second factor first" in said(answer)
    with_app(cast.priya)
    assert get(key).status_code == 200
    Authenticator.objects.all().delete()
    provider = Provider(organisation=cast.contract.supplier, demanded=True, break_glass=cast.tom)
    provider.set_at, provider.factors = NOON, []
    provider.save()
    provider.domains.create(domain="duly.example")
    assert get(key).status_code == 403  # their own sign-in asks for no second factor
    Provider.objects.update(factors=["mfa"])
    assert get(key).status_code == 200


def test_who_administers_an_organisation_owes_a_second_factor_by_a_token_too(cast, settings):
    """A token opens nothing about organisations, and the demand is looked up all the same."""
    settings.DEMO = False
    key = key_of(cast.ada)
    assert get(key).status_code == 200
    cast.ada.organisation = cast.contract.authority
    cast.ada.save()
    appoint_administrator(cast.contract.authority, actor_of(cast.ben), NOON, person=cast.ada)
    answer = get(key)
    assert answer.status_code == 403 and "You administer Wrenfield Council." in said(answer)
