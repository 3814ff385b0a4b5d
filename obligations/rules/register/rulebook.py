"""Rulebooks: the rules of one schedule, read strictly from data. Every error names the file and the key."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from contracts.terms.periods import Period, Unit
from obligations.rules.register.facts import vocabulary
from obligations.rules.register.rule import (
    CAUSED,
    Agreement,
    Condition,
    Every,
    Extension,
    Rule,
    RuleReading,
    Shape,
    Suspension,
)

BOOKS = Path(__file__).resolve().parents[2] / "rulebooks"
HEADER = "rulebook.toml"

_PARTIES = ("supplier", "authority", "both")
_RULE_KEYS = frozenset(Rule.__slots__) - {"rulebook"}
_NEEDED = ("key", "path", "party", "title", "summary", "shape")
_CONDITION = re.compile(
    r"^(?:category = (?P<category>Critical|Important|Other)"
    r"|setting (?P<setting>security_policy_applies)"
    r"|outcome in (?P<outcome>[a-z_]+(?:, [a-z_]+)*))$"
)
_OUTCOMES = ("actual", "attempted", "sustained_attempted", "potential")
_KINDS_IN = ("on", "met_by", "aware_by", "ends_on")


class RulebookError(ValueError):
    """A rulebook that cannot be used. The message names the file and the key, and says what is wrong."""


@dataclass(frozen=True)
class Rulebook:
    """The rules of one schedule, as read on ``dated``. ``digest`` is the SHA-256 of all it says."""

    key: str
    title: str
    dated: str
    scopes: tuple[str, ...]
    rules: tuple[Rule, ...]
    digest: str

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
        """Every kind of fact that some rule of it starts on, is met by or looks at."""
        found: set[str] = {"duty_done"}
        for rule in self.duties:
            found.update(rule.on, rule.met_by, rule.aware_by, rule.ends_on)
            found.update({rule.anchor} if rule.anchor else ())
            found.update({rule.suspension.begins, rule.suspension.ends} if rule.suspension else ())
            found.update({rule.extension.fact} if rule.extension else ())
            found.update({rule.agreement.fact} if rule.agreement else ())
            if rule.category:
                found.update(("nvd_rating_published", "microsoft_rating_published"))
                found.add("vulnerability_category_decided")
        if "certification_ceased" in found:
            found.add("certificate_issued")
        return frozenset(found)

    def at(self, path: str) -> tuple[Rule, ...]:
        """The entries of one paragraph, SCOPE/NUMBER."""
        return tuple(rule for rule in self.rules if rule.path == path)

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


def read_rulebook(folder: Path) -> Rulebook:
    """Read and check every file of a rulebook's folder. Raises RulebookError."""
    header = _parse(folder / HEADER)
    if missing := {"key", "title", "dated", "scopes"} - set(header):
        raise RulebookError(f"{HEADER}: {sorted(missing)[0]} is missing")
    if header["key"] != folder.name:
        raise RulebookError(f"{HEADER}: key {header['key']!r} is not the folder's name {folder.name!r}")
    if unknown := set(header) - {"key", "title", "dated", "scopes"}:
        raise RulebookError(f"{HEADER}: unknown key {sorted(unknown)[0]!r}")
    content: dict[str, Any] = {HEADER: header}
    rules: list[Rule] = []
    for path in sorted(folder.glob("*.toml")):
        if path.name != HEADER:
            content[path.name] = _parse(path)
            rules += _rules_of(path.name, content[path.name], header)
    _check_whole(folder.name, rules)
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    scopes = tuple(header["scopes"])
    rules.sort(key=lambda rule: _place(rule, scopes))
    return Rulebook(header["key"], header["title"], str(header["dated"]), scopes, tuple(rules), digest)


