"""How the words of a contract are shown: what the contract says, what is ours, and what is not used."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.urls import reverse

from contracts.models import Contract, ParagraphVersion
from contracts.selectors import WordsAsAt
from contracts.terms.moments import ONE_DAY, Day, long_day
from contracts.web.asking import day_query

DEEPEST = 4


@dataclass(frozen=True)
class ParagraphRow:
    """One paragraph in a list of them."""

    number: str
    printed: str
    heading: str
    summary: str
    words: str
    stopped: str
    stopped_short: str
    href: str
    anchor: str
    depth: int


@dataclass(frozen=True)
class ScopePart:
    """The paragraphs of one part of a schedule: main, Part A, Annex 1."""

    name: str
    anchor: str
    rows: list[ParagraphRow]


def scope_name(scope: str) -> str:
    """What a scope is called on a page."""
    return "Main part" if scope == "main" else scope


def place(scope: str, number: str) -> str:
    """A paragraph as people say it: "10.3", "Part A, 4.3.1"."""
    return number if scope == "main" else f"{scope}, {number}"


def depth(number: str) -> int:
    """How deep a paragraph lies, 1 to 4, for its indent."""
    return min(DEEPEST, 1 + sum(number[1:].count(mark) for mark in ".(/"))


def stopped_words(version: ParagraphVersion | None) -> str:
    """ "Not used from 10 March 2026 by Variation 001", or "" where it is used."""
    if version is None:
        return "Not in the contract on this day"
    if version.used:
        return ""
    by = f" by {version.begun_by}" if version.begun_by else ""
    return f"Not used from {long_day(version.in_force.lower)}{by}"


def paragraph_href(contract: Contract, citation: str, day: Day | None = None) -> str:
    """The address of a paragraph's page, as at a day where one is given."""
    address = reverse("paragraph", args=[contract.pk, citation])
    return address + (day_query(day) if day else "")


def row_of(contract: Contract, words: WordsAsAt, day: Day | None, above: str = "") -> ParagraphRow:
    """One paragraph. ``above``: why the one above it is not used, which is not said twice."""
    paragraph = words.paragraph
    stopped = stopped_words(words.version)
    return ParagraphRow(
        number=paragraph.number,
        printed=paragraph.printed if paragraph.printed != paragraph.number else "",
        heading=paragraph.heading,
        summary=paragraph.summary,
        words=words.text,
        stopped=stopped,
        stopped_short="Not used" if stopped and stopped == above else stopped,
        href=paragraph_href(contract, paragraph.citation, day),
        anchor=f"p{paragraph.pk}",
        depth=depth(paragraph.number),
    )


def parts(contract: Contract, text: Iterable[WordsAsAt], day: Day | None) -> list[ScopePart]:
    """The paragraphs of one schedule, part by part."""
    return [
        ScopePart(scope_name(scope), f"part-{number}", rows_of(contract, rows, day))
        for number, (scope, rows) in enumerate(groupby(text, key=lambda one: one.paragraph.scope), 1)
    ]


def rows_of(
    contract: Contract, text: Iterable[WordsAsAt], day: Day | None, above: str = ""
) -> list[ParagraphRow]:
    """Paragraphs in a row; why they are not used is said in full once and then in short."""
    rows = []
    for one in text:
        rows.append(row_of(contract, one, day, above))
        above = rows[-1].stopped
    return rows


@dataclass(frozen=True)
class VersionRow:
    """One line of a paragraph's history."""

    days: str
    says: str
    by: str
    words: str


def version_rows(history: list[ParagraphVersion]) -> list[VersionRow]:
    """A paragraph's versions, newest first."""
    return [
        VersionRow(
            days=span_words(version),
            says="Used" if version.used else "Not used",
            by=str(version.begun_by) if version.begun_by else "The contract as made",
            words=version.text,
        )
        for version in sorted(history, key=lambda version: version.in_force.lower, reverse=True)
    ]


def span_words(version: ParagraphVersion) -> str:
    """ "From 30 April 2019 to 9 March 2026", or "From 10 March 2026"."""
    first, until = version.in_force.lower, version.in_force.upper
    end = f" to {long_day(until - ONE_DAY)}" if until else ""
    return f"From {long_day(first)}{end}"
