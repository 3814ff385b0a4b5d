"""Pages that are pictures, read where the program for it is installed."""

import io

import pytest
from PIL import Image, ImageDraw, ImageFont

from contracts.reader import ReaderError, ocr, read_document

needs_tesseract = pytest.mark.skipif(not ocr.is_installed(), reason="Tesseract is not installed")
WORDS = ("1. Bells", "1.1 The ringer shall ring within ten (10) days of Easter.", "1.2 The ringer rests.")


def scan(*pages):
    """A PDF of pictures, one for each page of lines."""
    pictures = []
    for lines in pages:
        picture = Image.new("L", (1240, 600), 255)
        draw = ImageDraw.Draw(picture)
        for place, line in enumerate(lines):
            draw.text((80, 80 + 90 * place), line, font=ImageFont.load_default(34), fill=0)
        pictures.append(picture)
    target = io.BytesIO()
    pictures[0].save(target, "PDF", save_all=True, append_images=pictures[1:], resolution=150)
    return target.getvalue()


@needs_tesseract
def test_a_scanned_page_is_read_and_said_to_be_recognised():
    reading = read_document(scan(WORDS))

    assert [one.number for one in reading.paragraphs] == ["1", "1.1", "1.2"]
    assert [str(placed.limit.period) for placed in reading.time_limits] == ["10 days"]
    assert [(w.code, w.text) for w in reading.warnings] == [
        (
            "page_by_recognition",
            "page 1 is a picture, read by character recognition: compare words and figures with it",
        )
    ]
    assert [(held.kind, held.count) for held in reading.held][0] == ("pages_by_ocr", 1)


@needs_tesseract
def test_an_empty_picture_is_named_and_not_read():
    reading = read_document(scan(WORDS, ()))

    assert [w.code for w in reading.warnings] == ["page_by_recognition", "page_without_text"]


def test_without_the_program_a_scan_is_refused_for_the_true_reason(monkeypatch):
    monkeypatch.setattr(ocr, "is_installed", lambda: False)
    with pytest.raises(ReaderError, match="pictures of pages and no text"):
        read_document(scan(WORDS))


@pytest.mark.parametrize("fault", [OSError("no such program"), TimeoutError("slow")])
def test_where_the_program_fails_the_page_is_a_picture(monkeypatch, fault):
    def fails(*arguments, **options):
        raise fault

    monkeypatch.setattr(ocr, "is_installed", lambda: True)
    monkeypatch.setattr(ocr.subprocess, "run", fails)
    with pytest.raises(ReaderError, match="pictures of pages"):
        read_document(scan(WORDS))
