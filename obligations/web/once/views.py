"""*Record once*: what an organisation recorded once, and recording one more thing on several contracts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from contracts.access import OrganisationAccess
from contracts.web import paging
from contracts.web.acting import Done, act, noted, sent
from contracts.web.forms import DulyForm
from contracts.web.pages import Crumb, SignedIn
from contracts.web.words import count
from obligations.models import RecordedOnce
from obligations.services import once as service
from obligations.web.once import presenters
from obligations.web.once.ways import Way, way_called, ways
from obligations.web.practice import of_records, practice_page

PER_PAGE = 25


@require_safe
@of_records
def recorded(request: SignedIn, access: OrganisationAccess) -> HttpResponse:
    """What was recorded once, on the contracts of whoever looks; and what may be."""
    found = service.recorded_by(access.person, access.organisation, timezone.now())
    page, kinds = paging.page_of(request, found, PER_PAGE), {way.name: way.title for way in ways()}
    context = {
        "ways": ways(),
        "rows": [presenters.once_row(one, kinds) for one in page],
        "total": page.paginator.count,
        "pages": paging.pages(request, page),
    }
    return practice_page(request, access, "obligations/once/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@of_records
def record(request: SignedIn, access: OrganisationAccess, way: str) -> HttpResponse:
    """One thing: what it is, then what each contract would get of it, then recording it on those chosen."""
    kind, now = way_called(way), timezone.now()
    form = kind.form(*sent(request))
    step = request.POST.get("step", "")
    if step == "save":
        there = redirect("recorded_once", access.organisation.pk)
        made = act(
            request,
            form,
            lambda data: _save(request, access, kind, now, data),
            lambda one: Done(_told(one), there),
            twice=noted("You sent this already, so it was recorded once.", there),
        )
        if made is not None:
            return made
    if request.method == "POST" and step != "change" and not _faults(form):
        return _look(request, access, kind, form, now)
    return practice_page(
        request, access, "obligations/once/form.html", {"form": form, "way": kind}, _crumbs(access)
    )


def _faults(form: DulyForm) -> bool:
    """Whether anything but the choice of contracts is to be put right."""
    form.is_valid()
    return any(name != "contracts" for name in form.errors if name != "__all__") or not form.cleaned_data


def _recording(kind: Way, data: dict[str, Any]) -> service.Recording:
    return lambda contract, actor, now: kind.record(contract, actor, now, data)


def _look(
    request: SignedIn, access: OrganisationAccess, kind: Way, form: DulyForm, now: datetime
) -> HttpResponse:
    accesses = service.places(access.person, access.organisation, now)
    shares = service.look(accesses, now, _recording(kind, form.cleaned_data))
    chosen = _chosen(request)
    context = {
        "form": form,
        "way": kind,
        "title": kind.called(form.cleaned_data),
        "said": kind.said(form.cleaned_data),
        "rows": [presenters.share_row(one, chosen) for one in shares],
        "most": service.most_of(accesses),
        "entered": presenters.entered(request.POST),
        "seen": [f"{one.access.contract.pk}:{one.mark}" for one in shares if not one.why_not],
    }
    return practice_page(request, access, "obligations/once/look.html", context, _crumbs(access))


def _save(
    request: SignedIn, access: OrganisationAccess, kind: Way, now: datetime, data: dict[str, Any]
) -> RecordedOnce:
    return service.record_once(
        access.organisation,
        access.person,
        now,
        way=kind.name,
        title=kind.called(data),
        said=kind.said(data),
        accesses=service.places(access.person, access.organisation, now),
        chosen=_chosen(request),
        seen=presenters.seen_in(request.POST.getlist("seen")),
        recording=_recording(kind, data),
    )


def _chosen(request: SignedIn) -> set[int]:
    return {int(one) for one in request.POST.getlist("contracts") if one.isdecimal()}


def _told(once: RecordedOnce) -> str:
    return f"“{once.title}” is on the record of {count(once.shares.count(), 'contract')}."


def _crumbs(access: OrganisationAccess) -> list[Crumb]:
    return [Crumb("Record once", reverse("recorded_once", args=[access.organisation.pk]))]
