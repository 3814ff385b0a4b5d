"""Word files: the numbers Word would print, however they come about. The files are made here."""

import pytest
from docx.oxml.ns import nsdecls

from contracts.reader import ReaderError, read_document
from contracts.reader.word_numbers import write
from tests.contracts.reader.word_files import CONTRACT_LEVELS, WordFile, contract_file, level, levels


def numbers(word):
    return [paragraph.path for paragraph in read_document(word.bytes()).paragraphs]


def texts(word):
    return {paragraph.path: paragraph.text for paragraph in read_document(word.bytes()).paragraphs}


def test_numbers_of_the_paragraphs_themselves():
    word = contract_file()
    for place, text in [
        (0, "Bells"), (1, "The ringer shall:"), (2, "ring;"), (2, "pull; and"), (3, "once;"), (3, "twice."),
        (4, "softly."), (1, "The ringer rests."), (0, "Ropes"), (1, "Ropes are checked monthly."),
    ]:  # fmt: skip
        word.add(text, list_id=1, place=place)

    assert numbers(word) == [
        "main/1", "main/1.1", "main/1.1.1", "main/1.1.2", "main/1.1.2(a)", "main/1.1.2(b)",
        "main/1.1.2(b)(i)", "main/1.2", "main/2", "main/2.1",
    ]  # fmt: skip


def test_numbers_from_styles_at_the_level_that_names_the_style():
    word = WordFile()
    word.definition(1, levels(CONTRACT_LEVELS, l0="Top", l1="Second"))
    word.list(1, 1)
    word.style("Top", list_id=1)
    word.style("Second", list_id=1)
    word.add("Bells", style="Top")
    word.add("The ringer rings.", style="Second")
    word.add("The ringer rests.", style="Second")

    assert numbers(word) == ["main/1", "main/1.1", "main/1.2"]


def test_numbers_from_the_style_that_a_style_is_based_on():
    word = WordFile()
    word.definition(1, levels(CONTRACT_LEVELS, l0="Top"))
    word.list(1, 1)
    word.style("Top", list_id=1)
    word.style("Fancy Top", base="Top")
    word.style("Second", base="Fancy Top", place=1)
    word.style("Fancy Second", base="Second")
    word.add("Bells", style="Fancy Top")
    word.add("The ringer rings.", style="Fancy Second")

    assert numbers(word) == ["main/1", "main/1.1"]


def test_a_paragraph_may_take_itself_out_of_its_styles_list():
    word = WordFile()
    word.definition(1, levels(CONTRACT_LEVELS, l0="Top"))
    word.list(1, 1)
    word.style("Top", list_id=1)
    word.add("Bells", style="Top")
    word.add("The ringer rings.", style="Top", list_id=0, place=0)
    word.add("Ropes", style="Top")

    assert numbers(word) == ["main/1", "main/2"]
    assert texts(word)["main/1"] == "The ringer rings."


def test_two_lists_of_one_definition_go_on_with_one_another():
    word = contract_file()
    word.list(2, 1)
    word.add("Bells", list_id=1, place=0)
    word.add("Ropes", list_id=2, place=0)
    word.add("The ringer pulls.", list_id=1, place=1)

    assert numbers(word) == ["main/1", "main/2", "main/2.1"]


def test_a_list_that_says_where_it_starts_begins_anew_once():
    word = contract_file()
    word.list(2, 1, '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>')
    word.add("Bells", list_id=1, place=0)
    word.add("Ropes", list_id=1, place=0)
    word.add("Annex 1: Towers")
    word.add("Height", list_id=2, place=0)
    word.add("Width", list_id=2, place=0)
    word.add("Depth", list_id=1, place=0)

    assert numbers(word) == ["main/1", "main/2", "Annex 1/1", "Annex 1/2", "Annex 1/3"]


def test_a_list_may_write_a_level_in_its_own_way():
    word = contract_file()
    word.list(2, 1, f'<w:lvlOverride w:ilvl="3">{level(3, "upperRoman", "(%4)")}</w:lvlOverride>')
    word.add("Bells", list_id=2, place=0)
    word.add("The ringer:", list_id=2, place=1)
    word.add("rings; and", list_id=2, place=3)
    word.add("rests.", list_id=2, place=3)

    assert numbers(word)[-2:] == ["main/1.1(I)", "main/1.1(II)"]


