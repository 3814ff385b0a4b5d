"""Outlines: the paragraph tree of each known schedule, with our own plain-English summaries.

An outline is one TOML file beside this module, named after its key. It carries no words of the schedule:
those are read from the document that is uploaded to a contract. Imports no Django.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Set
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from contracts.terms.citations import parent_number

FOLDER = Path(__file__).parent
LONGEST_SUMMARY = 200
LONGEST_HEADING = 100


class OutlineError(ValueError):
    """An outline that cannot be used: the message names the file and the path or key, and what is wrong."""


@dataclass(frozen=True, slots=True)
class OutlineParagraph:
    """One paragraph of a known schedule: ``path`` is scope/number (R29), ``order`` its place, from 1.

    ``heading`` and ``summary`` are our own words. ``note`` says where the printed text is broken (R18),
    carries an old name (R31) or is read in one of several ways (R12); empty where there is nothing to say.
    """

    path: str
    scope: str
    number: str
    order: int
    heading: str
    summary: str
    note: str = ""

    @property
    def parent_number(self) -> str | None:
        """The number one step up in the same scope, or None at the top; see ``citations.parent_number``."""
        return parent_number(self.number)


@dataclass(frozen=True, slots=True)
class OutlineScope:
    """A part of the document with its own numbers (R29). ``note`` says how it was told apart."""

    name: str
    title: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class PartyWords:
    """What the schedule calls each side, for example Client and Agency."""

    authority: str
    supplier: str


@dataclass(frozen=True, slots=True)
class OldName:
    """A name the schedule uses and the one in use today (R31)."""

    old: str
    now: str


@dataclass(frozen=True)
class Outline:
    """A known schedule. ``paragraphs`` are in document order; ``version`` says which copy was outlined."""

    key: str
    title: str
    version: str
    party_words: PartyWords
    scopes: tuple[OutlineScope, ...]
    paragraphs: tuple[OutlineParagraph, ...]
    old_names: tuple[OldName, ...] = ()

    @cached_property
    def by_path(self) -> Mapping[str, OutlineParagraph]:
        """The paragraphs by their path."""
        return {paragraph.path: paragraph for paragraph in self.paragraphs}

    def parent(self, path: str) -> OutlineParagraph | None:
        """The paragraph ``path`` stands under, or None at the top. Raises KeyError for an unknown path."""
        paragraph = self.by_path[path]
        return self.by_path.get(f"{paragraph.scope}/{paragraph.parent_number}")


def outline_keys() -> tuple[str, ...]:
    """The keys of all known schedules, sorted."""
    return tuple(sorted(file.stem for file in FOLDER.glob("*.toml")))


@cache
def load_outline(key: str) -> Outline:
    """The outline of a known schedule. Raises OutlineError for an unknown key or a file that is not right."""
    if key not in outline_keys():
        raise OutlineError(f"there is no outline {key!r}; the known ones are {', '.join(outline_keys())}")
    file = FOLDER / f"{key}.toml"
    return parse_outline(file.read_text(encoding="utf-8"), key, file.name)


def parse_outline(text: str, key: str, file: str) -> Outline:
    """Read an outline from TOML and check all of it. Errors name it ``file``. Raises OutlineError."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise OutlineError(f"{file}: not TOML: {error}") from error
    top = _table(
        data, file, {"key", "title", "version", "party_words", "scopes", "paragraphs"}, {"old_names"}
    )
    if top["key"] != key:
        raise OutlineError(f"{file}: key is {top['key']!r}; it must be {key!r}, the name of the file")
    scopes = tuple(
        OutlineScope(**_texts(row, f"{file}: scopes[{place}]", {"name", "title"}, {"note"}))
        for place, row in _rows(top, "scopes", file)
    )
    _check_scopes(scopes, file)
    paragraphs = tuple(_paragraph(row, place, scopes, file) for place, row in _rows(top, "paragraphs", file))
    _check_order(paragraphs, scopes, file)
    words = _texts(top["party_words"], f"{file}: party_words", {"authority", "supplier"})
    names = _texts({name: top[name] for name in ("title", "version")}, file, {"title", "version"})
    old_names = tuple(
        OldName(**_texts(row, f"{file}: old_names[{place}]", {"old", "now"}))
        for place, row in _rows({"old_names": [], **top}, "old_names", file)
    )
    return Outline(key, names["title"], names["version"], PartyWords(**words), scopes, paragraphs, old_names)


