"""How the parties read a paragraph that relies on what a variation switches off: said on the record."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracts.models import Interpretation, Paragraph, Side, Variation
from contracts.services import ledger
from contracts.services.actors import Actor
from contracts.services.errors import Refused, required
from contracts.services.locks import lock


@transaction.atomic
def interpret(
    variation: Variation, actor: Actor, now: datetime, *, citation: str, words: str, about: str, reading: str
) -> Interpretation:
    """Record how one side reads words of a paragraph that rest on what is gone. It changes no duty.

    A reading is added to those there are, never changed. Raises Refused naming the field.
    """
    if actor.person is None or actor.side == Side.NEITHER:
        raise Refused("", "Only a person of one of the two parties says how it is read.")
    reading = required("reading", reading, "Enter how these words are to be read.", longest=5000)
    key, _, path = citation.partition("/")
    paragraph = (
        Paragraph.objects.filter(contract=variation.contract_id, schedule__outline_key=key, path=path)
        .select_related("schedule")
        .first()
    )
    if paragraph is None:
        raise Refused("", f"This contract has no paragraph {citation}.")
    lock(variation.contract)
    row = Interpretation.objects.create(
        contract=variation.contract,
        variation=variation,
        paragraph=paragraph,
        words=words[:200],
        about=about[:200],
        reading=reading,
        said_by=actor.person,
        said_side=actor.side,
        said_at=now,
    )
    if variation.shared_at is not None:
        payload = {
            "variation": variation.pk,
            "number": variation.number,
            "citation": citation,
            "words": row.words,
            "about": row.about,
            "reading": reading,
        }
        ledger.record(variation.contract, actor, "interpretation_recorded", payload, now)
    return row
