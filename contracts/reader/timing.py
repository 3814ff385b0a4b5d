"""The time limits of a document, each with the paragraph it stands in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from contracts.reader.results import Notes, PlacedLimit
from contracts.terms.citations import parent_path
from contracts.terms.limits import PROBLEMS, TimeLimit
from contracts.terms.paragraphs import Paragraph
from contracts.terms.phrases import find_limits

_FIGURE = re.compile(r"\d")
_SENTENCES = re.compile(r"[.;]\s")


def place(paragraphs: list[Paragraph], notes: Notes) -> list[PlacedLimit]:
    """Every time limit, in document order, with a warning for each that says no length."""
    texts = {paragraph.path: paragraph.text for paragraph in paragraphs}
    placed = []
    for paragraph in paragraphs:
        for limit in _of(paragraph, texts):
            placed.append(PlacedLimit(paragraph.scope, paragraph.number, limit))
            if limit.problem:
                why = f'{paragraph.path}: "{limit.phrase}": {PROBLEMS[limit.problem]}'
                notes.warn(paragraph.line, limit.problem, why)
    for other in notes.other:
        for limit in find_limits(other.text):
            notes.warn(other.line, "limit_outside", f'"{limit.phrase}" stands in no numbered paragraph')
    return placed


def _of(paragraph: Paragraph, texts: Mapping[str, str]) -> Iterable[TimeLimit]:
    """The limits of a heading and of the text, read on from the words that announce it.

    "keep copies: (i) for seven years" is about keeping: what (i) means is said above it.
    """
    if paragraph.heading and _FIGURE.search(paragraph.heading):
        yield from find_limits(paragraph.heading)
    lead = _lead_in(paragraph, texts)
    for limit in find_limits(lead + paragraph.text):
        start, end = limit.span
        if start >= len(lead):
            yield replace(limit, span=(start - len(lead), end - len(lead)))


def _lead_in(paragraph: Paragraph, texts: Mapping[str, str]) -> str:
    above = parent_path(paragraph.path)
    text = texts.get(above, "").rstrip() if above else ""
    return f"{_SENTENCES.split(text)[-1][-300:]}\n" if text.endswith(":") else ""
