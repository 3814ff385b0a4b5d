"""Recording what happened, and the record of it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from contracts.access import Access, Act, open_contract
from contracts.models import Side
from contracts.services.actors import Actor
from contracts.web import paging
from contracts.web.acting import Done, act, noted, sent
from contracts.web.pages import Crumb, SignedIn, contract_page
from obligations import selectors
from obligations.models import Claim, ClaimState, Duty
from obligations.rules.register.facts import FactKind
from obligations.services.asking.vocabulary import vocabulary_of
from obligations.services.recording.facts import Recorded, held_by, record_fact, withdraw_fact
from obligations.services.recording.names import names_alike, names_of_its_sort, open_names
from obligations.web.duties import claims
from obligations.web.facts import kinds, presenters
from obligations.web.facts.forms import FactForm, WithdrawForm
from obligations.web.facts.whole import of_fact, recorded_at

PER_PAGE = 25


@require_safe
@login_required
def record(request: SignedIn, contract_id: int) -> HttpResponse:
    """The kinds of things that may be recorded here, by subject area."""
    access = open_contract(request.user, contract_id, timezone.now(), Act.RECORD_FACT)
    used = kinds.used_by(access.contract)
    wanted = request.GET.get("q", "").strip()[:100]
    context = {"groups": kinds.groups(access, used.values(), wanted), "wanted": wanted}
    return contract_page(request, access, "obligations/record.html", context, here="record", crumbs=[])


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def record_kind(request: SignedIn, contract_id: int, kind: str) -> HttpResponse:
    """The form of one kind of fact. A kind with a page of its own is recorded there."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.RECORD_FACT)
    about = _kind(access, kind)
    if at := recorded_at(access.contract, about):
        there = redirect(at)
        return noted(f"Nothing is recorded yet. “{about.label}” is recorded from here.", there).answer(
            request
        )
    words = {str(side): access.contract.word_for(side) for side in (Side.SUPPLIER, Side.AUTHORITY)}
    duty = _duty(access, request.GET.get("duty", ""))
    known = open_names(access.contract, kind, access) if about.subject else []
    perhaps = names_of_its_sort(access.contract, kind, access) if about.subject and not known else []
    claimed = kinds.claim_words(access, about)
    form = FactForm(
        *sent(request),
        kind=about,
        party_words=words,
        known=known or perhaps,
        may_be_new=not known,
        about=duty.subject if duty is not None else "",
        alike=_alike(request, access, about) if not known else [],
        claimed=claimed,
    )
    actor = Actor.of(access.person, access.side)
    answer = act(
        request,
        form,
        lambda data: record_fact(
            access.contract,
            actor,
            now,
            kind=kind,
            happened=data["when"],
            details=data["details"],
            claim=form.given,
            asks=True,
        ),
        lambda recorded: _recorded(access, recorded, duty),
    )
    if answer:
        return answer
    back = reverse("record", args=[contract_id])
    crumbs = [Crumb("Record what happened", back)]
    if duty is not None:
        back = reverse("duty", args=[contract_id, duty.pk])
        crumbs = [Crumb(duty.title, back)]
    context = {"form": form, "kind": about, "claimed": claimed, "back": back}
    return contract_page(
        request, access, "obligations/record_kind.html", context, here="record", crumbs=crumbs
    )


def _duty(access: Access, said: str) -> Duty | None:
    """The duty from whose page this is recorded, as the address names it; None where it names none."""
    if not said.isdecimal() or len(said) > 18:
        return None
    return selectors.duties_of(access).filter(pk=int(said)).first()


def _alike(request: SignedIn, access: Access, kind: FactKind) -> list[str]:
    """The names that are nearly the one that was sent, which are asked about."""
    name = request.POST.get("subject", "") if kind.subject else ""
    return names_alike(access.contract, name, access) if name else []


def _recorded(access: Access, recorded: Recorded, duty: Duty | None) -> Done:
    """Back to the duty from whose page it was recorded, else to what was recorded."""
    contract_id = access.contract.pk
    there = redirect("fact", contract_id, recorded.fact.pk)
    if duty is not None:
        there = redirect("duty", contract_id, duty.pk)
    if not recorded.created:
        return noted("This was recorded already, so nothing was added. Here it is.", there)
    followed = presenters.what_followed(recorded.changes.seen_by(access))
    claim: Claim | None = getattr(recorded.fact, "claim", None)
    if claim is None or claim.state != ClaimState.OPEN:
        return Done(f"Recorded. {followed}", there)
    page = claims.address(access.contract.pk, claim.pk)
    to_the_claim = redirect(page) if page and duty is None else there
    return Done(f"Recorded. {claims.what_follows(access.contract, claim)}", to_the_claim)


def _kind(access: Access, name: str) -> FactKind:
    """The kind, where this contract uses it and the person's side records it. Raises Http404."""
    found = kinds.used_by(access.contract).get(name)
    if found is None or not kinds.may_record(access, found):
        raise Http404("no such kind of fact to record here")
    return found


@require_safe
@login_required
def facts(request: SignedIn, contract_id: int) -> HttpResponse:
    """Everything that was recorded, newest first."""
    access = open_contract(request.user, contract_id, timezone.now())
    wanted = request.GET.get("q", "").strip()[:100]
    kinds_here = vocabulary_of(access.contract).listed if wanted else ()
    named = [kind.name for kind in kinds_here if wanted.lower() in kind.label.lower()]
    page = paging.page_of(request, selectors.facts_of(access, wanted, named), PER_PAGE)
    context = {
        "rows": [presenters.row(access.contract, fact) for fact in page],
        "total": page.paginator.count,
        "pages": paging.pages(request, page),
        "wanted": wanted,
        "may_record": access.may(Act.RECORD_FACT),
    }
    return contract_page(request, access, "obligations/facts.html", context, here="facts", crumbs=[])


@require_safe
@login_required
def fact(request: SignedIn, contract_id: int, fact_id: int) -> HttpResponse:
    """One fact and the duties it made."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now)
    found = selectors.fact_page(access, fact_id)
    crumbs = [Crumb("What happened", reverse("facts", args=[contract_id]))]
    context = {"fact": found, "page": presenters.page(access, found, now)}
    return contract_page(request, access, "obligations/fact.html", context, here="facts", crumbs=crumbs)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def withdraw(request: SignedIn, contract_id: int, fact_id: int) -> HttpResponse:
    """Takes back a fact recorded in error. What belongs to a plan or a breach is taken back there."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.WITHDRAW_FACT)
    found = selectors.fact_page(access, fact_id)
    there = of_fact(access.contract, found) if held_by(found.kind, found.made_on) else None
    if there is not None and found.withdrawn_at is None:
        says = "Nothing is withdrawn yet. This is taken back here, with what it belongs to."
        return noted(says, redirect(there.href)).answer(request)
    form, actor = WithdrawForm(*sent(request)), Actor.of(access.person, access.side)
    answer = act(
        request,
        form,
        lambda data: withdraw_fact(found, actor, now, reason=data["reason"]),
        lambda changes: Done(
            f"Withdrawn. {presenters.what_followed(changes.seen_by(access))}",
            redirect("fact", contract_id, fact_id),
        ),
    )
    if answer:
        return answer
    crumbs = [
        Crumb("What happened", reverse("facts", args=[contract_id])),
        Crumb(presenters.label(contract_id, found.kind), reverse("fact", args=[contract_id, fact_id])),
    ]
    context = {"form": form, "fact": found, "page": presenters.page(access, found, now)}
    return contract_page(
        request, access, "obligations/fact_withdraw.html", context, here="facts", crumbs=crumbs
    )
