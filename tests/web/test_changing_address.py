"""Another address: nothing changes until both have confirmed it, and then every record says so."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.urls import reverse

from contracts.models import AddressChange, LedgerEntry, OrganisationEntry, Person, Provider
from contracts.services import organisations
from contracts.services.sign_in.mail import deliver
from tests.cast import NOON, SYSTEM, make_contract
from tests.web.conftest import errors, words

pytestmark = pytest.mark.django_db
PAGE = reverse("change_address")
NEW = "priya.nair@harbourlight.example"
OLD = "priya@duly.example"
KEY = re.compile(r"http\S+(/address/[\w-]+)")


@pytest.fixture
def cast():
    """Priya belongs to the supplier, administers the council's, and is on two contracts."""
    made = make_contract()
    make_contract(reference="WF-2026-099")
    made.priya.organisation = made.contract.supplier
    made.priya.save()
    return made


def links() -> dict[str, str]:
    """The link that each address was mailed last."""
    deliver(NOON)
    return {one.to[0]: found[1] for one in mail.outbox if (found := KEY.search(one.body))}


def asked(browse, cast, email: str = NEW):
    client = browse(cast.priya)
    return client.post(PAGE, {"email": email}, follow=True)


def address_of(cast) -> str:
    return Person.objects.get(pk=cast.priya.pk).email


def test_it_changes_once_both_links_were_used_and_not_before(cast, browse):
    said = words(asked(browse, cast))
    assert f"Links are on their way to {OLD} and to {NEW}" in said and "Not confirmed yet" in said
    sent = links()
    stranger = browse()
    for first in (NEW, OLD):
        assert address_of(cast) == OLD
        assert stranger.get(sent[first]).status_code == 200  # a mail scanner that opens it does nothing
        assert address_of(cast) == OLD
        stranger.post(sent[first])
    assert address_of(cast) == NEW
    for link in sent.values():
        assert stranger.get(link).status_code == stranger.post(link).status_code == 410
    sent_in = {"login": NEW, "password": "a long enough password"}
    assert browse().post(reverse("account_login"), sent_in).status_code == 302
    assert browse().post(reverse("account_login"), sent_in | {"login": OLD}).status_code == 200


def test_then_every_record_says_so_and_both_addresses_are_told(cast, browse):
    council = cast.contract.authority
    organisations.seat(council, SYSTEM, NOON, person=cast.priya)
    asked(browse, cast)
    for link in links().values():
        browse().post(link)
    mail.outbox.clear()
    deliver(NOON)
    assert sorted(one.to[0] for one in mail.outbox) == sorted([OLD, NEW])
    assert {one.subject for one in mail.outbox} == {"Your e-mail address was changed"}
    entries = LedgerEntry.objects.filter(verb="address_changed")
    assert {one.contract.reference for one in entries} == {"WF-2026-014", "WF-2026-099"}
    assert {(one.payload["before"], one.payload["after"], one.actor) for one in entries} == {
        (OLD, NEW, cast.priya)
    }
    found = OrganisationEntry.objects.filter(verb="address_changed")
    assert {one.organisation for one in found} == {council, cast.contract.supplier}
    ledger = words(browse(cast.ada).get(reverse("ledger", args=[cast.contract.pk])))
    assert f"The mail of Priya Nair goes to {NEW} from now on, and no longer to {OLD}" in ledger


def test_a_stolen_session_and_password_redirect_no_mail(cast, browse):
    """Whoever has both reads the new mailbox, but not the one of until now."""
    asked(browse, cast, "priya@evil.example")
    sent = links()
    browse().post(sent["priya@evil.example"])
    browse().post(sent["priya@evil.example"])
    assert address_of(cast) == OLD
    warned = next(one for one in mail.outbox if one.to == [OLD])
    assert "priya@evil.example" in warned.body and "choose a new password at once" in warned.body
    said = browse().post(sent[OLD], {"stop": "yes"}, follow=True)
    assert said.status_code == 200
    for link in sent.values():
        assert browse().post(link).status_code == 410
    assert OrganisationEntry.objects.filter(verb="address_change_stopped").exists()


