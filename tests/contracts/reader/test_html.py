"""Web pages and Markdown: the numbers a browser prints, and what it would not show left out and said."""

import pytest

from contracts.reader import ReaderError, read_document
from contracts.reader.files import read_document as read_file


def page(body):
    return read_document(
        f"<!doctype html><html><head><title>T</title></head><body>{body}</body></html>".encode()
    )


def numbers(reading):
    return [one.number for one in reading.paragraphs]


def shown(reading):
    return [(one.number, one.printed, one.heading or one.text) for one in reading.paragraphs]


def codes(reading):
    return [warning.code for warning in reading.warnings]


def counts(reading):
    return {held.kind: held.count for held in reading.held}


def test_numbers_typed_in_the_text_and_lettered_lists_under_them():
    reading = page(
        "<h1>Schedule 4 (Bells)</h1><h2>1. Bells</h2><p>1.1 The ringer <b>shall</b>:</p>"
        '<ol type="a"><li>ring within 2 days; and</li>'
        '<li><p>rest:</p><ol type="i"><li>sitting</li></ol></li></ol>'
        "<h2>2. Ropes</h2>"
    )

    assert shown(reading) == [
        ("1", "1.", "Bells"), ("1.1", "1.1", "The ringer shall:"),
        ("1.1(a)", "a.", "ring within 2 days; and"),
        ("1.1(b)", "b.", "rest:"), ("1.1(b)(i)", "i.", "sitting"), ("2", "2.", "Ropes"),
    ]  # fmt: skip
    assert (reading.kind, reading.warnings) == ("html", ())


def test_figures_under_figures_are_cited_with_those_above_them():
    reading = page(
        "<ol><li>Bells<ol><li>Ring.</li><li>Rest.<ol><li>Sit.</li></ol></li></ol></li><li>Ropes</li></ol>"
    )

    assert [(number, printed) for number, printed, _ in shown(reading)] == [
        ("1", "1."), ("1.1", "1."), ("1.2", "2."), ("1.2.1", "1."), ("2", "2."),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("opening", "items", "letters"),
    [
        ('<ol type="a" start="3">', "<li>x</li><li>y</li>", ["(c)", "(d)"]),
        ('<ol type="A">', '<li>x</li><li value="4">y</li><li>z</li>', ["(A)", "(D)", "(E)"]),
        ('<ol style="list-style-type: lower-roman">', "<li>x</li><li>y</li>", ["(i)", "(ii)"]),
        ('<ol style="list-style: inside upper-alpha">', "<li>x</li>", ["(A)"]),
        ('<ol type="a" reversed>', "<li>x</li><li>y</li>", ["(b)", "(a)"]),
    ],
)
def test_a_list_is_counted_as_a_browser_counts(opening, items, letters):
    reading = page(f"<p>1. Bells</p><p>1.1 The ringer:</p>{opening}{items}</ol>")

    assert numbers(reading)[2:] == [f"1.1{letter}" for letter in letters]


def test_an_item_that_begins_with_its_own_number_is_not_numbered_twice():
    reading = page("<ol><li>1. Bells<ol><li>1.1 Ring.</li><li>(a) loudly</li></ol></li></ol>")

    assert numbers(reading) == ["1", "1.1", "1.1(a)"]


def test_a_list_without_numbers_and_one_with_bullets_have_none():
    reading = page('<p>1. Bells</p><ol style="list-style:none"><li>soft</li></ol><ul><li>loud</li></ul>')

    assert (numbers(reading), reading.paragraphs[0].text) == (["1"], "soft\n· loud")


def test_what_a_browser_does_not_show_is_not_read():
    reading = page(
        "<nav><a>Home</a></nav><p>1. Bells</p><script>2. Ropes</script><p hidden>3. Knots</p><!-- 4. Ends -->"
        '<p>1.1 Ring <s>now</s> <span style="display:none">never</span>daily.</p><img alt="A bell">'
    )

    assert [one.text for one in reading.paragraphs] == ["", "Ring daily."]
    assert codes(reading) == ["hidden_text", "struck_through"]
    assert counts(reading) == {
        "paragraphs": 2, "struck": 1, "hidden": 2, "pictures": 1, "navigation": 1,
    }  # fmt: skip


def test_marked_changes_are_data():
    reading = page(
        '<p>1. Bells</p><p>1.1 Ring within <del datetime="2026-02-03T09:30Z">5</del>'
        '<ins datetime="2026-02-04">7</ins> days.</p>'
    )

    assert reading.paragraphs[1].text == "Ring within 7 days."
    assert [(c.kind, c.words, c.at.day, c.paragraph) for c in reading.changes] == [
        ("deleted", "5", 3, "1.1"), ("inserted", "7", 4, "1.1"),
    ]  # fmt: skip
    assert "tracked_changes" in codes(reading)


