"""The numbers Word gives to paragraphs: definitions of lists, styles that carry one, and the counting.

What is counted belongs to a list's definition (``abstractNum``): several lists (``num``) of one definition
go on with one another, unless a list says where it starts. A paragraph's list may come from itself, from
its style or from a style that one is based on; the level of a style is the level that names the style.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from docx.oxml.ns import qn

from contracts.reader.number_forms import letters, roman, small

Element: TypeAlias = Any
"""An lxml element; the library has no types for them."""

BULLET = "bullet"
DEEPEST = 8
"""The deepest level of a list, the first being 0."""


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list: where it starts, how a number is written, and the text around it."""

    start: int = 1
    form: str = "decimal"
    text: str = ""
    style: str | None = None
    restart: int | None = None
    legal: bool = False


@dataclass(slots=True)
class ListDefinition:
    """A list's definition and how far its levels have been counted."""

    levels: dict[int, Level]
    counts: dict[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class List:
    """A list that paragraphs name: its definition, its own levels, and the starts it has yet to apply."""

    definition: ListDefinition
    levels: dict[int, Level]
    starts: dict[int, int]


@dataclass(frozen=True, slots=True)
class StyleNumber:
    """What a style says of numbering: the list, the level, and the style it is based on."""

    list_id: str | None
    level: int | None
    base: str | None


def value_of(element: Element, path: str) -> str | None:
    """The ``w:val`` of a child, or None. A child without one is on: "1"."""
    child = element.find(qn(path)) if element is not None else None
    if child is None:
        return None
    value = child.get(qn("w:val"))
    return "1" if value is None else str(value)


def _number(element: Element, path: str) -> int | None:
    value = value_of(element, path)
    return int(value) if value is not None and value.lstrip("-").isdigit() else None


def _level(element: Element) -> Level:
    start, restart = _number(element, "w:start"), _number(element, "w:lvlRestart")
    return Level(
        start=1 if start is None else start,
        form=value_of(element, "w:numFmt") or "decimal",
        text=value_of(element, "w:lvlText") or "",
        style=value_of(element, "w:pStyle"),
        restart=restart,
        legal=value_of(element, "w:isLgl") in ("1", "true", "on"),
    )


def _levels(element: Element) -> dict[int, Level]:
    return {int(child.get(qn("w:ilvl"))): _level(child) for child in element.findall(qn("w:lvl"))}


class Numbering:
    """All lists of a document. Ask for the label of each paragraph in document order, once."""

    def __init__(self, numbering: Element | None, styles: Element | None) -> None:
        self.styles = _styles(styles)
        self.lists: dict[str, List] = {}
        if numbering is not None:
            self._read(numbering)

    def _read(self, numbering: Element) -> None:
        definitions: dict[str, ListDefinition] = {}
        links: dict[str, str] = {}
        style_lists: dict[str, str] = {}
        for element in numbering.findall(qn("w:abstractNum")):
            key = str(element.get(qn("w:abstractNumId")))
            definitions[key] = ListDefinition(_levels(element))
            if link := value_of(element, "w:numStyleLink"):
                links[key] = link
            if style := value_of(element, "w:styleLink"):
                style_lists[style] = key
        for key, style in links.items():
            if target := style_lists.get(style):
                definitions[key] = definitions[target]
        for element in numbering.findall(qn("w:num")):
            key = value_of(element, "w:abstractNumId") or ""
            if key in definitions:
                self.lists[str(element.get(qn("w:numId")))] = _list(element, definitions[key])

    def label(self, properties: Element | None) -> tuple[str, str] | None:
        """Count a paragraph; its label and the form of its last number, or None where it has none."""
        list_id, level = self._place(properties)
        if list_id is None or list_id not in self.lists:
            return None
        return self._count(self.lists[list_id], level)

    def _place(self, properties: Element | None) -> tuple[str | None, int]:
        """The list and level of a paragraph: its own, else its style's."""
        own = properties.find(qn("w:numPr")) if properties is not None else None
        style = value_of(properties, "w:pStyle") or self.styles.get("", StyleNumber(None, None, None)).base
        list_id, level = value_of(own, "w:numId"), _number(own, "w:ilvl")
        style_list, style_level = self._of_style(style)
        if list_id is None:
            list_id = style_list
        if level is None:
            level = self._linked(list_id, style) if list_id else None
        if level is None and list_id == style_list:
            level = style_level
        return (None if list_id == "0" else list_id), max(0, min(level or 0, DEEPEST))

    def _chain(self, style: str | None) -> list[str]:
        chain: list[str] = []
        while style and style in self.styles and style not in chain:
            chain.append(style)
            style = self.styles[style].base
        return chain

    def _of_style(self, style: str | None) -> tuple[str | None, int | None]:
        list_id: str | None = None
        level: int | None = None
        for name in self._chain(style):
            found = self.styles[name]
            list_id = found.list_id if list_id is None else list_id
            level = found.level if level is None else level
        return list_id, level

    def _linked(self, list_id: str, style: str | None) -> int | None:
        """The level of a list that names the style, or the nearest style it is based on."""
        known = self.lists.get(list_id)
        for name in self._chain(style) if known else []:
            if self.styles[name].level is not None and self.styles[name].list_id is None:
                return self.styles[name].level
            for place, level in known.levels.items() if known else ():
                if level.style == name:
                    return place
        return None

    def _count(self, chosen: List, place: int) -> tuple[str, str] | None:
        counts = chosen.definition.counts
        for level in [level for level in chosen.starts if level <= place]:
            start = chosen.starts.pop(level)
            counts.pop(level, None)
            chosen.levels[level] = replace(chosen.levels.get(level, Level()), start=start)
        for above in range(place):
            counts.setdefault(above, chosen.levels.get(above, Level()).start)
        own = chosen.levels.get(place, Level())
        counts[place] = counts[place] + 1 if place in counts else own.start
        for deeper in [level for level in counts if level > place]:
            if _restarts(chosen.levels.get(deeper, Level()), deeper, place):
                del counts[deeper]
        if own.form == "none" and "%" not in own.text.replace(f"%{place + 1}", ""):
            return None
        return _written(chosen, place, counts), own.form


def _restarts(level: Level, deeper: int, place: int) -> bool:
    """Whether a level starts again after a paragraph of a higher one; a list may say which one it takes."""
    if level.restart is None:
        return True
    return level.restart != 0 and place < level.restart


def _written(chosen: List, place: int, counts: dict[int, int]) -> str:
    own = chosen.levels.get(place, Level())
    text = own.text
    for level in range(DEEPEST, -1, -1):
        form = "decimal" if own.legal else chosen.levels.get(level, Level()).form
        text = text.replace(f"%{level + 1}", write(counts.get(level, 0), form))
    return text


def _list(element: Element, definition: ListDefinition) -> List:
    levels, starts = dict(definition.levels), {}
    for override in element.findall(qn("w:lvlOverride")):
        place = int(override.get(qn("w:ilvl")))
        own = override.find(qn("w:lvl"))
        if own is not None:
            levels[place] = _level(own)
        start = _number(override, "w:startOverride")
        if start is not None:
            starts[place] = start
    return List(definition, levels, starts)


def _styles(styles: Element | None) -> dict[str, StyleNumber]:
    """Styles by id; under "" the default paragraph style as a base."""
    found: dict[str, StyleNumber] = {}
    for style in styles.findall(qn("w:style")) if styles is not None else []:
        properties = style.find(qn("w:pPr"))
        own = properties.find(qn("w:numPr")) if properties is not None else None
        key = str(style.get(qn("w:styleId")))
        found[key] = StyleNumber(
            value_of(own, "w:numId"), _number(own, "w:ilvl"), value_of(style, "w:basedOn")
        )
        if style.get(qn("w:type")) == "paragraph" and style.get(qn("w:default")) in ("1", "true"):
            found[""] = StyleNumber(None, None, key)
    return found


def _ordinal(value: int) -> str:
    ending = "th" if value % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{value}{ending}"


_FORMS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalZero": lambda value: f"{value:02}",
    "lowerLetter": lambda value: small(value, letters),
    "upperLetter": lambda value: small(value, letters).upper(),
    "lowerRoman": lambda value: small(value, roman),
    "upperRoman": lambda value: small(value, roman).upper(),
    "ordinal": _ordinal,
    "none": lambda value: "",
    BULLET: lambda value: "",
}


def write(value: int, form: str) -> str:
    """A number in one of Word's forms; a form we do not know is written in figures."""
    return _FORMS.get(form, str)(value)
