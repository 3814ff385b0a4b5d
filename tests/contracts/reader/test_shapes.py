"""Shapes of plain text: numbers with a word or glued, contents, wrapped names, lists that go on."""

import pytest

from contracts.reader import ReaderError, read, read_document
from tests.contracts.reader.test_nothing_is_lost import kept, on_the_page
from tests.contracts.reader.word_files import WordFile, contract_file


def paths(text):
    reading = read(text)
    assert kept(reading) == on_the_page(text)
    return [paragraph.path for paragraph in reading.paragraphs]


@pytest.mark.parametrize("word", ["Clause", "Article", "SECTION"])
def test_headings_whose_numbers_have_a_word_before_them(word):
    text = (
        f"BELLS\n\n{word} 1. Ringing\n1.1 The Ringer rings.\n(a) softly;\n{word} 2: Ropes\n2.1 Ropes hang.\n"
    )

    assert paths(text) == ["main/1", "main/1.1", "main/1.1(a)", "main/2", "main/2.1"]
    assert read(text).warnings == ()


def test_a_heading_with_a_word_before_its_number_stands_by_itself_too():
    text = "Clause 1\nRinging\n1.1 The Ringer rings.\n\nClause 2\nRopes\n2.1 Ropes hang.\n"

    assert paths(text) == ["main/1", "main/1.1", "main/2", "main/2.1"]
    assert [p.heading for p in read(text).paragraphs][::2] == ["Ringing", "Ropes"]


@pytest.mark.parametrize(
    "text",
    [
        "1. Bells\n1.1 The Ringer rings as said in\nClause 2 (Ropes)\n1.2 The Ringer rests.\n2. Ropes\n",
        "1. Bells\n1.1 The Ringer rings.\nSection 2: Ropes\n1.2 The Ringer rests.\n2. Ropes\n",
        "1. Bells\n1.1 The Ringer rings.\nClause 2 is about ropes.\n1.2 The Ringer rests.\n2. Ropes\n",
    ],
)
def test_a_clause_named_in_a_sentence_or_beside_numbers_of_their_own_is_text(text):
    assert paths(text) == ["main/1", "main/1.1", "main/1.2", "main/2"]


def test_a_wrapped_line_that_names_a_schedule_opens_no_scope():
    text = (
        "1. Bells\n1.1 The Ringer shall keep the bells that are named in Tower\nSchedule 3 (Bells)\n"
        "1.2 The Ringer rests after 4 days.\n2. Ropes\n2.1 They hang.\n"
    )

    assert paths(text) == ["main/1", "main/1.1", "main/1.2", "main/2", "main/2.1"]


def test_a_title_after_a_sentence_without_its_stop_opens_a_scope():
    text = "1. Bells\n1.1 The Ringer shall keep to the policy\nAnnex 1: Policy\n1. Quiet\n1.1 Nobody rings.\n"

    assert paths(text) == ["main/1", "main/1.1", "Annex 1/1", "Annex 1/1.1"]


def test_contents_without_dots_are_no_paragraphs():
    text = (
        "Contents\n\n1. Bells 2\n1.1 Ringing 2\n2. Ropes 3\n\n"
        "1. Bells\n1.1 The Ringer rings for 3 hours.\n2. Ropes\n2.1 They hang.\n"
    )

    assert paths(text) == ["main/1", "main/1.1", "main/2", "main/2.1"]
    assert read(text).warnings == ()


def test_a_line_that_ends_in_a_number_is_a_paragraph_without_the_title_contents():
    assert paths("1. Bells 2\n1.1 The Ringer rings bell 7\n2. Ropes 3\n") == ["main/1", "main/1.1", "main/2"]


def test_a_number_glued_to_a_small_letter():
    text = "1. Bells\n1.1 The Ringer keeps:\n1.1.1a clean tower; and\n1.1.2 dry ropes.\n"

    assert paths(text) == ["main/1", "main/1.1", "main/1.1.1", "main/1.1.2"]
    assert read(text).warnings == ()


def test_a_measure_is_no_number_that_is_glued():
    assert paths("1. Bells\n1.1 The rope is long:\n1.2m at the least\n1.2 It hangs.\n") == [
        "main/1", "main/1.1", "main/1.2",
    ]  # fmt: skip


