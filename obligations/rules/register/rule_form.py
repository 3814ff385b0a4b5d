"""The rules of a rulebook, read strictly from tables. Every error names the file and the key."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from contracts.terms.periods import Period, Unit
from contracts.terms.setting import Setting
from obligations.rules.register import limit_keys
from obligations.rules.register.conditions import read_condition
from obligations.rules.register.kinds import FactError
from obligations.rules.register.rule import (
    CAUSED,
    Agreement,
    Awaited,
    Every,
    Extension,
    InPlace,
    Rule,
    RuleReading,
    Shape,
    Survives,
    Suspension,
)
from obligations.rules.register.vocabulary import Vocabulary

_PARTIES = ("supplier", "authority", "both")
_RULE_KEYS = frozenset(Rule.__slots__) - {"rulebook"}
_NEEDED = ("key", "path", "party", "title", "summary", "shape")
_KINDS_IN = ("on", "met_by", "aware_by", "ends_on", "needs", "runs_from", "undone_by", "all_of")
_BEGINS_ENDS = ("begins", "ends", "path")
_READING_KEYS = ("unit", "start", "until", "per", "on", "derived_only", "when", "detail", "asks_nothing")
_OF_A_READING = {
    "start": ("awareness", "last", "cause", "detail", "next_full_hour"),
    "until": ("earlier", "two_working_days"),
    "per": ("calendar_month", "contract_year"),
    "when": ("resubmitted",),
}
_FLAGS = ("notice", "until_service_end", "claim", "prior", "fresh")
_CHOICES = {"unit": Unit, "every": Every, "survives": Survives}
_TEXTS = frozenset(
    ("word", "qualifier", "approver", "consequence", "evidence", "why", "subject", "series", "once_per")
) | {
    "anchor",
    "bound",
    "read_with",
    "beside",
    "agreed_date",
    "each_day_until",
    "former",
    "hours",
    "event_day",
}


DATE = "date"
"""The detail of a fact that holds the day on which something falls due (R44)."""


class RulebookError(ValueError):
    """A rulebook that cannot be used. The message names the file and the key, and says what is wrong."""


def read_rules(
    file: str,
    data: object,
    header: Mapping[str, Any],
    vocabulary: Vocabulary,
    settings: Mapping[str, Setting],
) -> Iterable[Rule]:
    """The rules of one file of a rulebook, in its order. Raises RulebookError."""
    if not isinstance(data, Mapping):
        raise RulebookError(f"{file}: must be a table")
    if unknown := set(data) - {"rule", "none"}:
        raise RulebookError(f"{file}: unknown table {sorted(unknown)[0]!r}; use [[rule]] or [[none]]")
    for entry in _entries(file, data, "rule"):
        yield _rule(file, entry, header, vocabulary, settings)
    for entry in _entries(file, data, "none"):
        if set(entry) != {"path", "title", "why"}:
            raise RulebookError(
                f"{file}: {entry.get('path', 'a [[none]]')}: give path, title and why, nothing else"
            )
        full = {"key": entry["path"], "party": "both", "summary": entry["why"], "shape": "none", **entry}
        yield _rule(file, full, header, vocabulary, settings)


def _entries(file: str, data: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    rows = data.get(name, [])
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise RulebookError(f"{file}: {name} must be a list of tables: write [[{name}]]")
    return rows


def _rule(
    file: str,
    entry: Mapping[str, Any],
    header: Mapping[str, Any],
    vocabulary: Vocabulary,
    settings: Mapping[str, Setting],
) -> Rule:
    """One rule, checked. Raises RulebookError naming file and key."""
    where = f"{file}: {entry.get('key') or entry.get('path') or 'a rule without a key'}"
    for name in _NEEDED:
        if not isinstance(entry.get(name), str) or not entry[name].strip():
            raise RulebookError(f"{where}: {name} is missing")
    if unknown := sorted(set(entry) - _RULE_KEYS):
        raise RulebookError(f"{where}: unknown key {unknown[0]!r}")
    try:
        rule = Rule(rulebook=header["key"], **_typed(entry, vocabulary, settings))
    except (KeyError, TypeError, ValueError) as error:
        raise RulebookError(f"{where}: {error}") from error
    _check_rule(where, rule, header["scopes"], vocabulary)
    return rule


def _typed(
    entry: Mapping[str, Any], vocabulary: Vocabulary, settings: Mapping[str, Setting]
) -> dict[str, Any]:
    """The values of a rule's table in their types. Raises ValueError and KeyError for what does not fit."""
    values = dict(entry)
    values["shape"] = _one_of(Shape, values["shape"], "shape")
    for name, choices in _CHOICES.items():
        if name in values:
            values[name] = _one_of(choices, values[name], name)
    for name in (*_KINDS_IN, "exceptions", "confirms"):
        if name in values:
            values[name] = _texts(values[name], name)
    _check_flags_and_texts(values)
    starts = [_kind(vocabulary, name) for name in values.get("on", ())]
    conditions = _list(values.get("conditions", []), "conditions")
    values["conditions"] = tuple(read_condition(text, starts, settings) for text in conditions)
    if "amount" in values:
        _amount(values["amount"], "amount")
    values["readings"] = tuple(_reading(table) for table in _list(values.get("readings", []), "readings"))
    return values | limit_keys.typed(values, settings) | _clock_events(values)


