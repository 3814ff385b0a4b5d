"""Warnings of the reader in groups, so that 149 of one kind are one line with a list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from contracts.web.words import count

ALIKE = {
    "amount_blank": ("time limit whose number is blank", "time limits whose number is blank"),
    "amount_conflict": ("time limit in which words and figure differ", "time limits in which they differ"),
    "amount_nothing": ("time limit of no time at all", "time limits of no time at all"),
    "amount_unclear": ("time limit that can be read as two lengths", "time limits readable as two lengths"),
    "broken_line": ("sentence that goes on in the next number", "sentences that go on in the next number"),
    "columns": ("place where lines stand side by side", "places where lines stand side by side"),
    "direction_unclear": ("time limit with no clear direction", "time limits with no clear direction"),
    "hour_unclear": ("hour of the day that is not clear", "hours of the day that are not clear"),
    "joined_unclear": ("time limit measured against another", "time limits measured against others"),
    "limit_outside": ("time limit outside the paragraphs", "time limits outside the paragraphs"),
    "list_missing": ("list that is announced and missing", "lists that are announced and missing"),
    "not_used_printed": ("heading that says “not used”", "headings that say “not used”"),
    "number_missing": ("number that is missing", "numbers that are missing"),
    "number_out_of_order": ("number that does not follow", "numbers that do not follow"),
    "number_repeated": ("number that is used again", "numbers that are used again"),
    "number_spaced": ("number printed with a gap", "numbers printed with gaps"),
    "place_unclear": ("place in the calendar that is not clear", "places in the calendar that are not clear"),
    "scope_inferred": ("part without a heading", "parts without headings"),
    "sentence_incomplete": ("sentence that is not whole", "sentences that are not whole"),
    "sentence_truncated": ("sentence that stops short", "sentences that stop short"),
    "serials_repeated": ("table with rows of one serial", "tables with rows of one serial"),
    "unit_unclear": ("time limit with an unclear unit", "time limits with unclear units"),
    "unlettered_limb": ("limb of a list without its letter", "limbs of lists without their letters"),
    "words_unclear": ("time limit that words beside it change", "time limits that words beside them change"),
}
"""What one and what several of a kind are called; of the other kinds there is one at most."""


@dataclass(frozen=True)
class Warned:
    """What the reader warns about, and where."""

    where: str
    says: str


@dataclass(frozen=True)
class Group:
    """Warnings of one kind. ``title`` is empty where there is one: then it speaks for itself."""

    title: str
    rows: list[Warned]

    @property
    def only(self) -> Warned | None:
        """The one warning of its kind."""
        return self.rows[0] if len(self.rows) == 1 else None


def groups(warnings: Iterable[Mapping[str, Any]]) -> list[Group]:
    """The warnings by kind, in the order in which each kind is first met."""
    by_code: dict[str, list[Warned]] = {}
    for one in warnings:
        by_code.setdefault(str(one.get("code", "")), []).append(warned(one))
    return [Group(_title(code, len(rows)), rows) for code, rows in by_code.items()]


def warned(warning: Mapping[str, Any]) -> Warned:
    """One warning, its line before it."""
    line, text = warning.get("line"), str(warning.get("text", ""))
    return Warned(f"Line {line}" if line else "", text[:1].upper() + text[1:])


def _title(code: str, number: int) -> str:
    if number == 1:
        return ""
    one, several = ALIKE.get(code, ("warning", f"warnings: {code.replace('_', ' ')}"))
    return count(number, one, several)
