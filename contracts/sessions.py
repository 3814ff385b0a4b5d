"""Sessions as Django keeps them in the database, with the key hashed and the data sealed (SESSION_ENGINE).

A session ends at the latest SESSION_COOKIE_AGE after somebody signed in, however much they do: the lease of
Django's own store begins anew with each write.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.utils import timezone

from contracts.models import Session
from contracts.services import sealing
from contracts.terms.moments import after

BEGAN, SEEN, PLACE, DEVICE = "duly.began", "duly.seen", "duly.place", "duly.device"
"""What a session says of itself; the first two are seconds since 1970. Its row's columns say the same."""


def hash_of(key: str) -> str:
    """SHA-256 of a session's key. It is random and long, so that a hash without salt gives nothing away."""
    return hashlib.sha256(key.encode()).hexdigest()


def moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


class SessionStore(db.SessionStore):
    """The cookie holds the key, the row its hash."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def encode(self, session_dict: dict[str, Any]) -> str:
        return sealing.seal("session", super().encode(session_dict))

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """What was sealed with another key is a session that ended."""
        try:
            return super().decode(sealing.unseal("session", str(session_data)))
        except sealing.CannotOpen:
            return {}

    def _get_session_from_db(self) -> Session | None:
        rows = Session.objects.filter(expire_date__gt=timezone.now())
        row = rows.filter(pk=hash_of(self.session_key or "")).first()
        if row is None:
            self._session_key = None
        return row

    def exists(self, session_key: str) -> bool:
        return Session.objects.filter(pk=hash_of(session_key)).exists()

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        key: str = self._get_or_create_session_key()  # type: ignore[attr-defined]  # not in Django's types
        began = moment(data.get(BEGAN)) if SESSION_KEY in data else None
        ends = self.get_expiry_date()
        if began is not None:
            ends = min(ends, after(began, timedelta(seconds=settings.SESSION_COOKIE_AGE)))
        return Session(
            session_key=hash_of(key),
            session_data=self.encode(data),
            expire_date=ends,
            person_id=int(data[SESSION_KEY]) if began else None,
            began_at=began,
            seen_at=moment(data.get(SEEN)) if began else None,
            place=data.get(PLACE, "") if began else "",
            device=data.get(DEVICE, "") if began else "",
        )

    def delete(self, session_key: str | None = None) -> None:
        if key := session_key or self.session_key:
            Session.objects.filter(pk=hash_of(key)).delete()
