"""What a person may do on a duty's page; where a button is missing, why. The services have the last word."""

from __future__ import annotations

from contracts.access import Access, Act
from contracts.models import KeptBy, Side
from obligations.models import Duty, Evidence, Phase
from obligations.services.recording.early import key_of, waiting
from obligations.services.recording.evidence import TAKES_EVIDENCE, decided_by_letter


def why_not_log(access: Access, duty: Duty) -> str:
    """Why the person cannot log evidence here, or "" where they can."""
    contract = access.contract
    if duty.phase not in TAKES_EVIDENCE:
        return f"This duty takes no more evidence: {duty.get_phase_display().lower()}."
    if access.side == Side.NEITHER:
        return "Only a person of one of the two parties logs evidence."
    if not access.may(Act.LOG_EVIDENCE):
        return f"Your role, {access.role.label.lower()}, does not log evidence."
    if duty.party not in ("both", access.side) and contract.kept_by == KeptBy.BOTH:
        return f"The {contract.word_for(duty.party)} owes this duty and logs its evidence."
    return ""


def why_not_decide(access: Access, duty: Duty, evidence: Evidence) -> str:
    """Why the person cannot decide on this evidence, or "" where they can. ``evidence`` is undecided."""
    contract = access.contract
    other = Side(evidence.submitted_side).other
    decider = contract.word_for(duty.approver or other)
    if duty.phase == Phase.WITHDRAWN:
        return "This duty was withdrawn; there is nothing to decide."
    if evidence.fact is not None and evidence.fact.withdrawn_at is not None:
        return "What this stands for was withdrawn, so it counts no more."
    if key_of(evidence) in waiting(duty):
        return "It was done before the duty began, and meets nothing until that is confirmed."
    letter = decided_by_letter(contract, evidence, access.side)
    if evidence.submitted_by_id == access.person.pk and not letter:
        return "You logged this evidence yourself, so somebody else decides on it."
    if access.side == Side.NEITHER:
        return f"The {decider} decides on this evidence."
    if not access.may(Act.DECIDE):
        return f"Your role, {access.role.label.lower()}, does not decide on evidence."
    if access.side != other and not letter:
        return f"The {decider} decides on this evidence, not your own side."
    return ""
