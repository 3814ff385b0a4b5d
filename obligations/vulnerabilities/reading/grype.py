"""Grype's JSON (``grype -o json``); anchore/grype, grype/presenter/models.

Where Grype says since when a fix is there (``fix.available``) it says how it knows; only of the kind
"release" is that the day of the release (R20), any other is a day on which somebody saw it (R48).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from obligations.vulnerabilities.reading.drafts import Draft
from obligations.vulnerabilities.reading.formats import Format, each
from obligations.vulnerabilities.reading.ratings import Said
from obligations.vulnerabilities.reading.rows import Fault, Reading, Row
from obligations.vulnerabilities.reading.streams import Document, Entry, Path
from obligations.vulnerabilities.reading.texts import day


def rows(document: Document, reading: Reading) -> Iterator[Row | Fault]:
    """What matched, and what was ignored: by VEX with its reason, or by a rule of the scan's own, which is
    there all the same.
    """
    host = _host(document)
    if host:
        reading.targets.add(host)

    def make(path: Path, entry: Entry) -> Iterator[Draft]:
        draft = _match(entry, host)
        if path[0] == "matches":
            yield draft
            return
        rules = sorted(entry.entries("appliedIgnoreRules"), key=lambda rule: not rule.text("vex-status"))
        rule = rules[0] if rules else Entry({})
        draft.status = rule.text("vex-status") or "ignored"
        draft.justification, draft.statement = rule.text("vex-justification"), rule.text("reason")
        yield draft

    yield from each(document, (("matches", None), ("ignoredMatches", None)), make)


def _host(document: Document) -> str:
    target = document.collect(("source", "target")).get(("source", "target"))
    if isinstance(target, dict):
        target = target.get("userInput") or target.get("imageID")
    return target if isinstance(target, str) and target != "unknown" else ""


def _match(entry: Entry, host: str) -> Draft:
    found, artifact = entry.entry("vulnerability"), entry.entry("artifact")
    related = entry.entries("relatedVulnerabilities")
    fix = found.entry("fix")
    released, earliest = _days(fix)
    places = artifact.entries("locations")
    return Draft(
        names=[found.text("id"), *(one.text("id") for one in related)],
        component=artifact.text("name"),
        version=artifact.text("version"),
        purl=artifact.text("purl"),
        host=host,
        location=places[0].text("path") if places else "",
        ratings=[said for one in (found, *related) for said in _ratings(one)],
        fixed_version=", ".join(fix.texts("versions")[:3]) if fix.text("state") == "fixed" else "",
        released=released,
        earliest=earliest,
        title=found.text("description") or next((one.text("description") for one in related), ""),
        reference=found.text("dataSource"),
    )


def _days(fix: Entry) -> tuple[date | None, date | None]:
    """The day on which the first fixed version was released, and the first on which somebody saw it."""
    first = fix.texts("versions")[:1]
    released: list[date] = []
    seen: list[date] = []
    for one in fix.entries("available"):
        on = day(one.text("date"), "the day of the fix")
        if on is not None and (not first or one.text("version") in first):
            (released if one.text("kind") == "release" else seen).append(on)
    return min(released, default=None), min(seen, default=None)


def _ratings(one: Entry) -> Iterator[Said]:
    by = one.text("namespace").partition(":")[0] or "grype"
    yield Said(by, one.text("severity"))
    for score in one.entries("cvss"):
        yield Said(
            score.text("source") or by,
            vector=score.text("vector"),
            score=score.entry("metrics").text("baseScore"),
        )


FORMAT = Format("grype", "Grype JSON", rows, findings=True)
