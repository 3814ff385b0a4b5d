"""The lists of a web page or an OpenDocument file: the number of each item, as it would be printed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from contracts.reader.number_forms import roman, small, two_letters

BULLET, NONE, FIGURES = "bullet", "", "1"
DEEPEST = 12
"""Lists in lists, from which on an item has no number."""

_FORMS: dict[str, Callable[[int], str]] = {
    FIGURES: str,
    "01": lambda value: f"{value:02}",
    "a": lambda value: small(value, two_letters),
    "A": lambda value: small(value, two_letters).upper(),
    "i": lambda value: small(value, roman),
    "I": lambda value: small(value, roman).upper(),
}


@dataclass(slots=True)
class OpenList:
    """A list that is open: the form of its numbers, what is printed around them, and how far it has counted.

    ``above``: how many levels above print their number before its own. ``begun``: an item of it was counted.
    """

    form: str
    count: int = 0
    step: int = 1
    prefix: str = ""
    suffix: str = "."
    above: int = 0
    begun: bool = False

    @property
    def in_figures(self) -> bool:
        """Whether it counts in plain figures."""
        return self.form in (FIGURES, "01")

    @property
    def bare(self) -> str:
        """The number of the item that was counted last, alone."""
        return _FORMS[self.form](self.count) if self.form in _FORMS else ""

    def counted(self, value: int | None = None) -> None:
        """Count the next item, or one that says its own number."""
        self.count = self.count + self.step if value is None else value
        self.begun = True


def label_of(lists: list[OpenList]) -> tuple[str, str]:
    """The label of the item counted last in the innermost of the open lists, and what is printed for it.

    Figures under figures are cited with those above them: item 2 under item 1 is 1.2, though "2." is printed.
    """
    own = lists[-1]
    if own.form not in _FORMS or len(lists) > DEEPEST:
        return "", ""
    shown = [one.bare for one in lists[len(lists) - 1 - own.above : -1] if one.bare]
    printed = f"{own.prefix}{'.'.join([*shown, own.bare])}{own.suffix}"
    figures = 0
    for one in reversed(lists):
        if not (one.in_figures and one.begun):
            break
        figures += 1
    if not shown and own.in_figures and figures > 1:
        return ".".join(one.bare for one in lists[-figures:]), printed
    return printed, printed
