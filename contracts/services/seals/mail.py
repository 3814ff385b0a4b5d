"""The daily mail of heads: a row for each person, contract and London day, then claimed, sent and recorded.

Whoever keeps these mails can hold the ledger against them years later (``verify_ledger --line``): they are
where neither the database nor its owner reaches.
"""

from __future__ import annotations

import logging
import smtplib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse

from contracts import sealing_key
from contracts.absence import NotThere
from contracts.access import open_contract
from contracts.models import HeadsMail, HeadsWanted, Seal
from contracts.services.clock import Clock
from contracts.services.mailing import mail_connection, mail_domain, words_of
from contracts.services.seals.heads import ChainEnd, ends_of
from contracts.terms.moments import after, clock_words, london, london_day, long_day

EARLIEST = 7
"""The hour, in London, from which the mail of a day goes."""

BATCH = 20
PATIENCE = 8
"""A mail is given up at this try."""

WAITS = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 30, 60))
"""How long to wait after the first failure, the second and so on; the last one for all that follow."""

log = logging.getLogger(__name__)


@dataclass
class Mailed:
    """What one sweep did."""

    sent: int = 0
    failed: int = 0


def plan(now: datetime) -> int:
    """Write down today's mails, from 7 in the morning; gives how many are new.

    Somebody gets one on a day where something was sealed on the contract since the last one they got.
    """
    if london(now).hour < EARLIEST:
        return 0
    day, planned = london_day(now), 0
    there = set(HeadsMail.objects.filter(day=day).values_list("contract_id", "person_id"))
    wanted = HeadsWanted.objects.filter(until=None).order_by("pk").values_list("contract_id", "person_id")
    for contract, person in wanted.iterator():
        if (contract, person) not in there:
            _, made = HeadsMail.objects.get_or_create(
                contract_id=contract, person_id=person, day=day, defaults={"not_before": now}
            )
            planned += made
    return planned


def sweep(now: datetime, *, time_for: timedelta = timedelta(seconds=50)) -> Mailed:
    """Send what waits, until nothing is left or the time is up. Several sweeps may run side by side."""
    clock, mailed = Clock(now), Mailed()
    connection = mail_connection()
    try:
        while clock.elapsed < time_for and (claimed := _claim(clock.now)):
            for row in claimed:
                _send(row, connection, clock.now, mailed)
    finally:
        _close(connection)
    return mailed


def _claim(now: datetime) -> list[HeadsMail]:
    """Take some that wait, or whose claim has run out because its worker died."""
    lease = timedelta(seconds=settings.NOTICE_LEASE_SECONDS)
    free = Q(claimed_at=None) | Q(claimed_at__lte=after(now, -lease))
    with transaction.atomic():
        waiting = HeadsMail.objects.select_for_update(skip_locked=True).filter(
            free, sent_at=None, given_up_at=None, not_before__lte=now
        )
        claimed = list(waiting.order_by("not_before", "pk").values_list("pk", flat=True)[:BATCH])
        HeadsMail.objects.filter(pk__in=claimed).update(claimed_at=now)
    return list(HeadsMail.objects.filter(pk__in=claimed).select_related("person", "contract").order_by("pk"))


def _send(row: HeadsMail, connection: Any, now: datetime, mailed: Mailed) -> None:
    try:
        ends = _told(row, now)
        if not ends:
            return
        message = compose(row, ends)
        connection.open()
        connection.send_messages([message])
    except Exception as error:  # one mail that cannot be sent never holds up the others
        _close(connection)
        _failed(row, error, now)
        mailed.failed += 1
        return
    HeadsMail.objects.filter(pk=row.pk).update(
        sent_at=now,
        claimed_at=None,
        attempts=row.attempts + 1,
        lines=lines(row, ends),
        answer=str(getattr(connection, "answer", ""))[:255],
    )
    mailed.sent += 1


