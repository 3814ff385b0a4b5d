"""Word files: struck or hidden words are not read, footnotes are, and nothing of it goes without saying."""

import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from contracts.reader import read_document
from tests.contracts.reader.word_files import contract_file

STRUCK, HIDDEN = "<w:strike/>", "<w:vanish/>"


def read(word):
    return read_document(word.bytes())


def text_of(reading, number):
    return next(paragraph.text for paragraph in reading.paragraphs if paragraph.number == number)


def said(reading, code):
    return [warning.text for warning in reading.warnings if warning.code == code]


def limits(reading):
    return [(limit.paragraph, str(limit.limit.period)) for limit in reading.time_limits]


def bells(*runs):
    """A file with one heading, one paragraph of these runs and one after it."""
    word = contract_file()
    word.add("Bells", list_id=1, place=0)
    word.runs(*runs, list_id=1, place=1)
    word.add("The ringer rests.", list_id=1, place=1)
    return word


@pytest.mark.parametrize("look", [STRUCK, "<w:dstrike/>", '<w:strike w:val="true"/>'])
def test_words_struck_through_are_not_read_and_warned_of(look):
    reading = read(bells("Rings within ", ("ninety (90) days ", look), "eight (8) days of Easter."))

    assert text_of(reading, "1.1") == "Rings within eight (8) days of Easter."
    assert limits(reading) == [("1.1", "8 days")]
    assert said(reading, "struck_through") == [
        'words that are struck through are not read (1 place: "ninety (90) days")'
    ]


def test_hidden_words_are_not_read_and_warned_of():
    reading = read(bells("Rings within ", ("nine (9)", HIDDEN), " three (3) days of Easter."))

    assert text_of(reading, "1.1") == "Rings within three (3) days of Easter."
    assert limits(reading) == [("1.1", "3 days")]
    assert said(reading, "hidden_text") == ['hidden words are not read (1 place: "nine (9)")']


@pytest.mark.parametrize("look", ['<w:strike w:val="0"/>', '<w:vanish w:val="false"/>'])
def test_a_mark_that_is_turned_off_leaves_nothing_out(look):
    reading = read(bells("Rings within ", ("4 days", look), " of Easter."))

    assert text_of(reading, "1.1") == "Rings within 4 days of Easter."
    assert reading.warnings == ()


def test_a_letter_struck_out_of_a_word_leaves_no_gap_and_runs_that_touch_are_one_place():
    reading = read(bells("The ringe", ("n", STRUCK), ("n", STRUCK), "r rings", (" a lot ", STRUCK), "daily."))

    assert text_of(reading, "1.1") == "The ringer rings daily."
    assert said(reading, "struck_through") == [
        'words that are struck through are not read (2 places: "nn", "a lot")'
    ]


def test_a_paragraph_struck_through_keeps_its_number_from_those_after_it():
    reading = read(bells(("Rings within 5 days of Easter.", STRUCK)))

    assert [p.number for p in reading.paragraphs] == ["1", "1.2"]
    assert limits(reading) == []
    assert [warning.code for warning in reading.warnings] == ["struck_through", "number_missing"]


def test_a_hidden_paragraph_takes_no_number():
    word = bells(("Rings within 5 days of Easter.", HIDDEN))
    properties = word.document.paragraphs[1]._p.get_or_add_pPr()
    properties.append(parse_xml(f"<w:rPr {nsdecls('w')}>{HIDDEN}</w:rPr>"))
    reading = read(word)

    assert [(p.number, p.text) for p in reading.paragraphs] == [("1", ""), ("1.1", "The ringer rests.")]
    assert [warning.code for warning in reading.warnings] == ["hidden_text"]


def test_a_style_may_strike_through_and_a_run_may_undo_it():
    word = contract_file()
    word.style("Old")
    word.document.styles["Old"].font.strike = True
    word.style("Older", base="Old")
    word.add("Bells", list_id=1, place=0)
    word.runs(
        "Rings daily", (" and within 4 days", '<w:strike w:val="0"/>'), style="Older", list_id=1, place=1
    )
    reading = read(word)

    assert text_of(reading, "1.1").strip() == "and within 4 days"
    assert said(reading, "struck_through") == [
        'words that are struck through are not read (1 place: "Rings daily")'
    ]


def test_only_the_first_places_are_quoted_and_long_ones_cut():
    long = "all the bells of the tower in the order in which they were hung there by the founder"
    reading = read(bells(*[run for word in (long, "b", "c", "d", "e") for run in ("x ", (word, STRUCK))]))

    assert said(reading, "struck_through") == [
        "words that are struck through are not read (5 places:"
        ' "all the bells of the tower in the order in which they were …", "b", "c" and 2 more)'
    ]


def note(kind, key, words):
    return f'<w:{kind} w:id="{key}"><w:p><w:r><w:t>{words}</w:t></w:r></w:p></w:{kind}>'


def with_notes():
    word = bells(
        "The ringer rings soon",
        '<w:footnoteReference w:id="7"/>',
        " and softly",
        '<w:endnoteReference w:id="3"/>',
        ".",
    )
    separator = '<w:footnote w:type="separator" w:id="0"><w:p/></w:footnote>'
    word.part("footnotes", separator + note("footnote", 7, "Within six (6) hours of dawn."))
    word.part("endnotes", note("endnote", 3, "1. Softly means with muffled clappers."))
    return word


