"""Shapes of plain text: numbers with a word or glued, contents, wrapped names, lists that go on."""

import pytest

from contracts.reader import read
from tests.contracts.reader.test_nothing_is_lost import kept, on_the_page


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
