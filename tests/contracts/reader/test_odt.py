"""OpenDocument texts: numbers as a word processor prints them, and what is not in the text said."""

import pytest

from contracts.reader import ReaderError, read_document
from tests.contracts.reader.odt_files import CONTRACT, item, level, list_style, lists, odt, p, sublist


def shown(reading):
    return [(one.number, one.printed, one.heading or one.text) for one in reading.paragraphs]


def numbers(reading):
    return [one.number for one in reading.paragraphs]


def codes(reading):
    return [warning.code for warning in reading.warnings]


def counts(reading):
    return {held.kind: held.count for held in reading.held}


LETTERS = item(sublist(item(p("ring within 2 days; and")), item(p("rest."))))
BELLS = lists(
    item(
        p("Bells"),
        sublist(item(p("The ringer shall:"), sublist(LETTERS)), item(p("The rope is hemp."))),
    ),
    item(p("Ropes"), sublist(item(p("Each rope is 9 metres long.")))),
)


def test_numbers_are_those_of_the_list_style():
    reading = read_document(odt(BELLS))

    assert shown(reading) == [
        ("1", "1.", "Bells"), ("1.1", "1.1", "The ringer shall:"),
        ("1.1(a)", "(a)", "ring within 2 days; and"),
        ("1.1(b)", "(b)", "rest."), ("1.2", "1.2", "The rope is hemp."), ("2", "2.", "Ropes"),
        ("2.1", "2.1", "Each rope is 9 metres long."),
    ]  # fmt: skip
    assert reading.kind == "odt"
    assert reading.warnings == ()


def test_figures_under_figures_are_cited_with_those_above_them_though_one_is_printed():
    plain = list_style("L1", level(1, "1", "."), level(2, "1", "."))
    reading = read_document(
        odt(lists(item(p("Bells"), sublist(item(p("Ring.")), item(p("Rest."))))), styles=plain)
    )

    assert shown(reading) == [("1", "1.", "Bells"), ("1.1", "1.", "Ring."), ("1.2", "2.", "Rest.")]


@pytest.mark.parametrize("more", [' text:continue-numbering="true"', ' text:continue-list="one"'])
def test_a_list_that_goes_on_counts_on(more):
    first = lists(item(p("Bells"), sublist(item(p("Ring.")))), more=' xml:id="one"')
    reading = read_document(odt(first, p("Between."), lists(item(p("Ropes")), item(p("Knots")), more=more)))

    assert numbers(reading) == ["1", "1.1", "2", "3"]


def test_a_list_and_an_item_may_say_where_they_start():
    style = list_style("L1", level(1, "1", ".", start=4), level(2, "1", above=2))
    body = lists(item(p("Bells"), sublist(item(p("Ring.")))), item(p("Ropes")), item(p("Knots"), start=6))

    assert numbers(read_document(odt(body, styles=style))) == ["4", "4.1", "5", "6"]


def test_headings_are_numbered_by_the_outline():
    outline = (
        "<text:outline-style>"
        '<text:outline-level-style text:level="1" style:num-format="1" style:num-suffix="."/>'
        '<text:outline-level-style text:level="2" style:num-format="1" text:display-levels="2"/>'
        "</text:outline-style>"
    )
    body = (
        '<text:h text:outline-level="1">Bells</text:h>', '<text:h text:outline-level="2">Ring.</text:h>',
        '<text:h text:outline-level="2">Rest.</text:h>', '<text:h text:outline-level="1">Ropes</text:h>',
    )  # fmt: skip
    assert numbers(read_document(odt(*body, page=outline))) == ["1", "1.1", "1.2", "2"]


def test_rows_of_a_table_are_read_and_a_layout_table_is_paragraphs():
    def table(*rows):
        cells = ["".join(f"<table:table-cell>{p(cell)}</table:table-cell>" for cell in row) for row in rows]
        inner = "".join(f"<table:table-row>{row}</table:table-row>" for row in cells)
        return f"<table:table>{inner}</table:table>"

    laid_out = read_document(odt(table(("1", "Bells"), ("1.1", "Ring."), ("1.2", "Rest."))))
    rows = read_document(
        odt(
            lists(item(p("Bells"))),
            table(("No", "What", "By"), ("1", "Ring", "2 days"), ("2", "Rest", "never")),
        )
    )

    assert numbers(laid_out) == ["1", "1.1", "1.2"]
    assert numbers(rows) == ["1", "1/row 1", "1/row 2"]
    assert [limit.paragraph for limit in rows.time_limits] == ["1/row 1"]
    assert counts(rows)["tables"] == 1


