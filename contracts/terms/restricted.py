"""The names and keys of what is kept to a distribution list (DMP 23 Appendix 1, 1.2)."""

from __future__ import annotations

import re
import secrets
import unicodedata

RESERVED = "OFFSEN-"
"""How the names of subjects begin that are kept to a list: OFFICIAL-SENSITIVE. Only Duly gives such names."""

LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
"""The letters that such names end in: without those that are taken for another."""

TOLD_ON = re.compile(r"OFFSEN[\W_]{0,3}\d{4}")

FAR = 10**15
"""Above every number that a sequence gives, and exact in any program that reads our answers."""


def is_reserved(subject: str) -> bool:
    """Whether what is about this subject is kept to a list, unless that was lifted."""
    return subject.startswith(RESERVED)


def names_reserved(text: str) -> bool:
    """Whether a text is such a name or has one in it, also as a word processor writes it."""
    plain = unicodedata.normalize("NFKC", text).upper()
    plain = "".join(one for one in plain if unicodedata.category(one) != "Cf")
    return is_reserved(text) or TOLD_ON.search(plain) is not None


def new_name(year: int) -> str:
    """A name to keep something under: OFFSEN-2026-K7QXM. A running number would show what is kept back."""
    return f"{RESERVED}{year}-" + "".join(secrets.choice(LETTERS) for _ in range(5))


def key_for(subject: str) -> int | None:
    """The key of a new row about a subject: random where it is kept to a list, else None for the next one.

    Keys are in addresses and on the record: one after the other they would show that some are kept back.
    """
    return FAR + secrets.randbelow(FAR) if is_reserved(subject) else None