def test_a_list_goes_on_in_the_next_definition():
    text = (
        "1. Words\n1.1 In this Schedule:\n“Bell” means:\n(a) a peal; or\n(b) a chime;\n"
        "“Tower” means where:\n(c) bells hang; or\n(d) ringers stand;\n“Rope” means:\n(a) hemp;\n2. Bells\n"
    )

    assert paths(text) == [
        "main/1", "main/1.1", "main/1.1(a)", "main/1.1(b)", "main/1.1(c)", "main/1.1(d)",
        "main/1.1/rope(a)", "main/2",
    ]  # fmt: skip


def test_markdown_headings_and_bold_numbers():
    text = (
        "# Bells\n\n## 1. RINGING\n\n**1.1 Easter.** The Ringer rings.\n\n**1.2** The __Ringer__ rests * 2.\n"
    )
    reading = read(text)

    assert [(p.number, p.heading or p.text) for p in reading.paragraphs] == [
        ("1", "RINGING"), ("1.1", "Easter. The Ringer rings."), ("1.2", "The Ringer rests * 2."),
    ]  # fmt: skip


def test_stars_in_a_text_that_is_no_markdown_are_kept():
    assert read("1. Bells\n1.1 Rings **softly**.\n").paragraphs[1].text == "Rings **softly**."


def test_a_table_that_only_lays_the_paragraphs_out():
    word = contract_file()
    word.add("Terms of the tower")
    word.table(
        ("3", "Bells"),
        ("3.1", "The Ringer shall:"),
        ("3.1.1", "ring within 2 days of Easter; and\nsoftly;"),
        ("3.1.2", "rest."),
        ("4", "Ropes"),
    )
    reading = read_document(word.bytes())

    assert [(p.number, p.heading) for p in reading.paragraphs] == [
        ("3", "Bells"), ("3.1", None), ("3.1.1", None), ("3.1.2", None), ("4", "Ropes"),
    ]  # fmt: skip
    assert reading.paragraphs[2].text == "ring within 2 days of Easter; and\nsoftly;"
    assert [limit.paragraph for limit in reading.time_limits] == ["3.1.1"]


@pytest.mark.parametrize(
    "rows",
    [
        (("No", "Measure"), ("1", "Bells"), ("1.1", "Peals"), ("1.2", "Chimes")),
        (("1", "Bells"), ("2", "Peals"), ("3", "Chimes")),
        (("1", "Bells", "9"), ("1.1", "Peals", "8"), ("1.2", "Chimes", "7")),
        (("1", "Bells"), ("1.1", "Peals"), ("1.4", "Chimes")),
        (("1", "Bells"), ("1.1", "Peals"), ("1.2", "Chimes")),
    ],
)
def test_a_table_with_a_head_serials_columns_or_gaps_stays_a_table(rows):
    word = contract_file()
    word.add("Bells", list_id=1, place=0)
    word.add("The measures are:", list_id=1, place=1)
    word.table(*rows)
    word.add("Ropes", list_id=1, place=0)

    numbers = [p.number for p in read_document(word.bytes()).paragraphs]
    assert numbers[:2] == ["1", "1.1"]
    assert numbers[-1] == "2"
    assert all(number.startswith("1.1/row") for number in numbers[2:-1])


def test_letters_on_top_with_figures_beneath_and_a_term_between_them():
    text = (
        "KEEPING BELLS\n\n(a) Words. In this clause:\n“Bell” means a thing that rings.\n(b) Ringing.\n"
        "(1) The Ringer:\n(i) rings; and\n(ii) rests after 6 hours.\n(2) Nobody else rings.\n"
        "(c) Ropes.\n(1) They hang.\n"
    )

    assert paths(text) == [
        "main/(a)", "main/(b)", "main/(b)(1)", "main/(b)(1)(i)", "main/(b)(1)(ii)", "main/(b)(2)",
        "main/(c)", "main/(c)(1)",
    ]  # fmt: skip
    assert "a thing that rings" in read(text).paragraphs[0].text
    assert read(text).warnings == ()


def test_roman_numerals_on_top():
    text = (
        "BELLS\n\nI. RINGING\n(a) The Ringer rings.\n(b) The Ringer rests.\n"
        "II. ROPES\n(a) They hang.\nIII. Towers\n"
    )

    assert paths(text) == ["main/I", "main/I(a)", "main/I(b)", "main/II", "main/II(a)", "main/III"]
    assert [p.heading for p in read(text).paragraphs if "(" not in p.number] == ["RINGING", "ROPES", "Towers"]
    assert read(text).warnings == ()


@pytest.mark.parametrize(
    "text",
    [
        "1. Bells\nI. Ringing\nII. Resting\n2. Ropes\n",
        "(a) Bells\nI. Ringing\n(b) Ropes\n",
    ],
)
def test_roman_numerals_under_other_numbers_or_alone_are_no_paragraphs(text):
    assert not any(path.startswith("main/I") for path in paths(text))


