"""Sending notices: claim, look again, send, record.

A notice is claimed in one short transaction with a lease, sent outside any transaction and recorded at once.
What one person is to be told about one contract at one time is claimed together and goes in one mail.
A worker that dies keeps its claims only until the lease ends; then another takes them up. The one mail that
was being handed over at that moment may go twice, with the same Message-ID.

Nothing is tried for ever: what is refused for good, or cannot be looked at or written, is given up after so
many tries; the contract's administrators are told. An error in one notice holds up that notice only.
"""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import connection as database
from django.db import transaction
from django.db.models import F, Q, QuerySet

from contracts.models import Contract
from contracts.services import ledger
from contracts.services.actors import Actor
from contracts.services.clock import Clock
from contracts.services.mailing import mail_connection, words_of
from obligations.models import Notice
from obligations.models.notice import GAVE_UP
from obligations.services.notices.digest_mail import compose_digest
from obligations.services.notices.notice_mail import compose
from obligations.services.notices.planning import plan_given_up
from obligations.services.notices.recheck import Batch, prepare

log = logging.getLogger(__name__)

ACTOR = Actor.system("notices")
BATCH = 20
"""Claimed together: few, so that a worker that dies holds up few."""

MOST_TOGETHER = 1000
"""Notices that go along with those claimed because they are for the same people about the same contracts."""

CLAIM_LOCK = 0x44756C79
"""Claims are made one at a time, so that two workers do not share out what belongs in one mail."""

LEDGER_BATCH = 500
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 30, 60))
"""How long to wait after the first failure, the second and so on; the last one for all that follow."""

PATIENCE = 8
"""A notice refused for good (an answer of 5xx) is given up at this try; so is one that cannot be written."""


@dataclass
class Swept:
    """What one sweep did: notices sent and in how many mails, cancelled; and mails that failed."""

    sent: int = 0
    mails: int = 0
    cancelled: int = 0
    failed: int = 0


def lease() -> timedelta:
    """How long a claim holds. A worker that does not come back loses it then."""
    return timedelta(seconds=settings.NOTICE_LEASE_SECONDS)


def sweep(now: datetime, *, limit: int = 1000, time_for: timedelta = timedelta(seconds=50)) -> Swept:
    """Send what is to be sent by ``now``, batch by batch, until nothing is left or the time is up.

    Stops at once where the mail server cannot be reached. Several sweeps may run side by side.
    """
    clock, swept = Clock(now), Swept()
    connection = mail_connection()
    try:
        while clock.elapsed < time_for and swept.sent + swept.cancelled < limit:
            claimed = claim_batch(clock.now, BATCH, together=True)
            if not claimed or not _work_off(claimed, connection, clock, swept):
                break
    finally:
        _close(connection)
        record_in_ledger(clock.now)
    return swept


def claim_batch(now: datetime, limit: int, *, together: bool = False) -> list[Notice]:
    """Take up to ``limit`` notices that wait, or whose claim has run out, so that nobody else sends them.

    ``together``: and what else waits for the same people about the same contracts. ``claimed_before`` of
    each says when a worker that died had claimed it, if one had: what was to go in one mail stays together.
    """
    free = Q(claimed_at__isnull=True) | Q(claimed_at__lte=now - lease())
    with transaction.atomic():
        if together:
            _one_at_a_time()
        waiting = Notice.objects.select_for_update(skip_locked=True).filter(
            free, sent_at__isnull=True, cancelled_at__isnull=True, not_before__lte=now
        )
        fields = "pk", "claimed_at", "contract_id", "recipient_id"
        rows = list(waiting.order_by("not_before", "pk").values_list(*fields)[:limit])
        if together and rows:
            theirs = Q()
            for contract, recipient in {row[2:] for row in rows}:
                theirs |= Q(contract=contract, recipient=recipient)
            rest = waiting.filter(theirs).exclude(pk__in=[row[0] for row in rows])
            rows += rest.order_by("not_before", "pk").values_list(*fields)[:MOST_TOGETHER]
        claimed = {row[0]: row[1] for row in rows}
        Notice.objects.filter(pk__in=claimed).update(claimed_at=now)
    found = list(
        Notice.objects.filter(pk__in=claimed)
        .select_related(
            "recipient",
            "contract__authority",
            "contract__supplier",
            "fact",
            "entry",
            "duty__ended_by",
            "duty__cause",
            "duty__obligation__paragraph__schedule",
        )
        .order_by("not_before", "pk")
    )
    for notice in found:
        notice.claimed_before = claimed[notice.pk]
    return found


def _one_at_a_time() -> None:
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CLAIM_LOCK])


