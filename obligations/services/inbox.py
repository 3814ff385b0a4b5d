"""Messages in Duly: what a person says that they have read."""

from __future__ import annotations

from datetime import datetime

from contracts.absence import NotThere
from contracts.models import Person
from obligations import selectors
from obligations.models import Notice


def read(person: Person, notice_id: int, now: datetime) -> None:
    """They have read this message. Raises NotThere where it is none of theirs, or one they may not see."""
    theirs = selectors.told_to(person, now).filter(pk=notice_id)
    if not theirs.exists():
        raise NotThere("no such message")
    Notice.objects.filter(pk=notice_id, recipient=person, read_at=None).update(read_at=now)


def read_all(person: Person, until: datetime, now: datetime) -> int:
    """They have read all that was there for them at ``until``; how many of it were new to them."""
    unread = selectors.told_to(person, min(until, now)).filter(read_at=None)
    return Notice.objects.filter(pk__in=unread.values("pk")).update(read_at=now)
