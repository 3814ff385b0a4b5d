"""What a file held and what became of it: a count of each kind of thing, so that nothing is dropped or taken
in silently. A document's page shows it whole.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Became(StrEnum):
    """What became of a thing of the file."""

    READ = "read"
    READ_APART = "read_apart"
    """Read, and kept outside the paragraphs."""
    NOT_READ = "not_read"


_READ, _APART, _NOT = Became.READ, Became.READ_APART, Became.NOT_READ

KINDS: dict[str, tuple[str, str, Became, str]] = {
    "pages": ("page", "pages", _READ, "read"),
    "pages_by_ocr": (
        "page that is a picture",
        "pages that are pictures",
        _READ,
        "read by character recognition",
    ),
    "pages_as_pictures": ("page that is a picture", "pages that are pictures", _NOT, "not read"),
    "paragraphs": ("paragraph", "paragraphs", _READ, "read, each with its number"),
    "other_text": (
        "piece of text without a number",
        "pieces of text without a number",
        _APART,
        "kept, and belongs to no paragraph",
    ),
    "tables": ("table", "tables", _READ, "read row by row"),
    "text_boxes": ("text box", "text boxes", _READ, "read after the paragraph it stands by"),
    "footnotes": ("footnote", "footnotes", _READ, "read after the text of its paragraph"),
    "footnotes_unplaced": (
        "footnote that nothing refers to",
        "footnotes that nothing refers to",
        _NOT,
        "not read",
    ),
    "insertions": ("tracked insertion", "tracked insertions", _READ, "read as if accepted"),
    "deletions": ("tracked deletion", "tracked deletions", _NOT, "left out as if accepted"),
    "moves": ("tracked move", "tracked moves", _READ, "read where it was moved to"),
    "comments": ("comment", "comments", _NOT, "not read as text of the document"),
    "struck": ("struck-through passage", "struck-through passages", _NOT, "left out"),
    "hidden": ("hidden passage", "hidden passages", _NOT, "left out"),
    "headers": ("page header or footer", "page headers and footers", _NOT, "left out"),
    "form_fields": ("filled-in form field", "filled-in form fields", _READ, "read where it stands"),
    "form_fields_apart": (
        "filled-in form field",
        "filled-in form fields",
        _APART,
        "kept, and belongs to no paragraph",
    ),
    "marks": ("mark laid over a page", "marks laid over pages", _NOT, "neither read nor heeded"),
    "pictures": ("picture", "pictures", _NOT, "not read"),
    "numbers_as_pictures": (
        "small picture where a number would be",
        "small pictures where numbers would be",
        _NOT,
        "not read",
    ),
    "embedded_files": ("file inside the file", "files inside the file", _NOT, "not read"),
    "navigation": ("list of links of the web page", "lists of links of the web page", _NOT, "left out"),
}
"""Each kind: what one and what several are called, what became of it, and that in words."""


_QUOTED, _LONGEST = 3, 80


@dataclass(frozen=True, slots=True)
class Held:
    """Things of one kind: a key of ``KINDS``, how many there were, and the words of the first few."""

    kind: str
    count: int
    words: tuple[str, ...] = ()

    @property
    def became(self) -> Became:
        """What became of them."""
        return KINDS[self.kind][2]

    @property
    def named(self) -> str:
        """ "14 footnotes"."""
        one, several, _, _ = KINDS[self.kind]
        return f"{self.count:,} {one if self.count == 1 else several}"

    @property
    def outcome(self) -> str:
        """What became of them in words: "read after the text of its paragraph"."""
        return KINDS[self.kind][3]

    def as_json(self) -> dict[str, Any]:
        """The form of the command line and of a document's page."""
        return {
            "kind": self.kind,
            "count": self.count,
            "became": str(self.became),
            "named": self.named,
            "outcome": self.outcome,
            "words": list(self.words),
        }


@dataclass(slots=True)
class Tally:
    """Counts what a file holds while it is read."""

    counts: Counter[str] = field(default_factory=Counter)
    quoted: dict[str, list[str]] = field(default_factory=dict)

    def add(self, kind: str, count: int = 1, words: str = "") -> None:
        """Count things of one of the ``KINDS``; the words of the first few are kept."""
        self.counts[kind] += count
        said = " ".join(words.split())
        quoted = self.quoted.setdefault(kind, [])
        if said and said not in quoted and len(quoted) < _QUOTED:
            quoted.append(said if len(said) <= _LONGEST else f"{said[:_LONGEST].rsplit(' ', 1)[0]} …")

    def summary(self) -> tuple[Held, ...]:
        """What there was, in the order of ``KINDS``; nothing for what there was none of."""
        return tuple(
            Held(kind, self.counts[kind], tuple(self.quoted.get(kind, ())))
            for kind in KINDS
            if self.counts[kind] > 0
        )
