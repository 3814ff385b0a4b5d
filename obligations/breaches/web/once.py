"""An incident recorded once for several contracts: on each a breach of its own, with its own dates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from contracts.models import Contract
from contracts.services.actors import Actor
from contracts.web.words import when_words
from obligations.breaches.models import BreachOutcome, Limb, TimeKnown
from obligations.breaches.services.report import report_breach
from obligations.breaches.web.forms import IncidentForm
from obligations.web.once.ways import Way

Data = Mapping[str, Any]


class OnceForm(IncidentForm):
    """What is needed to start the clocks on every contract. The recording side is the one that noticed it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("limb", Limb.choices)


def called(data: Data) -> str:
    """What happened, in a few words."""
    return str(data["what"])


def said(data: Data) -> list[tuple[str, str]]:
    """What was entered."""
    told = [
        ("Noticed", f"{when_words(data['noticed_when'])}, by {data['noticed_by']}"),
        ("Did it succeed?", BreachOutcome(data["outcome"]).label),
        ("Kind", Limb(data["limb"]).label),
        ("Time known", TimeKnown(data["time_known"]).label),
    ]
    happened = data["happened_when"]
    return told if happened is None else [*told, ("Happened, or at the earliest", when_words(happened))]


def record(contract: Contract, actor: Actor, now: datetime, data: Data) -> str:
    """The breach on one contract, seen by everybody who is on it. Raises Refused."""
    names = ("what", "outcome", "limb", "noticed_by", "time_known")
    breach = report_breach(
        contract,
        actor,
        now,
        noticed=data["noticed_when"],
        happened=data["happened_when"],
        aware_party=str(actor.side),
        **{name: data[name] for name in names},
    )
    return breach.reference


WAYS = (
    Way(
        name="incident",
        title="An incident",
        note=(
            "A breach of security, or an attempt at one, that touches several contracts. What is kept to a"
            " distribution list is reported on each contract."
        ),
        form=OnceForm,
        called=called,
        said=said,
        record=record,
    ),
)
