"""How Duly's own reading rules (docs/reading-the-contract.md) become a page with an address for each rule."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

SOURCE = Path(settings.BASE_DIR) / "docs" / "reading-the-contract.md"
ANCHOR = re.compile(r'^<a id="[\w-]+"></a>\n', re.MULTILINE)
RULE = re.compile(r"R\d+")
RULE_LINK = re.compile(r"#(r\d+)")

CLASSES = {
    "paragraph_open": "govuk-body",
    "bullet_list_open": "govuk-list govuk-list--bullet",
    "ordered_list_open": "govuk-list govuk-list--number",
    "blockquote_open": "govuk-inset-text",
    "table_open": "govuk-table",
    "thead_open": "govuk-table__head",
    "tbody_open": "govuk-table__body",
    "tr_open": "govuk-table__row",
    "th_open": "govuk-table__header",
    "td_open": "govuk-table__cell",
    "link_open": "govuk-link",
}
HEADINGS = {"h2": "govuk-heading-l", "h3": "govuk-heading-m"}


def page() -> SafeString:
    """The rules as HTML, made again when the file changes; empty where the file is missing."""
    return _page(SOURCE.stat().st_mtime_ns) if SOURCE.is_file() else SafeString("")


@lru_cache(maxsize=1)
def _page(_changed: int) -> SafeString:
    return html(SOURCE.read_text(encoding="utf-8"))


def html(markdown: str) -> SafeString:
    """Our own Markdown as HTML, without its title. Any HTML written in it is shown as text."""
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = list(_without_title(reader.parse(ANCHOR.sub("", markdown))))
    for place, token in enumerate(tokens):
        _dress(token, tokens[place + 1].content if place + 1 < len(tokens) else "")
    made: str = reader.renderer.render(tokens, reader.options, {})
    return mark_safe(made)  # noqa: S308 - from our own file, with HTML switched off


def _without_title(tokens: list[Token]) -> Iterator[Token]:
    inside = False
    for token in tokens:
        inside = inside or (token.type == "heading_open" and token.tag == "h1")
        if not inside:
            yield token
        inside = inside and token.type != "heading_close"


def _dress(token: Token, following: str) -> None:
    """Gives a token its class, and a heading the address that a link to it uses."""
    if name := CLASSES.get(token.type):
        token.attrSet("class", name)
    if token.type == "th_open":
        token.attrSet("scope", "col")
    if token.type == "heading_open":
        token.attrSet("class", HEADINGS.get(token.tag, "govuk-heading-s"))
        rule = RULE.match(following)
        token.attrSet("id", rule[0] if rule else re.sub(r"[^\w]+", "-", following.lower()).strip("-"))
    if token.children:
        token.children = list(_with_links(token.children))


def _with_links(tokens: list[Token]) -> Iterator[Token]:
    """Links within the page keep their address; other files of the docs are not on the site."""
    dead = False
    for token in tokens:
        if token.type == "link_open":
            address = str(token.attrGet("href") or "")
            dead = not address.startswith(("#", "https://"))
            if rule := RULE_LINK.fullmatch(address):
                token.attrSet("href", f"#{rule[1].upper()}")
            token.attrSet("class", CLASSES["link_open"])
        if not (dead and token.type in ("link_open", "link_close")):
            yield token
