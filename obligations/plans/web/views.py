"""The pages of a plan: its clocks, its versions, uploading the next one."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from contracts.access import Access, open_contract
from contracts.services.actors import Actor
from contracts.terms.moments import london_day
from contracts.web.acting import Done, act, noted, sent
from contracts.web.pages import Crumb, SignedIn, contract_page
from obligations.plans import selectors
from obligations.plans.kinds import kinds
from obligations.plans.models import PlanVersion
from obligations.plans.services import versions
from obligations.plans.web import picture, presenters, version_presenters
from obligations.plans.web.forms import UploadForm
from obligations.web.time_line import WIDTHS

METHODS = ["GET", "HEAD", "POST"]


def way(access: Access, kind_key: str, version: PlanVersion | None = None) -> list[Crumb]:
    """The way back from a page below a plan's."""
    number = access.contract.pk
    crumbs = [
        Crumb("Plans", reverse("plans", args=[number])),
        Crumb(kinds()[kind_key].title, reverse("plan", args=[number, kind_key])),
    ]
    if version is not None:
        crumbs.append(Crumb(f"Version {version.name}", reverse("plan_version", args=[number, version.pk])))
    return crumbs


@require_safe
@login_required
def plans(request: SignedIn, contract_id: int) -> HttpResponse:
    """The plans that the contract's schedules ask for."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now)
    rows = [presenters.overview(access.contract, row) for row in selectors.plans_of(access.contract, now)]
    context = {"rows": rows}
    return contract_page(request, access, "obligations/plans/list.html", context, here="plans", crumbs=[])


@require_safe
@login_required
def plan(request: SignedIn, contract_id: int, plan: str) -> HttpResponse:
    """One plan: all clocks of both sides, what remains to each, its versions, reviews and changes."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now)
    contract = access.contract
    page = selectors.plan_page(access, plan, now)
    heads = selectors.headings(contract, page.kind, page.kind.heads)
    in_order = {path: heads[path] for path in page.kind.heads if path in heads}
    context = {
        "kind": page.kind,
        "latest": version_presenters.version_row(contract, page.latest, page.versions)
        if page.latest
        else None,
        "adopted": page.adopted,
        "adopted_row": version_presenters.version_row(contract, page.adopted, page.versions)
        if page.adopted
        else None,
        "warnings": presenters.warnings(page, now),
        "acts": presenters.plan_acts(access, page),
        "version_acts": presenters.acts_at_hand(access, page, now),
        "remaining": presenters.remaining(contract, page, now),
        "pictures": [one for width in WIDTHS if (one := picture.draw(contract, page, now, width))],
        "clocks": presenters.clocks(contract, page, now),
        "versions": [version_presenters.version_row(contract, one, page.versions) for one in page.versions],
        "reviews": [presenters.review_row(access, one, in_order) for one in page.reviews],
        "changes": [presenters.change_row(access, one) for one in page.changes],
    }
    crumbs = [Crumb("Plans", reverse("plans", args=[contract_id]))]
    template = "obligations/plans/plan.html"
    return contract_page(request, access, template, context, here="plans", crumbs=crumbs)


@require_http_methods(METHODS)
@login_required
def upload(request: SignedIn, contract_id: int, plan: str) -> HttpResponse:
    """Uploads the next version."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now)
    kind = selectors.kind_at(access.contract, plan)
    form, actor = UploadForm(*sent(request), kind=kind), Actor.of(access.person, access.side)
    uploaded = act(
        request,
        form,
        lambda data: versions.upload_version(
            access.contract, actor, now, plan=plan, name=data["name"], file=data["file"]
        ),
        lambda made: Done(
            f"Version {made.name} is kept as a draft. Say where each requirement is met.",
            redirect("plan_checklist", contract_id, made.pk),
        ),
        twice=noted(
            "You sent this already, so the version was kept once.", redirect("plan", contract_id, plan)
        ),
        not_theirs=version_presenters.not_theirs(access, "version", "upload"),
    )
    if uploaded:
        return uploaded
    why = version_presenters.why_not(access, kind, "version", "upload", "new")
    if not selectors.in_force(access.contract, kind, london_day(now)):
        why = why or versions.not_in_force(kind)
    context = {"form": form, "kind": kind, "why_not": why, "back": reverse("plan", args=[contract_id, plan])}
    template = "obligations/plans/upload.html"
    return contract_page(request, access, template, context, here="plans", crumbs=way(access, plan))
