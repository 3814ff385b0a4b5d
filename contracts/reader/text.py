"""Reading plain text: from lines to paragraphs, time limits and warnings.

The same steps serve Word and PDF files, which are first turned into lines.
"""

from __future__ import annotations

import re
from dataclasses import replace

from contracts.reader import headings, misprints, tables, timing
from contracts.reader.body import Body
from contracts.reader.changes import placed
from contracts.reader.layout import unfold
from contracts.reader.lines import Line, lines_of, mark_contents
from contracts.reader.many import gathered
from contracts.reader.marks import term_mark
from contracts.reader.number_forms import place_of_letters, two_letters
from contracts.reader.numbering import Run, runs
from contracts.reader.results import Draft, Notes, ParsedDocument, ReaderError, Scope, Taken
from contracts.reader.sections import DEFINITIONS, MAIN, Section, divide
from contracts.terms.paragraphs import Paragraph

MOST_LINES = 100_000
"""A schedule of 300 pages has about 15,000."""
_WIDEST = 200
_GAP = re.compile(rf"[^\S\n]{{{_WIDEST},}}")
LONGEST_TEXT = 3_000_000
"""Characters; a schedule of 200 pages has about 500,000."""


def read(text: str) -> ParsedDocument:
    """Read a plain-text document. Raises ReaderError where it holds no paragraphs or is too large."""
    if len(text) > LONGEST_TEXT:
        raise ReaderError(
            f"the document has {len(text):,} characters, more than {LONGEST_TEXT:,}:"
            " split it into its schedules"
        )
    if not text.strip():
        raise ReaderError("the document is empty: give the text, Word or PDF file of the schedule")
    return read_lines(lines_of(text))


def read_lines(lines: list[Line], notes: Notes | None = None) -> ParsedDocument:
    """Read a document that is already in lines; ``notes`` has the warnings of the file they come from.
    Raises ReaderError where it holds no paragraphs, or more lines than a document has.
    """
    notes = notes or Notes()
    refuse_too_many(len(lines))
    scopes: list[Scope] = []
    paragraphs = _paragraphs([_without_long_gaps(line) for line in lines], scopes, notes)
    paragraphs = _apart(paragraphs, notes)
    if not paragraphs:
        raise ReaderError(
            "no paragraphs found: the file must hold the schedule's text"
            " with the numbers of its paragraphs at the beginning of lines"
        )
    misprints.report(paragraphs, notes)
    limits, unclaimed = timing.place(paragraphs, notes)
    known = {paragraph.scope for paragraph in paragraphs}
    notes.held.add("paragraphs", len(paragraphs))
    notes.held.add("other_text", len(notes.other))
    return ParsedDocument(
        paragraphs=tuple(paragraphs),
        time_limits=tuple(limits),
        warnings=gathered(notes.warnings),
        scopes=tuple(scope for scope in scopes if scope.name in known or scope.heading),
        other=tuple(sorted(notes.other, key=lambda other: other.line)),
        unclaimed=tuple(unclaimed),
        changes=placed(notes.changes, paragraphs),
        held=notes.held.summary(),
    )


def refuse_too_many(lines: int) -> None:
    """Raise ReaderError for more lines than a document has."""
    if lines > MOST_LINES:
        raise ReaderError(
            f"the document has {lines:,} lines, more than {MOST_LINES:,}: split it into its schedules"
        )


def _paragraphs(lines: list[Line], scopes: list[Scope], notes: Notes) -> list[Paragraph]:
    sections = divide(unfold(mark_contents(lines)))
    names = {section.name for section in sections}
    paragraphs: list[Paragraph] = []
    for section in sections:
        if section.heading:
            scopes.append(Scope(section.name, section.heading, section.line))
        for repeat in section.repeats:
            notes.keep(section.name, repeat.no, f"{repeat.label or ''} {repeat.words}".strip())
        paragraphs += _section(section, names, scopes, notes)
    return paragraphs


def _without_long_gaps(line: Line) -> Line:
    """The line, no gap in it wider than a page."""
    return replace(line, text=_GAP.sub(" " * _WIDEST, line.text)) if len(line.text) > _WIDEST else line


def _section(section: Section, names: set[str], scopes: list[Scope], notes: Notes) -> list[Paragraph]:
    start = _matrix_start(section.lines)
    if start is not None:
        return _matrix(section, start, notes)
    found = runs(section.lines, notes)
    if not any(run.numbers for run in found) and section.kind not in ("definitions", "front"):
        headed = headings.headed_list(section.lines)
        if headed is not None:
            return _headed(section, headed, notes)
    return _by_runs(section, found, names, scopes, notes)


