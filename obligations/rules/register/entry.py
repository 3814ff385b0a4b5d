"""One entry that a person made for a paragraph, checked at its fields; a book of such entries.

The entry is a rule of a rulebook and is read by the same strict reader. What a person is told names the field
and the fix, in words that need no knowledge of rulebooks.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contracts.terms.periods import Unit
from contracts.terms.setting import Setting
from contracts.terms.settings import CONTRACT_WIDE
from obligations.rules.register.conditions import read_condition
from obligations.rules.register.entry_faults import at_its_field
from obligations.rules.register.rule import CAUSED, Every, Rule, Shape
from obligations.rules.register.rule_form import RulebookError, read_rules
from obligations.rules.register.vocabulary import DONE, Vocabulary

FILE = "decided"
"""The one file of a book made of decisions."""

NOT_YET = "Nobody has decided yet what this paragraph asks."
"""Why a paragraph that another leans on has an entry in the book although nobody decided it."""

SHAPES = tuple(str(one) for one in Shape if one is not Shape.NONE)
KINDS_IN = ("on", "met_by", "aware_by", "ends_on", "needs", "runs_from", "undone_by", "all_of")
KIND_IN = ("anchor", "agreed_date", "each_day_until")
MOST = 10_000
MOST_OF = {"years": 100, "months": 1_200, "weeks": 5_200}
"""The longest length of each unit; ``MOST`` of any other. Nobody keeps a clock for longer."""
LONGEST = {"title": 200, "summary": 2000, "word": 80, "consequence": 200, "evidence": 300}


class EntryError(ValueError):
    """An entry that cannot be used: ``field`` is the rule's key at fault ("" for the whole)."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Known:
    """What an entry may speak of: the schedule's ``paths``, the facts, and the contract's settings."""

    book: str
    paths: tuple[str, ...]
    vocabulary: Vocabulary
    settings: Mapping[str, Setting]

    @classmethod
    def of(cls, book: str, paths: Iterable[str], vocabulary: Vocabulary) -> Known:
        """With the settings of every contract."""
        return cls(book, tuple(paths), vocabulary, CONTRACT_WIDE)

    @property
    def scopes(self) -> list[str]:
        """The scopes of the schedule in its order."""
        return list(dict.fromkeys(path.partition("/")[0] for path in self.paths))


