from __future__ import annotations

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from contracts.models import Person
from tests.cast import Cast, make_contract
from tests.support.tokens import key_of


@pytest.fixture(autouse=True)
def fresh_throttles():
    """Each test starts with no requests counted."""
    cache.clear()


@pytest.fixture
def cast(db) -> Cast:
    return make_contract()


@pytest.fixture
def ask():
    """Asks as a person: ``ask(cast.priya, "/api/...", flagged="true")`` gives the answer."""
    keys: dict[int, str] = {}

    def asked(person: Person | None, address: str, **query: str):
        client = APIClient()
        if person is not None:
            if person.pk not in keys:
                keys[person.pk] = key_of(person)
            client.credentials(HTTP_AUTHORIZATION=f"Bearer {keys[person.pk]}")
        return client.get(address, query)

    return asked
