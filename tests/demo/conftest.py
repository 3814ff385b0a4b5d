"""The demo in a database of its own, loaded once for a module."""

from __future__ import annotations

import os
from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import override_settings

from tests.demo.stories import NOW
from tests.support import database


@pytest.fixture(autouse=True)
def own_uploads(uploads):
    """Files of the demo go to the test's own folder."""


@pytest.fixture(scope="module")
def demo(test_database, django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[str]:
    """Django is connected to the demo for as long as the module's tests run; what its loading said."""
    said, uploads = StringIO(), tmp_path_factory.mktemp("demo")
    with (
        django_db_blocker.unblock(),
        database.in_a_copy(*test_database, f"demo_{os.getpid()}"),
        override_settings(MEDIA_ROOT=uploads),
    ):
        call_command("load_demo", "--now", NOW.isoformat(), stdout=said)
        yield said.getvalue()


@pytest.fixture
def loaded(demo, db) -> str:
    """The demo. What a test writes into it is rolled back."""
    return demo
