"""The ledger of a contract: a page of sentences, and the whole of it as a file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from contracts.access import Access, open_contract
from contracts.models import Contract, LedgerEntry
from contracts.selectors import ledger_entries
from contracts.web import paging
from contracts.web.pages import SignedIn, contract_page
from contracts.web.sheets import csv_download, download
from obligations.web.ledger import presenters

PER_PAGE = 50
COLUMNS = ["number", "kept_to", "moment", "actor", "verb", "says", "payload", "previous_hash", "hash"]


@require_safe
@login_required
def ledger(request: SignedIn, contract_id: int) -> HttpResponse:
    """Newest first, told in sentences."""
    access = open_contract(request.user, contract_id, timezone.now())
    page = paging.page_of(request, ledger_entries(access), PER_PAGE)
    context = {
        "rows": [presenters.row(access.contract, entry) for entry in page],
        "total": page.paginator.count,
        "pages": paging.pages(request, page),
    }
    return contract_page(request, access, "obligations/ledger.html", context, here="ledger", crumbs=[])


@require_safe
@login_required
def ledger_csv(request: SignedIn, contract_id: int) -> StreamingHttpResponse:
    """The whole ledger as CSV, oldest first, as it is read from the database."""
    access = open_contract(request.user, contract_id, timezone.now())
    return csv_download(COLUMNS, _csv_rows(access), f"ledger-{access.contract.pk}.csv")


@require_safe
@login_required
def ledger_json(request: SignedIn, contract_id: int) -> StreamingHttpResponse:
    """The whole ledger as JSON, oldest first, as it is read from the database."""
    access = open_contract(request.user, contract_id, timezone.now())
    return download(_json_lines(access), "application/json", f"ledger-{access.contract.pk}.json")


def _entries(access: Access) -> Iterator[dict[str, Any]]:
    """What this person may read. Chains run beside each other; each has its own numbers and hashes."""
    rows = ledger_entries(access).order_by("pk")
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


def _csv_rows(access: Access) -> Iterator[list[Any]]:
    for row in _entries(access):
        row["payload"] = json.dumps(row["payload"], ensure_ascii=False, sort_keys=True)
        yield [row[name] for name in COLUMNS]


def _json_lines(access: Access) -> Iterator[str]:
    yield "["
    for place, row in enumerate(_entries(access)):
        yield (",\n" if place else "\n") + json.dumps(row, ensure_ascii=False)
    yield "\n]\n"
