"""The ledger of a contract: a page of sentences, and the whole of it as a file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from contracts import selectors
from contracts.access import Access, open_contract
from contracts.models import Contract, LedgerEntry
from contracts.services.seals import wishes
from contracts.web import paging
from contracts.web.acting import Done, press
from contracts.web.ledger import sealed
from contracts.web.pages import SignedIn, contract_page
from contracts.web.sheets import csv_download, download
from contracts.web.words import count
from obligations.web.ledger import presenters
from obligations.web.ledger.forms import LedgerForm

PER_PAGE = 50
COLUMNS = ["number", "kept_to", "moment", "actor", "verb", "says", "payload", "previous_hash", "hash"]


@require_safe
@login_required
def ledger(request: SignedIn, contract_id: int) -> HttpResponse:
    """Newest first, told in sentences; narrowed by words, person, kind and days."""
    access = open_contract(request.user, contract_id, timezone.now())
    form = LedgerForm(request.GET, access=access)
    wanted = form.wanted() if form.is_valid() else selectors.Entries()
    narrowed = wanted != selectors.Entries()
    page = paging.page_of(request, selectors.ledger_entries(access, wanted), PER_PAGE)
    found = page.paginator.count
    context = {
        "filters": form,
        "narrowed": narrowed or bool(form.errors),
        "rows": [presenters.row(access.contract, entry) for entry in page],
        "total": selectors.ledger_entries(access).count() if narrowed else found,
        "found": count(found, "entry", "entries") if narrowed else "",
        "files": _narrowing(request),
        "pages": paging.pages(request, page),
        "sealed": sealed.page(access),
    }
    return contract_page(request, access, "obligations/ledger.html", context, here="ledger", crumbs=[])


@require_POST
@login_required
def ledger_mail(request: SignedIn, contract_id: int) -> HttpResponse:
    """Asks for the daily mail of where this ledger ends, or for no more of them."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now)
    on, back = request.POST.get("on") == "1", redirect("ledger", contract_id)
    says = sealed.MAILED if on else sealed.NOT_MAILED
    return press(request, lambda: wishes.choose(access, now, on=on), lambda _: Done(says, back), back=back)


@require_safe
@login_required
def ledger_csv(request: SignedIn, contract_id: int) -> HttpResponseBase:
    """The ledger as CSV, narrowed as its page, oldest first, as it is read from the database."""
    access = open_contract(request.user, contract_id, timezone.now())
    form = LedgerForm(request.GET, access=access)
    if not form.is_valid():
        return _back_to_the_page(request, contract_id)
    return csv_download(COLUMNS, _csv_rows(access, form.wanted()), f"ledger-{access.contract.pk}.csv")


@require_safe
@login_required
def ledger_json(request: SignedIn, contract_id: int) -> HttpResponseBase:
    """The ledger as JSON, narrowed as its page, oldest first, as it is read from the database."""
    access = open_contract(request.user, contract_id, timezone.now())
    form = LedgerForm(request.GET, access=access)
    if not form.is_valid():
        return _back_to_the_page(request, contract_id)
    return download(
        _json_lines(access, form.wanted()), "application/json", f"ledger-{access.contract.pk}.json"
    )


def _back_to_the_page(request: SignedIn, contract_id: int) -> HttpResponse:
    """Where the narrowing makes no sense nothing is given out; the page says what is wrong."""
    return redirect(f"{reverse('ledger', args=[contract_id])}?{request.GET.urlencode()}")


def _narrowing(request: SignedIn) -> str:
    """The query that narrows a page, as its files are asked for."""
    query = request.GET.copy()
    query.pop("page", None)
    return f"?{query.urlencode()}" if query else ""


def _entries(access: Access, wanted: selectors.Entries) -> Iterator[dict[str, Any]]:
    """What this person may read. Chains run beside each other; each has its own numbers and hashes."""
    rows = selectors.ledger_entries(access, wanted).order_by("pk")
    for entry in rows.iterator(chunk_size=1000):
        yield _as_columns(access.contract, entry)


def _as_columns(contract: Contract, entry: LedgerEntry) -> dict[str, Any]:
    return {
        "number": entry.number,
        "kept_to": entry.kept_to,
        "moment": entry.moment.isoformat(),
        "actor": entry.actor_name,
        "verb": entry.verb,
        "says": presenters.row(contract, entry).says,
        "payload": entry.payload,
        "previous_hash": entry.previous_hash,
        "hash": entry.hash,
    }


def _csv_rows(access: Access, wanted: selectors.Entries) -> Iterator[list[Any]]:
    for row in _entries(access, wanted):
        row["payload"] = json.dumps(row["payload"], ensure_ascii=False, sort_keys=True)
        yield [row[name] for name in COLUMNS]


def _json_lines(access: Access, wanted: selectors.Entries) -> Iterator[str]:
    yield "["
    for place, row in enumerate(_entries(access, wanted)):
        yield (",\n" if place else "\n") + json.dumps(row, ensure_ascii=False)
    yield "\n]\n"
