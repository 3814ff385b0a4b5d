"""Secrets from files: `NAME_FILE` names a file that holds what NAME would say, for those who keep them so."""

from __future__ import annotations

from collections.abc import MutableMapping
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

NAMES = (
    "SECRET_KEY",
    "SECRET_KEY_FALLBACKS",
    "LEDGER_KEYS",
    "SEAL_KEY",
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "REDIS_URL",
    "EMAIL_URL",
    "METRICS_TOKEN",
    "BACKUP_KEY",
)


def read_into(environment: MutableMapping[str, str]) -> None:
    """Sets each of NAMES that has a file, without the blanks around it.

    Raises ImproperlyConfigured where a file cannot be read, is empty, or the name is set beside it.
    """
    for name in NAMES:
        path = environment.get(f"{name}_FILE")
        if not path:
            continue
        if environment.get(name):
            raise ImproperlyConfigured(f"{name} and {name}_FILE are both set: keep one of them")
        try:
            value = Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeError) as error:
            why = getattr(error, "strerror", None) or "it is no text"
            raise ImproperlyConfigured(f"{name}_FILE is {path}, which cannot be read: {why}") from error
        if not value:
            raise ImproperlyConfigured(f"{name}_FILE is {path}, which is empty")
        environment[name] = value
        del environment[f"{name}_FILE"]
