"""The styles of an OpenDocument text: which words they hide or strike through, and which list they carry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from contracts.reader.odt_names import q


@dataclass(frozen=True, slots=True)
class Style:
    """What a style says itself: None where it says nothing. ``level``: of a heading's outline, from 1."""

    parent: str | None
    hidden: bool | None = None
    struck: bool | None = None
    list_style: str | None = None
    level: int | None = None


class Styles:
    """All styles of a text by their family ("paragraph", "text") and name, and its list styles."""

    def __init__(self, content: Any, styles: Any | None) -> None:
        self.styles: dict[tuple[str, str], Style] = {}
        self.lists: dict[str, Any] = {}
        self.outline: Any | None = None
        for root in (styles, content):
            if root is not None:
                self._read(root)

    def _read(self, root: Any) -> None:
        for element in root.iter(q("style:style")):
            family, name = element.get(q("style:family")) or "", element.get(q("style:name")) or ""
            self.styles[family, name] = _style(element)
        for element in root.iter(q("text:list-style")):
            self.lists[element.get(q("style:name")) or ""] = element
        for element in root.iter(q("text:outline-style")):
            self.outline = element

    def _chain(self, family: str, name: str | None) -> Iterator[Style]:
        seen: set[str] = set()
        while name and name not in seen and (style := self.styles.get((family, name))):
            seen.add(name)
            yield style
            name = style.parent

    def is_hidden(self, family: str, name: str | None) -> bool:
        """Whether the words of a style are not shown."""
        return next((style.hidden for style in self._chain(family, name) if style.hidden is not None), False)

    def is_struck(self, family: str, name: str | None) -> bool:
        """Whether the words of a style are struck through."""
        return next((style.struck for style in self._chain(family, name) if style.struck is not None), False)

    def list_of(self, name: str | None) -> str | None:
        """The list style that a paragraph's style carries; empty where it says that there is none."""
        return next(
            (one.list_style for one in self._chain("paragraph", name) if one.list_style is not None), None
        )


def _style(element: Any) -> Style:
    words = element.find(q("style:text-properties"))
    hidden = struck = None
    if words is not None:
        display, line = words.get(q("text:display")), words.get(q("style:text-line-through-style"))
        line = words.get(q("style:text-line-through-type")) if line is None else line
        hidden = None if display is None else display == "none"
        struck = None if line is None else line != "none"
    level = element.get(q("style:default-outline-level")) or ""
    return Style(
        parent=element.get(q("style:parent-style-name")),
        hidden=hidden,
        struck=struck,
        list_style=element.get(q("style:list-style-name")),
        level=int(level) if level.isdigit() and len(level) < 3 else None,
    )
