"""What a file held and what became of it; changes and comments as data, each with its paragraph."""

from datetime import UTC, datetime

import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from contracts.reader import read_document
from contracts.reader.held import KINDS, Held, Tally
from tests.contracts.reader.pdf_files import Drawn, lines, pdf
from tests.contracts.reader.word_files import contract_file

AT = "2026-02-03T09:30:00Z"


def counts(reading):
    return {held.kind: held.count for held in reading.held}


def changed(kind, words, by="Ada", at=AT):
    element = "delText" if kind in ("del", "moveFrom") else "t"
    return (
        f'<w:{kind} {nsdecls("w")} w:id="1" w:author="{by}" w:date="{at}">'
        f'<w:r><w:{element} xml:space="preserve">{words}</w:{element}></w:r></w:{kind}>'
    )


def bells(*parts):
    """Paragraph 1.1 of runs and changes, with 1.2 after it."""
    word = contract_file()
    word.add("Bells", list_id=1, place=0)
    paragraph = word.add("", list_id=1, place=1)
    for part in parts:
        if part.startswith("<"):
            paragraph._p.append(parse_xml(part))
        else:
            paragraph.add_run(part)
    word.add("The ringer rests.", list_id=1, place=1)
    return word


def test_a_change_says_its_words_who_made_it_when_and_where():
    word = bells("Rings within ", changed("del", "five (5) "), changed("ins", "seven (7) ", "Ben"), "days.")
    reading = read_document(word.bytes())

    moment = datetime(2026, 2, 3, 9, 30, tzinfo=UTC)
    assert [(c.kind, c.words, c.by, c.at, c.scope, c.paragraph) for c in reading.changes] == [
        ("deleted", "five (5) ", "Ada", moment, "main", "1.1"),
        ("inserted", "seven (7) ", "Ben", moment, "main", "1.1"),
    ]
    assert counts(reading) == {"paragraphs": 3, "insertions": 1, "deletions": 1}


def test_changes_side_by_side_are_one_and_those_with_words_between_are_not():
    two = changed("ins", "loud") + changed("ins", "ly")
    word = bells(
        "Rings ", *two.replace("><w:ins ", ">\n<w:ins ").split("\n"), " and ", changed("ins", "often"), "."
    )
    reading = read_document(word.bytes())

    assert [change.words for change in reading.changes] == ["loudly", "often"]


def test_words_that_were_moved_stand_at_both_ends():
    word = bells("Rings", changed("moveFrom", " at dawn"), ".")
    last = word.document.paragraphs[-1]._p
    last.append(parse_xml(changed("moveTo", " At dawn.")))
    reading = read_document(word.bytes())

    assert [(c.kind, c.words, c.paragraph) for c in reading.changes] == [
        ("moved_away", " at dawn", "1.1"),
        ("moved_here", " At dawn.", "1.2"),
    ]


def test_what_a_person_inserted_and_another_deleted_is_deleted_once():
    inner = changed("del", "softly", "Ben").replace(f" {nsdecls('w')}", "")
    word = bells("Rings", f'<w:ins {nsdecls("w")} w:id="2" w:author="Ada">{inner}</w:ins>', ".")

    assert [(c.kind, c.words, c.by) for c in read_document(word.bytes()).changes] == [
        ("deleted", "softly", "Ben")
    ]


@pytest.mark.parametrize(
    ("said", "shown"), [("2026-07-01T09:00:00", "2026-07-01T09:00:00+01:00"), ("soon", None)]
)
def test_a_moment_without_an_offset_is_of_london_and_one_that_is_none_is_left_out(said, shown):
    change = read_document(bells("Rings", changed("ins", " now", at=said), ".").bytes()).changes[0]

    assert change.as_json()["at"] == shown


def test_a_comment_has_its_words_and_the_paragraph_it_is_about():
    word = bells("Rings.")
    word.runs('<w:commentReference w:id="9"/>', "The deputy rings.", list_id=1, place=1)
    word.part(
        "comments",
        '<w:comment w:id="9" w:author="Cy"><w:p><w:r><w:t>Weekly?</w:t></w:r></w:p></w:comment>',
    )
    reading = read_document(word.bytes())

    assert [(c.kind, c.words, c.by, c.at, c.paragraph) for c in reading.changes] == [
        ("comment", "Weekly?", "Cy", None, "1.3")
    ]
    assert [held.words for held in reading.held if held.kind == "comments"] == [("Weekly?",)]


def test_headers_and_footers_are_left_out_counted_quoted_and_a_limit_there_is_warned_of():
    word = bells("Rings.")
    section = word.document.sections[0]
    section.header.paragraphs[0].text = "Schedule of bells, version 2"
    section.footer.paragraphs[0].text = "Return within 5 days"
    reading = read_document(word.bytes())

    held = next(held for held in reading.held if held.kind == "headers")
    assert (held.count, set(held.words)) == (2, {"Schedule of bells, version 2", "Return within 5 days"})
    assert held.named == "2 page headers and footers"
    assert [w.text for w in reading.warnings] == ['"within 5 days" stands in a page header or footer']


def test_a_ticked_box_and_a_chosen_line_of_a_form_are_words_of_the_paragraph():
    def field(inner):
        return f'<w:fldChar w:fldCharType="begin"><w:ffData>{inner}</w:ffData></w:fldChar>'

    entries = '<w:listEntry w:val="daily"/><w:listEntry w:val="weekly"/>'
    word = bells("Rings.")
    chosen = field(f'<w:ddList><w:result w:val="1"/>{entries}</w:ddList>')
    ticked = field("<w:checkBox><w:checked/></w:checkBox>")
    empty = field('<w:checkBox><w:default w:val="0"/></w:checkBox>')
    word.runs("Rings ", chosen, " or not ", ticked, empty, list_id=1, place=1)
    reading = read_document(word.bytes())

    assert reading.paragraphs[-1].text == "Rings weekly or not ☒☐"
    assert counts(reading)["form_fields"] == 3


def test_a_pdf_counts_its_pages_and_keeps_what_its_fields_are_filled_in_with():
    field = "/Subtype /Widget /FT /Tx /V (Bell tower) /Rect [0 0 9 9]"
    reading = read_document(pdf(Drawn(lines("1. Bells", "1.1 The ringer rings."), (field,))))

    assert counts(reading) == {"pages": 1, "paragraphs": 2, "other_text": 1, "form_fields_apart": 1}
    assert [other.text for other in reading.other] == ["[Form field, page 1] Bell tower"]


def test_a_text_holds_paragraphs_and_pieces_without_a_number():
    assert counts(read_document(b"Bells\n1. Ropes\n1.1 The ringer pulls.\n")) == {
        "paragraphs": 2,
        "other_text": 1,
    }


def test_every_kind_says_what_became_of_it_for_one_and_for_several():
    for kind in KINDS:
        one, several = Held(kind, 1).as_json(), Held(kind, 1200).as_json()
        assert one["named"].startswith("1 ") and several["named"].startswith("1,200 ")
        assert one["outcome"] and one["became"] in ("read", "read_apart", "not_read")


def test_of_many_things_the_words_of_the_first_few_are_kept_and_cut_short():
    tally = Tally()
    for words in ("a", "a", "b", "long " * 40, "d"):
        tally.add("comments", words=words)

    held = tally.summary()[0]
    assert (held.count, len(held.words)) == (5, 3)
    assert held.words[2].endswith(" …") and len(held.words[2]) <= 82
