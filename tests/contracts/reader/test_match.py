"""What a document has more or less than a known schedule, by its numbers."""

from contracts.reader import match, read

BELLS = read("1. Bells\n1.1 Ring.\n1.2 Rest.\n2. Ropes\n2.1 Pull.\n")


def test_paths_in_both_only_in_the_outline_and_only_in_the_document():
    matched = match(BELLS, ["main/1", "main/1.1", "main/2", "main/3"])

    assert matched.matched == ("main/1", "main/1.1", "main/2")
    assert matched.missing == ("main/3",)
    assert matched.extra == ("main/1.2", "main/2.1")
    assert matched.share == 0.75
