"""What a service answers when it will not do what was asked."""

from __future__ import annotations

from string import whitespace
from unicodedata import category


class Refused(Exception):
    """Nothing was changed. ``field`` names the input at fault ("" where it is the whole); ``message`` says
    what is wrong and how to put it right."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message

    def __str__(self) -> str:
        return f"{self.field}: {self.message}" if self.field else self.message


JOINERS = "\u200c\u200d"
"""Of the characters without a shape of their own the two that some scripts need inside words."""


def one_line(text: str) -> str:
    """A short text without the characters that show nothing or turn the direction of what follows them."""
    kept = "".join(one for one in text if one in JOINERS or category(one) != "Cf")
    return kept.strip() if kept.strip(JOINERS + whitespace) else ""


def required(field: str, value: str, message: str, *, longest: int | None = None) -> str:
    """The value without the blanks around it. Raises Refused where it is empty or too long."""
    text = value.strip()
    if not text:
        raise Refused(field, message)
    if "\x00" in text:
        raise Refused(field, "Take out the null character: it cannot be stored.")
    if longest is not None and len(text) > longest:
        raise Refused(field, f"Shorten this to {longest} characters; it has {len(text)}.")
    return text


def one_name(field: str, value: str, message: str, *, longest: int = 200) -> str:
    """A name as it may stand in a sentence, a mail's subject and a list: on one line, with single blanks.

    Raises Refused where nothing is left, where it is too long or has characters that control a terminal.
    """
    text = required(field, " ".join(one_line(value).split()), message, longest=longest)
    if any(category(one) == "Cc" for one in text):
        raise Refused(field, "Take out the control characters: a name is written with letters and signs.")
    return text
