"""What is broken in the words themselves: reported, and never mended (R18)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from contracts.reader import footnotes
from contracts.reader.results import Notes
from contracts.terms.citations import parent_number
from contracts.terms.paragraphs import Paragraph

_NOT_USED = re.compile(r"\bnot\s+used\b", re.I)
_SCRAP = re.compile(r"^[A-Z]?[\w'’-]*(?:\s+[\w'’-]+){0,2}\s*[;,]\s*(?:and|or)?$")
_NO_MAIN_CLAUSE = re.compile(
    r"^(?:where|if|when|unless|although)\s+(?:the|a|an|any|each|such)\s+(?:[\w'’-]+\s+){1,3}?(?P<modal>shall|must|will|may|mends|has|is)\b",
    re.I,
)
_MODAL = re.compile(r"\b(?:shall|must|will|may|should|can|is|are|was|were)\b", re.I)
_POINT_IN_TIME = (
    r"(?:date|day|end|expiry|term|period|termination|completion|anniversary|time|delivery|year|month|acceptance"
    r"|commencement|notice)"
)
_STOPS_SHORT = re.compile(
    rf"\b(?:until|unless|when|before|after)\s+the\s+(?!\w*\s*{_POINT_IN_TIME}\b)[A-Z][\w-]*\s*\.?$"
    r"|\b(?:the|a|an|of|to|with|by|for|in|at|until|from|which|that)\s*$"
)


def report(paragraphs: list[Paragraph], notes: Notes) -> None:
    """Add a warning for every misprint that shows in the paragraphs."""
    above = {(paragraph.scope, parent_number(paragraph.number)) for paragraph in paragraphs}
    for place, paragraph in enumerate(paragraphs):
        following = paragraphs[place + 1] if place + 1 < len(paragraphs) else None
        for code, text in _of(paragraph, following, (paragraph.scope, paragraph.number) in above):
            notes.warn(paragraph.line, code, f"{paragraph.path}: {text}")


def _of(paragraph: Paragraph, following: Paragraph | None, has_children: bool) -> Iterable[tuple[str, str]]:
    if paragraph.heading and _NOT_USED.search(paragraph.heading):
        yield (
            "not_used_printed",
            "NOT USED is printed in the heading; only a signed variation ends a paragraph (R28)",
        )
    text = footnotes.without(paragraph.text).rstrip()
    if text.endswith(":") and not has_children and not _lists_follow(paragraph, following):
        yield "list_missing", "the text announces a list, and none follows"
    if following and _is_scrap(paragraph, following):
        yield "broken_line", f"the sentence seems to go on in {following.number}"
    if _lacks_main_clause(text):
        yield "sentence_incomplete", "a sentence without its main clause"
    if not has_children and _STOPS_SHORT.search(text) and not _goes_on(paragraph, following):
        yield "sentence_truncated", f'the text stops at "{" ".join(text.split()[-3:])}"'


def _lists_follow(paragraph: Paragraph, following: Paragraph | None) -> bool:
    """What is announced stands in the lines after it: of a table, of definitions, or a level further down."""
    if following is None or following.scope != paragraph.scope:
        return False
    below = following.number.startswith(
        (f"{paragraph.number}.", f"{paragraph.number}(", f"{paragraph.number}/")
    )
    return below or "/" in paragraph.number or paragraph.scope == "Definitions"


def _is_scrap(paragraph: Paragraph, following: Paragraph) -> bool:
    siblings = parent_number(paragraph.number) == parent_number(following.number)
    stopped = footnotes.without(paragraph.text).rstrip().endswith((".", ";", ":", ",", "and", "or"))
    return bool(siblings and paragraph.text and not stopped and _SCRAP.match(following.text.strip()))


def _goes_on(paragraph: Paragraph, following: Paragraph | None) -> bool:
    """Whether the next paragraph is a brother of this one, so that a sentence may run on in it."""
    return (
        following is not None
        and parent_number(following.number) == parent_number(paragraph.number)
        and paragraph.scope == following.scope
    )


def _lacks_main_clause(text: str) -> bool:
    match = _NO_MAIN_CLAUSE.match(text)
    if not match or not text.endswith(".") or re.search(r"\.\s+[A-Z]", text):
        return False
    return not _MODAL.search(text, match.end())
