"""What is written without a blank stays on the page of the closing report, on paper too."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from django.template.loader import render_to_string

from obligations.breaches.services.closing import TEMPLATE, as_pdf, closing_context
from obligations.breaches.services.work import tick, write
from tests.cast import NOON, play
from tests.obligations.breaches.test_breaches import NINE, report

WORD = "".join(f"{number:04}" for number in range(100))


@pytest.mark.django_db
@pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext reads the PDF")
def test_a_word_as_long_as_a_paragraph_is_all_on_the_page(tmp_path: Path):
    cast = play()
    breach = report(cast, what=WORD[:200], noticed_by=WORD[:200])
    tick(breach, cast.as_("priya"), NOON, key="dmp-harm", done=NINE, done_by=WORD[:200], note=WORD)
    write(breach, cast.as_("priya"), NOON, account=WORD, relief=WORD)
    context = closing_context(cast.contract, breach, NOON) | {"for_pdf": True}
    made = tmp_path / "closing.pdf"
    made.write_bytes(as_pdf(render_to_string(TEMPLATE, context)))
    # A4 is 595 points wide and 842 high: only what lies inside the margins is asked for.
    inside = ["-x", "56", "-y", "0", "-W", "483", "-H", "842"]
    read = subprocess.run(["pdftotext", *inside, made, "-"], capture_output=True, text=True, check=True)
    seen = "".join(read.stdout.split())
    assert seen.count(WORD) == 3, read.stdout
    assert seen.count(WORD[:200]) >= 6
