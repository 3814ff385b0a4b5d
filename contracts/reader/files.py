"""From the bytes of a file to a reading, whatever its kind: what it is, its content says."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import PurePath as Path

from contracts.reader import packages
from contracts.reader.html import charset_of, is_html, lines_of_html
from contracts.reader.lines import Line, lines_of
from contracts.reader.markdown import is_markdown, lines_of_markdown
from contracts.reader.results import KINDS_READ, Notes, ParsedDocument, ReaderError
from contracts.reader.text import LONGEST_TEXT, read_lines, refuse_too_many

LARGEST_FILE = 20 * 1024 * 1024
"""Bytes."""

_COMPOUND = b"\xd0\xcf\x11\xe0"
_OLD_WORD = "this is an old Word file (.doc): open it in a word processor and save it as .docx"
_LOCKED = "the Word file is locked with a password: give a copy without one"
_PICTURE = f"this is a picture: {KINDS_READ}"
_REFUSED = (
    (b"{\\rtf", "this is a rich-text file (.rtf): save it as .docx"),
    (b"\x89PNG", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"GIF8", _PICTURE),
    (b"II*\x00", _PICTURE),
    (b"MM\x00*", _PICTURE),
)
_CALLED = {
    "word": "a Word file", "odt": "an OpenDocument file", "pdf": "a PDF", "html": "a web page",
    "markdown": "a Markdown file", "text": "a plain text",
}  # fmt: skip
_ENDINGS = {
    ".docx": "word", ".odt": "odt", ".pdf": "pdf", ".html": "html", ".htm": "html", ".xhtml": "html",
    ".md": "markdown", ".txt": "text", ".doc": "old word", ".rtf": "rich text",
}  # fmt: skip
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")


def read_document(data: bytes, name: str = "") -> ParsedDocument:
    """Read a document of any known kind. What it is, its content says; a ``name`` that says otherwise is
    warned of. Only between plain text and Markdown the name decides where the content does not.
    Raises ReaderError, in one line that says what to do.
    """
    if not data.strip():
        raise ReaderError(f"the file is empty: {KINDS_READ}")
    if len(data) > LARGEST_FILE:
        raise ReaderError(
            f"the file has {len(data):,} bytes, more than {LARGEST_FILE:,}: split it into its schedules"
        )
    _refuse(data)
    notes = Notes()
    kind, text = _kind(data, name, notes)
    called = _ENDINGS.get(Path(name).suffix.lower(), kind)
    if called != kind and {called, kind} != {"text", "markdown"}:
        why = f"the file is called {Path(name).name} and is {_CALLED[kind]}: read as that"
        notes.warn(1, "name_disagrees", why)
    return replace(read_lines(_lines(kind, data, text, notes), notes), kind=kind)


def _refuse(data: bytes) -> None:
    for start, why in _REFUSED:
        if data.startswith(start):
            raise ReaderError(why)
    if data.startswith(_COMPOUND):
        locked = any(name.encode("utf-16-le") in data for name in ("EncryptedPackage", "EncryptionInfo"))
        raise ReaderError(_LOCKED if locked else _OLD_WORD)


def _kind(data: bytes, name: str, notes: Notes) -> tuple[str, str]:
    """What a file is, and the text of one that is text."""
    if data.startswith(b"PK\x03\x04"):
        return packages.kind_of(data), ""
    if b"%PDF-" in data[:1024]:
        return "pdf", ""
    text = _decode(data, notes)
    if len(text) > LONGEST_TEXT:
        raise ReaderError(
            f"the document has {len(text):,} characters, more than {LONGEST_TEXT:,}:"
            " split it into its schedules"
        )
    if is_html(text):
        return "html", text
    return ("markdown" if is_markdown(text, name.lower().endswith((".md", ".markdown"))) else "text"), text


def _lines(kind: str, data: bytes, text: str, notes: Notes) -> list[Line]:
    """The lines of a file. What reads its kind is loaded only then."""
    if kind == "word":
        from contracts.reader.word import lines_of_word

        return lines_of_word(data, notes)
    if kind == "odt":
        from contracts.reader.odt import lines_of_odt

        return lines_of_odt(data, notes)
    if kind == "pdf":
        from contracts.reader.pdf import lines_of_pdf

        return lines_of_pdf(data, notes)
    if kind == "html":
        return lines_of_html(text, notes)
    refuse_too_many(text.count("\n"))
    return lines_of_markdown(text, notes) if kind == "markdown" else lines_of(text)


def _decode(data: bytes, notes: Notes) -> str:
    """The text of a file of text. Raises ReaderError where it is none."""
    text, guessed = _decoded(data)
    strange = len(_CONTROL.findall(text)) + text.count("\ufffd")
    if "\x00" in text or strange * 100 > len(text):
        raise ReaderError(f"the file is not text: {KINDS_READ}")
    if guessed:
        why = "the file is not UTF-8: read as Windows text (cp1252); check the quotation marks and dashes"
        notes.warn(1, "encoding_guessed", why)
    return text


def _decoded(data: bytes) -> tuple[str, bool]:
    """The text, and whether its encoding is a guess: neither the file says it nor is it UTF-8."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace"), False
    try:
        return data.decode("utf-8-sig"), False
    except UnicodeDecodeError:
        named = charset_of(data)
        return data.decode(named or "cp1252", errors="replace"), named is None
