"""The time limits of a document, each with the paragraph it stands in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sized
from dataclasses import replace
from itertools import islice

from contracts.reader import footnotes
from contracts.reader.results import Notes, NumberNobodyClaimed, PlacedLimit, ReaderError
from contracts.terms.citations import parent_path
from contracts.terms.limits import PROBLEMS, TimeLimit
from contracts.terms.paragraphs import Paragraph
from contracts.terms.phrases import each_limit
from contracts.terms.unclaimed import Unclaimed, each_beside

MOST_LIMITS = 10_000
"""A schedule of 300 pages has about 1,000."""
MOST_WORDS = 30_000
"""Words of time; a schedule of 300 pages has about 4,000."""
_TIME = re.compile(r"(?:minute|hour|day|week|month|quarter|year)s?\b", re.I)
_MOST_OUTSIDE = 1_000
_FIGURE = re.compile(r"\d")
_BESIDE = 60
_SENTENCES = re.compile(r"[.;]\s")


def place(paragraphs: list[Paragraph], notes: Notes) -> tuple[list[PlacedLimit], list[NumberNobodyClaimed]]:
    """Every time limit, in document order, with a warning for each that says no length; and the numbers of
    time that nobody claimed. Raises ReaderError for more of either than a document has.
    """
    texts = {paragraph.path: paragraph.text for paragraph in paragraphs}
    _refuse_words_of_time(texts.values())
    placed: list[PlacedLimit] = []
    unclaimed: list[NumberNobodyClaimed] = []
    for paragraph in paragraphs:
        heading = paragraph.heading if paragraph.heading and _FIGURE.search(paragraph.heading) else ""
        for text, each in ((heading, each_limit(heading)), (paragraph.text, _of(paragraph, texts))):
            limits = list(islice(each, MOST_LIMITS - len(placed) + 1))
            placed += [PlacedLimit(paragraph.scope, paragraph.number, limit) for limit in limits]
            _refuse_too_many(placed)
            others = islice(each_beside(text, limits), MOST_LIMITS - len(unclaimed) + 1)
            unclaimed += [_number(paragraph, text, one) for one in others]
            _refuse_too_many(unclaimed)
            for limit in limits:
                _warn_of(paragraph, limit, notes)
    outside = ((other, limit) for other in notes.other for limit in each_limit(other.text))
    for other, limit in islice(outside, _MOST_OUTSIDE):
        notes.warn(other.line, "limit_outside", f'"{limit.phrase}" stands in no numbered paragraph')
    return placed, unclaimed


def _refuse_words_of_time(texts: Iterable[str]) -> None:
    """Raise ReaderError for more words of time than a document has, before any of them is looked at."""
    words = (found for text in texts for found in _TIME.finditer(text))
    if next(islice(words, MOST_WORDS, None), None):
        raise ReaderError(
            f"the document has more than {MOST_WORDS:,} words of time: split it into its schedules"
        )


def _refuse_too_many(found: Sized) -> None:
    if len(found) > MOST_LIMITS:
        raise ReaderError(
            f"the document has more than {MOST_LIMITS:,} time limits: split it into its schedules"
        )


def _warn_of(paragraph: Paragraph, limit: TimeLimit, notes: Notes) -> None:
    """Say what keeps a limit from being counted."""
    if limit.problem:
        why = f'{paragraph.path}: "{limit.phrase}": {PROBLEMS[limit.problem]}'
        notes.warn(paragraph.line, limit.problem, why)
    elif limit.unit is not None and limit.unit.needs_hours:
        why = f'{paragraph.path}: "{limit.phrase}": runs in hours of work, which the contract says'
        notes.warn(paragraph.line, "unit_unclear", why)


def _number(paragraph: Paragraph, text: str, one: Unclaimed) -> NumberNobodyClaimed:
    return NumberNobodyClaimed(
        paragraph.scope, paragraph.number, one.phrase, _around(text, one.span), one.reason
    )


def _around(text: str, span: tuple[int, int]) -> str:
    """The words of a span with those beside it, cut at a word."""
    start, end = max(0, span[0] - _BESIDE), min(len(text), span[1] + _BESIDE)
    if start:
        start = text.find(" ", start, span[0]) + 1 or span[0]
    if end < len(text):
        end = max(span[1], text.rfind(" ", span[1], end))
    words = " ".join(text[start:end].split())
    return f"{'…' if start else ''}{words}{'…' if end < len(text) else ''}"


def _of(paragraph: Paragraph, texts: Mapping[str, str]) -> Iterator[TimeLimit]:
    """The limits of the text, read on from the words that announce it.

    "keep copies: (i) for seven years" is about keeping: what (i) means is said above it.
    """
    lead = _lead_in(paragraph, texts)
    for limit in each_limit(lead + paragraph.text):
        if limit.span[0] >= len(lead):
            yield replace(limit, span=(limit.span[0] - len(lead), limit.span[1] - len(lead)))


def _lead_in(paragraph: Paragraph, texts: Mapping[str, str]) -> str:
    above = parent_path(paragraph.path)
    text = footnotes.without(texts.get(above, "")).rstrip() if above else ""
    return f"{_SENTENCES.split(text)[-1][-300:]}\n" if text.endswith(":") else ""
