"""Whether PDF files can be made here: they need Pango, which only root can install."""

from __future__ import annotations

import os
from functools import cache

import pytest


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
