"""What is laid over the pages of a PDF and is no text of it: filled-in form fields, and marks and notes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pypdf

from contracts.reader.left_out import LeftOut
from contracts.reader.results import Notes

_MARKS = {
    "/FreeText": "words written on",
    "/StrikeOut": "words struck out",
    "/Caret": "insertion",
    "/Text": "comment",
    "/Stamp": "stamp",
    "/Ink": "drawing by hand",
    "/Redact": "words to be blacked out",
}
_BUTTON, _SIGNATURE = "/Btn", "/Sig"


@dataclass(frozen=True, slots=True)
class Laid:
    """One thing laid over a page: what a form field is filled in with, or a mark of some kind (``mark``)."""

    words: str
    mark: str = ""


def laid_over(page: pypdf.PageObject) -> list[Laid]:
    """The filled-in fields and the marks of a page. Raises what the library raises of a damaged one."""
    found: list[Laid] = []
    for one in _annotations(page):
        kind = str(one.get("/Subtype"))
        if kind == "/Widget":
            if value := _value(one):
                found.append(Laid(value))
        elif kind in _MARKS:
            found.append(Laid(str(one.get("/Contents") or "").strip(), _MARKS[kind]))
    return found


def warn_of_laid(pages: list[list[Laid]], first: list[int], notes: Notes) -> None:
    """One warning for the fields and one for the marks. ``first``: the first line read from each page."""
    fields, marks = LeftOut(), LeftOut()
    for number, (page, line) in enumerate(zip(pages, first, strict=True), 1):
        for laid in page:
            notes.held.add("marks" if laid.mark else "form_fields_apart", words=laid.words)
            if laid.mark:
                marks.add(line, laid.words, f"page {number}, {laid.mark}")
            else:
                fields.add(line, laid.words, f"page {number}")
                notes.keep("", line, f"[Form field, page {number}] {laid.words}")
    fields.warn(notes, "form_fields", "filled-in form fields are kept apart from the paragraphs")
    marks.warn(notes, "marks_on_pages", "marks laid over the pages are neither read nor heeded")


def _annotations(page: pypdf.PageObject) -> Iterator[Any]:
    found = page.get("/Annots")
    for one in found.get_object() if found is not None else ():
        mark = one.get_object()
        if isinstance(mark, dict):
            yield mark


def _value(field: Any) -> str:
    """What a field is filled in with; nothing for an empty one, a button that is off and a signature."""
    kind, value = _said(field, "/FT"), _said(field, "/V")
    if value is None or kind == _SIGNATURE:
        return ""
    if kind == _BUTTON:
        state = str(field.get("/AS") or "/Off")
        return "" if state == "/Off" else "ticked"
    values = value if isinstance(value, list) else [value]
    return ", ".join(str(one.get_object() if hasattr(one, "get_object") else one) for one in values).strip()


def _said(field: Any, key: str) -> Any:
    """What a field says itself, or the field it is a part of."""
    for _ in range(16):
        if key in field:
            return field[key].get_object() if hasattr(field[key], "get_object") else field[key]
        if "/Parent" not in field:
            return None
        field = field["/Parent"].get_object()
    return None
