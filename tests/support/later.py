"""A later version of a rulebook, and a later edition of the engine, as the next release would bring them.

Counted from the first of each: a book may have any version today, and the engine any edition.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any

import pytest

from contracts.terms.moments import london_day
from obligations.rules.engine import contract_book, edition
from obligations.rules.register.duty import Duty
from obligations.rules.register.rulebook import Rulebook, parse_rulebook, version_content
from obligations.services.asking import versions
from obligations.services.versions import offers
from tests.cast import DMP

NEW_RULE = {
    "key": "10.3-report",
    "path": "main/10.3",
    "party": "supplier",
    "title": "Report that a patch was applied",
    "summary": "An invented rule: say so within two days.",
    "shape": "event",
    "on": ["patch_publicly_released"],
    "amount": 2,
    "unit": "days",
}

Edit = Callable[[list[dict[str, Any]]], list[dict[str, Any]]]


@cache
def first(key: str) -> Rulebook:
    """The first version of a rulebook."""
    return parse_rulebook(version_content(key, 1))


def later(number: int, edit: Edit, key: str = DMP) -> Rulebook:
    """A later version of a rulebook than the first: ``edit`` gets the rules of every file and gives those it
    has then.
    """
    content = copy.deepcopy(dict(first(key).content))
    content["header"]["version"] = number
    for file in content["files"].values():
        if "rule" in file:
            file["rule"] = edit(file["rule"])
    return parse_rulebook(content)


def changed(rules: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Critical patches within 14 days instead of 7; a new rule; the rule on vulnerability scans is gone."""
    found = []
    for rule in rules:
        if rule["key"] == "7.1.3":
            continue
        found.append(rule | {"amount": 14} if rule["key"] == "10.3-critical" else rule)
        if rule["key"] == "10.3-critical":
            found.append(NEW_RULE)
    return found


@pytest.fixture
def release(monkeypatch) -> Callable[[Rulebook], None]:
    """Installs a release of Duly that ships this book instead of its first version; all others are first."""

    def install(book: Rulebook | None) -> None:
        def shipped(key: str) -> Rulebook:
            return book if book is not None and key == book.key else first(key)

        monkeypatch.setattr(versions, "load_rulebook", shipped)
        monkeypatch.setattr(offers, "load_rulebook", shipped)

    install(None)
    return install


@pytest.fixture(autouse=True)
def first_release(release, monkeypatch) -> None:
    """Until a test installs another, the release ships the first version of every book, and has the engine's
    first edition by number: it judges as today's does.
    """
    for number in [number for number in edition.EDITIONS if number > 1]:
        monkeypatch.delitem(edition.EDITIONS, number)


@pytest.fixture
def next_edition(monkeypatch) -> Callable[..., None]:
    """Installs a release with a later edition of the engine: ``read`` is what it makes of the duties."""
    engine = contract_book.derive_amended

    def install(read: Callable[[list[Duty]], list[Duty]], number: int = 2) -> None:
        monkeypatch.setitem(edition.EDITIONS, number, ("Invented: what this edition reads otherwise.",))
        monkeypatch.setattr(contract_book, "derive_amended", lambda *args: read(engine(*args)))

    return install


def moved(duty: Duty, days: int) -> Duty:
    """The duty with a later date, where it has one."""
    deadline = duty.deadline
    if deadline.due_at is None:
        return duty
    due_at = deadline.due_at + timedelta(days=days)
    return replace(duty, deadline=replace(deadline, due_at=due_at, due_date=london_day(due_at)))


def two_days_later(key: str) -> Callable[[list[Duty]], list[Duty]]:
    """An edition under which the duties of one rule are due two days later."""
    return lambda duties: [moved(one, 2) if one.rule_key == key else one for one in duties]