def test_notes_follow_the_text_of_their_paragraph_and_their_limits_are_found():
    reading = read(with_notes())

    assert text_of(reading, "1.1") == (
        "The ringer rings soon and softly.\n[Footnote 1] Within six (6) hours of dawn."
        "\n[Endnote 1] 1. Softly means with muffled clappers."
    )
    assert [p.number for p in reading.paragraphs] == ["1", "1.1", "1.2"]
    assert limits(reading) == [("1.1", "6 hours")]
    assert said(reading, "footnotes") == [
        "2 footnotes are read after the text of the paragraph: look whether a time limit there is changed"
    ]


def test_a_note_parts_neither_a_list_from_its_announcement_nor_an_item_from_its_list():
    word = contract_file()
    word.add("Bells", list_id=1, place=0)
    word.runs("The ringer keeps:", '<w:footnoteReference w:id="1"/>', list_id=1, place=1)
    word.runs("the log,", '<w:footnoteReference w:id="2"/>', list_id=1, place=3)
    word.add("for six years; and", list_id=1, place=3)
    word.add("the rope.", list_id=1, place=3)
    word.part("footnotes", note("footnote", 1, "Or the deputy.") + note("footnote", 2, "On paper"))
    reading = read(word)

    assert [p.number for p in reading.paragraphs] == ["1", "1.1", "1.1(a)", "1.1(b)", "1.1(c)"]
    assert [str(limit.limit.kind) for limit in reading.time_limits] == ["retention"]
    assert [warning.code for warning in reading.warnings] == ["footnotes"]


def test_a_note_in_a_row_belongs_to_the_row():
    word = contract_file()
    word.add("Measures", list_id=1, place=0)
    table = word.table(("No", "Measure", "Target"), ("1", "Bells", "2 days"), ("2", "Ropes", "3 days"))
    table.rows[1].cells[0].paragraphs[0]._p.append(word.runs('<w:footnoteReference w:id="1"/>')._p.r_lst[0])
    word.part("footnotes", note("footnote", 1, "From dawn."))
    reading = read(word)

    assert text_of(reading, "1/row 1") == "2 days\n[Footnote 1] From dawn."
    assert text_of(reading, "1/row 2") == "3 days"


def test_a_note_that_only_struck_words_refer_to_is_not_read():
    word = bells("The ringer rings.", ('<w:footnoteReference w:id="1"/>', STRUCK))
    word.part("footnotes", note("footnote", 1, "Within 6 hours."))
    reading = read(word)

    assert text_of(reading, "1.1") == "The ringer rings."
    assert said(reading, "footnotes_not_read") == [
        'notes that nothing refers to are not read (1 place: "Within 6 hours.")'
    ]


def change(kind, words):
    element = "delText" if kind == "del" else "t"
    return f"<w:{kind} w:id='1' w:author='a'><w:r><w:{element}>{words}</w:{element}></w:r></w:{kind}>"


def test_changes_that_nobody_has_accepted_are_counted():
    word = bells("Rings.")
    mark = "<w:pPr><w:rPr><w:ins w:id='4' w:author='a'/></w:rPr></w:pPr>"
    word.insert_xml(
        f"<w:p {nsdecls('w')}>{mark}{change('ins', '1.3 Rings within ')}"
        f"{change('del', '5')}{change('ins', '7 days.')}</w:p>"
    )
    word.insert_xml(f"<w:p {nsdecls('w')}>{mark}</w:p>")
    reading = read(word)

    assert [(w.line, w.text) for w in reading.warnings if w.code == "tracked_changes"] == [
        (4, "the file has changes that nobody has accepted; read as if accepted (1 deletion, 3 insertions)")
    ]


def test_a_paragraph_moved_elsewhere_is_read_there_alone():
    word = bells("Rings.")
    numbered = "<w:numPr><w:ilvl w:val='1'/><w:numId w:val='1'/></w:numPr>"
    for kind in ("moveFrom", "moveTo"):
        word.insert_xml(
            f"<w:p {nsdecls('w')}><w:pPr>{numbered}<w:rPr><w:{kind} w:id='1' w:author='a'/></w:rPr></w:pPr>"
            f"<w:{kind} w:id='2' w:author='a'><w:r><w:t>Pulls.</w:t></w:r></w:{kind}></w:p>"
        )
    reading = read(word)

    assert [(p.number, p.text) for p in reading.paragraphs][1:] == [
        ("1.1", "Rings."), ("1.2", "The ringer rests."), ("1.3", "Pulls."),
    ]  # fmt: skip
    assert said(reading, "tracked_changes") == [
        "the file has changes that nobody has accepted; read as if accepted (1 move)"
    ]


@pytest.mark.parametrize(("count", "words"), [(1, "1 comment that is"), (2, "2 comments that are")])
def test_comments_are_counted(count, words):
    word = bells("Rings.")
    word.part("comments", note("comment", 1, "Weekly?") * count)

    assert said(read(word), "comments") == [f"the file has {words} not read: look at it in a word processor"]


def test_a_file_with_nothing_of_the_kind_has_no_warnings():
    assert read(bells("The ringer rings within 2 days.")).warnings == ()
