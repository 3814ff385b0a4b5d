"""Citations, and what stands under what."""

import pytest

from contracts.terms.citations import Citation, CitationError, is_under, parent_number, sort_key, split_path
from contracts.terms.paragraphs import Paragraph, parents, tree


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("dmp_schedule_23/main/10.3", "main/10.3"),
        ("order_schedule_9/Part A/4.2.1(a)", "Part A/4.2.1(a)"),
        ("dmp_schedule_23/Annex 1/5/incident management/4", "Annex 1/5/incident management/4"),
    ],
)
def test_a_citation_is_read_and_written(text, path):
    assert Citation.parse(text).path == path
    assert str(Citation.parse(text)) == text


@pytest.mark.parametrize("text", ["", "10.3", "main/10.3", "dmp_schedule_23//10.3", "dmp_schedule_23/main/"])
def test_half_a_citation_is_refused(text):
    with pytest.raises(CitationError, match="RULEBOOK/SCOPE/NUMBER"):
        Citation.parse(text)


def test_a_path_needs_a_scope_and_a_number():
    assert split_path("Annex 1/5/x/4") == ("Annex 1", "5/x/4")
    with pytest.raises(CitationError, match="SCOPE/NUMBER"):
        split_path("10.3")


@pytest.mark.parametrize(
    ("number", "parent"),
    [
        ("10", None),
        ("10.3", "10"),
        ("10.3.1", "10.3"),
        ("2.1A", "2"),
        ("A1", None),
        ("A1.1", "A1"),
        ("A1.1(a)", "A1.1"),
        ("II(a)", "II"),
        ("4.2.1(a)", "4.2.1"),
        ("4.2.1(a)(ii)", "4.2.1(a)"),
        ("(1)", None),
        ("Breach of Security", None),
        ("Breach of Security(a)", "Breach of Security"),
        ("Personal Data (UK)", None),
        ("1.2/row 3", "1.2"),
        ("5/incident management/4", "5/incident management"),
        ("1.3 (second)", "1"),
    ],
)
def test_what_a_number_stands_under(number, parent):
    assert parent_number(number) == parent


@pytest.mark.parametrize(
    ("path", "under"),
    [
        ("main/5", True),
        ("main/5.1", True),
        ("main/5.4.1(a)", True),
        ("main/50", False),
        ("main/50.1", False),
        ("main/15.1", False),
        ("Annex 1/5", False),
        ("Annex 1/5/incident management/4", False),
    ],
)
def test_paragraph_5_of_the_body_covers_its_own_and_no_other(path, under):
    assert is_under(path, "main/5") is under


def test_numbers_sort_as_people_count():
    assert sorted(["10.1", "9", "9.10", "9.2", "9.2(b)", "9.2(a)"], key=sort_key) == [
        "9", "9.2", "9.2(a)", "9.2(b)", "9.10", "10.1",
    ]  # fmt: skip


def test_paragraphs_as_a_tree_skip_a_level_the_document_leaves_out():
    paragraphs = [
        Paragraph("main", number, number, None, "") for number in ("1", "1.1", "1.1(a)", "2", "2.1.1")
    ]

    assert parents(paragraphs)["main/2.1.1"] == "main/2"
    top = tree(paragraphs)
    assert [node.paragraph.number for node in top] == ["1", "2"]
    assert top[0].children[0].children[0].paragraph.number == "1.1(a)"
