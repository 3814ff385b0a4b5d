"""Handing mail to the mail server: one way for notices and invitations, with the server's answer kept."""

from __future__ import annotations

import smtplib
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import get_connection

SMTP_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
ANSWERING_BACKEND = "contracts.smtp.AnsweringBackend"
LONGEST_ANSWER = 500


def mail_connection() -> Any:
    """A connection to the mail server of EMAIL_URL that keeps the server's answers; not yet opened."""
    return get_connection(ANSWERING_BACKEND if settings.EMAIL_BACKEND == SMTP_BACKEND else None)


def mail_domain() -> str:
    """The domain that Duly writes from."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"


def words_of(error: Exception) -> str:
    """What went wrong on one line, as it can be stored."""
    return " ".join(_raw_words(error).replace("\x00", " ").split())[:LONGEST_ANSWER]


def _raw_words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, refusal = next(iter(error.recipients.values()))
        return f"{code} {_decoded(refusal)}"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_decoded(error.smtp_error)}"
    return f"{type(error).__name__}: {error}"


def _decoded(words: bytes | str) -> str:
    return words.decode("utf-8", "replace") if isinstance(words, bytes) else words