def _check_flags_and_texts(values: Mapping[str, Any]) -> None:
    for name in _FLAGS:
        if not isinstance(values.get(name, False), bool):
            raise ValueError(f"{name} must be true or false")
    for name, value in values.items():
        if name in _TEXTS and not isinstance(value, str):
            raise ValueError(f"{name} must be a text")


def _clock_events(values: Mapping[str, Any]) -> dict[str, Any]:
    """What stops the clock of a rule, adds to its limit or replaces it."""
    found: dict[str, Any] = {}
    if "suspension" in values:
        found["suspension"] = Suspension(**_table(values["suspension"], "suspension", _BEGINS_ENDS))
    if "extension" in values:
        found["extension"] = _extension(values["extension"])
    if "agreement" in values:
        found["agreement"] = Agreement(**_table(values["agreement"], "agreement", ("fact", "path")))
    if "awaited" in values:
        table = _table(values["awaited"], "awaited", ("detail", "earliest", "title"), ("known_by",))
        found["awaited"] = Awaited(
            **table | {"known_by": _texts(table.get("known_by", []), "known_by of awaited")}
        )
    if "in_place" in values:
        table = _table(values["in_place"], "in_place", ("fact", "detail"), ("values",))
        found["in_place"] = InPlace(
            **table | {"values": _texts(table.get("values", []), "values of in_place")}
        )
    return found


def _table(value: object, name: str, needed: Sequence[str], others: Sequence[str] = ()) -> dict[str, Any]:
    """A table within a rule: texts under the needed keys, perhaps others. Raises ValueError."""
    if not isinstance(value, Mapping):
        raise ValueError(f"{name} must be a table")
    if unknown := sorted(set(value) - {*needed, *others}):
        raise ValueError(f"{name}: unknown key {unknown[0]!r}")
    for key in needed:
        if not isinstance(value.get(key), str) or not value[key].strip():
            raise ValueError(f"{name}: {key} is missing")
    return dict(value)


def _list(value: object, name: str) -> list[Any] | tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise ValueError(f"{name} must be a list")
    return value


def _amount(value: object, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f"{name} must be a whole number")
    return value


def _one_of(kind: Any, value: object, name: str) -> Any:
    try:
        return kind(value)
    except ValueError:
        raise ValueError(f"{name} {value!r} is not one of {', '.join(kind)}") from None


