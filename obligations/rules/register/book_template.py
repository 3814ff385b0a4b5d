"""A template: what was decided about a schedule, kept for the next contract; its file format, read strictly.

The format is told in docs/templates.md. Whatever comes in a file is read field by field, and nothing of it is
used before all of it is right.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from contracts.proposals.proposal import ProposalFormError, Words
from obligations.rules.register.entry import EntryError, Known, decided_files, entry_rule
from obligations.rules.register.kinds import FactError
from obligations.rules.register.rule_form import RulebookError
from obligations.rules.register.rulebook import content_from, parse_rulebook
from obligations.rules.register.template_fields import (
    TemplateError,
    check_texts,
    kinds_in,
    list_in,
    only_known,
    path_in,
    short,
    text_in,
)
from obligations.rules.register.vocabulary import Vocabulary, shipped_vocabulary

FORMAT = 1
MAKER = "duly"
ASKS, NOTHING, UNDECIDED = "asks", "nothing", "undecided"
OUTCOMES = (ASKS, NOTHING, UNDECIDED)
LARGEST = 8 * 1024 * 1024
"""Bytes of a file."""
MOST_PARAGRAPHS, MOST_ENTRIES = 5_000, 20
_KEY = re.compile(r"\S{1,110}")


@dataclass(frozen=True, slots=True)
class TemplateParagraph:
    """One paragraph: its words, and what was decided. ``entries``: tables of a rulebook with key and path.
    ``rests_on``: by an entry's key and field the words, in the form of ``Words.as_json``.
    """

    path: str
    heading: str
    words: str
    outcome: str
    why: str = ""
    entries: tuple[Mapping[str, Any], ...] = ()
    rests_on: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The form in a file: an entry's path is that of its paragraph, and not said again."""
        form: dict[str, Any] = {"path": self.path, "words": self.words, "outcome": self.outcome}
        form |= {"heading": self.heading} if self.heading else {}
        form |= {"why": self.why} if self.why else {}
        if self.entries:
            form["entries"] = [{k: v for k, v in one.items() if k != "path"} for one in self.entries]
        return form | ({"rests_on": dict(self.rests_on)} if self.rests_on else {})


@dataclass(frozen=True, slots=True)
class BookTemplateForm:
    """What a template says. ``kinds``: the kinds of fact that people named and its entries speak of."""

    title: str
    kinds: tuple[Mapping[str, Any], ...]
    paragraphs: tuple[TemplateParagraph, ...]

    @property
    def decided(self) -> int:
        """How many paragraphs somebody has decided."""
        return sum(one.outcome != UNDECIDED for one in self.paragraphs)

    def as_json(self) -> dict[str, Any]:
        """The file's form."""
        return {
            "made_by": MAKER,
            "format": FORMAT,
            "title": self.title,
            "kinds": [dict(one) for one in self.kinds],
            "paragraphs": [one.as_json() for one in self.paragraphs],
        }


