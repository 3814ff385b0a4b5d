"""From the bytes of a file to a reading: plain text, Word (.docx) and PDF, told apart by their content."""

from __future__ import annotations

import re
from dataclasses import replace

from contracts.reader import packages
from contracts.reader.results import Notes, ParsedDocument, ReaderError, ReaderWarning
from contracts.reader.text import read, read_lines

LARGEST_FILE = 20 * 1024 * 1024
"""Bytes."""

_KINDS = "give a plain-text (.txt), Word (.docx) or PDF file"
_REFUSED = (
    (
        b"\xd0\xcf\x11\xe0",
        "this is an old Word file (.doc): open it in a word processor and save it as .docx",
    ),
    (b"{\\rtf", "this is a rich-text file (.rtf): save it as .docx"),
    (b"\x89PNG", f"this is a picture: {_KINDS}"),
    (b"\xff\xd8\xff", f"this is a picture: {_KINDS}"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")


def read_document(data: bytes) -> ParsedDocument:
    """Read a document of any known kind. Raises ReaderError, in one line that says what to do."""
    if not data.strip():
        raise ReaderError(f"the file is empty: {_KINDS}")
    if len(data) > LARGEST_FILE:
        raise ReaderError(
            f"the file has {len(data):,} bytes, more than {LARGEST_FILE:,}: split it into its schedules"
        )
    for start, why in _REFUSED:
        if data.startswith(start):
            raise ReaderError(why)
    notes = Notes()
    if data.startswith(b"PK\x03\x04"):
        packages.kind_of(data)
        from contracts.reader.word import lines_of_word

        return replace(read_lines(lines_of_word(data, notes), notes), kind="word")
    if data.lstrip()[:5] == b"%PDF-":
        from contracts.reader.pdf import lines_of_pdf

        return replace(read_lines(lines_of_pdf(data, notes), notes), kind="pdf")
    text, guessed = _decode(data)
    if re.match(r"\s*<(?:!doctype\s+html|html)\b", text, re.I):
        raise ReaderError(f"this is a web page: {_KINDS}")
    reading = read(text)
    return replace(reading, warnings=(*guessed, *reading.warnings))


def _decode(data: bytes) -> tuple[str, tuple[ReaderWarning, ...]]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16"), ()
        except UnicodeDecodeError as error:
            raise ReaderError(f"the file is not text: {_KINDS}") from error
    try:
        text, guessed = data.decode("utf-8-sig"), False
    except UnicodeDecodeError:
        text, guessed = data.decode("cp1252", errors="replace"), True
    strange = len(_CONTROL.findall(text)) + text.count("\ufffd")
    if "\x00" in text or strange * 100 > len(text):
        raise ReaderError(f"the file is not text: {_KINDS}")
    if not guessed:
        return text, ()
    why = "the file is not UTF-8: read as Windows text (cp1252); check the quotation marks and dashes"
    return text, (ReaderWarning(1, "encoding_guessed", why),)
