"""The templates of an organisation: the list, one of them, import, export, retiring."""

from __future__ import annotations

import json
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contracts.access import OrganisationAccess
from contracts.services.errors import Refused
from contracts.services.leaving import actor_of
from contracts.web import paging
from contracts.web.acting import Done, act, noted, press, sent
from contracts.web.pages import Crumb, SignedIn
from obligations.models import BookTemplate
from obligations.rules.register.book_template import LARGEST
from obligations.services.book_templates import keeping
from obligations.web.book_templates import presenters
from obligations.web.book_templates.forms import ImportForm
from obligations.web.practice import of_practice, practice_page

PER_PAGE = 50


@require_safe
@of_practice
def templates(request: SignedIn, access: OrganisationAccess) -> HttpResponse:
    """The templates that the organisation offers."""
    page = paging.page_of(request, keeping.templates_of(access.organisation), PER_PAGE)
    context = {
        "rows": [presenters.template_row(one) for one in page],
        "total": page.paginator.count,
        "pages": paging.pages(request, page),
    }
    return practice_page(request, access, "obligations/book_templates/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@of_practice
def template_import(request: SignedIn, access: OrganisationAccess) -> HttpResponse:
    """Takes a template that came as a file."""
    form = ImportForm(*sent(request))
    there = reverse("templates", args=[access.organisation.pk])
    made = act(
        request,
        form,
        lambda data: _import(access, timezone.now(), data["file"], data["title"]),
        lambda one: Done(f"“{one.title}” is imported.", redirect("template", access.organisation.pk, one.pk)),
        twice=noted("You sent this already, so it was imported once.", redirect(there)),
    )
    template = "obligations/book_templates/import.html"
    return made or practice_page(request, access, template, {"form": form}, _crumbs(access))


def _import(access: OrganisationAccess, now: datetime, file: UploadedFile[bytes], title: str) -> BookTemplate:
    if file.size is not None and file.size > LARGEST:
        raise Refused("file", f"Choose a file of up to {LARGEST // (1024 * 1024)} MB.")
    return keeping.import_template(
        access.organisation, actor_of(access.person), now, data=file.read(), title=title
    )


@require_safe
@of_practice
def template(request: SignedIn, access: OrganisationAccess, template_id: int) -> HttpResponse:
    """One template, paragraph by paragraph."""
    found = keeping.template_at(access.organisation, template_id)
    context: dict[str, object] = {"template": found, "row": presenters.template_row(found)}
    try:
        form = keeping.form_of(found)
    except Refused as refused:
        context["why_not"] = refused.message
    else:
        page = paging.page_of(request, form.paragraphs, PER_PAGE)
        context |= {
            "lines": [presenters.line(one) for one in page],
            "pages": paging.pages(request, page),
            "kinds": [one["label"] for one in form.kinds],
        }
    page_name = "obligations/book_templates/template.html"
    return practice_page(request, access, page_name, context, _crumbs(access))


@require_safe
@of_practice
def template_export(request: SignedIn, access: OrganisationAccess, template_id: int) -> HttpResponse:
    """One template as a file."""
    found = keeping.template_at(access.organisation, template_id)
    text = json.dumps(found.content, ensure_ascii=False, indent=1)
    response = HttpResponse(text, content_type="application/json")
    name = slugify(found.title)[:80] or "template"
    response["Content-Disposition"] = f'attachment; filename="{name}.duly.json"'
    return response


@require_POST
@of_practice
def template_retire(request: SignedIn, access: OrganisationAccess, template_id: int) -> HttpResponse:
    """Offers a template no more."""
    found = keeping.template_at(access.organisation, template_id)
    there = redirect("templates", access.organisation.pk)
    return press(
        request,
        lambda: keeping.retire_template(found, actor_of(access.person), timezone.now()),
        lambda made: Done(f"“{made.title}” is retired. What was taken over from it stays.", there),
        back=there,
    )


def _crumbs(access: OrganisationAccess) -> list[Crumb]:
    return [Crumb("Templates", reverse("templates", args=[access.organisation.pk]))]
