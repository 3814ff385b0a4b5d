from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cast import Cast, make_contract
from tests.support import mailserver


@pytest.fixture
def cast(db) -> Cast:
    return make_contract()


@pytest.fixture
def mail(settings) -> Iterator[mailserver.MailServer]:
    """A real SMTP server, set as the one Duly sends through."""
    with mailserver.running() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield server
