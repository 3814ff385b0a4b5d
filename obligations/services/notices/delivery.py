"""Sending notices: claim, look again, send, record.

A notice is claimed in one short transaction with a lease, sent outside any transaction and recorded at once.
What one person is to be told waits for their mail of the day (``rules/notices/digests.py``); what cannot
wait goes at once, in one mail for each contract. Both are claimed together.
A worker that dies keeps its claims only until the lease ends; then another takes them up. The one mail that
was being handed over at that moment may go twice, with the same Message-ID.

Nothing is tried for ever: what is refused for good, or cannot be looked at or written, is given up after so
many tries; the contract's administrators are told. An error in one notice holds up that notice only.
"""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import connection as database
from django.db import transaction
from django.db.models import F, Q

from contracts.services import ledger
from contracts.services.clock import Clock
from contracts.services.mailing import mail_connection, words_of
from contracts.terms.moments import after
from obligations.models import Notice
from obligations.models.notice import GAVE_UP, WHAT_IT_SAYS
from obligations.rules.notices.digests import mail_of_the_day
from obligations.rules.notices.lapsing import last_day_of, over
from obligations.services.notices.daily_mail import compose_daily
from obligations.services.notices.digest_mail import compose_digest, digest_id
from obligations.services.notices.notice_mail import compose, message_id
from obligations.services.notices.on_record import ACTOR, as_payload, record_in_ledger
from obligations.services.notices.planning import is_critical, plan_again, plan_given_up
from obligations.services.notices.recheck import Batch, prepare

log = logging.getLogger(__name__)

BATCH = 200
"""Claimed together: what some fifty people are to be told, so that a worker that dies holds up few."""

MOST_TOGETHER = 3000
"""Notices that go along with those claimed because they are for the same people."""

CLAIM_LOCK = 0x44756C79
"""Claims are made one at a time, so that two workers do not share out what belongs in one mail."""

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

    ``together``: and what else waits for the same people.
    """
    free = Q(claimed_at__isnull=True) | Q(claimed_at__lte=now - lease())
    with transaction.atomic():
        if together:
            _one_at_a_time()
        waiting = (
            Notice.objects.select_for_update(skip_locked=True)
            .filter(free, sent_at__isnull=True, cancelled_at__isnull=True, goes_at__lte=now)
            .order_by("goes_at", "pk")
        )
        rows = list(waiting.values_list("pk", "recipient_id")[:limit])
        claimed = [pk for pk, _ in rows]
        if together and rows:
            rest = waiting.filter(recipient__in={person for _, person in rows}).exclude(pk__in=claimed)
            claimed += rest.values_list("pk", flat=True)[:MOST_TOGETHER]
        Notice.objects.filter(pk__in=claimed).update(claimed_at=now)
    found = with_what_they_say(claimed)
    for notice in found:
        notice.handed_over = bool(notice.letter)
    return found


def with_what_they_say(numbers: Iterable[int]) -> list[Notice]:
    """Notices by number, with everything that is needed to look at them again and to write them."""
    return list(
        Notice.objects.filter(pk__in=numbers).select_related(*WHAT_IT_SAYS).order_by("not_before", "pk")
    )


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
    swept.cancelled += _cancel(batch.why_not, clock.now)
    days = mails_of_the_day(batch)
    _wait(days, clock.now)
    letters = _letters(batch, days, clock.now)
    _name(letters)
    for place, letter in enumerate(letters):
        if clock.elapsed - started > lease() / 2:
            _release([notice for later in letters[place:] for notice in later])
            return False
        if not _deliver(letter, batch, days, connection, clock, swept):
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
            _failed(claimed, "it could not be looked at again", error, clock.now)
            swept.failed += 1
            return Batch([])
    middle = len(claimed) // 2
    first, second = (_looked_at(half, clock, swept) for half in (claimed[:middle], claimed[middle:]))
    return Batch(
        [*first.notices, *second.notices],
        {**first.why_not, **second.why_not},
        {**first.around, **second.around},
    )


def mails_of_the_day(batch: Batch) -> dict[int, datetime]:
    """The notices that are told in a mail of the day, by number, with its moment; the others go at once."""
    if not settings.MAIL_DAILY:
        return {}
    found = {}
    for notice in batch.notices:
        calendar = batch.around[notice.pk].calendar
        if notice.pk in batch.why_not or calendar is None:
            continue
        critical = is_critical(batch.around[notice.pk].given_up or notice)
        at = mail_of_the_day(notice.not_before, _speaks_of(notice), critical, calendar)
        if at is not None:
            found[notice.pk] = at
    return found


def _speaks_of(notice: Notice) -> datetime | None:
    """When it is too late to tell it: the limit of its duty, or when what ends by itself is over."""
    if notice.duty is not None:
        return notice.duty.due_at
    last = last_day_of(notice.about)
    return over(last) if last is not None else None


def _wait(days: Mapping[int, datetime], now: datetime) -> None:
    """Have what is to be told in a mail of the day to come wait for it. A statement for each such day."""
    by_day: dict[datetime, list[int]] = {}
    for pk, at in days.items():
        if at > now:
            by_day.setdefault(at, []).append(pk)
    for at, numbers in by_day.items():
        Notice.objects.filter(pk__in=numbers, sent_at__isnull=True).update(waits_until=at, claimed_at=None)


def _letters(batch: Batch, days: Mapping[int, datetime], now: datetime) -> list[list[Notice]]:
    """The notices that go, by the mail they go in: a person's mail of the day, or one about a contract.

    What was handed over together, by a worker that died or to a server that gave no answer, goes together
    again.
    """
    letters: dict[tuple[int, int | None, str], list[Notice]] = {}
    for notice in batch.notices:
        if notice.pk not in batch.why_not and days.get(notice.pk, now) <= now:
            contract = None if notice.pk in days else notice.contract_id
            letters.setdefault((notice.recipient_id, contract, notice.letter), []).append(notice)
    return list(letters.values())


NAME = """
    UPDATE obligations_notice AS notice SET letter = named.letter
    FROM unnest(%s::bigint[], %s::text[]) AS named(id, letter) WHERE notice.id = named.id
