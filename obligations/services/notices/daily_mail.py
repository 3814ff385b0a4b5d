"""The mail of the day: all that one person is to be told that day, across their contracts, in one short mail.

It lists the most pressing twenty, by contract, paragraph and day, and leads to the pages for the rest: those
of these contracts, and the messages in Duly for what there is of others. Each notice has been looked at again
just before (``recheck``), so nobody is told what they may not see.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from contracts.models import Contract
from contracts.terms.moments import long_day
from obligations import subjects
from obligations.models import Notice
from obligations.services.notices.digest_mail import Item, item
from obligations.services.notices.notice_mail import Circumstances, late

LISTED = 20
"""What is told in words; the rest in figures, with a link."""

LONGEST_TITLE, LONGEST_LEAD = 200, 500


@dataclass(frozen=True, slots=True)
class Group:
    """What one paragraph asks by one day."""

    heading: str
    items: list[tuple[str, Item]]


@dataclass(frozen=True, slots=True)
class About:
    """What is told of one contract: how much of what, the listed ones, how many more, and its page."""

    reference: str
    name: str
    counts: str
    groups: list[Group]
    more: int
    url: str


def compose_daily(
    notices: Sequence[Notice], around: Mapping[int, Circumstances], due: datetime, now: datetime
) -> EmailMultiAlternatives:
    """The mail for several notices to one person. The notices come as for a mail of their own.

    ``due``: when the earliest of them should have come.
    """
    context = content(notices, around, due, now)
    message = EmailMultiAlternatives(
        subject=context["subject"],
        body=render_to_string("mail/daily.txt", context),
        to=[notices[0].recipient.email],
        headers={"Auto-Submitted": "auto-generated", "X-Duly-Notices": str(len(notices))},
    )
    message.attach_alternative(render_to_string("mail/daily.html", context), "text/html")
    return message


def content(
    notices: Sequence[Notice], around: Mapping[int, Circumstances], due: datetime, now: datetime
) -> dict[str, Any]:
    """Every word of the mail, for both templates."""
    listed = {notice.pk for notice in sorted(notices, key=_pressing)[:LISTED]}
    by_contract: dict[int, list[Notice]] = {}
    for notice in notices:
        by_contract.setdefault(notice.contract_id, []).append(notice)
    told = sorted(
        by_contract.values(), key=lambda ones: (min(map(_pressing, ones)), ones[0].contract.reference)
    )
    contracts = [ones[0].contract for ones in told]
    shown = [ones for ones in told if any(notice.pk in listed for notice in ones)]
    where = contracts[0].reference if len(contracts) == 1 else f"{len(contracts)} contracts"
    return {
        "subject": f"{where}: {_counts(notices)}",
        "lead": f"Duly has {len(notices)} things to tell you about {_named(contracts)}.",
        "late": late(due, now),
        "contracts": [_about(ones, around, listed, now) for ones in shown],
        "others": _others(len(notices) - sum(map(len, shown)), len(told) - len(shown)),
        "messages_url": settings.SITE_URL + reverse("inbox"),
        "recipient": notices[0].recipient,
        "site_url": settings.SITE_URL,
    }


def _named(contracts: Sequence[Contract]) -> str:
    if len(contracts) == 1:
        return f"{contracts[0].reference}, {contracts[0].title}"
    return f"{len(contracts)} contracts"


def _others(things: int, contracts: int) -> str:
    """How much there is of contracts of which nothing is listed; "" where there is none."""
    if not things:
        return ""
    return f"And {things} more about {contracts} other contract{'' if contracts == 1 else 's'}."


def _about(
    notices: Sequence[Notice], around: Mapping[int, Circumstances], listed: set[int], now: datetime
) -> About:
    contract = notices[0].contract
    ours = sorted((notice for notice in notices if notice.pk in listed), key=_place)
    return About(
        reference=contract.reference,
        name=f"{contract.reference}, {contract.title}",
        counts=_counts(notices),
        groups=[
            Group(
                heading,
                [(notice.rule.label, _short(item(notice, around[notice.pk], now))) for notice in ones],
            )
            for heading, ones in _grouped(ours)
        ],
        more=len(notices) - len(ours),
        url=settings.SITE_URL + reverse("board", args=[contract.pk]),
    )


def _grouped(notices: Sequence[Notice]) -> Iterator[tuple[str, list[Notice]]]:
    """By paragraph and day, in order."""
    for heading, ones in groupby(notices, key=_heading):
        yield heading, list(ones)


def _heading(notice: Notice) -> str:
    duty = notice.duty
    if duty is None:
        return "What else there is"
    paragraph = duty.obligation.paragraph
    part = "" if paragraph.scope == "main" else f"{paragraph.scope}, "
    day = f"{duty.due_date:%A} {long_day(duty.due_date)}" if duty.due_date else duty.word or "no date"
    return f"{paragraph.schedule.title}, {part}paragraph {paragraph.number}: {day}"


def _place(notice: Notice) -> tuple[bool, str, str, tuple[int, str, int]]:
    due = notice.duty.due_date if notice.duty is not None else None
    return notice.duty is None, due.isoformat() if due else "", _heading(notice), _pressing(notice)


def _pressing(notice: Notice) -> tuple[int, str, int]:
    """What is most pressing first: by stage, then by date."""
    due = notice.duty.due_at if notice.duty is not None else None
    return notice.rule.rank, due.isoformat() if due else "9", notice.pk


def _counts(notices: Sequence[Notice]) -> str:
    return ", ".join(
        f"{number} {stage.label.lower()}"
        for stage in subjects.stages().values()
        if (number := sum(notice.stage == stage.name for notice in notices))
    )


def _short(one: Item) -> Item:
    """The same, never longer than a line or two: what people wrote may be long."""
    return Item(_cut(one.title, LONGEST_TITLE), _cut(one.lead, LONGEST_LEAD), one.when, one.place, one.url)


def _cut(words: str, most: int) -> str:
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"
