"""What is kept of an uploaded file depends on what it is, not only on its name."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from contracts.services.errors import Refused
from contracts.services.files import check

TYPES = (".pdf", ".docx", ".txt")


def zipped(*names: str) -> bytes:
    buffer = BytesIO()
    with ZipFile(buffer, "w") as made:
        for name in names:
            made.writestr(name, "<x/>")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("plan.pdf", b"<html>A page</html>", "named .pdf but is no PDF"),
        ("plan.PDF", b"MZ\x90\x00", "named .pdf but is no PDF"),
        ("plan.pdf", b"x" * 2000 + b"%PDF-1.7", "named .pdf but is no PDF"),
        ("plan.docx", b"%PDF-1.7\n", "named .docx but is no Word document"),
        ("plan.docx", zipped("xl/workbook.xml"), "named .docx but is no Word document"),
        ("plan.docx", b"\xd0\xcf\x11\xe0 word/", "named .docx but is no Word document"),
    ],
)
def test_a_file_of_other_content_than_its_name_says_is_refused(name, content, says):
    with pytest.raises(Refused, match=says) as refused:
        check(SimpleUploadedFile(name, content), "file", TYPES)
    assert refused.value.field == "file"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("plan.pdf", b"%PDF-1.4\n"),
        ("plan.PDF", b"\xef\xbb\xbf\n%PDF-2.0\n"),
        ("plan.docx", zipped("[Content_Types].xml", "word/document.xml")),
        ("plan.txt", b"Any words"),
    ],
)
def test_a_file_that_is_what_its_name_says_is_taken(name, content):
    assert check(SimpleUploadedFile(name, content), "file", TYPES).content == content
