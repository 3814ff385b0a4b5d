"""Rows as an OpenVEX 0.2.0 document (openvex/spec), statement by statement, however many there are."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from obligations.vulnerabilities.reading.rows import Component, Row, Status

CONTEXT = "https://openvex.dev/ns/v0.2.0"
AT_ONCE = 200
"""So many statements are a piece."""

_LOOKED_INTO = frozenset({"under_investigation", "in_triage"})


def openvex_pieces(rows: Iterable[Row], *, author: str, identifier: str, now: datetime) -> Iterator[bytes]:
    """A document with a statement for each row, each once, piece by piece.

    ``author``: who states it; ``identifier``: the document's own IRI; ``now``: an aware moment.
    A component on a host is a part of the product that the host is. Raises ValueError, before the first
    piece, where there is no row: the format knows no document without a statement.
    """
    head = {
        "@context": CONTEXT,
        "@id": identifier,
        "author": author,
        "timestamp": now.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "version": 1,
    }
    held = [json.dumps(head, ensure_ascii=False)[:-1], ', "statements": [\n']
    written: set[int] = set()
    for row in rows:
        statement = json.dumps(_statement(row), ensure_ascii=False, separators=(",", ":"))
        if (known := hash(statement)) in written:
            continue
        held.append(f",\n{statement}" if written else statement)
        written.add(known)
        if len(held) > AT_ONCE:
            yield "".join(held).encode("utf-8")
            held = []
    if not written:
        raise ValueError("there is no vulnerability to state anything of")
    yield "".join([*held, "\n]}\n"]).encode("utf-8")


def _statement(row: Row) -> dict[str, Any]:
    return {
        "vulnerability": _vulnerability(row),
        "products": [_product(row)],
        **_standing(row),
    }


def _vulnerability(row: Row) -> dict[str, Any]:
    said: dict[str, Any] = {"name": row.identifier}
    if row.reference:
        said["@id"] = row.reference
    if row.title:
        said["description"] = row.title
    if row.aliases:
        said["aliases"] = list(row.aliases)
    return said


def _product(row: Row) -> dict[str, Any]:
    part = {"@id": _iri(row.component)}
    if not row.host:
        return part
    return {"@id": _iri(Component(row.host)), "subcomponents": [part]}


def _standing(row: Row) -> dict[str, str]:
    """The status, with what the format asks for beside it: exactly one reason, or what is to be done."""
    if row.status is Status.FIXED:
        return {"status": "fixed", **_notes(row)}
    if row.status is Status.NOT_AFFECTED:
        if row.justification:
            return {"status": "not_affected", "justification": row.justification, **_notes(row)}
        return {"status": "not_affected", "impact_statement": row.statement}
    if row.said in _LOOKED_INTO:
        return {"status": "under_investigation", **_notes(row)}
    update = f"Update to {row.fixed_version}" if row.fixed_version else "There is no fix yet"
    return {"status": "affected", "action_statement": row.statement or update}


def _notes(row: Row) -> dict[str, str]:
    return {"status_notes": row.statement} if row.statement else {}


def _iri(component: Component) -> str:
    """The package URL, or the name where that is an IRI; else the name as a generic package."""
    if component.purl or component.name.startswith(("pkg:", "https://", "http://")):
        return component.purl or component.name
    version = f"@{quote(component.version, safe='')}" if component.version else ""
    return f"pkg:generic/{quote(component.name, safe='')}{version}"
