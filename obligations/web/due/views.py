"""*What is due* on one contract."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from contracts.access import Act, open_contract
from contracts.terms.moments import london_day
from contracts.web import paging
from contracts.web.pages import SignedIn, contract_page
from obligations import selectors
from obligations.services.coverage.counts import coverage
from obligations.services.gates import gates_on
from obligations.web.counts import counts
from obligations.web.due import picture, presenters
from obligations.web.due.forms import FilterForm
from obligations.web.gates.presenters import line as gate_line
from obligations.web.incomplete import incomplete
from obligations.web.lines import line

PER_PAGE = 25


@require_safe
@login_required
def board(request: SignedIn, contract_id: int) -> HttpResponse:
    """Everything open in its groups, or one group page by page where a standing is chosen."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now)
    form = FilterForm(request.GET, contract=access.contract)
    wanted = form.wanted()
    found = selectors.duty_board(access, now, wanted)
    context = {
        "filters": form,
        "narrowed": presenters.narrowed(wanted),
        "may_record": access.may(Act.RECORD_FACT),
        "counts": counts(request.path, found.counts, access.side),
        "incomplete": incomplete(access.contract, coverage(access.contract)),
    }
    if not wanted.group:
        context["groups"] = presenters.groups(access, found, now)
        context["gate"] = gate_line(access.contract, gates_on(access, london_day(now), now))
        context["claims"] = presenters.claims(access) if access.may(Act.DECIDE) else []
        return contract_page(request, access, "obligations/board.html", context, here="due", crumbs=None)
    page = paging.page_of(request, found.groups[wanted.group], PER_PAGE)
    context |= {
        "title": presenters.title(wanted.group, access.side),
        "note": presenters.NOTES.get(wanted.group, ""),
        "total": page.paginator.count,
        "lines": [line(access.contract, duty, now) for duty in page],
        "pages": paging.pages(request, page),
    }
    return contract_page(request, access, "obligations/group.html", context, here="due", crumbs=[])


@require_safe
@login_required
def weeks(request: SignedIn, contract_id: int) -> HttpResponse:
    """The next twelve weeks as a picture, with the same as a table."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now)
    first, last = picture.span(london_day(now))
    duties = selectors.due_between(access, first, last)
    context = {
        "picture": picture.draw(access, duties, now),
        "incomplete": incomplete(access.contract, coverage(access.contract)),
    }
    return contract_page(request, access, "obligations/weeks.html", context, here="due", crumbs=[])
