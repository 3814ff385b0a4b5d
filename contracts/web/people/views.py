"""Who is on a contract, what each role may do; and, for who manages it, inviting, roles and last days."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contracts import selectors
from contracts.access import Access, Act, open_contract
from contracts.models import Membership, Role
from contracts.models.contract import SIDE_OF_ROLE
from contracts.services import members as membership
from contracts.services.actors import Actor
from contracts.services.invitations import making
from contracts.terms.moments import long_day
from contracts.web.acting import Done, act, noted, press, sent
from contracts.web.asking_again import require_asked
from contracts.web.organisations.words import sent_words
from contracts.web.pages import Crumb, SignedIn, contract_page
from contracts.web.people import presenters
from contracts.web.people.forms import InviteForm, LastDayForm, RoleForm


@require_safe
@login_required
def people(request: SignedIn, contract_id: int) -> HttpResponse:
    """The people of both sides today; for who manages the contract also the open invitations."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now)
    manages = access.may(Act.MANAGE)
    context = {
        "people": presenters.rows(selectors.members_of(access.contract, now), access),
        "manages": manages,
        "invitations": _invitations(access) if manages else [],
    }
    return contract_page(request, access, "contracts/people.html", context, here="people", crumbs=[])


def _invitations(access: Access) -> list[presenters.InvitationRow]:
    now, found = timezone.now(), []
    for one in selectors.open_invitations(contract=access.contract):
        one.contract = access.contract
        there = [access.contract.pk, one.pk]
        again, revoke = (
            reverse(name, args=there) for name in ("send_contract_invitation", "revoke_contract_invitation")
        )
        found.append(presenters.invitation_row(one, again, revoke, now))
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def invite(request: SignedIn, contract_id: int) -> HttpResponse:
    """Invites somebody with a role of one's own side; of the other's too, until that has a manager."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.MANAGE)
    require_asked(request)
    there = membership.members_today(access.contract, now)
    by = next(one for one in there if one.person_id == request.user.pk)
    roles = [role for role in Role if membership.may_invite(by, SIDE_OF_ROLE[role], role, there)]
    form, back = InviteForm(access.contract, roles, *sent(request)), redirect("people", contract_id)
    answer = act(
        request,
        form,
        lambda data: making.invite(
            _actor(access),
            now,
            contract=access.contract,
            email=data["email"],
            role=data["role"],
            manages=data["manages"],
        ),
        lambda made: sent_words(made, back),
        twice=noted("The invitation was sent already.", back),
    )
    return answer or _page(request, access, "invite", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def change_role(request: SignedIn, contract_id: int, membership_id: int) -> HttpResponse:
    """Another role on the same side, with or without managing the contract."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.MANAGE)
    member = _looked_after(access, membership_id)
    require_asked(request)
    there = membership.members_today(access.contract, now)
    by = next(one for one in there if one.person_id == request.user.pk)
    same = membership.ROLES_OF[SIDE_OF_ROLE[Role(member.role)]]
    roles = [role for role in same if membership.looks_after(by, member.side, role, there)]
    as_is = {"role": member.role, "manages": member.manages}
    form = RoleForm(access.contract, roles, *sent(request), initial=as_is)
    answer = act(
        request,
        form,
        lambda data: membership.change_role(member, _actor(access), now, **data),
        lambda made: Done(
            f"{made.person.name} is now {made.get_role_display().lower()}.", redirect("people", contract_id)
        ),
    )
    return answer or _page(request, access, "change_role", {"form": form, "member": member})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def end(request: SignedIn, contract_id: int, membership_id: int) -> HttpResponse:
    """The last day of somebody on the contract."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.MANAGE)
    member = _looked_after(access, membership_id)
    require_asked(request)
    if request.method == "POST" and "keep_on" in request.POST:
        return press(
            request,
            lambda: membership.keep_on(member, _actor(access), now),
            lambda made: Done(f"{made.person.name} stays on.", redirect("people", contract_id)),
            back=redirect("end_membership", contract_id, membership_id),
        )
    form = LastDayForm(*sent(request), initial={"last_day": member.to_day})

    def ended(made: Membership) -> Done:
        assert made.to_day is not None
        return Done(f"{made.person.name} leaves on {long_day(made.to_day)}.", redirect("people", contract_id))

    answer = act(
        request,
        form,
        lambda data: membership.end_membership(member, _actor(access), now, last_day=data["last_day"]),
        ended,
    )
    there = membership.members_today(access.contract, now)
    last = membership.last_who_manages(access.contract, member.person, there)
    return answer or _page(request, access, "end_membership", {"form": form, "member": member, "last": last})


@require_POST
@login_required
def send_again(request: SignedIn, contract_id: int, invitation_id: int) -> HttpResponse:
    """Sends the mail of an invitation again, with another link."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.MANAGE)
    found, back = (
        selectors.invitation(invitation_id, contract=access.contract),
        redirect("people", contract_id),
    )
    return press(
        request,
        lambda: making.send_again(found, _actor(access), now),
        lambda made: sent_words(made, back),
        back=back,
    )


@require_POST
@login_required
def revoke(request: SignedIn, contract_id: int, invitation_id: int) -> HttpResponse:
    """Takes an invitation back."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.MANAGE)
    found, back = (
        selectors.invitation(invitation_id, contract=access.contract),
        redirect("people", contract_id),
    )
    return press(
        request,
        lambda: making.revoke(found, _actor(access), now),
        lambda made: Done(f"The invitation of {made.email} no longer works.", back),
        back=back,
    )


def _looked_after(access: Access, membership_id: int) -> Membership:
    """A membership of this contract. PermissionDenied where another manager looks after it."""
    now = timezone.now()
    there = membership.members_today(access.contract, now)
    member = selectors.membership(access.contract, membership_id, now)
    by = next((one for one in there if one.person_id == access.person.pk), None)
    if not membership.looks_after(by, member.side, member.role, there):
        word = access.contract.word_for(member.side)
        raise PermissionDenied(f"{member.person.name} is looked after by who manages for the {word}.")
    return member


def _actor(access: Access) -> Actor:
    return Actor.of(access.person, access.side)


def _page(request: SignedIn, access: Access, name: str, context: dict[str, object]) -> HttpResponse:
    way = [Crumb("People", reverse("people", args=[access.contract.pk]))]
    template = f"contracts/people_{name}.html"
    return contract_page(request, access, template, context, here="people", crumbs=way)
