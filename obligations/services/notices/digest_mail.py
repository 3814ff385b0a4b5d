"""One mail for everything that one person is to be told about one contract at one time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from contracts.services.mailing import mail_domain
from obligations import subjects
from obligations.models import Duty, Notice, Stage
from obligations.services.notices import entry_mail, notice_mail
from obligations.services.notices.notice_mail import Circumstances


@dataclass(frozen=True, slots=True)
class Item:
    """One duty: what, why it is told, by when, where the contract says so, and its page. Or what ends."""

    title: str
    lead: str
    when: str
    place: str
    url: str


@dataclass(frozen=True, slots=True)
class Section:
    """The duties told for one reason."""

    heading: str
    duties: list[Item]


def compose_digest(
    notices: Sequence[Notice], around: Mapping[int, Circumstances], due: datetime, now: datetime
) -> EmailMultiAlternatives:
    """The mail for several notices to one person about one contract, grouped by stage.

    ``due``: when the earliest of them should have come.
    The notices come as for a mail of their own. The Message-ID belongs to these very notices, so a mail
    sent twice after an accident can be recognised as one.
    """
    context = content(notices, around, now) | {"late": notice_mail.late(due, now)}
    message = EmailMultiAlternatives(
        subject=context["subject"],
        body=render_to_string("mail/digest.txt", context),
        to=[notices[0].recipient.email],
        headers={
            "Message-ID": digest_id(notices),
            "References": f"<contract-{notices[0].contract_id}@{mail_domain()}>",
            "Auto-Submitted": "auto-generated",
            "X-Duly-Notices": str(len(notices)),
        },
    )
    message.attach_alternative(render_to_string("mail/digest.html", context), "text/html")
    return message


def digest_id(notices: Sequence[Notice]) -> str:
    """The same for every attempt to send these notices together, and never that of others."""
    numbers = ",".join(str(number) for number in sorted(notice.pk for notice in notices))
    made = int(min(notice.created_at for notice in notices).timestamp())
    return f"<notices-{sha256(numbers.encode()).hexdigest()[:24]}-{made}@{mail_domain()}>"


def content(notices: Sequence[Notice], around: Mapping[int, Circumstances], now: datetime) -> dict[str, Any]:
    """Every word of the mail, for both templates."""
    contract = notices[0].contract
    sections = [
        Section(
            f"{stage.label} ({len(told)})",
            [item(notice, around[notice.pk], now) for notice in sorted(told, key=_by_date)],
        )
        for stage in subjects.stages().values()
        if (told := [notice for notice in notices if notice.stage == stage.name])
    ]
    counts = ", ".join(
        f"{number} {stage.label.lower()}"
        for stage in subjects.stages().values()
        if (number := sum(notice.stage == stage.name for notice in notices))
    )
    return {
        "subject": f"{contract.reference}: {counts}",
        "lead": f"Duly has {len(notices)} things to tell you about {contract.reference}, {contract.title}.",
        "sections": sections,
        "board_url": settings.SITE_URL + reverse("board", args=[contract.pk]),
        "contract": contract,
        "recipient": notices[0].recipient,
        "site_url": settings.SITE_URL,
    }


def item(notice: Notice, around: Circumstances, now: datetime) -> Item:
    """What a list says of one notice."""
    if notice.duty is None:
        told = notice.stage != Stage.GIVEN_UP and notice.entry is not None
        return Item(
            title=entry_mail.words(notice).what if told else notice.subject or notice.contract.reference,
            lead=notice_mail.lead(notice, around, now),
            when="",
            place="",
            url=notice_mail.url(notice),
        )
    duty = notice.duty
    paragraph = duty.obligation.paragraph
    about = f" ({duty.subject})" if duty.subject else ""
    return Item(
        title=" ".join(f"{duty.title}{about}".split()),
        lead=notice_mail.lead(notice, around, now),
        when=_when(duty),
        place=f"{paragraph.schedule.title}, {notice_mail.place(paragraph)}",
        url=notice_mail.duty_url(duty),
    )


def _when(duty: Duty) -> str:
    told = notice_mail.when(duty) if duty.due_at else duty.word
    return f"with care by {told}" if duty.careful else told


def _by_date(notice: Notice) -> tuple[bool, str, int]:
    due = notice.duty.due_at if notice.duty is not None else None
    return due is None, due.isoformat() if due else "", notice.pk
