"""The log: lines for people, or one JSON object a line for machines; with the request, and without secrets.

What somebody types to get in, and the links that let somebody in, never stand in a log, wherever they come
from: `without_secrets` goes over every line before it is written, tracebacks too.
"""

from __future__ import annotations

import logging
import re
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

REMOVED = "[removed]"

NAMED = re.compile(
    r"""(?ix)
    (?P<name> [\w-]* (?: password|passwd|passphrase|secret|token|authorization|cookie|csrf|session_?id )
        [\w-]* ["']? \s* [=:] \s*)
    (?: "[^"]*" | '[^']*' | (?: (?:bearer|basic|token) \s+ )? [^\s,;&"'}\])]+ )"""
)
"""A name that tells a secret, and what stands after it: in a form, a header, an address or a dictionary."""
IN_QUERY = re.compile(r"([?&](?:key|code|state|otp)=)[^&\s\"']+", re.IGNORECASE)
IN_ADDRESS = re.compile(r"(://[^/\s:@]*:)[^@/\s]+(?=@)")
"""The password of a database, a queue or a mail server."""
IN_PATH = re.compile(
    r"(/(?:start|join|mail|address|recovery|feed|accounts/password/reset/key|accounts/confirm-email)/)[^\s/?#\"'<>)]+"
)
"""The links that let somebody in, and the mail they came with. A test asks every address with such a part."""


def without_secrets(text: str) -> str:
    """The same text with what is secret in it replaced by `REMOVED`."""
    text = NAMED.sub(rf"\g<name>{REMOVED}", text)
    for pattern in (IN_QUERY, IN_ADDRESS, IN_PATH):
        text = pattern.sub(rf"\g<1>{REMOVED}", text)
    return text


class Line(logging.Formatter):
    """A line for people."""

    def format(self, record: logging.LogRecord) -> str:
        return without_secrets(super().format(record))


def clean(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """What a JSON line says, without secrets."""
    return {
        name: without_secrets(value) if isinstance(value, str) else value for name, value in event.items()
    }


def of_record(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Adds what some lines carry beside their text: the figures of a request."""
    return {**event, **getattr(event["_record"], "figures", {})}


def configuration(form: str, level: str) -> dict[str, Any]:
    """What `logging.config.dictConfig` takes: `form` is line or json, `level` the least that is written."""
    before = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        of_record,
    ]
    after = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        clean,
        structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
    ]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {"()": Line, "format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": before,
                "processors": after,
            },
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": form}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "mail.log": {"level": "WARNING"},
            "waitress.queue": {"level": "ERROR"},
            "compliance.requests": {"level": "INFO" if form == "json" else "WARNING"},
            "gunicorn.error": {"level": "WARNING", "handlers": [], "propagate": True},
            "gunicorn.access": {"level": "WARNING", "handlers": [], "propagate": True},
        },
    }
