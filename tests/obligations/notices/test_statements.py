"""What a sweep asks of the database does not grow with what it cancels, puts off or sends in one mail."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contracts.models import AudienceChange
from obligations.models import Duty, Notice
from obligations.services.notices.delivery import sweep
from obligations.services.notices.planning import plan
from tests.cast import NOON
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
