"""One schedule as a file of every kind: real lists in Word and OpenDocument, letters in lists on a web page,
pages in a PDF. What each line is, the reading of the plain text says.
"""

from __future__ import annotations

import html
import io
import re
from dataclasses import dataclass

from contracts.reader.lines import lines_of
from contracts.reader.text import read
from tests.contracts.reader import odt_files
from tests.contracts.reader.word_files import WordFile, level

_PRINTED = re.compile(
    r"(?P<before>(?:Clause |Article |Section |[A-Z](?=\d)|\()?)(?P<figures>[\d.]*\d|[A-Za-z]+)"
    r"(?P<after>[.)]*(?: -)?)$"
)
_ROMAN = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv")


@dataclass(frozen=True)
class Numbered:
    """A printed number: its level from 0, its form, its value there, and what is printed around it."""

    level: int
    form: str
    value: int
    before: str
    after: str


@dataclass(frozen=True)
class Item:
    """A line of the schedule: words with a number or without, or the rows of a table."""

    words: str
    number: Numbered | None = None
    printed: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


def items_of(text):
    """The lines of a schedule, each with the number that the reading of the text believes."""
    starts = {paragraph.line: paragraph for paragraph in read(text).paragraphs}
    found, rows = [], []
    for line in lines_of(text):
        if line.cell and not _is_numbered(line, starts.get(line.no)):
            rows.append(line)
            continue
        if rows and (line.blank or not (rows[-1].blank or line.no in starts)):
            rows.append(line)
            continue
        found += _tables(rows)
        rows = []
        if line.words:
            found.append(_item(line, starts.get(line.no)))
    return found + _tables(rows)


def _tables(lines):
    from contracts.reader.tables import rows_of

    rows = tuple(tuple(cell.text for cell in row) for row in rows_of(lines))
    if len(rows) > 1:
        return [Item("", rows=rows)]
    return [Item(line.words) for line in lines if line.words]


def _is_numbered(line, paragraph):
    """Whether a line begins with the number it is printed with: an item, also where it is set in by a tab."""
    return paragraph is not None and bool(paragraph.printed) and line.words.startswith(paragraph.printed)


def _item(line, paragraph):
    if not _is_numbered(line, paragraph):
        return Item(line.words)
    number = _numbered(paragraph.number, paragraph.printed)
    if number is None:
        return Item(line.words)
    return Item(line.words.removeprefix(paragraph.printed).strip(), number, paragraph.printed)


def _numbered(number, printed):
    match = _PRINTED.match(printed)
    if not match:
        return None
    figures, _, inner = number.partition("(")
    if not inner:
        value = int(match["figures"].rpartition(".")[2]) if match["figures"][-1].isdigit() else 0
        return (
            Numbered(figures.count("."), "figures", value, match["before"], match["after"]) if value else None
        )
    mark, depth = match["figures"], _LETTERS - 1 + number.count("(")
    if mark.isdigit():
        return Numbered(depth, "1", int(mark), match["before"], match["after"])
    roman = mark in _ROMAN and (len(mark) > 1 or mark in "ivx") and not number.endswith("(h)")
    if roman and (depth > 4 or _ROMAN.index(mark) == 1 or len(mark) > 1):
        return Numbered(depth, "i", _ROMAN.index(mark), match["before"], match["after"])
    return Numbered(depth, "a", ord(mark.lower()) - ord("a") + 1, match["before"], match["after"])


_LETTERS = 4
"""The level of the first list below the figures."""


class _Counts:
    """Says where a list would not count on by itself."""

    def __init__(self):
        self.counts = {}
        self.look = {}

    def is_next(self, number):
        """Whether the number comes next in the list as it stands; it is counted."""
        look = (number.form, number.before, number.after)
        follows = self.counts.get(number.level, 0) + 1 == number.value
        usual = ("figures" if number.level < _LETTERS else "a", "", "")
        same = self.look.get(number.level, usual) == look
        self.counts = {place: count for place, count in self.counts.items() if place < number.level}
        self.counts[number.level] = number.value
        self.look[number.level] = look
        return follows and same


class _Lists:
    """Which list each numbered line is in: one for the figures, one for each run of letters below them. A
    list that cannot count on by itself is a new one.
    """

    def __init__(self, begin):
        self.begin, self.counts, self.key, self.current = begin, _Counts(), 0, {}

    def of(self, number):
        """The key of the list, and whether it is new."""
        below = number.level >= _LETTERS
        follows = self.counts.is_next(number)
        fresh = below not in self.current or not follows or (number.level == _LETTERS and number.value == 1)
        if fresh:
            self.key += 1
            self.current[below] = self.key
            self.begin(self.key, number.level, self.counts)
        return self.current[below], fresh


def _starts(counts, top):
    """For each level what is printed and where it starts, in a list whose first number is at a level."""
    for place in range(9):
        look = counts.look.get(place, ("figures" if place < _LETTERS else "a", "", ""))
        yield place, *look, counts.counts.get(place, 1) if place <= top else 1


