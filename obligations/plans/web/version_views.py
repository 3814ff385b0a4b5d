"""The pages of one version: its file, its checklist, submitting, reviewing, deciding, taking back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from contracts.access import Access, open_contract
from contracts.models import Paragraph
from contracts.services.actors import Actor
from contracts.terms.moments import london_day
from contracts.web import acting
from contracts.web.acting import Done, sent
from contracts.web.kept_files import download
from contracts.web.pages import SignedIn, contract_page
from obligations.plans import selectors
from obligations.plans.kinds import PlanKind, machines, take_back_of, takings_back
from obligations.plans.models import PlanVersion, Verdict
from obligations.plans.services import decisions, taking_back, versions
from obligations.plans.web import version_presenters as presenters
from obligations.plans.web.forms import APPROVE, ActForm, ChecklistForm, DecideForm, MarksForm, TakeBackForm
from obligations.plans.web.views import METHODS, way


@dataclass
class Here:
    """What every page of a version begins with: who asks, for which version, and when."""

    request: SignedIn
    access: Access
    version: PlanVersion
    now: datetime

    @cached_property
    def kind(self) -> PlanKind:
        return selectors.kind_at(self.access.contract, self.version.plan)

    @property
    def actor(self) -> Actor:
        return Actor.of(self.access.person, self.access.side)

    def headings(self) -> dict[str, Paragraph]:
        """What the contract calls each requirement, by its path."""
        return selectors.headings(self.access.contract, self.kind, self.kind.requirements)

    def why_not(self, event: str) -> str:
        """Why this person cannot do this now, "" where they can."""
        return presenters.why_not(self.access, self.kind, "version", event, self.version.state)

    def not_theirs(self, *events: str) -> str:
        """Why this person's role does none of these, "" where it does one."""
        return presenters.not_theirs(self.access, "version", *events)

    def page(self, template: str, **context: Any) -> HttpResponse:
        """One of the pages below the version's own, with the way back to it."""
        shared = {"version": self.version, "kind": self.kind, **context}
        crumbs = way(self.access, self.version.plan, self.version)
        name = f"obligations/plans/{template}.html"
        return contract_page(self.request, self.access, name, shared, here="plans", crumbs=crumbs)

    def to_plan(self) -> HttpResponse:
        return redirect("plan", self.access.contract.pk, self.version.plan)

    def to_version(self) -> HttpResponse:
        return redirect("plan_version", self.access.contract.pk, self.version.pk)


