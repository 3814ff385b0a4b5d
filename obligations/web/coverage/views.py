"""Coverage: what of a contract is read, what it asks, and what nobody has looked at."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from contracts.access import Access, open_contract
from contracts.models import Schedule
from contracts.selectors import schedules_of
from contracts.terms.moments import london_day
from contracts.web import paging
from contracts.web.pages import SignedIn, contract_page
from contracts.web.sheets import csv_download
from obligations.services.asking.versions import is_shipped
from obligations.services.coverage.counts import coverage as counted
from obligations.services.coverage.paragraphs import covered
from obligations.services.standards import standards_of
from obligations.web.coverage import presenters
from obligations.web.coverage.forms import SHOWN, ShowForm
from obligations.web.incomplete import incomplete

PER_PAGE = 25
COLUMNS = [
    "schedule",
    "paragraph",
    "heading",
    "state",
    "words",
    "asks",
    "why_nothing",
    "limits_nobody_has",
    "numbers_nobody_claimed",
    "duties",
]


@require_safe
@login_required
def coverage(request: SignedIn, contract_id: int) -> HttpResponse:
    """One schedule, paragraph by paragraph. A constant number of queries."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now)
    schedules = list(schedules_of(access.contract))
    context: dict[str, Any] = {
        "incomplete": incomplete(access.contract, counted(access.contract)),
        "schedules": schedules,
    }
    if schedules:
        context |= _schedule(request, access, _chosen(request, schedules), now)
    return contract_page(request, access, "obligations/coverage.html", context, here="coverage", crumbs=[])


def _chosen(request: HttpRequest, schedules: list[Schedule]) -> Schedule:
    """The schedule that was asked for; else the first that people read, else the first."""
    by_key = {one.outline_key: one for one in schedules}
    own = [one for one in schedules if one.own]
    return by_key.get(request.GET.get("schedule", "")) or (own or schedules)[0]


def _schedule(request: SignedIn, access: Access, schedule: Schedule, now: datetime) -> dict[str, Any]:
    form = ShowForm(request.GET)
    name, rows = form.wanted(), covered(access, schedule, london_day(now))
    shown = [one for one in rows if SHOWN[name][1](one)]
    page = paging.page_of(request, shown, PER_PAGE)
    standards = standards_of(access.person.organisation_id)
    return {
        "form": form,
        "schedule": schedule,
        "shipped": is_shipped(schedule.outline_key),
        "picture": presenters.picture(rows),
        "rows": [presenters.row(access.contract, one, standards) for one in page],
        "total": page.paginator.count,
        "shown": SHOWN[name][0] if name else "Paragraphs",
        "pages": paging.pages(request, page),
    }


@require_safe
@login_required
def coverage_csv(request: SignedIn, contract_id: int) -> StreamingHttpResponse:
    """Every paragraph of every schedule as CSV."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now)
    return csv_download(COLUMNS, _lines(access, now), f"coverage-{access.contract.pk}.csv")


def _lines(access: Access, now: datetime) -> Iterator[list[Any]]:
    for schedule in schedules_of(access.contract):
        for one in covered(access, schedule, london_day(now)):
            row = presenters.row(access.contract, one)
            yield [
                schedule.title,
                row.citation,
                row.heading,
                row.tag.text,
                row.words,
                "; ".join(f"{each.title} ({each.says})" for each in row.entries),
                row.why,
                "; ".join(row.left),
                "; ".join(f"{each.words}: {each.reason}" for each in row.numbers),
                one.duties,
            ]
