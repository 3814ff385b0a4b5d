"""Reading pages that are pictures by character recognition, where the program Tesseract is installed."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import time
from collections.abc import Sequence
from typing import Any

import pypdf

from contracts.reader.pdf_pages import Page

MOST_PAGES = 40
"""Pages of one document that are read so; each takes a second or two."""
SECONDS_FOR_ALL = 15
"""After so long no further page is begun: a document is read within half a minute, or refused. The pages that
are left are named as pictures."""

_SECONDS = 8
_MOST_POINTS = 60_000_000
"""Points of a picture: a page of A4 at 600 to the inch has 35 million."""


def is_installed() -> bool:
    """Whether pictures can be read here."""
    return shutil.which("tesseract") is not None


def recognise(pages: Sequence[tuple[Page, pypdf.PageObject]]) -> None:
    """Read pages that are pictures, where they can be read here: their lines become those recognised."""
    scanned = [(page, source) for page, source in pages if page.is_picture]
    if not scanned or not is_installed():
        return
    began = time.monotonic()
    for page, source in scanned[:MOST_PAGES]:
        if time.monotonic() - began > SECONDS_FOR_ALL:
            return
        lines = lines_of_picture(source)
        if any(line.strip() for line in lines):
            page.lines, page.recognised = lines, True


def lines_of_picture(page: pypdf.PageObject) -> list[str]:
    """The lines that are recognised on the largest picture of a page; none where nothing is, or it is no
    picture that can be opened.
    """
    picture = _largest(page)
    if picture is None:
        return []
    stream = io.BytesIO()
    picture.convert("L").save(stream, "PNG")
    try:
        run = subprocess.run(
            ["tesseract", "stdin", "stdout", "-l", "eng", "--psm", "4"],
            input=stream.getvalue(),
            capture_output=True,
            timeout=_SECONDS,
            check=True,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
    except (OSError, subprocess.SubprocessError):
        return []
    return run.stdout.decode("utf-8", "replace").replace("\f", "").splitlines()


def _largest(page: pypdf.PageObject) -> Any | None:
    """The largest picture of a page, as the library for pictures holds it."""
    found: Any | None = None
    try:
        for one in page.images:
            image = one.image
            if image is None or image.width * image.height > _MOST_POINTS:
                continue
            if found is None or image.width * image.height > found.width * found.height:
                found = image
    except Exception:  # a picture that is damaged is one that is not read, whatever the library raises
        return found
    return found
