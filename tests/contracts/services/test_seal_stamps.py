"""Time stamps on seals, by a real server: kept, checked, asked for again; sealing never waits for one."""

from __future__ import annotations

import pytest

from contracts import sealing_key
from contracts.models import SealStamp
from contracts.services import ledger
from contracts.services.seals import making, stamps, verifying
from obligations.tasks import seal_ledgers
from tests.cast import NOON, SYSTEM, make_contract
from tests.support import timestamps

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(bool(timestamps.why_not()), reason=timestamps.why_not()),
]


@pytest.fixture
def server(settings, tmp_path):
    settings.SEAL_KEY, settings.SEALS_DIR = sealing_key.made(), tmp_path / "seals"
    with timestamps.running(tmp_path / "tsa") as started:
        settings.TIMESTAMP_URL, settings.TIMESTAMP_CA = started.url, str(started.ca)
        yield started


def test_seals_are_stamped_and_a_server_that_fails_is_asked_again(server, settings, caplog):
    cast = make_contract()
    for fails, said in (
        ("500", "does not answer: HTTP Error 500"),
        ("garbage", "is not a time stamp of this seal: ASN.1"),
    ):
        server.fails = fails
        seal_ledgers()
        assert said in caplog.text and not SealStamp.objects.exists()
        assert "seal 1 has no time stamp, the next seal asks again" in caplog.text
    server.fails = ""
    ledger.record(cast.contract, SYSTEM, "a", {}, NOON)
    seal_ledgers()
    assert list(SealStamp.objects.order_by("seal").values_list("seal", flat=True)) == [1, 2]
    assert list(verifying.Against().findings()) == []
    assert stamps.stamp_waiting() == 0  # all are stamped

    server.fails = "another"  # it answers with the stamp of an earlier question
    ledger.record(cast.contract, SYSTEM, "b", {}, NOON)
    making.seal(NOON)
    assert stamps.stamp_waiting() == 0
    assert "it is not a time stamp of this seal: Nonce mismatch" in caplog.text
    settings.TIMESTAMP_CA = ""  # nobody to believe: still it must be of this seal and this question
    assert stamps.stamp_waiting() == 0
    assert "it is not a time stamp of this seal: it is of something else" in caplog.text
    settings.TIMESTAMP_URL = "http://127.0.0.1:1/"
    assert stamps.stamp_waiting() == 0 and "Connection refused" in caplog.text
    settings.TIMESTAMP_CA = "/no/such/file"
    server.fails, settings.TIMESTAMP_URL = "", server.url
    assert stamps.stamp_waiting() == 0 and "TIMESTAMP_CA cannot be read" in caplog.text


def test_a_stamp_of_another_seal_is_found(server):
    cast = make_contract()
    making.seal(NOON)
    ledger.record(cast.contract, SYSTEM, "a", {}, NOON)
    making.seal(NOON)
    assert stamps.stamp_waiting() == 2
    first, second = SealStamp.objects.order_by("seal")
    with pytest.raises(stamps.NoStamp, match="it is not a time stamp of this seal"):
        stamps.checked(bytes(second.answer), first.seal.payload)
    assert stamps.checked(bytes(first.answer), first.seal.payload).tst_info.gen_time == first.stamped_at