def as_docx(text):
    """A Word file whose numbers are those of lists."""
    word = WordFile()

    def begin(key, top, counts):
        forms = {"figures": "decimal", "1": "decimal", "a": "lowerLetter", "i": "lowerRoman"}
        rows = []
        for place, form, before, after, start in _starts(counts, top):
            shown = ".".join(f"%{n}" for n in range(1, place + 2)) if form == "figures" else f"%{place + 1}"
            rows.append(level(place, forms[form], f"{before}{shown}{after}", start=start))
        word.definition(key, "".join(rows))
        word.list(key, key)

    lists = _Lists(begin)
    for item in items_of(text):
        if item.rows:
            width = max(map(len, item.rows))
            word.table(*[row + ("",) * (width - len(row)) for row in item.rows])
        elif item.number is None:
            word.add(item.words)
        else:
            word.add(item.words, list_id=lists.of(item.number)[0], place=item.number.level)
    return word.bytes()


def as_odt(text):
    """An OpenDocument file whose numbers are those of list styles."""
    styles, body = [], []

    def begin(key, top, counts):
        levels = []
        for place, form, before, after, start in _starts(counts, top):
            shown, above = ("1", place + 1) if form == "figures" else (form, 1)
            levels.append(odt_files.level(place + 1, shown, after, before, above, start))
        styles.append(odt_files.list_style(f"L{key}", *levels))

    lists = _Lists(begin)
    for item in items_of(text):
        if item.rows:
            body.append(_odt_table(item.rows))
        elif item.number is None:
            body.append(odt_files.p(_odt_words(item.words)))
        else:
            key, fresh = lists.of(item.number)
            inner = odt_files.item(odt_files.p(_odt_words(item.words)))
            for _ in range(item.number.level):
                inner = odt_files.item(odt_files.sublist(inner))
            more = "" if fresh else ' text:continue-numbering="true"'
            body.append(odt_files.lists(inner, style=f"L{key}", more=more))
    return odt_files.odt(*body, styles="".join(styles))


def _odt_words(words):
    return html.escape(words).replace("\t", "<text:tab/>")


def _odt_table(rows):
    cells = []
    for row in rows:
        inner = ("".join(odt_files.p(_odt_words(line)) for line in cell.split("\n")) for cell in row)
        cells.append("".join(f"<table:table-cell>{cell}</table:table-cell>" for cell in inner))
    return (
        f"<table:table>{''.join(f'<table:table-row>{row}</table:table-row>' for row in cells)}</table:table>"
    )


def as_html(text):
    """A web page: figures are text, letters and Roman numerals the browser's own."""
    parts, opened = [], []
    for item in items_of(text):
        listed = item.number is not None and item.number.form in ("a", "i", "1")
        while opened and not (listed and opened[-1] <= item.number.level):
            parts.append("</li></ol>")
            opened.pop()
        if item.rows:
            cells = (
                f"<tr>{''.join(f'<td>{_html_lines(cell)}</td>' for cell in row)}</tr>" for row in item.rows
            )
            parts.append(f"<table>{''.join(cells)}</table>")
        elif listed:
            if opened and opened[-1] == item.number.level:
                parts.append("</li>")
            else:
                parts.append(f'<ol type="{item.number.form}">')
                opened.append(item.number.level)
            parts.append(f'<li value="{item.number.value}">{_kept_tabs(item.words, "span")}')
        else:
            parts.append(_kept_tabs(f"{item.printed} {item.words}".strip(), "p"))
    parts += ["</li></ol>" for _ in opened]
    return f"<!doctype html><html><body>{''.join(parts)}</body></html>".encode()


def _kept_tabs(words, element):
    """Words of a page; those with tabs are preformatted."""
    element = "pre" if "\t" in words else element
    return f"<{element}>{html.escape(words)}</{element}>"


def _html_lines(cell):
    return "".join(f"<p>{html.escape(line)}</p>" for line in cell.split("\n"))


_PAGE = """<style>@page { size: A4; margin: 25mm; @top-center { content: "A schedule for trial" }
@bottom-center { content: "Page " counter(page) " of " counter(pages) } }
p { margin: 0 0 2mm; font: 10pt serif } td { border: 1px solid; vertical-align: top; padding: 1mm }</style>"""


def as_pdf(text):
    """A PDF with a header and a footer on each page."""
    parts = [_PAGE]
    for item in items_of(text):
        if item.rows:
            cells = (
                f"<tr>{''.join(f'<td>{_html_lines(cell)}</td>' for cell in row)}</tr>" for row in item.rows
            )
            parts.append(f"<table>{''.join(cells)}</table>")
        else:
            parts.append(f"<p>{html.escape(f'{item.printed} {item.words}'.strip())}</p>")
    target = io.BytesIO()
    import weasyprint  # needs Pango from the system, so only where a PDF is made

    weasyprint.HTML(string="".join(parts)).write_pdf(target)
    return target.getvalue()


WRITERS = {"docx": as_docx, "odt": as_odt, "html": as_html, "pdf": as_pdf}

__all__ = ["WRITERS", "as_docx", "as_html", "as_odt", "as_pdf", "items_of"]
