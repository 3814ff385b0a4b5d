"""Documents: the list, uploading one, and getting it back. A document's own page is in `obligations`."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from contracts import selectors
from contracts.access import Act, open_contract
from contracts.models import Contract, Document
from contracts.services import uploads
from contracts.services.actors import Actor
from contracts.services.documents import TYPES
from contracts.web import paging
from contracts.web.acting import Done, act, sent
from contracts.web.documents import presenters
from contracts.web.documents.deciding import not_kept
from contracts.web.documents.forms import UploadForm
from contracts.web.kept_files import download
from contracts.web.pages import Crumb, SignedIn, contract_page

PER_PAGE = 25


@require_safe
@login_required
def documents(request: SignedIn, contract_id: int) -> HttpResponse:
    """Everything that was uploaded, newest first."""
    access = open_contract(request.user, contract_id, timezone.now())
    page = paging.page_of(request, selectors.documents_of(access.contract), PER_PAGE)
    may_upload = access.may(Act.UPLOAD_DOCUMENT)
    uploads_waiting = selectors.uploads_of(access.contract)
    context = {
        "rows": [presenters.row(access.contract, one) for one in page],
        "waiting": presenters.waiting(access.contract, uploads_waiting) if may_upload else [],
        "pages": paging.pages(request, page),
        "may_upload": may_upload,
    }
    return contract_page(request, access, "contracts/documents.html", context, here="documents", crumbs=[])


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def upload(request: SignedIn, contract_id: int) -> HttpResponse:
    """Keeps a file to be read, and leads to how far that is. ``?not_kept=``: why one was not kept."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.UPLOAD_DOCUMENT)
    schedules = list(selectors.schedules_of(access.contract))
    earlier = not_kept(access, request.GET.get("not_kept", "")) if request.method != "POST" else None
    form = (
        UploadForm.again(earlier, schedules) if earlier else UploadForm(*sent(request), schedules=schedules)
    )
    uploaded = act(
        request,
        form,
        lambda data: uploads.begin(
            access.contract,
            Actor.of(access.person, access.side),
            now,
            schedule=form.schedule_chosen(),
            name=data["name"],
            file=data["file"],
            types=TYPES,
            leads_to=lambda number: reverse("upload_outcome", args=[contract_id, number]),
        ),
        lambda row: Done("", redirect("upload_outcome", contract_id, row.pk)),
    )
    if uploaded:
        return uploaded
    crumbs = [Crumb("Documents", reverse("documents", args=[contract_id]))]
    context = {"form": form}
    page = "contracts/upload.html"
    return contract_page(request, access, page, context, here="documents", crumbs=crumbs)


def _find(contract: Contract, document_id: int) -> Document:
    found = selectors.documents_of(contract).filter(pk=document_id).first()
    if found is None:
        raise Http404("no such document")
    return found


@require_safe
@login_required
def document_file(request: SignedIn, contract_id: int, document_id: int) -> HttpResponseBase:
    """The document as it was uploaded, always as a download."""
    access = open_contract(request.user, contract_id, timezone.now())
    found = _find(access.contract, document_id)
    return download(request, found, name=found.name)