def tidy_entry(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The entry with only what it says: no blanks, no flags that are off, no empty lists."""
    found = {name: value.strip() if isinstance(value, str) else value for name, value in entry.items()}
    empty: tuple[object, ...] = (None, "", [], (), {})
    said = {name: value for name, value in found.items() if value not in empty and value is not False}
    if "title" in said:
        said.setdefault("summary", said["title"])
    return said


def entry_rule(entry: Mapping[str, Any], known: Known) -> Rule:
    """The rule that an entry is; it has its key and path. Raises EntryError at the field."""
    for check in (
        _check_words,
        _check_who_and_when,
        _check_kinds,
        _check_length,
        _check_paths,
        _check_conditions,
    ):
        check(entry, known)
    header = {"key": known.book, "scopes": known.scopes}
    try:
        return next(iter(read_rules(FILE, {"rule": [entry]}, header, known.vocabulary, known.settings)))
    except RulebookError as error:
        raise _at_its_field(entry, error) from error


def key_for(path: str, scopes: Sequence[str], taken: Collection[str]) -> str:
    """A key for a further rule of a paragraph: its number, after its scope where that is not the first."""
    scope, _, number = path.partition("/")
    name = number if scope == scopes[0] else f"{scope} {number}"
    name = re.sub(r"\s+", "-", name)[:100]
    if name not in taken:
        return name
    count = 2
    while f"{name}-{count}" in taken:
        count += 1
    return f"{name}-{count}"


def decided_files(
    rules: Sequence[Mapping[str, Any]], none: Sequence[Mapping[str, Any]], headings: Mapping[str, str]
) -> dict[str, Any]:
    """The files of a book of decided entries. ``headings``: what each paragraph is called, by its path.

    A paragraph that an entry leans on and that nobody decided has an entry which says so.
    """
    there = {entry["path"] for entry in (*rules, *none)}
    leant_on = dict.fromkeys(path for rule in rules for path in pointed_at(rule) if path not in there)
    open_yet = [{"path": path, "title": headings[path], "why": NOT_YET} for path in leant_on]
    return {FILE: {"rule": list(rules), "none": [*none, *open_yet]}}


def pointed_at(entry: Mapping[str, Any]) -> list[str]:
    """The paragraphs that an entry leans on."""
    found = list(entry.get("exceptions", ()))
    found += [entry["read_with"]] if entry.get("read_with") else []
    deemed = entry.get("deemed")
    return found + ([deemed["path"]] if isinstance(deemed, Mapping) and deemed.get("path") else [])


# At its field


def _check_words(entry: Mapping[str, Any], known: Known) -> None:
    if not isinstance(entry.get("title"), str):
        raise EntryError("title", "Say in a few words what is to be done.")
    for name, most in LONGEST.items():
        value = entry.get(name, "")
        if not isinstance(value, str):
            raise EntryError(name, "Enter words.")
        if len(value) > most:
            raise EntryError(name, f"Shorten this to {most} characters; it has {len(value)}.")
        if "\x00" in value:
            raise EntryError(name, "Take out the null character: it cannot be stored.")


def _check_who_and_when(entry: Mapping[str, Any], known: Known) -> None:
    if entry.get("party") not in ("supplier", "authority", "both"):
        raise EntryError("party", "Choose who owes it.")
    shape = entry.get("shape")
    if shape not in SHAPES:
        raise EntryError("shape", "Choose how it is owed: once, each time something happens, or another way.")
    if shape in CAUSED and not entry.get("on"):
        raise EntryError("on", "Choose what has to happen for it to be owed, or name it.")
    if shape == Shape.RECURRING and entry.get("every") not in tuple(Every):
        raise EntryError("every", "Choose how it comes back.")
    if entry.get("approver", "supplier") not in ("supplier", "authority"):
        raise EntryError("approver", "Choose the side whose decision it needs, or nobody.")


def _check_kinds(entry: Mapping[str, Any], known: Known) -> None:
    for name in KINDS_IN:
        kinds = entry.get(name, [])
        if not isinstance(kinds, list):
            raise EntryError(name, "Choose kinds of fact from the list.")
        for kind in kinds:
            _check_kind(name, kind, known)
    for name in KIND_IN:
        if name in entry:
            _check_kind(name, entry[name], known)


def _check_kind(name: str, kind: object, known: Known) -> None:
    if not isinstance(kind, str) or kind not in known.vocabulary:
        raise EntryError(
            name,
            f"Nobody can record “{kind}” on this contract: choose from the list, or name a kind of your own.",
        )
    if name in ("on", "anchor") and not _comes_about(kind, known.vocabulary):
        label = known.vocabulary.kind(kind).label
        raise EntryError(
            name,
            f"Nobody can record “{label}” by itself: choose what people record, or name a kind of your own.",
        )


def _comes_about(kind: str, known: Vocabulary) -> bool:
    """Whether a fact of a kind can come about: somebody records it, or it follows from what is recorded."""
    if kind == DONE:
        return False
    about = known.kind(kind)
    return not about.derived or bool(about.clock) or bool(known.sources_of(kind))


def _check_length(entry: Mapping[str, Any], known: Known) -> None:
    amount, unit = entry.get("amount"), entry.get("unit")
    if amount is not None:
        _check_amount("amount", amount, unit)
        if unit is None:
            raise EntryError("unit", "Choose what is counted: days, Working Days, hours…")
    if unit is not None and unit not in tuple(Unit):
        raise EntryError("unit", "Choose what is counted from the list.")
    if unit is not None and amount is None:
        raise EntryError("amount", "Enter how many: a whole number from 1.")
    others = entry.get("others", [])
    for other in others if isinstance(others, list) else []:
        if isinstance(other, Mapping):
            _check_amount("others", other.get("amount"), other.get("unit"))
    if entry.get("shape") == Shape.RECURRING:
        _check_comes_back(entry)


def _check_amount(name: str, amount: object, unit: object) -> None:
    most = MOST_OF.get(str(unit), MOST)
    if type(amount) is not int or not 1 <= amount <= most:
        raise EntryError(name, f"Enter a whole number from 1 to {most:,}.")


def _check_comes_back(entry: Mapping[str, Any]) -> None:
    if entry["every"] == Every.CYCLE and "cycle" not in entry:
        raise EntryError("cycle", "Enter the place in the calendar at which it comes back.")
    if entry["every"] != Every.CYCLE and "amount" not in entry:
        raise EntryError("amount", "Enter how long it is from one time to the next.")


def _check_paths(entry: Mapping[str, Any], known: Known) -> None:
    exceptions = entry.get("exceptions", [])
    if not isinstance(exceptions, list):
        raise EntryError("exceptions", "Enter the numbers of paragraphs.")
    for path in pointed_at(entry):
        if path not in known.paths:
            others = "read_with" if path == entry.get("read_with") else "deemed"
            name = "exceptions" if path in exceptions else others
            raise EntryError(name, f"This schedule has no paragraph {path}: choose one that it has.")


def _check_conditions(entry: Mapping[str, Any], known: Known) -> None:
    if unknown := sorted(set(entry) - set(Rule.__slots__)):
        raise EntryError(unknown[0], f"An entry has nothing called {unknown[0]}: unknown key.")
    conditions = entry.get("conditions", [])
    if not isinstance(conditions, list):
        raise EntryError("conditions", "Enter conditions, one in each line.")
    starts = [known.vocabulary.kind(name) for name in entry.get("on", ())]
    for text in conditions:
        try:
            read_condition(text, starts, known.settings)
        except (KeyError, TypeError, ValueError) as error:
            raise EntryError("conditions", f"“{text}” cannot be used: {error}.") from error


def _at_its_field(entry: Mapping[str, Any], error: RulebookError) -> EntryError:
    """What the reader of rulebooks says, at the field that it speaks of."""
    field, says = at_its_field(str(error).split(": ", 2)[-1], list(entry))
    return EntryError(field, says)
