"""What using a template would decide: only where the words are the same, under the same words."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from contracts.models import Contract, Paragraph, Schedule
from contracts.selectors import text_as_at
from contracts.services.errors import Refused
from contracts.terms.moments import Day, london_day
from obligations.models import BookTemplate, OwnKind
from obligations.rules.register.book_template import (
    NOTHING,
    UNDECIDED,
    BookTemplateForm,
    TemplateParagraph,
)
from obligations.rules.register.entry import EntryError, Known, entry_rule
from obligations.rules.register.kinds import FactError
from obligations.rules.register.template_carry import KEYS, carried, renamed_entry, rests_there, speaks_of
from obligations.rules.register.template_match import Here, Matched, Other, match
from obligations.services.asking.vocabulary import with_own_kinds
from obligations.services.book_templates.keeping import form_of
from obligations.services.entries.deciding import with_keys
from obligations.services.entries.standing import Standing, standing_of

DECIDED_HERE = "Somebody has decided it here already."
UNDECIDED_THERE = "Nobody had decided it in the template."
FIELDS = ("name", "label", "side", "subject", "example", "needs_moment", "details")
"""What a kind of fact of a template says."""


@dataclass(frozen=True, slots=True)
class Taken:
    """One paragraph that would be decided: what it would ask, without keys, or why it asks for nothing."""

    paragraph: Paragraph
    source: TemplateParagraph
    entries: tuple[Mapping[str, Any], ...] = ()
    rests_on: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What using a template would do. ``left``: paragraphs with the same words that are not taken over, and
    why. ``kinds``: those that would be named. ``seen``: stands for all of it, to be given back.
    """

    taken: tuple[Taken, ...]
    left: tuple[tuple[Paragraph, str], ...]
    others: tuple[tuple[Paragraph, Other, str], ...]
    new: tuple[Paragraph, ...]
    gone: tuple[TemplateParagraph, ...]
    kinds: tuple[Mapping[str, Any], ...]
    seen: str


def plan(contract: Contract, schedule: Schedule, template: BookTemplate, now: datetime) -> Plan:
    """What using a template for a schedule would decide. Writes nothing; a constant number of queries.

    Raises Refused for a schedule that goes by a shipped rulebook, and a template that cannot be read.
    """
    return plan_of(standing_of(contract, schedule), form_of(template), london_day(now))


def plan_of(standing: Standing, form: BookTemplateForm, day: Day) -> Plan:
    contract = standing.contract
    words = {one.paragraph.path: one.text for one in text_as_at(contract, day, standing.schedule)}
    here = [Here(one.path, one.heading, words.get(one.path, "")) for one in standing.paragraphs]
    found = match(form.paragraphs, here)
    taking = _Taking(standing, form, found, here)
    taken, left = taking.all()
    others = tuple((standing.by_path[one.path], one, words.get(one.path, "")) for one in found.others)
    kinds = tuple(one for one in taking.new_kinds if one["name"] in taking.spoken(taken))
    return Plan(
        taken=tuple(taken),
        left=tuple(left),
        others=others,
        new=tuple(standing.by_path[path] for path in found.new),
        gone=found.gone,
        kinds=kinds,
        seen=_seen(standing, taken),
    )


def _seen(standing: Standing, taken: Sequence[Taken]) -> str:
    """Stands for what would be decided, and for what was decided until then."""
    says = [[one.paragraph.path, one.source.why, list(one.entries)] for one in taken]
    last = max((row.pk for rows in standing.decisions.values() for row in rows), default=0)
    return sha256(json.dumps([last, says], sort_keys=True, default=list).encode()).hexdigest()[:32]


