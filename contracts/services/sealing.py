"""What the database keeps and must not be able to read: sealed with a key that is derived from SECRET_KEY.

Whoever reads the tables, by a stray SELECT or from a copy, reads nothing of it. Each purpose has a key of its
own. Where SECRET_KEY was changed, what was sealed before is opened with SECRET_KEY_FALLBACKS.
"""

from __future__ import annotations

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac


class CannotOpen(Exception):
    """What is kept was sealed with another key or for another purpose, or was changed."""


def seal(purpose: str, text: str) -> str:
    """A text that only ``unseal`` with the same purpose and key makes readable again."""
    return _keys(purpose, *_secrets()).encrypt(text.encode()).decode()


def unseal(purpose: str, sealed: str) -> str:
    """The text that was sealed. Raises CannotOpen."""
    try:
        return _keys(purpose, *_secrets()).decrypt(sealed.encode()).decode()
    except (InvalidToken, UnicodeError) as error:
        raise CannotOpen(purpose) from error


def _secrets() -> tuple[str, ...]:
    return (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


@lru_cache(maxsize=16)
def _keys(purpose: str, *secrets: str) -> MultiFernet:
    made = [salted_hmac(f"duly.sealed.{purpose}", "", one, algorithm="sha256").digest() for one in secrets]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(one)) for one in made])
