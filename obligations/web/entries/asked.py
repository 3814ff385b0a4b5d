"""One paragraph of an own schedule with everything its pages need, in a constant number of queries."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any

from django.urls import reverse

from contracts import selectors
from contracts.absence import NotThere
from contracts.models import Contract, Paragraph, Proposal, Schedule
from contracts.terms.citations import parent_number
from contracts.terms.moments import Day
from obligations.models import EntryDecision, EntryOpinion
from obligations.services.entries.proposed import prefilled_from
from obligations.services.entries.proposing import Prefilled
from obligations.services.entries.standing import Standing, standing_of


def own_schedules(contract: Contract) -> list[Schedule]:
    """The schedules of a contract whose paragraphs people decide on, in their order. 1 query."""
    return list(contract.schedules.filter(own=True).order_by("pk"))


def own_schedule(contract: Contract, schedule_id: int) -> Schedule:
    """One of them. Raises NotThere where the contract has none such."""
    found = contract.schedules.filter(own=True, pk=schedule_id).first()
    if found is None:
        raise NotThere("no such schedule")
    return found


def entries_href(schedule: Schedule) -> str:
    """The list of what its paragraphs ask."""
    return f"{reverse('entries', args=[schedule.contract_id])}?schedule={schedule.outline_key}"


def disputed(schedule: Schedule) -> frozenset[int]:
    """The decisions that the other side, by the last it said of them, reads otherwise. 1 query."""
    rows = EntryOpinion.objects.filter(decision__schedule=schedule).order_by("pk")
    last = dict(rows.values_list("decision_id", "agrees"))
    return frozenset(decision for decision, agrees in last.items() if not agrees)


def opinions_of(decision: EntryDecision) -> list[EntryOpinion]:
    """What the other side said of a decision, in its order. 1 query."""
    return list(EntryOpinion.objects.filter(decision=decision).order_by("pk"))


@dataclass
class Asked:
    """One paragraph of an own schedule on a day."""

    contract: Contract
    paragraph: Paragraph
    standing: Standing
    words: Mapping[int, str]
    rows: list[Proposal]

    @cached_property
    def proposed(self) -> list[Prefilled]:
        """What is proposed, as entries."""
        return prefilled_from(self.rows, self.standing.known.vocabulary)

    @cached_property
    def shown(self) -> str:
        """A mark of the words and of what is proposed of them; another where either is another."""
        words = [text for _, text in self.around]
        proposed = [row.content for row in self.rows]
        told = json.dumps([words, proposed], sort_keys=True, ensure_ascii=False)
        return sha256(told.encode()).hexdigest()[:32]

    @property
    def last(self) -> EntryDecision | None:
        """The last thing that was decided about it."""
        return self.standing.last(self.paragraph)

    @property
    def counted(self) -> EntryDecision | None:
        """The decision that counts."""
        return self.standing.counted(self.paragraph)

    @property
    def next_number(self) -> int:
        """Which decision of this paragraph comes next."""
        return (self.last.number if self.last else 0) + 1

    @property
    def around(self) -> list[tuple[Paragraph, str]]:
        """The paragraphs that lead in to it and itself, with their words."""
        by_number = {(one.scope, one.number): one for one in self.standing.paragraphs}
        found, number = [self.paragraph], parent_number(self.paragraph.number)
        while number is not None:
            if parent := by_number.get((self.paragraph.scope, number)):
                found.insert(0, parent)
            number = parent_number(number)
        return [(one, self.words.get(one.pk, "")) for one in found]

    def beside(self, step: int) -> Paragraph | None:
        """The paragraph before (-1) or after (1) it."""
        place = self._at + step
        return self.standing.paragraphs[place] if 0 <= place < len(self.standing.paragraphs) else None

    @cached_property
    def _at(self) -> int:
        return next(at for at, one in enumerate(self.standing.paragraphs) if one.pk == self.paragraph.pk)

    @property
    def next_undecided(self) -> Paragraph | None:
        """The next paragraph that nobody has decided on, after it or else from the top."""
        ordered = [*self.standing.paragraphs[self._at + 1 :], *self.standing.paragraphs[: self._at]]
        return next((one for one in ordered if self.standing.last(one) is None), None)

    @property
    def rests_on(self) -> list[Mapping[str, Any]]:
        """The words that the decided entries rest on, else those that are proposed."""
        made = self.counted
        if made is not None and made.rests_on:
            return list(made.rests_on.values())
        return [one.rests_on for one in self.proposed]


def asked(contract: Contract, paragraph_id: int, day: Day) -> Asked:
    """One paragraph, with the whole schedule's decisions. Raises NotThere for one of no own schedule."""
    paragraph = (
        Paragraph.objects.filter(contract=contract, pk=paragraph_id, schedule__own=True)
        .select_related("schedule")
        .first()
    )
    if paragraph is None:
        raise NotThere("no such paragraph")
    paragraph.contract = contract
    standing = standing_of(contract, paragraph.schedule)
    text = selectors.text_as_at(contract, day, paragraph.schedule)
    rows = list(Proposal.objects.filter(paragraph=paragraph).order_by("place"))
    return Asked(contract, paragraph, standing, {one.paragraph.pk: one.text for one in text}, rows)
