"""Carrying an entry over from a template to a schedule with other numbers and other kinds of fact."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from obligations.rules.register.entry import pointed_at
from obligations.rules.register.template_match import Worded

KEYS = ("former", "beside")
"""What in an entry names another by its key."""
AT = ("deemed", "suspension", "extension", "agreement")
"""What in an entry is a table with a paragraph of its own."""


def carried(entry: Mapping[str, Any], paths: Mapping[str, str]) -> dict[str, Any] | None:
    """An entry of a template for another schedule, without key and path; None where it leans on a paragraph
    that has no counterpart there. ``paths``: by the template's path the one there.
    """
    tables = {name: entry[name] for name in AT if "path" in entry.get(name, ())}
    named = [one["path"] for one in tables.values()]
    if not {*pointed_at(entry), *named} <= set(paths):
        return None
    moves: dict[str, Callable[[Any], Any]] = {
        "exceptions": lambda value: [paths[path] for path in value],
        "read_with": lambda value: paths[value],
        "consequence": lambda value: ", ".join(paths.get(part, part) for part in value.split(", ")),
    }
    for name in tables:
        moves[name] = lambda value: {**value, "path": paths[value["path"]]}
    bare = {name: value for name, value in entry.items() if name not in ("key", "path")}
    return {name: moves[name](value) if name in moves else value for name, value in bare.items()}


def rests_there(
    rests_on: Mapping[str, Any], paths: Mapping[str, str], words: Mapping[str, Worded]
) -> dict[str, Any]:
    """The words that an entry rests on, by its field, as they stand in the other schedule; those that do not
    stand there in the same place are left out.
    """
    found: dict[str, Any] = {}
    for name, ones in rests_on.items():
        kept = []
        for one in ones:
            path = paths.get(one["path"])
            if path is None:
                continue
            text = words[path].heading if one.get("heading") else words[path].words
            if text[one["start"] : one["end"]] == one["text"]:
                kept.append({**one, "path": path})
        if kept:
            found[name] = kept
    return found


def renamed(value: Any, names: Mapping[str, str]) -> Any:
    """A value of an entry in which names of kinds of fact are other ones."""
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, Mapping):
        return {name: renamed(one, names) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [renamed(one, names) for one in value]
    return value


def speaks_of(value: Any, names: Iterable[str]) -> set[str]:
    """Which of these kinds of fact an entry speaks of."""
    wanted = set(names)
    if isinstance(value, str):
        return {value} & wanted
    if isinstance(value, Mapping):
        return set().union(*(speaks_of(one, wanted) for one in value.values())) if value else set()
    if isinstance(value, list | tuple):
        return set().union(*(speaks_of(one, wanted) for one in value)) if value else set()
    return set()


WRITTEN = ("title", "summary", "word", "consequence", "evidence")
"""What people wrote of an entry."""


def renamed_entry(entry: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """An entry in which kinds of fact have other names; what people wrote stays as it is."""
    return {name: value if name in WRITTEN else renamed(value, names) for name, value in entry.items()}
