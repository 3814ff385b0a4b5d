"""What the other side says of a decision. Both readings stay on the record; no date changes by it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracts.models import Side
from contracts.services import ledger, locks
from contracts.services.actors import Actor
from contracts.services.errors import Refused, required
from obligations.models import EntryDecision, EntryOpinion, EntryOutcome

LONGEST = 2000


@transaction.atomic
def opine(
    decision: EntryDecision, actor: Actor, now: datetime, *, agrees: bool, words: str = ""
) -> EntryOpinion:
    """Say, for the other side, whether it reads the paragraph as it was decided.

    Raises Refused on "words" where it reads it otherwise and does not say how, and for anybody who is not of
    the other side, or where the paragraph was decided anew since.
    """
    contract = decision.contract
    locks.lock(contract)
    if actor.person is None or actor.side == Side.NEITHER:
        raise Refused("", "Only a person of one of the two parties agrees or disagrees.")
    if actor.side == decision.decided_side:
        word = contract.word_for(actor.side)
        raise Refused("", f"The {word} decided this itself: the other side agrees or disagrees.")
    if decision.outcome == EntryOutcome.SKIPPED:
        raise Refused("", "This was left for later: there is no reading to agree with yet.")
    later = EntryDecision.objects.filter(paragraph=decision.paragraph_id, number__gt=decision.number)
    if later.exists():
        raise Refused("", "This paragraph was decided anew since: look at the later decision.")
    if len(words.strip()) > LONGEST:
        raise Refused("words", f"Shorten this to {LONGEST} characters; it has {len(words.strip())}.")
    if not agrees:
        words = required("words", words, "Say how your side reads the paragraph.", longest=LONGEST)
    row = EntryOpinion.objects.create(
        contract=contract,
        decision=decision,
        agrees=agrees,
        words=words.strip(),
        given_by=actor.person,
        given_by_name=actor.name,
        given_side=actor.side,
        given_at=now,
    )
    payload = {
        "citation": decision.paragraph.citation,
        "number": decision.number,
        "agrees": agrees,
        "words": row.words,
        "side": actor.side,
    }
    ledger.record(contract, actor, "entry_opinion_given", payload, now)
    return row
