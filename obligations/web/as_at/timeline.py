"""The time line of a contract's variations: when each was drafted, shared, signed, in force."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from contracts.models import Contract, LedgerEntry, Side, VariationState
from contracts.selectors import variations_of
from contracts.terms.moments import Day, london_day, long_day


@dataclass(frozen=True)
class Event:
    """One thing that happened to a variation, on its day. ``learned``: when it was recorded, if later."""

    sort: Day
    day: str
    variation: str
    href: str
    what: str
    learned: str = ""


def events(contract: Contract, side: str) -> list[Event]:
    """Everything a side may see, in order of day. A constant number of queries."""
    found: list[Event] = []
    entries = LedgerEntry.objects.filter(contract=contract, verb="variation_withdrawn")
    withdrawn = {entry.payload["variation"]: london_day(entry.moment) for entry in entries}
    for variation in variations_of(contract, side):
        href = reverse("variation", args=[contract.pk, variation.pk])

        def event(
            day: Day, what: str, recorded: Day | None = None, name: str = str(variation), href: str = href
        ) -> None:
            late = f"recorded on {long_day(recorded)}" if recorded and recorded != day else ""
            found.append(Event(day, long_day(day), name, href, what, late))

        word = contract.word_for(variation.drafted_side)
        event(london_day(variation.drafted_at), f"drafted by the {word}")
        if variation.shared_at:
            event(london_day(variation.shared_at), "shared, ready to sign")
        for signature in variation.signatures.all():
            on = contract.word_for(Side(signature.side))
            event(signature.signed_on, f"signed for the {on}", london_day(signature.recorded_at))
        if variation.effective_day and variation.applied_at:
            event(variation.effective_day, "in force from this day", london_day(variation.applied_at))
        if variation.state == VariationState.WITHDRAWN:
            event(withdrawn[variation.pk], "withdrawn")
    return sorted(found, key=lambda one: one.sort)