def test_tables_lines_and_fields_of_forms():
    reading = page(
        "<p>1. Bells</p><table><tr><th>No</th><th>What</th><th>By</th></tr>"
        "<tr><td>1</td><td>Ring</td><td>within 2 days</td></tr>"
        "<tr><td>2</td><td>Rest</td><td>daily</td></tr></table>"
        '<p>2. Ropes<br>2.1 Of <input value="hemp"> or <select><option>wire<option selected>silk</select>'
        '<input type="checkbox" checked><input type="hidden" value="x"></p><pre>2.2 Long\n2.3 Short</pre>'
    )

    assert numbers(reading) == ["1", "1/row 1", "1/row 2", "2", "2.1", "2.2", "2.3"]
    assert reading.paragraphs[4].text == "Of hemp or silk☒"
    assert [limit.paragraph for limit in reading.time_limits] == ["1/row 1", "1/row 2"]
    assert (counts(reading)["tables"], counts(reading)["form_fields"]) == (1, 2)


def test_a_page_says_its_own_encoding():
    words = '<html><meta charset="iso-8859-1"><p>1. Bells</p><p>1.1 Café.</p></html>'

    reading = read_document(words.encode("iso-8859-1"))
    assert (reading.paragraphs[1].text, codes(reading)) == ("Café.", [])


def test_entities_are_read_and_none_are_made_up():
    outside = b'<!DOCTYPE html [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    reading = read_document(outside + b"<html><p>1. Bells &amp; ropes</p><p>1.1 &a;</p></html>")

    assert reading.paragraphs[0].heading == "Bells & ropes"
    assert "root" not in reading.paragraphs[1].text


NESTED = """# Bells

<span class="note">1. **Terms**</span>

2. **Ringing**
    1. The ringer shall ring *within 2 days*.
    2. The ringer:
        a. is no list in Markdown
    3. Rest ~~never~~.
3. **Ropes**
    1. Hemp.

# Knots
"""


def test_lists_in_lists_of_markdown_keep_the_number_above_them():
    reading = read_document(NESTED.encode(), "bells.md")

    assert numbers(reading) == ["1", "2", "2.1", "2.2", "2.2(a)", "2.3", "3", "3.1"]
    assert reading.paragraphs[1].heading == "Ringing"
    assert [one.line for one in reading.paragraphs] == [3, 5, 6, 7, 8, 9, 10, 11]
    assert [(limit.paragraph, limit.limit.phrase) for limit in reading.time_limits] == [
        ("2.1", "within 2 days")
    ]
    assert (reading.kind, codes(reading)) == ("markdown", ["struck_through"])


def test_lines_of_markdown_stay_lines_and_indented_text_is_no_code():
    text = "## 1. Bells\n1.1 Ring:\n    (a) loudly; and\n    (b) often.\n1.2 Rest.\n## 2. Ropes\n"
    reading = read_document(text.encode())

    assert (reading.kind, numbers(reading)) == ("markdown", ["1", "1.1", "1.1(a)", "1.1(b)", "1.2", "2"])


def test_markdown_that_a_fixed_width_broke_is_put_together():
    words = " ".join(f"the ringer of bell {'abcdefghij'[n % 10]} rings it" for n in range(40))
    lines = [words[at : at + 70] for at in range(0, len(words), 70)]
    reading = read_document(("# Bells\n\n# Ropes\n\n1.1 " + "\n".join(lines) + "\n").encode())

    assert numbers(reading) == ["1.1"]
    assert len(reading.paragraphs[0].text.splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("bells.pdf", b"1. Bells\n", "the file is called bells.pdf and is a plain text: read as that"),
        (
            "C/bells.DOC",
            b"<html><p>1. Bells</p>",
            "the file is called bells.DOC and is a web page: read as that",
        ),
        (
            "bells.html",
            b"# A\n# B\n1. Bells\n",
            "the file is called bells.html and is a Markdown file: read as that",
        ),
    ],
)
def test_a_name_that_says_otherwise_is_named(name, data, said):
    assert [w.text for w in read_file(data, name).warnings if w.code == "name_disagrees"] == [said]


@pytest.mark.parametrize("name", ["bells.txt", "bells.md", "bells", "bells.2026", ""])
def test_a_name_that_agrees_or_says_nothing_is_not_mentioned(name):
    assert codes(read_document(b"1. Bells\n1.1 Ring.\n", name)) == []


def test_a_page_without_paragraphs_is_refused():
    with pytest.raises(ReaderError, match="no paragraphs found"):
        page("<p>A letter.</p>")