def test_spaces_tabs_and_line_breaks_are_what_they_print():
    reading = read_document(
        odt(
            p("1.<text:tab/>Bells"),
            p('1.1 Ring<text:s text:c="3"/>now.<text:line-break/>1.2 <text:span>Rest</text:span>.'),
        )
    )

    assert shown(reading) == [("1", "1.", "Bells"), ("1.1", "1.1", "Ring now."), ("1.2", "1.2", "Rest.")]


HIDDEN = (
    '<style:style style:name="Old" style:family="text">'
    '<style:text-properties style:text-line-through-style="solid"/>'
    '</style:style><style:style style:name="Older" style:family="text" style:parent-style-name="Old"/>'
    '<style:style style:name="Gone" style:family="text">'
    '<style:text-properties text:display="none"/></style:style>'
)


def test_struck_and_hidden_words_are_left_out_and_said():
    struck, gone = (f'<text:span text:style-name="{style}">' for style in ("Older", "Gone"))
    words = f"1.1 Ring {struck}loudly </text:span>today{gone} not</text:span>."
    hidden = '<text:section text:display="none"><text:p>1.2 Nobody.</text:p></text:section>'
    reading = read_document(odt(p("1. Bells"), p(words), hidden, styles=HIDDEN))

    assert [one.text for one in reading.paragraphs] == ["", "Ring today."]
    assert codes(reading) == ["hidden_text", "struck_through"]
    assert counts(reading) == {"paragraphs": 2, "struck": 1, "hidden": 2}


def test_a_footnote_follows_the_paragraph_that_refers_to_it():
    note = (
        '<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation>'
        "<text:note-body><text:p>Within 6 hours.</text:p></text:note-body></text:note>"
    )
    reading = read_document(odt(p("1. Bells"), p(f"1.1 Ring{note} soon."), p("1.2 Rest.")))

    assert [one.text for one in reading.paragraphs] == [
        "",
        "Ring soon.\n[Footnote 1] Within 6 hours.",
        "Rest.",
    ]
    assert codes(reading) == ["footnotes"]


def test_changes_and_comments_are_data():
    def region(key, kind, words=""):
        who = "<dc:creator>Ada</dc:creator><dc:date>2026-02-03T09:30:00</dc:date>"
        inner = f"<text:{kind}><office:change-info>{who}</office:change-info>{words}</text:{kind}>"
        return f'<text:changed-region text:id="{key}">{inner}</text:changed-region>'

    regions = region("a", "insertion") + region("b", "deletion", p("five "))
    tracked = f"<text:tracked-changes>{regions}</text:tracked-changes>"
    words = (
        '1.1 Ring within <text:change text:change-id="b"/><text:change-start text:change-id="a"/>six '
        '<text:change-end text:change-id="a"/>days<office:annotation><dc:creator>Ben</dc:creator>'
        "<text:p>Too long?</text:p></office:annotation>."
    )
    reading = read_document(odt(tracked, p("1. Bells"), p(words)))

    assert reading.paragraphs[1].text == "Ring within six days."
    assert [(c.kind, c.words, c.by, c.paragraph) for c in reading.changes] == [
        ("deleted", "five", "Ada", "1.1"), ("inserted", "six ", "Ada", "1.1"),
        ("comment", "Too long?", "Ben", "1.1"),
    ]  # fmt: skip
    assert reading.changes[0].as_json()["at"] == "2026-02-03T09:30:00+00:00"
    assert codes(reading) == ["comments", "tracked_changes"]


def test_headers_are_left_out_and_counted():
    page = "<style:header><text:p>Bells, version 2</text:p></style:header>"
    reading = read_document(odt(BELLS, page=page))

    assert [(held.kind, held.words) for held in reading.held if held.kind == "headers"] == [
        ("headers", ("Bells, version 2",))
    ]


ENCRYPTED = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    "<manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>"
)
BOMB = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]>"


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (odt(p("A letter.")), "no paragraphs"),
        (odt(p("1. Bells"), parts=[("META-INF/manifest.xml", ENCRYPTED)]), "locked with a password"),
        (odt(p("1. Bells &b;"), before=BOMB), "document type of its own"),
        (odt("<text:p>"), "damaged"),
        (odt(p("1. Bells"))[:-30], "damaged"),
    ],
    ids=["nothing", "locked", "entities", "broken", "cut off"],
)
def test_what_cannot_be_read_is_refused_for_the_true_reason(file, words):
    with pytest.raises(ReaderError, match=words):
        read_document(file)


def test_a_style_based_on_itself_and_a_level_nobody_counts_to_do_no_harm():
    loop = '<style:style style:name="Loop" style:family="paragraph" style:parent-style-name="Loop"/>'
    deep = BELLS
    for _ in range(60):
        deep = lists(item(deep))
    reading = read_document(odt(p("1. Bells", "Loop"), p("1.1 Ring."), deep, styles=loop + CONTRACT))

    assert numbers(reading)[:2] == ["1", "1.1"]