def _told(row: HeadsMail, now: datetime) -> list[ChainEnd]:
    """What is told, looked at again: what this person may know now. Nothing where the mail does not go."""
    if not HeadsWanted.objects.filter(contract=row.contract_id, person=row.person_id, until=None).exists():
        return _ends(row, "it is not wanted any more", now)
    try:
        access = open_contract(row.person, row.contract_id, now)
    except NotThere:
        return _ends(row, "they are not on the contract any more", now)
    ends = [one for one in ends_of(access) if one.sealed]
    before = HeadsMail.objects.filter(
        contract=row.contract_id, person=row.person_id, sent_at__isnull=False
    ).order_by("-day")
    told = before.values_list("lines", flat=True).first() or []
    if not set(lines(row, ends, seal=False)) - set(told):
        return _ends(row, "nothing was sealed since the last one", now)
    return ends


def _ends(row: HeadsMail, why: str, now: datetime) -> list[ChainEnd]:
    HeadsMail.objects.filter(pk=row.pk).update(given_up_at=now, claimed_at=None, answer=why)
    return []


def lines(row: HeadsMail, ends: list[ChainEnd], *, seal: bool = True) -> list[str]:
    """The lines to keep, as ``verify_ledger --line`` takes them: chain, number, hash; and the last seal."""
    told = []
    for end in ends:
        called = f"{row.contract.reference} {end.kept_to}".strip()
        told.append(f"{called} {end.sealed} {end.sealed_hash}")
    if seal:
        last = Seal.objects.order_by("-number").values_list("number", "hash").first()
        told += [f"seal {last[0]} {last[1]}"] if last else []
    return told


def compose(row: HeadsMail, ends: list[ChainEnd]) -> EmailMultiAlternatives:
    """The mail in text and HTML. Its Message-ID belongs to the row, so one that went twice is known."""
    context = content(row, ends)
    message = EmailMultiAlternatives(
        subject=context["subject"],
        body=render_to_string("mail/heads.txt", context),
        to=[row.person.email],
        headers={
            "Message-ID": f"<heads-{row.pk}-{row.day:%Y%m%d}@{mail_domain()}>",
            "References": f"<heads-{row.contract_id}-{row.person_id}@{mail_domain()}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    message.attach_alternative(render_to_string("mail/heads.html", context), "text/html")
    return message


def content(row: HeadsMail, ends: list[ChainEnd]) -> dict[str, Any]:
    """Every word of the mail, for both templates."""
    sealed = max(end.sealed_at for end in ends if end.sealed_at)
    at = f"{clock_words(london(sealed).time())} on {long_day(london_day(sealed))}"
    main = next((end for end in ends if not end.kept_to), ends[0])
    return {
        "subject": f"{row.contract.reference}: the ledger had {main.sealed} entries on {long_day(row.day)}",
        "lead": f"This is where the ledger of contract {row.contract.reference} ended when it was last"
        f" sealed, at {at}.",
        "lines": lines(row, ends),
        "fingerprint": sealing_key.fingerprint(sealing_key.load(settings.SEAL_KEY).public),
        "url": settings.SITE_URL + reverse("ledger", args=[row.contract_id]),
        "site_url": settings.SITE_URL,
    }


def _failed(row: HeadsMail, error: Exception, now: datetime) -> None:
    words, attempts = words_of(error), row.attempts + 1
    expected = isinstance(error, OSError | smtplib.SMTPException)
    log.warning("the mail of heads %s was not sent: %s", row.pk, words, exc_info=None if expected else error)
    given_up = attempts >= PATIENCE
    if given_up:
        log.error("the mail of heads %s was given up: %s", row.pk, words)
    HeadsMail.objects.filter(pk=row.pk).update(
        attempts=attempts,
        claimed_at=None,
        answer=words[:255],
        given_up_at=now if given_up else None,
        not_before=after(now, WAITS[min(row.attempts, len(WAITS) - 1)]),
    )


def _close(connection: Any) -> None:
    try:
        connection.close()
    except (OSError, smtplib.SMTPException):
        log.info("the mail server closed the connection first")
