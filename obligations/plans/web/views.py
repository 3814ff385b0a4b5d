"""The pages of a plan: its clocks, its versions, submitting, reviewing and deciding."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from contracts.access import Access, open_contract
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from contracts.web.forms import DulyForm
from contracts.web.pages import Crumb, contract_page
from obligations.models import PlanVersion, Verdict
from obligations.plans import selectors
from obligations.plans.kinds import kinds, machines, take_back_of
from obligations.plans.services import decisions, taking_back, versions
from obligations.plans.web import picture, presenters
from obligations.plans.web.forms import (
    APPROVE,
    ActForm,
    ChecklistForm,
    DecideForm,
    MarksForm,
    TakeBackForm,
    UploadForm,
)

METHODS = ["GET", "HEAD", "POST"]


def saved(form: DulyForm, act: Callable[[], Any]) -> bool:
    """Whether the act went through; else the form says why not."""
    try:
        act()
    except Refused as refused:
        form.refuse(refused)
        return False
    return True


def data_of(request: HttpRequest) -> tuple[Any, Any]:
    """What was sent with a form, (None, None) where it is only shown."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


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
def plans(request: HttpRequest, contract_id: int) -> HttpResponse:
    """The plans that the contract's schedules ask for."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now)
    rows = [presenters.overview(access.contract, row) for row in selectors.plans_of(access.contract, now)]
    context = {"rows": rows}
    return contract_page(request, access, "obligations/plans/list.html", context, here="plans", crumbs=[])


@require_safe
@login_required
def plan(request: HttpRequest, contract_id: int, plan: str) -> HttpResponse:
    """One plan: all clocks of both sides, what remains to each, its versions, reviews and changes."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now)
    contract = access.contract
    page = selectors.plan_page(access, plan, now)
    heads = selectors.headings(contract, page.kind, page.kind.heads)
    in_order = {path: heads[path] for path in page.kind.heads if path in heads}
    context = {
        "kind": page.kind,
        "latest": presenters.version_row(contract, page.latest) if page.latest else None,
        "adopted": page.adopted,
        "adopted_row": presenters.version_row(contract, page.adopted) if page.adopted else None,
        "warnings": presenters.warnings(page, now),
        "acts": presenters.plan_acts(access, page),
        "version_acts": presenters.acts_at_hand(access, page, now),
        "remaining": presenters.remaining(contract, page, now),
        "picture": picture.draw(contract, page, now),
        "clocks": presenters.clocks(contract, page, now),
        "versions": [presenters.version_row(contract, one) for one in page.versions],
        "reviews": [presenters.review_row(access, one, in_order) for one in page.reviews],
        "changes": [presenters.change_row(access, one) for one in page.changes],
    }
    crumbs = [Crumb("Plans", reverse("plans", args=[contract_id]))]
    template = "obligations/plans/plan.html"
    return contract_page(request, access, template, context, here="plans", crumbs=crumbs)


@require_http_methods(METHODS)
@login_required
def upload(request: HttpRequest, contract_id: int, plan: str) -> HttpResponse:
    """Uploads the next version."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now)
    kind = selectors.kind_at(access.contract, plan)
    form = UploadForm(*data_of(request))
    if request.method == "POST" and form.is_valid():
        made: list[PlanVersion] = []
        data, actor = form.cleaned_data, Actor.of(access.person, access.side)
        if saved(
            form,
            lambda: made.append(
                versions.upload_version(
                    access.contract, actor, now, plan=plan, name=data["name"], file=data["file"]
                )
            ),
        ):
            messages.success(
                request, f"Version {made[0].name} is kept as a draft. Say where each requirement is met."
            )
            return redirect("plan_checklist", contract_id, made[0].pk)
    why = presenters.why_not(access, "version", "upload", "new")
    context = {"form": form, "kind": kind, "why_not": why, "back": reverse("plan", args=[contract_id, plan])}
    template = "obligations/plans/upload.html"
    return contract_page(request, access, template, context, here="plans", crumbs=way(access, plan))


@require_safe
@login_required
def version(request: HttpRequest, contract_id: int, version_id: int) -> HttpResponse:
    """One version: its file and hash, its checklist with the review, the decision."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now)
    found = selectors.version_at(access.contract, version_id)
    kind = kinds()[found.plan]
    names = selectors.headings(access.contract, kind, kind.requirements)
    page = selectors.plan_page(access, found.plan, now)
    context = {
        "version": found,
        "kind": kind,
        "row": presenters.version_row(access.contract, found),
        "state": machines()["version"].states[found.state],
        "rows": presenters.version_rows(found),
        "checklist": presenters.checklist(found, names),
        "refusal": presenters.refusal(found, kind, names),
        "acts": presenters.version_acts(access, found, page, now),
        "own": found.state == "submitted" and found.submitted_by_id == access.person.pk,
    }
    template = "obligations/plans/version.html"
    return contract_page(request, access, template, context, here="plans", crumbs=way(access, found.plan))