class _Taking:
    """Which paragraphs with the same words can be taken over, and why others cannot."""

    def __init__(
        self, standing: Standing, form: BookTemplateForm, found: Matched, here: Sequence[Here]
    ) -> None:
        self.standing, self.found = standing, found
        self.words = {one.path: one for one in here}
        self.paths = {theirs.path: path for path, theirs in found.same.items()}
        self.kinds = {one["name"]: one for one in form.kinds}
        self.refused: dict[str, str] = {}
        self.names: dict[str, str] = {}
        self.new_kinds: list[Mapping[str, Any]] = []
        self._look_at_kinds()
        self.keys = {entry["key"] for one in found.same.values() for entry in one.entries}
        self.known = self._known()

    def all(self) -> tuple[list[Taken], list[tuple[Paragraph, str]]]:
        """What is taken over, and what is left and why, in the order of the schedule."""
        taken: list[Taken] = []
        left: list[tuple[Paragraph, str]] = []
        for paragraph in self.standing.paragraphs:
            source = self.found.same.get(paragraph.path)
            if source is None:
                continue
            why_not = self._why_not(paragraph, source)
            one = None if why_not else self._taken(paragraph, source)
            if one is None:
                left.append((paragraph, why_not or "It leans on a paragraph that is not the same here."))
            elif why_not := self._cannot_be_read(one):
                left.append((paragraph, why_not))
            else:
                taken.append(one)
        return self._together(taken, left)

    def spoken(self, taken: Sequence[Taken]) -> set[str]:
        """The kinds of the template that what is taken over speaks of."""
        entries = [dict(entry) for one in taken for entry in one.source.entries]
        return speaks_of(entries, self.kinds)

    def _why_not(self, paragraph: Paragraph, source: TemplateParagraph) -> str:
        if self.standing.counted(paragraph) is not None:
            return DECIDED_HERE
        if source.outcome == UNDECIDED:
            return UNDECIDED_THERE
        spoken = speaks_of([dict(one) for one in source.entries], self.refused)
        return next((self.refused[name] for name in sorted(spoken)), "")

    def _taken(self, paragraph: Paragraph, source: TemplateParagraph) -> Taken | None:
        if source.outcome == NOTHING:
            return Taken(paragraph, source)
        entries, rests_on = [], []
        for entry in source.entries:
            moved = carried(entry, self.paths)
            if moved is None or any(entry.get(name, "") not in self.keys | {""} for name in KEYS):
                return None
            entries.append(renamed_entry(moved, self.names))
            said = source.rests_on.get(entry["key"], {})
            rests_on.append(rests_there(said, self.paths, self.words))
        return Taken(paragraph, source, tuple(entries), tuple(rests_on))

    def _cannot_be_read(self, one: Taken) -> str:
        try:
            for entry in with_keys(self.standing, one.paragraph, one.entries) if one.entries else ():
                entry_rule(entry, self.known)
        except EntryError as error:
            return str(error)
        return ""

    def _together(
        self, taken: list[Taken], left: list[tuple[Paragraph, str]]
    ) -> tuple[list[Taken], list[tuple[Paragraph, str]]]:
        """Without what names an entry that is not taken over with it; until nothing more falls away."""
        while True:
            keys = {entry["key"] for one in taken for entry in one.source.entries}
            alone = [
                one
                for one in taken
                if any(
                    entry.get(name, "") not in keys | {""} for entry in one.source.entries for name in KEYS
                )
            ]
            if not alone:
                return taken, sorted(left, key=lambda one: one[0].order)
            left += [(one.paragraph, "It goes with another entry that is not taken over.") for one in alone]
            taken = [one for one in taken if one not in alone]

    def _look_at_kinds(self) -> None:
        """Which kinds of the template the contract has, which it would name, and which it cannot."""
        listed = {kind.label.casefold(): kind for kind in self.standing.known.vocabulary.listed}
        own = {row.name: row for row in self.standing.kinds}
        for name, kind in self.kinds.items():
            there = listed.get(kind["label"].casefold())
            if there is None:
                self.new_kinds.append(kind)
            elif there.name in own and _alike(own[there.name], kind):
                self.names[name] = there.name
            else:
                self.refused[name] = (
                    f"The contract has a kind of fact “{there.label}” already, with another side or details."
                )

    def _known(self) -> Known:
        rows = [OwnKind(**{name: one[name] for name in FIELDS}) for one in self.new_kinds]
        known = self.standing.known
        try:
            facts = with_own_kinds(known.vocabulary, rows)
        except FactError as error:
            raise Refused("template", f"Its kinds of fact cannot be named here: {error}.") from error
        return Known(known.book, known.paths, facts, known.settings)


def _alike(row: OwnKind, kind: Mapping[str, Any]) -> bool:
    """Whether a kind of the contract is that of the template: the same facts can be recorded."""
    bare = [
        {k: v for k, v in one.items() if k in ("name", "label", "type", "choices")} for one in row.details
    ]
    return (row.side, row.subject, bare) == (kind["side"], kind["subject"], list(kind["details"]))
