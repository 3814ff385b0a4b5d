"""Django's SMTP backend, keeping what the mail server answered to each mail it took."""

from __future__ import annotations

import smtplib
from typing import Any

from django.core.mail.backends.smtp import EmailBackend


class _Answers(smtplib.SMTP):
    """Keeps the answer to the last mail handed over: the code and the server's own words."""

    answer = ""

    def data(self, message: Any) -> tuple[int, bytes]:
        code, words = super().data(message)
        self.answer = f"{code} {words.decode('utf-8', 'replace')}"
        return code, words


class _SmtpOverTls(_Answers, smtplib.SMTP_SSL):
    pass


class AnsweringBackend(EmailBackend):
    """Sends as Django does. ``answer`` is what the server said to the last mail."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _SmtpOverTls if self.use_ssl else _Answers

    @property
    def answer(self) -> str:
        return getattr(self.connection, "answer", "")
