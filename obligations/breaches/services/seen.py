"""What somebody saw of a breach's texts before they wrote, so that nobody writes over another unawares."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from contracts.models import LedgerEntry
from contracts.services.errors import Refused
from contracts.terms.moments import london, london_day, long_day
from obligations.breaches.models import Breach

SHOWN = 300
"""How much of another person's text a refusal quotes."""


class Meanwhile(Refused):
    """Somebody else changed the same text after this person had looked at it."""


def fingerprint(text: str) -> str:
    """What a text is known by without being sent again."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def fingerprints(breach: Breach, names: tuple[str, ...]) -> dict[str, str]:
    """What somebody who looks at the breach now has seen of these texts."""
    return {name: fingerprint(getattr(breach, name)) for name in names}


def touched(breach: Breach, name: str, value: str, seen: Mapping[str, str]) -> bool:
    """Whether this person changes the text, which is as it was when they looked.

    A text that is not in ``seen`` is compared with what it says now. Raises Meanwhile, with who changed it
    and when, where somebody else changed it meanwhile to something else.
    """
    now_says = getattr(breach, name)
    if value == now_says or fingerprint(value) == seen.get(name):
        return False
    if name in seen and seen[name] != fingerprint(now_says):
        raise Meanwhile(name, _meanwhile(breach, name))
    return True


def _meanwhile(breach: Breach, name: str) -> str:
    entry = (
        LedgerEntry.objects.filter(
            contract=breach.contract,
            verb="breach_written",
            payload__breach=breach.pk,
            payload__changed__has_key=name,
        )
        .order_by("pk")
        .last()
    )
    who, at = "Somebody else", ""
    if entry is not None:
        moment = london(entry.moment)
        who, at = entry.actor_name, f" at {moment:%H:%M} on {long_day(london_day(moment))}"
    text = breach.get_cost_bearer_display() if name == "cost_bearer" else getattr(breach, name)
    short = text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
    says = f"It says now: “{short}”." if text else "It is empty now."
    return (
        f"{who} changed this{at}, after you had opened this page. {says} Nothing was saved; what you wrote is"
        " still in the box. Put the two together, and save again."
    )
