"""Files that are zips of parts (Word, OpenDocument): looked over before any part of them is opened."""

from __future__ import annotations

import io
import zipfile

from contracts.reader.results import KINDS_READ, ReaderError

LARGEST_UNPACKED = 100 * 1024 * 1024
"""Bytes of all parts of the file that hold text, once unpacked."""
LARGEST_PART = 40 * 1024 * 1024
"""Bytes of one part that holds text, once unpacked: about 8,000 pages."""
MOST_PARTS = 5_000

_OTHERS = (
    ("xl/workbook.xml", "a spreadsheet"),
    ("ppt/presentation.xml", "a set of slides"),
    ("xl/workbook.bin", "a spreadsheet"),
)
_OTHER_TYPES = {
    b"application/vnd.oasis.opendocument.spreadsheet": "a spreadsheet",
    b"application/vnd.oasis.opendocument.presentation": "a set of slides",
    b"application/epub+zip": "an e-book",
}
_ODT = (b"application/vnd.oasis.opendocument.text", b"application/vnd.oasis.opendocument.text-template")


def kind_of(data: bytes) -> str:
    """Which kind of document a zip is: "word" or "odt". Raises ReaderError, saying what it is instead."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            mimetype = b""
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
                mimetype = archive.read("mimetype").strip()
    # NotImplementedError: a way of packing that zipfile does not know; RuntimeError: a part with a password.
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError) as error:
        raise ReaderError("the file is a damaged Word or OpenDocument file, or another zip") from error
    if "word/document.xml" in names:
        return "word"
    if mimetype in _ODT and "content.xml" in names:
        return "odt"
    other = _OTHER_TYPES.get(mimetype) or next((what for name, what in _OTHERS if name in names), "")
    if other:
        raise ReaderError(f"this is {other}: {KINDS_READ}")
    raise ReaderError(f"this is a zip and not a Word file: unpack it, and {KINDS_READ}")


def check(data: bytes, what: str) -> None:
    """Raise ReaderError for a package that is damaged, locked, or unpacks to more than can be read."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise ReaderError(f"the {what} file is damaged: open it and save it again") from error
    if any(part.flag_bits & 0x1 for part in parts):
        raise ReaderError(f"the {what} file is locked with a password: give a copy without one")
    if len(parts) > MOST_PARTS:
        raise ReaderError(f"the {what} file has {len(parts):,} parts: copy its text into a new file")
    texts = [part.file_size for part in parts if part.filename.endswith((".xml", ".rels"))]
    everything = sum(part.file_size for part in parts)
    if max(texts, default=0) > LARGEST_PART or sum(texts) > LARGEST_UNPACKED:
        raise ReaderError(
            f"the {what} file unpacks to more than {LARGEST_PART // 2**20} MB of text:"
            " split it into its schedules"
        )
    if everything > 2 * LARGEST_UNPACKED:
        raise ReaderError(f"the {what} file unpacks to more than 200 MB: save it again without its pictures")


def why_not(error: Exception, what: str) -> str:
    """Why a part of a package could not be read, as far as the error tells."""
    if "depth" in str(error).lower():
        return f"the {what} file is nested deeper than can be followed: copy its text into a new file"
    return f"the {what} file is damaged ({type(error).__name__}): open it and save it again"


__all__ = ["check", "kind_of", "why_not"]
