"""The ledger's page says how far it is sealed, and anybody on the contract may ask for the daily mail."""

from __future__ import annotations

import pytest
from django.urls import reverse

from contracts import sealing_key
from contracts.models import HeadsWanted, LedgerEntry
from contracts.services import ledger
from contracts.services.seals import making
from tests.cast import NOON, SYSTEM, make_contract
from tests.web.conftest import words

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(settings, tmp_path):
    settings.SEAL_KEY, settings.SEALS_DIR = sealing_key.made(), tmp_path / "seals"
    return make_contract()


def test_how_far_it_is_sealed_is_said_with_the_length_of_the_tail(cast, browse, settings):
    client, address = browse(cast.olu), reverse("ledger", args=[cast.contract.pk])
    entries = LedgerEntry.objects.filter(contract=cast.contract).count()
    assert f"Not sealed yet: {entries} entries." in words(client.get(address))
    making.seal(NOON)
    said = f"Sealed up to entry {entries} by seal 1 at midday on 17 March 2026; "
    assert said + "that is all of it." in words(client.get(address))
    ledger.record_many(cast.contract, SYSTEM, [("a", {}), ("b", {})], NOON)
    page = words(client.get(address))
    assert said + "2 entries since then not sealed yet." in page
    assert sealing_key.fingerprint(sealing_key.load(settings.SEAL_KEY).public) in page


def test_the_daily_mail_is_asked_for_and_given_up_on_the_page_and_on_the_record(cast, browse):
    client, address = browse(cast.ada), reverse("ledger_mail", args=[cast.contract.pk])
    page = words(client.post(address, {"on": "1"}, follow=True))
    assert "You get a mail once a day" in page and "Mail me no more" in page
    assert "Ada Fairweather asked to be mailed daily where this ledger ends" in page
    assert HeadsWanted.objects.filter(person=cast.ada, until=None).count() == 1
    assert "Mail me daily" in words(browse(cast.olu).get(reverse("ledger", args=[cast.contract.pk])))
    page = words(client.post(address, {"on": "0"}, follow=True))
    assert "You get no more daily mails" in page and "Mail me daily" in page
    assert not HeadsWanted.objects.filter(until=None).exists()
    assert browse(cast.zed).post(address, {"on": "1"}).status_code == 404
    assert client.get(address).status_code == 405
