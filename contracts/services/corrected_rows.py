"""The paragraph rows of a schedule brought from one corrected reading to the next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from contracts.models import (
    Document,
    Effect,
    Paragraph,
    ParagraphVersion,
    Schedule,
    VariationState,
)
from contracts.reader.correction_state import Piece
from contracts.reader.corrections import Corrected
from contracts.services import rests
from contracts.services.errors import Refused
from contracts.services.own_schedules import add_paragraphs
from contracts.services.paragraph_rows import kept_for_good, leave_out, orders_in, write_paths
from contracts.services.words import lay_variations_over, signed_texts
from contracts.terms.in_force import SignedText, changes_to
from contracts.terms.moments import Day


@dataclass
class Followed:
    """What became of the rows. ``renumbered``: old path to new; ``added`` and ``gone``: paths; ``touched``:
    the numbers of the rows of which anything is other than before.
    """

    renumbered: dict[str, str] = field(default_factory=dict)
    added: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    touched: set[int] = field(default_factory=set)


def follow_reading(schedule: Schedule, document: Document, before: Corrected, after: Corrected) -> Followed:
    """Bring the rows of a schedule from one corrected reading to the next, in the caller's transaction.

    A paragraph that is gone loses its row, or is left out where something on record points to it. A constant
    number of queries. Raises Refused where something rests on what would go or move.
    """
    work = _Following(schedule, document, before, after)
    work.check()
    work.give_words()
    work.bring_back()
    work.take_out()
    work.renumber_and_add()
    lay_variations_over(schedule.contract)
    return work.followed


class _Following:
    """The rows of a schedule by the keys of a reading's pieces, and what changes of them."""

    def __init__(self, schedule: Schedule, document: Document, before: Corrected, after: Corrected) -> None:
        self.schedule, self.document = schedule, document
        self.before, self.after = before.by_key, after.by_key
        rows = list(Paragraph.objects.filter(schedule=schedule).order_by("order", "pk"))
        self.versions: dict[int, list[ParagraphVersion]] = defaultdict(list)
        for version in ParagraphVersion.objects.filter(paragraph__schedule=schedule).order_by("in_force"):
            self.versions[version.paragraph_id].append(version)
        by_path = {row.path: row for row in rows}
        self.rows = {key: by_path[piece.path] for key, piece in self.before.items() if piece.path in by_path}
        read = {row.pk for row in self.rows.values()}
        self.others = [row for row in rows if row.pk not in read]
        self.in_order = rows
        self.come_back = self._come_back()
        self.followed = Followed()

    # What stands in the way

    def check(self) -> None:
        """Refuse what would let something rest on nothing."""
        holds = rests.holds_of(self.schedule)
        effects = self._effects()
        for key, row in self.rows.items():
            if key not in self.after:
                if why := holds.paragraphs.get(row.pk):
                    raise Refused("", why)
                if row.pk in effects:
                    raise Refused("", f"{effects[row.pk]} changes paragraph {row.number}, so it has to stay.")
        self._check_words(holds)
        self._check_reach()
        back = self._back
        taken = {row.path for row in self.others if row.pk not in back and not self._is_left_out(row)}
        for piece in self.after.values():
            if piece.path in taken:
                raise Refused(
                    "number",
                    f"{piece.paragraph.number} is a paragraph that this document does not have, by a"
                    " variation or an earlier edition: enter a number that is free.",
                )

    def _check_words(self, holds: rests.Holds) -> None:
        keys = {piece.path: key for key, piece in self.before.items()}
        for held in holds.words:
            key = keys.get(held.path, "")
            one = self.after.get(key)
            if key and (one is None or not _says(one, held)):
                raise Refused(
                    "",
                    f"What was decided about {held.by} rests on the words “{held.text}”, which this"
                    f" would move or take away. Decide first that {held.by} asks for nothing, then correct"
                    f" this, then decide {held.by} again.",
                )

    def _check_reach(self) -> None:
        """Refuse where a variation in force would reach more or less than it did."""
        effects = Effect.objects.filter(
            paragraph__schedule=self.schedule, variation__state=VariationState.IN_FORCE
        )
        signed = signed_texts(effects.select_related("variation", "paragraph")).get(self.schedule.pk)
        if not signed:
            return
        moved = {self.before[key].path: piece.path for key, piece in self.after.items() if key in self.before}
        after = [one.renumbered(moved) for one in signed]
        for old, new in moved.items():
            if _reached(old, signed) != _reached(new, after):
                raise Refused(
                    "number",
                    f"A variation in force would not reach {new} as it reaches {old}: vary the contract"
                    " instead.",
                )

    def _effects(self) -> Mapping[int, str]:
        rows = Effect.objects.filter(paragraph__schedule=self.schedule).select_related("variation")
        return {
            row.paragraph_id: str(row.variation)
            for row in rows
            if row.variation.state != VariationState.WITHDRAWN
        }

    # Words

    def give_words(self) -> None:
        """The words of paragraphs whose text is another now, where they are the document's."""
        changed: list[ParagraphVersion] = []
        for key, row in self.rows.items():
            one = self.after.get(key)
            if one is None or one.paragraph.text == self.before[key].paragraph.text:
                continue
            base = self._base(row)
            if not base or base[-1].text != self.before[key].paragraph.text:
                raise Refused(
                    "",
                    f"The words of {row.number} that count are not those of {self.document.name}: they stayed"
                    " from an earlier edition. Take this edition’s words first.",
                )
            for version in base:
                if version.text == self.before[key].paragraph.text:
                    version.text = one.paragraph.text
                    changed.append(version)
            self.followed.touched.add(row.pk)
        ParagraphVersion.objects.bulk_update(changed, ["text"])

    def _base(self, row: Paragraph) -> list[ParagraphVersion]:
        """The versions of a paragraph that no variation began."""
        return [version for version in self.versions[row.pk] if version.begun_by_id is None]

    # Rows

    def take_out(self) -> None:
        """Rows whose paragraph is gone: deleted, or left out where something on record points to them."""
        gone = [row for key, row in self.rows.items() if key not in self.after]
        self.followed.gone = [row.path for row in gone]
        stay = kept_for_good(gone)
        self.left = [row for row in gone if row.pk in stay]
        self.deleted = {row.pk for row in gone} - stay
        Paragraph.objects.filter(pk__in=self.deleted).delete()
        self._use(self.left, False)

    def _use(self, rows: Iterable[Paragraph], used: bool) -> None:
        versions = [version for row in rows for version in self._base(row)]
        for version in versions:
            version.used = used
        ParagraphVersion.objects.bulk_update(versions, ["used"])

    def renumber_and_add(self) -> None:
        """Give every paragraph its number, part, heading and place; make the rows of those that are new."""
        sequence = self._sequence()
        orders = orders_in([row.order if isinstance(row, Paragraph) else None for row in sequence])
        changed: dict[int, Paragraph] = {}
        new: list[tuple[Piece, int]] = []
        for one, order in zip(sequence, orders, strict=True):
            if isinstance(one, Piece):
                new.append((one, order))
            elif one.order != order:
                one.order = order
                changed[one.pk] = one
        changed |= self._renumbered() | self._left_out()
        write_paths(list(changed.values()))
        made = add_paragraphs(
            self.schedule,
            self.document,
            [piece.paragraph for piece, _ in new],
            orders=[order for _, order in new],
            from_day=self._first_day(),
        )
        self.followed.added += [row.path for row in made]
        self.followed.touched |= {row.pk for row in made}

    def _renumbered(self) -> dict[int, Paragraph]:
        changed: dict[int, Paragraph] = {}
        for key, piece in self.after.items():
            row, one = self.rows.get(key) or self.come_back.get(key), piece.paragraph
            if row is None:
                continue
            says = (one.path, one.scope, one.number, one.printed[:60], (one.heading or "")[:255])
            if says == (row.path, row.scope, row.number, row.printed, row.heading):
                continue
            if key in self.rows and row.path != one.path:
                self.followed.renumbered[row.path] = one.path
            row.path, row.scope, row.number, row.printed, row.heading = says
            changed[row.pk] = row
            self.followed.touched.add(row.pk)
        return changed

    def _left_out(self) -> dict[int, Paragraph]:
        """Rows that are left out and whose number another has now."""
        taken = {piece.path for piece in self.after.values()}
        found = [row for row in (*self.left, *self.others) if row.path in taken and row.pk not in self._back]
        for row in found:
            leave_out(row)
        return {row.pk: row for row in found}

    def _sequence(self) -> list[Paragraph | Piece]:
        """Rows and new pieces in the order in which they are to stand. What the reading does not have stays
        behind the row that it stood behind.
        """
        behind: dict[int, list[Paragraph]] = defaultdict(list)
        last, placed = 0, {row.pk for key, row in self.rows.items() if key in self.after}
        placed |= self._back
        for row in self.in_order:
            if row.pk in placed:
                last = row.pk
            elif row.pk not in self.deleted:
                behind[last].append(row)
        found: list[Paragraph | Piece] = [*behind[0]]
        for key, piece in self.after.items():
            there = self.rows.get(key) or self.come_back.get(key)
            found.append(there or piece)
            if there is not None:
                found += behind[there.pk]
        return found

    def _first_day(self) -> Day | None:
        """The first day of the words that new paragraphs were taken from; None: from the beginning."""
        days = [
            version.in_force.lower
            for pk in self.followed.touched
            for version in self.versions[pk]
            if version.begun_by_id is None
        ]
        return min(days, default=None)

    # Rows that were left out and come back

    def _come_back(self) -> dict[str, Paragraph]:
        """Rows left out earlier whose words a new piece has: they are its rows again."""
        waiting: dict[str, list[Paragraph]] = defaultdict(list)
        for row in self.others:
            if self._is_left_out(row):
                waiting[self._base(row)[-1].text].append(row)
        new = [(key, piece) for key, piece in self.after.items() if key not in self.before]
        return {key: rows.pop(0) for key, piece in new if (rows := waiting.get(piece.paragraph.text))}

    def _is_left_out(self, row: Paragraph) -> bool:
        base = self._base(row)
        return bool(base) and not any(version.used for version in base)

    @property
    def _back(self) -> set[int]:
        return {row.pk for row in self.come_back.values()}

    def bring_back(self) -> None:
        """Use again what was left out."""
        self._use(self.come_back.values(), True)
        self.followed.added += [self.after[key].path for key in self.come_back]
        self.followed.touched |= self._back


def _reached(path: str, signed: Iterable[SignedText]) -> list[tuple[int | None, str]]:
    """By which variations a path is reached, and how."""
    return [(one.variation, one.kind) for one in changes_to(path, signed)]


def _says(piece: Piece, held: rests.HeldWords) -> bool:
    """Whether the words still stand where they were marked."""
    text = (piece.paragraph.heading or "") if held.heading else piece.paragraph.text
    return text[held.start : held.end] == held.text
