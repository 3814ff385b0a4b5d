"""What happens to one vulnerability: each act on a page of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from contracts.access import Access, Act, open_contract
from contracts.models import Side
from contracts.terms.moments import london_day
from contracts.web.acting import Done, act, noted, press, sent
from contracts.web.pages import SignedIn
from obligations.services.recording.claims import Given
from obligations.services.recording.facts import Recorded
from obligations.vulnerabilities import selectors
from obligations.vulnerabilities.models import Vulnerability
from obligations.vulnerabilities.services import acting, deciding
from obligations.vulnerabilities.services.record import SOURCES
from obligations.vulnerabilities.web import presenters
from obligations.vulnerabilities.web.act_forms import (
    ActForm,
    AtRiskForm,
    LearntForm,
    MitigationForm,
    NotExploitableForm,
    PatchedForm,
)
from obligations.vulnerabilities.web.views import FORM, actor_of, page, why_not
from obligations.web.duties import claims
from obligations.web.facts.presenters import what_followed

TWICE = "You sent this already, so it was recorded once."


@require_http_methods(FORM)
@login_required
def patched(request: SignedIn, contract_id: int, vulnerability_id: int) -> HttpResponse:
    """The patch is in place."""
    access, row = _opened(request, contract_id, vulnerability_id)
    now = timezone.now()
    hosts = list(row.hosts.filter(patched_on=None).exclude(name=""))
    form = PatchedForm(
        *sent(request),
        hosts=hosts,
        takes_proof=not row.draft and acting.patch_duty(row) is not None,
        initial={"done": london_day(now), "done_by": access.person.name},
    )
    many = "places" in form.fields

    def doing(data: dict[str, Any]) -> Vulnerability:
        proof = acting.Proof(
            data.get("done_by", ""), data.get("note", ""), data.get("link", ""), data.get("file")
        )
        return acting.patched(
            access.contract,
            actor_of(access),
            now,
            row,
            done=data["done"],
            places=data["places"] if many else None,
            proof=proof,
            counts_early=form.counts_early,
        )

    return _page(request, access, row, form, "It is patched", doing, presenters.patched)


@require_http_methods(FORM)
@login_required
def not_exploitable(request: SignedIn, contract_id: int, vulnerability_id: int) -> HttpResponse:
    """It cannot be exploited in the service: a claim (10.3.1, R46)."""
    access, row = _opened(request, contract_id, vulnerability_id)
    now, other = timezone.now(), access.contract.word_for(Side.AUTHORITY)
    form = NotExploitableForm(
        *sent(request), initial={"since": london_day(now), "justification": row.justification}
    )
    form.says = (
        f"Under paragraph 10.3.1 this is a claim. The {other} is told today. Until the {other} accepts it,"
        " the date without it counts."
    )

    def doing(data: dict[str, Any]) -> Recorded:
        return acting.not_exploitable(
            access.contract,
            actor_of(access),
            now,
            row,
            since=data["since"],
            justification=data["justification"],
            reason=data["reason"],
            until=data["until"],
            given=Given(file=data["file"] or None, link=data["link"]),
        )

    return _page(request, access, row, form, "It cannot be exploited here", doing, _claimed(access))


@require_POST
@login_required
def affected(request: SignedIn, contract_id: int, vulnerability_id: int) -> HttpResponse:
    """It is affected, though a file said that it is not."""
    access = open_contract(request.user, contract_id, timezone.now(), Act.RECORD_FACT)
    row = selectors.vulnerability_at(access, vulnerability_id)
    back = redirect("vulnerability", contract_id, row.pk)
    return press(
        request,
        lambda: deciding.affected(access.contract, actor_of(access), timezone.now(), row),
        lambda _: Done("Decided: it is affected. Its date runs on.", back),
        back=back,
    )


@require_POST
@login_required
def reopen(request: SignedIn, contract_id: int, vulnerability_id: int) -> HttpResponse:
    """A draft that was patched by mistake is open again."""
    access = open_contract(request.user, contract_id, timezone.now(), Act.RECORD_FACT)
    row = selectors.vulnerability_at(access, vulnerability_id)
    back = redirect("vulnerability", contract_id, row.pk)
    return press(
        request,
        lambda: deciding.reopen(access.contract, actor_of(access), timezone.now(), row),
        lambda _: Done("It is open again. Its date runs.", back),
        back=back,
    )


def _claimed(access: Access) -> Callable[[Recorded], str]:
    def says(made: Recorded) -> str:
        claim = getattr(made.fact, "claim", None)
        if not made.created:
            return "This was recorded already, so nothing was added."
        if claim is None:
            return f"Recorded. {what_followed(made.changes)}"
        return f"Recorded. {claims.what_follows(access.contract, claim)}"

    return says


@require_http_methods(FORM)
@login_required
def at_risk(request: SignedIn, contract_id: int, vulnerability_id: int) -> HttpResponse:
    """Its date is unlikely to be met (10.6)."""
    access, row = _opened(request, contract_id, vulnerability_id)
    now, other = timezone.now(), access.contract.word_for(Side.AUTHORITY)
    form = AtRiskForm(*sent(request), other=other, initial={"since": london_day(now)})
    form.says = f"Under paragraph 10.6 the {other} is to be told at once. It moves no date."

    def doing(data: dict[str, Any]) -> list[Recorded]:
        return acting.at_risk(
            access.contract,
            actor_of(access),
            now,
            row,
            since=data["since"],
            reason=data["reason"],
            told=data["when_told"],
        )

    return _page(request, access, row, form, "It is unlikely to be patched in time", doing, _followed)


@require_http_methods(FORM)
@login_required
def mitigation(request: SignedIn, contract_id: int, vulnerability_id: int) -> HttpResponse:
    """It can be exploited and has no patch (10.5.7)."""
    access, row = _opened(request, contract_id, vulnerability_id)
    now = timezone.now()
    form = MitigationForm(*sent(request), initial={"known": london_day(now), "proposed": london_day(now)})
    form.says = (
        "Under paragraph 10.5.7 interim measures are proposed for what can be exploited while there is no"
        " patch."
    )

    def doing(data: dict[str, Any]) -> list[Recorded]:
        return acting.mitigation(
            access.contract,
            actor_of(access),
            now,
            row,
            known=data["known"],
            reason=data["reason"],
            proposed=data["proposed"],
        )

    return _page(request, access, row, form, "Interim measures without a patch", doing, _followed)


def _followed(made: list[Recorded]) -> str:
    return f"Recorded. {what_followed(made[-1].changes)}"


@require_http_methods(FORM)
@login_required
def learnt(request: SignedIn, contract_id: int, vulnerability_id: int) -> HttpResponse:
    """The release of the patch, the version without it, ratings."""
    access, row = _opened(request, contract_id, vulnerability_id)
    now = timezone.now()
    initial = {"released": row.released_on, "fixed_version": row.fixed_version}
    form = LearntForm(*sent(request), initial=initial)

    def doing(data: dict[str, Any]) -> Vulnerability:
        return acting.learnt(
            access.contract,
            actor_of(access),
            now,
            row,
            released=data["released"],
            fixed_version=data["fixed_version"],
            ratings={name: data[name] for name in SOURCES},
        )

    return _page(request, access, row, form, "Release day and ratings", doing, presenters.recorded)


def _opened(request: SignedIn, contract_id: int, vulnerability_id: int) -> tuple[Access, Vulnerability]:
    access = open_contract(request.user, contract_id, timezone.now(), Act.RECORD_FACT)
    return access, selectors.vulnerability_at(access, vulnerability_id)


def _page(
    request: SignedIn,
    access: Access,
    row: Vulnerability,
    form: ActForm,
    title: str,
    doing: Callable[[dict[str, Any]], Any],
    says: Callable[[Any], str],
) -> HttpResponse:
    """One act on its page: what it asks, what stands in the way, and back to the vulnerability."""
    there = redirect("vulnerability", access.contract.pk, row.pk)
    answer = act(request, form, doing, lambda made: Done(says(made), there), twice=noted(TWICE, there))
    if answer:
        return answer
    context: dict[str, object] = {
        "form": form,
        "title": title,
        "why_not": why_not(access),
        "about": row.subject,
    }
    return page(request, access, "act", context, row)
