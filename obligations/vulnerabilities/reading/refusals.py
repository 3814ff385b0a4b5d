"""How a reader says that something cannot be taken: one row, or the whole file."""

from __future__ import annotations

from obligations.vulnerabilities.reading.rows import Fault, Unreadable


class Refused(Exception):
    """One entry of a file cannot be taken: ``what`` is wrong, and the ``fix``. Its place is known above."""

    def __init__(self, what: str, fix: str) -> None:
        super().__init__(f"{what}: {fix}")
        self.what = what
        self.fix = fix

    def at(self, place: str) -> Fault:
        """The fault it is, in its place."""
        return Fault(place, self.what, self.fix)

    def whole(self, place: str) -> Unreadable:
        """The same of what the whole file rests on."""
        return Unreadable(self.at(place))


def unreadable(what: str, fix: str, place: str = "") -> Unreadable:
    """To be raised where the whole file cannot be taken."""
    return Unreadable(Fault(place, what, fix))