def _by_runs(
    section: Section, found: list[Run], names: set[str], scopes: list[Scope], notes: Notes
) -> list[Paragraph]:
    """The paragraphs of each run of numbers. Where the numbers start again a new scope begins; definitions
    before the first number have one of their own.
    """
    paragraphs: list[Paragraph] = []
    scope = section.name
    for place, run in enumerate(found):
        terms = section.kind == "definitions" and not run.numbers
        if place:
            scope = section.name if scope == DEFINITIONS and place == 1 else _next_scope(scope, names)
            _infer(run, scope, place == 1 and _is_definitions(found), scopes, notes)
        elif _is_definitions(found):
            scope, terms = DEFINITIONS, True
            scopes.append(Scope(DEFINITIONS, "", run.restart_line))
        elif section.kind == "definitions" and run.numbers:
            paragraphs += _definitions_first(section, run, notes)
            scope = MAIN
        names.add(scope)
        drafts = Body(scope, run, notes, terms).read()
        headings.settle(drafts)
        paragraphs += [draft.finish(scope) for draft in drafts]
    return paragraphs


def _apart(paragraphs: list[Paragraph], notes: Notes) -> list[Paragraph]:
    """No two paragraphs with one path, whatever the tables and lists of a scope print."""
    taken: dict[str, Taken] = {}
    apart = []
    for paragraph in paragraphs:
        number = taken.setdefault(paragraph.scope, Taken()).take(paragraph.number)
        if number != paragraph.number:
            notes.warn(paragraph.line, "number_repeated", f"{paragraph.path} is used again: read as {number}")
            paragraph = replace(paragraph, number=number)
        apart.append(paragraph)
    return apart


def _definitions_first(section: Section, run: Run, notes: Notes) -> list[Paragraph]:
    """Definitions under a heading without a number, before the first numbered paragraph of the body."""
    first = min(run.numbers)
    head = Run(run.lines[:first])
    run.lines = run.lines[first:]
    run.numbers = {place - first: mark for place, mark in run.numbers.items()}
    run.listed = {place - first: mark for place, mark in run.listed.items() if place >= first}
    return [draft.finish(section.name) for draft in Body(section.name, head, notes, terms=True).read()]


def _is_definitions(found: list[Run]) -> bool:
    """Whether the first run is one heading with the terms it defines, before the numbers start again."""
    if len(found) < 2 or len(found[0].numbers) != 1:
        return False
    return any(term_mark(line) for line in found[0].lines)


def _next_scope(scope: str, names: set[str]) -> str:
    """The name of a part that has no heading: Part B after the body or Part A, else the next that is free."""
    match = re.fullmatch(r"(?:(?P<under>.+) )?Part (?P<letters>[A-Z]{1,4})", scope)
    under = (match["under"] or "") if match else ("" if scope == MAIN else scope)
    place = place_of_letters(match["letters"].lower()) + 1 if match else 2
    while (name := f"{under} Part {two_letters(place).upper()}".strip()) in names:
        place += 1
    return name


def _infer(run: Run, scope: str, after_terms: bool, scopes: list[Scope], notes: Notes) -> None:
    line = run.restart_line
    before = "; the definitions before it are a scope of their own" if after_terms else ""
    notes.warn(line, "scope_inferred", f"numbers restart at 1 without a heading: read as {scope}{before}")
    if not after_terms:
        scopes.append(Scope(scope, "", line))


def _matrix_start(lines: list[Line]) -> int | None:
    """Where a section without numbers begins a matrix: a table whose rows have serials."""
    start = next((place for place, line in enumerate(lines) if line.cell), None)
    if start is None or any(run.numbers for run in runs(lines[:start], Notes())):
        return None
    rows = tables.rows_of(lines[start:])
    return start if len(rows) > 1 and len(rows[0]) >= 3 and tables.is_serial_table(rows) else None


def _matrix(section: Section, start: int, notes: Notes) -> list[Paragraph]:
    for line in section.lines[:start]:
        notes.keep(section.name, line.no, line.text)
    rows = tables.rows_of(section.lines[start:])
    for cell in rows[0]:
        for line in cell.lines:
            notes.keep(section.name, line.no, line.text)
    return [draft.finish(section.name) for draft in tables.matrix_drafts(rows)]


def _headed(section: Section, headed: headings.Headed, notes: Notes) -> list[Paragraph]:
    for line in headed.before:
        notes.keep(section.name, line.no, line.text)
    return [draft.finish(section.name) for draft in headed.drafts]


__all__ = ["Draft", "read", "read_lines", "refuse_too_many"]
