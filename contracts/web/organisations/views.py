"""Organisations: made and named by the system's administrators; each one's page for who looks after it."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from contracts import selectors
from contracts.access import OrganisationAccess, open_organisation
from contracts.row_security import asking
from contracts.services import organisations as services
from contracts.services.leaving import actor_of
from contracts.services.sign_in import recovery, second_factor
from contracts.terms.moments import london_day
from contracts.web import paging
from contracts.web.acting import Done, act, noted, sent
from contracts.web.asking_again import ask_again
from contracts.web.organisations import presenters
from contracts.web.organisations.forms import OrganisationForm, RenameForm
from contracts.web.organisations.gates import for_staff, of_organisation, page
from contracts.web.pages import SignedIn
from contracts.web.people.presenters import InvitationRow, invitation_row
from contracts.web.sign_in.forms import RolesForm

PER_PAGE = 50


@require_safe
@for_staff
def organisations(request: SignedIn) -> HttpResponse:
    """Every organisation, with how many people and administrators it has."""
    rows = selectors.organisations_counted(london_day(timezone.now()))
    here = paging.page_of(request, rows, PER_PAGE)
    context = {
        "rows": [presenters.organisation_row(one) for one in here],
        "pages": paging.pages(request, here),
        "of_system": recovery.of_system(timezone.now()),
    }
    return page(request, "list", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def new(request: SignedIn) -> HttpResponse:
    """Makes an organisation."""
    form = OrganisationForm(*sent(request))
    answer = act(
        request,
        form,
        lambda data: services.make_organisation(actor_of(request.user), timezone.now(), name=data["name"]),
        lambda made: Done(f"{made.name} is made. Invite its people.", redirect("organisation", made.pk)),
        twice=noted("The organisation was made already.", redirect("organisations")),
    )
    return answer or page(request, "new", {"form": form})


@require_safe
@of_organisation
def organisation(request: SignedIn, access: OrganisationAccess) -> HttpResponse:
    """The people of an organisation, who has come, and who is invited."""
    now, found = timezone.now(), access.organisation
    here = paging.page_of(request, found.people.order_by("name", "pk"), PER_PAGE)
    seats = services.administrators_on(found, london_day(now))
    administrators = set(seats.values_list("person_id", flat=True))
    context = {
        "rows": [presenters.person_row(one, administrators, now) for one in here],
        "pages": paging.pages(request, here),
        "total": here.paginator.count,
        "administrators": administrators,
        "invitations": invitations(access),
        "certificates": selectors.certificates_of(access),
    }
    return page(request, "organisation", context, access)


def invitations(access: OrganisationAccess) -> list[InvitationRow]:
    """The open invitations; those to a contract have no buttons here: they are its managers'."""
    found, now = [], timezone.now()
    rows = selectors.open_invitations(organisation=access.organisation)
    seen = list(rows.values_list("pk", flat=True))  # as who asks: only what names their contracts is more
    with asking.job("people of an organisation"):
        named = list(rows.filter(pk__in=seen))
    for one in named:
        there = [access.organisation.pk, one.pk]
        again, back = (
            ("", "")
            if one.contract_id
            else (reverse(name, args=there) for name in ("send_invitation", "revoke_invitation"))
        )
        found.append(invitation_row(one, again, back, now, named=access.names_contracts))
    return found


@require_safe
@of_organisation
def erased(request: SignedIn, access: OrganisationAccess, certificate_id: int) -> HttpResponse:
    """The certificate of a contract of the organisation that was erased."""
    found = selectors.certificates_of(access).filter(pk=certificate_id).first()
    if found is None:
        raise Http404
    return page(request, "erased", {"certificate": found, "rows": sum(found.rows.values())}, access)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def rename(request: SignedIn, organisation_id: int) -> HttpResponse:
    """Another name for an organisation."""
    access = open_organisation(request.user, organisation_id, timezone.now())
    found = access.organisation
    form = RenameForm(*sent(request), initial={"name": found.name})
    answer = act(
        request,
        form,
        lambda data: services.rename_organisation(
            found, actor_of(request.user), timezone.now(), name=data["name"]
        ),
        lambda made: Done(f"It is called {made.name} now.", redirect("organisation", made.pk)),
    )
    return answer or page(request, "rename", {"form": form}, access)


@require_http_methods(["GET", "HEAD", "POST"])
@of_organisation
@ask_again
def factor_roles(request: SignedIn, access: OrganisationAccess) -> HttpResponse:
    """From which roles the organisation demands a second factor at sign-in."""
    found = access.organisation
    form = RolesForm(*sent(request), initial={"roles": found.factor_roles})
    answer = act(
        request,
        form,
        lambda data: second_factor.name_roles(
            found, actor_of(request.user), timezone.now(), roles=data["roles"]
        ),
        lambda _: Done(
            "Saved. Who owes a second factor is led to set it up.", redirect("organisation", found.pk)
        ),
    )
    return answer or page(request, "factor_roles", {"form": form}, access)


@require_safe
@of_organisation
def record(request: SignedIn, access: OrganisationAccess) -> HttpResponse:
    """What was done about the organisation and its people, newest first."""
    here = paging.page_of(request, selectors.organisation_entries(access.organisation), PER_PAGE)
    context = {"rows": [presenters.entry_row(one) for one in here], "pages": paging.pages(request, here)}
    return page(request, "record", context, access)
