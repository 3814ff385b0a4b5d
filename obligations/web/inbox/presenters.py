"""Messages in words: as they were mailed, and what has become of them."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from contracts.web.words import moment_words
from obligations.models import Notice
from obligations.models.notice import GAVE_UP
from obligations.rules.notices.stages import ABOUT_DATES
from obligations.services.notices import notice_mail
from obligations.services.notices.notice_mail import Circumstances
from obligations.services.notices.recheck import prepare

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class MessageRow:
    """One message. ``lead``: why it was sent; where that is so no more, ``since`` says why instead."""

    pk: int
    title: str
    href: str
    contract: str
    lead: str
    since: str
    told: str
    sent: str
    new: bool


def rows(notices: Sequence[Notice], now: datetime) -> list[MessageRow]:
    """The messages of a page. A constant number of queries."""
    batch = prepare(notices, now) if notices else None
    if batch is None:
        return []
    return [_row(one, batch.around[one.pk], batch.why_not.get(one.pk, ""), now) for one in notices]


def _row(notice: Notice, around: Circumstances, why_not: str, now: datetime) -> MessageRow:
    title, lead, href = _words(notice, around, now)
    since = why_not if notice.stage in ABOUT_DATES else ""
    return MessageRow(
        pk=notice.pk,
        title=title,
        href=href,
        contract=f"{notice.contract.reference}, {notice.contract.title}",
        lead="" if since else lead,
        since=since,
        told=moment_words(notice.sent_at or notice.not_before),
        sent=mailed(notice),
        new=notice.read_at is None,
    )


def _words(notice: Notice, around: Circumstances, now: datetime) -> tuple[str, str, str]:
    """What its mail says on top, and where it leads. One that cannot be written holds up no other."""
    try:
        path = notice_mail.url(notice).removeprefix(settings.SITE_URL)
        return notice_mail.subject(notice, around, now), notice_mail.lead(notice, around, now), path
    except Exception as error:
        log.error("message %s could not be written", notice.pk, exc_info=error)
        return notice.rule.label, "", reverse("board", args=[notice.contract_id])


def mailed(notice: Notice) -> str:
    """Whether its mail went, and what the mail server said."""
    said = f" The mail server answered: {notice.answer}" if notice.answer else ""
    if notice.sent_at is not None:
        return f"Mailed at {moment_words(notice.sent_at)}.{said}"
    if notice.cancelled_why.startswith(GAVE_UP):
        return f"No mail could be sent.{said}"
    return f"Not mailed yet.{said}"
