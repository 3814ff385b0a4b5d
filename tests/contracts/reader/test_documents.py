"""Real contract schedules in Word and PDF. Left out where they are not beside the project."""

from pathlib import Path

import pytest

from contracts.reader import read_document

DOCUMENTS = Path(__file__).parents[4] / "shared" / "documents"


def reading_of(name):
    path = DOCUMENTS / name
    if not path.exists():
        pytest.skip("../shared/documents is not beside the project")
    return read_document(path.read_bytes())


def limits_of(reading, scope="main"):
    return [
        (t.paragraph, t.limit.amount, str(t.limit.unit), t.limit.qualifier, str(t.limit.kind))
        for t in reading.time_limits
        if t.scope == scope
    ]


def body(reading):
    return {
        p.number: " ".join(f"{p.heading or ''} {p.text}".split())
        for p in reading.paragraphs
        if p.scope == "main"
    }


INSURANCE = [
    ("1.2.4", 6, "years", "at_least", "retention"),
    ("4.1", 15, "working_days", None, "deadline"),
    ("6.1", 5, "working_days", "at_least", "notice"),
    ("7.2", 20, "working_days", None, "deadline"),
]


def test_the_word_file_and_the_pdf_of_one_schedule_say_the_same():
    word, pdf = body(reading_of("insurance.docx")), body(reading_of("insurance.pdf"))

    assert list(word) == list(pdf)
    differing = [number for number in word if word[number] != pdf[number]]
    assert differing == ["7.2"]
    assert word["7.2"].replace("paragraph 5.1", "Paragraph 5.1") == pdf["7.2"]


@pytest.mark.parametrize("name", ["insurance.docx", "insurance.pdf"])
def test_insurance(name):
    reading = reading_of(name)

    assert len(body(reading)) == 30
    assert limits_of(reading) == INSURANCE
    drafted = name.endswith(".docx")
    assert [w.code for w in reading.warnings] == (["comments", "tracked_changes"] if drafted else [])


def test_the_annex_of_insurance_starts_again_by_its_own_list():
    numbers = [p.number for p in reading_of("insurance.docx").paragraphs if p.scope == "Annex"]

    assert numbers == ["1", "1.1", "1.2", "1.3", "2", "2/row 1A", "2/row 1B", "2/row 1C", "2/row 2"]


def test_benchmarking_numbers_come_from_styles_based_on_styles():
    reading = reading_of("benchmarking.docx")
    numbers = list(body(reading))

    assert numbers[:5] == ["1", "1.1", "2", "2.1", "2.2"]
    assert [number for number in numbers if number.startswith("3.2.5")] == [
        "3.2.5", "3.2.5(a)", "3.2.5(a)(i)", "3.2.5(a)(ii)", "3.2.5(a)(iii)", "3.2.5(a)(iv)",
        "3.2.5(b)", "3.2.5(c)", "3.2.5(d)",
    ]  # fmt: skip
    assert numbers[-1] == "3.3.3"
    assert limits_of(reading) == [
        ("3.1.2", 12, "months", "at_least", "interval"),
        ("3.1.5", 10, "working_days", None, "deadline"),
        ("3.1.5", 20, "days", None, "deadline"),
        ("3.2.3", 10, "working_days", None, "deadline"),
    ]


def test_framework_management_refers_to_its_paragraphs_by_the_numbers_we_read():
    """Its definitions name 6.1 (the manager) and 6.9 (the meetings); 23 names 21 and 22."""
    reading = reading_of("framework-management.docx")
    texts = body(reading)

    assert '("Supplier Review Meetings")' in texts["6.9"]
    assert '(the "Supplier Framework Manager")' in texts["6.1"]
    assert "paragraphs 21 and 22" in texts["23"]
    assert limits_of(reading) == [
        ("6.4", 2, "weeks", None, "deadline"),
        ("6.5", 2, "weeks", None, "deadline"),
        ("6.9", 1, "months", None, "interval"),
        ("8/row 1.1", 1, "months", None, "interval"),
        ("8/row 1.2", 30, "days", None, "deadline"),
        ("27", 1, "months", None, "deadline"),
    ]