def _texts(value: object, name: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError(f"{name} must be a list of texts")
    return tuple(value)


def _kind(vocabulary: Vocabulary, name: str) -> Any:
    """The kind of this name. Raises ValueError with the nearest names."""
    try:
        return vocabulary.kind(name)
    except FactError as error:
        raise ValueError(f"{name!r} is not a kind of fact ({error})") from error


def _reading(table: object) -> RuleReading:
    values = _table(table, "readings", ("name", "rule"), _READING_KEYS)
    if "unit" in values:
        values["unit"] = _one_of(Unit, values["unit"], "unit of a reading")
    for name in ("derived_only", "asks_nothing"):
        if not isinstance(values.get(name, False), bool):
            raise ValueError(f"{name} of a reading must be true or false")
    values["on"] = _texts(values.get("on", []), "on of a reading")
    for key, known in _OF_A_READING.items():
        if values.get(key) not in (None, *known):
            raise ValueError(f"{key} of a reading must be {' or '.join(known)}, not {values[key]!r}")
    ways = sum(name in values for name in ("unit", "start", "until", "per"))
    if ways > 1:
        raise ValueError("a reading has one of unit, start, until and per")
    if (values.get("start") == "detail") != bool(values.get("detail")):
        raise ValueError("detail of a reading names the moment that start = 'detail' counts from")
    if values.get("asks_nothing") and ways:
        raise ValueError("a reading that asks nothing has none of unit, start, until and per")
    return RuleReading(**values)


def _extension(table: object) -> Extension:
    values = _table(table, "extension", ("fact", "path", "requires", "unit"), ("amount", "other_unit"))
    period = Period(
        _amount(values.pop("amount", None), "amount of an extension"),
        _one_of(Unit, values.pop("unit"), "unit of an extension"),
    )
    if "other_unit" in values:
        values["other_unit"] = _one_of(Unit, values["other_unit"], "other_unit of an extension")
    return Extension(period=period, **values)


def _check_rule(where: str, rule: Rule, scopes: Iterable[str], vocabulary: Vocabulary) -> None:
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
    known = (None, "at_least", "more_than") if rule.before else (None, "at_least")
    need(rule.qualifier in known, f"qualifier {rule.qualifier!r} is not known")
    need(rule.shape not in CAUSED or rule.on, f"a rule of shape {rule.shape} needs on")
    need((rule.shape is Shape.RECURRING) == (rule.every is not None), "every goes with shape recurring")
    need(
        (rule.every is Every.CYCLE) <= (rule.cycle is not None),
        "every = “cycle” needs a cycle with its place",
    )
    need(
        rule.shape is not Shape.RECURRING or rule.period or rule.every is Every.CYCLE,
        "a recurring rule needs amount and unit",
    )
    need((rule.shape is Shape.NONE) == (rule.why is not None), "why goes with shape none")
    need(
        not rule.claim or (rule.shape is Shape.RIGHT and rule.on), "claim goes with shape right and needs on"
    )
    need(rule.bound in (None, "aware_party"), f"bound {rule.bound!r} is not known")
    need(rule.series in ("contract", "subject"), f"series {rule.series!r} is not known")
    need(rule.once_per in ("subject", "fact"), f"once_per {rule.once_per!r} is not known")
    _check_prior(need, rule)
    limit_keys.check_limit(need, rule)
    _check_facts(need, rule, vocabulary)
    need(
        not rule.conditions or rule.shape in CAUSED or all(c.about == "setting" for c in rule.conditions),
        f"a rule of shape {rule.shape} can only depend on settings",
    )


def _check_prior(need: Callable[[object, str], None], rule: Rule) -> None:
    """What a rule says of acts before their cause (R36)."""
    need(
        not rule.prior or rule.shape in CAUSED, f"prior goes with a duty that a fact causes, not {rule.shape}"
    )
    need(not (rule.prior and rule.fresh), "prior and fresh contradict each other")
    need(rule.in_place is None or rule.shape is Shape.GATE, "in_place goes with shape gate")


def _check_facts(need: Callable[[object, str], None], rule: Rule, vocabulary: Vocabulary) -> None:
    """What a rule says of facts, held against what the vocabulary knows of them."""
    for kind in sorted(kinds_in(rule)):
        need(kind in vocabulary, f"{kind!r} is not a kind of fact")
    need(
        rule.extension is None or vocabulary.detail(rule.extension.requires) is not None,
        f"the extension requires {rule.extension.requires if rule.extension else ''!r}, which is no detail",
    )
    need(
        all(
            one.detail is None
            or ((field := vocabulary.detail(one.detail)) is not None and field.type in ("day", "when"))
            for one in rule.readings
        ),
        "a reading counts from a detail that is no day or moment",
    )
    if rule.in_place is not None:
        _check_in_place(need, rule.in_place, vocabulary)
    if rule.awaited is not None:
        _check_awaited(need, rule, rule.awaited, vocabulary)
    need(
        all(one.when is None or any(vocabulary.round_of(kind) for kind in rule.on) for one in rule.readings),
        "a reading for what is resubmitted needs a kind in on that goes round",
    )
    _check_starts(need, rule, vocabulary)


def _check_starts(need: Callable[[object, str], None], rule: Rule, vocabulary: Vocabulary) -> None:
    """What a rule says of clocks that begin with, or wait for, something else than its cause (R44)."""
    caused = rule.shape in CAUSED
    need(not rule.needs or caused, "needs goes with a rule that a fact starts")
    need(not rule.runs_from or (caused and rule.period), "runs_from goes with a limit that a fact starts")
    limit_keys.check_starts(need, rule, caused)
    _check_event_day(need, rule, vocabulary)
    kind = rule.agreed_date
    if kind is None:
        return
    need(
        caused and rule.period is None, "agreed_date goes with a rule that a fact starts and without a limit"
    )
    date = vocabulary.kind(kind).detail(DATE)
    need(
        date is not None and date.type == "day", f"agreed_date: {kind!r} has no detail {DATE!r} that is a day"
    )


def _check_awaited(
    need: Callable[[object, str], None], rule: Rule, one: Awaited, vocabulary: Vocabulary
) -> None:
    """A day that is to be found: only limits that differ by category run from one (R48)."""
    need(rule.category and rule.limit, "awaited goes with a limit that differs by category")
    need(one.known_by, "awaited: known_by must name a kind of fact")
    for kind in one.known_by:
        about = vocabulary.kind(kind)
        date = about.detail(one.earliest)
        need(about.detail(one.detail), f"awaited: {one.detail!r} is no detail of {kind}")
        need(
            date is not None and date.type == "day",
            f"awaited: {one.earliest!r} is no day among the details of {kind}",
        )


def _check_in_place(need: Callable[[object, str], None], one: InPlace, vocabulary: Vocabulary) -> None:
    kind = vocabulary.kinds.get(one.fact)
    need(kind is not None, f"in_place: {one.fact!r} is not a kind of fact")
    need(kind is not None and kind.detail(one.detail), f"in_place: {one.detail!r} is no detail of {one.fact}")
    need(one.values, "in_place: values must name what opens the gate")


def _check_event_day(need: Callable[[object, str], None], rule: Rule, vocabulary: Vocabulary) -> None:
    """An event to come: its day is a detail of every fact that starts the rule, or the contract's end."""
    name = rule.event_day
    if name is None:
        return
    need(rule.limit, "event_day goes with a limit")
    if rule.shape is Shape.ONE_OFF:
        need(
            name == limit_keys.CONTRACT_END,
            f"event_day of a one-off is {limit_keys.CONTRACT_END!r}, not {name!r}",
        )
        return
    need(rule.shape in CAUSED, "event_day goes with a rule that a fact starts, or with a one-off")
    details = [vocabulary.kind(kind).detail(name) for kind in rule.on]
    need(
        all(one is not None and one.type in ("day", "when") for one in details),
        f"event_day: {name!r} is not a day among the details of {', '.join(rule.on)}",
    )


def kinds_in(rule: Rule) -> frozenset[str]:
    """Every kind of fact that a rule names."""
    found = {kind for name in _KINDS_IN for kind in getattr(rule, name)}
    found.update(kind for reading in rule.readings for kind in reading.on)
    found.update(one for one in (rule.anchor, rule.agreed_date, rule.each_day_until) if one)
    for part in (rule.deemed, rule.extension, rule.agreement, rule.in_place):
        found.update({part.fact} if part is not None else ())
    found.update({rule.suspension.begins, rule.suspension.ends} if rule.suspension else ())
    found.update(rule.awaited.known_by if rule.awaited else ())
    return frozenset(found)


def check_whole(rules: Iterable[Rule]) -> None:
    """No key twice, and every paragraph pointed to has an entry. Raises RulebookError."""
    rules = list(rules)
    keys = Counter(rule.key for rule in rules)
    for key, times in keys.items():
        if times > 1:
            raise RulebookError(f"the key {key!r} is used {times} times")
    paths = {rule.path for rule in rules}
    for rule in rules:
        _check_pointers(rule, keys, paths)


def _check_pointers(rule: Rule, keys: Collection[str], paths: Collection[str]) -> None:
    for name in ("exceptions", "confirms"):
        for path in getattr(rule, name):
            if path not in paths:
                raise RulebookError(f"{rule.key}: {name}: {path!r} has no entry of its own")
    if rule.read_with is not None and rule.read_with not in paths:
        raise RulebookError(f"{rule.key}: read_with {rule.read_with!r} has no entry")
    if rule.deemed is not None and rule.deemed.path not in paths:
        raise RulebookError(f"{rule.key}: deemed: path {rule.deemed.path!r} has no entry of its own")
    for name in ("beside", "former"):
        other = getattr(rule, name)
        if other is not None and (other not in keys or other == rule.key):
            raise RulebookError(f"{rule.key}: {name} names the unknown rule {other!r}")
