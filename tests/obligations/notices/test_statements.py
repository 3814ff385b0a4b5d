"""What a sweep asks of the database does not grow with what it cancels, puts off or sends in one mail."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contracts.models import AudienceChange, LedgerEntry
from contracts.services import ledger
from obligations.models import Duty, Notice
from obligations.services.notices.delivery import sweep
from obligations.services.notices.on_record import record_in_ledger
from obligations.services.notices.planning import plan
from tests.cast import NOON, make_contract
from tests.support.duties import make_duty


def lay(cast, number: int) -> None:
    """So many duties due soon, each told to two people."""
    plan([make_duty(cast, f"CVE-{len(range(number))}-{place}") for place in range(number)], NOON)
    AudienceChange.objects.all().delete()


def statements(now=NOON) -> int:
    with CaptureQueriesContext(connection) as asked:
        sweep(now)
    return len(asked)


def many_and_few(cast, prepare) -> tuple[int, int]:
    """The statements of a sweep over 4 notices, and over 240 others."""
    lay(cast, 2)
    prepare()
    few = statements()
    Notice.objects.update(sent_at=None, cancelled_at=NOON, cancelled_why="over")
    lay(cast, 120)
    prepare()
    return statements(), few


def test_sent(cast, mail):
    many, few = many_and_few(cast, lambda: None)
    assert len(mail.box.messages) == 4
    assert many <= few and many <= 0.2 * 240


def test_cancelled(cast, mail):
    many, few = many_and_few(cast, lambda: Duty.objects.update(phase="met"))
    assert Notice.objects.filter(cancelled_why="the duty is met").count() == 240
    assert many <= few <= 30


@pytest.mark.parametrize("how", ["down", "refused"])
def test_put_off(cast, mail, how):
    if how == "down":
        mail.stop()
    else:
        mail.box.data_answer = "451 try later"
    many, few = many_and_few(cast, lambda: None)
    assert Notice.objects.filter(attempts=1, waits_until__gt=NOON, cancelled_at=None).count() == 240
    assert many <= few <= 40
    mail.box.data_answer = None
    if how == "down":
        mail.start()
    assert sweep(NOON + timedelta(minutes=2)).mails == 2


def test_on_the_ledgers_of_many_contracts(cast, mail):
    """One contract or four: the statements that write what was sent are the same."""

    def written(contracts) -> int:
        for each in contracts:
            plan([make_duty(each, f"CVE-{number}") for number in range(3)], NOON)
        Notice.objects.filter(stage="due_soon", in_ledger=False).update(sent_at=NOON)
        with CaptureQueriesContext(connection) as asked:
            assert record_in_ledger(NOON) == 3 * 2 * len(contracts)
        return len(asked)

    one = written([cast])
    others = [make_contract(reference=f"WF-{number}") for number in range(4)]
    assert written(others) == one
    for each in others:
        entry = LedgerEntry.objects.get(contract=each.contract, verb="notices_sent")
        assert len(entry.payload["notices"]) == 6 and ledger.verify(each.contract)
