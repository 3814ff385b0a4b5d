"""Large documents in our own words, and files meant to do harm, of every kind that is read."""

from __future__ import annotations

import html
import io
import random
import zipfile
import zlib
from collections.abc import Callable

from tests.contracts.reader import odt_files
from tests.contracts.reader.pdf_files import Drawn, pdf
from tests.contracts.reader.word_files import contract_file

_WHO = ("the Keeper", "the Ringer", "the Harbour Office", "each Warden", "the Boat Crew")
_WHAT = ("check the lamp", "write up the log", "send the chart", "renew the rope", "tell the other of it")
_WHEN = (
    "within five (5) Working Days of the tide table",
    "before nightfall",
    "no later than 30 days after the storm",
    "every six months",
    "as soon as it can",
)
_MORE = (
    "The log is kept with the charts.",
    "Nothing here takes the place of good seamanship.",
    "Where the fog signal sounds, paragraph 2.3 comes first.",
    "The list in the annex is not complete.",
)


def paragraphs(count, seed=1):
    """Numbered paragraphs of a schedule: each its number and its words."""
    dice = random.Random(seed)
    for place in range(count):
        top, below = divmod(place, 25)
        if not below:
            yield f"{top + 1}.", f"Lights and signals {top + 1}"
            continue
        said = [f"{dice.choice(_WHO).capitalize()} shall {dice.choice(_WHAT)} {dice.choice(_WHEN)}."]
        said += dice.sample(_MORE, dice.randint(1, 4))
        yield f"{top + 1}.{below}", " ".join(said)


def text(count):
    """A schedule of so many paragraphs as plain text."""
    return "\n".join(f"{number} {words}" for number, words in paragraphs(count)).encode()


def web_page(count):
    """The same as a web page."""
    inner = "".join(f"<p>{number} {html.escape(words)}</p>" for number, words in paragraphs(count))
    return f"<html><body>{inner}</body></html>".encode()


def odt_file(count):
    """The same as an OpenDocument text."""
    return odt_files.odt(*(odt_files.p(f"{number} {words}") for number, words in paragraphs(count)))


def word_file(count):
    """The same as a Word file, its numbers those of a list."""
    word = contract_file()
    for number, words in paragraphs(count):
        word.add(words, list_id=1, place=0 if number.endswith(".") else 1)
    return word.bytes()


def word_table(rows, columns=4):
    """A Word file with one table of so many rows, whose serials stop in the middle."""
    word = contract_file()
    word.add("Lights", list_id=1, place=0)
    cells = "".join(
        f"<w:tr>{''.join(f'<w:tc><w:p><w:r><w:t>{words}</w:t></w:r></w:p></w:tc>' for words in row)}</w:tr>"
        for row in _rows(rows, columns)
    )
    word.insert_xml(f'<w:tbl xmlns:w="{_W}">{cells}</w:tbl>')
    return word.bytes()


_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def _rows(rows, columns):
    yield ["No"] + ["What"] * (columns - 1)
    for place in range(rows):
        yield [str(place + 1) if place * 2 < rows else "see above"] + ["within 2 days"] * (columns - 1)


def long_pdf(count=2400):
    """A PDF of about 300 pages for 2,400 paragraphs, by WeasyPrint."""
    import weasyprint

    style = (
        "<style>@page { size: A4; margin: 30mm; @top-center { content: 'Lights' }"
        " @bottom-center { content: 'Page ' counter(page) ' of ' counter(pages) } }"
        " p { font: 12pt/1.7 serif }</style>"
    )
    inner = "".join(f"<p>{number} {html.escape(words)}</p>" for number, words in paragraphs(count))
    target = io.BytesIO()
    weasyprint.HTML(string=style + inner).write_pdf(target)
    return target.getvalue()


def zip_of(**parts):
    """A zip of parts, by name with "__" for the slash and the last "_" for the point."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(".".join(name.replace("__", "/").rsplit("_", 1)), data)
    return stream.getvalue()


def word_bomb(megabytes=500):
    """A Word file whose text unpacks to so many megabytes."""
    return zip_of(word__document_xml=b"<a>" + b" " * (megabytes * 1_000_000))


def _word_of(body):
    """A Word file with another body, given as XML."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(contract_file().bytes())) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, body.encode() if name == "word/document.xml" else old.read(name))
    return stream.getvalue()


def word_entities():
    """A Word file with entities that each hold the one before ten times over."""
    lines = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "lamp"}">' for n in range(9))
    inner = "<w:p><w:r><w:t>1. Lights &e8;</w:t></w:r></w:p>"
    return _word_of(f'<!DOCTYPE d [{lines}]><w:document xmlns:w="{_W}"><w:body>{inner}</w:body></w:document>')


