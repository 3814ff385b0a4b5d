"""Coming in by a link: the first administrator, and who was invited."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse

from contracts.models import Membership, Person, Role
from contracts.services.invitations import first, making
from contracts.web.joining import views
from tests.cast import NOON, SYSTEM, make_contract, organisation, person
from tests.support.invitations import key_in
from tests.web.conftest import errors, words

pytestmark = pytest.mark.django_db
FINE = "three quiet herons"
FIRST = {"name": "Rowan Hale", "email": "rowan@duly.example", "password": FINE, "again": FINE}
NEW = {"name": "Nell Marsh", "job_title": "", "password": FINE, "again": FINE}


def start(key):
    return reverse("first_administrator", args=[key])


def join(key):
    return reverse("join", args=[key])


def signed_in(client):
    return client.session.get("_auth_user_id")


class TestFirstAdministrator:
    def test_an_empty_installation_gets_its_administrator_who_is_signed_in(self, browse):
        _, key = first.first_link(NOON)
        client = browse()
        assert "Make the first administrator" in words(client.get(start(key)))
        response = client.post(start(key), FIRST, follow=True)
        rowan = Person.objects.get()
        assert rowan.is_staff and signed_in(client) == str(rowan.pk)
        assert "You administer this installation" in words(response)

    def test_opened_twice_it_says_so(self, browse):
        _, key = first.first_link(NOON)
        browse().post(start(key), FIRST)
        for response in (
            browse().get(start(key)),
            browse().post(start(key), FIRST | {"email": "x@y.example"}),
        ):
            assert response.status_code == 410 and "This link was used already" in words(response)
        assert Person.objects.count() == 1

    def test_a_second_press_of_the_button_makes_nobody_else(self, browse):
        _, key = first.first_link(NOON)
        client = browse()
        token = client.get(start(key)).context["form"]["token"].value()
        client.post(start(key), FIRST | {"token": token})
        assert client.post(start(key), FIRST | {"token": token}).status_code in (302, 410)
        assert Person.objects.count() == 1

    def test_opened_late_it_says_so(self, browse, at_noon):
        _, key = first.first_link(NOON)
        at_noon.move_to(NOON + timedelta(hours=24))
        response = browse().get(start(key))
        assert response.status_code == 410 and "first_admin" in words(response)

    def test_an_earlier_link_leads_to_the_newer(self, browse):
        _, old = first.first_link(NOON)
        first.first_link(NOON)
        assert "A newer link was printed" in words(browse().get(start(old)))

    def test_it_is_not_there_where_nobody_asked_for_it(self, browse):
        assert browse().get(start("nothing")).status_code == 404
        person("rosa", is_staff=True)
        assert browse().post(start("nothing"), FIRST).status_code == 404

    def test_every_mistake_is_at_its_field_and_what_was_typed_stays(self, browse):
        _, key = first.first_link(NOON)
        bad = {"name": "Rowan Hale", "email": "rowan", "password": "84736251", "again": "8473625"}
        response = browse().post(start(key), bad)
        assert set(errors(response).values()) == {"id_email", "id_again"}
        assert 'value="Rowan Hale"' in response.content.decode()
        assert "84736251" not in response.content.decode()
        response = browse().post(start(key), FIRST | {"password": "84736251", "again": "84736251"})
        assert errors(response) == {"This password is entirely numeric.": "id_password"}
        assert not Person.objects.exists()


class TestJoining:
    @pytest.fixture
    def council(self):
        return organisation("Wrenfield Council")

    def invite(self, council, email="nell@duly.example", **more):
        making.invite(SYSTEM, NOON, organisation=council, email=email, **more)
        return key_in(mail.outbox[-1])

    def test_a_new_person_chooses_a_name_and_a_password_and_is_signed_in(self, council, browse):
        key, client = self.invite(council), browse()
        assert "Join Wrenfield Council" in words(client.get(join(key)))
        response = client.post(join(key), NEW, follow=True)
        nell = Person.objects.get()
        assert signed_in(client) == str(nell.pk) and nell.organisation == council
        assert "Welcome to Wrenfield Council." in words(response)

    def test_looking_at_the_link_uses_nothing_up(self, council, browse):
        key = self.invite(council)
        for _ in range(3):
            assert browse().get(join(key)).status_code == browse().head(join(key)).status_code == 200

    def test_used_twice_it_says_so_and_who_used_it_is_led_on(self, council, browse):
        key, client = self.invite(council), browse()
        client.post(join(key), NEW)
        response = browse().post(join(key), NEW | {"name": "Somebody Else"})
        assert response.status_code == 410 and "accepted already" in words(response)
        assert client.get(join(key)).url == reverse("home")
        assert Person.objects.get().name == "Nell Marsh"

    def test_a_second_press_of_the_button_makes_nobody_else(self, council, browse):
        key, client = self.invite(council), browse()
        token = client.get(join(key)).context["form"]["token"].value()
        client.post(join(key), NEW | {"token": token})
        client.post(join(key), NEW | {"token": token})
        assert Person.objects.count() == 1

    def test_too_old_revoked_or_sent_again_it_says_which(self, council, browse, at_noon):
        old, revoked, replaced = (self.invite(council, f"{one}@duly.example") for one in "abc")
        rows = {one.email[0]: one for one in council.invitations.all()}
        making.revoke(rows["b"], SYSTEM, NOON)
        making.send_again(rows["c"], SYSTEM, NOON + timedelta(minutes=2))
        assert "taken back" in words(browse().get(join(revoked)))
        assert "A newer mail was sent" in words(browse().get(join(replaced)))
        at_noon.move_to(NOON + timedelta(days=7))
        response = browse().post(join(old), NEW)
        assert response.status_code == 410 and "too old" in words(response)
        assert not Person.objects.exists()

    def test_who_has_an_account_signs_in_and_then_accepts(self, council, browse):
        zed = person("zed")
        key, client = self.invite(council, zed.email), browse()
        page = client.get(join(key))
        assert "You have an account already" in words(page)
        assert f'href="/accounts/login/?next={join(key)}"' in page.content.decode()
        client.post(join(key), NEW)
        zed.refresh_from_db()
        assert zed.organisation is None and zed.name == "Zed Quill"
        sent = {"login": zed.email, "password": "a long enough password", "next": join(key)}
        assert client.post(reverse("account_login"), sent).url == join(key)
        assert "Accept the invitation" in words(client.get(join(key)))
        client.post(join(key), {})
        zed.refresh_from_db()
        assert zed.organisation == council

    def test_the_wrong_account_is_told_and_may_sign_out(self, council, browse):
        client = browse(person("olu"))
        key = self.invite(council)
        for response in (client.get(join(key)), client.post(join(key), NEW)):
            assert response.status_code == 403
            assert "signed in as olu@duly.example" in words(response)
            assert "nell@duly.example" not in words(response)
        assert client.post(reverse("account_logout"), {"next": join(key)}).url == join(key)
        assert "Join Wrenfield Council" in words(client.get(join(key)))

    def test_a_contract_is_joined_with_its_role(self, browse):
        cast = make_contract()
        making.invite(
            cast.as_("mina"), NOON, contract=cast.contract, email="nell@duly.example", role="reviewer"
        )
        client = browse()
        page = words(client.get(join(key_in(mail.outbox[0]))))
        assert "WF-2026-014, Apprenticeship portal" in page and "Reviewer, Authority" in page
        client.post(join(key_in(mail.outbox[0])), NEW)
        assert Membership.objects.get(person__email="nell@duly.example").role == Role.REVIEWER
        assert client.get(reverse("board", args=[cast.contract.pk])).status_code == 200

    def test_links_that_do_not_exist_are_not_tried_without_end_and_real_ones_go_on(self, council, browse):
        key = self.invite(council)
        for _ in range(views.MISSES):
            assert browse().get(join("x" * 43)).status_code == 404
        assert browse().get(join("x" * 43)).status_code == 429
        assert browse().get(join(key)).status_code == 200

    def test_the_pages_are_not_kept_by_browsers_or_proxies(self, council, browse):
        assert "no-store" in browse().get(join(self.invite(council)))["Cache-Control"]
