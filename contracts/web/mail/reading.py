"""The demo's caught mail, read from its files as plain text. Nothing of a message is shown as HTML."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from django.utils.html import strip_tags

NAME = re.compile(r"(?P<nanoseconds>\d{20})-\d+")


@dataclass(frozen=True)
class Mail:
    """One caught message. ``key`` is its file's name without the ending."""

    key: str
    arrived: datetime | None
    sender: str
    to: str
    subject: str
    body: str = ""


def newest(folder: Path) -> list[str]:
    """The keys of what was caught, newest first."""
    if not folder.is_dir():
        return []
    return sorted((file.stem for file in folder.glob("*.eml") if NAME.fullmatch(file.stem)), reverse=True)


def read(folder: Path, key: str) -> Mail | None:
    """One message, or None where there is none of that key."""
    match = NAME.fullmatch(key)
    if match is None:
        return None
    try:
        message = message_from_bytes((folder / f"{key}.eml").read_bytes(), policy=policy.default)
    except OSError:
        return None
    seconds = int(match["nanoseconds"]) / 1e9
    return Mail(
        key=key,
        arrived=datetime.fromtimestamp(seconds, UTC),
        sender=str(message.get("From", "")),
        to=str(message.get("To", "")),
        subject=str(message.get("Subject", "")) or "(no subject)",
        body=_text(message),
    )


def _text(message: EmailMessage) -> str:
    part = message.get_body(preferencelist=("plain", "html"))
    if part is None:
        return "(this message has no text)"
    try:
        content = str(part.get_content())
    except (LookupError, ValueError, KeyError):
        return "(this message cannot be read as text)"
    return strip_tags(content) if part.get_content_type() == "text/html" else content
