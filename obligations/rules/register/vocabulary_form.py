"""The data form of a vocabulary, read strictly and written without loss: ``facts.toml``, or JSON.

Tables are keyed by name in the file; in JSON they are lists of entries with a ``name``, since a JSON object
keeps no order. Every FactError names the place, the entry and the key.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from obligations.rules.register.kinds import (
    CLOCKS,
    DETAIL_TYPES,
    SIDES,
    Derivation,
    DetailField,
    FactError,
    FactKind,
    Follows,
    Lapse,
    RatingSource,
    Round,
)
from obligations.rules.register.severity import NO_CATEGORY, SCORE_WORDS

Parts = tuple[tuple[FactKind, ...], tuple[Derivation, ...], tuple[RatingSource, ...]]

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_TABLES = ("detail", "kind", "source", "derived")


@dataclass(frozen=True, slots=True)
class _Keys:
    """The keys of one sort of entry: texts, those of them that it needs, flags, and lists of texts."""

    texts: tuple[str, ...]
    needed: tuple[str, ...]
    flags: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()


_DETAIL = _Keys(("label", "type", "help"), ("label", "type"), ("rated",), ("choices", "gravest_first"))
_KIND = _Keys(
    ("group", "label", "side", "subject", "example", "page", "clock", "rates"),
    ("group", "label", "side"),
    (
        "needs_moment",
        "contract_wide",
        "notice",
        "derived",
        "alone",
        "awareness",
        "ends_contract",
        "decides",
        "agreement",
    ),
    ("details", "required"),
)
_FORMS: Mapping[str, tuple[type[Any], _Keys]] = {
    "lapse": (Lapse, _Keys(("of", "makes", "last_day", "same"), ("of", "makes", "last_day"))),
    "follows": (Follows, _Keys(("of", "makes"), ("of", "makes"))),
    "round": (
        Round,
        _Keys(
            ("submission", "refusal", "approval", "makes"),
            ("submission", "refusal", "approval", "makes", "family"),
            lists=("family",),
        ),
    ),
}


# Reading


def read_form(
    data: Mapping[str, Any],
    where: str,
    details: Mapping[str, DetailField] | None = None,
) -> Parts:
    """The parts of a vocabulary; its kinds may use these details too. Raises FactError."""
    if not isinstance(data, Mapping):
        raise FactError(f"{where}: must be a table")
    if unknown := sorted(set(data) - set(_TABLES)):
        raise FactError(f"{where}: unknown table {unknown[0]!r}; known are {', '.join(_TABLES)}")
    known = {**(details or {})}
    for place, name, entry in _named(data, "detail", where):
        known[name] = DetailField(name, **_read(place, entry, _DETAIL))
    kinds = tuple(_kind(place, name, entry, known) for place, name, entry in _named(data, "kind", where))
    sources = tuple(_source(place, name, entry) for place, name, entry in _named(data, "source", where))
    return kinds, tuple(_derivations(data, where)), sources


def _named(data: Mapping[str, Any], table: str, where: str) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Each entry of a table with its place and its name, from tables by name or from a list."""
    rows = data.get(table, {})
    if isinstance(rows, Mapping):
        found = list(rows.items())
    elif isinstance(rows, list):
        found = [_with_name(row, f"{where}: {table}") for row in rows]
    else:
        raise FactError(f"{where}: {table} must be tables by name, or a list of tables with a name")
    for name, times in Counter(name for name, _ in found).items():
        if times > 1:
            raise FactError(f"{where}: {table} {name!r} is there {times} times")
    for name, entry in found:
        place = f"{where}: {table} {name!r}"
        if not _NAME.fullmatch(name):
            raise FactError(f"{place}: a name has small letters, digits and _ only")
        if not isinstance(entry, Mapping):
            raise FactError(f"{place}: must be a table")
        yield place, name, entry


