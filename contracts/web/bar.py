"""The bar of one contract: the entries of this package, and those that packages above it hand up."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from contracts.acts import Act


@dataclass(frozen=True, slots=True)
class BarEntry:
    """One entry. ``key`` is what its pages say as ``here``, ``address`` the name of its address, ``act`` what
    a role must allow for it to be shown; the entries stand in the order of ``place``.
    """

    key: str
    text: str
    address: str
    place: int
    act: Act = Act.VIEW


OWN = (
    BarEntry("text", "Contract text", "text", 60),
    BarEntry("documents", "Documents", "documents", 70),
    BarEntry("variations", "Variations", "variations", 80),
    BarEntry("people", "People", "people", 100),
)

_sources: list[Callable[[], Iterable[BarEntry]]] = [lambda: OWN]


def offer(source: Callable[[], Iterable[BarEntry]]) -> None:
    """Add a source of entries, asked for each page. Called once, when an application starts."""
    _sources.append(source)


def entries() -> list[BarEntry]:
    """Every entry, in its place."""
    return sorted((entry for source in _sources for entry in source()), key=lambda entry: entry.place)
