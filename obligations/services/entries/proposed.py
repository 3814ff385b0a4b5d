"""What is proposed for the paragraphs of an own schedule, as it was read."""

from __future__ import annotations

from collections.abc import Iterable

from contracts.models import Proposal, Schedule
from contracts.proposals.proposal import Proposal as Proposed
from obligations.rules.register.vocabulary import Vocabulary
from obligations.services.entries.proposing import Prefilled, from_proposal


def proposals_of(schedule: Schedule) -> dict[int, list[Proposal]]:
    """What is proposed for a schedule, by paragraph, each in its order. 1 query."""
    found: dict[int, list[Proposal]] = {}
    for row in Proposal.objects.filter(schedule=schedule).order_by("paragraph_id", "place"):
        found.setdefault(row.paragraph_id, []).append(row)
    return found


def proposed_by_path(schedule: Schedule) -> dict[str, list[Proposed]]:
    """The same as values, by the paragraph's path. 1 query."""
    found: dict[str, list[Proposed]] = {}
    rows = Proposal.objects.filter(schedule=schedule).order_by("paragraph_id", "place")
    for path, content in rows.values_list("paragraph__path", "content"):
        found.setdefault(path, []).append(Proposed.from_json(content))
    return found


def prefilled_from(rows: Iterable[Proposal], known: Vocabulary) -> list[Prefilled]:
    """Proposals as the entries they amount to."""
    return [from_proposal(Proposed.from_json(row.content), known) for row in rows]
