"""Mails about signing in: asked for as a row, handed over by a worker, tried again, and then forgotten.

Nobody waits for the mail server, so that a page takes the same time whether an address has an account or not:
asking for a new password writes one row in either case, and only the worker looks whose address it is. Links
lead to SITE_URL, whatever host was asked.
"""

from __future__ import annotations

import json
import logging
import secrets
import smtplib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string

from contracts.models import Person, SignInMail
from contracts.row_security import asking
from contracts.services import sealing
from contracts.services.mailing import mail_connection, mail_domain, words_of
from contracts.services.sign_in.mail_words import WORDS, Words
from contracts.terms.moments import after, london_day

PURPOSE = "sign-in mail"
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720))
"""How long after a try that failed it is tried again; after the last it is given up."""

KEPT_FOR = timedelta(days=30)
"""How long it is known that a mail went."""

log = logging.getLogger(__name__)


def new_key() -> str:
    """The key of a link: random; its hash alone is kept."""
    return secrets.token_urlsafe(32)


@asking.job("mail about signing in")
def ask(kind: str, address: str, now: datetime, *, person: Person | None = None, **data: Any) -> SignInMail:
    """Ask for a mail, in the transaction of what it tells. Its kind is one of ``WORDS``."""
    if kind not in WORDS:
        raise KeyError(f"there are no words for a mail about {kind}")
    sealed = sealing.seal(PURPOSE, json.dumps(data))
    return SignInMail.objects.create(
        kind=kind, address=address, person=person, sealed=sealed, made_at=now, next_try_at=now
    )


def deliver(now: datetime) -> int:
    """Hand over what waits, each mail in a transaction of its own; how many were taken by the mail server."""
    taken = 0
    for number in SignInMail.objects.filter(next_try_at__lte=now).values_list("pk", flat=True):
        taken += _deliver(number, now)
    SignInMail.objects.filter(next_try_at=None, made_at__lt=after(now, -KEPT_FOR)).delete()
    return taken


@transaction.atomic
def _deliver(number: int, now: datetime) -> bool:
    rows = SignInMail.objects.select_for_update(skip_locked=True, of=("self",)).select_related("person")
    mail = rows.filter(pk=number, next_try_at__lte=now).first()
    if mail is None:  # another worker has it
        return False
    message = compose(mail, now)
    if message is None:
        return _finish(mail)
    connection = mail_connection()
    try:
        connection.open()
        connection.send_messages([message])
    except Exception as error:  # whatever it is, it is tried again
        _failed(mail, words_of(error), now)
        return False
    finally:
        _close(connection)
    mail.mailed_at, mail.mail_answer = now, str(getattr(connection, "answer", ""))[:255]
    mail.mail_failed = ""
    _finish(mail)
    return True


def _finish(mail: SignInMail) -> bool:
    mail.next_try_at, mail.sealed = None, ""
    mail.save()
    return False


def _failed(mail: SignInMail, why: str, now: datetime) -> None:
    mail.mail_failed = why[:255]
    mail.tries += 1
    if mail.tries <= len(WAITS):
        mail.next_try_at = after(now, WAITS[mail.tries - 1])
        log.warning("the mail %s about signing in was not sent, and is tried again: %s", mail.pk, why)
        mail.save()
        return
    log.error("the mail %s about signing in was given up: %s", mail.pk, why)
    _finish(mail)


def _close(connection: Any) -> None:
    try:
        connection.close()
    except (OSError, smtplib.SMTPException):
        log.info("the mail server closed the connection first")


def compose(mail: SignInMail, now: datetime) -> EmailMultiAlternatives | None:
    """The mail in text and HTML; None where it is to nobody: no mail goes to what a stranger typed."""
    person = mail.person or _whose(mail.address, now)
    if person is None:
        return None
    try:
        data = json.loads(sealing.unseal(PURPOSE, mail.sealed))
    except sealing.CannotOpen:
        log.error("the mail %s about signing in was sealed with another SECRET_KEY and is left out", mail.pk)
        return None
    return message_of(mail, WORDS[mail.kind](person, data), mail.made_at)


def message_of(mail: SignInMail, words: Words, made_at: datetime) -> EmailMultiAlternatives:
    context: Mapping[str, Any] = {"words": words, "subject": words.subject, "site_url": settings.SITE_URL}
    message = EmailMultiAlternatives(
        subject=words.subject,
        body=render_to_string("mail/sign_in.txt", dict(context)),
        to=[mail.address],
        headers={
            "Message-ID": f"<sign-in-{mail.pk}-{int(made_at.timestamp())}@{mail_domain()}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    message.attach_alternative(render_to_string("mail/sign_in.html", dict(context)), "text/html")
    return message


def _whose(address: str, now: datetime) -> Person | None:
    """Who signs in with an address, and has not ended."""
    person = Person.objects.filter(email__iexact=address).first()
    return None if person is None or person.has_ended(london_day(now)) else person
