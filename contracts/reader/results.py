"""What a reader makes of a document: paragraphs, time limits, scopes, warnings for all that is broken."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from contracts.reader.changes import Change
from contracts.reader.held import Held, Tally
from contracts.terms.limits import TimeLimit
from contracts.terms.paragraphs import Paragraph

KINDS_READ = (
    "give a Word (.docx), OpenDocument (.odt), PDF, web page (.html), Markdown (.md) or text (.txt) file"
)
"""What to do about a file of another kind."""


class ReaderError(ValueError):
    """A document that cannot be read; the message is one line and says what to do."""


@dataclass(frozen=True, slots=True, order=True)
class ReaderWarning:
    """Something broken, missing or assumed, met on a line of the document (R18). Lines count from 1."""

    line: int
    code: str
    text: str

    def as_json(self) -> dict[str, int | str]:
        """The form of the command line and the API."""
        return {"line": self.line, "code": self.code, "text": self.text}


@dataclass(frozen=True, slots=True)
class Scope:
    """A part of the document within which numbers are unique (R29). ``heading`` is empty where inferred."""

    name: str
    heading: str
    line: int


@dataclass(frozen=True, slots=True)
class OtherText:
    """Text that belongs to no paragraph: title pages, what precedes the first number, signature blocks."""

    scope: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class PlacedLimit:
    """A time limit and the paragraph it stands in."""

    scope: str
    paragraph: str
    limit: TimeLimit

    def as_json(self) -> dict[str, Any]:
        """The form of the command line and the API."""
        return {"scope": self.scope, "paragraph": self.paragraph, **self.limit.as_json()}


@dataclass(frozen=True, slots=True)
class NumberNobodyClaimed:
    """A number beside a word of time that is no limit. ``words``: it with some of those around it."""

    scope: str
    paragraph: str
    phrase: str
    words: str
    reason: str

    def as_json(self) -> dict[str, str]:
        """The form of the command line and the API."""
        return {
            "scope": self.scope,
            "paragraph": self.paragraph,
            "phrase": self.phrase,
            "words": self.words,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """A document as read, all in document order; warnings in the order of their lines.

    ``kind`` is what the file proved to be: text, markdown, word, pdf, odt or html. ``changes`` are those that
    nobody has accepted, ``held`` counts what the file held and says what became of it.
    """

    paragraphs: tuple[Paragraph, ...]
    time_limits: tuple[PlacedLimit, ...]
    warnings: tuple[ReaderWarning, ...]
    scopes: tuple[Scope, ...]
    other: tuple[OtherText, ...] = ()
    unclaimed: tuple[NumberNobodyClaimed, ...] = ()
    changes: tuple[Change, ...] = ()
    held: tuple[Held, ...] = ()
    kind: str = "text"

    def as_json(self) -> dict[str, Any]:
        """The form ``read_schedule --json`` prints.

        A limit in hours of work (R41) has ``lengths`` and neither ``amount`` nor ``unit`` there: whoever
        reads those two alone must not take it for plain hours.
        """
        return {
            "paragraphs": [{**paragraph.as_json()} for paragraph in self.paragraphs],
            "time_limits": [_not_plain_hours(limit) for limit in self.time_limits],
            "warnings": [{**warning.as_json()} for warning in self.warnings],
            "unclaimed": [{**one.as_json()} for one in self.unclaimed],
            "changes": [change.as_json() for change in self.changes],
            "held": [held.as_json() for held in self.held],
            "kind": self.kind,
        }


def _not_plain_hours(placed: PlacedLimit) -> dict[str, Any]:
    form = placed.as_json()
    limit = placed.limit
    if limit.period is None or not limit.period.unit.needs_hours:
        return form
    return form | {"amount": None, "unit": None, "lengths": [limit.period.as_json()]}


@dataclass(slots=True)
class Draft:
    """A paragraph while it is being read: its first line is ``lines[0]``, which may prove a heading.
    ``notes`` are its footnotes, which follow its text.
    """

    number: str
    printed: str
    line: int
    lines: list[str] = field(default_factory=list)
    heading: str | None = None
    item: bool = False
    notes: list[str] = field(default_factory=list)

    def finish(self, scope: str) -> Paragraph:
        """The paragraph it has become."""
        text = "\n".join(part for part in (*self.lines, *self.notes) if part)
        return Paragraph(scope, self.number, self.printed, self.heading, text, self.line)


@dataclass(slots=True)
class Notes:
    """Warnings, stray text, changes and counts gathered while a document is read."""

    warnings: list[ReaderWarning] = field(default_factory=list)
    other: list[OtherText] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    held: Tally = field(default_factory=Tally)

    def warn(self, line: int, code: str, text: str) -> None:
        """Report something broken."""
        self.warnings.append(ReaderWarning(line, code, text))

    def keep(self, scope: str, line: int, text: str) -> None:
        """Keep text that belongs to no paragraph."""
        if text.strip():
            self.other.append(OtherText(scope, line, text.strip()))


class Taken:
    """The numbers of one scope. A number used twice keeps its first use; the next is "3.2 (second)"."""

    def __init__(self) -> None:
        self.numbers: set[str] = set()
        self.uses: dict[str, int] = {}

    def __contains__(self, number: str) -> bool:
        return number in self.numbers

    def take(self, number: str) -> str:
        """The number itself, or where it is taken the first free one made from it."""
        unique = number
        while unique in self.numbers:
            count = self.uses[number] = self.uses.get(number, 1) + 1
            word = {2: "second", 3: "third", 4: "fourth", 5: "fifth"}.get(count, f"{count}th")
            unique = f"{number} ({word})"
        self.numbers.add(unique)
        return unique
