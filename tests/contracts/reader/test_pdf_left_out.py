"""PDF files: what stands on a page and is no text is named: pictures, form fields, marks, columns."""

import pytest

from contracts.reader import read_document
from tests.contracts.reader.pdf_files import Drawn, at, lines, pdf, picture

BELLS = lines("1. Bells", "1.1 The Ringer rings within two (2) days of Easter.")
ROPES = lines("2. Ropes", "2.1 The ropes are kept for six (6) years.")


def read(*pages):
    return read_document(pdf(*pages))


def said(reading):
    return [(warning.line, warning.code, warning.text) for warning in reading.warnings]


def test_a_page_that_is_a_picture_is_named():
    reading = read(
        Drawn(BELLS),
        Drawn(picture(0, 0, 595, 842)),
        Drawn(ROPES),
        Drawn("BI /W 1 /H 1 /BPC 8 /CS /G ID 0 EI\n"),
    )

    assert [p.number for p in reading.paragraphs] == ["1", "1.1", "2", "2.1"]
    assert said(reading) == [
        (
            3,
            "page_without_text",
            "pages 2 and 4 are pictures without text: what stands there is not read; give the Word file",
        )
    ]


def test_a_scanned_page_between_printed_headers_is_named():
    head = at(50, 820, "Ringing Schedule")
    reading = read(Drawn(head + BELLS), Drawn(head + picture(0, 0, 595, 800)), Drawn(head + ROPES))

    assert [warning.code for warning in reading.warnings] == ["page_without_text"]
    assert reading.warnings[0].text.startswith("page 2 is a picture")


def test_letters_drawn_as_outlines_are_a_picture_and_an_empty_page_is_none():
    outlines = "10 10 m 20 20 l 30 10 l f\n" * 40

    assert read(Drawn(BELLS), Drawn(outlines)).warnings[0].code == "page_without_text"
    assert read(Drawn(BELLS), Drawn("10 10 m 500 10 l S\n"), Drawn()).warnings == ()


def test_a_logo_beside_text_is_nothing():
    logo = picture(500, 760, 60, 20)

    assert read(Drawn(BELLS + logo), Drawn(ROPES + logo)).warnings == ()


FIELD = "/Subtype /Widget /Rect [100 700 200 720] /T (a)"


def test_what_form_fields_are_filled_in_with_is_said():
    laid = (
        f"{FIELD} /FT /Tx /V (three \\(3\\))",
        f"{FIELD} /FT /Tx /V ()",
        f"{FIELD} /FT /Tx",
        f"{FIELD} /FT /Btn /V /Yes /AS /Yes",
        f"{FIELD} /FT /Btn /V /No /AS /Off",
        f"{FIELD} /FT /Sig /V << /Name (B) >>",
        f"{FIELD} /Parent << /FT /Ch /V [(hemp) (nylon)] >>",
    )
    reading = read(Drawn(BELLS), Drawn(ROPES, laid))

    assert said(reading) == [
        (
            3,
            "form_fields",
            'filled-in form fields are kept apart from the paragraphs (3 places: page 2 "three (3)",'
            ' page 2 "ticked", page 2 "hemp, nylon")',
        )
    ]


def test_marks_laid_over_a_page_are_said():
    laid = (
        "/Subtype /FreeText /Rect [1 1 9 9] /Contents (within 9 days)",
        "/Subtype /StrikeOut /Rect [1 1 9 9]",
        "/Subtype /Link /Rect [1 1 9 9]",
    )

    assert said(read(Drawn(BELLS, laid))) == [
        (
            1,
            "marks_on_pages",
            "marks laid over the pages are neither read nor heeded"
            ' (2 places: page 1, words written on "within 9 days", page 1, words struck out)',
        )
    ]


def numbered_by_pictures(count, x=60):
    page = at(50, 800, "1. Bells")
    for place in range(count):
        page += picture(x, 770 - 20 * place, 24, 12) + at(100, 773 - 20 * place, "The Ringer rings.")
    return page


def test_small_pictures_where_numbers_would_stand_are_counted():
    assert said(read(Drawn(numbered_by_pictures(4)))) == [
        (
            1,
            "numbers_as_pictures",
            "small pictures stand where numbers would; 4 paragraphs may have lost their number;"
            " give the Word file",
        )
    ]


@pytest.mark.parametrize("page", [numbered_by_pictures(2), numbered_by_pictures(9, x=480)])
def test_a_sign_or_two_and_signs_at_the_end_of_lines_are_no_numbers(page):
    assert read(Drawn(page)).warnings == ()


def rows(count):
    return [(f"word number {place} here", f"and another {place} there") for place in range(count)]


def test_columns_that_are_drawn_across_are_named():
    page = at(50, 820, "1. Bells")
    for place, (left, right) in enumerate(rows(12)):
        page += at(50, 790 - 14 * place, left) + at(320, 790 - 14 * place, right)
    reading = read(Drawn(BELLS), Drawn(page))

    columns = [warning for warning in reading.warnings if warning.code == "columns"]
    assert [warning.text for warning in columns] == [
        "page 2: lines stand side by side, in columns or a table, and are read across; give the Word file"
    ]


def test_columns_that_are_drawn_one_after_the_other_are_read_so():
    page = at(50, 820, "1. Bells")
    for x, side in ((50, 0), (320, 1)):
        for place, row in enumerate(rows(12)):
            page += at(x, 790 - 14 * place, row[side])

    assert "columns" not in [warning.code for warning in read(Drawn(page)).warnings]


def test_words_that_have_lost_letters_in_the_file_are_warned_of():
    reading = read_document(pdf(["1. Bells", "1.1 To notfy in writen form is an obligaton; writen again."]))

    assert [(w.code, w.text) for w in reading.warnings] == [
        (
            "letters_lost",
            '4 words have lost letters in the file itself ("notfy", "writen", "obligaton"):'
            " give the Word file",
        )
    ]


def test_a_misprint_or_two_are_no_lost_letters():
    assert read_document(pdf(["1. Bells", "1.1 To notfy in writen form."])).warnings == ()
