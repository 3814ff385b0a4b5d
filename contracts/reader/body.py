"""Reading one run of numbered paragraphs: what each line of it belongs to."""

from __future__ import annotations

import re
from bisect import bisect_right

from contracts.reader import tables
from contracts.reader.items import Items
from contracts.reader.lines import Line
from contracts.reader.marks import (
    ItemMark,
    NumberMark,
    TermMark,
    is_bullet,
    is_recital,
    is_signing,
    item_mark,
    show,
    term_mark,
)
from contracts.reader.numbering import Run
from contracts.reader.results import Draft, Notes, Taken

_OPEN_LIST = re.compile(r"\b(?:and|or|and/or)\s*[;,]?\s*$", re.I)
_STOPPED = re.compile(r"(?:[.;,:]|\b(?:and|or|and/or))\s*$", re.I)


class Body:
    """Turns the lines of one run into paragraphs. ``terms`` makes each definition a paragraph of its own."""

    def __init__(self, scope: str, run: Run, notes: Notes, terms: bool = False) -> None:
        self.scope, self.run, self.notes, self.terms = scope, run, notes, terms
        self.drafts: list[Draft] = []
        self.taken = Taken()
        self.limbs: set[str] = set()
        self.owner: Draft | None = None
        self.prefix = ""
        self.last: Draft | None = None
        self.items = Items()
        self.before_term: tuple[Items, str] | None = None
        self.signed = False
        self.stops = sorted(run.numbers)
        self.no_table_before = 0

    def read(self) -> list[Draft]:
        """All paragraphs of the run, in document order."""
        place = 0
        while place < len(self.run.lines):
            place = self._line(place)
        return self.drafts

    def _line(self, place: int) -> int:
        line = self.run.lines[place]
        if not line.words and line.label is None:
            return place + 1
        number = self.run.numbers.get(place)
        if line.note:
            self._note(line)
        elif number:
            self._number(line, number)
        elif self.signed or is_signing(line.text):
            self.signed = True
            self.notes.keep(self.scope, line.no, line.text)
        elif end := self._table(place):
            return end
        elif listed := self.run.listed.get(place):
            self._item(place, line, ItemMark(show(listed.number), listed.printed, listed.rest))
        elif term := term_mark(line):
            self._term(line, term)
        elif not ((mark := item_mark(line)) and self._item(place, line, mark)):
            self._plain(line)
        return place + 1

    def _number(self, line: Line, mark: NumberMark) -> None:
        if " " in mark.printed.strip() and not mark.worded:
            self.notes.warn(
                line.no, "number_spaced", f'"{mark.printed}" is read as {mark.cited}'
            )  # fmt: skip
        self.signed = False
        self.owner = self.last = self._draft(mark.cited, mark.printed, line.no, mark.rest)
        self.prefix = self.owner.number
        self.items.clear()
        self.before_term = None

    def _note(self, line: Line) -> None:
        """A footnote belongs to what was read last."""
        if self.last is None or self.signed:
            self.notes.keep(self.scope, line.no, line.words)
        else:
            self.last.notes.append(line.words)

    def _draft(self, number: str, printed: str, line: int, text: str, item: bool = False) -> Draft:
        draft = Draft(self.taken.take(number), printed, line, [text] if text else [], item=item)
        self.drafts.append(draft)
        return draft

    def _term(self, line: Line, mark: TermMark) -> None:
        if self.owner is None and self.items.open and self.last is not None and not self.terms:
            self.last.lines.append(line.words)
            return
        if self.items.open:
            self.before_term = (self.items, self.prefix)
        self.items = Items()
        if self.terms:
            self.owner = self.last = self._draft(mark.term, mark.printed, line.no, mark.rest)
            self.prefix = self.owner.number
        elif self.owner is None:
            self.notes.keep(self.scope, line.no, line.text)
        else:
            self.owner.lines.append(line.words)
            self.last = self.owner
            used = self.owner.number in self.limbs
            self.prefix = f"{self.owner.number}/{mark.term.lower()}" if used else self.owner.number

    def _item(self, place: int, line: Line, mark: ItemMark) -> bool:
        if self.owner is None and not (mark.value.isdigit() or mark.value.lower() == "a" or self.items.open):
            return False
        following = [found for later in self.run.lines[place + 1 : place + 6] if (found := item_mark(later))]
        path = self._path(mark, following, labelled=line.label is not None)
        if path is None:
            return False
        number = f"{self.prefix}{path}"
        self.limbs.add(self.prefix)
        if number in self.taken:
            self.notes.warn(line.no, "number_repeated", f"{number} is used again: read as an item of its own")
        self.last = self._draft(number, mark.printed, line.no, mark.rest, item=True)
        return True

    def _path(self, mark: ItemMark, following: list[ItemMark], labelled: bool) -> str | None:
        """The path of an item within its paragraph. A list may go on in the next definition."""
        path = self.items.place(mark, following)
        if path is None and self.before_term is not None and self.before_term[0].goes_on(mark):
            self.items, self.prefix = self.before_term
            path = self.items.place(mark, following)
        return self.items.begin(mark) if path is None and labelled else path

    def _table(self, place: int) -> int | None:
        """Read a table with serials that begins here; its end, or None where there is none."""
        line = self.run.lines[place]
        before = self.run.lines[place - 1] if place else None
        if not line.cell or self.owner is None or (before is not None and before.cell):
            return None
        if place < self.no_table_before:
            return None
        following = bisect_right(self.stops, place)
        end = self.stops[following] if following < len(self.stops) else len(self.run.lines)
        rows, self.no_table_before = tables.rows_with_serials(self.run.lines, place, end)
        if rows is None:
            return None
        self.owner.lines += [text for cell in rows[0] for text in cell.texts]
        drafts = tables.serial_rows(rows, self.owner.number, self.notes)
        for draft in drafts:
            draft.number = self.taken.take(draft.number)
        self.drafts += drafts
        self.last = drafts[-1]
        return end

    def _plain(self, line: Line) -> None:
        """A line with neither number nor letter: it goes on with an item, or closes the list above it."""
        words = line.shown
        if self.last is None or (self.owner is None and (is_recital(words) or self._ended())):
            self.notes.keep(self.scope, line.no, words)
            if self.owner is None:
                self.last = None
            return
        if not self.last.item or is_bullet(line.text) or self.owner is None or not self._ended():
            self.last.lines.append(words)
            return
        if _OPEN_LIST.search(self.last.lines[-1]) if self.last.lines else False:
            self.notes.warn(
                line.no, "unlettered_limb", f"a limb without a letter: read as text of {self.owner.number}"
            )  # fmt: skip
        self.owner.lines.append(words)
        self.last = self.owner

    def _ended(self) -> bool:
        return bool(self.last and self.last.lines and _STOPPED.search(self.last.lines[-1]))
