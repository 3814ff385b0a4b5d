"""How Duly's own reading rules (docs/reading-the-contract.md) become a page with an address for each rule."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

SOURCE = Path(settings.BASE_DIR) / "docs" / "reading-the-contract.md"
RULE = re.compile(r"\*\*(R\d+)\b\s*([^*]*)\*\*")
BOLD_CLOSE = re.compile(r"\.$")

CLASSES = {
    "<p>": '<p class="govuk-body">',
    "<ul>": '<ul class="govuk-list govuk-list--bullet">',
    "<ol>": '<ol class="govuk-list govuk-list--number">',
    "<table>": '<table class="govuk-table">',
    "<th>": '<th class="govuk-table__header" scope="col">',
    "<td>": '<td class="govuk-table__cell">',
}


@dataclass(frozen=True)
class RuleEntry:
    """One rule: its number, its name and its words as HTML made from our own file."""

    key: str
    name: str
    words: SafeString


@dataclass
class RuleSection:
    """Rules under one heading, and what stands there that is no rule."""

    title: str
    intro: SafeString = field(default_factory=SafeString)
    rules: list[RuleEntry] = field(default_factory=list)


def sections() -> list[RuleSection]:
    """The page's sections, read again when the file changes."""
    return _sections(SOURCE.stat().st_mtime_ns) if SOURCE.is_file() else []


@lru_cache(maxsize=1)
def _sections(_changed: int) -> list[RuleSection]:
    found = [RuleSection("")]
    for block in _blocks(SOURCE.read_text(encoding="utf-8")):
        if block.startswith("# "):
            continue
        if block.startswith("#"):
            found.append(RuleSection(block.lstrip("# ").strip()))
        elif rules := _rules(block):
            found[-1].rules += rules
        else:
            found[-1].intro += html(block)  # type: ignore[assignment]
    return [section for section in found if section.title or section.intro or section.rules]


def _blocks(text: str) -> list[str]:
    """Headings, list items and paragraphs, each with its own lines."""
    blocks: list[str] = []
    for line in text.splitlines():
        starts = line.startswith(("#", "- ")) or not line.strip()
        if starts or not blocks or blocks[-1].startswith("#"):
            blocks.append("")
        blocks[-1] += line + "\n"
    return [block.strip() for block in blocks if block.strip()]


def _rules(block: str) -> list[RuleEntry]:
    """A list item that holds one rule, or several in a row."""
    body = block.removeprefix("- ")
    starts = [match.start() for match in RULE.finditer(body)]
    if not starts or starts[0] != 0:
        return []
    entries = []
    for start, end in zip(starts, [*starts[1:], len(body)], strict=True):
        part = body[start:end].strip()
        match = RULE.match(part)
        assert match
        name, rest = BOLD_CLOSE.sub("", match[2].strip()), part[match.end() :].strip()
        entries.append(RuleEntry(match[1], name, html(rest)))
    return entries


def html(markdown: str) -> SafeString:
    """Our own Markdown as HTML; any HTML written in it is shown as text."""
    made = MarkdownIt("commonmark", {"html": False}).enable("table").render(markdown)
    for plain, dressed in CLASSES.items():
        made = made.replace(plain, dressed)
    return mark_safe(made)  # noqa: S308 - from our own file, with HTML switched off
