"""Citations: RULEBOOK/SCOPE/NUMBER, the path of a paragraph, and what stands under what (R29).

A *path* is SCOPE/NUMBER within one document: ``main/10.3.1``, ``Part A/4.2.1(a)``,
``Annex 1/5/incident management/4``. A scope holds no slash; a number may.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_ITEM = re.compile(r"^(?P<parent>.*\S)\((?:[A-Za-z]{1,5}|\d{1,3})\)$", re.S)
_DECIMAL = re.compile(r"^(?P<parent>[A-Z]?\d{1,3}[A-Z]?(?:\.\d{1,3}[A-Z]?)*)\.\d{1,3}[A-Z]?$")
_REPEAT = re.compile(r" \((?:second|third|fourth|fifth|\d+th)\)$")


class CitationError(ValueError):
    """Text that is not a citation; the message shows what one looks like."""


@dataclass(frozen=True, slots=True)
class Citation:
    """One paragraph of one known schedule."""

    rulebook: str
    scope: str
    number: str

    @classmethod
    def parse(cls, text: str) -> Citation:
        """Read ``dmp_schedule_23/main/10.3``. Raises CitationError where a part is missing."""
        parts = text.strip().split("/", 2)
        if len(parts) != 3 or not all(part.strip() for part in parts):
            raise CitationError(
                f"{text!r} is not a citation: write RULEBOOK/SCOPE/NUMBER, as in dmp_schedule_23/main/10.3"
            )
        return cls(*parts)

    @property
    def path(self) -> str:
        """The paragraph's path in its own document."""
        return f"{self.scope}/{self.number}"

    def __str__(self) -> str:
        return f"{self.rulebook}/{self.scope}/{self.number}"


def split_path(path: str) -> tuple[str, str]:
    """The scope and the number of a path. Raises CitationError where there is no number."""
    scope, slash, number = path.partition("/")
    if not (scope and slash and number):
        raise CitationError(f"{path!r} is not a path: write SCOPE/NUMBER, as in main/10.3")
    return scope, number


def parent_number(number: str) -> str | None:
    """The number one level up in the same scope, or None at the top: 4.2.1(a) stands under 4.2.1."""
    number = _REPEAT.sub("", number)
    if (item := _ITEM.match(number)) and item["parent"]:
        return item["parent"]
    if "/" in number:
        return number.rpartition("/")[0]
    decimal = _DECIMAL.match(number)
    return decimal["parent"] if decimal else None


def parent_path(path: str) -> str | None:
    """The path one level up, or None at the top of a scope."""
    scope, number = split_path(path)
    parent = parent_number(number)
    return None if parent is None else f"{scope}/{parent}"


def is_under(path: str, ancestor: str) -> bool:
    """Whether a path is the ancestor itself or stands anywhere under it, in the same scope.

    ``main/5`` covers ``main/5.4.1(a)``, and neither ``main/50`` nor ``Annex 1/5`` (R29).
    """
    here: str | None = path
    while here is not None:
        if here == ancestor:
            return True
        here = parent_path(here)
    return False


def sort_key(number: str) -> tuple[tuple[int, int, str], ...]:
    """A key that puts 10.2 after 9.1 and 4.2.1(b) after 4.2.1(a). Document order is better where known."""
    parts = re.findall(r"\d+|[^\d.()/\s]+", number)
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part.lower()) for part in parts)