@require_safe
@login_required
def version_file(request: HttpRequest, contract_id: int, version_id: int) -> FileResponse:
    """The plan as it was uploaded, always as a download."""
    access = open_contract(request.user, contract_id, timezone.now())
    found = selectors.version_at(access.contract, version_id)
    if not found.file or not found.file.storage.exists(found.file.name):
        raise Http404("no such file")
    return FileResponse(
        found.file.open("rb"),
        as_attachment=True,
        filename=found.file_name,
        content_type="application/octet-stream",
    )


@require_http_methods(METHODS)
@login_required
def checklist(request: HttpRequest, contract_id: int, version_id: int) -> HttpResponse:
    """Where in the plan each requirement is met."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now)
    found = selectors.version_at(access.contract, version_id)
    kind = kinds()[found.plan]
    names = selectors.headings(access.contract, kind, kind.requirements)
    form = ChecklistForm(*data_of(request), rows=found.checklist.all(), headings=names)
    if request.method == "POST" and form.is_valid():
        actor = Actor.of(access.person, access.side)
        if saved(form, lambda: versions.place_requirements(found, actor, now, places=form.places())):
            messages.success(request, "The checklist is saved.")
            return redirect("plan_version", contract_id, version_id)
    why = presenters.why_not(access, "version", "place", found.state)
    context = {
        "form": form,
        "version": found,
        "kind": kind,
        "why_not": why,
        "title": "Where each requirement is met",
    }
    template = "obligations/plans/checklist.html"
    return contract_page(
        request, access, template, context, here="plans", crumbs=way(access, found.plan, found)
    )


ACTS = {
    "submit": (
        versions.submit_version,
        "Submit for approval",
        "Submit",
        "It is submitted.",
    ),
    "discard": (versions.discard_version, "Discard the draft", "Discard it", "The draft is discarded."),
    "refer": (
        decisions.refer_version,
        "Refer to dispute resolution",
        "Refer it",
        "Referred to dispute resolution.",
    ),
}


@require_http_methods(METHODS)
@login_required
def do(request: HttpRequest, contract_id: int, version_id: int, act: str) -> HttpResponse:
    """Submits or discards a draft, or refers a version to dispute resolution."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now)
    found = selectors.version_at(access.contract, version_id)
    event = act
    if event not in ACTS:
        raise Http404("no such act")
    service, title, button, said = ACTS[event]
    form = ActForm(*data_of(request))
    if event != "refer":
        del form.fields["reason"]
    if event == "discard":
        del form.fields["on"], form.fields["on_time"]
    if request.method == "POST" and form.is_valid():
        data, actor = form.cleaned_data, Actor.of(access.person, access.side)
        more: dict[str, Any] = {} if event == "discard" else {"on": data["when"]}
        more |= {"reason": data["reason"]} if event == "refer" else {}
        if saved(form, lambda: service(found, actor, now, **more)):
            messages.success(request, said)
            return redirect("plan", contract_id, found.plan)
    context = {
        "form": form,
        "version": found,
        "kind": kinds()[found.plan],
        "title": title,
        "button": button,
        "says": presenters.referring(found) if event == "refer" else "",
        "why_not": _why_not(access, found, event, now) if not form.errors else "",
    }
    template = "obligations/plans/act.html"
    return contract_page(
        request, access, template, context, here="plans", crumbs=way(access, found.plan, found)
    )


def _why_not(access: Access, found: PlanVersion, act: str, now: datetime) -> str:
    """Why this person cannot do this with a version now, "" where they can."""
    event = decisions.referral_of(found) if act == "refer" else act
    why = presenters.why_not(access, "version", event, found.state)
    if event != "refer_undecided" or why:
        return why
    return decisions.why_not_undecided(selectors.plan_page(access, found.plan, now), now)


