"""The numbers OpenDocument gives to list items and headings: styles of lists, and the counting."""

from __future__ import annotations

from typing import Any

from contracts.reader.lists import BULLET, NONE, OpenList, label_of
from contracts.reader.odt_names import q
from contracts.reader.odt_styles import Styles

DEEPEST = 10
_HEADINGS = "outline"


def whole(said: str | None) -> int | None:
    """A number an attribute gives; None for none, or one that no list reaches."""
    return int(said) if said is not None and said.isdigit() and len(said) < 7 else None


class Numbering:
    """Counts lists and headings in document order. A list that goes on with another shares its counts."""

    def __init__(self, styles: Styles) -> None:
        self.styles = styles
        self.forms: dict[str, dict[int, OpenList]] = {}
        self.headings: dict[int, OpenList] = {}
        self.by_id: dict[str, dict[int, OpenList]] = {}
        self.by_style: dict[str, dict[int, OpenList]] = {}

    def levels_for(self, element: Any, style: str) -> dict[int, OpenList]:
        """The counts that a list at the top uses: those of the list it goes on with, else new ones."""
        before = self.by_id.get(element.get(q("text:continue-list")) or "")
        if before is None and element.get(q("text:continue-numbering")) == "true":
            before = self.by_style.get(style)
        levels = {} if before is None else before
        self.by_style[style] = levels
        if key := element.get(q("xml:id")):
            self.by_id[key] = levels
        return levels

    def item(
        self, levels: dict[int, OpenList], style: str, depth: int, start: int | None
    ) -> tuple[str, str, bool]:
        """Count an item at a depth from 1: its label, what is printed, and whether it is a bullet."""
        return self._count(levels, self._forms(style), depth, start)

    def heading(self, level: int, start: int | None, restarts: bool) -> tuple[str, str, bool]:
        """Count a heading of the outline."""
        if restarts:
            self.headings.pop(level, None)
        return self._count(self.headings, self._forms(_HEADINGS), level, start)

    def _count(
        self, levels: dict[int, OpenList], forms: dict[int, OpenList], depth: int, start: int | None
    ) -> tuple[str, str, bool]:
        depth = max(1, min(depth, DEEPEST))
        for deeper in [level for level in levels if level > depth]:
            del levels[deeper]
        for level in range(1, depth + 1):
            if level not in levels:
                levels[level] = _copy(forms.get(level))
                if level < depth and levels[level].form not in (BULLET, NONE):
                    levels[level].count += 1  # it prints there, though no item of it was met
        levels[depth].counted(start)
        label, printed = label_of([levels[level] for level in sorted(levels) if level <= depth])
        return label, printed, levels[depth].form == BULLET

    def _forms(self, style: str) -> dict[int, OpenList]:
        if style not in self.forms:
            source = self.styles.outline if style == _HEADINGS else self.styles.lists.get(style)
            self.forms[style] = {} if source is None else _levels(source)
        return self.forms[style]


def _copy(form: OpenList | None) -> OpenList:
    if form is None:
        return OpenList(NONE)
    return OpenList(form.form, form.count, 1, form.prefix, form.suffix, form.above)


def _levels(style: Any) -> dict[int, OpenList]:
    """The levels of a list style, each counted to just before its first number."""
    found: dict[int, OpenList] = {}
    for element in style:
        level = whole(element.get(q("text:level")))
        if level is None:
            continue
        form = element.get(q("style:num-format")) or NONE
        if element.tag not in (q("text:list-level-style-number"), q("text:outline-level-style")):
            form = BULLET
        start = whole(element.get(q("text:start-value")))
        found[level] = OpenList(
            form=form,
            count=(1 if start is None else start) - 1,
            prefix=element.get(q("style:num-prefix")) or "",
            suffix=element.get(q("style:num-suffix")) or "",
            above=min((whole(element.get(q("text:display-levels"))) or 1) - 1, level - 1),
        )
    return found