def test_numbers_with_a_letter_before_them():
    text = (
        "TOWER TERMS\n\nA1. Ringing\nA1.1 The Ringer rings within 2 days of Easter.\n(a) softly;\n"
        "A1.3 The Ringer rests.\nA2. Peals\nA2.1 They are long.\nB1. Ropes\nB1.1 They hang.\n"
    )
    reading = read(text)

    assert paths(text) == [
        "main/A1", "main/A1.1", "main/A1.1(a)", "main/A1.3", "main/A2", "main/A2.1", "main/B1", "main/B1.1",
    ]  # fmt: skip
    assert [limit.paragraph for limit in reading.time_limits] == ["A1.1"]
    assert [(w.code, w.text) for w in reading.warnings] == [("number_missing", "A1.2 is missing before A1.3")]


def test_sizes_of_paper_are_no_numbers():
    assert paths("1. Bells\nA4 paper is used.\n2. Ropes\n") == ["main/1", "main/2"]
    with pytest.raises(ReaderError, match="no paragraphs"):
        read("Bells\nA4 paper is used.\nA5 is too small.\n")


@pytest.mark.parametrize(
    "third",
    [
        "Copies must not be destroyed.",
        "Persons on duty wear a badge.",
        "Working Days are counted one by one.",
        "Months shall be calendar months.",
        "Million-pound losses are told at once.",
    ],
)
def test_a_paragraph_that_begins_with_a_word_that_is_counted_elsewhere(third):
    text = f"1.1 The Ringer rings.\n1.2 The Ringer keeps a book.\n1.3 {third}\n1.4 The Ringer rests.\n"

    assert paths(text) == ["main/1.1", "main/1.2", "main/1.3", "main/1.4"]
    assert read(text).warnings == ()


@pytest.mark.parametrize(
    "counted", ["3 copies of the book.", "3 Working Days of a storm.", "1.3 Hours of it.", "3 days."]
)
def test_an_amount_at_the_beginning_of_a_line_is_no_number(counted):
    text = f"1.1 The Ringer rings.\n1.2 The Ringer sends within\n{counted}\n1.4 The Ringer rests.\n"

    assert paths(text) == ["main/1.1", "main/1.2", "main/1.4"]


def test_a_heading_about_days_is_a_heading():
    text = "1. Bells\n1.1 They ring.\n2. Working Days\n2.1 They rest on these.\n"

    assert paths(text) == ["main/1", "main/1.1", "main/2", "main/2.1"]


CODED = """Requirements for the lights

SEC-01 The Keeper shall test the lamp within 2 days of a storm.
(a) by night; and
(b) by day.
SEC-02 The Keeper may rest.
DC01: The log is kept for six years.
"""


def test_requirements_with_a_mark_of_their_own():
    reading = read(CODED)

    assert [one.number for one in reading.paragraphs] == [
        "SEC-01",
        "SEC-01(a)",
        "SEC-01(b)",
        "SEC-02",
        "DC01",
    ]
    assert [limit.paragraph for limit in reading.time_limits] == ["SEC-01", "DC01"]


def test_marks_beside_figures_are_text():
    reading = read("1. Lights\n1.1 As said in\nSEC-01 and\nSEC-02 and\nSEC-03 of the list.\n")

    assert [one.number for one in reading.paragraphs] == ["1", "1.1"]


@pytest.mark.parametrize("columns", [2, 3])
def test_a_table_of_requirements_has_a_paragraph_for_each(columns):
    word = WordFile()
    word.add("Requirements")
    rows = [
        ("ID", "Lights", "By"),
        ("DC01", "Test", "2 days"),
        ("DC02", "Mend", "3 days"),
        ("DC03", "Log", "daily"),
    ]
    word.table(*[row[:columns] for row in rows])

    assert [one.number for one in read_document(word.bytes()).paragraphs if "/" not in one.number] == [
        "DC01", "DC02", "DC03",
    ]  # fmt: skip


def test_a_table_of_requirements_under_a_paragraph_has_rows():
    word = contract_file()
    word.add("Lights", list_id=1, place=0)
    word.table(("ID", "What"), ("SEC-01", "Test"), ("SEC-02", "Mend"))

    assert [one.number for one in read_document(word.bytes()).paragraphs] == [
        "1",
        "1/row SEC-01",
        "1/row SEC-02",
    ]
