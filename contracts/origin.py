"""Where something on the record came from: a signature (HMAC) with a key that the database does not hold.

Whoever owns the database can write any row and work out any hash, and not this. It reads ``KEY:HOW:DIGEST``:
the name of the key, how it came to be signed, and 64 hexadecimal digits. The keys follow from ``LEDGER_KEYS``
of the settings or, where that is empty, from ``SECRET_KEY``; the first signs, the others are for checking.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from enum import Enum
from functools import cache

from django.conf import settings

MADE = "made"
"""Signed when it was written."""

FOUND = "found"
"""It was there before there were signatures, and was signed as the release that brought them found it."""

LABEL = b"duly origin 1"


class Origin(Enum):
    """What a signature says."""

    RIGHT = "right"
    NONE = "none"
    WRONG = "wrong"
    UNKNOWN_KEY = "unknown key"
    """It was made with a key that the settings do not name, so nobody can say."""


def sign(what: str, content: str, how: str = MADE) -> str:
    """A signature over ``content``. ``what`` is the kind of thing, so that one never passes for another."""
    name, key = _keys()[0]
    return f"{name}:{how}:{_digest(key, what, how, content)}"


def check(what: str, content: str, signature: str) -> Origin:
    """What a signature says of ``content``."""
    if not signature:
        return Origin.NONE
    name, _, rest = signature.partition(":")
    how, _, digest = rest.partition(":")
    key = dict(_keys()).get(name)
    if key is None:
        return Origin.UNKNOWN_KEY
    return Origin.RIGHT if hmac.compare_digest(digest, _digest(key, what, how, content)) else Origin.WRONG


def key_name(signature: str) -> str:
    """The name of the key that a signature was made with."""
    return signature.partition(":")[0]


def _digest(key: bytes, what: str, how: str, content: str) -> str:
    return hmac.digest(key, f"{what}\n{how}\n{content}".encode(), "sha256").hex()


def _keys() -> Sequence[tuple[str, bytes]]:
    secrets = (*settings.LEDGER_KEYS, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return _named(secrets)


@cache
def _named(secrets: tuple[str, ...]) -> tuple[tuple[str, bytes], ...]:
    keys = [hmac.digest(secret.encode(), LABEL, "sha256") for secret in secrets]
    return tuple((hashlib.sha256(b"name " + key).hexdigest()[:8], key) for key in keys)
