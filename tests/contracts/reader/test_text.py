"""Plain text of kinds the reader was not made for: wrapped, with lists, gaps, parts, misprints."""

import textwrap
from pathlib import Path

import pytest

from contracts.reader import ReaderError, read


def paths(text):
    return [paragraph.path for paragraph in read(textwrap.dedent(text)).paragraphs]


def whole_paths(text):
    """Paths of a text taken as it is: a line of nothing but a tab is an empty cell."""
    return [paragraph.path for paragraph in read(text).paragraphs]


def codes(text):
    return [warning.code for warning in read(textwrap.dedent(text)).warnings]


def texts(text):
    return {paragraph.path: paragraph.text for paragraph in read(textwrap.dedent(text)).paragraphs}


def test_a_table_of_contents_has_no_paragraphs():
    text = """\
        SCHEDULE 12
        FIRE SAFETY
        1. Words ........ 3
        2. Duties\t4
        1. Words
        1.1 A bell is an alarm.
        2. Duties
        2.1 Ring the bell.
        """
    assert paths(text) == ["main/1", "main/1.1", "main/2", "main/2.1"]
    assert "1. Words ........ 3" in [other.text for other in read(textwrap.dedent(text)).other]


def test_roman_items_stand_under_lettered_ones():
    text = """\
        1. Duties
        1.1 The keeper:
        (a) keeps:
        (i) a log; and
        (ii) a map; and
        (b) rings the bell.
        1.2 The keeper rests.
        """
    assert paths(text) == [
        "main/1", "main/1.1", "main/1.1(a)", "main/1.1(a)(i)", "main/1.1(a)(ii)", "main/1.1(b)", "main/1.2",
    ]  # fmt: skip


def test_i_after_h_is_a_letter_unless_ii_follows():
    head = "1. Duties\n1.1 The keeper keeps:\n" + "".join(f"({letter}) one;\n" for letter in "abcdefgh")

    assert paths(head + "(i) nine; and\n(j) ten.\n")[-2:] == ["main/1.1(i)", "main/1.1(j)"]
    assert paths(head + "(i) first; and\n(ii) second.\n")[-2:] == ["main/1.1(h)(i)", "main/1.1(h)(ii)"]


def test_a_numbered_list_inside_a_paragraph_is_no_new_part():
    text = """\
        1. Duties
        1.1 Words.
        2. Fire
        2.1 The keeper shall:
        1. ring the bell;
        2. count heads; and
        3. call the brigade.
        2.2 The keeper rests.
        3. End
        """
    assert paths(text)[3:] == ["main/2.1", "main/2.1(1)", "main/2.1(2)", "main/2.1(3)", "main/2.2", "main/3"]


def test_numbers_that_start_again_begin_part_b_and_then_part_c():
    text = "1. Bells\n1.1 Ring.\n2. Maps\n1. Towns\n1.1 Ring twice.\n2. Roads\n1. Ships\n1.1 Sail.\n"

    assert paths(text) == [
        "main/1", "main/1.1", "main/2", "Part B/1", "Part B/1.1", "Part B/2", "Part C/1", "Part C/1.1",
    ]  # fmt: skip
    assert codes(text) == ["scope_inferred", "scope_inferred"]


def test_parts_of_an_annex_are_not_parts_of_the_schedule():
    text = "Part A: Body\n1. Bells\nAnnex 1\nPart A - Towns\n1. Ring.\nPart B - Roads\n1. Drive.\n"

    assert paths(text) == ["Part A/1", "Annex 1 Part A/1", "Annex 1 Part B/1"]


def test_two_schedules_the_longer_is_the_body():
    text = "SCHEDULE 3: ORDER FORM\n1. Buyer\nSCHEDULE 4: BELLS\n1. Bells\n1.1 Ring.\n2. Ropes\n2.1 Pull.\n"

    assert paths(text) == ["Order Form/1", "main/1", "main/1.1", "main/2", "main/2.1"]


def test_a_gap_is_reported_and_a_number_used_twice_is_kept_apart():
    text = "1. Bells\n1.1 Ring.\n1.3 Pull.\n1.3 Pull again.\n2. Maps\n"

    assert paths(text) == ["main/1", "main/1.1", "main/1.3", "main/1.3 (second)", "main/2"]
    assert codes(text) == ["number_missing", "number_repeated"]


