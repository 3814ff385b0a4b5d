"""Reporting a breach, its page, its steps, its changes of state, and the closing report."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from contracts.access import Access, Act, open_contract
from contracts.models import Side
from contracts.selectors import distribution_list, last_readers, members_of
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from contracts.terms.moments import london_day
from contracts.web import acting, paging
from contracts.web.acting import Done, noted, sent
from contracts.web.forms import DulyForm
from contracts.web.pages import Crumb, SignedIn, contract_page
from obligations.breaches import selectors
from obligations.breaches.models import Breach, BreachState, ReportState
from obligations.breaches.services.allowed import alone
from obligations.breaches.services.readers import change_readers, open_up
from obligations.breaches.services.report import Twice, report_breach, say_when
from obligations.breaches.services.work import RECORDS, change_state, tick, withdraw, write
from obligations.breaches.states import machine
from obligations.breaches.web import presenters
from obligations.breaches.web.forms import ReadersForm, ReasonForm, ReportForm, StepForm, TextsForm, WhenForm

PER_PAGE = 25
FORM = ["GET", "HEAD", "POST"]
QUESTIONS = {
    "say_when": "When did it happen?",
    "require_cause": "When was it required?",
    "ask_details": "When was it asked for?",
    "require_action": "When was it required?",
    "take_action": "When was it taken?",
    "contain": "When had all reasonable steps been taken?",
    "give_details": "When were full details given?",
}
ON_THE_RECORD = "It is on the record."
BUSY = (ReportState.WAITING, ReportState.MAKING)


def _actor(access: Access) -> Actor:
    return Actor.of(access.person, access.side)


def _page(
    request: SignedIn, access: Access, name: str, context: dict[str, object], breach: Breach | None = None
) -> HttpResponse:
    contract_id = access.contract.pk
    crumbs = [] if name == "list" else [Crumb("Breaches", reverse("breaches", args=[contract_id]))]
    if breach is not None and name != "breach":
        crumbs.append(Crumb(breach.reference, reverse("breach", args=[contract_id, breach.pk])))
    template = f"obligations/breaches/{name}.html"
    shared = {"breach": breach, **context}
    return contract_page(request, access, template, shared, here="breaches", crumbs=crumbs)


@require_safe
@login_required
def breaches(request: SignedIn, contract_id: int) -> HttpResponse:
    """Every breach of the contract."""
    access = open_contract(request.user, contract_id, timezone.now())
    page = paging.page_of(request, selectors.breaches_of(access), PER_PAGE)
    context: dict[str, object] = {
        "rows": [presenters.listed(access.contract, one) for one in page],
        "total": page.paginator.count,
        "pages": paging.pages(request, page),
        "may_report": access.may(Act.RECORD_FACT),
    }
    return _page(request, access, "list", context)


@require_http_methods(FORM)
@login_required
def report(request: SignedIn, contract_id: int) -> HttpResponse:
    """The short report."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.RECORD_FACT)
    usual = {
        "noticed": london_day(now),
        "noticed_by": access.person.name,
        "aware_party": str(access.side),
    }
    members = members_of(access.contract, now).filter(person__is_active=True)
    last = last_readers(access)
    form = ReportForm(
        *sent(request), contract=access.contract, members=members, me=access.person, last=last, initial=usual
    )
    reported = acting.act(
        request,
        form,
        lambda data: _report(access, data, now),
        lambda made: Done(presenters.reported_words(access, made), redirect("breach", contract_id, made.pk)),
        twice=noted("You sent this already, so it was reported once.", redirect("breaches", contract_id)),
        instead=lambda refused: _reported_before(refused, contract_id),
    )
    return reported or _page(request, access, "report", {"form": form})


def _report(access: Access, data: dict[str, Any], now: datetime) -> Breach:
    names = ("what", "outcome", "limb", "noticed_by", "aware_party", "time_known")
    return report_breach(
        access.contract,
        _actor(access),
        now,
        noticed=data["noticed_when"],
        happened=data["happened_when"],
        readers=data["readers"],
        **{name: data[name] for name in names},
    )


def _reported_before(refused: Refused, contract_id: int) -> Done | None:
    """The way to the breach that there is, where the side reported the same a moment ago."""
    if not isinstance(refused, Twice):
        return None
    says = f"{refused.message} Nothing was reported a second time."
    return noted(says, redirect("breach", contract_id, refused.breach.pk))


@require_safe
@login_required
def breach(request: SignedIn, contract_id: int, breach_id: int) -> HttpResponse:
    """Everything about one breach."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now)
    found = selectors.breach_at(access, breach_id)
    page = selectors.breach_page(found)
    says, next_step = presenters.next_words(access, found)
    newest = page.reports[0] if page.reports else None
    busy = newest is not None and newest.state in BUSY
    context: dict[str, object] = {
        "tag": presenters.tag(found),
        "says": says,
        "next_step": next_step,
        "rows": presenters.rows(found),
        "readers": presenters.readers(page, now),
        "may_ask_report": not presenters.why_not(access, found, "ask_report"),
        "may_change_readers": not presenters.why_not(access, found, "change_list"),
        "texts": presenters.texts(found, {one.step.schedule for one in page.steps}),
        "may_write": any(one.key == "write" for one in presenters.events(access, found)),
        "lines": presenters.duty_lines(found, page, now),
        "clocks": presenters.clock_lines(access, page, now),
        "steps": presenters.steps(access, found, page),
        "line": presenters.time_line(page),
        "buttons": presenters.buttons(access, page),
        "unfounded": page.unfounded,
        "closed": found.state == BreachState.CLOSED,
        "withdrawn": found.state == BreachState.WITHDRAWN,
        "newest": newest,
        "earlier": presenters.earlier(found, page),
        "busy": busy,
        "progress": presenters.progress(newest) if newest else "",
    }
    answer = _page(request, access, "breach", context, found)
    if busy:
        answer["Refresh"] = "3"
    return answer


@require_http_methods(FORM)
@login_required
def step(request: SignedIn, contract_id: int, breach_id: int, step: str) -> HttpResponse:
    """Ticks an immediate step off."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.RECORD_FACT)
    found = selectors.breach_at(access, breach_id)
    about = next((one for one in selectors.steps_of(found) if one.key == step), None)
    if about is None:
        raise Http404("no such step")
    form = StepForm(
        *sent(request),
        question="When was it done?",
        initial={"done_by": access.person.name, "when_on": london_day(now)},
    )

    ticked = acting.act(
        request,
        form,
        lambda data: tick(
            found,
            _actor(access),
            now,
            key=step,
            done=data["when"],
            done_by=data["done_by"],
            note=data["note"],
        ),
        lambda _: _on_the_record(found),
        not_theirs=presenters.not_theirs(access, "tick"),
    )
    if ticked:
        return ticked
    context: dict[str, object] = {
        "form": form,
        "title": about.label,
        "hint": about.help,
        "button": "Tick off",
        "why_not": "" if form.is_bound else presenters.why_not_tick(access, found, about),
    }
    return _page(request, access, "act", context, found)


