"""A form is acted on once, however often its button is pressed.

The form carries a random token. The first submission takes it; a second finds it taken. Where nothing came of
the first, the token is given back, so that a corrected form goes through.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from django import forms
from django.core.cache import cache

A_DAY = 24 * 3600
TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}")


def new() -> str:
    """A token for a form that is shown."""
    return secrets.token_urlsafe(16)


class TokenField(forms.CharField):
    """The hidden field of the token. A form without one is acted on like any other."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(required=False, max_length=64, initial=new, label="")


def take(token: str) -> bool:
    """Whether this is the first submission. While Redis is gone each process knows only its own
    (``compliance/cache.py``)."""
    return not TOKEN.fullmatch(token) or bool(cache.add(_key(token), 1, A_DAY))


@contextmanager
def given_back_if_it_fails(token: str) -> Iterator[None]:
    """Whatever is raised inside, a refusal or a fault of ours, gives the token back and goes on its way."""
    try:
        yield
    except BaseException:
        give_back(token)
        raise


def give_back(token: str) -> None:
    """Nothing came of it: the same form may be sent again."""
    if TOKEN.fullmatch(token):
        cache.delete(_key(token))


def _key(token: str) -> str:
    return f"once:{token}"