def _with_name(row: object, where: str) -> tuple[str, Mapping[str, Any]]:
    if not isinstance(row, Mapping) or not isinstance(row.get("name"), str):
        raise FactError(f"{where}: each must be a table with a name")
    return row["name"], {key: value for key, value in row.items() if key != "name"}


def _read(place: str, entry: Mapping[str, Any], keys: _Keys) -> dict[str, Any]:
    """The values of an entry in their types. Raises FactError naming the key."""
    for name in keys.needed:
        if name not in entry:
            raise FactError(f"{place}: {name} is missing", name)
    if unknown := sorted(set(entry) - {*keys.texts, *keys.flags, *keys.lists}):
        raise FactError(f"{place}: unknown key {unknown[0]!r}", unknown[0])
    return {name: _value(place, name, value, keys) for name, value in entry.items()}


def _value(place: str, name: str, value: object, keys: _Keys) -> Any:
    if name in keys.flags:
        fits, wanted = isinstance(value, bool), "true or false"
    elif name in keys.lists:
        fits, wanted = _is_texts(value), "a list of texts, each once"
    else:
        fits, wanted = isinstance(value, str), "a text"
        fits = fits and (name not in keys.needed or bool(str(value).strip()))
    if not fits:
        raise FactError(f"{place}: {name} must be {wanted}", name)
    return tuple(value) if isinstance(value, list | tuple) else value


def _is_texts(value: object) -> bool:
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) and item for item in value):
        return False
    return len(set(value)) == len(value)


def _kind(
    place: str,
    name: str,
    entry: Mapping[str, Any],
    details: Mapping[str, DetailField],
) -> FactKind:
    values = _read(place, entry, _KIND)
    for detail in values.get("details", ()):
        if detail not in details:
            raise FactError(f"{place}: details: {detail!r} is not defined", "details")
    values["details"] = tuple(details[detail] for detail in values.get("details", ()))
    return FactKind(name, **values)


def _source(place: str, name: str, entry: Mapping[str, Any]) -> RatingSource:
    values = dict(entry)
    words = values.pop("words", None)
    if not isinstance(words, Mapping) or not words:
        raise FactError(f"{place}: words must say which category each word stands for", "words")
    for word, category in words.items():
        if word != word.lower() or not isinstance(category, str):
            raise FactError(f"{place}: words: {word!r} must be in small letters and name a category", "words")
    read = _read(place, values, _Keys(("label",), ("label",), ("scores",)))
    return RatingSource(name, words=tuple(sorted(words.items())), **read)


def _derivations(data: Mapping[str, Any], where: str) -> Iterator[Derivation]:
    rows = data.get("derived", [])
    if not isinstance(rows, list):
        raise FactError(f"{where}: derived must be a list of tables")
    for number, row in enumerate(rows, 1):
        place = f"{where}: derived {number}"
        form = row.get("form") if isinstance(row, Mapping) else None
        if not isinstance(form, str) or form not in _FORMS:
            raise FactError(f"{place}: form must be one of {', '.join(_FORMS)}", "form")
        made, keys = _FORMS[form]
        values = {key: value for key, value in row.items() if key != "form"}
        rests = _rests(place, values) if made is Lapse else {}
        yield made(**_read(place, values, keys), **rests)


def _rests(place: str, values: dict[str, Any]) -> dict[str, Any]:
    """What rests on what, taken out of the values of a lapse. Raises FactError."""
    if "rests" not in values:
        return {}
    rests = values.pop("rests")
    if not isinstance(rests, Mapping) or not all(isinstance(one, str) and one for one in rests.values()):
        raise FactError(f"{place}: rests must say of each name on which it rests", "rests")
    return {"rests": tuple(sorted(rests.items()))}


# Writing