"""


def _name(letters: Iterable[list[Notice]]) -> None:
    """Write down which notices go in which mail, before any is handed over, in one statement.

    Then whatever becomes of the worker or of the server, the second attempt has the same Message-ID.
    """
    named = []
    for letter in letters:
        if not letter[0].handed_over:
            name = letter_of(letter)
            for notice in letter:
                notice.letter = name
            named += letter
    if named:
        columns = [notice.pk for notice in named], [notice.letter for notice in named]
        with database.cursor() as cursor:
            cursor.execute(NAME, columns)


def letter_of(notices: Sequence[Notice]) -> str:
    """The Message-ID of the mail that these notices, and no others, go in."""
    return message_id(notices[0]) if len(notices) == 1 else digest_id(notices)


def _deliver(
    letter: list[Notice],
    batch: Batch,
    days: Mapping[int, datetime],
    connection: Any,
    clock: Clock,
    swept: Swept,
) -> bool:
    """Hand one letter over and record the answer. False where the mail server cannot be reached at all."""
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as error:
        _close(connection)
        _put_off(letter, words_of(error), clock.now)
        swept.failed += 1
        return False
    for told, message in _written(letter, batch, days, clock, swept):
        _hand_over(told, message, connection, clock, swept)
    return True


Written = tuple[list[Notice], EmailMultiAlternatives]


def _written(
    letter: list[Notice], batch: Batch, days: Mapping[int, datetime], clock: Clock, swept: Swept
) -> list[Written]:
    """The mail that says all of it.

    A notice that cannot be written waits alone, and the rest goes without it. Where each can be written, and
    only not together, each goes in a mail of its own.
    """
    try:
        return [(letter, _compose(letter, batch, days, clock.now))]
    except Exception as error:
        if len(letter) == 1:
            _failed(letter, "it could not be written", error, clock.now)
            swept.failed += 1
            return []
        log.warning("%s notices could not be written together", len(letter), exc_info=error)
    _name([[notice] for notice in letter])
    alone = [one for notice in letter for one in _written([notice], batch, days, clock, swept)]
    if len(alone) in (0, 1, len(letter)):
        return alone
    _name([[notice for told, _ in alone for notice in told]])
    return _written([notice for told, _ in alone for notice in told], batch, days, clock, swept)


def _compose(
    letter: list[Notice], batch: Batch, days: Mapping[int, datetime], now: datetime
) -> EmailMultiAlternatives:
    due = min(days.get(notice.pk, notice.not_before) for notice in letter)
    if len(letter) == 1:
        message = compose(letter[0], batch.around[letter[0].pk], now, due)
    elif letter[0].pk in days:
        message = compose_daily(letter, batch.around, due, now)
    else:
        message = compose_digest(letter, batch.around, due, now)
    message.extra_headers["Message-ID"] = letter[0].letter
    message.message()  # raises here what would otherwise only be found while sending
    return message


def _hand_over(
    told: list[Notice], message: EmailMultiAlternatives, connection: Any, clock: Clock, swept: Swept
) -> None:
    try:
        connection.send_messages([message])
    except Exception as error:  # one mail that cannot be sent never holds up the others
        _close(connection)
        _failed(told, "", error, clock.now)
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


def _cancel(why_not: Mapping[int, str], now: datetime) -> int:
    """Cancel notices, by number, each with its reason. A statement for each reason."""
    alike: dict[str, list[int]] = {}
    for pk, why in why_not.items():
        alike.setdefault(why[:200], []).append(pk)
    return sum(
        Notice.objects.filter(pk__in=numbers, sent_at__isnull=True).update(
            cancelled_at=now, cancelled_why=why, claimed_at=None
        )
        for why, numbers in alike.items()
    )


def _release(notices: Iterable[Notice]) -> None:
    """Give claims back. What was surely not handed over goes with whatever is to be sent by then."""
    for handed_over, numbers in _by(notices, lambda notice: notice.handed_over).items():
        rows = Notice.objects.filter(pk__in=numbers, sent_at__isnull=True)
        rows.update(claimed_at=None, **({} if handed_over else {"letter": ""}))


def _put_off(notices: Iterable[Notice], words: str, now: datetime) -> None:
    """Have notices wait for the next try. A statement for each number of tries.

    What the server may have taken without saying so stays together under its Message-ID; the others go with
    whatever is to be sent by then.
    """
    alike = _by(notices, lambda notice: (notice.attempts, notice.handed_over))
    for (attempts, handed_over), numbers in alike.items():
        Notice.objects.filter(pk__in=numbers, sent_at__isnull=True).update(
            attempts=attempts + 1,
            waits_until=after(now, WAITS[min(attempts, len(WAITS) - 1)]),
            claimed_at=None,
            answer=words[:255],
            **({} if handed_over else {"letter": ""}),
        )


Alike = TypeVar("Alike", bound=Hashable)


def _by(notices: Iterable[Notice], key: Callable[[Notice], Alike]) -> dict[Alike, list[int]]:
    """The numbers of notices by what they have in common."""
    alike: dict[Alike, list[int]] = {}
    for notice in notices:
        alike.setdefault(key(notice), []).append(notice.pk)
    return alike


def _failed(notices: Sequence[Notice], before: str, error: Exception, now: datetime) -> None:
    """Put notices off, or give them up. ``before``: what failed before any mail server was asked, or ""."""
    words = f"{before}: {words_of(error)}" if before else words_of(error)
    expected = not before and isinstance(error, OSError | smtplib.SMTPException)
    numbers = ", ".join(str(notice.pk) for notice in notices)
    log.warning("not sent: notice %s: %s", numbers, words, exc_info=None if expected else error)
    gone = _not_worth_another_try(notices) if not expected or _for_good(error) else []
    _give_up(gone, words, now)
    left = [notice for notice in notices if notice not in gone]
    perhaps_taken = not before and not _answered(error)
    for notice in left:
        notice.handed_over = notice.handed_over or perhaps_taken
    _put_off(left, words, now)


def _not_worth_another_try(notices: Iterable[Notice]) -> list[Notice]:
    return [notice for notice in notices if notice.attempts + 1 >= PATIENCE]


def _answered(error: Exception) -> bool:
    """Whether the server said that it did not take the mail."""
    return isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPResponseException)


def _give_up(notices: Sequence[Notice], words: str, now: datetime) -> None:
    """On the record, and told to the contracts' administrators.

    A transaction for each contract, with a number of statements that does not grow.
    """
    for contract in {notice.contract for notice in notices}:
        theirs = [notice for notice in notices if notice.contract == contract]
        entries = [
            ("notice_given_up", as_payload(notice) | {"subject": notice.subject, "answer": words})
            for notice in theirs
        ]
        numbers = [notice.pk for notice in theirs]
        with transaction.atomic():
            ledger.record_many(contract, ACTOR, entries, now)
            Notice.objects.filter(pk__in=numbers).update(attempts=F("attempts") + 1, answer=words[:255])
            _cancel(dict.fromkeys(numbers, f"{GAVE_UP}{words}"), now)
            plan_given_up(theirs, now)
            plan_again(theirs, now)
        log.error("given up: notice %s: %s", ", ".join(map(str, numbers)), words)


def _for_good(error: Exception) -> bool:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    return isinstance(error, smtplib.SMTPResponseException) and error.smtp_code >= 500
