"""The second factor: who owes one, setting it up before anything else, signing in with it, and keeping it."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.urls import reverse

from contracts.models import OrganisationEntry, SignInMail
from contracts.services import organisations
from contracts.services.sign_in.second_factor import name_roles, second_factor_owed
from obligations.models import FactRecord
from tests.cast import NOON, SYSTEM, person
from tests.support.factors import SECRET, code_of, with_app
from tests.web.conftest import day_boxes, errors, words

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough password"
LOGIN = reverse("account_login")
INDEX = reverse("mfa_index")


@pytest.fixture(autouse=True)
def no_demo(settings):
    """The demo's people owe nothing; everybody here is real."""
    settings.DEMO = False


@pytest.fixture
def rosa(db):
    return person("rosa", is_staff=True)


@pytest.fixture
def council(cast):
    """Ada and Priya of the contract belong to their parties; Ada's administers nothing yet."""
    for name, one in {"ada": cast.contract.authority, "priya": cast.contract.supplier}.items():
        cast.people[name].organisation = one
        cast.people[name].save()
    return cast.contract.authority


def sign_in(client, who, **more):
    return client.post(LOGIN, {"login": who.email, "password": PASSWORD, **more})


def set_up_app(client) -> str:
    """Adds an authenticator app on its page; its secret."""
    page = client.get(reverse("mfa_activate_totp"))
    secret = SECRET.search(words(page))[1]
    done = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    assert done.url == reverse("mfa_view_recovery_codes"), errors(done)
    return secret


class TestWhoOwes:
    def test_administrators_of_the_system_and_of_organisations_and_nobody_else(self, cast, council, rosa):
        assert second_factor_owed(rosa, NOON) == "You administer this installation."
        assert second_factor_owed(cast.ada, NOON) is None
        organisations.appoint_administrator(council, SYSTEM, NOON, person=cast.ada)
        assert second_factor_owed(cast.ada, NOON) == "You administer Wrenfield Council."
        with_app(cast.ada)
        assert second_factor_owed(cast.ada, NOON) is None

    def test_who_holds_a_role_that_an_organisation_names(self, cast, council):
        """The supplier names auditors and leads: its lead and the auditor owe one."""
        name_roles(cast.contract.supplier, SYSTEM, NOON, roles=["auditor", "lead", "reviewer"])
        said = "Harbourlight Systems asks for it from everybody who is security lead on a contract."
        assert second_factor_owed(cast.priya, NOON) == said
        assert second_factor_owed(cast.olu, NOON)
        assert second_factor_owed(cast.ada, NOON) is None  # reviewer, for the other side
        assert second_factor_owed(cast.tom, NOON) is None
        cast.contract.memberships.filter(person=cast.priya).update(to_day=NOON.date() - timedelta(days=1))
        assert second_factor_owed(cast.priya, NOON) is None

    def test_the_demos_people_owe_none_and_only_where_it_is_the_demo(self, rosa, settings):
        settings.LOCAL, settings.DEMO = True, True
        assert second_factor_owed(rosa, NOON) is None
        settings.LOCAL = False
        assert second_factor_owed(rosa, NOON)
        settings.LOCAL = True
        rosa.email = "rosa@wrenfield.gov.uk"
        assert second_factor_owed(rosa, NOON)

    def test_one_query_tells(self, cast, council, django_assert_num_queries):
        name_roles(council, SYSTEM, NOON, roles=["reviewer"])
        with django_assert_num_queries(1):
            assert second_factor_owed(cast.ada, NOON)


class TestSettingUp:
    def test_whoever_owes_one_is_led_there_from_everywhere_and_the_back_room(self, rosa, browse):
        client = browse(rosa)
        for page in ("/", "/organisations", "/admin/", "/admin/contracts/person/", "/account"):
            assert client.get(page).url == INDEX, page
        assert client.get("/api/v1/contracts/").status_code == 403
        assert "Set one up before you go on. You administer this installation." in words(client.get(INDEX))
        assert client.get("/health/live").status_code == 200
        assert client.get(reverse("account_logout")).status_code == 200

    def test_then_they_go_on_with_what_they_had_typed(self, cast, council, browse):
        """An organisation names their role while they fill in a form: nothing typed is lost."""
        client = browse(cast.priya)
        form = reverse("record_kind", args=[cast.contract.pk, "patch_publicly_released"])
        assert client.get(form).status_code == 200
        name_roles(cast.contract.supplier, SYSTEM, NOON, roles=["lead"])
        typed = {
            "subject": "CVE-2026-0007",
            "category": "Critical",
            **day_boxes("happened", date(2026, 3, 12)),
        }
        assert client.post(form, typed).url == INDEX
        before = FactRecord.objects.count()
        client.get("/account")  # a look elsewhere replaces nothing
        set_up_app(client)
        page = client.get(reverse("mfa_view_recovery_codes"))
        assert "Go on with what you were doing" in words(page)
        again = client.post(reverse("go_on"))
        assert again.status_code == 302 and again.url != INDEX, errors(again)
        assert FactRecord.objects.count() == before + 1
        assert client.post(reverse("go_on")).url == reverse("home")
        assert FactRecord.objects.count() == before + 1

    def test_going_on_is_not_for_who_still_owes_it(self, rosa, browse):
        client = browse(rosa)
        client.get("/organisations")
        assert client.post(reverse("go_on")).url == INDEX

    def test_codes_are_shown_once(self, rosa, browse):
        client = browse(rosa)
        set_up_app(client)
        first = client.get(reverse("mfa_view_recovery_codes")).content.decode()
        codes = re.findall(r"<li>(\d{8})</li>", first)
        assert len(codes) == 10
        second = client.get(reverse("mfa_view_recovery_codes")).content.decode()
        assert not any(code in second for code in codes) and "10 codes of 10 not used yet" in second

    def test_other_sessions_end_and_it_is_mailed_and_on_the_record(
        self, cast, council, browse, django_capture_on_commit_callbacks
    ):
        here, elsewhere = browse(cast.priya), browse(cast.priya)
        with django_capture_on_commit_callbacks(execute=True):
            set_up_app(here)
        assert here.get("/account").status_code == 200
        assert elsewhere.get("/account").status_code == 302
        assert [one.kind for one in SignInMail.objects.all()] == ["totp_activated"]
        assert OrganisationEntry.objects.filter(
            organisation=cast.contract.supplier, verb="totp_activated", actor=cast.priya
        ).exists()

    def test_a_wrong_code_is_said_at_the_field(self, rosa, browse):
        client = browse(rosa)
        client.get(reverse("mfa_activate_totp"))
        wrong = client.post(reverse("mfa_activate_totp"), {"code": "000000"})
        assert set(errors(wrong).values()) == {"id_code"} and not Authenticator.objects.exists()

    def test_the_last_factor_stays_where_one_is_demanded(self, rosa, cast, browse):
        client = browse(rosa)
        set_up_app(client)
        page = client.post(reverse("mfa_deactivate_totp"))
        assert "add another before you take this away" in words(page)
        key = Authenticator.objects.create(user=rosa, type="webauthn", data={"name": "K", "credential": {}})
        Authenticator.objects.filter(type="totp").delete()
        remove = reverse("mfa_remove_webauthn", args=[key.pk])
        assert "add another before you take this away" in words(client.post(remove))
        assert client.delete(remove).status_code == 405
        assert Authenticator.objects.filter(pk=key.pk).exists()
        tom = browse(cast.tom)  # nobody asks it from him
        set_up_app(tom)
        tom.post(reverse("mfa_deactivate_totp"))
        assert not Authenticator.objects.filter(user=cast.tom).exists()


