"""The reading of a document beside its words, and the pages on which people correct it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from contracts.access import Access, Act, open_contract
from contracts.models import ReadingCorrection, Schedule
from contracts.reader.correction_state import Piece, Stray
from contracts.reader.corrections import CorrectionKind
from contracts.services import correction_asks, corrections
from contracts.services.actors import Actor
from contracts.services.corrections import Seen
from contracts.services.errors import Refused
from contracts.services.schedule_readings import ScheduleReading, reading_of
from contracts.terms.citations import is_under
from contracts.web import paging
from contracts.web.acting import Done, act, noted, sent
from contracts.web.pages import Crumb, SignedIn, contract_page
from contracts.web.readings import presenters as shown
from contracts.web.readings.forms import FORMS, AddForm, UndoForm

PER_PAGE = 100
TWICE = "You sent this already, so it was done once."


@require_safe
@login_required
def reading(request: SignedIn, contract_id: int, reading_id: int) -> HttpResponse:
    """All paragraphs and other text of a document as it was read. ``?only=warned``: those with warnings."""
    access = open_contract(request.user, contract_id, timezone.now())
    found, may = _reading(access, reading_id), access.may(Act.UPLOAD_DOCUMENT)
    rows = shown.rows(found, contract_id, may=may)
    warned = [row for row in rows if row.warnings]
    only = request.GET.get("only") == "warned"
    page = paging.page_of(request, warned if only else rows, PER_PAGE)
    context = {
        "reading": found,
        "rows": list(page),
        "pages": paging.pages(request, page),
        "only": only,
        "warned": len(warned),
        "paragraphs": len(found.corrected.pieces),
        "others": len(found.corrected.strays),
        "counting": len(found.counting),
        "lost": shown.lost(found, contract_id, may=may),
        "may": may,
    }
    return _page(request, access, "contracts/readings/reading.html", context, [])


@require_safe
@login_required
def piece(request: SignedIn, contract_id: int, reading_id: int, piece: str) -> HttpResponse:
    """One paragraph with those beside it, and what can be done about it; other text leads on to its form."""
    access = open_contract(request.user, contract_id, timezone.now(), Act.UPLOAD_DOCUMENT)
    found = _reading(access, reading_id)
    one = _find(found, piece)
    if isinstance(one, Stray):
        return redirect("correct_reading", contract_id, reading_id, piece, str(CorrectionKind.ADD))
    pieces = found.corrected.pieces
    at = pieces.index(one)
    context = {
        "reading": found,
        "row": shown.row_of(one, found),
        "before": [shown.row_of(other, found) for other in pieces[max(0, at - 1) : at]],
        "after": [shown.row_of(other, found) for other in pieces[at + 1 : at + 2]],
        "acts": shown.acts(contract_id, reading_id, piece),
    }
    return _page(request, access, "contracts/readings/piece.html", context, [_back(found)])


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def correct(request: SignedIn, contract_id: int, reading_id: int, piece: str, act_name: str) -> HttpResponse:
    """One correction of one paragraph, or of other text."""
    access = open_contract(request.user, contract_id, timezone.now(), Act.UPLOAD_DOCUMENT)
    found = _reading(access, reading_id)
    one = _find(found, piece)
    if isinstance(one, Stray):
        if act_name != CorrectionKind.ADD:
            raise Http404("no such correction")
        return _add(request, access, found, one)
    kind = next((kind for kind in FORMS if kind == act_name), None)
    if kind is None:
        raise Http404("no such correction")
    below = any(is_under(other.path, one.path) for other in found.corrected.pieces if other is not one)
    form = FORMS[kind](*sent(request), piece=one, below=below)
    done = act(
        request,
        form,
        lambda data: corrections.correct(
            found.schedule,
            Actor.of(access.person, access.side),
            timezone.now(),
            kind=kind,
            path=one.path,
            asks=form.asks(),
            seen=_seen(request, found),
            reason=data["reason"],
        ),
        lambda made: _done(found, made),
        twice=_twice(found),
    )
    if done:
        return done
    pieces = found.corrected.pieces
    at = pieces.index(one)
    before = [shown.row_of(other, found) for other in pieces[max(0, at - 1) : at]]
    context = {
        "title": shown.ACTS[kind][0],
        "before": before if kind is CorrectionKind.JOIN else [],
        **_form_context(found, form, one),
    }
    return _page(request, access, "contracts/readings/correct.html", context, [_back(found)])


def _add(request: SignedIn, access: Access, found: ScheduleReading, one: Stray) -> HttpResponse:
    before = [other for other in found.corrected.pieces if other.paragraph.line < one.other.line]
    form = AddForm(*sent(request), stray=one, before=before[-1].path if before else "")
    done = act(
        request,
        form,
        lambda data: corrections.add_paragraph(
            found.schedule,
            Actor.of(access.person, access.side),
            timezone.now(),
            key=one.key,
            what=correction_asks.added(found, one.key, data["number"], data["scope"], data["after"]),
            seen=_seen(request, found),
            reason=data["reason"],
        ),
        lambda made: _done(found, made),
        twice=_twice(found),
    )
    if done:
        return done
    context = {"title": "Make it a paragraph", "before": [], **_form_context(found, form, one)}
    return _page(request, access, "contracts/readings/correct.html", context, [_back(found)])


@require_safe
@login_required
def corrections_list(request: SignedIn, contract_id: int, reading_id: int) -> HttpResponse:
    """Everything that people corrected, the newest first."""
    access = open_contract(request.user, contract_id, timezone.now())
    found, may = _reading(access, reading_id), access.may(Act.UPLOAD_DOCUMENT)
    page = paging.page_of(request, shown.corrections(found, contract_id, may=may), PER_PAGE)
    context = {"reading": found, "rows": list(page), "pages": paging.pages(request, page)}
    return _page(request, access, "contracts/readings/corrections.html", context, [_back(found)])


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def undo(request: SignedIn, contract_id: int, reading_id: int, correction_id: int) -> HttpResponse:
    """Takes a correction back."""
    access = open_contract(request.user, contract_id, timezone.now(), Act.UPLOAD_DOCUMENT)
    found = _reading(access, reading_id)
    row = next((one for one in found.made if one.pk == correction_id), None)
    if row is None:
        raise Http404("no such correction")
    row.schedule, row.contract = found.schedule, access.contract
    there = redirect("corrections", contract_id, reading_id)
    form = UndoForm(*sent(request))
    done = act(
        request,
        form,
        lambda data: corrections.undo(
            row, Actor.of(access.person, access.side), timezone.now(), reason=data["reason"]
        ),
        lambda made: Done(f"Correction {row.number} is taken back.", there),
        twice=noted(TWICE, there),
    )
    if done:
        return done
    rows = shown.corrections(found, contract_id, may=True)
    context = {
        "reading": found,
        "form": form,
        "row": next(one for one in rows if one.number == row.number),
    }
    return _page(request, access, "contracts/readings/undo.html", context, [_back(found)])


def _reading(access: Access, reading_id: int) -> ScheduleReading:
    schedule = Schedule.objects.filter(contract=access.contract, pk=reading_id).first()
    if schedule is None:
        raise Http404("no such schedule")
    schedule.contract = access.contract
    try:
        return reading_of(schedule)
    except Refused as refused:
        raise Http404(refused.message) from refused


def _find(found: ScheduleReading, key: str) -> Piece | Stray:
    things: list[Piece | Stray] = [*found.corrected.pieces, *found.corrected.strays]
    for one in things:
        if one.key == key:
            return one
    raise Http404("no such paragraph")


def _seen(request: SignedIn, found: ScheduleReading) -> Seen:
    """What the person had before them, as the form brings it; as it is now where it brings nothing."""
    document, _, last = str(request.POST.get("seen", "")).partition("-")
    if document.isdecimal() and last.isdecimal() and len(document) < 19 and len(last) < 10:
        return Seen(int(document), int(last))
    return Seen.of(found)


def _form_context(found: ScheduleReading, form: object, one: Piece | Stray) -> dict[str, object]:
    seen = Seen.of(found)
    return {
        "reading": found,
        "form": form,
        "row": shown.row_of(one, found),
        "seen": f"{seen.document}-{seen.correction}",
    }


def _there(found: ScheduleReading) -> str:
    return reverse("reading", args=[found.schedule.contract_id, found.schedule.pk])


def _done(found: ScheduleReading, made: ReadingCorrection) -> Done:
    says = f"Correction {made.number} is made. You can take it back under Corrections."
    return Done(says, redirect(_there(found)))


def _twice(found: ScheduleReading) -> Done:
    return noted(TWICE, redirect(_there(found)))


def _back(found: ScheduleReading) -> Crumb:
    return Crumb(f"How {found.schedule.title} was read", _there(found))


def _page(
    request: SignedIn, access: Access, template: str, context: dict[str, object], crumbs: list[Crumb]
) -> HttpResponse:
    documents = Crumb("Documents", reverse("documents", args=[access.contract.pk]))
    return contract_page(request, access, template, context, here="documents", crumbs=[documents, *crumbs])
