"""Every address of the site, read from the project: pages, endpoints, the back room, sign-in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

BACK_ROOM = "admin"


@dataclass(frozen=True, slots=True)
class Address:
    """One address: its name (``admin:`` before those of the back room) and what it names."""

    name: str
    parameters: frozenset[str]

    @property
    def of_contract(self) -> bool:
        return "contract_id" in self.parameters

    @property
    def of_back_room(self) -> bool:
        return self.name.startswith(f"{BACK_ROOM}:")

    def at(self, values: dict[str, Any]) -> str:
        """The address with these values in it; KeyError where one is missing."""
        return reverse(self.name, kwargs={key: values[key] for key in self.parameters})


@cache
def every() -> dict[str, Address]:
    """By name. An address without a name cannot be asked for here, and is refused."""
    found: dict[str, Address] = {}
    for space, pattern in _walk(get_resolver().url_patterns):
        if pattern.name is None and space:  # Django's own: the old form of a page of the back room
            continue
        assert pattern.name, f"give the address {pattern.pattern} a name"
        name = f"{space}:{pattern.name}" if space else pattern.name
        parameters = frozenset(pattern.pattern.converters) | frozenset(pattern.pattern.regex.groupindex)
        known = found.get(name)
        if known is None or len(known.parameters) < len(parameters):
            found[name] = Address(name, parameters)
    return found


def _walk(patterns: Iterable[Any], space: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, pattern.namespace or space)
        else:
            yield space, pattern
