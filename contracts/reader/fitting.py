"""A reading made to fit where it is kept: no number of a paragraph too long, no character it cannot hold."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

from contracts.reader.results import ParsedDocument

LONGEST_SCOPE, LONGEST_NUMBER = 60, 90
"""Characters that a table keeps of a scope and of a number, with room for "(left out)"."""

_TOLD_APART = 7


def fitted(reading: ParsedDocument) -> ParsedDocument:
    """The reading with scopes and numbers that are too long cut, each told apart by some letters at its end.

    Fitted again it is the same.
    """
    if all(
        len(one.scope) <= LONGEST_SCOPE and len(one.number) <= LONGEST_NUMBER for one in reading.paragraphs
    ):
        return reading
    return replace(
        reading,
        paragraphs=tuple(
            replace(one, scope=_scope(one.scope), number=_number(one.number)) for one in reading.paragraphs
        ),
        time_limits=tuple(
            replace(one, scope=_scope(one.scope), paragraph=_number(one.paragraph))
            for one in reading.time_limits
        ),
        unclaimed=tuple(
            replace(one, scope=_scope(one.scope), paragraph=_number(one.paragraph))
            for one in reading.unclaimed
        ),
        changes=tuple(
            replace(one, scope=_scope(one.scope), paragraph=_number(one.paragraph)) for one in reading.changes
        ),
        scopes=tuple(replace(one, name=_scope(one.name)) for one in reading.scopes),
        other=tuple(replace(one, scope=_scope(one.scope)) for one in reading.other),
    )


def storable(value: Any) -> Any:
    """The same JSON value without the characters that a database does not take: nulls, halves of a pair."""
    if isinstance(value, dict):
        return {name: storable(one) for name, one in value.items()}
    if isinstance(value, list):
        return [storable(one) for one in value]
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
    return value


def _scope(name: str) -> str:
    return _cut(name, LONGEST_SCOPE)


def _number(number: str) -> str:
    return _cut(number, LONGEST_NUMBER)


def _cut(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    mark = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[: _TOLD_APART - 1]
    return f"{text[: most - _TOLD_APART].rstrip()}~{mark}"
