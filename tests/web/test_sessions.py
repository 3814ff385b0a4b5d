"""Sessions: of no use to who reads the database, seen, ended elsewhere, and asked again after a while."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.conf import settings as project
from django.db import connection
from django.urls import reverse

from contracts.models import Session, SignInMail
from contracts.services.sign_in import sessions as services
from contracts.sessions import SessionStore, hash_of
from obligations.models import FactRecord
from tests.cast import NOON
from tests.web.conftest import day_boxes, errors, words

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough password"
ASKED = reverse("account_reauthenticate")
WHERE = reverse("signed_in_where")
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1"
)


def signed_in(browse, who, agent: str = "", place: str = "192.0.2.7"):
    client = browse()
    client.post(
        reverse("account_login"),
        {"login": who.email, "password": PASSWORD},
        HTTP_USER_AGENT=agent,
        REMOTE_ADDR=place,
    )
    return client


def key_of(client) -> str:
    return client.cookies[project.SESSION_COOKIE_NAME].value


def test_what_the_database_keeps_of_a_session_is_no_use_to_whoever_reads_it(cast, browse):
    client = signed_in(browse, cast.priya, FIREFOX)
    key = key_of(client)
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(contracts_session::text, '') FROM contracts_session")
        everything = cursor.fetchone()[0]
    row = Session.objects.get(person=cast.priya)
    assert key not in everything and row.pk == hash_of(key)
    assert "_auth_user_hash" not in everything and "sign_in" not in everything
    thief = browse()
    for stolen in (row.pk, row.pk[:32]):
        thief.cookies[project.SESSION_COOKIE_NAME] = stolen
        assert thief.get("/account").status_code == 302
    assert client.get("/account").status_code == 200


def test_what_was_sealed_with_another_key_is_a_session_that_ended(cast, browse, settings, same_database_key):
    client = browse(cast.priya)
    old = settings.SECRET_KEY
    settings.SECRET_KEY = "another key " * 5
    assert client.get("/account").status_code == 302
    client = browse(cast.priya)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = old, ["another key " * 5]
    assert client.get("/account").status_code == 200


def test_a_session_ends_twelve_hours_after_signing_in_however_much_is_done(cast, browse, at_noon):
    client = browse(cast.priya)
    for minutes in range(25, 12 * 60, 25):
        at_noon.move_to(NOON + timedelta(minutes=minutes))
        assert client.get("/account").status_code == 200, minutes
    at_noon.move_to(NOON + timedelta(hours=12))
    assert client.get("/account").url.startswith(reverse("account_login"))
    assert services.sweep(NOON + timedelta(hours=12, seconds=1)) == 1


class TestAway:
    def test_for_half_an_hour_nothing_is_asked_and_then_on_every_page(self, cast, browse, at_noon):
        client, board = browse(cast.priya), reverse("board", args=[cast.contract.pk])
        at_noon.move_to(NOON + timedelta(minutes=30))
        assert client.get(board).status_code == 200
        at_noon.move_to(NOON + timedelta(minutes=60, seconds=1))
        for page in (board, "/account", "/", "/reading-rules"):
            assert client.get(page).url.startswith(ASKED), page
        assert client.get("/api/v1/contracts/").status_code == 403
        asked = client.get(client.get(board).url)
        assert "What you typed is kept" in words(asked)
        wrong = client.post(ASKED, {"password": "wrong", "next": board})
        assert set(errors(wrong).values()) == {"id_password"} and client.get(board).status_code == 302
        assert client.post(ASKED, {"password": PASSWORD, "next": board}).url == board
        assert client.get(board).status_code == 200
        assert client.get("/account").status_code == 200

    def test_what_was_typed_meanwhile_is_acted_on_once_afterwards(self, cast, browse, at_noon):
        client = browse(cast.priya)
        form = reverse("record_kind", args=[cast.contract.pk, "patch_publicly_released"])
        at_noon.move_to(NOON + timedelta(minutes=45))
        typed = {"subject": "CVE-2026-0007", "category": "Critical"}
        typed |= day_boxes("happened", date(2026, 3, 12))
        before = FactRecord.objects.count()
        asked = client.post(form, typed)
        assert asked.url.startswith(ASKED) and FactRecord.objects.count() == before
        answer = client.post(ASKED, {"password": PASSWORD, "next": form})
        assert answer.status_code == 302 and not answer.url.startswith(ASKED), words(answer)
        assert FactRecord.objects.count() == before + 1
        client.post(ASKED, {"password": PASSWORD, "next": form})
        assert FactRecord.objects.count() == before + 1

    def test_a_forged_form_is_not_kept_to_be_acted_on_later(self, cast, at_noon):
        from django.test import Client

        client = Client(enforce_csrf_checks=True)
        client.force_login(cast.priya)
        at_noon.move_to(NOON + timedelta(minutes=45))
        form = reverse("record_kind", args=[cast.contract.pk, "patch_publicly_released"])
        assert client.post(form, {"subject": "CVE-2026-0007"}).status_code == 403
        assert "account_reauthentication_state" not in client.session

    def test_signing_out_needs_no_password(self, cast, browse, at_noon):
        client = browse(cast.priya)
        at_noon.move_to(NOON + timedelta(hours=2))
        assert client.post(reverse("account_logout")).status_code == 302
        assert not Session.objects.filter(person=cast.priya).exists()


class TestWhere:
    def test_each_is_listed_with_what_is_known_and_ended_by_whoever_it_is(self, cast, browse, at_noon):
        here = signed_in(browse, cast.priya, FIREFOX)
        at_noon.move_to(NOON + timedelta(minutes=5))
        phone = signed_in(browse, cast.priya, PHONE, "2001:db8::1")
        other = signed_in(browse, cast.ada, FIREFOX)
        page = words(here.get(WHERE))
        assert "Firefox on Windows 192.0.2.7." in page and "Safari on an iPhone 2001:db8::1." in page
        assert page.count("Signed in midday") == 1 and page.count("This one") == 1
        theirs = Session.objects.get(person=cast.ada)
        said = here.post(reverse("end_session"), {"session": theirs.pk}, follow=True)
        assert "had ended already" in words(said) and other.get("/account").status_code == 200
        on_phone = Session.objects.get(device__contains="iPhone")
        assert "signed out there" in words(
            here.post(reverse("end_session"), {"session": on_phone.pk}, follow=True)
        )
        assert phone.get("/account").status_code == 302 and here.get("/account").status_code == 200

    def test_all_others_end_at_once(self, cast, browse):
        here, others = browse(cast.priya), [browse(cast.priya) for _ in range(3)]
        ada = browse(cast.ada)
        here.post(reverse("end_session"))
        assert here.get("/account").status_code == ada.get("/account").status_code == 200
        assert {one.get("/account").status_code for one in others} == {302}

    def test_many_take_no_more_queries(self, cast, browse, django_assert_max_num_queries):
        for _ in range(9):
            browse(cast.priya)
        client = browse(cast.priya)
        with django_assert_max_num_queries(4):
            assert words(client.get(WHERE)).count("Sign out there") == 9


class TestPassword:
    def change(self, client, new: str):
        sent = {"oldpassword": PASSWORD, "password1": new, "password2": new}
        return client.post(reverse("account_change_password"), sent)

    def test_another_password_ends_the_other_sessions_and_is_mailed(self, cast, browse):
        here, elsewhere = browse(cast.priya), browse(cast.priya)
        assert self.change(here, "another fine phrase 7").url == "/account"
        assert here.get("/account").status_code == 200 and elsewhere.get("/account").status_code == 302
        assert Session.objects.filter(person=cast.priya).count() == 1
        mail = SignInMail.objects.get()
        assert (mail.kind, mail.address) == ("password_changed", cast.priya.email)

    @pytest.mark.parametrize("new", ["84736251", "password", "short", "priya@duly.example"])
    def test_a_weak_one_is_refused_at_its_field(self, cast, browse, new):
        client = browse(cast.priya)
        assert "id_password1" in errors(self.change(client, new)).values()
        cast.priya.refresh_from_db()
        assert cast.priya.check_password(PASSWORD) and not SignInMail.objects.exists()


def test_a_sensitive_act_asks_again_after_ten_minutes_and_then_does_what_was_sent(cast, browse, at_noon):
    client = browse(cast.mina)
    there = cast.contract.memberships.get(person=cast.tom)
    address = reverse("change_role", args=[cast.contract.pk, there.pk])
    assert client.get(address).status_code == 200
    for step in (8, 16):
        at_noon.move_to(NOON + timedelta(minutes=step))
        client.get("/account")
    asked = client.post(address, {"role": "lead"})
    assert asked.url.startswith(ASKED)
    there.refresh_from_db()
    assert there.role == "contributor"
    client.post(ASKED, {"password": PASSWORD, "next": address})
    there.refresh_from_db()
    assert there.role == "lead"
    assert browse(cast.zed).get(address).status_code == 404  # nobody is asked for what is not there


def test_the_store_goes_on_where_a_session_was_ended_meanwhile(cast, browse):
    client = browse(cast.priya)
    store = SessionStore(key_of(client))
    assert store.exists(key_of(client)) and store.load()
    services.end_sessions(cast.priya)
    assert not SessionStore(key_of(client)).load() and not store.exists(key_of(client))
