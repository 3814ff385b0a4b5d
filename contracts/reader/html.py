"""Web pages as lines: with the numbers a browser would print, and without what it would not show."""

from __future__ import annotations

import re

from lxml import etree

from contracts.reader.html_walk import Walk
from contracts.reader.lines import Line
from contracts.reader.results import Notes, ReaderError

_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w-]{1,40})""", re.I)
_XML = re.compile(r"^\s*<\?xml[^>]*\?>")
_START = re.compile(
    r"^\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head|body)\b",
    re.I | re.S,
)
MOST_ELEMENTS = 600_000


def is_html(text: str) -> bool:
    """Whether a text is a web page, by how it begins."""
    return bool(_START.match(text[:10_000]))


def charset_of(data: bytes) -> str | None:
    """The encoding a web page names for itself; None where it names none that is known."""
    found = _CHARSET.search(data[:4096])
    if not found:
        return None
    name = found[1].decode("ascii", "replace")
    try:
        "".encode(name)
    except LookupError:
        return None
    return None if name.lower().startswith("utf-16") else name


def lines_of_html(text: str, notes: Notes, numbered: bool = False) -> list[Line]:
    """The lines of a web page, with a count of what it holds that is not shown or not read.

    ``numbered``: its elements say on which line of the file they stand (``data-line``). Raises ReaderError
    where it is empty or has more elements than a document.
    """
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=True, remove_pis=True)
    try:
        root = etree.fromstring(_XML.sub("", text).encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError) as error:
        raise ReaderError("the web page is damaged: save it again from a browser") from error
    if any(error.type_name == "ERR_RESOURCE_LIMIT" for error in parser.error_log):
        raise ReaderError("the web page is nested too deeply: copy its text into a new file")
    if root is None:
        raise ReaderError("the web page is empty: save it again from a browser")
    if sum(1 for _ in root.iter()) > MOST_ELEMENTS:
        raise ReaderError(
            f"the web page has more than {MOST_ELEMENTS:,} elements: split it into its schedules"
        )
    return Walk(numbered).of(root, notes)
