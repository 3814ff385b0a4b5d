"""The two contracts are made once for a module, committed, and taken away after it."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from django.test import override_settings

from tests.access.world import World, committed


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, test_database, tmp_path_factory) -> Iterator[World]:
    """Both contracts with everybody on them, marked. What is refused, thousands of times, is not logged."""
    logging.getLogger("django.request").setLevel(logging.CRITICAL)
    with (
        django_db_blocker.unblock(),
        override_settings(CATCHES_MAIL=False),
        committed(test_database[1], tmp_path_factory.mktemp("uploads")) as made,
    ):
        yield made
    logging.getLogger("django.request").setLevel(logging.NOTSET)
