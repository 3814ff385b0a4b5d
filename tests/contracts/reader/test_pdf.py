"""PDF files: pages are put together, headers and page numbers left out. The files are made here."""

import pytest

from contracts.reader import ReaderError, read_document
from tests.contracts.reader.pdf_files import pdf

HEAD = ["Joint Schedule 9 (Bells) v2.0", "Ref: TOWER 1"]
PAGE_1 = [
    *HEAD,
    "JOINT SCHEDULE 9",
    "BELLS",
    "1. RINGING",
    "1.1 The Ringer shall write and send to the Vicar a plan of all the peals within thirty (30) Working",
    "Days of the Opening. The plan shall say who rings which bell, when they ring it and for how long it",
    "rings. It shall name a deputy.",
    "1.2 The Ringer shall:",
    "(a) ring the bells, subject to paragraph",
    "1.3 below; and",
    "(b) keep the ropes in a dry and well-",
    "aired room, and look at each of them, with another person if there is one in the tower, at least",
    "Page 1 of 2",
]
PAGE_2 = [
    *HEAD,
    "once a year.",
    "1.3 Nobody rings at night, unless the Vicar asks for it; where the Vicar asks for it the Ringer has",
    "10 Working Days to refuse.",
    "2. ROPES",
    "2.1 Ropes are kept for six years.",
    "Page 2 of 2",
]


def test_a_pdf_is_read_as_if_it_had_no_pages():
    reading = read_document(pdf(PAGE_1, PAGE_2))

    assert [p.path for p in reading.paragraphs] == [
        "main/1", "main/1.1", "main/1.2", "main/1.2(a)", "main/1.2(b)", "main/1.3", "main/2", "main/2.1",
    ]  # fmt: skip
    texts = {p.number: p.text for p in reading.paragraphs}
    assert texts["1.2(a)"] == "ring the bells, subject to paragraph 1.3 below; and"
    assert texts["1.2(b)"].endswith("at least once a year.")
    assert "well-aired room" in texts["1.2(b)"]
    assert "Page" not in "".join(texts.values())
    assert "v2.0" not in "".join(texts.values())


def test_time_limits_run_over_the_ends_of_lines():
    limits = read_document(pdf(PAGE_1, PAGE_2)).time_limits

    assert [(t.paragraph, str(t.limit.period)) for t in limits] == [
        ("1.1", "30 Working Days"), ("1.2(b)", "1 year"), ("1.3", "10 Working Days"), ("2.1", "6 years"),
    ]  # fmt: skip


def test_a_pdf_of_pictures_is_refused():
    with pytest.raises(ReaderError, match="no text"):
        read_document(pdf([], []))


def test_a_pdf_with_too_many_pages_is_refused():
    with pytest.raises(ReaderError, match="split it"):
        read_document(pdf(*[["1. Bells"]] * 401))
