"""How much of a contract has been decided: what its dates cannot know of yet."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.contrib.postgres.aggregates import BoolOr
from django.db.models import Q

from contracts.models import Contract, Paragraph, Proposal, Schedule
from contracts.proposals.proposal import UNSURE
from obligations.models import Adoption, EntryDecision, RulebookVersion
from obligations.services.entries.standing import Standing


class ParagraphState(StrEnum):
    """How one paragraph of an own schedule stands. ``DECIDED`` counts for nothing yet."""

    UNDECIDED = "undecided"
    LATER = "later"
    DECIDED = "decided"
    IN_FORCE = "in_force"


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many paragraphs of a schedule stand how. A schedule that goes by a shipped rulebook is in force
    whole; one without any that is not an own one is undecided whole.

    ``decided``: of which ``in_force`` are in the version in use. ``later``: left for later; ``undecided``:
    neither decided nor left. ``uncertain``: of those not decided, what Duly is unsure of or proposes nothing
    for. ``version``: the number of the version in use, 0 before the first.
    """

    schedule: Schedule
    paragraphs: int
    decided: int
    in_force: int
    later: int
    uncertain: int
    version: int

    @property
    def undecided(self) -> int:
        """Nobody has looked at them yet."""
        return self.paragraphs - self.decided - self.later

    @property
    def waiting(self) -> int:
        """Decided, and not in force yet."""
        return self.decided - self.in_force

    @property
    def is_whole(self) -> bool:
        """Whether every paragraph is in force, so that the dates are all that the words give."""
        return self.in_force == self.paragraphs


def coverage(contract: Contract) -> list[Coverage]:
    """How much of each schedule of a contract is decided and in force. 5 queries."""
    return coverage_of([contract.pk])[contract.pk]


def coverage_of(contracts: Iterable[int]) -> dict[int, list[Coverage]]:
    """The same of several contracts, by their numbers. 5 queries."""
    wanted = list(contracts)
    paragraphs: dict[int, list[Paragraph]] = defaultdict(list)
    for one in Paragraph.objects.filter(contract__in=wanted).only("pk", "path", "number", "schedule_id"):
        paragraphs[one.schedule_id].append(one)
    by_pk = {one.pk: one for ones in paragraphs.values() for one in ones}
    decisions: dict[int, list[EntryDecision]] = defaultdict(list)
    rows = EntryDecision.objects.filter(contract__in=wanted).defer("rests_on", "proposed")
    for made in rows.order_by("number"):
        made.paragraph = by_pk[made.paragraph_id]
        decisions[made.paragraph_id].append(made)
    versions, unsure = _in_use(wanted), _unsure(wanted)
    found: dict[int, list[Coverage]] = {number: [] for number in wanted}
    for schedule in Schedule.objects.filter(contract__in=wanted).select_related("contract").order_by("pk"):
        of_it = paragraphs[schedule.pk]
        made_of_it = {one.pk: decisions[one.pk] for one in of_it if one.pk in decisions}
        version = versions.get((schedule.contract_id, schedule.outline_key))
        standing = Standing(schedule.contract, schedule, of_it, made_of_it, [], version)
        found[schedule.contract_id].append(_coverage(standing, unsure))
    return found


def state_of(standing: Standing, paragraph: Paragraph) -> ParagraphState:
    """How one paragraph of an own schedule stands. No query."""
    counted = standing.counted(paragraph)
    if counted is not None:
        return ParagraphState.IN_FORCE if standing.is_in_force(counted) else ParagraphState.DECIDED
    return ParagraphState.LATER if standing.last(paragraph) is not None else ParagraphState.UNDECIDED


def _coverage(standing: Standing, unsure: Mapping[int, bool]) -> Coverage:
    schedule, whole = standing.schedule, len(standing.paragraphs)
    number = standing.version.number if standing.version is not None else 0
    if not schedule.own:
        ruled = whole if number else 0
        return Coverage(schedule, whole, ruled, ruled, 0, 0, number)
    states = Counter(state_of(standing, one) for one in standing.paragraphs)
    in_force = states[ParagraphState.IN_FORCE]
    decided = in_force + states[ParagraphState.DECIDED]
    uncertain = sum(unsure.get(one.pk, True) for one in standing.paragraphs if standing.counted(one) is None)
    return Coverage(schedule, whole, decided, in_force, states[ParagraphState.LATER], uncertain, number)


def _unsure(contracts: list[int]) -> dict[int, bool]:
    """By paragraph whether any proposal for it is unsure; those without a proposal are not there."""
    rows = Proposal.objects.filter(contract__in=contracts).values_list("paragraph_id").order_by()
    return dict(rows.annotate(unsure=BoolOr(Q(certainty=UNSURE))))


def _in_use(contracts: list[int]) -> dict[tuple[int, str], RulebookVersion]:
    rows = Adoption.objects.filter(contract__in=contracts).select_related("version").defer("version__content")
    return {(row.contract_id, row.version.key): row.version for row in rows.order_by("pk")}
