"""Reads the phrase book (``phrases/README.md``) and puts each phrase to the reader and the calculator.

usage: .venv/bin/python -m tests.contracts.terms.phrase_book [--words] [FAMILY ...]
"""

from __future__ import annotations

import importlib
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "phrases"
NOT_YET = FOLDER / "not_yet.txt"
Entry = Mapping[str, Any]
WHAT = ("limit", "limits", "refused", "reported", "no_limit", "nothing")
KEYS = {*WHAT, "words", "rule", "why", "kind", "or_limit", "or_refused", "quotes", "flagged"}


def phrases(*families: str) -> list[Entry]:
    """Every entry, file by file; ``families`` chooses files by name."""
    paths = sorted(path for path in FOLDER.glob("*.toml") if not families or path.stem in families)
    return [entry for path in paths for entry in tomllib.loads(path.read_text(encoding="utf-8"))["phrase"]]


def not_yet() -> list[str]:
    """The words that are not read rightly yet."""
    return [line for line in NOT_YET.read_text(encoding="utf-8").splitlines() if line]


def wrong(entry: Entry) -> str | None:
    """What is wrong with the product's reading of an entry; None where it is right."""
    words = entry["words"]
    return _in_text(entry, words) or (None if words.endswith(".") else _calculated(entry, words))


def _in_text(entry: Entry, words: str) -> str | None:
    found = _module("phrases").find_limits(words)
    read = [(_form(one), str(one.kind)) for one in found if one.problem is None and not _is_date(one)]
    if "limits" in entry:
        expected = [[(one["limit"], one.get("kind"))] for one in entry["limits"]]
    elif "limit" in entry or read and "or_limit" in entry:
        expected = [[(form, entry.get("kind")) for form in _forms(entry)]]
    else:
        expected = []
    if not _alike(read, expected) and not (entry.get("or_refused") and not read):
        return f"in running text: {read or 'nothing'}; right: {expected or 'nothing'}"
    return _listed(entry, words, noticed=bool(found))


def _listed(entry: Entry, words: str, noticed: bool) -> str | None:
    if "nothing" in entry and (noticed or _module("unclaimed").unclaimed(words)):
        return "in running text: found or listed, though no number of time stands there"
    if "reported" in entry and not noticed and not _module("unclaimed").unclaimed(words):
        return "in running text: lost without a word"
    return None


def _calculated(entry: Entry, words: str) -> str | None:
    module = _module("phrases")
    try:
        form = _form(module.parse_limit(words))
    except module.PhraseError as error:
        said = _plain(str(error))
        if not (
            entry.get("or_refused") or {"refused", "reported", "no_limit", "nothing", "limits"} & {*entry}
        ):
            return f"refused: {said}"
        quoted = any(_plain(quote) in said for quote in entry.get("quotes", [words]))
        return None if quoted else f"the refusal does not quote the words: {said}"
    right = any(_same(form, each, entry.get("kind")) for each in _forms(entry))
    return None if right else f"calculated as {form}; right: {_forms(entry) or 'refused'}"


def _module(name: str) -> Any:
    return importlib.import_module(f"contracts.terms.{name}")


def _form(found: Any) -> Mapping[str, Any] | None:
    return found.limit.as_json() if found.limit is not None else None


def _is_date(found: Any) -> bool:
    """A fixed date, "by 31 March 2027", has no limit: it is not counted."""
    return found.limit is None


def _forms(entry: Entry) -> list[Mapping[str, Any]]:
    return [*([entry["limit"]] if "limit" in entry else []), *entry.get("or_limit", ())]


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _alike(read: list[Any], expected: list[Any]) -> bool:
    return len(read) == len(expected) and all(
        any(_same(form, each, wanted) and wanted in (None, kind) for each, wanted in choices)
        for (form, kind), choices in zip(read, expected, strict=True)
    )


def _same(form: Mapping[str, Any] | None, other: Mapping[str, Any], kind: str | None) -> bool:
    if form is None:
        return False
    told, wanted = dict(form), dict(other)
    for each in (told, wanted):
        if kind == "interval" or (each.get("qualifier") == "at_most" and kind != "retention"):
            each.pop("qualifier", None)
    if kind == "notice" and "before" not in wanted:
        told.pop("before", None)
    return told == wanted


def problems(*families: str) -> Iterator[tuple[str, str]]:
    """The words of each entry that is not read rightly, and why."""
    for entry in phrases(*families):
        if said := attempt(entry):
            yield entry["words"], said


def attempt(entry: Entry) -> str | None:
    """``wrong``, where something that is not built yet counts as wrong."""
    try:
        return wrong(entry)
    except (AttributeError, ModuleNotFoundError) as error:
        return f"not built: {error}"


if __name__ == "__main__":
    chosen = [word for word in sys.argv[1:] if word != "--words"]
    for words, said in problems(*chosen):
        sys.stdout.write(f"{words}\n" if "--words" in sys.argv else f"{words!r}: {said}\n")
