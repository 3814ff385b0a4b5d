"""Markdown as lines: as the page that it makes, each line with its number in the file."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt

from contracts.reader.html import lines_of_html
from contracts.reader.lines import Line, rewrapped
from contracts.reader.results import Notes

_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+\S", re.M)
_SIGN = re.compile(
    r"^ {0,3}(?:#{1,6}[ \t]+\S|(?:\*\*|__)[\w(]|\[[^\]\n]{1,80}\]\(|!\[|```|\|?[ \t]*:?-{3,}:?[ \t]*\|"
    r"|<(?:span|div|a|br)\b)",
    re.M,
)
_HEADINGS, _SIGNS = 2, 4


def is_markdown(text: str, called_so: bool = False) -> bool:
    """Whether a text is Markdown: by two headings, by several other signs, or because it is ``called_so``."""
    headings = sum(1 for _ in _HEADING.finditer(text))
    if headings >= _HEADINGS or called_so:
        return True
    return sum(1 for _ in _SIGN.finditer(text)) >= _SIGNS


def lines_of_markdown(text: str, notes: Notes) -> list[Line]:
    """The lines of a Markdown file. A line of the file stays a line, and indented text is no code.
    Raises ReaderError where the page it makes cannot be read.
    """
    reader = MarkdownIt("commonmark", {"breaks": True, "html": True, "maxNesting": 100})
    reader.enable(["table", "strikethrough"]).disable(["code", "lheading"])
    tokens = reader.parse(text)
    for token in tokens:
        if token.map and token.nesting >= 0 and token.type not in ("inline", "html_block"):
            token.attrSet("data-line", str(token.map[0] + 1))
    page = reader.renderer.render(tokens, reader.options, {})
    return rewrapped(lines_of_html(f"<html><body>{page}</body></html>", notes, numbered=True))
