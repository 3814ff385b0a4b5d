"""Who is on a contract, and what each role may do."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from contracts import selectors
from contracts.access import ALLOWED, Access, Act, open_contract
from contracts.models import Membership, Role
from contracts.terms.moments import long_day
from contracts.web.pages import SignedIn, contract_page
from contracts.web.words import listed


@dataclass(frozen=True)
class PersonRow:
    """One person on the contract."""

    name: str
    email: str
    job_title: str
    side: str
    role: str
    may: str
    days: str
    you: bool


@require_safe
@login_required
def people(request: SignedIn, contract_id: int) -> HttpResponse:
    """The people of both sides today."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now)
    members = selectors.members_of(access.contract, now)
    context = {"people": [_row(member, access) for member in members]}
    return contract_page(request, access, "contracts/people.html", context, here="people", crumbs=[])


def _row(member: Membership, access: Access) -> PersonRow:
    last = f" to {long_day(member.to_day)}" if member.to_day else ""
    allowed = ALLOWED[Role(member.role)] | ({Act.MANAGE} if member.manages else frozenset())
    acts = [act.value for act in Act if act in allowed and act != Act.VIEW]
    side = access.contract.word_for(member.side)
    return PersonRow(
        name=member.person.name,
        email=member.person.email,
        job_title=member.person.job_title,
        side=side[0].upper() + side[1:],
        role=member.get_role_display(),
        may=listed(acts).capitalize() or "Read only",
        days=f"From {long_day(member.from_day)}{last}",
        you=member.person_id == access.person.pk,
    )
