"""SARIF 2.1.0 (OASIS), as scanners of components write it: Trivy, Grype, osv-scanner, Docker Scout, Snyk.

SARIF has no place of its own for a component: it is read from ``purls`` of the rule, from the lines
"Package: …", "Installed Version: …" and "Fixed Version: …", or from the words "Package 'name@version'". What
names no known vulnerability (a weakness in one's own code has no patch) is left out and counted. ``level`` is
no severity; the property ``security-severity`` is a CVSS score.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from obligations.vulnerabilities.reading import identifiers
from obligations.vulnerabilities.reading.drafts import Draft
from obligations.vulnerabilities.reading.formats import Format, LeftOut, each
from obligations.vulnerabilities.reading.ratings import Said
from obligations.vulnerabilities.reading.refusals import Refused
from obligations.vulnerabilities.reading.rows import Fault, Reading, Row
from obligations.vulnerabilities.reading.streams import Document, Entry, Path

_LINE = re.compile(r"^[ \t]*(?P<what>[A-Za-z ]{4,20}):[ \t]*(?P<value>[^\n]*)$", re.M)
_QUOTED = re.compile(r"[Pp]ackage '(?P<name>[^'\s]+)@(?P<version>[^'@\s]+)'")
_FOUND_IN = re.compile(r"in \S+ package: (?P<name>[^\s,]+), version (?P<version>[^\s,]+)")
_CVSS = ("cvssv4_vector", "cvssv3_vector", "cvssv2_vector", "cvssV4", "cvssV3", "cvssV2")
_NOTHING_FOUND = frozenset({"pass", "notApplicable", "informational"})


def rows(document: Document, reading: Reading) -> Iterator[Row | Fault]:
    """The results of every run that name a known vulnerability."""
    known = document.collect(
        ("runs", None, "tool", "driver", "name"),
        ("runs", None, "tool", "driver", "rules", None),
        ("runs", None, "properties", "imageName"),
        ("runs", None, "versionControlProvenance", None, "repositoryUri"),
    )
    rules = _Rules(known)
    hosts = _hosts(known)
    reading.targets.update(hosts.get(run, "") for run in _runs(known))
    left_out = LeftOut()

    def make(path: Path, entry: Entry) -> Iterator[Draft]:
        run = path[1]
        if entry.text("kind") in _NOTHING_FOUND:
            left_out.count("results that found nothing")
            return
        tool = str(known.get(("runs", run, "tool", "driver", "name")) or "sarif").lower()
        draft = _result(entry, rules.of(run, entry), tool, hosts.get(run, ""))
        if not draft.names:
            left_out.count("results that name no known vulnerability")
            return
        yield draft

    yield from each(document, (("runs", None, "results", None),), make)
    left_out.tell(reading)


def _runs(known: Mapping[Path, Any]) -> set[str | int]:
    return {path[1] for path in known}


def _hosts(known: Mapping[Path, Any]) -> dict[str | int, str]:
    """What each run looked at: an image, or a repository."""
    return {
        path[1]: value
        for path, value in sorted(known.items(), key=lambda one: "imageName" in one[0])
        if isinstance(value, str) and path[2] in ("properties", "versionControlProvenance")
    }


class _Rules:
    """The rules of each run, by what results call them."""

    def __init__(self, known: Mapping[Path, Any]) -> None:
        self._by_index: dict[tuple[str | int, int], Entry] = {}
        self._by_id: dict[tuple[str | int, str], Entry] = {}
        for path, value in known.items():
            if "rules" in path and isinstance(value, dict):
                rule = Entry(value)
                self._by_index[path[1], int(path[-1])] = rule
                if isinstance(value.get("id"), str):
                    self._by_id.setdefault((path[1], value["id"]), rule)

    def of(self, run: str | int, result: Entry) -> Entry:
        """The rule of a result, empty where it names none. By its id first: Grype's numbers are all 0."""
        named = result.entry("rule")
        called = result.text("ruleId") or named.text("id")
        if (run, called) in self._by_id:
            return self._by_id[run, called]
        number = result.raw("ruleIndex") if result.raw("ruleIndex") is not None else named.raw("index")
        found = self._by_index.get((run, number)) if isinstance(number, int) else None
        return found or Entry({"id": called})


def _result(entry: Entry, rule: Entry, tool: str, host: str) -> Draft:
    message = entry.entry("message").text("text")
    help_text = rule.entry("help").text("text")
    properties = rule.entry("properties")
    lines = _lines(help_text) | _lines(message)
    name, version = _component(lines, message)
    purl = _purl(properties)
    names = _names(entry, rule)
    if names and not (name or purl):
        raise Refused(
            f"it does not say in which component {names[0]} is", "import the scanner's own JSON, which does"
        )
    return Draft(
        names=names,
        component=name,
        version=version or properties.text("affected_version"),
        purl=purl,
        host=host,
        location=_location(entry),
        ratings=_ratings(lines, properties, tool),
        fixed_version=_fixed(lines, properties),
        status="fixed" if entry.text("baselineState") == "absent" else "",
        title=rule.entry("shortDescription").text("text") or rule.entry("fullDescription").text("text"),
        reference=rule.text("helpUri") or help_text,
    )


def _purl(properties: Entry) -> str:
    purls = properties.raw("purls")
    if isinstance(purls, list) and purls and isinstance(purls[0], str):
        return purls[0]
    return properties.text("purl")


def _fixed(lines: Mapping[str, str], properties: Entry) -> str:
    said = (lines.get("fixed version"), lines.get("fix version"), properties.text("fixed_version"))
    return next((one for one in said if one), "")


def _names(entry: Entry, rule: Entry) -> list[str]:
    """The vulnerability's identifiers: in the rule's id first, else in its name, its tags or the message."""
    ids = identifiers.known_in(entry.text("ruleId") or rule.text("id"))
    if ids:
        return ids
    tags = rule.entry("properties").raw("tags")
    beside = [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []
    return identifiers.known_in(" ".join([rule.text("name"), *beside]))


def _lines(text: str) -> dict[str, str]:
    """The lines "Fixed Version: 1.2" of a text, by what stands before the colon, in lower case."""
    return {
        found["what"].strip().lower(): value
        for found in _LINE.finditer(text[:20_000])
        if (value := found["value"].strip())
    }


def _component(lines: Mapping[str, str], message: str) -> tuple[str, str]:
    if name := lines.get("package"):
        return name, lines.get("installed version") or lines.get("version", "")
    found = _QUOTED.search(message) or _FOUND_IN.search(message)
    return (found["name"], found["version"]) if found else ("", "")


def _ratings(lines: Mapping[str, str], properties: Entry, tool: str) -> list[Said]:
    vectors = [properties.text(key) for key in _CVSS if "/" in properties.text(key)]
    return [
        Said(tool, lines.get("severity", ""), properties.text("security-severity")),
        *(Said(tool, vector=vector) for vector in vectors),
    ]


def _location(entry: Entry) -> str:
    for one in entry.entries("locations"):
        if address := one.entry("physicalLocation").entry("artifactLocation").text("uri"):
            return unquote(address)
    return ""


FORMAT = Format("sarif", "SARIF", rows, findings=True)
