"""What keeps web, worker and beat from starting, each fault told in one line. The one place for all of it.

A check takes the settings and returns the fault in words, or None. `SETTINGS` needs nothing else; `DATABASE`
is asked once the settings are sound. A new check is a function and its name in one of the two, with a test.
Commands of manage.py are not kept from running: with them one mends it.
"""

from __future__ import annotations

import ipaddress
import sys
from collections.abc import Callable
from typing import Any, NoReturn

from django.core.exceptions import ImproperlyConfigured

REFUSED = 78
"""The exit status of a process that does not start, the usual one for settings: trying again helps nobody."""

TRY_AGAIN = 1
"""The exit status where the database did not answer: that may pass by itself."""

SHORTEST_KEY = 50
SHORTEST_TOKEN = 32
FEWEST_CHARACTERS = 10
"""Of a secret: its length, and how many different characters it has. `openssl rand -base64 48` has both."""

KNOWN_PASSWORDS = {
    "duly-app",
    "duly-owner",
    "duly",
    "duly_app",
    "duly_owner",
    "postgres",
    "password",
    "changeme",
}
LEAVES_THIS_MACHINE = "django.core.mail.backends.smtp.EmailBackend"

type_of_check = Callable[[Any], str | None]


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a listener at `host`, an address or a name."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def is_strong(secret: str, shortest: int) -> bool:
    """Whether a secret may have been drawn by lot, as far as one can see."""
    return len(secret) >= shortest and len(set(secret)) >= FEWEST_CHARACTERS


def known_site(settings: Any) -> str | None:
    if settings.LOCAL and not settings.OWN_MACHINE and not settings.SITE_URL_IS_SET:
        return (
            f"SITE_URL is not set, and HOST={settings.HOST} lets others in: "
            "set SITE_URL to the https:// address that people use"
        )
    return None


def strong_key(settings: Any) -> str | None:
    if settings.OWN_MACHINE or is_strong(settings.SECRET_KEY, SHORTEST_KEY):
        return None
    return (
        f"SECRET_KEY is too weak: it needs {SHORTEST_KEY} random characters or more, "
        "for example those of `openssl rand -base64 48`"
    )


def sealing_key_fits(settings: Any) -> str | None:
    from contracts import sealing_key

    if not settings.SEAL_KEY:
        return (
            "SEAL_KEY is not set, so nothing on the record could be sealed: "
            "set it to the file that `python manage.py seal --new-key FILE` makes"
        )
    try:
        sealing_key.load(settings.SEAL_KEY)
    except sealing_key.BadKey as error:
        return f"SEAL_KEY cannot be used: {error}"
    return None


def no_debug(settings: Any) -> str | None:
    if settings.DEBUG and not settings.OWN_MACHINE:
        return "DEBUG is on, which shows code and settings to whoever meets an error: unset it"
    return None


def named_hosts(settings: Any) -> str | None:
    wide = [host for host in settings.ALLOWED_HOSTS if host == "*" or host.startswith(".")]
    if wide and not settings.OWN_MACHINE:
        return f"ALLOWED_HOSTS has {wide[0]!r}: name each host, since links are made from it"
    return None


def own_database_password(settings: Any) -> str | None:
    database = settings.DATABASES["default"]
    password = database.get("PASSWORD") or ""
    if not settings.OWN_MACHINE and password and password in KNOWN_PASSWORDS | {database.get("USER")}:
        return "DATABASE_URL has a password that everybody knows: give the database role one of its own"
    return None


def mail_leaves(settings: Any) -> str | None:
    if settings.LOCAL:
        return None
    if not settings.EMAIL_URL_IS_SET:
        return (
            "EMAIL_URL is not set, so no reminder and no password reset would reach anybody: "
            "set it to the mail server, as smtp+tls://user:password@host:587"
        )
    if settings.EMAIL_BACKEND != LEAVES_THIS_MACHINE:
        return "EMAIL_URL names no mail server: set it as smtp+tls://user:password@host:587"
    if settings.EMAIL_PORT == settings.MAIL_CATCHER_PORT:
        return (
            f"EMAIL_URL is the demo's mail catcher (port {settings.EMAIL_PORT}), from which nothing goes on: "
            "set it to a mail server"
        )
    return None


def strong_metrics_token(settings: Any) -> str | None:
    if (
        settings.OWN_MACHINE
        or not settings.METRICS_TOKEN
        or is_strong(settings.METRICS_TOKEN, SHORTEST_TOKEN)
    ):
        return None
    return (
        f"METRICS_TOKEN is too weak: it needs {SHORTEST_TOKEN} random characters or more, "
        "for example those of `openssl rand -base64 32`"
    )


SETTINGS: list[type_of_check] = [
    known_site,
    strong_key,
    sealing_key_fits,
    no_debug,
    named_hosts,
    own_database_password,
    mail_leaves,
    strong_metrics_token,
]


def weak_role(settings: Any) -> str | None:
    from compliance.roles import objection_to_role

    return objection_to_role()


def strange_key(settings: Any) -> str | None:
    from compliance.roles import objection_to_key

    return objection_to_key()


DATABASE: list[type_of_check] = [weak_role, strange_key]


def wrong_listener(settings: Any, address: Any) -> str | None:
    """Why web may not listen at `address`, as gunicorn has it: a host and a port, or the path of a socket."""
    host = address[0] if isinstance(address, tuple) else "localhost"
    if settings.OWN_MACHINE and not is_loopback(host):
        return (
            f"it would listen at {host} as on a machine of one's own: "
            "set HOST, and SITE_URL to the https:// address that people use"
        )
    return None


def faults() -> list[str]:
    """Every fault that keeps this process from starting, one line each; the database is asked last."""
    from django.conf import settings

    found = [fault for check in SETTINGS if (fault := check(settings))]
    if found:
        return found
    from django.db import connection

    try:
        return [fault for check in DATABASE if (fault := check(settings))]
    finally:
        connection.close()


def exit_if_refused() -> None:
    """Ends the process with a line for each fault, or where the database does not answer."""
    from django.db import OperationalError

    try:
        found = faults()
    except OperationalError as error:
        end([f"the database does not answer: {' '.join(str(error).split())}"], TRY_AGAIN)
    if found:
        end(found)


def exit_if_unreadable() -> None:
    """Loads the settings; where they cannot be, ends the process with the reason instead of a traceback."""
    from django.conf import settings

    try:
        assert settings.INSTALLED_APPS  # the first look at a setting reads them all
    except ImproperlyConfigured as error:
        end([str(error)])


def end(lines: list[str], status: int = REFUSED) -> NoReturn:
    """Ends the process with `lines` on its own standard error, which Celery would else make log lines of."""
    print("\n".join(f"Duly does not start: {line}" for line in lines), file=sys.__stderr__, flush=True)
    raise SystemExit(status)
