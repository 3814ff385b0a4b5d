"""The pages of certificates: all of them with their time line, one of them, and what is done with one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from contracts.access import Access, Act, open_contract
from contracts.services.actors import Actor
from contracts.terms.moments import Day, london_day, long_day
from contracts.web.acting import Done, act, noted, sent
from contracts.web.forms import DulyForm
from contracts.web.kept_files import download
from contracts.web.pages import Crumb, SignedIn, contract_page
from obligations.certificates import selectors
from obligations.certificates.models import Certificate
from obligations.certificates.services import changing, recording
from obligations.certificates.web import picture, presenters
from obligations.certificates.web.forms import (
    CeasedForm,
    CorrectForm,
    DescribeForm,
    ReasonForm,
    RecordForm,
    scheme_asked,
)
from obligations.services.asking.books import books_of
from obligations.web.lines import line
from obligations.web.time_line import WIDTHS

FORM = ["GET", "HEAD", "POST"]


@require_safe
@login_required
def certificates(request: SignedIn, contract_id: int) -> HttpResponse:
    """Every certificate by scheme, with the times in which none was in force."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now)
    found = selectors.certificates_of(access.contract, now)
    books = books_of(access.contract)
    context: dict[str, object] = {
        "schemes": presenters.schemes(access, found),
        "pictures": [one for width in WIDTHS if (one := picture.draw(found, width))],
        "undescribed": presenters.undescribed(access.contract, found) if presenters.may_write(access) else [],
        "absent": presenters.absent(access, found, books),
        "not_done": [
            line(access.contract, duty, now) for duty in selectors.tests_not_done(access, books, now)
        ],
        "asks": presenters.may_ask(access, found),
        "asked": [line(access.contract, duty, now) for duty in selectors.asked_of_the_data(access)],
        "withdrawn": presenters.withdrawn(access.contract, selectors.withdrawn_of(access.contract)),
        "may_write": presenters.may_write(access),
    }
    return _page(request, access, "list", context)


@require_safe
@login_required
def certificate(request: SignedIn, contract_id: int, certificate_id: int) -> HttpResponse:
    """One certificate: what is printed on it, how it stands, and the duties about it."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now)
    row = selectors.certificate_at(access, certificate_id)
    found = selectors.certificates_of(access.contract, now)
    kept = found.by_fact.get(row.fact_id)
    tag, says = presenters.tag(row, kept, now)
    context: dict[str, object] = {
        "title": presenters.title(row),
        "tag": tag,
        "says": says,
        "rests_on": presenters.rests_on(row, found) if kept is not None else "",
        "rows": [*presenters.rows(row, kept), *presenters.file_rows(row)],
        "lines": [
            line(access.contract, duty, now) for duty in selectors.duties_about(access, row.fact.subject)
        ],
        "buttons": presenters.buttons(access, row, kept, now),
    }
    return _page(request, access, "certificate", context)


@require_safe
@login_required
def certificate_file(request: SignedIn, contract_id: int, certificate_id: int) -> HttpResponseBase:
    """The certificate as it was uploaded, always as a download."""
    access = open_contract(request.user, contract_id, timezone.now())
    row = selectors.certificate_at(access, certificate_id)
    return download(request, row, name=row.file_name, subject=row.fact.subject)


@require_http_methods(FORM)
@login_required
def record(request: SignedIn, contract_id: int) -> HttpResponse:
    """Records a certificate; ``?renews=`` begins with what the one before it says."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.RECORD_FACT)
    form = RecordForm(*sent(request), initial=_as_before(request, access, now))

    def doing(data: dict[str, Any]) -> Certificate:
        return recording.record_certificate(
            access.contract,
            _actor(access),
            now,
            runs=form.runs(),
            printed=form.printed(),
            file=data["file"],
        )

    recorded = act(
        request,
        form,
        doing,
        lambda row: Done(_recorded_words(row), redirect("certificate", contract_id, row.pk)),
        twice=noted("You sent this already, so it was recorded once.", redirect("certificates", contract_id)),
        not_theirs=_why_not_write(access),
    )
    context = {
        "form": form,
        "title": "Record a certificate",
        "button": "Record it",
        "cancel": reverse("certificates", args=[contract_id]),
        "why_not": "" if form.is_bound else _why_not_write(access),
    }
    return recorded or _page(request, access, "act", context)


@require_http_methods(FORM)
@login_required
def describe(request: SignedIn, contract_id: int, issued_id: int) -> HttpResponse:
    """Adds what is printed on it to a certificate of which only the fact is recorded."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.RECORD_FACT)
    fact = selectors.undescribed_at(access, issued_id)
    form = DescribeForm(*sent(request))
    described = act(
        request,
        form,
        lambda data: recording.describe_certificate(
            fact, _actor(access), now, printed=form.printed(), file=data["file"]
        ),
        lambda row: Done("It is on the record.", redirect("certificate", contract_id, row.pk)),
        twice=noted("You sent this already, so it was recorded once.", redirect("certificates", contract_id)),
        not_theirs=_why_not_write(access),
    )
    context = {
        "form": form,
        "title": "Add what is printed on it",
        "caption": presenters.about_fact(fact),
        "button": "Save",
        "cancel": reverse("certificates", args=[contract_id]),
        "why_not": "" if form.is_bound else _why_not_write(access),
    }
    return described or _page(request, access, "act", context)


@require_http_methods(FORM)
@login_required
def correct(request: SignedIn, contract_id: int, certificate_id: int) -> HttpResponse:
    """Puts right what was recorded of a certificate, with a reason."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.RECORD_FACT)
    row = selectors.certificate_at(access, certificate_id)
    form = CorrectForm(*sent(request), has_file=bool(row.file), initial=_as_recorded(row))

    def doing(data: dict[str, Any]) -> Certificate:
        return changing.correct_certificate(
            row,
            _actor(access),
            now,
            reason=data["reason"],
            runs=form.runs(),
            printed=form.printed(),
            file=data.get("file"),
        )

    warning = (
        "Another scheme or day withdraws what was recorded and records it anew. Duties that rested on the"
        " wrong day follow, and the record keeps both."
    )
    return _do(request, access, row, form, doing, title="Correct it", button="Correct it", warning=warning)


