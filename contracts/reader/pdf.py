"""PDF files with text in them as lines: page headers, footers and page numbers out, broken lines joined."""

from __future__ import annotations

import io
import logging
import re
from collections import Counter

import pypdf
from pypdf.errors import LimitReachedError, PyPdfError

from contracts.reader.lines import Line, unwrap
from contracts.reader.ocr import recognise
from contracts.reader.pdf_letters import warn_of_lost_letters
from contracts.reader.pdf_marks import Laid, laid_over, warn_of_laid
from contracts.reader.pdf_pages import Budget, Page, page_of
from contracts.reader.results import Notes, ReaderError

logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what is wrong with a file is said once, by us
MOST_PAGES = 400
_EDGE = 6
_NUMBERS_AS_PICTURES = 3
"""Small pictures before lines from which on they are taken for numbers, and not for a sign or two."""
_PAGE_NUMBER = re.compile(r"^\s*(?:page\s+)?-?\s*\d{1,4}\s*-?(?:\s*(?:of|/)\s*\d{1,4})?\s*$", re.I)


def lines_of_pdf(data: bytes, notes: Notes) -> list[Line]:
    """The lines of a PDF, with warnings of what stands in it that is not read, or may be read wrongly.
    Raises ReaderError where it is damaged, locked, too long or only pictures.
    """
    pages, laid = _pages(data)
    if all(page.blank for page in pages):
        raise ReaderError(_nothing(any(page.is_picture for page in pages)))
    repeated = _repeated([page.lines for page in pages])
    kept: list[str] = []
    first: list[int] = []
    pictured: list[int] = []
    for number, page in enumerate(pages, 1):
        own = _without_edges(page.lines, repeated)
        first.append(len(kept) + 1)
        if page.is_picture or (not own and page.mostly_picture):
            pictured.append(number)
        kept += own
    _count(pages, len(pictured), len(repeated), notes)
    warn_of_laid(laid, first, notes)
    warn_of_lost_letters(kept, notes)
    _warn_of_pages(pages, pictured, first, notes)
    _warn_of_recognised([number for number, page in enumerate(pages, 1) if page.recognised], first, notes)
    lines = [Line(no, text.replace("\t", " ")) for no, text in enumerate(kept, 1)]
    return unwrap(lines, page=True)


def _nothing(pictures: bool) -> str:
    """Why a PDF without text is refused."""
    if not pictures:
        return "the PDF holds no text: give the Word file or a PDF made from it"
    return "the PDF holds pictures of pages and no text: give the Word file or a PDF made from it"


def _count(pages: list[Page], pictured: int, repeated: int, notes: Notes) -> None:
    recognised = sum(page.recognised for page in pages)
    notes.held.add("pages", len(pages) - pictured - recognised)
    notes.held.add("pages_by_ocr", recognised)
    notes.held.add("pages_as_pictures", pictured)
    notes.held.add("pictures", sum(len(page.pictures) for page in pages if not page.recognised) - pictured)
    notes.held.add("headers", repeated)


def _warn_of_recognised(numbers: list[int], first: list[int], notes: Notes) -> None:
    """Name the pages that were read by character recognition."""
    if numbers:
        what = "is a picture" if len(numbers) == 1 else "are pictures"
        why = f"{_named(numbers)} {what}, read by character recognition: compare words and figures with it"
        notes.warn(first[numbers[0] - 1], "page_by_recognition", why)


def _warn_of_pages(pages: list[Page], pictured: list[int], first: list[int], notes: Notes) -> None:
    """Say which pages are pictures, are printed in columns, or show their numbers as pictures."""
    if pictured:
        what = "is a picture without text" if len(pictured) == 1 else "are pictures without text"
        why = f"{_named(pictured)} {what}: what stands there is not read; give the Word file"
        notes.warn(first[pictured[0] - 1], "page_without_text", why)
    columns = [number for number, page in enumerate(pages, 1) if page.is_in_columns()]
    if columns:
        why = f"{_named(columns)}: lines stand side by side, in columns or a table, and are read across;"
        notes.warn(first[columns[0] - 1], "columns", f"{why} give the Word file")
    counts = [page.numbers_as_pictures() for page in pages]
    if sum(counts) >= _NUMBERS_AS_PICTURES:
        notes.held.add("numbers_as_pictures", sum(counts))
        why = "small pictures stand where numbers would;"
        lost = f"{sum(counts)} paragraphs may have lost their number; give the Word file"
        place = next(place for place, count in enumerate(counts) if count)
        notes.warn(first[place], "numbers_as_pictures", f"{why} {lost}")


def _named(numbers: list[int]) -> str:
    """ "page 2", "pages 2, 5 and 7"."""
    if len(numbers) == 1:
        return f"page {numbers[0]}"
    return f"pages {', '.join(map(str, numbers[:-1]))} and {numbers[-1]}"


def _pages(data: bytes) -> tuple[list[Page], list[list[Laid]]]:
    """The pages, and what is laid over each."""
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise ReaderError("the PDF is locked with a password: give a copy without one")
        if len(reader.pages) > MOST_PAGES:
            raise ReaderError(f"the PDF has more than {MOST_PAGES} pages: split it into its schedules")
        budget = Budget()
        pages = [page_of(page, budget) for page in reader.pages]
        recognise(
            [(page, source) for page, source in zip(pages, reader.pages, strict=True) if page.is_picture]
        )
        return pages, [laid_over(page) for page in reader.pages]
    except (ReaderError, MemoryError):
        raise
    except LimitReachedError as error:
        raise ReaderError(
            "the PDF unpacks to more than can be read: make it again from the Word file, without its pictures"
        ) from error
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