def _paragraph(row: object, order: int, scopes: tuple[OutlineScope, ...], file: str) -> OutlineParagraph:
    path = row.get("path") if isinstance(row, dict) else None
    where = f"{file}: {path}" if isinstance(path, str) and path else f"{file}: paragraphs[{order}]"
    texts = _texts(row, where, {"path", "heading", "summary"}, {"note"})
    scope, slash, number = texts["path"].partition("/")
    if not slash or not number or scope not in {known.name for known in scopes}:
        raise OutlineError(f"{where}: the path must be one of the scopes, a slash and a number")
    if len(texts["heading"]) > LONGEST_HEADING:
        raise OutlineError(f"{where}: the heading is over {LONGEST_HEADING} characters")
    if len(texts["summary"]) > LONGEST_SUMMARY:
        raise OutlineError(f"{where}: the summary is over {LONGEST_SUMMARY} characters")
    if not texts["summary"].endswith("."):
        raise OutlineError(f"{where}: the summary must end in a full stop")
    return OutlineParagraph(scope=scope, number=number, order=order, **texts)


def _check_scopes(scopes: tuple[OutlineScope, ...], file: str) -> None:
    names = [scope.name for scope in scopes]
    for name in names:
        if "/" in name:
            raise OutlineError(f"{file}: scope {name!r}: a scope has no slash")
        if names.count(name) > 1:
            raise OutlineError(f"{file}: scope {name!r} is there twice")


def _check_order(
    paragraphs: tuple[OutlineParagraph, ...], scopes: tuple[OutlineScope, ...], file: str
) -> None:
    """Every path once, scopes in the order declared, no paragraph before the one it stands under."""
    places = [scope.name for scope in scopes]
    paths = {paragraph.path for paragraph in paragraphs}
    seen: set[str] = set()
    reached = 0
    for paragraph in paragraphs:
        parent = f"{paragraph.scope}/{paragraph.parent_number}"
        if paragraph.path in seen:
            raise OutlineError(f"{file}: {paragraph.path}: this path is there twice")
        if parent in paths and parent not in seen:
            raise OutlineError(f"{file}: {paragraph.path}: stands before {parent}, which it is part of")
        if places.index(paragraph.scope) < reached:
            raise OutlineError(f"{file}: {paragraph.path}: stands after scope {places[reached]!r} has begun")
        reached = places.index(paragraph.scope)
        seen.add(paragraph.path)
    empty = set(places) - {paragraph.scope for paragraph in paragraphs}
    if empty:
        raise OutlineError(f"{file}: scope {sorted(empty)[0]!r} has no paragraphs")


def _rows(table: Mapping[str, object], name: str, file: str) -> list[tuple[int, object]]:
    rows = table[name]
    if not isinstance(rows, list):
        raise OutlineError(f"{file}: {name} must be a list of tables")
    return list(enumerate(rows, 1))


def _table(
    value: object, where: str, required: Set[str], optional: Set[str] = frozenset()
) -> dict[str, object]:
    """``value`` as a table with all the required keys and no other than the optional ones."""
    if not isinstance(value, dict):
        raise OutlineError(f"{where}: must be a table")
    missing = sorted(required - set(value))
    if missing:
        raise OutlineError(f"{where}: {missing[0]} is missing")
    unknown = sorted(set(value) - required - optional)
    if unknown:
        raise OutlineError(f"{where}: {unknown[0]} is not a known key")
    return value


def _texts(value: object, where: str, required: Set[str], optional: Set[str] = frozenset()) -> dict[str, str]:
    """``value`` as a table whose every value is text that is not blank."""
    texts: dict[str, str] = {}
    for name, text in _table(value, where, required, optional).items():
        if not isinstance(text, str) or not text.strip():
            raise OutlineError(f"{where}: {name} must be text and not blank")
        texts[name] = text
    return texts
