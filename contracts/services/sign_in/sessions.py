"""Where people are signed in, and ending that."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from contracts.models import Person, Session


def sessions_of(person: Person, now: datetime) -> QuerySet[Session]:
    """Where somebody is signed in, the last they used first."""
    return Session.objects.filter(person=person, expire_date__gt=now).order_by("-seen_at", "pk")


def end_session(person: Person, key_hash: str) -> bool:
    """End one session of somebody's own. Whether there was one."""
    return bool(Session.objects.filter(person=person, pk=key_hash).delete()[0])


def end_sessions(person: Person, *, but: str = "") -> int:
    """End all sessions of somebody, but the one with this hash; how many there were."""
    return Session.objects.filter(person=person).exclude(pk=but).delete()[0]


def sweep(now: datetime) -> int:
    """Throw away sessions that ended by themselves."""
    return Session.objects.filter(expire_date__lt=now).delete()[0]
