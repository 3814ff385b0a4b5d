"""Giving out kept files: always as a download, and only what was kept."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from contracts.services import kept_files
from contracts.web.words import size_words

ANY = "application/octet-stream"
"""The type of whatever was uploaded: nothing of it is ever shown as a page."""

NOT_AS_KEPT = 409


def download(
    request: HttpRequest, row: Any, *, name: str, subject: str = "", content_type: str = ANY
) -> HttpResponseBase:
    """The file of a row, read through against its hash before anything of it is sent.

    A file that was altered or is missing is not given out: the page says which, and the record does. ``row``
    was come to through the gate; ``subject`` is what it is about.
    """
    if not row.file:
        raise Http404("no such file")
    try:
        file = kept_files.opened(row)
    except kept_files.AtFault as error:
        kept_files.put_on_record(error.fault, row, subject, timezone.now())
        context = {
            "fault": error.fault,
            "name": name,
            "says": kept_files.SAYS[error.fault.how],
            "size": size_words(row.size),
            "missing": error.fault.how is kept_files.How.MISSING,
        }
        return render(request, "contracts/file_at_fault.html", context, status=NOT_AS_KEPT)
    return FileResponse(file, as_attachment=True, filename=name, content_type=content_type)
