"""Outlines that are not right: each error names the file and the path or key at fault."""

from __future__ import annotations

import pytest

from contracts.outlines import OutlineError, parse_outline

GOOD = """
key = "small"
title = "Small Schedule"
version = "Invented."
[party_words]
authority = "Buyer"
supplier = "Seller"
[[scopes]]
name = "main"
title = "Small"
[[scopes]]
name = "Part B"
title = "Smaller"
[[paragraphs]]
path = "main/1"
heading = "Logs"
summary = "Covers logs."
[[paragraphs]]
path = "main/1.1"
heading = "Keep logs"
summary = "The Seller keeps logs."
note = "Kept as printed (R18)."
[[paragraphs]]
path = "Part B/1"
heading = "Staff"
summary = "Covers staff."
"""


def test_a_good_outline() -> None:
    outline = parse_outline(GOOD, "small", "small.toml")
    assert [paragraph.path for paragraph in outline.paragraphs] == ["main/1", "main/1.1", "Part B/1"]
    assert [paragraph.note for paragraph in outline.paragraphs] == ["", "Kept as printed (R18).", ""]
    assert outline.old_names == ()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('key = "small"', "key = ", "small.toml: not TOML: .*line 2"),
        ('key = "small"', 'key = "tall"', "small.toml: key is 'tall'; it must be 'small'"),
        ('title = "Small Schedule"', "", "small.toml: title is missing"),
        ('title = "Small Schedule"', 'title = " "', "small.toml: title must be text and not blank"),
        ('version = "Invented."', "version = 3", "small.toml: version must be text"),
        ('version = "Invented."', 'version = "I."\nparties = 2', "small.toml: parties is not a known key"),
        ('supplier = "Seller"', "", "small.toml: party_words: supplier is missing"),
        ('supplier = "Seller"', 'supplier = "S"\nbroker = "B"', "party_words: broker is not a known key"),
        ('title = "Smaller"', "", r"small.toml: scopes\[2\]: title is missing"),
        ('name = "Part B"', 'name = "main"', "scope 'main' is there twice"),
        ('name = "Part B"', 'name = "Part/B"', "scope 'Part/B': a scope has no slash"),
        ('name = "Part B"', 'name = "Part C"', "small.toml: Part B/1: the path must be one of the scopes"),
        ('path = "main/1.1"', 'path = "main/1"', "small.toml: main/1: this path is there twice"),
        ('path = "main/1.1"', 'path = "1.1"', "small.toml: 1.1: the path must be one of the scopes"),
        ('path = "main/1.1"', 'path = "main/"', "small.toml: main/: the path must be one of the scopes"),
        ('path = "main/1.1"', "", r"small.toml: paragraphs\[2\]: path is missing"),
        ('path = "main/1.1"', 'path = "Part B/1.1"', "Part B/1.1: stands before Part B/1, which it"),
        ('path = "main/1"', 'path = "Part B/2"', "main/1.1: stands after scope 'Part B' has begun"),
        ('path = "Part B/1"', 'path = "main/2"', "small.toml: scope 'Part B' has no paragraphs"),
        ('heading = "Keep logs"', "", "small.toml: main/1.1: heading is missing"),
        ('heading = "Keep logs"', f'heading = "{"x" * 101}"', "main/1.1: the heading is over 100 characters"),
        ('summary = "The Seller keeps logs."', "", "small.toml: main/1.1: summary is missing"),
        ("keeps logs.", "keeps logs", "small.toml: main/1.1: the summary must end in a full stop"),
        ("keeps logs.", "keeps logs." + "." * 190, "main/1.1: the summary is over 200 characters"),
        ('note = "Kept as printed (R18)."', 'note = ""', "main/1.1: note must be text and not blank"),
        ('note = "Kept as printed (R18)."', 'notes = "Kept."', "main/1.1: notes is not a known key"),
    ],
)
def test_errors_name_file_and_place(old: str, new: str, message: str) -> None:
    assert GOOD.count(old) == 1
    with pytest.raises(OutlineError, match=message):
        parse_outline(GOOD.replace(old, new), "small", "small.toml")