def written(
    kinds: Iterable[FactKind], derivations: Iterable[Derivation], sources: Iterable[RatingSource]
) -> dict[str, Any]:
    """The parts of a vocabulary as a JSON value; ``read_form`` gives the same parts back."""
    kinds = list(kinds)
    details = {field.name: field for kind in kinds for field in kind.details}
    return {
        "detail": [{"name": name, **_write(field, _DETAIL)} for name, field in details.items()],
        "kind": [_written_kind(kind) for kind in kinds],
        "source": [
            {
                "name": one.name,
                "label": one.label,
                "words": dict(one.words),
                **({"scores": True} if one.scores else {}),
            }
            for one in sources
        ],
        "derived": [_written_derivation(one) for one in derivations],
    }


def _write(value: object, keys: _Keys) -> dict[str, Any]:
    """What a value says beyond the defaults."""
    found = {name: getattr(value, name) for name in (*keys.texts, *keys.flags) if getattr(value, name)}
    return found | {name: list(getattr(value, name)) for name in keys.lists if getattr(value, name)}


def _written_kind(kind: FactKind) -> dict[str, Any]:
    row = {"name": kind.name, **_write(kind, _KIND)}
    if kind.details:
        row["details"] = [field.name for field in kind.details]
    return row


def _written_derivation(one: Derivation) -> dict[str, Any]:
    form = next(name for name, (made, _) in _FORMS.items() if isinstance(one, made))
    rests = {"rests": dict(one.rests)} if isinstance(one, Lapse) and one.rests else {}
    return {"form": form, **_write(one, _FORMS[form][1]), **rests}


# What must hold of the whole


def check_whole(
    kinds: tuple[FactKind, ...],
    derivations: tuple[Derivation, ...],
    sources: tuple[RatingSource, ...],
    where: str,
) -> None:
    """Refuse a vocabulary that contradicts itself. Raises FactError naming the kind and the key."""
    _once(where, "kind", [kind.name for kind in kinds])
    _once(where, "source", [source.name for source in sources])
    rated = _rated(_details(kinds, where).values(), where)
    by_source = {source.name for source in sources}
    for kind in kinds:
        _check_kind(f"{where}: kind {kind.name!r}", kind, by_source)
    _once(where, "clock", [kind.clock for kind in kinds if kind.clock])
    for source in sources:
        _check_source(f"{where}: source {source.name!r}", source, rated)
    _check_derivations(derivations, {kind.name: kind for kind in kinds}, where)


def _check_derivations(derivations: Iterable[Derivation], kinds: Mapping[str, FactKind], where: str) -> None:
    """Each by itself; and no kind lapses in two ways or goes round in two families."""
    derivations = tuple(derivations)
    for number, one in enumerate(derivations, 1):
        _check_derivation(f"{where}: derived {number}", one, kinds)
    _once(where, "lapse of", [one.of for one in derivations if isinstance(one, Lapse)])
    _once(where, "round of", [k for one in derivations if isinstance(one, Round) for k in one.family])


def _once(where: str, what: str, names: Iterable[str]) -> None:
    for name, times in Counter(names).items():
        if times > 1:
            raise FactError(f"{where}: {what} {name!r} is there {times} times")


def _details(kinds: Iterable[FactKind], where: str) -> dict[str, DetailField]:
    """Every detail in use, by name; each name may mean one thing only."""
    found: dict[str, DetailField] = {}
    for field in (field for kind in kinds for field in kind.details):
        if found.setdefault(field.name, field) != field:
            raise FactError(f"{where}: detail {field.name!r} is defined in two ways")
    return found


def _rated(details: Collection[DetailField], where: str) -> DetailField | None:
    """The one detail that ratings decide, if there is one. Each detail is checked."""
    for field in details:
        _check_detail(f"{where}: detail {field.name!r}", field)
    rated = [field for field in details if field.rated]
    _once(where, "a rated detail:", ["rated" for _ in rated])
    return rated[0] if rated else None


