"""A duty's page, logging evidence for it, and deciding on evidence."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from contracts.access import Act, open_contract
from contracts.models import Side
from contracts.services.actors import Actor
from contracts.web.acting import Done, act, noted, press, sent
from contracts.web.kept_files import download
from contracts.web.pages import Crumb, SignedIn, contract_page
from obligations import selectors
from obligations.models import Decision, Duty, EvidenceKind, Outcome
from obligations.services.recording.early import confirm_early, waiting
from obligations.services.recording.evidence import decide as decide_on
from obligations.services.recording.evidence import decided_by_letter, log_evidence
from obligations.web.duties import presenters
from obligations.web.duties.acts import why_not_decide, why_not_log
from obligations.web.duties.forms import DecideForm, EvidenceForm


@require_safe
@login_required
def duty(request: SignedIn, contract_id: int, duty_id: int) -> HttpResponse:
    """Everything about one duty."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now)
    found = selectors.duty_page(access, duty_id, now)
    context = {"page": presenters.page(access, found, now)}
    return contract_page(request, access, "obligations/duty.html", context, here="due", crumbs=[])


LOGGED = "The evidence is logged."
KEPT = "It is kept on the record. It meets nothing until somebody confirms that it counts."


def _crumb(contract_id: int, found: Duty) -> list[Crumb]:
    return [Crumb(found.title, reverse("duty", args=[contract_id, found.pk]))]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def log(request: SignedIn, contract_id: int, duty_id: int) -> HttpResponse:
    """Logs evidence that the duty was done."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.LOG_EVIDENCE)
    found = selectors.duty_page(access, duty_id, now).duty
    hour_clock = bool(found.derivation.get("hour_clock"))
    form = EvidenceForm(*sent(request), hour_clock=hour_clock, initial={"done_by": access.person.name})
    there = redirect("duty", contract_id, duty_id)
    logged = act(
        request,
        form,
        lambda data: log_evidence(
            found,
            Actor.of(access.person, access.side),
            now,
            kind=data["kind"],
            done=data["when"],
            done_by=data["done_by"],
            note=data["note"],
            link=data["link"] if data["kind"] == EvidenceKind.LINK else "",
            file=data["file"] if data["kind"] == EvidenceKind.FILE else None,
            done_before_owed=form.counts_early,
        ),
        lambda _: Done(LOGGED if form.counts_early is not False else KEPT, there),
        twice=noted("You sent this already, so it was logged once. Here it is.", there),
    )
    if logged:
        return logged
    context = {
        "form": form,
        "duty": found,
        "box": presenters.due_box(found, now),
        "why_not": why_not_log(access, found) if request.method != "POST" else "",
    }
    page = "obligations/evidence.html"
    crumbs = _crumb(contract_id, found)
    return contract_page(request, access, page, context, here="due", crumbs=crumbs)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def early(request: SignedIn, contract_id: int, duty_id: int, key: str) -> HttpResponse:
    """Confirms that what was done before the duty began counts for it (R36)."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.LOG_EVIDENCE)
    found = selectors.duty_page(access, duty_id, now).duty
    there = redirect("duty", contract_id, duty_id)
    text = waiting(found).get(key)
    if text is None:
        return noted("There is nothing to confirm here any more.", there).answer(request)
    if request.method == "POST":
        actor = Actor.of(access.person, access.side)
        return press(
            request,
            lambda: confirm_early(found, actor, now, key=key),
            lambda _: Done("It is confirmed, and counts on the day it was done.", there),
            back=there,
        )
    context = {"duty": found, "text": text, "box": presenters.due_box(found, now)}
    page = "obligations/early.html"
    return contract_page(request, access, page, context, here="due", crumbs=_crumb(contract_id, found))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def decide(request: SignedIn, contract_id: int, evidence_id: int) -> HttpResponse:
    """Accepts or rejects a piece of evidence."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.DECIDE)
    evidence = selectors.evidence_at(access, evidence_id)
    found = evidence.duty
    letter = decided_by_letter(access.contract, evidence, access.side)
    form = DecideForm(
        *sent(request),
        evidence=evidence,
        letter_of=access.contract.word_for(Side(evidence.submitted_side).other) if letter else "",
    )
    there = redirect("duty", contract_id, found.pk)
    if request.method == "POST" and hasattr(evidence, "decision"):
        return noted("This evidence has been decided on already. Here is the decision.", there).answer(
            request
        )

    def decided_now(made: Decision) -> Done:
        return Done(presenters.ACCEPTED if made.outcome == Outcome.ACCEPTED else presenters.REJECTED, there)

    actor = Actor.of(access.person, access.side)
    answer = act(
        request,
        form,
        lambda data: decide_on(evidence, actor, now, outcome=data["outcome"], reason=data["reason"]),
        decided_now,
    )
    if answer:
        return answer
    decided = hasattr(evidence, "decision")
    context = {
        "form": form,
        "duty": found,
        "box": presenters.due_box(found, now),
        "row": presenters.evidence_row(access, found, evidence),
        "why_not": "It has been decided on already." if decided else why_not_decide(access, found, evidence),
    }
    page = "obligations/decide.html"
    crumbs = _crumb(contract_id, found)
    return contract_page(request, access, page, context, here="due", crumbs=crumbs)


@require_safe
@login_required
def evidence_file(request: SignedIn, contract_id: int, evidence_id: int) -> HttpResponseBase:
    """The file of a piece of evidence, always as a download: nothing uploaded is ever shown as a page."""
    access = open_contract(request.user, contract_id, timezone.now())
    evidence = selectors.evidence_at(access, evidence_id)
    return download(request, evidence, name=evidence.file_name, subject=evidence.duty.subject)