def _place(rule: Rule, scopes: tuple[str, ...]) -> tuple[int, list[tuple[int, str]]]:
    """Where an entry stands: by scope, then by number; what has none keeps the order of its file."""
    tokens = re.findall(r"\d+|\([a-z]+\)", rule.paragraph.partition("/")[0])
    return scopes.index(rule.part), [(int(t), "") if t.isdigit() else (0, t) for t in tokens]


def _parse(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise RulebookError(f"{path.name}: {error}") from error


def _rules_of(file: str, data: Mapping[str, Any], header: Mapping[str, Any]) -> Iterable[Rule]:
    if unknown := set(data) - {"rule", "none"}:
        raise RulebookError(f"{file}: unknown table {sorted(unknown)[0]!r}; use [[rule]] or [[none]]")
    for entry in data.get("rule", ()):
        yield _rule(file, entry, header)
    for entry in data.get("none", ()):
        if set(entry) != {"path", "title", "why"}:
            raise RulebookError(
                f"{file}: {entry.get('path', 'a [[none]]')}: give path, title and why, nothing else"
            )
        full = {"key": entry["path"], "party": "both", "summary": entry["why"], "shape": "none", **entry}
        yield _rule(file, full, header)


def _rule(file: str, entry: Mapping[str, Any], header: Mapping[str, Any]) -> Rule:
    """One rule, checked. Raises RulebookError naming file and key."""
    where = f"{file}: {entry.get('key') or entry.get('path') or 'a rule without a key'}"
    for name in _NEEDED:
        if not isinstance(entry.get(name), str) or not entry[name].strip():
            raise RulebookError(f"{where}: {name} is missing")
    if unknown := sorted(set(entry) - _RULE_KEYS):
        raise RulebookError(f"{where}: unknown key {unknown[0]!r}")
    try:
        rule = Rule(rulebook=header["key"], **_typed(entry))
    except (KeyError, TypeError, ValueError) as error:
        raise RulebookError(f"{where}: {error}") from error
    _check_rule(where, rule, header["scopes"])
    return rule


def _typed(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a rule's table in their types. Raises ValueError and KeyError for what does not fit."""
    values = dict(entry)
    values["shape"] = _one_of(Shape, values["shape"], "shape")
    for name in ("unit", "every"):
        if name in values:
            values[name] = _one_of(Unit if name == "unit" else Every, values[name], name)
    for name in (*_KINDS_IN, "exceptions"):
        if name in values:
            values[name] = _texts(values[name], name)
    values["conditions"] = tuple(_condition(text) for text in values.get("conditions", ()))
    values["readings"] = tuple(_reading(table) for table in values.get("readings", ()))
    if "suspension" in values:
        values["suspension"] = Suspension(**values["suspension"])
    if "extension" in values:
        values["extension"] = _extension(values["extension"])
    if "agreement" in values:
        values["agreement"] = Agreement(**values["agreement"])
    return values


def _one_of(kind: Any, value: object, name: str) -> Any:
    try:
        return kind(value)
    except ValueError:
        raise ValueError(f"{name} {value!r} is not one of {', '.join(kind)}") from None


def _texts(value: object, name: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError(f"{name} must be a list of texts")
    return tuple(value)


def _condition(text: str) -> Condition:
    found = _CONDITION.match(text)
    if found is None:
        raise ValueError(f"condition {text!r} is not in the vocabulary")
    kind, value = next((k, v) for k, v in found.groupdict().items() if v is not None)
    values = tuple(value.split(", "))
    if kind == "outcome" and (wrong := [v for v in values if v not in _OUTCOMES]):
        raise ValueError(f"condition {text!r}: {wrong[0]!r} is not an outcome of a breach")
    return Condition(kind, values)


def _reading(table: Mapping[str, Any]) -> RuleReading:
    values = dict(table)
    if "unit" in values:
        values["unit"] = _one_of(Unit, values["unit"], "unit of a reading")
    values["on"] = _texts(values.get("on", []), "on of a reading")
    if values.get("start") not in (None, "awareness", "last"):
        raise ValueError(f"start of a reading must be awareness or last, not {values['start']!r}")
    if values.get("per") not in (None, "calendar_month", "contract_year"):
        raise ValueError(f"per of a reading must be calendar_month or contract_year, not {values['per']!r}")
    if values.get("when") not in (None, "resubmitted"):
        raise ValueError(f"when of a reading must be 'resubmitted', not {values['when']!r}")
    if sum(name in values for name in ("unit", "start", "per")) > 1:
        raise ValueError("a reading has one of unit, start and per")
    return RuleReading(**values)


def _extension(table: Mapping[str, Any]) -> Extension:
    values = dict(table)
    period = Period(values.pop("amount"), _one_of(Unit, values.pop("unit"), "unit of an extension"))
    if "other_unit" in values:
        values["other_unit"] = _one_of(Unit, values["other_unit"], "other_unit of an extension")
    return Extension(period=period, **values)


def _check_rule(where: str, rule: Rule, scopes: Iterable[str]) -> None:
    """The rules about rules. Raises RulebookError."""

    def need(holds: object, text: str) -> None:
        if not holds:
            raise RulebookError(f"{where}: {text}")

    need(
        rule.paragraph and rule.part in scopes,
        f"path {rule.path!r} is not SCOPE/NUMBER of a scope of this book",
    )
    need(rule.party in _PARTIES, f"party {rule.party!r} is not one of {', '.join(_PARTIES)}")
    need(rule.approver in (None, "supplier", "authority"), f"approver {rule.approver!r} is not a side")
    need((rule.amount is None) == (rule.unit is None), "amount and unit go together")
    need(
        rule.amount is None or (isinstance(rule.amount, int) and rule.amount > 0),
        "amount must be a whole number",
    )
    need(rule.qualifier in (None, "at_least"), f"qualifier {rule.qualifier!r} is not known")
    need(rule.shape not in CAUSED or rule.on, f"a rule of shape {rule.shape} needs on")
    need((rule.shape is Shape.RECURRING) == (rule.every is not None), "every goes with shape recurring")
    need(rule.shape is not Shape.RECURRING or rule.period, "a recurring rule needs amount and unit")
    need((rule.shape is Shape.NONE) == (rule.why is not None), "why goes with shape none")
    need(rule.bound in (None, "aware_party"), f"bound {rule.bound!r} is not known")
    need(rule.series in ("contract", "subject"), f"series {rule.series!r} is not known")
    need(rule.once_per in ("subject", "fact"), f"once_per {rule.once_per!r} is not known")
    kinds = [kind for name in _KINDS_IN for kind in getattr(rule, name)]
    kinds += [rule.anchor] if rule.anchor else []
    kinds += [rule.suspension.begins, rule.suspension.ends] if rule.suspension else []
    kinds += [rule.extension.fact] if rule.extension else []
    kinds += [rule.agreement.fact] if rule.agreement else []
    for kind in kinds:
        need(kind in vocabulary(), f"{kind!r} is not a kind of fact")


def _check_whole(book: str, rules: list[Rule]) -> None:
    """No key twice, and every paragraph pointed to has an entry. Raises RulebookError."""
    for key, times in Counter(rule.key for rule in rules).items():
        if times > 1:
            raise RulebookError(f"{book}: the key {key!r} is used {times} times")
    paths = {rule.path for rule in rules}
    for rule in rules:
        for path in rule.exceptions:
            if path not in paths:
                raise RulebookError(f"{book}: {rule.key}: the exception {path!r} has no entry of its own")
        if rule.read_with is not None and rule.read_with not in paths:
            raise RulebookError(f"{book}: {rule.key}: read_with {rule.read_with!r} has no entry")
        if rule.beside is not None and rule.beside not in {other.key for other in rules}:
            raise RulebookError(f"{book}: {rule.key}: beside names the unknown rule {rule.beside!r}")
