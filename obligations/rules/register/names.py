"""One name for one thing: how the names of what facts are about are compared (a CVE, a certificate, a
person).

A name is shown as it was first written. It is compared without case, with one kind of hyphen, without
characters that nobody sees and with single spaces.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_HYPHENS = dict.fromkeys([*range(0x2010, 0x2016), 0x2212, 0xFE58, 0xFE63, 0xFF0D], "-")
_JOINERS = "\u200c\u200d"
"""What some scripts need inside words: kept where a name is shown, left out where it is compared."""

_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
"""Unicode's categories of what leaves no mark of its own on a page; a tab or a new line is a space."""


@lru_cache(maxsize=65_536)
def folded(name: str) -> str:
    """The form under which names are compared: two names with the same one are the same name."""
    text = unicodedata.normalize("NFKC", tidy(name).translate(_HYPHENS)).translate(_HYPHENS)
    return " ".join("".join(char for char in text if not _is_unseen(char)).casefold().split())


def tidy(name: str) -> str:
    """A name as it is kept: without characters that nobody sees, and with single spaces."""
    seen = "".join(
        " " if char.isspace() else char if char in _JOINERS or not _is_unseen(char) else "" for char in name
    )
    return " ".join(seen.split())


def _is_unseen(char: str) -> bool:
    return unicodedata.category(char) in _UNSEEN


def same_name(one: str | None, other: str | None) -> bool:
    """Whether two names are the name of one thing; None and "" are the contract as a whole."""
    return one == other or folded(one or "") == folded(other or "")


def as_first_written(names: Iterable[str]) -> dict[str, str]:
    """The first spelling of each name by its folded form; the names in the order they were written."""
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(folded(name), name)
    return found
