"""From the bytes of a file to a reading, whatever its format: which it is, its content says."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from obligations.vulnerabilities.reading import csv_files, limits, tables, xlsx_files
from obligations.vulnerabilities.reading.duplicates import Once
from obligations.vulnerabilities.reading.json_files import KINDS_READ, format_of
from obligations.vulnerabilities.reading.refusals import unreadable
from obligations.vulnerabilities.reading.rows import Fault, Field, Reading, Row
from obligations.vulnerabilities.reading.streams import Document

_HEAD = 64 * 1024
_STRANGE = re.compile(r"[\x00-\x08\x0e-\x1f\ufffe\uffff]")
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_REFUSED = (
    (b"%PDF-", "this is a PDF"),
    (b"\x1f\x8b", "this is a packed file (gzip): unpack it"),
    (b"\x89PNG", "this is a picture"),
    (b"\xff\xd8\xff", "this is a picture"),
    (b"SQLite format 3", "this is a database"),
)
_COMPOUND = b"\xd0\xcf\x11\xe0"
_ZIP = b"PK\x03\x04"


def read(
    file: BinaryIO, name: str = "", mapping: Mapping[Field, int] | None = None, *, own: bool = False
) -> Reading:
    """What a file says of vulnerabilities, to be iterated once. See ``rows`` for what comes out.

    ``file`` can be sought in and stays open meanwhile; ``name`` is for people only; ``mapping`` says which
    column of a table is what, where a person corrected ``Reading.columns.mapping``. ``own``: a person said
    that severities of which nobody is named who rates are the contract's own words (``Row.doubt``).
    Raises Unreadable, in words, for a file of no kind that is read, a damaged one or one that is too large;
    iterating may raise it too, and then nothing of the file counts.
    """
    size = file.seek(0, io.SEEK_END)
    if size > limits.LARGEST_FILE:
        raise unreadable(
            f"the file has {size / 2**20:,.0f} MB, more than {limits.LARGEST_FILE // 2**20}", "split it"
        )
    file.seek(0)
    head = file.read(_HEAD)
    if not head.strip(b" \t\r\n\0\xff\xfe\xef\xbb\xbf"):
        raise unreadable("the file is empty", KINDS_READ)
    _refuse_others(head)
    reading = _reading(file, head, mapping, own)
    reading.items = _bounded(reading, reading.items)
    return reading


def _reading(file: BinaryIO, head: bytes, mapping: Mapping[Field, int] | None, own: bool) -> Reading:
    encoding = _encoding(head)
    start = head.decode(encoding, errors="replace").lstrip("\ufeff \t\r\n")
    if start[:1] in ("{", "["):
        document = Document(file, encoding)
        found = format_of(document)
        reading = Reading(found.key, found.label, iter(()), findings=found.findings)
        reading.items = found.rows(document, reading)
        return reading
    if not head.startswith(_ZIP) and _is_binary(start):
        raise unreadable("this is a file of no kind that is known here", KINDS_READ)
    if head.startswith(_ZIP):
        records, notes = xlsx_files.records_of(file)
        reading = tables.reading_of("xlsx", "XLSX", records, mapping, own=own)
    else:
        encoding, note = csv_files.encoding_of(file, encoding)
        notes = [note] if note else []
        records = csv_files.records_of(file, encoding)
        reading = tables.reading_of("csv", "CSV", records, mapping, own=own)
    reading.notes.extend(notes)
    return reading


def _encoding(head: bytes) -> str:
    """UTF-16 where its mark or its zeros say so, else UTF-8."""
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return encoding
    zeros = head[:200].count(0)
    if zeros * 3 > len(head[:200]):
        return "utf-16-le" if head[1:2] == b"\0" else "utf-16-be"
    return "utf-8"


def _is_binary(text: str) -> bool:
    """Whether this is no text: more than one character in a hundred is a control character."""
    strange = len(_STRANGE.findall(text))
    return strange * 100 > len(text)


def _refuse_others(head: bytes) -> None:
    for start, what in _REFUSED:
        if head.startswith(start):
            raise unreadable(what, KINDS_READ)
    if head.startswith(_COMPOUND):
        raise unreadable("this is an old or locked Excel file", "save it as .xlsx, without a password")
    text = head[:2_000].decode("utf-8", errors="replace").lstrip("\ufeff \t\r\n").lower()
    if text.startswith("<"):
        what = "a web page" if text.startswith(("<!doctype html", "<html")) else "an XML file"
        if "<nessusclientdata" in text:
            raise unreadable("this is Nessus' own XML", "export the scan as CSV")
        fix = "export CycloneDX as JSON" if "cyclonedx" in text else KINDS_READ
        raise unreadable(f"this is {what}", fix)


def _bounded(reading: Reading, items: Iterator[Row | Fault]) -> Iterator[Row | Fault]:
    """The rows and faults, each once, up to the limits. Raises Unreadable beyond them."""
    once = Once(reading)
    faults = 0
    for count, one in enumerate(once.through(items), 1):
        faults += isinstance(one, Fault)
        if count > limits.MOST_ROWS:
            raise unreadable(f"the file has more than {limits.MOST_ROWS:,} rows", "split it")
        if faults > limits.MOST_FAULTS:
            raise unreadable(
                f"more than {limits.MOST_FAULTS:,} entries of the file cannot be taken; the last one: {one}",
                "look whether it is the right file, and the right column for each thing",
            )
        yield one
    reading.notes.extend(once.note())