def read_file(data: bytes) -> BookTemplateForm:
    """The template in a file. Raises TemplateError at the first field at fault."""
    if len(data) > LARGEST:
        raise TemplateError("", f"The file is larger than {LARGEST // (1024 * 1024)} MB.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise TemplateError("", "This is no template: its text is not UTF-8.") from None
    try:
        form = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except TemplateError:
        raise
    except (ValueError, RecursionError):
        raise TemplateError(
            "", "This is no template: it is not JSON. Choose a file that Duly made."
        ) from None
    return read_template(form)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise TemplateError("", f"“{twice[:60]}” is there twice in one object: keep one of the two.")
    return found


def _no_constant(name: str) -> Any:
    raise TemplateError("", f"{name} is no value in JSON: take it out.")


def read_template(form: object) -> BookTemplateForm:
    """A template from its JSON form. Raises TemplateError naming the field and the fix."""
    if not isinstance(form, Mapping) or form.get("made_by") != MAKER:
        raise TemplateError("made_by", f"This is no template of Duly: “made_by” must be “{MAKER}”.")
    number = form.get("format")
    if number != FORMAT or isinstance(number, bool):
        raise TemplateError(
            "format",
            f"This is format {short(number)}; this release reads format {FORMAT}. Export the template again"
            " from a release of Duly that writes it.",
        )
    only_known(form, ("made_by", "format", "title", "kinds", "paragraphs"), "")
    title = text_in(form, "title", "", required=True)
    kinds = tuple(kinds_in(form.get("kinds", [])))
    facts = vocabulary_with(kinds)
    rows = list_in(form.get("paragraphs"), "paragraphs", MOST_PARAGRAPHS)
    if not rows:
        raise TemplateError("paragraphs", "A template has at least one paragraph.")
    paths = [path_in(one, f"paragraphs[{place}]") for place, one in enumerate(rows)]
    if len(set(paths)) != len(paths):
        place = next(place for place, path in enumerate(paths) if path in paths[:place])
        raise TemplateError(f"paragraphs[{place}].path", f"The paragraph {paths[place]} is there twice.")
    known = Known.of("template", paths, facts)
    reader = _Paragraphs(known)
    found = tuple(reader.read(one, f"paragraphs[{place}]") for place, one in enumerate(rows))
    _check_rests_on(found)
    made = BookTemplateForm(title, kinds, found)
    check_together(made, known)
    return made


def vocabulary_with(kinds: Iterable[Mapping[str, Any]]) -> Vocabulary:
    """The shipped kinds with those of a template. Raises TemplateError on "kinds"."""
    kinds = list(kinds)
    details = {one["name"]: one for kind in kinds for one in kind["details"] if "label" in one}
    form = {
        "detail": list(details.values()),
        "kind": [
            {**kind, "group": "own", "details": [one["name"] for one in kind["details"]]} for kind in kinds
        ],
    }
    try:
        return shipped_vocabulary().with_own(form) if kinds else shipped_vocabulary()
    except FactError as error:
        raise TemplateError("kinds", f"These kinds of fact cannot be used: {error}.") from None


def check_together(made: BookTemplateForm, known: Known) -> None:
    """Refuse entries that lean on one that is not there. Raises TemplateError on "paragraphs"."""
    rules = [entry for one in made.paragraphs for entry in one.entries]
    nothing = [
        {"path": one.path, "title": one.heading or one.path, "why": one.why}
        for one in made.paragraphs
        if one.outcome == NOTHING
    ]
    header = {
        "key": "template", "title": made.title, "version": 1, "dated": "2000-01-01", "scopes": known.scopes,
    }  # fmt: skip
    files = decided_files(rules, nothing, {one.path: one.heading or one.path for one in made.paragraphs})
    try:
        parse_rulebook(content_from(header, files, known.vocabulary))
    except RulebookError as error:
        raise TemplateError("paragraphs", f"Its entries do not go together: {error}.") from None


class _Paragraphs:
    """Reads paragraphs; keys of entries are there once in a whole template."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.keys: set[str] = set()

    def read(self, form: Mapping[str, Any], at: str) -> TemplateParagraph:
        """One paragraph. Raises TemplateError."""
        only_known(form, ("path", "heading", "words", "outcome", "why", "entries", "rests_on"), at)
        outcome = form.get("outcome")
        if outcome not in OUTCOMES:
            raise TemplateError(f"{at}.outcome", f"It must be one of {', '.join(OUTCOMES)}.")
        entries = list_in(form.get("entries", []), f"{at}.entries", MOST_ENTRIES)
        if bool(entries) != (outcome == ASKS):
            raise TemplateError(f"{at}.entries", f"Entries go with the outcome “{ASKS}”, and no other.")
        why = text_in(form, "why", at, required=outcome == NOTHING)
        if why and outcome != NOTHING:
            raise TemplateError(f"{at}.why", f"A reason goes with the outcome “{NOTHING}”, and no other.")
        read = tuple(self._entry(one, form["path"], f"{at}.entries[{n}]") for n, one in enumerate(entries))
        rests_on = _rests_on(form.get("rests_on", {}), {one["key"] for one in read}, f"{at}.rests_on")
        heading, words = text_in(form, "heading", at), text_in(form, "words", at, strip=False)
        return TemplateParagraph(form["path"], heading, words, str(outcome), why, read, rests_on)

    def _entry(self, form: object, path: str, at: str) -> dict[str, Any]:
        if not isinstance(form, Mapping):
            raise TemplateError(at, "An entry is an object.")
        key = form.get("key")
        if not isinstance(key, str) or not _KEY.fullmatch(key) or "path" in form:
            raise TemplateError(f"{at}.key", "An entry has a key without blanks, and no path of its own.")
        if key in self.keys:
            raise TemplateError(f"{at}.key", f"The key {key} is there twice.")
        self.keys.add(key)
        check_texts(form, at)
        entry = {**form, "path": path}
        try:
            entry_rule(entry, self.known)
        except EntryError as error:
            raise TemplateError(f"{at}.{error.field}" if error.field else at, str(error)) from None
        except (TypeError, KeyError, AttributeError, ValueError) as error:
            raise TemplateError(at, "This entry cannot be read: a value in it is of another type.") from error
        return entry


def _rests_on(form: object, keys: set[str], at: str) -> dict[str, Any]:
    if not isinstance(form, Mapping):
        raise TemplateError(at, "It must be an object: by the entry's key and field, the words.")
    check_texts(form, at)
    for key, fields in form.items():
        if key not in keys:
            raise TemplateError(f"{at}.{short(key)}", "There is no entry of this key.")
        if not isinstance(fields, Mapping):
            raise TemplateError(f"{at}.{key}", "It must be an object: by the entry's field, the words.")
        for name, words in fields.items():
            where = f"{at}.{key}.{short(name)}"
            for place, one in enumerate(list_in(words, where, 50)):
                _check_words(one, f"{where}[{place}]")
    return dict(form)


def _check_words(form: object, at: str) -> None:
    try:
        words = Words.from_json(form)
    except (ProposalFormError, TypeError) as error:
        raise TemplateError(at, f"These are no words of a paragraph: {error}.") from None
    places = (words.start, words.end)
    if not isinstance(words.path, str) or not isinstance(words.text, str) or min(places) < 0:
        raise TemplateError(at, "These are no words of a paragraph: path and text are texts.")
    if not isinstance(words.heading, bool) or any(isinstance(one, bool) for one in places):
        raise TemplateError(at, "These are no words of a paragraph: a value is of another type.")


def _check_rests_on(paragraphs: Iterable[TemplateParagraph]) -> None:
    """Words that an entry rests on stand where they are said to stand."""
    paragraphs = list(paragraphs)
    said = {one.path: one for one in paragraphs}
    for place, one in enumerate(paragraphs):
        for words in words_of(one.rests_on):
            there = said.get(words["path"])
            text = "" if there is None else there.heading if words.get("heading") else there.words
            if text[words["start"] : words["end"]] != words["text"]:
                at = f"paragraphs[{place}].rests_on"
                raise TemplateError(at, f"“{short(words['text'])}” does not stand there in {words['path']}.")


def words_of(rests_on: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """All the words that entries rest on."""
    for fields in rests_on.values():
        for words in fields.values():
            yield from words
