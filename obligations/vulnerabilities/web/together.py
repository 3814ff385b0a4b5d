"""The same for many vulnerabilities at once: chosen, looked at, done, and taken back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeAlias

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from contracts.access import Access, Act, open_contract
from contracts.models import Side
from contracts.terms.moments import Day, london_day
from contracts.web.acting import Done, act, sent
from contracts.web.forms import DulyForm
from contracts.web.pages import SignedIn
from contracts.web.words import count
from obligations.vulnerabilities import selectors
from obligations.vulnerabilities.services import together as service
from obligations.vulnerabilities.services.acting import Holds
from obligations.vulnerabilities.services.allowed import may_patch
from obligations.vulnerabilities.services.together import Did, Would
from obligations.vulnerabilities.web import presenters, together_presenters
from obligations.vulnerabilities.web.forms import FilterForm
from obligations.vulnerabilities.web.together_forms import (
    NotExploitableTogetherForm,
    ReleasesForm,
    TogetherForm,
    UndoForm,
)
from obligations.vulnerabilities.web.views import FORM, actor_of, numbers, page, why_not

OFFERED = 200
"""So many of the table are offered to choose from."""

SHOWN = 100
"""So many are shown of what would be done."""

What: TypeAlias = "tuple[str, Mapping[int, Day], service.Shown | None]"
"""An act, the day of each, and what shows of them that they cannot be exploited."""

SURE = "sure"
NOT_SENT_AGAIN = frozenset({"csrfmiddlewaretoken", SURE, "back"})


@require_http_methods(FORM)
@login_required
def together(request: SignedIn, contract_id: int) -> HttpResponse:
    """Chooses among what the table is narrowed to, and does the same to all that are ticked."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.RECORD_FACT)
    form = TogetherForm(*sent(request), initial={"day": london_day(now)})
    ticked = numbers(request.POST.getlist("row"))

    def what(data: Mapping[str, Any]) -> What:
        return data["act"], dict.fromkeys(ticked, data["day"]), None

    return _act_on_ticked(request, access, form, ticked, what) or _choose(request, access, form, ticked)


@require_http_methods(FORM)
@login_required
def not_exploitable(request: SignedIn, contract_id: int) -> HttpResponse:
    """Claims of all that are ticked that they cannot be exploited here (10.3.1, R46)."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.RECORD_FACT)
    form = NotExploitableTogetherForm(*sent(request), initial={"day": london_day(now)})
    ticked = numbers(request.POST.getlist("row"))

    def what(data: Mapping[str, Any]) -> What:
        holds = Holds(data["justification"], data["reason"], data["until"])
        days = dict.fromkeys(ticked, data["day"])
        return "not_exploitable", days, service.Shown(holds, data["link"])

    answer = _act_on_ticked(request, access, form, ticked, what)
    return answer or _choose(request, access, form, ticked, claims=True)


def _act_on_ticked(
    request: SignedIn,
    access: Access,
    form: DulyForm,
    ticked: Collection[int],
    what: Callable[[Mapping[str, Any]], What],
) -> HttpResponse | None:
    if request.method == "POST" and not ticked:
        form.add_error(None, "Tick one vulnerability at least.")
    return _act(request, access, form, what)


def _choose(
    request: SignedIn, access: Access, form: DulyForm, ticked: Collection[int], *, claims: bool = False
) -> HttpResponse:
    """What to do and to which of them. ``claims``: only those are offered that may be claimed of."""
    now = timezone.now()
    patches = may_patch(access.contract, access.side)
    narrowing = FilterForm(request.GET or None, has_drafts=patches)
    rows = selectors.narrowed(access, narrowing.wanted(), now).order_by("order_at", "pk")
    rows = rows.filter(service.may_be_claimed(access.contract)) if claims else rows
    offered = list(rows[: OFFERED + 1])
    context: dict[str, object] = {
        "form": form,
        "title": "They cannot be exploited here" if claims else "Record the same for many",
        "claims": claims,
        "other": access.contract.word_for(Side.AUTHORITY),
        "rows": presenters.rows(access.contract, offered[:OFFERED], now),
        "more": len(offered) > OFFERED,
        "offered": OFFERED,
        "ticked": set(ticked) if request.method == "POST" else {one.pk for one in offered},
        "why_not": why_not(access),
    }
    return page(request, access, "together", context)


@require_http_methods(FORM)
@login_required
def releases(request: SignedIn, contract_id: int) -> HttpResponse:
    """Gives each release of a vendor its day, for everything that it fixes."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.RECORD_FACT)
    found = selectors.releases(access) if may_patch(access.contract, access.side) else []
    form = ReleasesForm(*sent(request), releases=found)
    answer = _act(request, access, form, lambda _: ("released", form.days(), None))
    if answer:
        return answer
    context: dict[str, object] = {"form": form, "releases": found, "why_not": why_not(access)}
    return page(request, access, "releases", context)


def _act(request: SignedIn, access: Access, form: DulyForm, what: Any) -> HttpResponse | None:
    """Shows what would be done; once that was seen, and is sent again, does it."""
    now, actor = timezone.now(), actor_of(access)

    def look(data: dict[str, Any]) -> list[Would]:
        return service.preview(access.contract, actor, now, *what(data))

    def do(data: dict[str, Any]) -> Did:
        return service.together(access.contract, actor, now, *what(data))

    if request.method == "POST" and request.POST.get("back"):
        return None
    if request.POST.get(SURE) == "yes":
        return act(request, form, do, lambda did: _done(access, did))
    return act(request, form, look, lambda found: Done("", _preview(request, access, found)))


def _preview(request: SignedIn, access: Access, found: list[Would]) -> HttpResponse:
    """What would become of them, with the same form once more out of sight."""
    now = timezone.now()
    context: dict[str, object] = {
        "rows": [together_presenters.would(one, now) for one in found[:SHOWN]],
        "total": len(found),
        "left": max(0, len(found) - SHOWN),
        "says": together_presenters.would_say(access, found, now),
        "again": [
            (name, value)
            for name, values in request.POST.lists()
            if name not in NOT_SENT_AGAIN
            for value in values
        ],
    }
    return page(request, access, "together_preview", context)


def _done(access: Access, did: Did) -> Done:
    contract_id = access.contract.pk
    says = f"Recorded for {count(len(did.rows), 'vulnerability', 'vulnerabilities')}."
    if did.entry is None or not access.may(Act.WITHDRAW_FACT):
        return Done(says, redirect("vulnerabilities", contract_id))
    return Done(says, redirect("done_together", contract_id, did.entry.number))


@require_http_methods(FORM)
@login_required
def done(request: SignedIn, contract_id: int, entry_number: int) -> HttpResponse:
    """What was done together, and taking it back."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.WITHDRAW_FACT)
    entry = selectors.done_together(access, entry_number)
    form = UndoForm(*sent(request))
    answer = act(
        request,
        form,
        lambda data: service.undo(access.contract, actor_of(access), now, entry, reason=data["reason"]),
        lambda number: Done(
            f"Taken back for {count(number, 'vulnerability', 'vulnerabilities')}.",
            redirect("vulnerabilities", contract_id),
        ),
    )
    if answer:
        return answer
    context: dict[str, object] = {
        "form": form,
        "says": together_presenters.done_together(entry),
        "subjects": entry.payload["subjects"],
        "more": entry.payload["vulnerabilities"] - len(entry.payload["subjects"]),
        "left": selectors.still_counts(access, entry),
        "table": reverse("vulnerabilities", args=[contract_id]),
    }
    return page(request, access, "done_together", context)
