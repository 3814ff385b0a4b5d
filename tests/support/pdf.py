"""Whether PDF files can be made here: they need Pango, which only root can install."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from unittest import mock

import pytest
from pypdf import PdfWriter


@cache
def why_not() -> str | None:
    """Why no PDF file can be made here, or None. In CI they must be made: there, nothing is a reason."""
    if os.environ.get("CI"):
        return None
    try:
        import weasyprint  # noqa: F401 - it looks for Pango when it is imported
    except OSError:
        return "no Pango to make PDF files with: as root, script/setup installs it"
    return None


needs_pdf = pytest.mark.skipif(why_not() is not None, reason=why_not() or "")


@contextmanager
def some_pdf(maker: str) -> Iterator[None]:
    """For tests that need a PDF file and do not look into it: where none can be made, a blank page stands in
    for what the function of this name would give.
    """
    if why_not() is None:
        yield
        return
    blank, page = PdfWriter(), BytesIO()
    blank.add_blank_page(width=595, height=842)
    blank.write(page)
    with mock.patch(maker, lambda _: page.getvalue()):
        yield