class TestSigningIn:
    def test_the_password_alone_is_not_enough_and_each_code_works_once(self, rosa, browse, at_noon):
        secret, client = with_app(rosa), browse()
        assert sign_in(client, rosa).url == reverse("mfa_authenticate")
        assert client.get("/account").status_code == 302
        wrong = client.post(reverse("mfa_authenticate"), {"code": "000000"})
        assert set(errors(wrong).values()) == {"id_code"}
        code = code_of(secret)
        assert client.post(reverse("mfa_authenticate"), {"code": code}).url == "/"
        assert client.get("/organisations").status_code == 200
        other = browse()
        sign_in(other, rosa)
        again = other.post(reverse("mfa_authenticate"), {"code": code})
        assert set(errors(again).values()) == {"id_code"}

    def test_a_recovery_code_signs_in_once(self, rosa, browse):
        with_app(rosa)
        codes = Authenticator.objects.get(user=rosa, type="recovery_codes").wrap().get_unused_codes()
        for expected in (True, False):
            client = browse()
            sign_in(client, rosa)
            answer = client.post(reverse("mfa_authenticate"), {"code": codes[3]})
            assert (answer.status_code == 302) is expected

    def test_a_new_password_by_mail_skips_no_second_factor(self, rosa, browse):
        with_app(rosa)
        client = browse()
        client.force_login(rosa)
        client.post(reverse("account_logout"))
        rosa.set_password("another fine phrase 7")
        rosa.save()
        answer = client.post(LOGIN, {"login": rosa.email, "password": "another fine phrase 7"})
        assert answer.url == reverse("mfa_authenticate")

    def test_somebody_elses_passkey_is_not_there(self, rosa, cast, browse):
        key = Authenticator.objects.create(
            user=cast.tom, type="webauthn", data={"name": "K", "credential": {}}
        )
        with_app(rosa)
        for name in ("mfa_remove_webauthn", "mfa_edit_webauthn"):
            assert browse(rosa).post(reverse(name, args=[key.pk]), {"name": "X"}).status_code == 404
        assert Authenticator.objects.get(pk=key.pk).data["name"] == "K"


def test_what_the_database_keeps_of_a_factor_signs_nobody_in(rosa):
    """An injected SELECT over all of it finds neither the secret of the app nor a recovery code."""
    secret = with_app(rosa)
    codes = Authenticator.objects.get(user=rosa, type="recovery_codes").wrap().get_unused_codes()
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(mfa_authenticator::text, '') FROM mfa_authenticator")
        everything = cursor.fetchone()[0]
    assert secret not in everything and not any(code in everything for code in codes)


def test_an_organisation_names_roles_on_its_page_and_on_its_record(cast, council, browse):
    organisations.appoint_administrator(council, SYSTEM, NOON, person=cast.ada)
    with_app(cast.ada)
    client, address = browse(cast.ada), reverse("factor_roles", args=[council.pk])
    said = words(client.post(address, {"roles": ["reviewer", "lead"]}, follow=True))
    assert "Who owes a second factor is led to set it up" in said
    council.refresh_from_db()
    assert council.factor_roles == ["lead", "reviewer"]
    record = words(client.get(reverse("organisation_record", args=[council.pk])))
    assert "Demands a second factor from security lead and reviewer" in record
    for wrong in (["lead", "reviewer"], ["king"]):
        assert errors(client.post(address, {"roles": wrong})), wrong
    client.post(address, {"roles": []})
    assert "from administrators alone" in words(client.get(reverse("organisation_record", args=[council.pk])))