@require_http_methods(METHODS)
@login_required
def take_back(request: HttpRequest, contract_id: int, version_id: int) -> HttpResponse:
    """Takes back the last thing done with a version, with the reason."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now)
    found = selectors.version_at(access.contract, version_id)
    last = selectors.last_act(access.contract, found.plan)
    form = TakeBackForm(data_of(request)[0], initial={"act": last.pk if last else None})
    if request.method == "POST" and form.is_valid():
        data, actor = form.cleaned_data, Actor.of(access.person, access.side)
        act, reason = data["act"] or 0, data["reason"]
        if saved(form, lambda: taking_back.take_back(found, actor, now, act=act, reason=reason)):
            messages.success(request, "It is taken back.")
            return redirect("plan", contract_id, found.plan)
    why = presenters.why_not_take_back(access, found, last)
    event = take_back_of(found.state, last.before) if last and last.version_id == found.pk else ""
    context = {
        "form": form,
        "version": found,
        "kind": kinds()[found.plan],
        "title": machines()["version"].events[event].label if event else "Take it back",
        "button": "Take it back",
        "says": presenters.taking_back(found, last) if last and event else "",
        "why_not": "" if form.errors else why,
    }
    template = "obligations/plans/act.html"
    return contract_page(
        request, access, template, context, here="plans", crumbs=way(access, found.plan, found)
    )


@require_http_methods(METHODS)
@login_required
def review(request: HttpRequest, contract_id: int, version_id: int) -> HttpResponse:
    """Reviews a submitted version requirement by requirement."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now)
    found = selectors.version_at(access.contract, version_id)
    kind = kinds()[found.plan]
    names = selectors.headings(access.contract, kind, kind.requirements)
    form = MarksForm(*data_of(request), rows=found.checklist.all(), headings=names)
    if request.method == "POST" and form.is_valid():
        actor = Actor.of(access.person, access.side)
        if saved(form, lambda: decisions.review_requirements(found, actor, now, marks=form.marks())):
            messages.success(request, "The review is saved. Nothing is decided yet.")
            return redirect("plan_version", contract_id, version_id)
    why = presenters.why_not(access, "version", "review", found.state)
    context = {"form": form, "version": found, "kind": kind, "why_not": why, "title": "Review by requirement"}
    template = "obligations/plans/review.html"
    return contract_page(
        request, access, template, context, here="plans", crumbs=way(access, found.plan, found)
    )


@require_http_methods(METHODS)
@login_required
def decide(request: HttpRequest, contract_id: int, version_id: int) -> HttpResponse:
    """Approves a version, or refuses it with grounds."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now)
    found = selectors.version_at(access.contract, version_id)
    kind = kinds()[found.plan]
    names = selectors.headings(access.contract, kind, kind.requirements)
    failed = [row.path for row in found.checklist.all() if row.verdict == Verdict.NOT_MET]
    form = DecideForm(
        *data_of(request),
        kind=kind,
        state=found.state,
        headings=names,
        initial={"sha256": found.sha256, "seen": found.state, "grounds": failed},
    )
    if request.method == "POST" and form.is_valid() and _decided(access, found, form, now):
        approved = form.cleaned_data["outcome"] == APPROVE
        messages.success(
            request,
            f"Version {found.name} is approved and adopted."
            if approved
            else f"Version {found.name} is not approved.",
        )
        return redirect("plan", contract_id, found.plan)
    events = ("approve", "refuse")
    reasons = [presenters.why_not(access, "version", event, found.state) for event in events]
    context = {
        "form": form,
        "version": found,
        "kind": kind,
        "again": decisions.refused_in_this_round(found),
        "checklist": presenters.checklist(found, names),
        "why_not": reasons[0] if all(reasons) and request.method != "POST" else "",
    }
    template = "obligations/plans/decide.html"
    return contract_page(
        request, access, template, context, here="plans", crumbs=way(access, found.plan, found)
    )


def _decided(access: Access, found: PlanVersion, form: DecideForm, now: Any) -> bool:
    """Whether the decision is on the record; else the form says why not."""
    data, actor = form.cleaned_data, Actor.of(access.person, access.side)
    known = {"sha256": data["sha256"], "seen": data["seen"], "on": data["when"]}
    if data["outcome"] == APPROVE:
        return saved(form, lambda: decisions.approve_version(found, actor, now, **known))
    more = {"grounds": data["grounds"], "reason": data["reason"]}
    return saved(form, lambda: decisions.refuse_version(found, actor, now, **known, **more))