def opened(request: SignedIn, contract_id: int, version_id: int) -> Here:
    """The version, for a member of the contract. Raises Http404."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now)
    return Here(request, access, selectors.version_at(access.contract, version_id), now)


@require_safe
@login_required
def version(request: SignedIn, contract_id: int, version_id: int) -> HttpResponse:
    """One version: its file and hash, its checklist with the review, the decision."""
    here = opened(request, contract_id, version_id)
    access, found, names = here.access, here.version, here.headings()
    page = selectors.plan_page(access, found.plan, here.now)
    context = {
        "version": found,
        "kind": here.kind,
        "row": presenters.version_row(access.contract, found, page.versions),
        "settled": selectors.settled_by(found, page.versions),
        "state": here.kind.state(found.state),
        "rows": presenters.version_rows(found),
        "checklist": presenters.checklist(found, names),
        "refusal": presenters.refusal(found, here.kind, names),
        "acts": presenters.version_acts(access, found, page, here.now),
        "own": found.state == "submitted" and found.submitted_by_id == access.person.pk,
    }
    template = "obligations/plans/version.html"
    return contract_page(request, access, template, context, here="plans", crumbs=way(access, found.plan))


@require_safe
@login_required
def version_file(request: SignedIn, contract_id: int, version_id: int) -> HttpResponseBase:
    """The plan as it was uploaded, always as a download."""
    found = opened(request, contract_id, version_id).version
    return download(request, found, name=found.file_name)


@require_http_methods(METHODS)
@login_required
def checklist(request: SignedIn, contract_id: int, version_id: int) -> HttpResponse:
    """Where in the plan each requirement is met."""
    here = opened(request, contract_id, version_id)
    found = here.version
    form = ChecklistForm(*sent(request), rows=found.checklist.all(), headings=here.headings())

    placed = acting.act(
        request,
        form,
        lambda _: versions.place_requirements(found, here.actor, here.now, places=form.places()),
        lambda _: Done("The checklist is saved.", here.to_version()),
        not_theirs=here.not_theirs("place"),
    )
    if placed:
        return placed
    title = "Where each requirement is met"
    return here.page("checklist", form=form, title=title, why_not=here.why_not("place"))


@require_http_methods(METHODS)
@login_required
def review(request: SignedIn, contract_id: int, version_id: int) -> HttpResponse:
    """Reviews a submitted version requirement by requirement."""
    here = opened(request, contract_id, version_id)
    found = here.version
    form = MarksForm(*sent(request), rows=found.checklist.all(), headings=here.headings())

    reviewed = acting.act(
        request,
        form,
        lambda _: decisions.review_requirements(found, here.actor, here.now, marks=form.marks()),
        lambda _: Done("The review is saved. Nothing is decided yet.", here.to_version()),
        not_theirs=here.not_theirs("review"),
    )
    if reviewed:
        return reviewed
    title = "Review by requirement"
    return here.page("review", form=form, title=title, why_not=here.why_not("review"))


@require_http_methods(METHODS)
@login_required
def decide(request: SignedIn, contract_id: int, version_id: int) -> HttpResponse:
    """Approves a version, or refuses it with grounds."""
    here = opened(request, contract_id, version_id)
    found, names = here.version, here.headings()
    failed = [row.path for row in found.checklist.all() if row.verdict == Verdict.NOT_MET]
    form = DecideForm(
        *sent(request),
        kind=here.kind,
        state=found.state,
        headings=names,
        initial={"sha256": found.sha256, "seen": found.state, "grounds": failed},
    )

    def said(_: PlanVersion) -> str:
        approves = form.cleaned_data["outcome"] == APPROVE
        return f"Version {found.name} is {'approved and adopted' if approves else 'not approved'}."

    decided = acting.act(
        request,
        form,
        lambda data: _decide(here, data),
        lambda made: Done(said(made), here.to_plan()),
        not_theirs=here.not_theirs("approve", "refuse"),
    )
    if decided:
        return decided
    reasons = [here.why_not(event) for event in ("approve", "refuse")]
    return here.page(
        "decide",
        form=form,
        again=not form.only_approves and decisions.second_refusal_next(here.kind, found),
        checklist=presenters.checklist(found, names),
        why_not=reasons[0] if all(reasons) and request.method != "POST" else "",
    )


def _decide(here: Here, data: dict[str, Any]) -> PlanVersion:
    """Puts the decision of a form on the record. Raises Refused."""
    known = {"sha256": data["sha256"], "seen": data["seen"], "on": data["when"]}
    if data["outcome"] == APPROVE:
        known["reason"] = data["reason"]
        return decisions.approve_version(here.version, here.actor, here.now, **known)
    more = {"grounds": data.get("grounds", ()), "reason": data["reason"]}
    return decisions.refuse_version(here.version, here.actor, here.now, **known, **more)


ACTS = {
    "submit": (versions.submit_version, "Submit for approval", "Submit", "It is submitted."),
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
def do(request: SignedIn, contract_id: int, version_id: int, act: str) -> HttpResponse:
    """Submits or discards a draft, or refers a version to dispute resolution."""
    here = opened(request, contract_id, version_id)
    if act not in ACTS:
        raise Http404("no such act")
    service, title, button, said = ACTS[act]
    form = ActForm(*sent(request))
    if act != "refer":
        del form.fields["reason"]
    if act == "discard":
        del form.fields["on"], form.fields["on_time"]

    def doing(data: dict[str, Any]) -> None:
        more: dict[str, Any] = {} if act == "discard" else {"on": data["when"]}
        more |= {"reason": data["reason"]} if act == "refer" else {}
        service(here.version, here.actor, here.now, **more)

    event = decisions.referral_of(here.version) if act == "refer" else act
    done = Done(said, here.to_plan())
    if answer := acting.act(request, form, doing, lambda _: done, not_theirs=here.not_theirs(event)):
        return answer
    return here.page(
        "act",
        form=form,
        title=title,
        button=button,
        says=presenters.referring(here.version) if act == "refer" else "",
        why_not="" if form.errors else _why_not(here, event),
    )


def _why_not(here: Here, event: str) -> str:
    """Why this person cannot do this with the version now, "" where they can."""
    why = here.why_not(event)
    if event == "submit" and not selectors.in_force(here.access.contract, here.kind, london_day(here.now)):
        return why or versions.not_in_force(here.kind)
    if event != "refer_undecided" or why:
        return why
    page = selectors.plan_page(here.access, here.version.plan, here.now)
    return decisions.why_not_undecided(page, here.now)


@require_http_methods(METHODS)
@login_required
def take_back(request: SignedIn, contract_id: int, version_id: int) -> HttpResponse:
    """Takes back the last thing done with a version, with the reason."""
    here = opened(request, contract_id, version_id)
    found = here.version
    page = selectors.plan_page(here.access, found.plan, here.now)
    last = page.last
    form = TakeBackForm(*sent(request), initial={"act": last.pk if last else None})

    event = take_back_of(found.state, last.before) if last and last.version_id == found.pk else ""
    taken_back = acting.act(
        request,
        form,
        lambda data: taking_back.take_back(
            found, here.actor, here.now, act=data["act"] or 0, reason=data["reason"]
        ),
        lambda _: Done("It is taken back.", here.to_plan()),
        not_theirs=here.not_theirs(*([event] if event else takings_back())),
    )
    if taken_back:
        return taken_back
    return here.page(
        "act",
        form=form,
        title=machines()["version"].events[event].label if event else "Take it back",
        button="Take it back",
        says=presenters.taking_back(found, last) if last and event else "",
        why_not="" if form.errors else presenters.why_not_take_back(here.access, page, found),
    )