def test_an_inserted_paragraph_keeps_its_letter():
    text = "1. Bells\n1.1 Ring.\n1A. Ropes\n1A.1 Pull.\n1A.2 Let go.\n2. Maps\n2.1 Draw.\n2.1A Colour.\n"

    assert paths(text)[2:5] == ["main/1A", "main/1A.1", "main/1A.2"]
    assert paths(text)[-1] == "main/2.1A"
    assert codes(text) == []


def test_a_quantity_at_the_beginning_of_a_line_is_no_number():
    text = "1. Bells\n1.1 Ring after:\n2 days of rain; or\n3 weeks of sun.\n1.2 Rest.\n"

    assert paths(text) == ["main/1", "main/1.1", "main/1.2"]
    assert "2 days of rain" in texts(text)["main/1.1"]


def test_wrapped_text_is_put_together_before_it_is_read():
    text = """\
        CALL-OFF SCHEDULE 8 (BELLS)

        1.  Purpose

        1.1  The Ringer shall write and send to the Vicar a plan
             within thirty (30) Working
             Days of the Opening, and shall keep it up to date for so
             long as the tower stands.

        1.2  The plan shall contain:

             (a)  a list of the people who are asked to carry
                  it out;

             (b)  the times of practice at least every
                  six (6) months; and

             (c)  anything else for which the Vicar asks.

        2.  Practice

        2.1  The Ringer shall practise:
             2.1.1  now and then, and at least once every
                    calendar year;
             2.1.2  when the Vicar asks; and
             2.1.3  after a storm, in accordance with paragraph
                    2.2 below.

        2.2  The Ringer shall give the Vicar at least ten (10) Working
             Days' notice of each practice.
        """
    reading = read(textwrap.dedent(text))

    assert [p.number for p in reading.paragraphs] == [
        "1", "1.1", "1.2", "1.2(a)", "1.2(b)", "1.2(c)", "2", "2.1", "2.1.1", "2.1.2", "2.1.3", "2.2",
    ]  # fmt: skip
    assert [(str(t.limit.period), t.paragraph) for t in reading.time_limits] == [
        ("30 Working Days", "1.1"), ("6 months", "1.2(b)"), ("1 year", "2.1.1"), ("10 Working Days", "2.2"),
    ]  # fmt: skip


def test_limbs_of_the_second_definition_under_a_number_do_not_take_the_first_ones_place():
    text = """\
        1. Words
        1.1 In this Schedule:
        "Warden" means a person who:
        (a) holds a badge; and
        (b) can run,
        whether paid or not.
        "Drill" means:
        (a) a walk; or
        (b) a run.
        """
    assert paths(text)[2:] == ["main/1.1(a)", "main/1.1(b)", "main/1.1/drill(a)", "main/1.1/drill(b)"]
    assert "whether paid or not." in texts(text)["main/1.1"]


def test_definitions_under_a_heading_without_a_number_are_a_scope():
    text = """\
        Definitions
        "Bell" means a thing that rings.
        "Rope" means:
        (a) hemp; or
        (b) nylon.
        1. Ringing
        1.1 Ring the Bell.
        """
    assert paths(text) == [
        "Definitions/Bell", "Definitions/Rope", "Definitions/Rope(a)", "Definitions/Rope(b)",
        "main/1", "main/1.1",
    ]  # fmt: skip
    assert texts(text)["Definitions/Bell"] == "means a thing that rings."


@pytest.mark.parametrize(
    ("line", "heading"),
    [
        ("2. Bells and ropes", "Bells and ropes"),
        ("2. BELLS", "BELLS"),
        ("2. The keeper shall ring.", None),
        ("2. each bell;", None),
    ],
)
def test_a_title_is_a_heading_and_a_sentence_is_not(line, heading):
    assert read(f"1. Words\n{line}\n").paragraphs[1].heading == heading


def test_a_reference_to_an_annex_opens_no_scope():
    text = "1. Bells\nAnnex 1 sets out the bells.\nPart 2 of this Schedule applies.\n1.1 Ring.\n"

    assert paths(text) == ["main/1", "main/1.1"]


