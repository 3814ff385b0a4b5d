"""One paragraph of a contract: its words on a day, its history, and the duties it makes."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from contracts.access import open_contract
from contracts.selectors import paragraph_as_at
from contracts.terms.moments import london_day, long_day
from contracts.web import paging
from contracts.web.asking import day_asked, day_query
from contracts.web.pages import Crumb, SignedIn, contract_page
from contracts.web.text import presenters
from obligations import selectors
from obligations.web.lines import line

PER_PAGE = 25


@require_safe
@login_required
def paragraph(request: SignedIn, contract_id: int, citation: str) -> HttpResponse:
    """The paragraph as it stands on the day asked about, today unless asked."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now)
    asked = day_asked(request, london_day(now))
    found = paragraph_as_at(access.contract, citation, asked.day)
    one = found.now.paragraph
    page = paging.page_of(request, selectors.duties_under(access, one.citation), PER_PAGE)
    day = None if asked.is_today else asked.day
    row = presenters.row_of(access.contract, found.now, day)
    context = {
        "form": asked.form,
        "day": long_day(asked.day),
        "is_today": asked.is_today,
        "paragraph": one,
        "place": presenters.place(one.scope, one.number),
        "row": row,
        "source": found.now.version.document if found.now.version else None,
        "versions": presenters.version_rows(found.history),
        "below": presenters.rows_of(access.contract, found.below, day, row.stopped),
        "lines": [line(access.contract, duty, now) for duty in page],
        "total": page.paginator.count,
        "pages": paging.pages(request, page),
    }
    crumbs = [Crumb("Contract text", reverse("text", args=[contract_id]) + (day_query(day) if day else ""))]
    return contract_page(request, access, "obligations/paragraph.html", context, here="text", crumbs=crumbs)
