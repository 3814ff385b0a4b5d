"""The daily mail of heads: to who wants it, once a day, with what they may know, and good for a proof."""

from __future__ import annotations

from datetime import timedelta

import pytest

from contracts import sealing_key
from contracts.models import HeadsMail, LedgerEntry
from contracts.services import ledger
from contracts.services.seals import mail, making, verifying, wishes
from obligations.breaches.services.report import report_breach
from tests.cast import NOON, SYSTEM, Cast, make_contract, play

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


@pytest.fixture
def sealing(settings, tmp_path):
    settings.SEAL_KEY, settings.SEALS_DIR = sealing_key.made(), tmp_path / "seals"


@pytest.fixture
def cast(sealing) -> Cast:
    return make_contract()


def daily(now) -> int:
    """A quarter of an hour of the clock; gives how many mails went."""
    making.seal(now)
    mail.plan(now)
    return mail.sweep(now).sent


def lines_of(message) -> list[str]:
    body = message.get_body(("plain",)).get_content()
    return [line for line in body.splitlines() if len(line.rpartition(" ")[2]) == 64]


def test_one_mail_a_day_to_who_asked_while_something_is_sealed(cast, mail_server):
    assert daily(NOON) == 0
    wishes.choose(cast.access("ada"), NOON, on=True)
    wishes.choose(cast.access("ada"), NOON, on=True)  # pressed twice
    wishes.choose(cast.access("priya"), NOON, on=True)
    verbs = LedgerEntry.objects.filter(contract=cast.contract, verb="heads_wanted")
    assert [one.actor_name for one in verbs.order_by("pk")] == ["Ada Fairweather", "Priya Nair"]
    early = NOON.replace(hour=6)
    assert daily(early) == 0  # before 7 nobody is mailed
    assert (daily(NOON), daily(NOON), daily(NOON + timedelta(hours=5))) == (2, 0, 0)
    assert daily(NOON + DAY) == 0  # nothing was sealed since
    ledger.record(cast.contract, SYSTEM, "a", {}, NOON + DAY)
    wishes.choose(cast.access("priya"), NOON + DAY, on=False)
    assert daily(NOON + 2 * DAY) == 1
    assert [one["To"] for one in mail_server.box.messages] == ["ada@duly.example", "priya@duly.example"] + [
        "ada@duly.example"
    ]
    for message in mail_server.box.messages[-1:]:
        told = lines_of(message)
        assert told[0].startswith("WF-2026-014 ") and told[1].startswith("seal ")
        for line in told:
            assert list(verifying.mailed_line(line)) == []
    kept = HeadsMail.objects.filter(sent_at__isnull=False).latest("day")
    assert kept.lines == told and kept.answer.startswith("250")


def test_a_mail_that_fails_is_sent_later_and_one_that_never_goes_is_given_up(
    cast, mail_server, settings, caplog
):
    wishes.choose(cast.access("ada"), NOON, on=True)
    there, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    assert daily(NOON) == 0
    row = HeadsMail.objects.get()
    assert (row.attempts, row.claimed_at) == (1, None) and "refused" in row.answer
    settings.EMAIL_PORT = there
    assert mail.sweep(NOON).sent == 0 and mail.sweep(NOON + timedelta(minutes=6)).sent == 1
    HeadsMail.objects.update(sent_at=None, attempts=7, not_before=NOON)
    settings.EMAIL_PORT = 1
    assert mail.sweep(NOON).failed == 1
    assert HeadsMail.objects.get().given_up_at and "was given up" in caplog.text


def test_a_worker_that_died_loses_its_claim(cast, mail_server):
    wishes.choose(cast.access("ada"), NOON, on=True)
    making.seal(NOON)
    mail.plan(NOON)
    assert len(mail._claim(NOON)) == 1
    assert mail.sweep(NOON + timedelta(minutes=1)).sent == 0
    assert mail.sweep(NOON + timedelta(minutes=6)).sent == 1


def test_who_left_gets_none(cast, mail_server):
    wishes.choose(cast.access("ada"), NOON, on=True)
    making.seal(NOON)
    mail.plan(NOON)
    cast.contract.memberships.filter(person=cast.ada).update(to_day=(NOON - DAY).date())
    assert mail.sweep(NOON).sent == 0
    assert HeadsMail.objects.get().answer == "they are not on the contract any more"


def test_what_is_kept_to_a_list_is_told_to_its_readers_only(sealing, mail_server):
    cast = play()
    breach = report_breach(
        cast.contract, cast.as_("priya"), NOON, what="Zebra files taken", outcome="actual", limb="loss",
        noticed=NOON, noticed_by="Tom", aware_party="supplier", happened=NOON.date(), readers=[cast.ada.pk],
    )  # fmt: skip
    for who in ("ada", "olu"):
        wishes.choose(cast.access(who), NOON, on=True)
    assert daily(NOON) == 2
    to_ada, to_olu = sorted(mail_server.box.messages, key=lambda one: str(one["To"]))
    assert any(line.startswith(f"WF-2026-014 {breach.reference} ") for line in lines_of(to_ada))
    assert breach.reference not in to_olu.as_string() and len(lines_of(to_olu)) == 2
    for line in lines_of(to_ada):
        assert list(verifying.mailed_line(line)) == []
