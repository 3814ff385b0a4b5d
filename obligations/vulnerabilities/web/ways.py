"""Where facts about a vulnerability are recorded with what belongs to them: its own pages, from a duty's."""

from __future__ import annotations

from django.urls import reverse

from contracts.access import Access
from obligations.models import Duty
from obligations.vulnerabilities.models import State
from obligations.vulnerabilities.rules import APPLIED, NOT_EXPLOITABLE, RELEASED
from obligations.vulnerabilities.selectors import vulnerabilities_of
from obligations.vulnerabilities.services.acting import AT_RISK
from obligations.vulnerabilities.services.allowed import may_patch

PAGES = {
    APPLIED: "vulnerability_patched",
    NOT_EXPLOITABLE: "vulnerability_not_exploitable",
    AT_RISK: "vulnerability_at_risk",
    RELEASED: "vulnerability_learnt",
}
"""The page of each kind of fact, by the name of its address."""


def ways(access: Access, duty: Duty) -> dict[str, str]:
    """The pages on which the side that patches records them of what a duty is about. 1 query."""
    if not duty.subject or not may_patch(access.contract, access.side):
        return {}
    rows = vulnerabilities_of(access).filter(subject=duty.subject, draft=False, state=State.OPEN)
    found = rows.values_list("pk", flat=True).first()
    if found is None:
        return {}
    return {kind: reverse(name, args=[access.contract.pk, found]) for kind, name in PAGES.items()}