def test_not_used_in_a_heading_is_reported_and_switches_nothing():
    text = "1. Bells\n2. Ropes - NOT USED\n2.1 Pull within 2 days.\n"

    assert codes(text) == ["not_used_printed"]
    assert len(read(text).time_limits) == 1


@pytest.mark.parametrize("text", ["", "   \n\t\n", "Hello, this is a letter.\nIt has no numbers.\n"])
def test_a_text_without_paragraphs_is_refused(text):
    with pytest.raises(ReaderError, match="give the text|must hold"):
        read(text)


def test_a_text_that_is_too_large_is_refused():
    with pytest.raises(ReaderError, match="split it"):
        read("1. Bells\n" * 700_000)


def test_what_an_item_means_is_said_in_the_words_that_announce_it():
    text = "1. Bells\n1.1 The ringer shall keep copies:\n(a) for seven (7) years; and\n(b) in a box.\n"

    assert [str(placed.limit.kind) for placed in read(text).time_limits] == ["retention"]


def test_a_time_limit_outside_every_paragraph_is_reported():
    text = "1. Bells\nAppendix A: Times\nSmall bell\t15 minutes\nLarge bell\t4 hours\n"

    assert codes(text) == ["limit_outside", "limit_outside"]


def test_rows_on_one_line_are_paragraphs_with_their_limits():
    text = "1. Bells\nAnnex 2\nNo.\tBell\tHow often\n1\tSmall bell\tmonthly\n2\tLarge bell\tquarterly\n"

    assert [(t.scope, t.paragraph, t.limit.amount) for t in read(text).time_limits] == [
        ("Annex 2", "1", 1), ("Annex 2", "2", 3),
    ]  # fmt: skip


def test_numbers_with_a_nought_and_numbers_after_tabs():
    text = "1.0 BELLS\n\t1.1\tRing.\n\t(a)\tloudly; or\n\t(b)\tsoftly.\n2.0 ROPES\n\t2.1\tPull.\n"

    assert paths(text) == ["main/1", "main/1.1", "main/1.1(a)", "main/1.1(b)", "main/2", "main/2.1"]
    assert read(text).paragraphs[0].printed == "1.0"


def test_text_before_a_short_schedule_is_the_body():
    text = "1. Bells\n1.1 Ring.\n2. Ropes\n2.1 Pull.\nSCHEDULE 2\n1. Towers\n"

    assert paths(text) == ["main/1", "main/1.1", "main/2", "main/2.1", "Schedule 2/1"]


@pytest.mark.parametrize("width", [72, 100])
def test_a_document_wrapped_at_any_width_reads_the_same(width):
    text = (Path(__file__).parents[3] / "contracts" / "outlines" / "riverside_schedule_7.txt").read_text(
        "utf-8"
    )
    wrapped = [
        part
        for line in text.splitlines()
        for part in ([line] if line.startswith("\t") else textwrap.wrap(line, width) or [""])
    ]

    assert whole_paths("\n".join(wrapped)) == whole_paths(text)


@pytest.mark.parametrize("change", [("\n", "\r\n"), ("\n", "  \n"), (". ", ".\u00a0"), ("’", "'")])
def test_a_document_reads_the_same_whatever_its_line_ends_and_spaces(change):
    text = (Path(__file__).parents[3] / "contracts" / "outlines" / "riverside_schedule_7.txt").read_text(
        "utf-8"
    )

    assert whole_paths(text.replace(*change)) == whole_paths(text)


def test_a_list_a_level_further_down_is_not_missing():
    text = "1. Bells\n2. The ringer shall:\n2.1.1 ring; and\n2.1.2 rest.\n3. The vicar shall:\n4. End\n"

    assert codes(text) == ["number_missing", "list_missing"]


def test_hours_of_work_are_not_told_as_plain_hours():
    """R41: whoever reads amount and unit alone takes no Business Hour for an hour."""
    reading = read("1. SERVICE\n1.1 The Vendor shall answer a call within 3 Business Hours.\n")
    (told,) = reading.as_json()["time_limits"]
    assert (told["amount"], told["unit"]) == (None, None)
    assert told["lengths"] == [{"amount": 3, "unit": "business_hours"}]
    assert [warning.code for warning in reading.warnings] == ["unit_unclear"]
    (kept,) = reading.time_limits
    assert str(kept.limit.period) == "3 Business Hours"
