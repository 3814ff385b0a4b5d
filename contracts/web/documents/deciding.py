"""The pages of an upload: what the reader found, and what a person says it is."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from contracts.access import Access, Act, open_contract
from contracts.models import LongWork, Upload, WorkState
from contracts.reader.editions import How
from contracts.reader.titles import title_of
from contracts.services import deciding_uploads, uploads
from contracts.services.actors import Actor
from contracts.services.deciding_uploads import Waiting
from contracts.services.documents import report_of_file
from contracts.services.judging import Outcome
from contracts.web.acting import Done, act, noted, press, sent
from contracts.web.documents import deciding_presenters as shown
from contracts.web.documents import held
from contracts.web.documents.deciding_forms import TAKE, EditionForm, MakeForm, TakeForm
from contracts.web.pages import Crumb, SignedIn, contract_page
from contracts.web.work.views import lead_to

AS_OWN = "own"
"""In the address of an upload: it is to be a schedule of the contract's own, whatever it is like."""

DECIDED = "Somebody has decided on this document meanwhile. Here it is."


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def outcome(request: SignedIn, contract_id: int, upload_id: int) -> HttpResponse:
    """Leads to where an upload is: its work, its document, back to the form, or asks what it is."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now)
    row = _find(access, upload_id)
    if row is not None and row.document_id is not None:
        there = redirect("document", contract_id, row.document_id)
        return noted(DECIDED, there).answer(request) if request.method == "POST" else there
    access.require(Act.UPLOAD_DOCUMENT)
    if row is None:
        return _gone(access, upload_id)
    if row.reading is None:
        work = uploads.work_of(row.pk)
        return redirect("long_work", work.pk) if work is not None else redirect("upload", contract_id)
    waiting = deciding_uploads.waiting(row)
    found = waiting.likeliest
    if found is None or request.GET.get("as") == AS_OWN:
        return _make(request, access, waiting)
    return (
        _edition(request, access, waiting, found) if found.edition else _take(request, access, waiting, found)
    )


def _find(access: Access, upload_id: int) -> Upload | None:
    rows = Upload.objects.select_related("contract", "schedule", "uploaded_by", "document")
    return rows.filter(contract=access.contract, pk=upload_id).first()


def _gone(access: Access, upload_id: int) -> HttpResponse:
    """Nothing was kept: back to the form, which says why at its field."""
    work = uploads.work_of(upload_id)
    if work is None or work.contract_id != access.contract.pk:
        raise Http404("no such upload")
    return redirect(f"{reverse('upload', args=[access.contract.pk])}?not_kept={work.pk}")


def not_kept(access: Access, number: str) -> LongWork | None:
    """The reading that came to nothing, by its number; None where there is none such on this contract."""
    if not number.isdecimal() or len(number) > 12:
        return None
    ended = [WorkState.REFUSED, WorkState.FAILED, WorkState.CANCELLED]
    rows = LongWork.objects.filter(kind=uploads.KIND, contract=access.contract, state__in=ended)
    return rows.filter(pk=int(number)).first()


def _take(request: SignedIn, access: Access, waiting: Waiting, found: Outcome) -> HttpResponse:
    assert found.judged is not None
    contract, row = access.contract, waiting.row
    differing = sorted(found.judged.to_decide, key=lambda one: not one.rests)
    form = TakeForm(*sent(request), differing=differing, where=shown.said)
    taken = act(
        request,
        form,
        lambda data: deciding_uploads.take_words(
            row,
            Actor.of(access.person, access.side),
            timezone.now(),
            schedule=found.schedule,
            take=form.answers(TAKE),
            leave=form.left(),
        ),
        lambda made: Done(
            f"{made.name} is kept, with its words as you decided.", redirect("document", contract.pk, made.pk)
        ),
        twice=_twice(contract.pk, row),
    )
    if taken:
        return taken
    context = _context(waiting, found) | {
        "form": form,
        "about": shown.about(found),
        "rows": shown.differing(form, differing),
    }
    return _page(request, access, "contracts/upload_unsure.html", context)


def _edition(request: SignedIn, access: Access, waiting: Waiting, found: Outcome) -> HttpResponse:
    assert found.edition is not None
    contract, row = access.contract, waiting.row
    pairs = sorted(found.edition.those(How.CHANGED, How.GONE), key=lambda one: not one.rests)
    form = EditionForm(*sent(request), pairs=pairs, where=shown.said)
    taken = act(
        request,
        form,
        lambda data: deciding_uploads.ask_to_take_edition(
            row,
            Actor.of(access.person, access.side),
            timezone.now(),
            schedule=found.schedule,
            keep=set(form.field_of) - form.answers(TAKE),
            from_day=form.first_day(),
            leads_to=reverse("upload_outcome", args=[contract.pk, row.pk]),
        ),
        _led_on,
        twice=_twice(contract.pk, row),
    )
    if taken:
        return taken
    context = _context(waiting, found) | {
        "form": form,
        "counts": shown.edition_counts(found.edition),
        "again": found.again,
        "rows": shown.pairs(form, pairs),
        "moved": shown.moved(found.edition),
        "added": shown.added(found.edition),
    }
    return _page(request, access, "contracts/upload_edition.html", context)


def _make(request: SignedIn, access: Access, waiting: Waiting) -> HttpResponse:
    contract, row = access.contract, waiting.row
    here = reverse("upload_outcome", args=[contract.pk, row.pk])
    form = MakeForm(*sent(request), initial={"title": title_of(waiting.reading, row.name)})
    made = act(
        request,
        form,
        lambda data: deciding_uploads.ask_to_make_schedule(
            row, Actor.of(access.person, access.side), timezone.now(), title=data["title"], leads_to=here
        ),
        _led_on,
        twice=_twice(contract.pk, row),
    )
    if made:
        return made
    context = _context(waiting, waiting.likeliest) | {
        "form": form,
        "others": shown.others(waiting.outcomes),
        "paragraphs": shown.paragraphs(waiting.reading),
        "more": max(0, len(waiting.reading.paragraphs) - shown.MOST_SHOWN),
    }
    return _page(request, access, "contracts/upload_own.html", context)


@require_POST
@login_required
def throw_away(request: SignedIn, contract_id: int, upload_id: int) -> HttpResponse:
    """Keeps nothing of an upload that is no document yet."""
    access = open_contract(request.user, contract_id, timezone.now(), Act.UPLOAD_DOCUMENT)
    row = _find(access, upload_id)
    if row is None:
        raise Http404("no such upload")
    back = redirect("documents", contract_id)
    return press(
        request,
        lambda: deciding_uploads.throw_away(row, Actor.of(access.person, access.side)),
        lambda _: Done(f"{row.name} is thrown away. Nothing of it is kept.", back),
        back=back,
    )


def _led_on(work: LongWork) -> Done:
    return Done(work.message if work.state == WorkState.DONE else "", lead_to(work))


def _twice(contract_id: int, row: Upload) -> Done:
    there = redirect("upload_outcome", contract_id, row.pk)
    return noted("You sent this already, so it was done once. Here it is.", there)


def _context(waiting: Waiting, found: Outcome | None) -> dict[str, object]:
    report = report_of_file(waiting.reading)
    return {
        "held": held.rows(report),
        "changes": held.changes(report),
        "upload": waiting.row,
        "schedule": found.schedule if found else None,
        "found": shown.found(waiting.reading),
        "warnings": shown.warnings(waiting.reading),
        "warned": len(waiting.reading.warnings),
        "kept_until": uploads.kept_until(waiting.row),
    }


def _page(request: SignedIn, access: Access, template: str, context: dict[str, object]) -> HttpResponse:
    crumbs = [Crumb("Documents", reverse("documents", args=[access.contract.pk]))]
    return contract_page(request, access, template, context, here="documents", crumbs=crumbs)