@require_http_methods(FORM)
@login_required
def withdraw(request: SignedIn, contract_id: int, certificate_id: int) -> HttpResponse:
    """Takes back a certificate recorded in error."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.WITHDRAW_FACT)
    row = selectors.certificate_at(access, certificate_id)
    form = ReasonForm(*sent(request))
    return _do(
        request,
        access,
        row,
        form,
        lambda data: changing.withdraw_certificate(row, _actor(access), now, reason=data["reason"]),
        title="Withdraw it",
        button="Withdraw it",
        warning="Only for what was recorded in error. A certificate that ended is not withdrawn: its last"
        " day, or that it ceased, says so.",
    )


@require_http_methods(FORM)
@login_required
def ceased(request: SignedIn, contract_id: int, certificate_id: int) -> HttpResponse:
    """Says that a certificate ceased to hold before its last day."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.RECORD_FACT)
    row = selectors.certificate_at(access, certificate_id)
    form = CeasedForm(*sent(request), initial={"when_on": london_day(now)})
    return _do(
        request,
        access,
        row,
        form,
        lambda data: changing.certificate_ceased(
            row, _actor(access), now, when=data["when"], reason=data["reason"]
        ),
        title="It ceased to hold",
        button="Record it",
        warning="What the contract asks for when certification ceases is owed from that time.",
    )


def _do(
    request: SignedIn,
    access: Access,
    row: Certificate,
    form: DulyForm,
    doing: Callable[[dict[str, Any]], object],
    **words: str,
) -> HttpResponse:
    """A page that does something with one certificate, and leads back to it."""
    there = redirect("certificate", access.contract.pk, row.pk)
    kept = Done("It is on the record.", there)
    done = act(request, form, doing, lambda _: kept, not_theirs=_why_not_write(access))
    if done:
        return done
    context = {
        "form": form,
        "caption": f"{presenters.title(row)}, number {row.number}",
        "cancel": there.url,
        "why_not": "" if form.is_bound else _why_not(access, row),
        **words,
    }
    crumbs = [Crumb(presenters.title(row), there.url)]
    return _page(request, access, "act", context, crumbs)


def _page(
    request: HttpRequest,
    access: Access,
    name: str,
    context: dict[str, Any],
    crumbs: list[Crumb] | None = None,
) -> HttpResponse:
    way = (
        [] if name == "list" else [Crumb("Certificates", reverse("certificates", args=[access.contract.pk]))]
    )
    template = f"obligations/certificates/{name}.html"
    return contract_page(request, access, template, context, here="certificates", crumbs=way + (crumbs or []))


def _actor(access: Access) -> Actor:
    return Actor.of(access.person, access.side)


def _why_not_write(access: Access) -> str:
    if presenters.may_write(access):
        return ""
    return f"Ask the {access.contract.word_for('supplier')} to record this: it is theirs to record."


def _why_not(access: Access, row: Certificate) -> str:
    if row.fact.withdrawn_at is not None:
        return "This certificate was withdrawn. Record it anew."
    return _why_not_write(access)


def _as_before(request: HttpRequest, access: Access, now: datetime) -> dict[str, Any]:
    """What the form for a next certificate begins with: the scheme, scope and issuer of the one before."""
    renews = request.GET.get("renews", "")
    kept = selectors.certificates_of(access.contract, now).by_fact.get(int(renews) if renews.isdigit() else 0)
    if kept is None:
        return {}
    begins: dict[str, Any] = {**scheme_asked(kept.held.scheme)}
    if kept.row is not None:
        begins |= {"scope": kept.row.scope, "body": kept.row.body, "level": kept.row.level}
    return begins


def _as_recorded(row: Certificate) -> dict[str, Any]:
    printed = changing.printed_of(row)
    begins: dict[str, Any] = {
        **scheme_asked(str(row.fact.details.get("scheme") or "")),
        "number": printed.number,
        "scope": printed.scope,
        "level": printed.level,
        "body": printed.body,
        "account_on": printed.account_on,
        "issued": row.fact.happened_on,
    }
    if last := row.fact.details.get("expires"):
        begins["last_day"] = Day.fromisoformat(str(last)[:10])
    return begins


def _recorded_words(row: Certificate) -> str:
    runs = changing.runs_of(row)
    assert runs is not None
    return f"{row.fact.subject} is on the record, in force through {long_day(runs.last_day)}."
