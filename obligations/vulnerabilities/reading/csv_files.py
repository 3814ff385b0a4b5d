"""CSV and pasted lists: which encoding, which separator, and the rows with the lines that they begin on."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import BinaryIO

from obligations.vulnerabilities.reading import limits
from obligations.vulnerabilities.reading.records import Record
from obligations.vulnerabilities.reading.refusals import unreadable

_SEPARATORS = ",;\t|"
_HEAD = 30
_CHUNK = 1024 * 1024


def encoding_of(file: BinaryIO, likely: str) -> tuple[str, str]:
    """The encoding of a text, and a note where that is a guess. Raises Unreadable for what is no text."""
    file.seek(0)
    if likely != "utf-8":
        return likely, ""
    decoder = codecs.getincrementaldecoder("utf-8")()
    good = True
    while chunk := file.read(_CHUNK):
        if b"\0" in chunk:
            raise unreadable("this is no text", "give a CSV file, or save the spreadsheet as .xlsx")
        try:
            good = good and decoder.decode(chunk) is not None
        except UnicodeDecodeError:
            good = False
    if good:
        return "utf-8-sig", ""
    return "cp1252", "the file is not UTF-8: read as Windows text (cp1252); check accents and dashes"


def records_of(file: BinaryIO, encoding: str) -> Iterator[Record]:
    """The rows of the file. Raises Unreadable where a row has no end."""
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="")
    try:
        head = list(islice(_lines(text), _HEAD))
        separator = _separator(head)
        if head and head[0].lower().startswith("sep="):
            head[0] = "\n"
        text.seek(0)
        lines = _lines(text)
        if head and head[0] == "\n":
            next(lines)
        yield from _records(lines, separator, skipped=1 if head and head[0] == "\n" else 0)
    finally:
        with suppress(ValueError):  # whoever reads no further may have closed the file already
            text.detach()


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    number = 0
    while line := text.readline(limits.LONGEST_LINE + 1):
        number += 1
        if len(line) > limits.LONGEST_LINE:
            raise unreadable(
                f"the line has more than {limits.LONGEST_LINE:,} characters",
                "it is no table of rows",
                f"line {number:,}",
            )
        yield line


def _records(lines: Iterator[str], separator: str, skipped: int) -> Iterator[Record]:
    csv.field_size_limit(limits.LONGEST_LINE)
    reader = csv.reader(lines, delimiter=separator)
    while True:
        line = reader.line_num + 1 + skipped
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise unreadable(
                f"the row that begins here has no end ({error})", "close its quotation mark", f"line {line:,}"
            ) from error
        yield Record(f"line {line:,}", cells)


def _separator(head: list[str]) -> str:
    """The separator that gives the first rows the most columns, and as many each."""
    if head and head[0].lower().startswith("sep=") and head[0][4:5] in _SEPARATORS:
        return head[0][4]

    def columns(separator: str) -> tuple[int, int]:
        widths = [len(cells) for cells in csv.reader(head, delimiter=separator) if cells]
        usual = max(set(widths), key=widths.count, default=1)
        return (widths.count(usual) * (usual > 1), usual)

    try:
        return max(_SEPARATORS, key=columns)
    except csv.Error:
        return ","