def send(notice: Notice, now: datetime, connection: Any = None) -> bool:
    """Send one claimed notice, or cancel it where it no longer makes sense. Returns whether it was sent.

    Raises nothing for a mail server's failure: the notice is put back with a longer wait.
    """
    swept = Swept()
    used = connection or mail_connection()
    try:
        _work_off([notice], used, Clock(now), swept)
    finally:
        if connection is None:
            _close(used)
    return swept.sent == 1


def _work_off(claimed: Sequence[Notice], connection: Any, clock: Clock, swept: Swept) -> bool:
    """Send a batch. False where the mail server cannot be reached, or the lease could end first."""
    batch = _looked_at(claimed, clock, swept)
    started = clock.elapsed
    for notice in batch.notices:
        if why := batch.why_not.get(notice.pk):
            swept.cancelled += _cancel(notice, why, clock.now)
    letters = _letters(batch)
    for place, letter in enumerate(letters):
        if clock.elapsed - started > lease() / 2:
            _release([notice for later in letters[place:] for notice in later])
            return False
        if not _deliver(letter, batch, connection, clock, swept):
            left = [notice for later in letters[place + 1 :] for notice in later]
            _put_off(left, "the mail server cannot be reached", clock.now)
            return False
    return True


def _looked_at(claimed: Sequence[Notice], clock: Clock, swept: Swept) -> Batch:
    """The claimed notices looked at again, without those at which that ends in an error: they wait alone."""
    try:
        return prepare(claimed, clock.now)
    except Exception as error:  # looked for in halves, so that the others go
        if len(claimed) == 1:
            _failed(claimed[0], "it could not be looked at again", error, clock.now)
            swept.failed += 1
            return Batch([])
    middle = len(claimed) // 2
    first, second = (_looked_at(half, clock, swept) for half in (claimed[:middle], claimed[middle:]))
    return Batch(
        [*first.notices, *second.notices],
        {**first.why_not, **second.why_not},
        {**first.around, **second.around},
    )


def _letters(batch: Batch) -> list[list[Notice]]:
    """The notices that go, by the mail they go in: those of one person about one contract in one mail."""
    letters: dict[tuple[int, int, datetime | None], list[Notice]] = {}
    for notice in batch.notices:
        if notice.pk not in batch.why_not:
            together = notice.recipient_id, notice.contract_id, notice.claimed_before
            letters.setdefault(together, []).append(notice)
    return list(letters.values())


def _deliver(letter: list[Notice], batch: Batch, connection: Any, clock: Clock, swept: Swept) -> bool:
    """Hand one letter over and record the answer. False where the mail server cannot be reached at all."""
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as error:
        _close(connection)
        _put_off(letter, words_of(error), clock.now)
        swept.failed += 1
        return False
    for told, message in _written(letter, batch, clock, swept):
        _hand_over(told, message, connection, clock, swept)
    return True


Written = tuple[list[Notice], EmailMultiAlternatives]


def _written(letter: list[Notice], batch: Batch, clock: Clock, swept: Swept) -> list[Written]:
    """The mail that says all of it.

    A notice that cannot be written waits alone, and the rest goes without it. Where each can be written, and
    only not together, each goes in a mail of its own.
    """
    try:
        return [(letter, _compose(letter, batch, clock.now))]
    except Exception as error:
        if len(letter) == 1:
            _failed(letter[0], "it could not be written", error, clock.now)
            swept.failed += 1
            return []
        log.warning("%s notices could not be written together", len(letter), exc_info=error)
    alone = [one for notice in letter for one in _written([notice], batch, clock, swept)]
    if len(alone) in (0, 1, len(letter)):
        return alone
    return _written([notice for told, _ in alone for notice in told], batch, clock, swept)


def _compose(letter: list[Notice], batch: Batch, now: datetime) -> EmailMultiAlternatives:
    if len(letter) == 1:
        message = compose(letter[0], batch.around[letter[0].pk], now)
    else:
        message = compose_digest(letter, batch.around, now)
    message.message()  # raises here what would otherwise only be found while sending
    return message


def _hand_over(
    told: list[Notice], message: EmailMultiAlternatives, connection: Any, clock: Clock, swept: Swept
) -> None:
    try:
        connection.send_messages([message])
    except Exception as error:  # one mail that cannot be sent never holds up the others
        _close(connection)
        for notice in told:
            _failed(notice, "", error, clock.now)
        swept.failed += 1
        return
    _sent(told, getattr(connection, "answer", ""), clock.now)
    swept.sent += len(told)
    swept.mails += 1


def _close(connection: Any) -> None:
    try:
        connection.close()
    except (OSError, smtplib.SMTPException):
        log.info("the mail server closed the connection first")


