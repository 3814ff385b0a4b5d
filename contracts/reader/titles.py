"""The title a document gives itself."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import PurePath

from contracts.reader.results import ParsedDocument

LONGEST = 120
"""Characters; a longer line is no title."""

_NAMES_ONE = re.compile(r"\b(?:schedule|annex|appendix|agreement|terms|requirements|conditions)\b", re.I)
_FIRST_LINES = 12


def title_of(reading: ParsedDocument, name: str) -> str:
    """The heading of the part with most paragraphs, else the first line that names a schedule, else the name
    of the file without its ending.
    """
    return _tidy(_heading(reading) or _first_line(reading) or PurePath(name).stem)


def _heading(reading: ParsedDocument) -> str:
    """The heading of the part with at least half of the paragraphs, "" where there is none."""
    sizes = Counter(paragraph.scope for paragraph in reading.paragraphs)
    half = len(reading.paragraphs) / 2
    headings = [one.heading for one in reading.scopes if one.heading.strip() and sizes[one.name] >= half]
    return next((heading for heading in headings if len(heading) <= LONGEST), "")


def _first_line(reading: ParsedDocument) -> str:
    """The first line before the paragraphs that names a schedule, "" where none does."""
    first = reading.paragraphs[0].line if reading.paragraphs else 0
    lines = [one.text for one in reading.other if one.line < first][:_FIRST_LINES]
    return next((line for line in lines if _NAMES_ONE.search(line) and len(line) <= LONGEST), "")


def _tidy(title: str) -> str:
    """One line without blanks around it; a title all in capitals in small letters but for its first."""
    title = " ".join(title.split()).strip(" .:–-")
    return title.capitalize() if title.isupper() else title