def _check_detail(place: str, field: DetailField) -> None:
    if field.type not in DETAIL_TYPES:
        raise FactError(f"{place}: type must be one of {', '.join(DETAIL_TYPES)}, not {field.type!r}", "type")
    if (field.type == "choice") != bool(field.choices):
        raise FactError(f"{place}: choices go with type choice", "choices")
    if field.gravest_first and set(field.gravest_first) != set(field.choices):
        raise FactError(f"{place}: gravest_first must hold each of the choices", "gravest_first")
    if field.rated and not field.choices:
        raise FactError(f"{place}: rated goes with type choice", "rated")


def _check_kind(place: str, kind: FactKind, sources: Iterable[str]) -> None:
    if kind.side not in SIDES:
        raise FactError(f"{place}: side must be one of {', '.join(SIDES)}, not {kind.side!r}", "side")
    if kind.clock and kind.clock not in CLOCKS:
        raise FactError(f"{place}: clock must be one of {', '.join(CLOCKS)}, not {kind.clock!r}", "clock")
    if unknown := set(kind.required) - {field.name for field in kind.details}:
        raise FactError(f"{place}: required: {', '.join(sorted(unknown))} is no detail of it", "required")
    if kind.agreement and kind.side == "either":
        raise FactError(
            f"{place}: agreement goes with a side, which is the one that has to agree", "agreement"
        )
    _check_rates(place, kind, sources)
    if kind.decides and not any(field.rated for field in kind.details):
        raise FactError(f"{place}: decides goes with a detail that is rated", "decides")


def _check_rates(place: str, kind: FactKind, sources: Iterable[str]) -> None:
    if kind.rates and kind.rates not in sources:
        raise FactError(f"{place}: rates: {kind.rates!r} is no source of ratings", "rates")
    if kind.detail("rating") is not None and not kind.rates:
        raise FactError(f"{place}: rates is missing: whose scale reads its rating", "rates")


def _check_source(place: str, source: RatingSource, rated: DetailField | None) -> None:
    words = dict(source.words)
    known = (*rated.choices, NO_CATEGORY) if rated is not None else tuple(words.values())
    if wrong := sorted(set(words.values()) - set(known)):
        raise FactError(f"{place}: words: {wrong[0]!r} is not one of {', '.join(known)}", "words")
    if source.scores and (missing := sorted(set(SCORE_WORDS) - set(words))):
        raise FactError(f"{place}: words: {missing[0]!r} is missing, which a score may mean", "words")


def _check_derivation(place: str, one: Derivation, kinds: Mapping[str, FactKind]) -> None:
    keys = ("submission", "refusal", "approval", "makes") if isinstance(one, Round) else ("of", "makes")
    for key in keys:
        if getattr(one, key) not in kinds:
            raise FactError(f"{place}: {key}: {getattr(one, key)!r} is not a kind of fact", key)
        if isinstance(one, Round) and getattr(one, key) not in one.family:
            raise FactError(f"{place}: {key}: {getattr(one, key)!r} is not of the family", key)
    if len({getattr(one, key) for key in keys}) != len(keys):
        raise FactError(f"{place}: {', '.join(keys)} must be different kinds", "makes")
    if isinstance(one, Round) and (unknown := sorted(set(one.family) - set(kinds))):
        raise FactError(f"{place}: family: {unknown[0]!r} is not a kind of fact", "family")
    if isinstance(one, Lapse):
        _check_lapse(place, one, kinds[one.of])


def _check_lapse(place: str, one: Lapse, kind: FactKind) -> None:
    last = kind.detail(one.last_day)
    if last is None or last.type not in ("day", "when"):
        raise FactError(
            f"{place}: last_day: {one.last_day!r} is no day among the details of {one.of}", "last_day"
        )
    if one.same and kind.detail(one.same) is None:
        raise FactError(f"{place}: same: {one.same!r} is no detail of {one.of}", "same")
    if one.rests and not one.same:
        raise FactError(f"{place}: rests needs same, the detail that says what a thing is", "rests")
    for name, on in one.rests:
        if one.rests_on(on):
            raise FactError(f"{place}: rests: {on!r}, on which {name!r} rests, may rest on nothing", "rests")
