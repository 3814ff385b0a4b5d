"""Questions about claims. Each takes a constant number of queries, and leaves out what is kept to a list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import F, QuerySet

from contracts.absence import NotThere
from contracts.access import Access
from obligations.models import Claim, ClaimState, Duty, Phase


def claims_of(access: Access) -> QuerySet[Claim]:
    """The claims on a contract, those that wait first, then the newest. 1 query."""
    rows = Claim.objects.filter(contract=access.contract).select_related("fact", "made_by", "decided_by")
    return access.only_seen(rows).order_by(F("decided_at").desc(nulls_first=True), "-made_at", "-pk")


def claim_at(access: Access, claim_id: int) -> Claim:
    """One claim. Raises NotThere. 1 query."""
    found = claims_of(access).filter(pk=claim_id).first()
    if found is None:
        raise NotThere("no such claim")
    found.contract = found.fact.contract = access.contract
    return found


def moved_by(access: Access, claims: list[Claim]) -> Mapping[int, list[tuple[Duty, Mapping[str, Any]]]]:
    """The duties that each open claim would move, with what it would make of them. 1 query."""
    subjects = {claim.subject for claim in claims if claim.state == ClaimState.OPEN}
    if not subjects:
        return {}
    duties = Duty.objects.filter(contract=access.contract, subject__in=subjects).exclude(
        phase=Phase.WITHDRAWN
    )
    found: dict[int, list[tuple[Duty, Mapping[str, Any]]]] = {}
    for duty in duties.select_related("obligation__paragraph__schedule").order_by("pk"):
        for one in duty.derivation.get("claimed", ()):
            found.setdefault(int(one["fact"]), []).append((duty, one))
    return {claim.pk: found[claim.fact_id] for claim in claims if claim.fact_id in found}
