"""A paragraph of a document, and paragraphs as a tree."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from contracts.terms.citations import parent_number


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One numbered, lettered or named paragraph as read from a document.

    ``number`` is how it is cited within its scope, ``printed`` what the page shows in its place (empty
    where the page shows nothing), ``line`` the line of the document on which it begins, from 1.
    """

    scope: str
    number: str
    printed: str
    heading: str | None
    text: str
    line: int = 0

    @property
    def path(self) -> str:
        """SCOPE/NUMBER, unique within a document."""
        return f"{self.scope}/{self.number}"

    def as_json(self) -> dict[str, str | None]:
        """The form of the command line and the API."""
        return {
            "scope": self.scope,
            "number": self.number,
            "printed": self.printed,
            "path": self.path,
            "heading": self.heading,
            "text": self.text,
        }


@dataclass(frozen=True, slots=True)
class Node:
    """A paragraph with what stands directly under it, in document order."""

    paragraph: Paragraph
    children: tuple[Node, ...]


def parents(paragraphs: Iterable[Paragraph]) -> dict[str, str | None]:
    """Path of each paragraph to the path of the nearest paragraph above it that the document has."""
    paragraphs = list(paragraphs)
    known = {paragraph.path for paragraph in paragraphs}
    found: dict[str, str | None] = {}
    for paragraph in paragraphs:
        above = parent_number(paragraph.number)
        while above is not None and f"{paragraph.scope}/{above}" not in known:
            above = parent_number(above)
        found[paragraph.path] = None if above is None else f"{paragraph.scope}/{above}"
    return found


def tree(paragraphs: Iterable[Paragraph]) -> tuple[Node, ...]:
    """The paragraphs as a forest, in document order."""
    paragraphs = list(paragraphs)
    above = parents(paragraphs)
    under: dict[str | None, list[Paragraph]] = {}
    for paragraph in paragraphs:
        under.setdefault(above[paragraph.path], []).append(paragraph)

    def nodes(path: str | None) -> tuple[Node, ...]:
        return tuple(Node(paragraph, nodes(paragraph.path)) for paragraph in under.get(path, ()))

    return nodes(None)