@require_http_methods(FORM)
@login_required
def texts(request: SignedIn, contract_id: int, breach_id: int) -> HttpResponse:
    """What is written about the breach."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.RECORD_FACT)
    found = selectors.breach_at(access, breach_id)
    writes = access.side == Side.SUPPLIER or alone(access.contract, access.side)
    form = TextsForm(*sent(request), breach=found, writes_account=writes)
    written = acting.act(
        request,
        form,
        lambda data: write(found, _actor(access), now, **data),
        lambda _: _on_the_record(found),
        not_theirs=presenters.not_theirs(access, "write"),
    )
    if written:
        return written
    context: dict[str, object] = {
        "form": form,
        "title": "Details, relief and cost",
        "button": "Save",
        "why_not": "" if form.is_bound else presenters.why_not(access, found, "write"),
    }
    return _page(request, access, "act", context, found)


@require_http_methods(FORM)
@login_required
def readers(request: SignedIn, contract_id: int, breach_id: int) -> HttpResponse:
    """Changes who may know of a breach that is kept to a distribution list."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now)
    found = selectors.breach_at(access, breach_id)
    kept = distribution_list(access.contract, found.reference)
    if kept is None:
        raise Http404("everybody may know of it")
    form = ReadersForm(
        *sent(request),
        contract=access.contract,
        members=members_of(access.contract, now).filter(person__is_active=True),
        initial={"people": [one.person_id for one in kept.people.all()]},
    )
    changed = acting.act(
        request,
        form,
        lambda data: change_readers(found, _actor(access), now, people=data["people"]),
        lambda _: _readers_changed(access, found),
        not_theirs=presenters.not_theirs(access, "change_list"),
    )
    if changed:
        return changed
    context: dict[str, object] = {
        "form": form,
        "title": machine().events["change_list"].label,
        "button": "Save",
        "why_not": "" if form.is_bound else presenters.why_not(access, found, "change_list"),
    }
    return _page(request, access, "act", context, found)


def _readers_changed(access: Access, found: Breach) -> Done:
    """Who took themselves off the list finds nothing of the breach any more."""
    kept = distribution_list(access.contract, found.reference)
    if kept is None or access.person.pk in {one.person_id for one in kept.people.all()}:
        return _on_the_record(found)
    return Done(ON_THE_RECORD, redirect("breaches", access.contract.pk))


def _on_the_record(found: Breach) -> Done:
    return Done(ON_THE_RECORD, redirect("breach", found.contract_id, found.pk))


@require_http_methods(FORM)
@login_required
def act(request: SignedIn, contract_id: int, breach_id: int, event: str) -> HttpResponse:
    """One change of the table of states."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now)
    found = selectors.breach_at(access, breach_id)
    about = machine().events.get(event)
    if about is None or event in presenters.ELSEWHERE:
        raise Http404("no such event")
    if event == "open_up" and distribution_list(access.contract, found.reference) is None:
        raise Http404("everybody may know of it")
    asks_when = event in RECORDS or event == "say_when"
    question = next((words for name, words in QUESTIONS.items() if event.startswith(name)), "")
    today = {} if event == "say_when" else {"when_on": london_day(now)}
    form: DulyForm = (
        WhenForm(*sent(request), question=question, initial=today)
        if asks_when
        else ReasonForm(*sent(request))
    )
    changed = acting.act(
        request,
        form,
        lambda data: _acted(found, access, event, data, now),
        lambda _: _on_the_record(found),
        not_theirs=presenters.not_theirs(access, event),
    )
    if changed:
        return changed
    context: dict[str, object] = {
        "form": form,
        "title": about.label,
        "button": about.label,
        "why_not": "" if form.is_bound else presenters.why_not(access, found, event),
        "warning": presenters.WARNINGS.get(event, ""),
        **presenters.remaining(found, event, now),
    }
    return _page(request, access, "act", context, found)


def _acted(found: Breach, access: Access, event: str, data: dict[str, Any], now: datetime) -> None:
    actor = _actor(access)
    if event == "say_when":
        say_when(found, actor, now, happened=data["when"])
    elif event == "withdraw":
        withdraw(found, actor, now, reason=data["reason"])
    elif event == "open_up":
        open_up(found, actor, now, reason=data["reason"])
    else:
        change_state(
            found,
            actor,
            now,
            event=event,
            when=data.get("when"),
            reason=data.get("reason", ""),
        )
