"""The mail of an invitation: handed over after its row is committed, the answer recorded on the link."""

from __future__ import annotations

import logging
import smtplib
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from contracts.models import Invitation, InvitationLink, Side
from contracts.services.mailing import mail_connection, mail_domain, words_of
from contracts.terms.moments import clock_words, london, long_day

SUBJECT_LENGTH = 150
log = logging.getLogger(__name__)


def hand_over(link: InvitationLink, key: str, now: datetime) -> bool:
    """Hand the mail of a link to the mail server. Whether it was taken; nothing is raised.

    The key is in the mail alone: where it is not taken, another link is made and sent.
    """
    connection = mail_connection()
    try:
        message = compose(link, key)
        connection.open()  # held open, so that the answer is there afterwards
        connection.send_messages([message])
    except Exception as error:  # whatever it is, the invitation stands and the page says what happened
        log.warning("the mail of invitation %s was not sent: %s", link.invitation_id, words_of(error))
        link.mail_failed = words_of(error)[:255]
        link.save(update_fields=["mail_failed"])
        _close(connection)
        return False
    link.mailed_at, link.mail_answer = now, str(getattr(connection, "answer", ""))[:255]
    link.save(update_fields=["mailed_at", "mail_answer"])
    _close(connection)
    return True


def _close(connection: Any) -> None:
    try:
        connection.close()
    except (OSError, smtplib.SMTPException):
        log.info("the mail server closed the connection first")


def compose(link: InvitationLink, key: str) -> EmailMultiAlternatives:
    """The mail in text and HTML. Its Message-ID belongs to the link."""
    context = content(link.invitation, key)
    message = EmailMultiAlternatives(
        subject=context["subject"],
        body=render_to_string("mail/invitation.txt", context),
        to=[link.invitation.email],
        headers={
            "Message-ID": f"<invitation-{link.pk}-{int(link.made_at.timestamp())}@{mail_domain()}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    message.attach_alternative(render_to_string("mail/invitation.html", context), "text/html")
    return message


def content(invitation: Invitation, key: str) -> dict[str, Any]:
    """Every word of the mail, for both templates."""
    who, what = invitation.made_by_name, joined(invitation)
    ends = london(invitation.expires_at)
    return {
        "subject": " ".join(f"{who} invites you to {what}".split())[:SUBJECT_LENGTH],
        "lead": f"{who} invites you to {what} on Duly, which keeps the dates of contracts.",
        "facts": facts(invitation),
        "works": f"The link works once, until {clock_words(ends.time())} on {long_day(ends.date())}.",
        "ask": "Accept the invitation",
        "url": settings.SITE_URL + reverse("join", args=[key]),
        "site_url": settings.SITE_URL,
        "who": who,
    }


def joined(invitation: Invitation) -> str:
    """What somebody is invited to, in a sentence: the contract where there is one."""
    if invitation.contract is not None:
        return f"contract {invitation.contract.reference}"
    return invitation.organisation.name if invitation.organisation else "Duly"


def facts(invitation: Invitation) -> list[tuple[str, str]]:
    """What the invitation holds, by label, for mails and pages."""
    found = []
    if invitation.organisation:
        found.append(("Organisation", invitation.organisation.name))
    if invitation.administers:
        found.append(("You will", "administer the organisation: invite its people and set their last day"))
    if contract := invitation.contract:
        found.append(("Contract", f"{contract.reference}, {contract.title}"))
        side = "" if invitation.side == Side.NEITHER else f", {contract.word_for(invitation.side)}"
        manages = "; you will manage the contract’s people and terms" if invitation.manages else ""
        found.append(("Your role", f"{invitation.get_role_display()}{side}{manages}"))
    return found
