"""Entries and contents of rulebooks where paragraphs have other numbers now. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

_NAMED = ("path", "read_with")
_LISTED = ("exceptions", "confirms")


def together(moves: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Several renumberings, one after the other, as one: old path to new."""
    found: dict[str, str] = {}
    for moved in moves:
        before = set(found.values())
        new = {old: moved[old] for old in moved if old not in before and old not in found}
        found = {old: moved.get(path, path) for old, path in found.items()} | new
    return {old: path for old, path in found.items() if old != path}


def renumbered(form: Any, moved: Mapping[str, str]) -> Any:
    """A JSON value in which every paragraph that it names has its new path."""
    if not moved:
        return form
    if isinstance(form, Mapping):
        return {name: _field(name, value, moved) for name, value in form.items()}
    if isinstance(form, list | tuple):
        return [renumbered(one, moved) for one in form]
    return form


def renumbered_content(content: Mapping[str, Any], moved: Mapping[str, str]) -> dict[str, Any]:
    """The content of a rulebook whose rules stand at the paragraphs as they are numbered now."""
    header = dict(content["header"])
    parts = [path.partition("/")[0] for path in moved.values()]
    header["scopes"] = list(dict.fromkeys((*header["scopes"], *parts)))
    return {**content, "header": header, "files": renumbered(content["files"], moved)}


def _field(name: str, value: Any, moved: Mapping[str, str]) -> Any:
    if name in _NAMED and isinstance(value, str):
        return moved.get(value, value)
    if name in _LISTED and isinstance(value, list | tuple):
        return [moved.get(one, one) if isinstance(one, str) else one for one in value]
    return renumbered(value, moved)
