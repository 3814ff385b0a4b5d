"""Accepting and correcting what was proposed: what starts each entry is chosen, or named, on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from contracts.models import Paragraph
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from obligations.models import EntryDecision, EntryOutcome
from obligations.services.entries.deciding import EntryRefused, decide
from obligations.services.entries.proposing import Prefilled
from obligations.services.entries.starting import Start, with_start


@transaction.atomic
def accept(
    paragraph: Paragraph,
    actor: Actor,
    now: datetime,
    *,
    number: int,
    proposed: Sequence[Prefilled],
    starts: Sequence[Start],
) -> EntryDecision:
    """Accept all that is proposed of a paragraph. ``starts``: what starts each entry, in their order.

    A paragraph that is taken to ask nothing is accepted with the reason proposed. Raises as ``decide`` does,
    and EntryRefused on "on" where what starts an entry is not chosen.
    """
    asking = [one for one in proposed if one.entry]
    if not asking:
        why = next((one.why for one in proposed if one.why), "")
        return decide(
            paragraph, actor, now, number=number, outcome=EntryOutcome.NONE, why=why, proposed=proposed
        )
    entries = [one.entry for one in asking]
    rests_on = {str(place): one.rests_on for place, one in enumerate(asking)}
    return keep_entries(
        paragraph, actor, now, number=number, outcome=EntryOutcome.ACCEPTED, entries=entries, starts=starts,
        rests_on=rests_on, proposed=proposed,
    )  # fmt: skip


@transaction.atomic
def keep_entries(
    paragraph: Paragraph,
    actor: Actor,
    now: datetime,
    *,
    number: int,
    outcome: str,
    entries: Sequence[Mapping[str, Any]],
    starts: Sequence[Start],
    rests_on: Mapping[str, Any] | None = None,
    proposed: Sequence[Prefilled] = (),
    goes_on: bool = True,
) -> EntryDecision:
    """Decide what a paragraph asks, with what starts each entry. New kinds of fact are kept with it or not at
    all. ``goes_on``: as of ``decide``. Raises EntryRefused with the place of the entry at fault.
    """
    ready = []
    for place, (entry, start) in enumerate(zip(entries, starts, strict=True)):
        try:
            ready.append(with_start(paragraph.contract, actor, now, entry, start))
        except Refused as refused:
            raise EntryRefused(refused.field, refused.message, place) from refused
    return decide(
        paragraph, actor, now, number=number, outcome=outcome, entries=ready, rests_on=rests_on,
        proposed=proposed, goes_on=goes_on,
    )  # fmt: skip