def test_a_list_that_starts_later_and_a_level_used_before_the_one_above_it():
    word = WordFile()
    word.definition(1, level(0, "decimal", "%1.", start=4) + level(1, "decimal", "%1.%2"))
    word.list(1, 1)
    word.add("The ringer rings.", list_id=1, place=1)
    word.add("Ropes", list_id=1, place=0)
    word.add("The ringer pulls.", list_id=1, place=1)

    assert numbers(word) == ["main/4.1", "main/5", "main/5.1"]


def test_a_level_that_never_restarts():
    word = WordFile()
    never = '<w:lvlRestart w:val="0"/>'
    word.definition(1, level(0, "decimal", "%1.") + level(1, "decimal", "%2)", extra=never))
    word.list(1, 1)
    for place, text in [(0, "Bells"), (1, "rings;"), (0, "Ropes"), (1, "pulls;")]:
        word.add(text, list_id=1, place=place)
    reading = read_document(word.bytes())

    assert [paragraph.printed for paragraph in reading.paragraphs] == ["1.", "1)", "2.", "2)"]


def test_legal_numbers_are_written_in_figures():
    word = WordFile()
    legal = level(1, "decimal", "%1.%2", extra="<w:isLgl/>")
    word.definition(1, level(0, "upperRoman", "Part %1") + legal)
    word.list(1, 1)
    word.add("Bells", list_id=1, place=0)
    word.add("The ringer rings.", list_id=1, place=1)

    reading = read_document(word.bytes())
    assert [(p.scope, p.printed) for p in reading.paragraphs] == [("Part I", "1.1")]


def test_a_definition_that_only_points_to_a_style_of_lists():
    word = WordFile()
    word.definition(1, '<w:styleLink w:val="Clauses"/>' + levels(CONTRACT_LEVELS))
    word.definition(2, '<w:numStyleLink w:val="Clauses"/>')
    word.list(1, 1)
    word.list(2, 2)
    word.add("Bells", list_id=2, place=0)
    word.add("The ringer rings.", list_id=2, place=1)

    assert numbers(word) == ["main/1", "main/1.1"]


def test_bullets_are_text_of_the_paragraph_above_them():
    word = contract_file()
    word.definition(2, level(0, "bullet", "\uf0b7"))
    word.list(2, 2)
    word.add("Bells", list_id=1, place=0)
    word.add("The ringer needs:", list_id=1, place=1)
    word.add("a rope", list_id=2, place=0)
    word.add("an arm", list_id=2, place=0)

    assert numbers(word) == ["main/1", "main/1.1"]
    assert texts(word)["main/1.1"] == "The ringer needs:\n· a rope\n· an arm"


def test_numbers_typed_by_hand_are_read_like_plain_text():
    word = WordFile()
    for text in [
        "SCHEDULE 7",
        "1. Bells",
        "1.1\tThe ringer shall:",
        "(a) ring; and",
        "(b) rest.",
        "2. Ropes",
    ]:
        word.add(text)

    assert numbers(word) == ["main/1", "main/1.1", "main/1.1(a)", "main/1.1(b)", "main/2"]


def test_definitions_in_a_table_are_text_of_their_paragraph_and_limbs_are_paragraphs():
    word = contract_file()
    word.add("Words", list_id=1, place=0)
    word.add("In this Schedule:", list_id=1, place=1)
    word.table(('"Bell"', "a thing that rings;"), ('"Rope"', "one of:\n(a) hemp; or\n(b) nylon."))
    word.add("Bells", list_id=1, place=0)

    assert numbers(word) == ["main/1", "main/1.1", "main/1.1(a)", "main/1.1(b)", "main/2"]
    assert '"Bell"\na thing that rings;\n"Rope"' in texts(word)["main/1.1"]


def test_rows_of_a_table_with_serials_are_paragraphs():
    word = contract_file()
    word.add("Measures", list_id=1, place=0)
    word.add("The measures are:", list_id=1, place=1)
    word.table(("No", "Measure", "Target"), ("1", "Bells", "within 2 days"), ("2", "Ropes", "within 3 days"))
    word.add("End", list_id=1, place=0)
    reading = read_document(word.bytes())

    assert [p.number for p in reading.paragraphs] == ["1", "1.1", "1.1/row 1", "1.1/row 2", "2"]
    assert [(t.paragraph, t.limit.amount) for t in reading.time_limits] == [
        ("1.1/row 1", 2),
        ("1.1/row 2", 3),
    ]


