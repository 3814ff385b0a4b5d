"""Sessions, a change of address and a lost device, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from contracts.models import AddressChange, FactorRecovery, Session
from contracts.web.words import moment_words

HERE = ("127.0.0.1", "::1")


@dataclass(frozen=True)
class SessionRow:
    """One place where somebody is signed in. ``key`` names it in the form that ends it."""

    device: str
    place: str
    seen: str
    began: str
    key: str
    own: bool


def session_row(session: Session, own: str) -> SessionRow:
    """``own``: the hash of the session that asks."""
    place = "This machine" if session.place in HERE else session.place or "Not known"
    return SessionRow(
        session.device or "A browser that does not say what it is",
        place,
        moment_words(session.seen_at) if session.seen_at else "",
        moment_words(session.began_at) if session.began_at else "",
        session.session_key,
        session.session_key == own,
    )


def waiting_rows(change: AddressChange | None) -> list[dict[str, Any]]:
    """What is asked for and not yet confirmed by both."""
    if change is None:
        return []
    ends = ((change.before, change.before_confirmed_at), (change.after, change.after_confirmed_at))
    rows = [{"key": one, "value": "Confirmed" if at else "Not confirmed yet"} for one, at in ends]
    return [*rows, {"key": "The links work until", "value": moment_words(change.expires_at)}]


def recovery_rows(recovery: FactorRecovery) -> list[dict[str, Any]]:
    """How far two administrators are with a lost device."""
    agreed = "Not yet"
    if recovery.agreed_at:
        agreed = f"{recovery.agreed_by_name}, {moment_words(recovery.agreed_at)}"
    return [
        {"key": "Asked by", "value": f"{recovery.asked_by_name}, {moment_words(recovery.asked_at)}"},
        {"key": "What happened", "value": recovery.reason},
        {"key": "Agreed by another administrator", "value": agreed},
        {"key": "Can be done until", "value": moment_words(recovery.expires_at)},
    ]
