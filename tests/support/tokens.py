"""A token of somebody for a program."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from contracts.models import Person
from contracts.services import api_tokens
from contracts.terms.moments import london_day


def key_of(person: Person, *, name: str = "tests", now: datetime | None = None, **chosen) -> str:
    """The key of a token that reads every contract of theirs for a week, unless something else is chosen."""
    now = now or timezone.now()
    usual = {"scope": "read", "contracts": None, "last_day": london_day(now) + timedelta(days=7)}
    return api_tokens.make(person, now, name=name, **{**usual, **chosen}).key
