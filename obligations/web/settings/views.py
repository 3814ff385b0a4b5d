"""The settings of a contract: what its schedules need to know, and changing an answer (R12, R14, R30)."""

from __future__ import annotations

import json

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from contracts.access import Access, Act, open_contract
from contracts.models import Contract
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from contracts.web.acting import Done, act, noted, sent
from contracts.web.pages import Crumb, SignedIn, contract_page
from contracts.web.words import count
from obligations.services.choosing import settings
from obligations.services.reconciling.changes import Changes
from obligations.web.settings import presenters
from obligations.web.settings.forms import AnswerForm, ReasonForm, sent_answer


@require_safe
@login_required
def settings_page(request: SignedIn, contract_id: int) -> HttpResponse:
    """Every setting with its answer, and what rests on it."""
    access = open_contract(request.user, contract_id, timezone.now())
    lines = settings.on_record(access.contract)
    context = {
        "groups": presenters.groups(access, lines),
        "open": sum(line.open for line in lines),
    }
    return contract_page(request, access, "obligations/settings.html", context, here="settings", crumbs=[])


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def setting_page(request: SignedIn, contract_id: int, setting: str) -> HttpResponse:
    """Asks for an answer, then shows what it would move, then puts it on the record.

    ``in_turn`` of the address: the next answer that is missing follows, until none is.
    """
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.CHANGE_SETTING)
    contract, actor = access.contract, Actor.of(access.person, access.side)
    line = settings.line_of(contract, setting)
    if request.method != "POST" and "asked" not in request.GET:
        return _question(request, access, line, AnswerForm(line.setting, contract, line.answer))
    if request.method != "POST":
        form = AnswerForm(line.setting, contract, line.answer, request.GET)
        if not form.is_valid():
            return _question(request, access, line, form)
        return _consequence(
            request, access, line, form.answer, ReasonForm(initial={"answer": json.dumps(form.answer)})
        )
    try:
        answer = sent_answer(request.POST)
    except ValueError:
        return redirect("setting", contract_id, setting)
    there = _next(contract, setting) if _in_turn(request) else redirect("settings", contract_id)
    reason = ReasonForm(*sent(request))
    changed = act(
        request,
        reason,
        lambda data: settings.change_setting(
            contract, actor, now, name=setting, answer=answer, reason=data["reason"]
        ),
        lambda changes: Done(_what_counts(changes.seen_by(access)), there),
        twice=noted("You sent this already, so it was changed once. Here it is.", there),
    )
    return changed or _consequence(request, access, line, answer, reason)


def _in_turn(request: SignedIn) -> bool:
    return "in_turn" in (request.POST if request.method == "POST" else request.GET)


def _next(contract: Contract, setting: str) -> HttpResponse:
    """The next setting after this one that nobody answered; where there is none, what else is left to say."""
    lines = settings.on_record(contract)
    place = next((at for at, line in enumerate(lines) if line.setting.name == setting), 0)
    for line in lines[place + 1 :]:
        if line.open:
            return redirect(f"{reverse('setting', args=[contract.pk, line.setting.name])}?in_turn=1")
    return redirect("set_up", contract.pk)


def _question(request: SignedIn, access: Access, line: settings.Line, form: AnswerForm) -> HttpResponse:
    context = {"form": form, "row": presenters.row(access, line), "in_turn": _in_turn(request)}
    return _page(request, access, "obligations/setting.html", context)


def _consequence(
    request: SignedIn, access: Access, line: settings.Line, answer: object, form: ReasonForm
) -> HttpResponse:
    contract, found, why_not = access.contract, None, ""
    try:
        change = settings.preview(
            contract, timezone.now(), name=line.setting.name, answer=answer, seen_by=access
        )
        found = presenters.consequence(contract, change)
    except Refused as refused:
        why_not = refused.message
    context = {
        "form": form,
        "row": presenters.row(access, line),
        "found": found,
        "why_not": why_not,
        "in_turn": _in_turn(request),
    }
    return _page(request, access, "obligations/setting_change.html", context)


def _page(request: SignedIn, access: Access, template: str, context: dict[str, object]) -> HttpResponse:
    crumbs = [Crumb("Settings", reverse("settings", args=[access.contract.pk]))]
    return contract_page(request, access, template, context, here="settings", crumbs=crumbs)


def _what_counts(changes: Changes) -> str:
    moved = [
        (len(changes.raised), "began"),
        (len(changes.redated), "got another date"),
        (len(changes.ended) + len(changes.withdrawn), "ended"),
    ]
    said = [f"{count(number, 'duty', 'duties')} {what}" for number, what in moved if number]
    return f"The answer is on the record. {', '.join(said) or 'No duty moved'}."
