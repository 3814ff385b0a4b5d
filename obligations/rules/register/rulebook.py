"""Rulebooks: the rules of one schedule as a value, read strictly from data.

The data of a rulebook is one JSON value (its ``content``), whether it came from files or from anywhere else;
every error names the book, the file and the key.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from contracts.terms.setting import Setting, SettingsError, read_settings
from contracts.terms.settings import CONTRACT_WIDE, CUTOFF
from obligations.rules.register.kinds import FactError
from obligations.rules.register.rule import About, Rule
from obligations.rules.register.rule_form import RulebookError, check_whole, kinds_in, read_rules
from obligations.rules.register.vocabulary import DONE, Vocabulary, shipped_vocabulary

__all__ = [
    "BOOKS",
    "HEADER",
    "Rulebook",
    "RulebookError",
    "content_from",
    "content_of",
    "known_rulebooks",
    "load_rulebook",
    "parse_rulebook",
    "read_rulebook",
    "released",
    "version_content",
]

BOOKS = Path(__file__).resolve().parents[2] / "rulebooks"
HEADER = "rulebook.toml"

_HEADER_KEYS = ("key", "title", "version", "dated", "scopes")
_MAY = ("setting",)
_PARTS = ("header", "files", "facts")


@dataclass(frozen=True)
class Rulebook:
    """The rules of one schedule, as read on ``dated``. ``version`` goes up whenever what it says changes.

    ``vocabulary``: the facts that it speaks of, as they were when it was read. ``settings``: what it needs to
    know of a contract, by name. ``content`` is all that it
    says, as a JSON value, and ``digest`` the SHA-256 of that; both stay those of the book as it was read
    where figures and rules of a contract are laid over it.
    """

    key: str
    title: str
    version: int
    dated: str
    scopes: tuple[str, ...]
    rules: tuple[Rule, ...]
    digest: str
    vocabulary: Vocabulary = field(repr=False)
    settings: Mapping[str, Setting] = field(compare=False, repr=False)
    content: Mapping[str, Any] = field(compare=False, repr=False)

    @cached_property
    def by_key(self) -> Mapping[str, Rule]:
        """Every rule by its key."""
        return {rule.key: rule for rule in self.rules}

    @property
    def duties(self) -> tuple[Rule, ...]:
        """The rules that make duties."""
        return tuple(rule for rule in self.rules if rule.makes_duties)

    @cached_property
    def kinds(self) -> frozenset[str]:
        """Every kind of fact that a rule of it starts on, is met by or looks at, or that claims a right."""
        return _kinds([*self.duties, *(rule for rule in self.rules if rule.claim)], self.vocabulary)

    @cached_property
    def says_what_survives(self) -> bool:
        """Whether it says of some rule what survives the contract (R37); a book read before that was asked
        does not.
        """
        files = self.content.get("files", {}).values()
        return any("survives" in entry for file in files for entry in file.get("rule", ()))

    def as_json(self) -> dict[str, Any]:
        """What a proof says of the book that a date was worked out by."""
        return {"key": self.key, "version": self.version, "dated": self.dated, "digest": self.digest}

    def at(self, path: str) -> tuple[Rule, ...]:
        """The entries of one paragraph, SCOPE/NUMBER."""
        return tuple(rule for rule in self.rules if rule.path == path)

    def resting_on(self, setting: str) -> tuple[Rule, ...]:
        """The rules that rest on a setting: by a condition, or as what is owed is a notice (R14)."""
        return tuple(
            rule
            for rule in self.rules
            if any(one.about is About.SETTING and one.name == setting for one in rule.conditions)
            or (setting == CUTOFF and rule.notice)
        )

    def full_path(self, number: str) -> str:
        """A bare number ("5", "Paragraph 5.") as a path of the first scope; a path stays as it is (R29)."""
        number = re.sub(r"^(?:paragraphs?|sections?) +", "", number.strip(), flags=re.I).rstrip(". ")
        return (
            number
            if "/" in number and number.partition("/")[0] in self.scopes
            else f"{self.scopes[0]}/{number}"
        )


def known_rulebooks() -> list[str]:
    """The keys of the rulebooks that are shipped."""
    return sorted(path.parent.name for path in BOOKS.glob(f"*/{HEADER}"))


@cache
def load_rulebook(key: str) -> Rulebook:
    """The shipped rulebook of this key. Raises RulebookError for one unknown or unreadable."""
    if key not in known_rulebooks():
        raise RulebookError(f"unknown rulebook {key!r}; known are {', '.join(known_rulebooks())}")
    return read_rulebook(BOOKS / key)


def released(key: str, number: int) -> Path:
    """Where a release keeps what a version of a rulebook says, as JSON."""
    return BOOKS / key / "versions" / f"{number}.json"


def version_content(key: str, number: int) -> dict[str, Any]:
    """What a shipped version of a rulebook says, the present one or one before it. Raises RulebookError."""
    try:
        content: dict[str, Any] = json.loads(released(key, number).read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError) as error:
        raise RulebookError(f"{key}: version {number} is not shipped: {error}") from error
    return content


def read_rulebook(folder: Path) -> Rulebook:
    """Read and check every file of a rulebook's folder. Raises RulebookError."""
    return parse_rulebook(content_of(folder))


