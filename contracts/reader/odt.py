"""OpenDocument texts (.odt) as lines, with the numbers that a word processor would print."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from lxml import etree

from contracts.reader import packages
from contracts.reader.lines import Line
from contracts.reader.odt_names import META, q
from contracts.reader.odt_numbers import Numbering
from contracts.reader.odt_styles import Styles
from contracts.reader.odt_walk import Walk
from contracts.reader.results import Notes, ReaderError
from contracts.terms.phrases import find_limits


def lines_of_odt(data: bytes, notes: Notes) -> list[Line]:
    """The lines of an OpenDocument text, with warnings of what it holds that is not read, or is read as
    something that nobody has settled. Raises ReaderError where it is damaged or locked.
    """
    packages.check(data, "OpenDocument")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            _refuse_locked(archive, names)
            content = _parse(archive.read("content.xml"))
            styles = _parse(archive.read("styles.xml")) if "styles.xml" in names else None
        body = content.find(f"{q('office:body')}/{q('office:text')}")
        if body is None:
            raise ReaderError("the OpenDocument file holds no text: save it again as .odt")
        known = Styles(content, styles)
        lines = Walk(known, Numbering(known)).of(body, notes)
        _count_headers(styles, notes)
        return lines
    except (ReaderError, MemoryError):
        raise
    except Exception as error:
        raise ReaderError(packages.why_not(error, "OpenDocument")) from error


def _parse(data: bytes) -> Any:
    """An XML part. Entities of its own are never taken in, and nothing outside the file is."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_pis=True)
    root = etree.fromstring(data, parser)
    if root.getroottree().docinfo.internalDTD is not None:
        raise ReaderError("the OpenDocument file has a document type of its own: open it and save it again")
    return root


def _refuse_locked(archive: zipfile.ZipFile, names: set[str]) -> None:
    if META in names and _parse(archive.read(META)).find(f".//{q('manifest:encryption-data')}") is not None:
        raise ReaderError("the OpenDocument file is locked with a password: give a copy without one")


def _count_headers(styles: Any, notes: Notes) -> None:
    """Count page headers and footers, each once where several say the same."""
    seen: set[str] = set()
    kinds = [q(f"style:{name}") for name in ("header", "footer", "header-first", "footer-first",
                                             "header-left", "footer-left")]  # fmt: skip
    for element in styles.iter(*kinds) if styles is not None else ():
        words = " ".join(" ".join(element.itertext()).split())
        if any(letter.isalpha() for letter in words) and words not in seen:
            seen.add(words)
            notes.held.add("headers", words=words)
            for limit in find_limits(words):
                notes.warn(1, "limit_outside", f'"{limit.phrase}" stands in a page header or footer')
