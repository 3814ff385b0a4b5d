from __future__ import annotations

import pytest

from tests.cast import Cast, make_contract


@pytest.fixture
def cast(db) -> Cast:
    return make_contract()


@pytest.fixture
def mail(mail_server):
    """A real SMTP server, set as the one Duly sends through."""
    return mail_server
