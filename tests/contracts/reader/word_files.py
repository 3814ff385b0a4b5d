"""Small Word files for tests, built in code: lists, styles, and paragraphs that use them."""

from __future__ import annotations

import io

import docx
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

# One list of the kind public contracts use: 1. / 1.1 / 1.1.1 / (a) / (i)
CONTRACT_LEVELS = [
    ("decimal", "%1."),
    ("decimal", "%1.%2"),
    ("decimal", "%1.%2.%3"),
    ("lowerLetter", "(%4)"),
    ("lowerRoman", "(%5)"),
]


def level(place, form, text, start=1, style=None, extra=""):
    link = f'<w:pStyle w:val="{style}"/>' if style else ""
    return (
        f'<w:lvl w:ilvl="{place}"><w:start w:val="{start}"/><w:numFmt w:val="{form}"/>{extra}{link}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def levels(rows, **styles):
    return "".join(level(place, *row, style=styles.get(f"l{place}")) for place, row in enumerate(rows))


class WordFile:
    """A Word file in the making."""

    def __init__(self):
        self.document = docx.Document()
        self.numbering = self.document.part.numbering_part.element
        for child in list(self.numbering):
            self.numbering.remove(child)
        self.count = 0

    def definition(self, key, inner):
        xml = f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{key}">{inner}</w:abstractNum>'
        self.numbering.insert(self.count, parse_xml(xml))
        self.count += 1

    def list(self, key, definition, overrides=""):
        inner = f'<w:abstractNumId w:val="{definition}"/>{overrides}'
        xml = f'<w:num {nsdecls("w")} w:numId="{key}">{inner}</w:num>'
        self.numbering.append(parse_xml(xml))

    def style(self, name, base=None, list_id=None, place=None):
        style = self.document.styles.add_style(name, docx.enum.style.WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = self.document.styles[base] if base else None
        if list_id is not None or place is not None:
            properties = style.element.get_or_add_pPr()
            properties.append(self._numbers(list_id, place))

    def _numbers(self, list_id, place):
        inner = "" if place is None else f'<w:ilvl w:val="{place}"/>'
        inner += "" if list_id is None else f'<w:numId w:val="{list_id}"/>'
        return parse_xml(f"<w:numPr {nsdecls('w')}>{inner}</w:numPr>")

    def add(self, text, style=None, list_id=None, place=None, to=None):
        paragraph = (to or self.document).add_paragraph(text, style=style)
        if list_id is not None or place is not None:
            paragraph._p.get_or_add_pPr().append(self._numbers(list_id, place))
        return paragraph

    def table(self, *rows):
        table = self.document.add_table(rows=len(rows), cols=len(rows[0]))
        for row, words in zip(table.rows, rows, strict=True):
            for cell, text in zip(row.cells, words, strict=True):
                parts = text.split("\n")
                cell.paragraphs[0].text = parts[0]
                for part in parts[1:]:
                    cell.add_paragraph(part)
        return table

    def runs(self, *runs, style=None, list_id=None, place=None):
        """A paragraph of runs: words, or a pair of words and the XML of how they look ("<w:strike/>")."""
        paragraph = self.add("", style=style, list_id=list_id, place=place)
        for run in runs:
            words, look = (run, "") if isinstance(run, str) else run
            inner = words if words.startswith("<") else f'<w:t xml:space="preserve">{words}</w:t>'
            xml = f"<w:r {nsdecls('w')}><w:rPr>{look}</w:rPr>{inner}</w:r>"
            paragraph._p.append(parse_xml(xml))
        return paragraph

    def part(self, name, inner):
        """A part beside the body: footnotes, endnotes or comments."""
        xml = f"<w:{name} {nsdecls('w')}>{inner}</w:{name}>"
        kind = f"application/vnd.openxmlformats-officedocument.wordprocessingml.{name}+xml"
        part = Part(PackURI(f"/word/{name}.xml"), kind, xml.encode(), self.document.part.package)
        self.document.part.relate_to(
            part, f"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{name}"
        )

    def insert_xml(self, xml):
        body = self.document.element.body
        body.insert(len(body) - 1, parse_xml(xml))

    def bytes(self):
        stream = io.BytesIO()
        self.document.save(stream)
        return stream.getvalue()


def contract_file():
    """A file whose list 1 is the usual contract list."""
    word = WordFile()
    word.definition(1, levels(CONTRACT_LEVELS))
    word.list(1, 1)
    return word


__all__ = ["CONTRACT_LEVELS", "WordFile", "contract_file", "level", "levels", "qn"]