def test_rows_whose_number_is_typed_before_the_words():
    word = contract_file()
    word.add("Measures", list_id=1, place=0)
    word.table(
        ("Measure", "Target"), ("1. BELLS", ""), ("1.1 Bells rung by the hour", "100%"), ("1.2 Peals", "9%")
    )
    reading = read_document(word.bytes())

    assert [(p.number, p.printed, p.text) for p in reading.paragraphs[2:]] == [
        ("1/row 1.1", "1.1", "Bells rung by the hour\n100%"),
        ("1/row 1.2", "1.2", "Peals\n9%"),
    ]


def test_serials_counted_by_word_inside_a_table():
    word = contract_file()
    word.definition(2, level(0, "decimal", "%1."))
    word.list(2, 2)
    word.add("Measures", list_id=1, place=0)
    table = word.table(("No", "Measure"), ("", "Bells"), ("", "Ropes"))
    for row in table.rows[1:]:
        row.cells[0].paragraphs[0]._p.get_or_add_pPr().append(word._numbers(2, 0))

    assert numbers(word) == ["main/1", "main/1/row 1", "main/1/row 2"]


def test_insertions_are_read_and_deletions_are_not():
    word = contract_file()
    word.add("Bells", list_id=1, place=0)
    word.insert_xml(
        f"<w:p {nsdecls('w')}><w:pPr><w:numPr><w:ilvl w:val='1'/><w:numId w:val='1'/></w:numPr></w:pPr>"
        "<w:r><w:t xml:space='preserve'>Ring within </w:t></w:r>"
        "<w:del w:id='1' w:author='a'><w:r><w:delText>5</w:delText></w:r></w:del>"
        "<w:ins w:id='2' w:author='a'><w:r><w:t>7</w:t></w:r></w:ins>"
        "<w:r><w:t xml:space='preserve'> days.</w:t></w:r></w:p>"
    )

    assert texts(word)["main/1.1"] == "Ring within 7 days."


def test_a_deleted_paragraph_takes_no_number_and_an_empty_one_does():
    word = contract_file()
    numbered = "<w:numPr><w:ilvl w:val='0'/><w:numId w:val='1'/></w:numPr>"
    word.add("Bells", list_id=1, place=0)
    word.insert_xml(
        f"<w:p {nsdecls('w')}><w:pPr>{numbered}<w:rPr><w:del w:id='1' w:author='a'/></w:rPr></w:pPr>"
        "<w:del w:id='2' w:author='a'><w:r><w:delText>Gone</w:delText></w:r></w:del></w:p>"
    )
    word.add("Ropes", list_id=1, place=0)
    word.add("", list_id=1, place=0)
    word.add("Towers", list_id=1, place=0)
    reading = read_document(word.bytes())

    assert [(p.number, p.heading) for p in reading.paragraphs] == [
        ("1", "Bells"),
        ("2", "Ropes"),
        ("4", "Towers"),
    ]
    assert [warning.code for warning in reading.warnings] == ["tracked_changes", "number_missing"]


def test_paragraphs_inside_a_content_control_are_read():
    word = contract_file()
    word.add("Bells", list_id=1, place=0)
    word.insert_xml(
        f"<w:sdt {nsdecls('w')}><w:sdtContent><w:p><w:pPr>"
        "<w:numPr><w:ilvl w:val='1'/><w:numId w:val='1'/></w:numPr></w:pPr>"
        "<w:r><w:t>The ringer rings.</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    )

    assert numbers(word) == ["main/1", "main/1.1"]


@pytest.mark.parametrize(
    ("value", "form", "written"),
    [
        (4, "decimal", "4"), (4, "decimalZero", "04"), (27, "lowerLetter", "aa"), (28, "upperLetter", "BB"),
        (9, "lowerRoman", "ix"), (44, "upperRoman", "XLIV"), (22, "ordinal", "22nd"), (13, "ordinal", "13th"),
        (3, "none", ""), (3, "chineseCounting", "3"),
    ],
)  # fmt: skip
def test_a_number_in_each_of_words_forms(value, form, written):
    assert write(value, form) == written


def test_another_kind_of_zip_is_refused():
    import io
    import zipfile

    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("hello.txt", "1. Bells")
    with pytest.raises(ReaderError, match="not a Word file"):
        read_document(stream.getvalue())


def test_a_damaged_word_file_is_refused():
    data = contract_file().bytes()
    with pytest.raises(ReaderError, match="damaged"):
        read_document(data[: len(data) // 2])