def content_of(folder: Path, known: Vocabulary | None = None) -> dict[str, Any]:
    """What the files of a folder say, as a JSON value. ``known``: the facts it may speak of, the shipped
    ones unless given. Raises RulebookError.
    """
    header = _parse(folder / HEADER)
    if "key" in header and header["key"] != folder.name:
        raise RulebookError(
            f"{folder.name}: {HEADER}: key {header['key']!r} is not the folder's name {folder.name!r}"
        )
    files = {path.name: _parse(path) for path in sorted(folder.glob("*.toml")) if path.name != HEADER}
    return content_from(header, files, known or shipped_vocabulary())


def content_from(
    header: Mapping[str, Any],
    files: Mapping[str, Any],
    known: Vocabulary,
    settings: Mapping[str, Setting] = CONTRACT_WIDE,
) -> dict[str, Any]:
    """The content of a rulebook from its parts, with as much of a vocabulary as it uses.

    Days become texts. Raises RulebookError as ``parse_rulebook`` does.
    """
    header, files = _plain(header), _plain(files)
    rules, _ = _read(header, files, known, settings)
    return {"header": header, "files": files, "facts": _part(rules, known).as_json()}


def parse_rulebook(content: Mapping[str, Any], settings: Mapping[str, Setting] = CONTRACT_WIDE) -> Rulebook:
    """The rulebook that a content says: ``header``, ``files`` by name, and ``facts``, its vocabulary.

    ``settings``: those of every contract; its rules may depend on them, and on those it declares. Needs no
    folder. Raises RulebookError
    naming the book, the file and the key.
    """
    if not isinstance(content, Mapping) or set(content) != set(_PARTS):
        raise RulebookError(f"a rulebook has {', '.join(_PARTS)}, and nothing else")
    header = content["header"]
    book = header.get("key", "a rulebook") if isinstance(header, Mapping) else "a rulebook"
    try:
        vocabulary = Vocabulary.from_json(content["facts"])
    except FactError as error:
        raise RulebookError(f"{book}: {error}") from error
    rules, declared = _read(header, content["files"], vocabulary, settings)
    scopes = tuple(header["scopes"])
    rules.sort(key=lambda rule: _place(rule, scopes))
    return Rulebook(
        key=header["key"],
        title=header["title"],
        version=header["version"],
        dated=header["dated"],
        scopes=scopes,
        rules=tuple(rules),
        digest=hashlib.sha256(_canonical(content).encode()).hexdigest(),
        vocabulary=vocabulary,
        settings=declared,
        content=content,
    )


