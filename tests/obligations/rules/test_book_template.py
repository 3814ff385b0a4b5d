"""The file of a template: read back without loss, and refused at the field at fault."""

from __future__ import annotations

import json
from copy import deepcopy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance import places as places_of
from obligations.rules.register.book_template import LARGEST, read_file, read_template
from obligations.rules.register.template_fields import TemplateError

WORDS = "The Provider shall tell the Council within 3 Working Days of a crane fault."
START = WORDS.index("within")
FORM = {
    "made_by": "duly",
    "format": 1,
    "title": "Harbour records",
    "kinds": [
        {
            "name": "own_crane_fault",
            "label": "Crane fault",
            "side": "either",
            "subject": "",
            "example": "",
            "needs_moment": False,
            "details": [],
        }
    ],
    "paragraphs": [
        {
            "path": "main/1",
            "words": "Harbour Log means the log.",
            "outcome": "nothing",
            "why": "A definition.",
        },
        {
            "path": "main/2",
            "heading": "Faults",
            "words": WORDS,
            "outcome": "asks",
            "entries": [
                {
                    "key": "2",
                    "party": "supplier",
                    "title": "Tell of a fault",
                    "summary": "Tell of a fault",
                    "shape": "event",
                    "on": ["own_crane_fault"],
                    "amount": 3,
                    "unit": "working_days",
                    "exceptions": ["main/3"],
                }
            ],
            "rests_on": {
                "2": {"amount": [{"path": "main/2", "start": START, "end": START + 6, "text": "within"}]}
            },
        },
        {"path": "main/3", "words": "Nothing of this holds in a storm.", "outcome": "undecided"},
    ],
}


def changed(at: str, value: object) -> dict:
    """The form with another value at a place like ``paragraphs.1.entries.0.unit``; "-" takes it out."""
    form = deepcopy(FORM)
    *way, last = at.split(".")
    there = form
    for part in way:
        there = there[int(part)] if isinstance(there, list) else there[part]
    last = int(last) if isinstance(there, list) else last
    if value == "-":
        del there[last]
    else:
        there[last] = value
    return form


def refusal(form: object) -> TemplateError:
    with pytest.raises(TemplateError) as caught:
        read_file(json.dumps(form).encode())
    return caught.value


def test_a_file_is_read_back_without_loss():
    made = read_file(json.dumps(FORM).encode())
    assert made.as_json() == FORM
    assert (made.title, made.decided, len(made.paragraphs)) == ("Harbour records", 2, 3)
    assert made.paragraphs[1].entries[0]["path"] == "main/2"


def test_the_file_in_the_documentation_is_one():
    text = (places_of.ROOT / "docs" / "templates.md").read_text(encoding="utf-8")
    example = text.split("```json\n")[1].split("```")[0]
    assert read_file(example.encode()).decided == 2


def test_a_byte_order_mark_does_no_harm():
    assert read_file(b"\xef\xbb\xbf" + json.dumps(FORM).encode()).title == "Harbour records"


