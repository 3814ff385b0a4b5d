"""How the paragraphs of an own schedule stand: what was decided, and what of it is in force."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from contracts.models import Contract, Paragraph, Schedule
from contracts.services.errors import Refused
from obligations.models import Adoption, EntryDecision, EntryOutcome, OwnKind, RulebookVersion
from obligations.rules.register.entry import FILE, Known
from obligations.services.asking.renumbered import NOWHERE, Moves, at_its_numbers, moves_of
from obligations.services.asking.versions import is_shipped, read_version
from obligations.services.asking.vocabulary import vocabulary_of, with_own_kinds

Entries = tuple[Mapping[str, Any], ...]


@dataclass
class Standing:
    """A schedule with everything that was decided about it, in a constant number of queries.

    ``decisions``: all of them, by paragraph, in their order. ``in_force``: the entries of the version that
    the contract goes by, by path; a paragraph that asks for nothing has its reason there.
    """

    contract: Contract
    schedule: Schedule
    paragraphs: list[Paragraph]
    decisions: dict[int, list[EntryDecision]]
    kinds: list[OwnKind]
    version: RulebookVersion | None
    moves: Moves = NOWHERE

    def __post_init__(self) -> None:
        """What was decided names the paragraphs by their numbers of now."""
        self.moves.follow(self.schedule.outline_key, self.every)

    @cached_property
    def known(self) -> Known:
        """What an entry of the schedule may speak of. 1 query."""
        facts = with_own_kinds(vocabulary_of(self.contract), self.kinds)
        return Known.of(self.schedule.outline_key, [one.path for one in self.paragraphs], facts)

    @cached_property
    def by_path(self) -> dict[str, Paragraph]:
        """The paragraphs by path."""
        return {one.path: one for one in self.paragraphs}

    def last(self, paragraph: Paragraph) -> EntryDecision | None:
        """The last thing that was decided about a paragraph, "left for later" among it."""
        return self.decisions.get(paragraph.pk, [None])[-1]

    def counted(self, paragraph: Paragraph) -> EntryDecision | None:
        """The decision that counts once it is in force: the last that is not "left for later"."""
        made = self.decisions.get(paragraph.pk, ())
        return next((one for one in reversed(made) if one.outcome != EntryOutcome.SKIPPED), None)

    @property
    def every(self) -> list[EntryDecision]:
        """Every decision there is."""
        return [made for ones in self.decisions.values() for made in ones]

    def last_keys(self, paragraph: Paragraph) -> list[str]:
        """The keys of the last entries that a paragraph had, also before it was said to ask for nothing: what
        is asked again goes on with the same duties.
        """
        made = reversed(self.decisions.get(paragraph.pk, ()))
        return next(([entry["key"] for entry in one.entries] for one in made if one.entries), [])

    @property
    def counting(self) -> list[EntryDecision]:
        """The decisions that count, in the order of the paragraphs."""
        return [made for one in self.paragraphs if (made := self.counted(one)) is not None]

    @property
    def rules(self) -> list[Mapping[str, Any]]:
        """The entries that count, in the order of the paragraphs."""
        return [entry for made in self.counting for entry in made.entries]

    def after(self, rows: Iterable[EntryDecision]) -> Standing:
        """The schedule as it would stand after further decisions."""
        decisions = dict(self.decisions)
        for row in rows:
            decisions[row.paragraph_id] = [*decisions.get(row.paragraph_id, ()), row]
        found = replace(self, decisions=decisions, moves=NOWHERE)
        found.moves = self.moves
        found.known = self.known
        return found

    @cached_property
    def in_force(self) -> dict[str, tuple[Entries, str]]:
        """By path what the version in use says: its entries, and why it asks for nothing."""
        if self.version is None:
            return {}
        book = at_its_numbers(read_version(self.version.digest), self.moves.of_version(self.version))
        says = book.content["files"].get(FILE, {})
        found: dict[str, tuple[Entries, str]] = {}
        for rule in says.get("rule", ()):
            found[rule["path"]] = ((*found.get(rule["path"], ((), ""))[0], rule), "")
        for none in says.get("none", ()):
            found[none["path"]] = ((), none["why"])
        return found

    def is_in_force(self, decision: EntryDecision) -> bool:
        """Whether the version in use says what was decided. Needs the decision's paragraph."""
        return self.in_force.get(decision.paragraph.path) == (tuple(decision.entries), decision.why)


def standing_of(contract: Contract, schedule: Schedule) -> Standing:
    """The schedule as it stands. 5 queries. Raises Refused for one that goes by a shipped rulebook."""
    check_own(schedule)
    paragraphs = list(Paragraph.objects.filter(contract=contract, schedule=schedule).order_by("order", "pk"))
    for one in paragraphs:
        one.contract, one.schedule = contract, schedule
    by_pk = {one.pk: one for one in paragraphs}
    decisions: dict[int, list[EntryDecision]] = {}
    for made in EntryDecision.objects.filter(contract=contract, schedule=schedule).order_by("number"):
        made.paragraph = by_pk[made.paragraph_id]
        decisions.setdefault(made.paragraph_id, []).append(made)
    kinds = list(OwnKind.objects.filter(contract=contract))
    version, moves = version_in_use(contract, schedule), moves_of([contract.pk])
    return Standing(contract, schedule, paragraphs, decisions, kinds, version, moves)


def version_in_use(contract: Contract, schedule: Schedule) -> RulebookVersion | None:
    """The version of the schedule's book that the contract goes by; None before the first. 1 query."""
    rows = Adoption.objects.filter(contract=contract, version__key=schedule.outline_key).order_by("-pk")
    last = rows.select_related("version").defer("version__content").first()
    return last.version if last is not None else None


def check_own(schedule: Schedule) -> None:
    """Refuse a schedule whose paragraphs have entries already, by the rulebook that ships with Duly."""
    if not schedule.own or is_shipped(schedule.outline_key):
        raise Refused("", f"{schedule.title} goes by the rulebook that comes with Duly: vary the contract.")