def test_it_is_asked_again_who_it_is(cast, browse, at_noon):
    client = browse(cast.priya)
    at_noon.move_to(NOON + timedelta(minutes=11))
    for answer in (client.get(PAGE), client.post(PAGE, {"email": NEW})):
        assert answer.url.startswith(reverse("account_reauthenticate"))
    assert not AddressChange.objects.exists()


def test_links_work_for_a_day(cast, browse, at_noon):
    asked(browse, cast)
    sent = links()
    browse().post(sent[OLD])
    at_noon.move_to(NOON + timedelta(hours=24))
    assert browse().post(sent[NEW]).status_code == 410 and address_of(cast) == OLD


def test_another_ask_ends_the_earlier_links_and_it_can_be_stopped(cast, browse):
    asked(browse, cast)
    earlier = links()
    asked(browse, cast, "p@harbourlight.example")
    assert browse().post(earlier[NEW]).status_code == 410
    client = browse(cast.priya)
    assert "you go on with priya@duly.example" in words(client.post(reverse("stop_address"), follow=True))
    assert "no change to stop" in words(client.post(reverse("stop_address"), follow=True))
    assert not AddressChange.objects.filter(stopped_at=None).exists()


def test_every_mistake_is_said_and_nobody_learns_who_has_an_account(cast, browse):
    client = browse(cast.priya)
    for wrong in ("", "priya", OLD, "PRIYA@duly.example", "x@y.example\x00"):
        assert set(errors(client.post(PAGE, {"email": wrong})).values()) == {"id_email"}, wrong
    taken = client.post(PAGE, {"email": cast.ada.email})
    assert list(errors(taken)) == ["This address cannot be used; enter another one."]
    for number in range(5):
        assert not errors(client.post(PAGE, {"email": f"p{number}@harbourlight.example"}))
    assert "Wait until tomorrow" in " ".join(errors(client.post(PAGE, {"email": NEW})))


def test_an_address_that_somebody_took_meanwhile_changes_nothing(cast, browse):
    asked(browse, cast)
    sent = links()
    browse().post(sent[OLD])
    Person.objects.filter(pk=cast.zed.pk).update(email=NEW)
    said = browse().post(sent[NEW], follow=True)
    assert "Somebody else has this address by now. Nothing was changed." in words(said)
    assert address_of(cast) == OLD and not LedgerEntry.objects.filter(verb="address_changed").exists()


def test_the_database_keeps_no_link(cast, browse):
    asked(browse, cast)
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(contracts_addresschange::text, '') FROM contracts_addresschange")
        rows = cursor.fetchone()[0]
        cursor.execute("SELECT string_agg(contracts_signinmail::text, '') FROM contracts_signinmail")
        rows += cursor.fetchone()[0]
    keys = [link.rpartition("/")[2] for link in links().values()]
    assert len(keys) == 2 and not any(key in rows for key in keys)


def test_nobody_leaves_their_organisations_own_sign_in_by_another_address(cast, browse):
    own = Provider.objects.create(
        organisation=cast.contract.supplier,
        discovery="https://id.harbourlight.example",
        client_id="duly",
        client_secret="sealed",
        demanded=True,
        break_glass=cast.tom,
        set_at=NOON,
        set_by_name="Tom",
    )
    for domain in ("duly.example", "harbourlight.example"):
        own.domains.create(domain=domain)
    client = browse(cast.priya)
    said = errors(client.post(PAGE, {"email": "priya@elsewhere.example"}))
    assert list(said) == ["Harbourlight Systems has its own sign-in: enter an address at one of its domains."]
    assert not errors(client.post(PAGE, {"email": NEW}))


def test_a_link_that_was_never_sent_is_not_there(cast, browse):
    assert browse().get(reverse("confirm_address", args=["x" * 43])).status_code == 404


def test_who_has_ended_changes_no_address(cast, browse):
    asked(browse, cast)
    sent = links()
    Person.objects.filter(pk=cast.priya.pk).update(is_active=False)
    assert browse().post(sent[NEW]).status_code == 410
