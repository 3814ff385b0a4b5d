"""Which known schedule a document is, and what it has more or less than that."""

from contracts.reader import match, read, recognise

BELLS = read("1. Bells\n1.1 Ring.\n1.2 Rest.\n2. Ropes\n2.1 Pull.\n")


def test_paths_in_both_only_in_the_outline_and_only_in_the_document():
    matched = match(BELLS, ["main/1", "main/1.1", "main/2", "main/3"])

    assert matched.matched == ("main/1", "main/1.1", "main/2")
    assert matched.missing == ("main/3",)
    assert matched.extra == ("main/1.2", "main/2.1")
    assert matched.share == 0.75


def test_the_outline_with_most_in_common_is_the_one():
    outlines = {
        "long": [f"main/{number}" for number in range(1, 30)],
        "close": ["main/1", "main/1.1", "main/2"],
        "same": ["main/1", "main/1.1", "main/1.2", "main/2", "main/2.1"],
    }

    assert recognise(BELLS, outlines) == "same"


def test_a_document_that_has_less_than_half_of_every_outline_is_none_of_them():
    assert recognise(BELLS, {"other": ["Part A/1", "Part A/2", "main/1"], "none": []}) is None
