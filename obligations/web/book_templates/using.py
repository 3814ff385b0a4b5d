"""Keeping a schedule as a template, and using a template for a schedule."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from contracts.access import Access, Act, decides_for, open_contract
from contracts.models import Schedule
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from contracts.web import paging
from contracts.web.acting import Done, act, noted, sent
from contracts.web.pages import Crumb, SignedIn, contract_page
from contracts.web.words import count
from obligations.models import BookTemplate
from obligations.services.book_templates.keeping import keep_template
from obligations.services.book_templates.planning import plan
from obligations.services.book_templates.using import take_over
from obligations.services.entries.standing import standing_of
from obligations.web.book_templates import presenters
from obligations.web.book_templates.forms import ChooseForm, KeepForm, TakeOverForm
from obligations.web.entries.asked import entries_href, own_schedule

PER_PAGE = 50
MOST_BESIDE = 100
TWICE = "You sent this already, so it was done once."


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def keep(request: SignedIn, contract_id: int, schedule_id: int) -> HttpResponse:
    """Keeps what was decided about a schedule as a template of an organisation."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.DECIDE_ENTRY)
    schedule = own_schedule(access.contract, schedule_id)
    organisations = list(decides_for(request.user, now).order_by("name"))
    context: dict[str, Any] = {"schedule": schedule, "organisations": organisations}
    if organisations:
        form = KeepForm(*sent(request), initial={"title": schedule.title}, organisations=organisations)
        made = act(
            request,
            form,
            lambda data: keep_template(
                access.contract, schedule, form.chosen(data), Actor.of(access.person, access.side), now,
                title=data["title"],
            ),
            lambda one: Done(
                f"“{one.title}” is kept as a template of {one.organisation.name}.",
                redirect("template", one.organisation_id, one.pk),
            ),
            twice=noted(TWICE, redirect(entries_href(schedule))),
        )  # fmt: skip
        if made:
            return made
        standing = standing_of(access.contract, schedule)
        context |= {
            "form": form,
            "whole": len(standing.paragraphs),
            "decided": len(standing.counting),
            "kinds": len(standing.kinds),
        }
    return _page(request, access, "keep", schedule, context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def use(request: SignedIn, contract_id: int, schedule_id: int) -> HttpResponse:
    """Shows what a template would decide for a schedule, then takes it over in one go."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.DECIDE_ENTRY)
    schedule = own_schedule(access.contract, schedule_id)
    offered = _offered(request)
    template = next((one for one in offered if str(one.pk) == request.GET.get("template")), None)
    context: dict[str, Any] = {"schedule": schedule}
    if template is None:
        context["organisations"] = decides_for(request.user, now).order_by("name")
        context["offered"] = [presenters.template_row(one) for one in offered]
        context["form"] = ChooseForm(request.GET if "template" in request.GET else None, templates=offered)
        return _page(request, access, "choose", schedule, context)
    there = redirect(entries_href(schedule))
    form = TakeOverForm(*sent(request))
    made = act(
        request,
        form,
        lambda data: take_over(
            access.contract, schedule, template, Actor.of(access.person, access.side), now, seen=data["seen"]
        ),
        lambda rows: Done(
            f"{count(len(rows), 'paragraph is', 'paragraphs are')} decided as in “{template.title}”. Nothing"
            " counts before you put it in force.",
            there,
        ),
        twice=noted(TWICE, there),
    )
    if made:
        return made
    context |= {"template": template, "asked": form, **_would(request, access, schedule, template, now)}
    return _page(request, access, "use", schedule, context)


def _would(
    request: SignedIn, access: Access, schedule: Schedule, template: BookTemplate, now: datetime
) -> dict[str, Any]:
    """What using the template would decide."""
    try:
        found = plan(access.contract, schedule, template, now)
    except Refused as refused:
        return {"why_not": refused.message}
    page = paging.page_of(request, found.taken, PER_PAGE)
    besides = presenters.besides(access.contract, found)
    return {
        "form": TakeOverForm(initial={"seen": found.seen}),
        "total": len(found.taken),
        "lines": [presenters.taken_line(one) for one in page],
        "pages": paging.pages(request, page),
        "besides": besides[:MOST_BESIDE],
        "more_besides": max(0, len(besides) - MOST_BESIDE),
        "differ": len(besides),
        "left": presenters.left(access.contract, found),
        "gone": [presenters.line(one) for one in found.gone],
        "kinds": [one["label"] for one in found.kinds],
    }


def _offered(request: SignedIn) -> list[BookTemplate]:
    rows = BookTemplate.objects.filter(
        organisation__in=decides_for(request.user, timezone.now()), retired_at__isnull=True
    )
    return list(rows.select_related("contract"))


def _page(
    request: SignedIn, access: Access, name: str, schedule: Schedule, context: dict[str, Any]
) -> HttpResponse:
    crumbs = [Crumb("What it asks", entries_href(schedule))]
    template = f"obligations/book_templates/{name}.html"
    return contract_page(request, access, template, context, here="entries", crumbs=crumbs)
