"""Lettered and roman items under a paragraph: (a), (b), (i), (ii), and which list each belongs to."""

from __future__ import annotations

from collections.abc import Sequence

from contracts.reader.marks import ItemMark

_ROMAN_ONES = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")
_ROMAN = [tens + ones for tens in ("", "x", "xx") for ones in _ROMAN_ONES][1:]


def _ordinals(value: str) -> dict[str, int]:
    """The ways to read a mark, with its place in each list: (i) is the first roman or the ninth letter."""
    if value.isdigit():
        return {"figure": int(value)}
    case = "upper" if value.isupper() else "lower"
    small = value.lower()
    ways: dict[str, int] = {}
    if len(small) == 1:
        ways[f"{case} letter"] = ord(small) - ord("a") + 1
    elif len(small) == 2 and small[0] == small[1]:
        ways[f"{case} letter"] = 26 + ord(small[0]) - ord("a") + 1
    if small in _ROMAN:
        ways[f"{case} roman"] = _ROMAN.index(small) + 1
    return ways


class Items:
    """The open lists under one paragraph, outermost first: each a way of counting, how far, and its mark."""

    def __init__(self) -> None:
        self.open: list[tuple[str, int, str]] = []

    def clear(self) -> None:
        """Close all lists."""
        self.open = []

    def place(self, mark: ItemMark, following: Sequence[ItemMark]) -> str | None:
        """Take an item in; its path within the paragraph, as "(a)(ii)", or None where it fits no list."""
        ways = _ordinals(mark.value)
        for depth in reversed(range(len(self.open))):
            way, count, _ = self.open[depth]
            if ways.get(way) == count + 1 and not self._begins_roman(mark, following, depth):
                self.open = [*self.open[:depth], (way, count + 1, mark.value)]
                return self.path
        for way in sorted(ways, key=lambda way: "roman" not in way):
            if ways[way] == 1 and way not in [other for other, _, _ in self.open]:
                self.open.append((way, 1, mark.value))
                return self.path
        return self._unexpected(mark, ways)

    def goes_on(self, mark: ItemMark) -> bool:
        """Whether an item is the very next of a list that is open."""
        ways = _ordinals(mark.value)
        return any(ways.get(way) == count + 1 for way, count, _ in self.open)

    def begin(self, mark: ItemMark) -> str:
        """Take in an item that follows nothing, because the file itself says that it is one."""
        ways = _ordinals(mark.value) or {"other": 1}
        way = next(iter(ways))
        self.open = [*self.open[:-1], (way, ways[way], mark.value)]
        return self.path

    def _begins_roman(self, mark: ItemMark, following: Sequence[ItemMark], depth: int) -> bool:
        """(i) after (h): a ninth letter, unless (ii) comes next."""
        if mark.value.lower() != "i" or "letter" not in self.open[depth][0]:
            return False
        return bool(following) and following[0].value.lower() == "ii"

    def _unexpected(self, mark: ItemMark, ways: dict[str, int]) -> str | None:
        """A gap in a list, or a list that begins again: believed only where the mark is in brackets."""
        if not mark.printed.endswith(")"):
            return None
        for depth in reversed(range(len(self.open))):
            way, count, _ = self.open[depth]
            if way in ways and (ways[way] == 1 or count < ways[way] <= count + 3):
                self.open = [*self.open[:depth], (way, ways[way], mark.value)]
                return self.path
        return None

    @property
    def path(self) -> str:
        """The open items, as "(a)(ii)"."""
        return "".join(f"({value})" for _, _, value in self.open)