def _read(
    header: object, files: object, vocabulary: Vocabulary, wide: Mapping[str, Setting]
) -> tuple[list[Rule], dict[str, Setting]]:
    """The rules of every file, in the order of the files' names, and the settings that the header declares.

    Both checked. Raises RulebookError.
    """
    book = header.get("key", "a rulebook") if isinstance(header, Mapping) else "a rulebook"
    try:
        checked = _checked_header(header)
        if not isinstance(files, Mapping):
            raise RulebookError("files must be tables by the name of the file")
        declared = _declared(checked, wide)
        settings = {**wide, **declared}
        rules = [
            rule
            for name in sorted(files)
            for rule in read_rules(name, files[name], checked, vocabulary, settings)
        ]
        check_whole(rules)
        _check_paragraphs(declared, rules)
    except RulebookError as error:
        raise RulebookError(f"{book}: {error}") from error
    return rules, declared


def _declared(header: Mapping[str, Any], wide: Mapping[str, Setting]) -> dict[str, Setting]:
    """What the book needs to know of a contract. Raises RulebookError."""
    try:
        declared = read_settings(header.get("setting", []))
    except SettingsError as error:
        raise RulebookError(f"{HEADER}: {error}") from error
    if both := [name for name in declared if name in wide]:
        raise RulebookError(f"{HEADER}: setting {both[0]}: every contract has a setting of this name")
    return declared


def _check_paragraphs(declared: Mapping[str, Setting], rules: Iterable[Rule]) -> None:
    paths = {rule.path for rule in rules}
    for setting in declared.values():
        if setting.paragraph not in paths:
            raise RulebookError(
                f"{HEADER}: setting {setting.name}: paragraph {setting.paragraph!r} has no entry of its own"
            )


def _checked_header(header: object) -> Mapping[str, Any]:
    if not isinstance(header, Mapping):
        raise RulebookError(f"{HEADER}: must be a table")
    if missing := [name for name in _HEADER_KEYS if name not in header]:
        raise RulebookError(f"{HEADER}: {missing[0]} is missing")
    if unknown := sorted(set(header) - {*_HEADER_KEYS, *_MAY}):
        raise RulebookError(f"{HEADER}: unknown key {unknown[0]!r}")
    for name in ("key", "title", "dated"):
        if not isinstance(header[name], str) or not header[name].strip():
            raise RulebookError(f"{HEADER}: {name} must be a text")
    if not _is_number(header["version"]):
        raise RulebookError(f"{HEADER}: version must be a whole number from 1")
    scopes = header["scopes"]
    if not scopes or not _are_texts(scopes):
        raise RulebookError(f"{HEADER}: scopes must be a list of texts")
    return header


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _part(rules: Iterable[Rule], known: Vocabulary) -> Vocabulary:
    """As much of a vocabulary as these rules use, the kinds by which an extension may be lost among it."""
    rules = list(rules)
    names = {DONE} | _kinds(rules, known) | {kind for rule in rules for kind in kinds_in(rule)}
    for rule in rules:
        if rule.extension is not None:
            names.update(known.kinds_with(rule.extension.requires))
    return known.only(names)


def _kinds(rules: Iterable[Rule], known: Vocabulary) -> frozenset[str]:
    """Every kind that rules name, that rates or decides a category, or that another is worked out from."""
    found = {DONE}
    for rule in rules:
        found |= kinds_in(rule)
        if rule.category:
            found.update(known.rating_kinds)
    return frozenset(found.union(*(known.sources_of(kind) for kind in found)))


def _place(rule: Rule, scopes: tuple[str, ...]) -> tuple[int, list[tuple[int, str]]]:
    """Where an entry stands: by scope, then by number; what has none keeps the order of its file."""
    tokens = re.findall(r"\d+|\([a-z]+\)", rule.paragraph.partition("/")[0])
    return scopes.index(rule.part), [(int(t), "") if t.isdigit() else (0, t) for t in tokens]


def _parse(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise RulebookError(f"{path.parent.name}: {path.name}: {error}") from error


def _plain(value: Any) -> Any:
    """A value of TOML as JSON has it: days and times of day as texts."""
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date | time) else value


def _canonical(content: Mapping[str, Any]) -> str:
    """The one way in which a content is written, whatever the order of its keys."""
    try:
        return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise RulebookError(f"{content['header']['key']}: the content is no JSON value: {error}") from error