def deep_word(depth):
    """A Word file with tables in tables."""
    first = "<w:p><w:r><w:t>1. Lights</w:t></w:r></w:p>"
    inner = "<w:p><w:r><w:t>deep</w:t></w:r></w:p>"
    opening, closing = "<w:tbl><w:tr><w:tc>", "<w:p/></w:tc></w:tr></w:tbl>"
    tables = f"{opening * depth}{inner}{closing * depth}"
    return _word_of(f'<w:document xmlns:w="{_W}"><w:body>{first}{tables}</w:body></w:document>')


def pdf_bomb(megabytes=400):
    """A PDF of one page whose content unpacks to so many megabytes of drawing."""
    packed = zlib.compress(b"q 1 0 0 1 0 0 cm Q\n" * (megabytes * 50_000), 9)
    head = f"<< /Length {len(packed)} /Filter /FlateDecode >>\nstream\n".encode()
    return _pages(head + packed + b"\nendstream")


def pdf_of_shared_drawing(pages=400, operators=300_000):
    """A PDF whose pages all show the one drawing, of so many operators: some kilobytes."""
    packed = zlib.compress(b"q 1 0 0 1 0 0 cm Q\n" * (operators // 3), 9)
    head = f"<< /Length {len(packed)} /Filter /FlateDecode >>\nstream\n".encode()
    return _pages(head + packed + b"\nendstream", pages)


def pdf_of_one_page(kilobytes):
    """A PDF of one page with so many kilobytes of words on it."""
    line = "(The Keeper shall check the lamp within 2 days.) Tj 0 -1 Td\n"
    words = "BT /F1 1 Tf 10 800 Td\n" + line * (kilobytes * 1024 // len(line)) + "ET"
    return pdf(Drawn(words))


def pdf_in_circles():
    """A PDF whose pages hold one another."""
    whole = pdf(["1. Lights"])
    return whole.replace(b"/Kids [5 0 R]", b"/Kids [2 0 R]")


def _pages(stream, count=1):
    kids = " ".join(f"{place + 4} 0 R" for place in range(count))
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 3 0 R /Resources << >> >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>".encode(),
        stream,
        *[page] * count,
    ]
    out = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}".encode()
    return out + f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{end}\n%%EOF".encode()


FILES: dict[str, Callable[[], bytes]] = {
    "pdf of 300 pages": long_pdf,
    "text of 2,400 paragraphs": lambda: text(2_400),
    "word file of 2,400 paragraphs": lambda: word_file(2_400),
    "odt of 2,400 paragraphs": lambda: odt_file(2_400),
    "web page of 2,400 paragraphs": lambda: web_page(2_400),
    "text of 2.5 MB": lambda: text(14_000),
    "text of 2.5 MB in one paragraph": lambda: (
        b"1. Lights\n1.1 " + b"shall check it within 30 days or " * 76_000
    ),
    "500,000 lines": lambda: b"1.1 x\n" * 500_000,
    "100,000 lines, one number": lambda: b"1. A\n" + b"1.1 x\n" * 99_000,
    "80,000 cells of a text": lambda: b"1. A\n" + b"\tx\nwords\n" * 40_000,
    "word table of 10,000 rows": lambda: word_table(10_000),
    "word file, tables in tables": lambda: deep_word(60),
    "word file, deeper": lambda: deep_word(2_000),
    "word file of 500 MB": word_bomb,
    "word file of entities": word_entities,
    "web page of 20,000 levels": lambda: b"<html><p>1. A</p>" + b"<div>" * 20_000,
    "web page of 1,900 lists": lambda: b"<html><p>1. A</p>" + b"<ol><li>x" * 900,
    "web page of 400,000 elements": lambda: b"<html><p>1. A</p>" + b"<p>1.1 <b>x</b>" * 190_000,
    "pdf of one page, 2 MB of words": lambda: pdf_of_one_page(2_000),
    "pdf of 400 MB of drawing": pdf_bomb,
    "pdf in circles": pdf_in_circles,
    "400 pages that share one drawing": pdf_of_shared_drawing,
    "99,000 lines of a letter": lambda: b"1. a\n" * 99_000,
    "52,000 lines, a limit each": lambda: (
        b"1. The Supplier shall within five (5) Working Days do it\n" * 52_000
    ),
    "100,000 limits in a line": lambda: b"1. A\n1.1 " + b"within five (5) Working Days " * 100_000,
    "7,000 numbers of 200 parts": lambda: b"1. A\n" + (b"1." * 200 + b" x\n") * 7_000,
    "90,000 definitions": lambda: (
        b"1. A\n" + b"".join(b'"Lamp %d" means a lamp;\n' % place for place in range(90_000))
    ),
    "word file of 150 MB": lambda: word_bomb(150),
}
"""What each is, and how it is made."""
