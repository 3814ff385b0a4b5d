"""The people of a contract: who may invite, change a role and set a last day, and what the ledger says."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core import mail
from django.urls import reverse

from contracts.models import Invitation, Membership, Role
from contracts.services import members
from contracts.services.contracts import add_member
from contracts.services.invitations import accepting, making
from tests.cast import NOON, SYSTEM, make_contract, person
from tests.support.invitations import key_in
from tests.support.tokens import key_of
from tests.web.conftest import day_boxes, errors, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    """Without an administrator: Priya manages for the supplier, Ada for the authority."""
    made = make_contract()
    made.contract.memberships.filter(person=made.mina).delete()
    for one in (made.priya, made.ada):
        made.contract.memberships.filter(person=one).update(manages=True)
    return made


def there(cast, name, who=""):
    args = [cast.contract.pk]
    if who:
        args.append(cast.contract.memberships.get(person=cast.people[who]).pk)
    return reverse(name, args=args)


def ledger(cast, browse):
    return words(browse(cast.olu).get(reverse("ledger", args=[cast.contract.pk])))


def test_who_manages_sees_what_is_theirs_to_do_and_others_do_not(cast, browse):
    page = browse(cast.priya).get(there(cast, "people")).content.decode()
    assert there(cast, "invite_to_contract") in page
    assert there(cast, "change_role", "tom") in page and there(cast, "end_membership", "olu") in page
    assert there(cast, "change_role", "ben") not in page
    page = browse(cast.tom).get(there(cast, "people")).content.decode()
    assert there(cast, "invite_to_contract") not in page and "/role" not in page


def test_who_does_not_manage_is_told_so(cast, browse):
    for name, who in (("invite_to_contract", ""), ("change_role", "tom"), ("end_membership", "tom")):
        for client in (browse(cast.tom), browse(cast.olu)):
            for response in (client.get(there(cast, name, who)), client.post(there(cast, name, who))):
                assert response.status_code == 403 and "does not allow you to manage people" in words(
                    response
                )
    theirs = browse(cast.priya).get(there(cast, "change_role", "ben"))
    assert theirs.status_code == 403 and "who manages for the Authority" in words(theirs)


def test_an_invitation_goes_out_is_listed_and_ends_in_a_membership(cast, browse):
    client, address = browse(cast.priya), there(cast, "invite_to_contract")
    page = client.get(address).content.decode()
    assert 'value="lead"' in page and 'value="reviewer"' not in page and 'value="administrator"' not in page
    sent = {"email": "nell@duly.example", "role": "contributor", "manages": "on"}
    said = words(client.post(address, sent, follow=True))
    assert "nell@duly.example gets a link" in said and "Contributor, Supplier, manages the contract" in said
    assert "nell@duly.example" not in words(browse(cast.tom).get(there(cast, "people")))
    accepting.accept_as_new(
        key_in(mail.outbox[0]), NOON, name="Nell Marsh", job_title="", password="three quiet herons"
    )
    assert cast.contract.memberships.get(person__name="Nell Marsh").manages
    told = ledger(cast, browse)
    assert "Invited nell@duly.example as contributor who manages the contract" in told
    assert "Nell Marsh accepted the invitation of Priya Nair" in told


def test_a_mistake_is_at_its_field_and_what_was_typed_stays(cast, browse):
    client, address = browse(cast.priya), there(cast, "invite_to_contract")
    response = client.post(address, {"email": "nell", "role": "reviewer"})
    assert set(errors(response).values()) == {"id_email", "id_role"}
    assert 'value="nell"' in response.content.decode()
    assert set(errors(client.post(address, {})).values()) == {"id_email", "id_role"}
    there_already = client.post(address, {"email": cast.tom.email, "role": "lead"})
    assert set(errors(there_already).values()) == {"id_email"}
    assert not Invitation.objects.exists() and not mail.outbox


def test_a_second_press_of_the_button_sends_one_mail(cast, browse):
    client, address = browse(cast.priya), there(cast, "invite_to_contract")
    token = client.get(address).context["form"]["token"].value()
    for _ in range(2):
        client.post(address, {"email": "nell@duly.example", "role": "lead", "token": token})
    assert len(mail.outbox) == 1 and Invitation.objects.count() == 1


def test_the_other_sides_first_manager_is_invited_and_after_that_nobody(browse):
    cast = make_contract()
    for name in ("mina", "ada", "ben"):
        cast.contract.memberships.filter(person=cast.people[name]).delete()
    cast.contract.memberships.filter(person=cast.priya).update(manages=True)
    client, address = browse(cast.priya), there(cast, "invite_to_contract")
    client.post(address, {"email": "nell@duly.example", "role": "reviewer", "manages": "on"})
    accepting.accept_as_new(
        key_in(mail.outbox[0]), NOON, name="Nell", job_title="", password="three quiet herons"
    )
    assert 'value="reviewer"' not in client.get(address).content.decode()
    response = client.post(address, {"email": "ivo@duly.example", "role": "reviewer"})
    assert errors(response) == {"Choose one of the answers that are offered.": "id_role"}


def test_a_role_is_changed_and_told(cast, browse):
    client, address = browse(cast.priya), there(cast, "change_role", "tom")
    assert "Nobody changes sides" in words(client.get(address))
    wrong = client.post(address, {"role": "reviewer"})
    assert set(errors(wrong).values()) == {"id_role"}
    same = client.post(address, {"role": "contributor"})
    assert set(errors(same).values()) == {"id_role"}
    assert "Tom Ashdown is now security lead" in words(client.post(address, {"role": "lead"}, follow=True))
    client.post(address, {"role": "lead", "manages": "on"})
    client.post(address, {"role": "board_member"})
    told = ledger(cast, browse)
    for sentence in (
        "Tom Ashdown became security lead instead of contributor",
        "Tom Ashdown, security lead, manages the contract from now on",
        "Tom Ashdown became board member instead of security lead and no longer manages the contract",
    ):
        assert sentence in told


def test_a_last_day_is_set_and_told(cast, browse, at_noon):
    client, address = browse(cast.priya), there(cast, "end_membership", "tom")
    assert errors(client.post(address, {})) == {
        "The last day is missing. Enter a day, month and year.": "id_last_day_day"
    }
    late = client.post(address, day_boxes("last_day", date(2026, 3, 16)))
    assert errors(late) == {
        "Enter 17 March 2026 or a later day: what was done until now stays as it is.": "id_last_day_day"
    }
    said = words(client.post(address, day_boxes("last_day", date(2026, 3, 17)), follow=True))
    assert "Tom Ashdown leaves on 17 March 2026." in said
    assert "The last day of Tom Ashdown on this contract is 17 March 2026" in ledger(cast, browse)
    assert browse(cast.tom).get(reverse("board", args=[cast.contract.pk])).status_code == 200
    at_noon.move_to(NOON + timedelta(days=1))
    assert browse(cast.tom).get(reverse("board", args=[cast.contract.pk])).status_code == 404
    assert browse(cast.priya).get(address).status_code == 404


def test_who_has_left_gets_nothing_by_the_api_either(cast, browse, at_noon):
    header = {"HTTP_AUTHORIZATION": f"Bearer {key_of(cast.tom, now=NOON)}"}
    assert [one["id"] for one in browse().get("/api/v1/contracts/", **header).json()["results"]]
    members.end_membership(
        cast.contract.memberships.get(person=cast.tom), SYSTEM, NOON, last_day=date(2026, 3, 17)
    )
    at_noon.move_to(NOON + timedelta(days=1))
    assert browse().get("/api/v1/contracts/", **header).json()["results"] == []
    assert browse().get(f"/api/v1/contracts/{cast.contract.pk}/duties/", **header).status_code == 404


def test_a_last_day_is_taken_away_again(cast, browse):
    client, address = browse(cast.priya), there(cast, "end_membership", "tom")
    assert "No last day is set" in words(client.post(address, {"keep_on": "1"}, follow=True))
    client.post(address, day_boxes("last_day", date(2026, 6, 30)))
    assert 'name="keep_on"' in client.get(address).content.decode()
    assert "Tom Ashdown stays on." in words(client.post(address, {"keep_on": "1"}, follow=True))
    assert cast.contract.memberships.get(person=cast.tom).to_day is None
    assert "Took away the last day of Tom Ashdown on this contract" in ledger(cast, browse)
    client.post(address, day_boxes("last_day", date(2026, 6, 30)))
    cast.tom.ends_on = date(2026, 6, 30)
    cast.tom.save()
    assert "their organisation set that" in words(client.post(address, {"keep_on": "1"}, follow=True))


def test_the_last_who_manages_is_told_why_they_stay(cast, browse):
    client = browse(cast.priya)
    assert "Nobody else manages the contract" in words(client.get(there(cast, "end_membership", "priya")))
    response = client.post(there(cast, "end_membership", "priya"), day_boxes("last_day", date(2026, 4, 1)))
    assert set(errors(response).values()) == {"id_last_day_day"}
    response = client.post(there(cast, "change_role", "priya"), {"role": "lead"})
    assert "Nobody would be left who manages WF-2026-014 for the Supplier" in str(errors(response))


def test_an_invitation_is_sent_again_and_revoked_by_who_looks_after_it(cast, browse, at_noon):
    one = making.invite(
        cast.as_("priya"), NOON, contract=cast.contract, email="nell@duly.example", role="contributor"
    ).invitation
    again, revoke = (
        reverse(name, args=[cast.contract.pk, one.pk])
        for name in ("send_contract_invitation", "revoke_contract_invitation")
    )
    at_noon.move_to(NOON + timedelta(minutes=5))
    other = browse(cast.ada)
    assert "choose a role of your own side" in words(other.post(revoke, follow=True))
    client = browse(cast.priya)
    assert "gets a link by mail" in words(client.post(again, follow=True))
    assert "no longer works" in words(client.post(revoke, follow=True))
    assert "revoked already" in words(client.post(again, follow=True))
    told = ledger(cast, browse)
    assert "Sent the invitation of nell@duly.example as contributor again" in told
    assert "Took back the invitation of nell@duly.example as contributor" in told


def test_an_invitation_to_another_contract_is_not_there(cast, browse):
    other = make_contract(reference="WF-2026-099")
    one = making.invite(
        other.as_("mina"), NOON, contract=other.contract, email="nell@duly.example", role="lead"
    ).invitation
    for name in ("send_contract_invitation", "revoke_contract_invitation"):
        assert browse(cast.priya).post(reverse(name, args=[cast.contract.pk, one.pk])).status_code == 404
    foreign = other.contract.memberships.get(person=other.tom).pk
    for name in ("change_role", "end_membership"):
        assert browse(cast.priya).get(reverse(name, args=[cast.contract.pk, foreign])).status_code == 404
    assert Membership.objects.get(pk=foreign).role == Role.CONTRIBUTOR


def test_many_people_and_invitations_take_no_more_queries(cast, browse, django_assert_max_num_queries):
    for number in range(6):
        one = person(f"p{number}")
        add_member(cast.contract, SYSTEM, NOON, person=one, role=Role.CONTRIBUTOR, from_day=date(2026, 3, 1))
        making.invite(
            cast.as_("priya"), NOON, contract=cast.contract, email=f"n{number}@duly.example", role="lead"
        )
    client = browse(cast.priya)
    with django_assert_max_num_queries(8):
        assert "n5@duly.example" in words(client.get(there(cast, "people")))
