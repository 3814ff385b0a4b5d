"""How long a request's body may be, decided from its head alone, before anything of it is stored.

Who has signed in may send a file; everybody else a form. Whether somebody has is told from a cookie that Duly
signs (`KNOWN`), so that the server can tell while it reads the head, without asking the database. The cookie
opens nothing: it is bound to the session's cookie, and all that follows from it is the longer limit.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from io import BytesIO
from typing import Any

from django.conf import settings
from django.utils.crypto import salted_hmac

KNOWN = "duly_known"
"""The cookie: `SECONDS.MAC`, when it was given, since 1970, and a MAC over that and the session's cookie."""

REFUSAL = "duly.refusal"
"""Where a server's environment carries the `Refusal` of a request whose body was not taken."""

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


@dataclass(frozen=True)
class Refusal:
    """Why a request is answered without being read: the status, a title, and what it says."""

    status: int
    title: str
    words: tuple[str, ...]


def signature(session: str, at: int) -> str:
    return salted_hmac("compliance.serving.bodies", f"{at}|{session}", algorithm="sha256").hexdigest()


def known_value(session: str, at: int) -> str:
    """The cookie for who has signed in with the session cookie `session` at the second `at`."""
    return f"{at}.{signature(session, at)}"


def given_at(known: str, session: str) -> int | None:
    """When Duly gave the cookie `known` beside `session`, in seconds since 1970; None where it did not."""
    at, _, mac = known.partition(".")
    if not (session and at.isascii() and at.isdigit() and len(at) < 12):
        return None
    right = hmac.compare_digest(mac.encode(), signature(session, int(at)).encode())
    return int(at) if right else None


def is_known(cookies: str, now: float) -> bool:
    """Whether a request with the Cookie header `cookies` is from somebody who signed in lately."""
    found: SimpleCookie = SimpleCookie()
    try:
        found.load(cookies)
    except CookieError:
        return False
    session, known = found.get(settings.SESSION_COOKIE_NAME), found.get(KNOWN)
    if session is None or known is None:
        return False
    at = given_at(known.value, session.value)
    return at is not None and at <= now <= at + settings.SESSION_COOKIE_AGE


def limit(cookies: str, now: float) -> int:
    """The most bytes of a body, of a request with this Cookie header at `now`, in seconds since 1970."""
    return settings.LARGEST_BODY if is_known(cookies, now) else settings.LARGEST_BODY_OF_STRANGERS


def too_large(most: int) -> Refusal:
    """What is said where a body has more bytes than `most`."""
    if most == settings.LARGEST_BODY:
        files = settings.MAX_UPLOAD_BYTES // 1024 // 1024
        words = (
            f"One form may hold {size(most)} in all, and one file {files} MB.",
            "Nothing of it was kept. Send a smaller file, or several forms.",
        )
    else:
        words = (
            f"Before you sign in a form may hold {size(most)}.",
            "Nothing of it was kept. Sign in, then send it again.",
        )
    return Refusal(413, "This is too large", words)


BUSY = Refusal(
    503,
    "Too many files are arriving",
    (
        "Duly is taking as many large files as it can hold at once.",
        "Nothing was kept. Send it again in a minute.",
    ),
)

PROXIED = Refusal(
    400,
    "This Duly is set up for one machine",
    (
        "A proxy passed this request on, but SITE_URL is not set to the address that people use.",
        "Set SITE_URL to that https:// address, and BEHIND_PROXY, then start Duly again.",
    ),
)
BY_A_PROXY = (
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_REAL_IP",
    "HTTP_FORWARDED",
    "HTTP_VIA",
)


def size(count: int) -> str:
    """A number of bytes as people write it: 64 KB, 22 MB."""
    return f"{count // 1024 // 1024} MB" if count >= 1024 * 1024 else f"{count // 1024} KB"


class Guarded:
    """A WSGI application that is asked only what may be asked, whatever server runs it.

    Our own server (worker.py) has looked already; another one meets the same rules here, before Django reads.
    """

    def __init__(self, application: Application, clock: Callable[[], float]) -> None:
        self.application = application
        self.clock = clock

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        refusal = environ.get(REFUSAL) or self.refusal(environ)
        if refusal:
            environ |= {REFUSAL: refusal, "CONTENT_LENGTH": "0", "wsgi.input": BytesIO()}
        return self.application(environ, start_response)

    def refusal(self, environ: dict[str, Any]) -> Refusal | None:
        if settings.OWN_MACHINE and any(name in environ for name in BY_A_PROXY):
            return PROXIED
        sent = environ.get("CONTENT_LENGTH") or "0"
        if not sent.isdigit():
            return None  # Django reads none of it
        most = limit(environ.get("HTTP_COOKIE", ""), self.clock())
        return too_large(most) if int(sent) > most else None
