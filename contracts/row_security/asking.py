"""Who is asking: a person, or a job of the system. The database is told so in every transaction.

Nobody asks until somebody says so, and nobody sees nothing. Pages and endpoints ask as the person who is
signed in, before that as the job ``SIGN_IN``; tasks and commands ask as a job of their own name::

    with asking.person(7):
        ...
    with asking.job("raise_recurring"):
        ...

A service that has decided by the gate, and then needs what the person does not see, says for how long and
what for: ``asking.job("make a contract")``. Whoever holds the lock of a contract (``contracts/services/
locks.py``) sees all of it until the transaction ends: its duties are worked out from everything there is.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass
from typing import TypeVar

from contracts.terms.moments import Day

Row = TypeVar("Row")

SIGN_IN = "sign-in"
"""The job of a request before anybody is known: it sees who can sign in and by what, and nothing else."""

SETTING = "duly.asking"
"""The setting of the transaction that carries the token."""

LABEL = b"duly row security 1"
BLOCK = 64  # of SHA-256, in bytes


@dataclass(frozen=True, eq=False, slots=True)
class Asking:
    """Who asks. ``kind``: person, back_room or job; ``who``: the person's number or the job's name.

    ``only``: the one contract to which a job is limited; empty for a job about everything.
    """

    kind: str
    who: str
    only: frozenset[int] = frozenset()

    @property
    def is_about_everything(self) -> bool:
        """Whether it is a job that is limited to no contract."""
        return self.kind == "job" and not self.only

    def told(self, day: Day, held: frozenset[int] = frozenset()) -> str:
        """What the token says of it, before what ties it to a transaction.

        ``day``: the London day. ``held``: the contracts whose lock it has in this transaction.
        """
        seen = frozenset() if self.is_about_everything else self.only | held
        contracts = ",".join(str(one) for one in sorted(seen))
        return f"{self.kind}|{self.who}|{contracts}|{day.isoformat()}"


_ASKING: ContextVar[Asking | None] = ContextVar("asking", default=None)


def current() -> Asking | None:
    """Who asks at present; None: nobody."""
    return _ASKING.get()


@contextmanager
def person(person_id: int) -> Iterator[None]:
    """Ask as this person: what they are a member of today and what is not kept from them."""
    with _as(_person(person_id)):
        yield


@contextmanager
def back_room(person_id: int) -> Iterator[None]:
    """Ask as an administrator of the system at the back room: every contract, less what is kept from them."""
    with _as(Asking("back_room", str(person_id))):
        yield


@contextmanager
def job(name: str, contract: int | None = None) -> Iterator[None]:
    """Ask as a job of the system: about a contract or about everything. Raises ValueError for a bad name."""
    with _as(_job(name, contract)):
        yield


def become(person_id: int) -> None:
    """From here on the request asks as this person: where who it is comes out only in the middle of it."""
    _ASKING.set(_person(person_id))


def sign_out() -> None:
    """From here on the request asks as nobody who is known, where a person asked."""
    if (now := current()) is not None and now.kind != "job":
        _ASKING.set(_job(SIGN_IN, None))


def begin(name: str) -> Token[Asking | None]:
    """Ask as a job for as long as this process, or thread, lasts: for a script without an end of its own."""
    return _ASKING.set(_job(name, None))


def over(rows: Iterable[Row]) -> Iterator[Row]:
    """The same rows, each asked for as who asks now: for an answer that is written after its request."""
    return _over(iter(rows), current())


def _over(steps: Iterator[Row], then: Asking | None) -> Iterator[Row]:
    while True:
        with _as(then):
            try:
                row = next(steps)
            except StopIteration:
                return
        yield row


@contextmanager
def _as(asking: Asking | None) -> Iterator[None]:
    before = _ASKING.set(asking)
    try:
        yield
    finally:
        _ASKING.reset(before)


def _person(person_id: int) -> Asking:
    return Asking("person", str(int(person_id)))


def _job(name: str, contract: int | None) -> Asking:
    if not name or "|" in name:
        raise ValueError(f"{name!r} is no name of a job")
    return Asking("job", name, frozenset() if contract is None else frozenset({contract}))


# The token


def key_of(secret: str) -> bytes:
    """The key of tokens: 32 bytes that follow from SECRET_KEY, and from which it does not follow."""
    return hmac.new(secret.encode(), LABEL, hashlib.sha256).digest()


def pads_of(key: bytes) -> tuple[bytes, bytes]:
    """The key as the two blocks that HMAC-SHA256 begins with (RFC 2104), so that the database needs only
    its own ``sha256``."""
    block = key.ljust(BLOCK, b"\0")
    return bytes(one ^ 0x36 for one in block), bytes(one ^ 0x5C for one in block)


def token(key: bytes, told: str, transaction: str) -> str:
    """What the database is shown. ``transaction``: its backend and when it began; it counts there alone."""
    says = f"{told}|{transaction}"
    return f"{says}|{hmac.new(key, says.encode(), hashlib.sha256).hexdigest()}"