def _sent(letter: Sequence[Notice], answer: str, now: datetime) -> None:
    """What was sent stays sent, whoever cancelled it meanwhile."""
    Notice.objects.filter(pk__in=[notice.pk for notice in letter], sent_at__isnull=True).update(
        sent_at=now,
        answer=answer[:255],
        attempts=F("attempts") + 1,
        claimed_at=None,
        cancelled_at=None,
        cancelled_why="",
    )


def _cancel(notice: Notice, why: str, now: datetime) -> int:
    return Notice.objects.filter(pk=notice.pk, sent_at__isnull=True).update(
        cancelled_at=now, cancelled_why=why[:200], claimed_at=None
    )


def _release(notices: Sequence[Notice]) -> None:
    Notice.objects.filter(pk__in=[notice.pk for notice in notices], sent_at__isnull=True).update(
        claimed_at=None
    )


def _put_off(notices: Sequence[Notice], words: str, now: datetime) -> None:
    for notice in notices:
        wait = WAITS[min(notice.attempts, len(WAITS) - 1)]
        Notice.objects.filter(pk=notice.pk, sent_at__isnull=True).update(
            attempts=notice.attempts + 1, not_before=now + wait, claimed_at=None, answer=words[:255]
        )


def _failed(notice: Notice, before: str, error: Exception, now: datetime) -> None:
    """Put a notice off, or give it up. ``before``: what failed before any mail server was asked, or ""."""
    words = f"{before}: {words_of(error)}" if before else words_of(error)
    expected = not before and isinstance(error, OSError | smtplib.SMTPException)
    log.warning("notice %s was not sent: %s", notice.pk, words, exc_info=None if expected else error)
    if (not expected or _for_good(error)) and notice.attempts + 1 >= PATIENCE:
        _give_up(notice, words, now)
    else:
        _put_off([notice], words, now)


def _give_up(notice: Notice, words: str, now: datetime) -> None:
    """On the record, and told to the contract's administrators, in one transaction."""
    payload = _payload(notice) | {"subject": notice.subject, "answer": words}
    with transaction.atomic():
        ledger.record(notice.contract, ACTOR, "notice_given_up", payload, now)
        Notice.objects.filter(pk=notice.pk).update(attempts=notice.attempts + 1, answer=words[:255])
        _cancel(notice, f"{GAVE_UP}{words}", now)
        plan_given_up(notice, now)
    log.error("notice %s was given up: %s", notice.pk, words)


def _for_good(error: Exception) -> bool:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    return isinstance(error, smtplib.SMTPResponseException) and error.smtp_code >= 500


def record_in_ledger(now: datetime) -> int:
    """Write all that was sent into the ledgers, up to ``LEDGER_BATCH`` notices an entry. Returns how many.

    A worker that died after sending leaves this to the next sweep.
    """
    open_ones = Notice.objects.filter(sent_at__isnull=False, in_ledger=False)
    written = 0
    for contract_id in list(open_ones.order_by().values_list("contract_id", flat=True).distinct()):
        while batch := _record_batch(contract_id, open_ones, now):
            written += batch
    return written


def _record_batch(contract_id: int, open_ones: QuerySet[Notice], now: datetime) -> int:
    with transaction.atomic():
        contract = Contract.objects.select_for_update().get(pk=contract_id)
        notices = list(
            open_ones.filter(contract=contract)
            .select_related("recipient", "fact", "entry", "duty__obligation__paragraph__schedule")
            .order_by("sent_at", "pk")[:LEDGER_BATCH]
        )
        if notices:
            ledger.record_many(contract, ACTOR, _entries(contract, notices), now)
            Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(in_ledger=True)
    return len(notices)


def _entries(contract: Contract, notices: Sequence[Notice]) -> list[ledger.Entry]:
    """One entry for what everybody may know of, and one for each subject kept to a distribution list."""
    kept = ledger.kept((contract.pk, notice.subject) for notice in notices)
    told: dict[str, list[dict[str, Any]]] = {}
    for notice in notices:
        subject = notice.subject
        told.setdefault(subject if (contract.pk, subject) in kept else "", []).append(_payload(notice))
    return [
        ("notices_sent", {"notices": sent} | ({"subject": subject} if subject else {}))
        for subject, sent in told.items()
    ]


def _payload(notice: Notice) -> dict[str, Any]:
    duty = notice.duty
    about: dict[str, Any] = (
        {"entry": notice.entry_id} if notice.entry is not None else {"fact": notice.fact_id}
    )
    if duty is not None:
        about = {"duty": notice.duty_id, "citation": duty.obligation.paragraph.citation}
    return {
        "notice": notice.pk,
        **about,
        "stage": notice.stage,
        "to": notice.recipient.name,
        "sent_at": notice.sent_at.isoformat() if notice.sent_at else None,
    }
