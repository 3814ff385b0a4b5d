"""The pages of claims: all of them, one of them, answering it, taking it back."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from contracts.access import Access, Act, open_contract
from contracts.services.actors import Actor
from contracts.web import paging
from contracts.web.acting import Done, act, noted, sent
from contracts.web.kept_files import download
from contracts.web.pages import Crumb, SignedIn, contract_page
from obligations.claims import selectors
from obligations.claims.services import answering
from obligations.claims.services.allowed import by_letter, why_not
from obligations.claims.web import presenters
from obligations.claims.web.forms import ACCEPT, AnswerForm, TakeBackForm
from obligations.models import Claim, ClaimState
from obligations.services.reconciling.changes import Changes
from obligations.web.facts.presenters import what_followed

PER_PAGE = 25


@require_safe
@login_required
def claims(request: SignedIn, contract_id: int) -> HttpResponse:
    """Every claim, those that wait first."""
    access = open_contract(request.user, contract_id, timezone.now())
    page = paging.page_of(request, selectors.claims_of(access), PER_PAGE)
    moves = selectors.moved_by(access, list(page))
    context = {
        "rows": presenters.rows(access.contract, page, moves),
        "total": page.paginator.count,
        "pages": paging.pages(request, page),
    }
    return contract_page(request, access, "obligations/claims/list.html", context, here="claims", crumbs=[])


@require_safe
@login_required
def claim(request: SignedIn, contract_id: int, claim_id: int) -> HttpResponse:
    """One claim with both dates, its reason and evidence, and its answer."""
    access = open_contract(request.user, contract_id, timezone.now())
    found = selectors.claim_at(access, claim_id)
    context = {"page": _page(access, found)}
    crumbs = [Crumb("Claims", reverse("claims", args=[contract_id]))]
    return contract_page(
        request, access, "obligations/claims/claim.html", context, here="claims", crumbs=crumbs
    )


@require_safe
@login_required
def claim_file(request: SignedIn, contract_id: int, claim_id: int) -> HttpResponseBase:
    """The evidence of a claim, always as a download: nothing uploaded is ever shown as a page."""
    access = open_contract(request.user, contract_id, timezone.now())
    found = selectors.claim_at(access, claim_id)
    return download(request, found, name=found.file_name, subject=found.subject)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def answer(request: SignedIn, contract_id: int, claim_id: int) -> HttpResponse:
    """Accepts a claim, or refuses it with a reason."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.DECIDE)
    found = selectors.claim_at(access, claim_id)
    there = redirect("claim", contract_id, claim_id)
    if request.method == "POST" and found.state != ClaimState.OPEN:
        return noted("This has been answered already. Here is the answer.", there).answer(request)
    page = _page(access, found)
    letter = by_letter(access.contract, found, access.side)
    form = AnswerForm(
        *sent(request),
        accepted=_accepted(found, page),
        refused="the date without it goes on counting",
        letter_of=access.contract.word_for(found.waits_for) if letter else "",
    )
    actor = Actor.of(access.person, access.side)

    def done(made: tuple[str, Changes]) -> Done:
        event, changes = made
        if event != ACCEPT:
            return Done("It is refused. The date without it counts, as before.", there)
        return Done(f"It is accepted. {what_followed(changes.seen_by(access))}", there)

    answered = act(
        request,
        form,
        lambda data: (
            data["event"],
            answering.answer(found, actor, now, event=data["event"], reason=data["reason"]),
        ),
        done,
    )
    if answered:
        return answered
    context = {"form": form, "page": page, "why_not": why_not(access, found, ACCEPT)}
    return contract_page(
        request,
        access,
        "obligations/claims/answer.html",
        context,
        here="claims",
        crumbs=_crumbs(access, found),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def withdraw(request: SignedIn, contract_id: int, claim_id: int) -> HttpResponse:
    """Takes back an open claim, with its fact."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.RECORD_FACT)
    found = selectors.claim_at(access, claim_id)
    there = redirect("claim", contract_id, claim_id)
    if request.method == "POST" and found.state != ClaimState.OPEN:
        return noted("This waits for no answer any more. Here is how it stands.", there).answer(request)
    form, actor = TakeBackForm(*sent(request)), Actor.of(access.person, access.side)
    answered = act(
        request,
        form,
        lambda data: answering.withdraw(found, actor, now, reason=data["reason"]),
        lambda _: Done("It is withdrawn. Nothing moved.", there),
    )
    if answered:
        return answered
    context = {"form": form, "page": _page(access, found), "why_not": why_not(access, found, "withdraw")}
    return contract_page(
        request,
        access,
        "obligations/claims/withdraw.html",
        context,
        here="claims",
        crumbs=_crumbs(access, found),
    )


def _page(access: Access, found: Claim) -> presenters.ClaimPage:
    moves = selectors.moved_by(access, [found])
    return presenters.page(access, found, moves.get(found.pk, ()))


def _crumbs(access: Access, found: Claim) -> list[Crumb]:
    number = access.contract.pk
    return [
        Crumb("Claims", reverse("claims", args=[number])),
        Crumb(presenters.title(found), reverse("claim", args=[number, found.pk])),
    ]


def _accepted(found: Claim, page: presenters.ClaimPage) -> str:
    if page.moves:
        first = page.moves[0]
        return f"the date becomes {first.claimed}" if first.dated else f"it is {first.claimed} then"
    return "it was agreed" if found.agreement else "it counts from when it was made"
