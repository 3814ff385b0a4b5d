"""A form is acted on once, however often its button is pressed.

The form carries a random token. The first submission takes it; a second waits until the first has come to
something, and finds it taken. Where nothing came of the first, the token is given back, so that a corrected
form goes through.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django import forms
from django.core.cache import cache

A_DAY = 24 * 3600
UNDER_WAY, DONE = "under way", "done"
WAITS = 5.0
"""Seconds that a second submission waits for the first: what it then shows is there."""
PAUSE = 0.05
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
    """Whether this is the first submission, or the first that came to anything.

    While Redis is gone each process knows only its own (``compliance/cache.py``).
    """
    if not TOKEN.fullmatch(token):
        return True
    until = time.monotonic() + WAITS
    while not cache.add(_key(token), UNDER_WAY, A_DAY):
        if cache.get(_key(token)) == DONE or time.monotonic() >= until:
            return False
        time.sleep(PAUSE)
    return True


@contextmanager
def given_back_if_it_fails(token: str) -> Iterator[None]:
    """Whatever is raised inside, a refusal or a fault of ours, gives the token back and goes on its way.

    Where nothing is, the token is done with.
    """
    try:
        yield
    except BaseException:
        give_back(token)
        raise
    if TOKEN.fullmatch(token):
        cache.set(_key(token), DONE, A_DAY)


def give_back(token: str) -> None:
    """Nothing came of it: the same form may be sent again."""
    if TOKEN.fullmatch(token):
        cache.delete(_key(token))


def _key(token: str) -> str:
    return f"once:{token}"
