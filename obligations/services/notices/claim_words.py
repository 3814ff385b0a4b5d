"""What a mail says of a claim that waits for an answer, and of the answer (R46)."""

from __future__ import annotations

from contracts.models import Contract
from contracts.terms.moments import Day, london_day, long_day
from obligations.models import Claim, ClaimState, Duty
from obligations.services.asking.vocabulary import label_of


def claim_starts(claim: Claim | None) -> str:
    """How the subject line of a mail about a claim begins."""
    if claim is None:
        return "Claim"
    what = "Proposal" if claim.agreement else "Claim"
    if claim.state == ClaimState.OPEN:
        return f"{what} to decide on"
    return f"{what} {claim.get_state_display().lower()}"


def claim_lead(claim: Claim | None, duty: Duty, contract: Contract) -> str:
    """The first sentences of a mail that asks for an answer: what is claimed and what counts meanwhile."""
    if claim is None:
        return "Something was claimed about this duty."
    day = long_day(london_day(claim.made_at))
    what = "proposes" if claim.agreement else "claims"
    side = contract.word_for(claim.made_side)
    said = label_of(contract.pk, claim.fact.kind)
    lead = f"The {side} {what}, since {day}, what your side decides on: “{said}”."
    return f"{lead} {_meanwhile(claim, duty)}"


def answer_lead(claim: Claim | None, contract: Contract) -> str:
    """The first sentences of a mail about the answer."""
    if claim is None or claim.decided_by is None:
        return "A claim about this duty was decided on."
    what = "what you proposed" if claim.agreement else "your claim"
    side = contract.word_for(claim.waits_for)
    by = f"{claim.decided_by.name} ({side})"
    if claim.state == ClaimState.ACCEPTED:
        lead = f"{by} has accepted {what}: “{label_of(contract.pk, claim.fact.kind)}”."
        return f"{lead} {claim.decided_reason}".strip()
    lead = f"{by} has refused {what}, “{label_of(contract.pk, claim.fact.kind)}”: {claim.decided_reason}"
    return f"{lead.rstrip('.')}. The date without it counts, as before."


def claim_facts(claim: Claim) -> list[tuple[str, str]]:
    """The reason and the evidence of a claim, for the list of what a mail is about."""
    return [("Reason given", claim.reason), ("Evidence for it", claim.file_name or claim.link)]


def _meanwhile(claim: Claim, duty: Duty) -> str:
    claimed = next(
        (one for one in duty.derivation.get("claimed", ()) if one.get("fact") == str(claim.fact_id)), None
    )
    counts = f"{long_day(duty.due_date)} counts" if duty.due_date else "nothing moves"
    if claimed is None:
        return "Until it is accepted it changes nothing."
    if claimed.get("due_date"):
        then = f"Accepted, the date would be {long_day(Day.fromisoformat(claimed['due_date']))}"
    else:
        then = f"Accepted, it would be {str(claimed.get('state', '')).replace('_', ' ')}"
    return f"{then}; until then {counts}."