@pytest.mark.parametrize(
    ("at", "value", "field"),
    [
        ("made_by", "somebody", "made_by"),
        ("format", 2, "format"),
        ("format", True, "format"),
        ("format", "-", "format"),
        ("more", 1, "more"),
        ("title", " ", "title"),
        ("title", "x" * 201, "title"),
        ("title", 7, "title"),
        ("kinds", {}, "kinds"),
        ("kinds.0.name", "crane", "kinds[0].name"),
        ("kinds.0.label", "", "kinds[0].label"),
        ("kinds.0.side", "nobody", "kinds[0].side"),
        ("kinds.0.needs_moment", "yes", "kinds[0].needs_moment"),
        ("kinds.0.details", [{"label": "x"}], "kinds[0].details[0]"),
        ("kinds.0.details", [{"name": "own_x", "label": "X", "type": "picture"}], "kinds"),
        ("paragraphs", [], "paragraphs"),
        ("paragraphs", "all", "paragraphs"),
        ("paragraphs.0", 7, "paragraphs[0]"),
        ("paragraphs.0.path", "1", "paragraphs[0].path"),
        ("paragraphs.0.path", "main/2", "paragraphs[1].path"),
        ("paragraphs.0.outcome", "maybe", "paragraphs[0].outcome"),
        ("paragraphs.0.why", "", "paragraphs[0].why"),
        ("paragraphs.2.why", "A reason.", "paragraphs[2].why"),
        ("paragraphs.0.words", "x" * 100_001, "paragraphs[0].words"),
        ("paragraphs.0.words", "a\x00b", "paragraphs[0].words"),
        ("paragraphs.0.words", "a\ud800b", "paragraphs[0].words"),
        ("paragraphs.1.entries", [], "paragraphs[1].entries"),
        ("paragraphs.1.entries.0.key", "two words", "paragraphs[1].entries[0].key"),
        ("paragraphs.1.entries.0.unit", "fortnights", "paragraphs[1].entries[0].unit"),
        ("paragraphs.1.entries.0.amount", "3", "paragraphs[1].entries[0].amount"),
        ("paragraphs.1.entries.0.on", ["own_unknown"], "paragraphs[1].entries[0].on"),
        ("paragraphs.1.entries.0.party", "-", "paragraphs[1].entries[0].party"),
        ("paragraphs.1.entries.0.exceptions", ["main/9"], "paragraphs[1].entries[0].exceptions"),
        ("paragraphs.1.entries.0.cycle", {"of": "moon"}, "paragraphs[1].entries[0].cycle"),
        ("paragraphs.1.rests_on", {"3": {}}, "paragraphs[1].rests_on.3"),
        ("paragraphs.1.rests_on.2.amount", [{"path": "main/2"}], "paragraphs[1].rests_on.2.amount[0]"),
        ("paragraphs.1.rests_on.2.amount.0.text", "wholly", "paragraphs[1].rests_on"),
        ("paragraphs.1.rests_on.2.amount.0.path", "main/8", "paragraphs[1].rests_on"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(at, value, field):
    assert refusal(changed(at, value)).field == field


def test_another_format_says_which_this_release_reads():
    assert "This is format 2; this release reads format 1." in str(refusal(changed("format", 2)))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not json",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"made_by": "duly", "format": NaN}',
        b'{"made_by": "duly", "made_by": "duly"}',
        b'{"format": ' + b"9" * 5000 + b"}",
        b"[]",
        b"null",
        b" " * (LARGEST + 1),
    ],
)
def test_hostile_files_are_refused_in_words(data):
    with pytest.raises(TemplateError) as caught:
        read_file(data)
    assert len(str(caught.value)) < 300


def test_a_key_twice_and_two_many_entries_are_refused():
    form = deepcopy(FORM)
    form["paragraphs"][1]["entries"] *= 2
    assert refusal(form).field == "paragraphs[1].entries[1].key"
    form["paragraphs"][1]["entries"] *= 11
    assert refusal(form).field == "paragraphs[1].entries"


def test_entries_that_lean_on_one_that_is_gone_are_refused():
    assert refusal(changed("paragraphs.1.entries.0.former", "7")).field in (
        "paragraphs",
        "paragraphs[1].entries[0].former",
    )


def test_a_form_that_was_stored_is_read_as_strictly():
    with pytest.raises(TemplateError):
        read_template(changed("format", 3))


def places(form: object, at: str = "") -> list[str]:
    """Every place of a form."""
    if isinstance(form, dict):
        below = [f"{at}{name}" for name in form if "." not in name]
        return below + [one for name in form if "." not in name for one in places(form[name], f"{at}{name}.")]
    if isinstance(form, list):
        return [one for n, each in enumerate(form) for one in (f"{at}{n}", *places(each, f"{at}{n}."))]
    return []


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=4,
)


@settings(max_examples=200, deadline=None)
@given(at=st.sampled_from(places(FORM)), value=VALUES)
def test_any_other_value_anywhere_is_read_or_refused_in_words(at, value):
    try:
        made = read_template(changed(at, value))
    except TemplateError as error:
        assert str(error)
    else:
        assert read_template(made.as_json()) == made
