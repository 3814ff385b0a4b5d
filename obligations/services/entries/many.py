"""Accepting the proposals for many paragraphs at once: only what is sure, and never a limit."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from contracts.models import Contract, Paragraph, ParagraphVersion, Schedule
from contracts.proposals.proposal import KINDS, NONE, SURE, Proposal
from contracts.services import locks
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from contracts.terms.phrases import find_limits
from obligations.models import EntryDecision, EntryOutcome
from obligations.rules.register.entry import EntryError, entry_rule
from obligations.services.entries.deciding import keep, new_row, with_keys
from obligations.services.entries.proposing import Prefilled, from_proposal
from obligations.services.entries.standing import Standing, standing_of

Proposals = Mapping[str, Sequence[Proposal]]
"""What is proposed, by the paragraph's path (``proposed_by_path``)."""


@dataclass(frozen=True, slots=True)
class Many:
    """The preview: what would be accepted together, and what has to be looked at by itself, and why."""

    together: tuple[tuple[Paragraph, tuple[Prefilled, ...]], ...]
    apart: tuple[tuple[Paragraph, str], ...]


def many_of(contract: Contract, schedule: Schedule, proposals: Proposals, kind: str) -> Many:
    """Which undecided paragraphs, whose proposals are all of one kind (``proposal.KINDS``), may be accepted
    together. A constant number of queries. Raises Refused for a kind that is not known.
    """
    return _many(standing_of(contract, schedule), proposals, kind)


def _many(standing: Standing, proposals: Proposals, kind: str) -> Many:
    if kind not in KINDS:
        raise Refused("kind", "Choose what is accepted together.")
    wanted = [
        one
        for one in standing.paragraphs
        if standing.counted(one) is None
        and (proposed := proposals.get(one.path))
        and all(each.kind == kind for each in proposed)
    ]
    words = _words(wanted)
    together: list[tuple[Paragraph, tuple[Prefilled, ...]]] = []
    apart: list[tuple[Paragraph, str]] = []
    for one in wanted:
        why_not = _why_not(proposals[one.path], words.get(one.pk, ""))
        filled = tuple(from_proposal(each, standing.known.vocabulary) for each in proposals[one.path])
        if why_not := why_not or _cannot_be_read(standing, one, filled):
            apart.append((one, why_not))
        else:
            together.append((one, filled))
    return Many(tuple(together), tuple(apart))


@transaction.atomic
def decide_many(
    contract: Contract,
    schedule: Schedule,
    actor: Actor,
    now: datetime,
    *,
    proposals: Proposals,
    kind: str,
    paths: Collection[str],
) -> list[EntryDecision]:
    """Accept the proposals for these paragraphs, as the preview showed them; a decision for each.

    Raises Refused on "paths" for none, and for one that has to be looked at by itself or was decided in
    between: nothing is kept then.
    """
    locks.lock(contract)
    standing = standing_of(contract, schedule)
    many = _many(standing, proposals, kind)
    if not paths:
        raise Refused("paths", "Choose the paragraphs that are accepted together.")
    may = {one.path: (one, filled) for one, filled in many.together}
    why_not = {one.path: why for one, why in many.apart}
    for path in paths:
        if path not in may:
            why = why_not.get(path, "It was decided in between, or nothing of this kind is proposed for it.")
            raise Refused("paths", f"Paragraph {path} cannot be accepted with others. {why}")
    chosen = [may[one.path] for one in standing.paragraphs if one.path in set(paths)]
    rows = [_accepted(standing, one, filled, actor, now) for one, filled in chosen]
    keep(standing, rows, actor, now)
    return rows


def _accepted(
    standing: Standing, paragraph: Paragraph, filled: Sequence[Prefilled], actor: Actor, now: datetime
) -> EntryDecision:
    last = standing.last(paragraph)
    nothing = all(not one.entry for one in filled)
    outcome = EntryOutcome.NONE if nothing else EntryOutcome.ACCEPTED
    row = new_row(standing, paragraph, actor, now, (last.number if last else 0) + 1, outcome)
    row.proposed = [one.as_json() for one in filled]
    if nothing:
        row.why = filled[0].why
    else:
        row.entries = with_keys(standing, paragraph, [one.entry for one in filled])
        row.rests_on = {
            entry["key"]: one.rests_on for entry, one in zip(row.entries, filled, strict=True) if one.rests_on
        }
    return row


def _why_not(proposals: Sequence[Proposal], words: str) -> str:
    """Why a paragraph has to be looked at by itself; "" where it has not."""
    if any(one.certainty != SURE or one.not_understood for one in proposals):
        return "Duly is not sure of it."
    if any(one.limit is not None or one.limit_words is not None for one in proposals) or find_limits(words):
        return "It has a time limit."
    if any(one.kind == NONE and not one.why.strip() for one in proposals):
        return "Nothing says why it asks for nothing."
    return ""


def _cannot_be_read(standing: Standing, paragraph: Paragraph, filled: Sequence[Prefilled]) -> str:
    """What a person has to choose before it is an entry; "" for nothing."""
    if all(not one.entry for one in filled):
        return ""
    try:
        for entry in with_keys(standing, paragraph, [one.entry for one in filled]):
            entry_rule(entry, standing.known)
    except EntryError as error:
        return str(error)
    return ""


def _words(paragraphs: Sequence[Paragraph]) -> dict[int, str]:
    """What the paragraphs say, in all their versions. 1 query."""
    found: dict[int, str] = {}
    rows = ParagraphVersion.objects.filter(paragraph__in=[one.pk for one in paragraphs])
    for paragraph, text in rows.values_list("paragraph_id", "text"):
        found[paragraph] = f"{found.get(paragraph, '')}\n{text}"
    return found
