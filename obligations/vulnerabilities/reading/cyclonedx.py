"""CycloneDX 1.4 to 1.7 JSON, with VEX (``analysis``); the schemas are those of cyclonedx-python-lib.

``published``, ``created`` and ``updated`` are days of the vulnerability, never of a patch. What a part is,
the list of parts in the same file says, or the reference itself where that is a package URL (a VEX alone).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from obligations.vulnerabilities.reading.components import component
from obligations.vulnerabilities.reading.drafts import Draft
from obligations.vulnerabilities.reading.formats import Format, each
from obligations.vulnerabilities.reading.ratings import Said
from obligations.vulnerabilities.reading.refusals import Refused
from obligations.vulnerabilities.reading.rows import Component, Fault, Reading, Row
from obligations.vulnerabilities.reading.streams import Document, Entry, Path
from obligations.vulnerabilities.reading.texts import quoted

_PREFIXES = {"CVSSv3": "CVSS:3.0/", "CVSSv31": "CVSS:3.1/", "CVSSv4": "CVSS:4.0/"}
_UPGRADE = re.compile(r"Upgrade (?P<name>\S+) to version (?P<version>[^\s;]+)")
_Parts = Mapping[str, Component]


def rows(document: Document, reading: Reading) -> Iterator[Row | Fault]:
    """A row for each component that each vulnerability affects."""
    known = document.collect(("metadata", "component"), ("components", None))
    product = known.pop(("metadata", "component"), None)
    host = _named(product) if isinstance(product, dict) else ""
    if host:
        reading.targets.add(host)
    parts: dict[str, Component] = {}
    for one in (product, *known.values()):
        _gather(one, parts)

    def make(_: Path, entry: Entry) -> Iterator[Draft | Refused]:
        yield from _vulnerability(entry, parts, host)

    yield from each(document, (("vulnerabilities", None),), make)


def _named(one: Mapping[str, Any]) -> str:
    parts = [one.get("name"), one.get("version")]
    return ":".join(part for part in parts if isinstance(part, str) and part)


def _gather(one: Any, parts: dict[str, Component]) -> None:
    """Every part of the list by its reference, those within others too. One without a name is no part."""
    waiting = [one]
    while waiting:
        held = waiting.pop()
        if not isinstance(held, dict):
            continue
        below = held.get("components")
        waiting.extend(below if isinstance(below, list) else ())
        ref = held.get("bom-ref")
        if isinstance(ref, str) and ref:
            try:
                parts[ref] = _component(Entry(held))
            except Refused:
                continue  # said where a vulnerability speaks of it


def _component(one: Entry) -> Component:
    group, name = one.text("group"), one.text("name")
    joined = ":" if one.text("purl").startswith("pkg:maven/") else "/"
    full = f"{group}{joined}{name}" if group and name else name
    return component("" if one.text("purl") else full, one.text("version"), one.text("purl"))


def _vulnerability(entry: Entry, parts: _Parts, host: str) -> Iterator[Draft | Refused]:
    affects = entry.entries("affects")
    if not affects:
        raise Refused("it names no component that it affects", "say in affects what it is about")
    source = entry.entry("source")
    analysis = entry.entry("analysis")
    advice = {found["name"]: found["version"] for found in _UPGRADE.finditer(entry.text("recommendation"))}
    for one in affects:
        try:
            software = _affected(one, parts)
        except Refused as no:
            yield no
            continue
        yield Draft(
            names=[entry.text("id"), *(other.text("id") for other in entry.entries("references"))],
            software=software,
            host=host,
            ratings=[_rating(rating, source.text("name")) for rating in entry.entries("ratings")],
            fixed_version=advice.get(software.name, ""),
            status=analysis.text("state"),
            justification=analysis.text("justification"),
            statement=analysis.text("detail"),
            title=entry.text("description") or entry.text("detail"),
            reference=source.text("url") or next((a.text("url") for a in entry.entries("advisories")), ""),
        )


def _affected(one: Entry, parts: _Parts) -> Component:
    ref = one.text("ref")
    inner = unquote(ref.partition("#")[2]) if ref.startswith("urn:cdx:") else ref
    found = parts.get(ref) or parts.get(inner)
    if found is None and inner.startswith("pkg:"):
        found = component(purl=inner)
    if found is None:
        raise Refused(
            f"it affects {quoted(ref)}, which the file does not describe",
            "export it together with its components, or with package URLs as references",
        )
    versions = [v.text("version") for v in one.entries("versions") if v.text("status") in ("", "affected")]
    if not found.version and len(versions) == 1 and versions[0]:
        return component(found.name, versions[0], found.purl)
    return found


def _rating(one: Entry, by: str) -> Said:
    """A rating. Scores and vectors of other methods than CVSS have another scale; their words count."""
    method, vector = one.text("method"), one.text("vector")
    who = one.entry("source").text("name") or by or "cyclonedx"
    if method and not method.startswith("CVSS"):
        return Said(who, one.text("severity"))
    if vector and not vector.upper().startswith(("CVSS:", "(")):
        vector = _PREFIXES.get(method, "") + vector
    return Said(who, one.text("severity"), one.text("score"), vector)


FORMAT = Format("cyclonedx", "CycloneDX JSON", rows)
