"""The table as files, as far as it is narrowed in the address: CSV, XLSX and OpenVEX."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime
from itertools import chain, islice

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from contracts.access import Access, open_contract
from contracts.models import Side
from contracts.terms.moments import london_day
from contracts.web.acting import noted
from contracts.web.pages import SignedIn
from obligations.vulnerabilities import selectors
from obligations.vulnerabilities.models import State, Vulnerability
from obligations.vulnerabilities.services.allowed import may_patch
from obligations.vulnerabilities.services.rows_out import rows_out
from obligations.vulnerabilities.web import presenters
from obligations.vulnerabilities.web.forms import FilterForm
from obligations.vulnerabilities.writing import Cell, Exported, csv_lines, openvex_pieces, write_xlsx

BESIDE = ("Contract category", "Due", "Standing", "Patched on", "Identified on", "Seen by")
"""The columns beside those that are read again."""

SHEET = 10_000
"""Rows of a spreadsheet: it is made whole before it is sent."""


def _asked(request: SignedIn, contract_id: int) -> tuple[Access, QuerySet[Vulnerability], datetime]:
    """What the address asks for, by dates."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now)
    form = FilterForm(request.GET or None, has_drafts=may_patch(access.contract, access.side))
    return access, selectors.narrowed(access, form.wanted(), now).order_by("order_at", "pk"), now


@require_safe
@login_required
def as_csv(request: SignedIn, contract_id: int) -> HttpResponseBase:
    """The table as CSV, however long it is."""
    access, found, now = _asked(request, contract_id)
    lines = csv_lines(_with_cells(access, found, now), BESIDE)
    return _sent(StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8"), access, now, "csv")


@require_safe
@login_required
def as_xlsx(request: SignedIn, contract_id: int) -> HttpResponseBase:
    """The table as a spreadsheet, up to ``SHEET`` rows."""
    access, found, now = _asked(request, contract_id)
    rows = list(islice(_with_cells(access, found, now), SHEET + 1))
    if len(rows) > SHEET:
        return _back(
            request, contract_id, f"A spreadsheet holds {SHEET:,} rows. Narrow the table, or take CSV."
        )
    file = io.BytesIO()
    write_xlsx(rows, file, BESIDE)
    file.seek(0)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _sent(FileResponse(file, content_type=kind), access, now, "xlsx")


@require_safe
@login_required
def as_openvex(request: SignedIn, contract_id: int) -> HttpResponseBase:
    """What is on the record as OpenVEX, to be given on: no drafts, nothing that is no longer asked for."""
    access, found, now = _asked(request, contract_id)
    stated = found.filter(draft=False).exclude(state=State.OVER)
    address = reverse("vulnerabilities_openvex", args=[contract_id])
    pieces = openvex_pieces(
        (row for _, row in rows_out(stated)),
        author=_party(access),
        identifier=f"{settings.SITE_URL}{address}#{now:%Y%m%dT%H%M%SZ}",
        now=now,
    )
    try:
        first = next(pieces)
    except ValueError:
        return _back(request, contract_id, "Nothing of this is on the record, so there is nothing to state.")
    answer = StreamingHttpResponse(chain([first], pieces), content_type="application/json")
    return _sent(answer, access, now, "openvex.json")


def _party(access: Access) -> str:
    """Who states it: the organisation of who asks, else their own name."""
    return access.person.organisation.name if access.person.organisation else access.person.name


def _sent(answer: HttpResponseBase, access: Access, now: datetime, ending: str) -> HttpResponseBase:
    name = f"vulnerabilities-{access.contract.pk}-{london_day(now).isoformat()}.{ending}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _back(request: SignedIn, contract_id: int, why: str) -> HttpResponse:
    """Back to the table as it is narrowed, with the reason."""
    query = request.GET.urlencode()
    address = reverse("vulnerabilities", args=[contract_id])
    return noted(why, redirect(f"{address}?{query}" if query else address)).answer(request)


def _with_cells(access: Access, found: QuerySet[Vulnerability], now: datetime) -> Iterator[Exported]:
    for row, said in rows_out(found):
        yield said, _cells(access, row, now)


def _cells(access: Access, row: Vulnerability, now: datetime) -> tuple[Cell, ...]:
    return (
        presenters.category(row).text,
        london_day(row.due_at) if row.due_at is not None else None,
        presenters.standing(row, now).text,
        row.done_on if row.state == State.DONE else None,
        row.found_on,
        access.contract.word_for(Side(row.recorded_side)) if row.draft else "Both sides",
    )
