"""Templates in words: what one holds, and what using it would decide."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from contracts.models import Contract, Paragraph
from contracts.terms.comparison import Mark, Run, compare
from contracts.terms.limit_words import in_words
from contracts.terms.moments import london_day, long_day
from contracts.web.text.presenters import place
from contracts.web.words import count
from obligations.models import BookTemplate
from obligations.rules.register.book_template import ASKS, NOTHING, TemplateParagraph
from obligations.rules.register.claimed import limit_of_entry
from obligations.rules.register.template_match import Other
from obligations.services.book_templates.planning import Plan, Taken
from obligations.web.coverage.presenters import SHAPES

PARTIES = {"supplier": "the supplier", "authority": "the authority", "both": "both parties"}


@dataclass(frozen=True)
class TemplateRow:
    """One template in a list."""

    title: str
    about: str
    href: str


@dataclass(frozen=True)
class Line:
    """One paragraph with what it asks, a line each, or why it asks for nothing."""

    place: str
    heading: str
    words: str
    asks: list[str]
    why: str


@dataclass(frozen=True)
class Side:
    """A piece of a text beside another."""

    text: str
    changed: bool


@dataclass(frozen=True)
class Beside:
    """A paragraph whose words differ from the template's."""

    place: str
    href: str
    note: str
    theirs: list[Side]
    ours: list[Side]
    asks: list[str]


@dataclass(frozen=True)
class Left:
    """A paragraph that is not taken over, and why."""

    place: str
    href: str
    why: str


def template_row(one: BookTemplate) -> TemplateRow:
    """One template in a list."""
    where = f"from {one.contract.reference}" if one.contract else "from a file"
    about = (
        f"{count(one.paragraphs, 'paragraph')}, {one.decided:,} decided. Kept {where} by {one.kept_by_name}"
        f" on {long_day(london_day(one.kept_at))}."
    )
    return TemplateRow(one.title, about, reverse("template", args=[one.organisation_id, one.pk]))


def line(one: TemplateParagraph) -> Line:
    """One paragraph of a template."""
    scope, _, number = one.path.partition("/")
    asks = [entry_words(entry) for entry in one.entries]
    why = {ASKS: "", NOTHING: f"Asks for nothing: {one.why}"}.get(one.outcome, "Nobody had decided it.")
    return Line(place(scope, number), one.heading, one.words, asks, why)


def entry_words(entry: Mapping[str, Any]) -> str:
    """An entry in one line."""
    said = [str(entry["title"]), SHAPES.get(entry["shape"], entry["shape"]).lower()]
    said.append(PARTIES[entry["party"]])
    limit = limit_of_entry(entry)
    if limit is not None:
        least = "at least " if limit.qualifier == "at_least" and not limit.before else ""
        said.append(f"{least}{in_words(limit)}")
    return ", ".join(said)


def taken_line(one: Taken) -> Line:
    """One paragraph that would be decided."""
    paragraph, source = one.paragraph, one.source
    asks = [entry_words(entry) for entry in one.entries]
    why = f"Asks for nothing: {source.why}" if source.why else ""
    return Line(place(paragraph.scope, paragraph.number), paragraph.heading, source.words, asks, why)


def besides(contract: Contract, found: Plan) -> list[Beside]:
    """The paragraphs whose words differ, side by side with the template's."""
    return [_beside(contract, *one) for one in found.others]


def _beside(contract: Contract, paragraph: Paragraph, other: Other, words: str) -> Beside:
    theirs = other.template
    runs = compare(theirs.words, words)
    note = "The words are the same; the words that lead in to them differ." if other.led_in else ""
    if theirs.heading != paragraph.heading and not other.led_in:
        ours = paragraph.heading or "none"
        note = f"The heading is “{ours}” here and “{theirs.heading or 'none'}” in the template."
    return Beside(
        place=place(paragraph.scope, paragraph.number),
        href=reverse("entry_paragraph", args=[contract.pk, paragraph.pk]),
        note=note,
        theirs=_sides(runs, Mark.ADDED, Mark.REMOVED),
        ours=_sides(runs, Mark.REMOVED, Mark.ADDED),
        asks=line(theirs).asks or [line(theirs).why],
    )


def _sides(runs: Iterable[Run], without: Mark, changed: Mark) -> list[Side]:
    return [Side(run.text, run.mark == changed) for run in runs if run.mark != without]


def left(contract: Contract, found: Plan) -> list[Left]:
    """The paragraphs that stay undecided, and why."""
    rows = [(one, why) for one, why in found.left]
    rows += [(one, "The template has no such paragraph.") for one in found.new]
    return [
        Left(place(one.scope, one.number), reverse("entry_paragraph", args=[contract.pk, one.pk]), why)
        for one, why in rows
    ]
