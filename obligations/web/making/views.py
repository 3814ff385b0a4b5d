"""Making a contract, step by step: a person's drafts, the steps, the answers checked, the contract made."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from contracts.access import makes_contracts_for
from contracts.models import Contract, ContractDraft, Organisation
from contracts.services import drafts
from contracts.terms.moments import london_day
from contracts.web.acting import Done, act, noted, press, sent
from contracts.web.pages import Crumb, SignedIn
from obligations.services.making.answers import Answers
from obligations.services.making.making import make_contract, shown_as
from obligations.web.making import presenters
from obligations.web.making.forms import STEPS, MakeForm, missing
from obligations.web.making.step import Known, StepForm

NOT_YOURS = (
    "Only an administrator of an organisation makes contracts for it. Ask one of yours, or the person who set"
    " Duly up."
)
BY_NAME = {one.step: one for one in STEPS}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new_contract(request: SignedIn) -> HttpResponse:
    """The contracts that a person is making, and the button that begins another."""
    now = timezone.now()
    organisations = _organisations(request)
    if request.method == "POST":
        return press(
            request,
            lambda: drafts.begin(request.user, now),
            lambda draft: Done("", redirect("contract_step", draft.pk, STEPS[0].step)),
            back=redirect("new_contract"),
        )
    found = list(drafts.drafts_of(request.user))
    known = [Known(Answers(one.answers), organisations, london_day(now)) for one in found]
    context = {"rows": presenters.draft_rows(found, known), "crumbs": _crumbs()[:1], "steps": len(STEPS)}
    return render(request, "obligations/making/drafts.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def contract_step(request: SignedIn, draft_id: int, step: str) -> HttpResponse:
    """One step: what it asks is kept, and the next thing to answer follows."""
    draft, known = _draft(request, draft_id)
    if step not in BY_NAME:
        raise Http404
    if draft.contract is not None:
        return _made_already(request, draft.contract)
    form = BY_NAME[step](known, request.POST if request.method == "POST" else None)
    kept = act(
        request,
        form,
        lambda data: drafts.keep(request.user, draft.pk, timezone.now(), step=step, answers=form.stored),
        lambda nothing: Done("", redirect("contract_check", draft.pk)),
    )
    context = {
        "form": form,
        "draft": draft,
        "number": STEPS.index(type(form)) + 1,
        "steps": len(STEPS),
        "back": _before(draft, known, type(form)),
    }
    return kept or render(request, "obligations/making/step.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def contract_check(request: SignedIn, draft_id: int) -> HttpResponse:
    """Leads to the step that is missing; once none is, the answers and the button that makes the contract."""
    draft, known = _draft(request, draft_id)
    if draft.contract is not None:
        return _made_already(request, draft.contract)
    if left := missing(known):
        return redirect(presenters.step_address(draft, left[0]))
    form = MakeForm(*sent(request), initial={"shown": shown_as(draft)})
    made = act(
        request,
        form,
        lambda data: make_contract(request.user, draft.pk, timezone.now(), as_shown=data["shown"]),
        lambda contract: Done("The contract is made.", redirect("set_up", contract.pk)),
    )
    context = {
        "form": form,
        "shown": shown_as(draft),
        "draft": draft,
        "rows": presenters.check_rows(draft, known),
        "back": presenters.step_address(draft, STEPS[-1]),
    }
    return made or render(request, "obligations/making/check.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def contract_draft_delete(request: SignedIn, draft_id: int) -> HttpResponse:
    """Asks once more, then deletes a draft."""
    draft, known = _draft(request, draft_id)
    if draft.contract is not None:
        return _made_already(request, draft.contract)
    if request.method == "POST":
        return press(
            request,
            lambda: drafts.delete(request.user, draft.pk),
            lambda nothing: Done("It is deleted.", redirect("new_contract")),
            back=redirect("new_contract"),
        )
    context = {"row": presenters.draft_rows([draft], [known])[0], "crumbs": _crumbs()}
    return render(request, "obligations/making/delete.html", context)


def _organisations(request: SignedIn) -> list[Organisation]:
    """Those the person makes contracts for. Raises PermissionDenied where there is none."""
    found = list(makes_contracts_for(request.user, timezone.now()))
    if not found:
        raise PermissionDenied(NOT_YOURS)
    return found


def _draft(request: SignedIn, draft_id: int) -> tuple[ContractDraft, Known]:
    draft = drafts.draft_of(request.user, draft_id)
    return draft, Known(Answers(draft.answers), _organisations(request), london_day(timezone.now()))


def _before(draft: ContractDraft, known: Known, step: type[StepForm]) -> str:
    """Where "Back" leads: the step before, the list of drafts before the first, the answers once complete."""
    if not missing(known):
        return reverse("contract_check", args=[draft.pk])
    place = STEPS.index(step)
    return presenters.step_address(draft, STEPS[place - 1]) if place else reverse("new_contract")


def _made_already(request: SignedIn, contract: Contract) -> HttpResponse:
    return noted("This contract is made already. Here it is.", redirect("set_up", contract.pk)).answer(
        request
    )


def _crumbs() -> list[Crumb]:
    return [Crumb("Contracts", reverse("home")), Crumb("New contract", reverse("new_contract"))]
