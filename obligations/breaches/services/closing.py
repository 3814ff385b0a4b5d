"""The closing report as a PDF: a row first, then a worker makes the file, stage by stage."""

from __future__ import annotations

import hashlib
import logging
from datetime import datetime, timedelta

from django.contrib.staticfiles import finders
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string

from contracts.access import closed_words
from contracts.models import Contract
from contracts.services import ledger
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from contracts.services.files import Checked, stored
from contracts.services.locks import lock
from contracts.terms.restricted import key_for
from obligations.breaches.models import Breach, ClosingReport, ReportState
from obligations.breaches.selectors import breach_page
from obligations.breaches.services.allowed import allowed, ledger_payload

CLERK = Actor.system("closing reports")
TEMPLATE = "obligations/breaches/closing.html"
GIVEN_UP_AFTER = timedelta(minutes=10)
"""A worker that claimed a report this long ago has died: another takes the report up."""

NO_PANGO = (
    "The PDF cannot be made on this machine: the system's Pango library is missing"
    " (on Debian: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0)."
    " Print the report from its page instead."
)
NOT_MADE = "The PDF could not be made. Ask for it again, or print the report from its page."
log = logging.getLogger(__name__)


@transaction.atomic
def ask_for_report(breach: Breach, actor: Actor, now: datetime) -> ClosingReport:
    """Ask for the PDF of a closed breach. While one is being made that one is given. Raises Refused."""
    lock(breach.contract)
    breach.refresh_from_db()
    if breach.contract.closed_at is not None:
        raise Refused("", closed_words(breach.contract))
    person = allowed(breach, "ask_report", actor, now)
    under_way = breach.reports.filter(state__in=[ReportState.WAITING, ReportState.MAKING]).first()
    if under_way is not None:
        return under_way
    return ClosingReport.objects.create(
        pk=key_for(breach.reference),
        contract=breach.contract,
        breach=breach,
        asked_at=now,
        asked_by=person,
    )


def make_reports(now: datetime) -> int:
    """Make every report that waits, one after the other. Gives how many were made or failed."""
    number = 0
    while (report := _claimed(now)) is not None:
        _make(report, now)
        number += 1
    return number


def closing_context(contract: Contract, breach: Breach, now: datetime) -> dict[str, object]:
    """What the report shows, on screen and as a PDF."""
    page = breach_page(breach)
    duties = [(duty, duty.standing_at(now).words) for duty in page.duties]
    aware = {"supplier": contract.supplier_word, "authority": contract.authority_word}
    return {
        "contract": contract,
        "breach": breach,
        "page": page,
        "duties": duties,
        "made_at": now,
        "aware": aware.get(breach.aware_party, "Both parties"),
    }


@transaction.atomic
def _claimed(now: datetime) -> ClosingReport | None:
    dead = Q(state=ReportState.MAKING, claimed_at__lt=now - GIVEN_UP_AFTER)
    report = (
        ClosingReport.objects.select_for_update(skip_locked=True)
        .filter(Q(state=ReportState.WAITING) | dead)
        .order_by("asked_at", "pk")
        .first()
    )
    if report is not None:
        report.state, report.claimed_at, report.stage = ReportState.MAKING, now, 1
        report.save(update_fields=["state", "claimed_at", "stage"])
    return report


def _make(report: ClosingReport, now: datetime) -> None:
    breach = Breach.objects.select_related("contract__authority", "contract__supplier", "reported_by").get(
        pk=report.breach_id
    )
    context = closing_context(breach.contract, breach, now) | {"for_pdf": True}
    html = render_to_string(TEMPLATE, context)
    report.stage = 2
    report.save(update_fields=["stage"])
    try:
        content = as_pdf(html)
    except (OSError, ImportError):
        _failed(report, NO_PANGO)
    except Exception:
        log.exception("the closing report of %s could not be made", breach.reference)
        _failed(report, NOT_MADE)
    else:
        _keep(report, breach, content, now)


def _failed(report: ClosingReport, why: str) -> None:
    report.state, report.problem = ReportState.FAILED, why
    report.save(update_fields=["state", "problem"])


def as_pdf(html: str) -> bytes:
    """The page as a PDF. Raises OSError where the system has no Pango."""
    from weasyprint import CSS, HTML  # needs Pango from the system, so only where a PDF is made

    sheet = finders.find("duly/form.css")
    return bytes(HTML(string=html).write_pdf(stylesheets=[CSS(filename=sheet)], pdf_variant="pdf/ua-1"))


def _keep(report: ClosingReport, breach: Breach, content: bytes, now: datetime) -> None:
    made = Checked(f"{breach.reference}.pdf", content, hashlib.sha256(content).hexdigest())
    report.sha256, report.size = made.sha256, made.size
    report.state, report.stage, report.made_at = ReportState.READY, ClosingReport.STAGES, now
    with stored(report.file, made), transaction.atomic():
        report.save()
        made_for = {"sha256": report.sha256, "size": report.size, "asked_by": report.asked_by.name}
        payload = ledger_payload(breach) | made_for
        ledger.record(breach.contract, CLERK, "breach_report_made", payload, now)
