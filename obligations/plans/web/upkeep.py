"""The pages of a plan's yearly reviews and changes."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from contracts.access import open_contract
from contracts.services.actors import Actor
from contracts.web.acting import Done, act, noted, sent
from contracts.web.pages import SignedIn, contract_page
from obligations.plans import selectors
from obligations.plans.kinds import kinds
from obligations.plans.models import PlanChange, PlanReview
from obligations.plans.services import upkeep
from obligations.plans.web import presenters, version_presenters
from obligations.plans.web.forms import ActForm, AnnualForm, ChangeActForm, ChangeForm
from obligations.plans.web.views import METHODS, way

NOTHING_YET = "No version is adopted yet, so there is nothing to review or change here."


@require_http_methods(METHODS)
@login_required
def annual_review(request: SignedIn, contract_id: int, plan: str) -> HttpResponse:
    """Records a full review of the adopted plan under its three heads."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now)
    page = selectors.plan_page(access, plan, now)
    names = selectors.headings(access.contract, page.kind, page.kind.heads)
    form = AnnualForm(*sent(request), kind=page.kind, headings=names)
    there = redirect("plan", contract_id, plan)

    def complete(data: dict[str, Any]) -> PlanReview:
        heads = {name: data[name] for name in upkeep.HEADS if name in data}
        actor = Actor.of(access.person, access.side)
        return upkeep.complete_review(access.contract, actor, now, plan=plan, on=data["when"], **heads)

    recorded = act(
        request,
        form,
        complete,
        lambda _: Done("The review is recorded. Its results go to the other side.", there),
        twice=noted("You sent this already, so the review was recorded once.", there),
        not_theirs=version_presenters.not_theirs(access, "review", "complete"),
    )
    if recorded:
        return recorded
    why = version_presenters.why_not(access, page.kind, "review", "complete", "new")
    if not (page.adopted and page.kind.has_reviews):
        why = NOTHING_YET
    context = {"form": form, "kind": page.kind, "why_not": why}
    template = "obligations/plans/annual.html"
    return contract_page(request, access, template, context, here="plans", crumbs=way(access, plan))


@require_http_methods(METHODS)
@login_required
def provide(request: SignedIn, contract_id: int, review_id: int) -> HttpResponse:
    """Says that the results of a review went to the other side."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now)
    review = selectors.review_at(access.contract, review_id)
    form = ActForm(*sent(request))
    del form.fields["reason"]
    actor = Actor.of(access.person, access.side)
    provided = act(
        request,
        form,
        lambda data: upkeep.provide_results(review, actor, now, on=data["when"]),
        lambda _: Done(
            "The results are recorded as provided.", redirect("plan", contract_id, review.version.plan)
        ),
        not_theirs=version_presenters.not_theirs(access, "review", "provide"),
    )
    if provided:
        return provided
    context = {
        "form": form,
        "version": review.version,
        "kind": kinds()[review.version.plan],
        "title": "Record that the results went to the other side",
        "button": "Save",
        "why_not": version_presenters.why_not(
            access, kinds()[review.version.plan], "review", "provide", review.state
        ),
    }
    template = "obligations/plans/act.html"
    crumbs = way(access, review.version.plan)
    return contract_page(request, access, template, context, here="plans", crumbs=crumbs)


@require_http_methods(METHODS)
@login_required
def new_change(request: SignedIn, contract_id: int, plan: str) -> HttpResponse:
    """Proposes a change, or requires one early."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now)
    page = selectors.plan_page(access, plan, now)
    events = presenters.change_events(access, page.kind)
    form = ChangeForm(*sent(request), events=events)
    there = redirect("plan", contract_id, plan)

    def raise_it(data: dict[str, Any]) -> PlanChange:
        known = {name: data[name] for name in ("event", "reference", "description", "timescale")}
        actor = Actor.of(access.person, access.side)
        return upkeep.raise_change(access.contract, actor, now, plan=plan, on=data["when"], **known)

    raised = act(
        request,
        form,
        raise_it,
        lambda _: Done(f"{form.cleaned_data['reference']} is recorded.", there),
        twice=noted("You sent this already, so the change was recorded once.", there),
        not_theirs=version_presenters.not_theirs(access, "change", "propose", "require"),
    )
    if raised:
        return raised
    why = "" if events else version_presenters.why_not(access, page.kind, "change", "propose", "new")
    if not (page.adopted and page.kind.has_reviews):
        why = NOTHING_YET
    context = {"form": form, "kind": page.kind, "why_not": why}
    template = "obligations/plans/change.html"
    return contract_page(request, access, template, context, here="plans", crumbs=way(access, plan))


@require_http_methods(METHODS)
@login_required
def do_change(request: SignedIn, contract_id: int, change_id: int, change_act: str) -> HttpResponse:
    """Says that a change is in place, or which variation records it."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now)
    change, event = selectors.change_at(access.contract, change_id), change_act
    if event not in ("implement", "formalise"):
        raise Http404("no such act")
    rows = selectors.variations_for(access.contract)
    form = ChangeActForm(*sent(request), event=event, variations=rows)

    def update(data: dict[str, Any]) -> PlanChange:
        actor = Actor.of(access.person, access.side)
        if event == "implement":
            return upkeep.implement_change(change, actor, now, on=data["when"])
        chosen = form.variations.get(data["variation"])
        return upkeep.formalise_change(change, actor, now, variation=chosen, on=data["when"])

    updated = act(
        request,
        form,
        update,
        lambda _: Done(f"{change.reference} is updated.", redirect("plan", contract_id, change.plan)),
        not_theirs=version_presenters.not_theirs(access, "change", event),
    )
    if updated:
        return updated
    context = {
        "form": form,
        "kind": kinds()[change.plan],
        "caption": change.reference,
        "title": "Record that it is in place"
        if event == "implement"
        else "Link the variation that records it",
        "button": "Save",
        "why_not": version_presenters.why_not(access, kinds()[change.plan], "change", event, change.state),
        "no_variation": event == "formalise" and not rows,
    }
    template = "obligations/plans/act.html"
    return contract_page(request, access, template, context, here="plans", crumbs=way(access, change.plan))
