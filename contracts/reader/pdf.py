"""PDF files with text in them as lines: page headers, footers and page numbers out, broken lines joined."""

from __future__ import annotations

import io
import logging
import re
from collections import Counter

import pypdf
from pypdf.errors import PyPdfError

from contracts.reader.lines import Line, unwrap
from contracts.reader.results import Notes, ReaderError

logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what is wrong with a file is said once, by us
MOST_PAGES = 400
_EDGE = 6
_PAGE_NUMBER = re.compile(r"^\s*(?:page\s+)?-?\s*\d{1,4}\s*-?(?:\s*(?:of|/)\s*\d{1,4})?\s*$", re.I)


def lines_of_pdf(data: bytes, notes: Notes) -> list[Line]:
    """The lines of a PDF. Raises ReaderError where it is damaged, locked, too long or only pictures."""
    pages = [page.splitlines() for page in _pages(data)]
    if not any(line.strip() for page in pages for line in page):
        raise ReaderError(
            "the PDF holds pictures of pages and no text: give the Word file or a PDF made from it"
        )
    repeated = _repeated(pages)
    kept: list[str] = []
    for page in pages:
        kept += _without_edges(page, repeated)
    lines = [Line(no, text.replace("\t", " ")) for no, text in enumerate(kept, 1)]
    return unwrap(lines, page=True)


def _pages(data: bytes) -> list[str]:
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise ReaderError("the PDF is locked with a password: give a copy without one")
        if len(reader.pages) > MOST_PAGES:
            raise ReaderError(f"the PDF has more than {MOST_PAGES} pages: split it into its schedules")
        return [page.extract_text() for page in reader.pages]
    except ReaderError:
        raise
    except (
        PyPdfError,
        ValueError,
        KeyError,
        TypeError,
        IndexError,
        AttributeError,
        RecursionError,
        OSError,
    ) as error:
        raise ReaderError(
            f"the PDF is damaged ({type(error).__name__}): make it again from the Word file"
        ) from error


def _key(line: str) -> str:
    """A line without its figures, so that "Page 2 of 9" is the same on every page."""
    return re.sub(r"\d+", "#", " ".join(line.split()))


def _edges(page: list[str]) -> list[str]:
    filled = [line for line in page if line.strip()]
    return [*filled[:_EDGE], *filled[_EDGE:][-_EDGE:]]


def _repeated(pages: list[list[str]]) -> set[str]:
    """What stands at the top or bottom of most pages."""
    if len(pages) < 2:
        return set()
    counts = Counter(key for page in pages for key in {_key(line) for line in _edges(page)})
    return {key for key, count in counts.items() if count >= 2 and count * 2 > len(pages)}


def _without_edges(page: list[str], repeated: set[str]) -> list[str]:
    """A page without its header and footer, and without the empty lines where it meets the next."""
    start, end = 0, len(page)
    while start < end and _is_edge(page[start], repeated):
        start += 1
    while end > start and _is_edge(page[end - 1], repeated):
        end -= 1
    return page[start:end]


def _is_edge(line: str, repeated: set[str]) -> bool:
    return not line.strip() or _key(line) in repeated or bool(_PAGE_NUMBER.match(line))
