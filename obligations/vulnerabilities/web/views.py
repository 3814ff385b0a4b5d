"""The table of vulnerabilities, one of them, and recording one by hand."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from contracts.access import Access, Act, open_contract
from contracts.models import Side
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from contracts.terms.moments import london_day
from contracts.web.acting import Done, act, noted, press, sent
from contracts.web.pages import Crumb, SignedIn, contract_page
from contracts.web.paging import Pages
from obligations.vulnerabilities import selectors
from obligations.vulnerabilities.models import Vulnerability
from obligations.vulnerabilities.selectors import Cursor, TablePage
from obligations.vulnerabilities.services.allowed import TYPED, may_patch, usually_draft
from obligations.vulnerabilities.services.on_record import PORTION, submit
from obligations.vulnerabilities.services.record import SOURCES, Kept, record_one
from obligations.vulnerabilities.web import presenters
from obligations.vulnerabilities.web.forms import FilterForm, RecordForm

PER_PAGE = 50
FORM = ["GET", "HEAD", "POST"]


def page(
    request: SignedIn, access: Access, name: str, context: dict[str, object], row: Vulnerability | None = None
) -> HttpResponse:
    """A page of this subject, with the way back to the table and to the one that it is about."""
    contract_id = access.contract.pk
    crumbs = (
        [] if name == "list" else [Crumb("Vulnerabilities", reverse("vulnerabilities", args=[contract_id]))]
    )
    if row is not None and name != "vulnerability":
        crumbs.append(Crumb(row.subject, reverse("vulnerability", args=[contract_id, row.pk])))
    template = f"obligations/vulnerabilities/{name}.html"
    shared = {"row": row, **context}
    return contract_page(request, access, template, shared, here="vulnerabilities", crumbs=crumbs)


def actor_of(access: Access) -> Actor:
    return Actor.of(access.person, access.side)


def why_not(access: Access) -> str:
    """Why their side records nothing here; "" where it does."""
    if may_patch(access.contract, access.side):
        return ""
    return f"The {access.contract.word_for(Side.SUPPLIER)} records this: it patches."


@require_safe
@login_required
def vulnerabilities(request: SignedIn, contract_id: int) -> HttpResponse:
    """The table, by dates, as far as it is narrowed in the address."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now)
    patches = may_patch(access.contract, access.side)
    form = FilterForm(request.GET or None, has_drafts=patches)
    wanted = form.wanted()
    found = selectors.table(access, wanted, now, Cursor.read(request.GET.get("at", "")), PER_PAGE)
    context: dict[str, object] = {
        "rows": presenters.rows(access.contract, found.rows, now, found.hosts),
        "others": presenters.Others.of(access.contract).tables,
        "total": found.total,
        "more": found.more,
        "pages": _pages(request, found),
        "query": _query(request),
        "filters": form,
        "narrowed": wanted != selectors.Wanted(),
        "may_record": access.may(Act.RECORD_FACT) and access.side != Side.NEITHER,
        "patches": patches,
        "drafts": patches and any(row.draft for row in found.rows),
    }
    return page(request, access, "list", context)


def _pages(request: HttpRequest, found: TablePage) -> Pages:
    return Pages(
        "Pages of the table",
        many=found.previous is not None or found.next is not None,
        previous=_at(request, found.previous),
        next=_at(request, found.next),
    )


def _query(request: HttpRequest) -> str:
    """How the table is narrowed, for an address beside it: wherever in the table one is."""
    query = request.GET.copy()
    query.pop("at", None)
    return f"?{query.urlencode()}" if query else ""


def _at(request: HttpRequest, cursor: Cursor | None) -> str:
    if cursor is None:
        return ""
    query = request.GET.copy()
    query["at"] = str(cursor)
    return f"?{query.urlencode()}"


@require_safe
@login_required
def vulnerability(request: SignedIn, contract_id: int, vulnerability_id: int) -> HttpResponse:
    """Everything about one vulnerability."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now)
    row = selectors.vulnerability_at(access, vulnerability_id)
    found = selectors.vulnerability_page(access, row)
    context: dict[str, object] = {
        "page": presenters.page(access, found, now),
        "decides": row.is_undecided
        and access.may(Act.RECORD_FACT)
        and may_patch(access.contract, access.side),
        "may_submit": row.draft and access.may(Act.RECORD_FACT),
    }
    return page(request, access, "vulnerability", context, row)


@require_http_methods(FORM)
@login_required
def submit_drafts(request: SignedIn, contract_id: int) -> HttpResponse:
    """Puts drafts on the record, those that were shown; ``row`` in the address: these alone."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.RECORD_FACT)
    table = redirect("vulnerabilities", contract_id)
    if request.method == "POST":
        rows = list(selectors.drafts(access, numbers(request.POST.getlist("row")))[:PORTION])
        return press(
            request,
            lambda: submit(access.contract, actor_of(access), now, rows),
            lambda put: Done(presenters.submitted(access.contract, access.side, put), table),
            back=table,
        )
    only = numbers(request.GET.getlist("row"))
    found = selectors.drafts(access, only or None)
    shown = list(found[:PORTION])
    context: dict[str, object] = {
        "rows": presenters.rows(access.contract, shown, now),
        "left": found.count() - len(shown),
        "other": access.contract.word_for(Side(access.side).other) if access.side != Side.NEITHER else "",
    }
    return page(request, access, "submit", context)


def numbers(said: list[str]) -> list[int]:
    """The rows that an address or a form names; what is no number is left out."""
    return [int(one) for one in said if one.isdecimal() and len(one) < 19]


@require_http_methods(FORM)
@login_required
def record(request: SignedIn, contract_id: int) -> HttpResponse:
    """Records one by hand."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.RECORD_FACT)
    other = access.contract.word_for(Side(access.side).other) if access.side != Side.NEITHER else ""
    patches = may_patch(access.contract, access.side)
    usual = "yes" if usually_draft(access.contract, TYPED) else "no"
    form = RecordForm(
        *sent(request), other=other, may_draft=patches, initial={"found": london_day(now), "draft": usual}
    )
    made = act(
        request,
        form,
        lambda data: _record(access, data),
        lambda row: Done(presenters.recorded(row), redirect("vulnerability", contract_id, row.pk)),
        twice=noted(
            "You sent this already, so it was recorded once.", redirect("vulnerabilities", contract_id)
        ),
        instead=lambda refused: _there_already(refused, contract_id),
    )
    if made:
        return made
    why_not = "" if access.side != Side.NEITHER else "Only a person of one of the two parties records this."
    return page(request, access, "record", {"form": form, "why_not": why_not})


def _record(access: Access, data: dict[str, Any]) -> Vulnerability:
    names = ("identifier", "component", "title", "category", "software", "fixed_version", "released", "found")
    return record_one(
        access.contract,
        actor_of(access),
        timezone.now(),
        ratings={name: data[name] for name in SOURCES},
        hosts=data["hosts"].splitlines(),
        draft=data.get("draft") == "yes",
        **{name: data[name] for name in names},
    )


def _there_already(refused: Refused, contract_id: int) -> Done | None:
    """The way to the row that there is."""
    if not isinstance(refused, Kept):
        return None
    return noted(
        f"{refused.message} Nothing was added.", redirect("vulnerability", contract_id, refused.row.pk)
    )
