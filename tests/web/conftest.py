"""Pages are asked for on Tuesday 17 March 2026 at noon, as one of the cast."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import unescape
from re import findall, sub
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from contracts.models import Person
from tests.cast import NOON, Cast, play

Browse = Callable[..., Client]


@pytest.fixture(autouse=True)
def at_noon() -> Iterator[Any]:
    cache.clear()
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def cast(db) -> Cast:
    """The usual contract on DMP 23, with its duties."""
    return play()


@pytest.fixture
def browse() -> Browse:
    """A browser with somebody signed in, or nobody."""

    def signed_in(person: Person | None = None) -> Client:
        client = Client()
        if person is not None:
            client.force_login(person)
        return client

    return signed_in


def words(response: Any) -> str:
    """What a page says, without its tags and with single blanks."""
    page = sub(r"<(script|style)\b.*?</\1>", " ", response.content.decode(), flags=16)
    return " ".join(unescape(sub(r"<[^>]+>", " ", page)).split())


def errors(response: Any) -> dict[str, str]:
    """The error summary of a page: what each line says, and the id of the box it leads to."""
    page = response.content.decode()
    summary = findall(r'(?s)govuk-error-summary__list">(.*?)</ul>', page)
    if not summary:
        return {}
    links = findall(r'<a href="#([^"]+)">(.*?)</a>', summary[0])
    plain = findall(r'<span class="duly-error-text">(.*?)</span>', summary[0])
    for target, _ in links:
        assert f'id="{target}"' in page, f"the error leads to #{target}, which is not on the page"
    return {unescape(text): target for target, text in links} | {unescape(text): "" for text in plain}


def day_boxes(name: str, day: Any) -> dict[str, str]:
    """A day as the three boxes of a form send it."""
    return {f"{name}_day": str(day.day), f"{name}_month": str(day.month), f"{name}_year": str(day.year)}
