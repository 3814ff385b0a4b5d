"""Trivy's JSON (``trivy image -f json``, ``trivy k8s --report all -f json``), schema version 2;
aquasecurity/trivy, pkg/types/report.go and pkg/k8s/report/report.go.

Its ``Status`` of a vulnerability is what the distribution does about it ("fixed": there is a version without
it) and not how this machine stands; all that is under ``Vulnerabilities`` is there. ``PublishedDate`` is the
CVE's day, never that of a patch.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from obligations.vulnerabilities.reading.drafts import Draft
from obligations.vulnerabilities.reading.formats import Format, each
from obligations.vulnerabilities.reading.ratings import Said
from obligations.vulnerabilities.reading.refusals import Refused
from obligations.vulnerabilities.reading.rows import Fault, Reading, Row
from obligations.vulnerabilities.reading.streams import Document, Entry, Path, Pattern

_SCALE = ("unknown", "low", "medium", "high", "critical")
"""What the numbers of ``VendorSeverity`` stand for."""

_VECTORS = (("V2Vector", "V2Score"), ("V3Vector", "V3Score"), ("V40Vector", "V40Score"))


_OF_CLUSTERS = ("Resources", "Findings")
"""Where ``trivy k8s`` keeps the results of each workload of a cluster."""


def rows(document: Document, reading: Reading) -> Iterator[Row | Fault]:
    """What it found, and what VEX or its settings say of the rest."""
    known = document.collect(("ArtifactName",), ("Results", None, "Target"), *_patterns("Target"))
    known |= document.collect(
        *((key, None, name) for key in _OF_CLUSTERS for name in ("Namespace", "Kind", "Name", "Error"))
    )
    hosts = _hosts(known)
    reading.targets.update(host for place, host in hosts.items() if not known.get((*place, "Error")))

    def make(path: Path, entry: Entry) -> Iterator[Draft]:
        host, target = hosts.get(path[:-4], ""), str(known.get((*path[:-2], "Target")) or "")
        if path[-2] == "Vulnerabilities":
            yield _found(entry, host, target)
        elif entry.text("Type") == "vulnerability":
            yield _modified(entry, host, target)

    lists = ("Vulnerabilities", "ExperimentalModifiedFindings")
    patterns = [("Results", None, name, None) for name in lists]
    yield from each(document, [*patterns, *(one for name in lists for one in _patterns(name, None))], make)


def _modified(entry: Entry, host: str, target: str) -> Draft:
    """One that was found, with what VEX says of it (its justification stands where statements do), or ignored
    by ``.trivyignore``: it is there all the same.
    """
    draft = _found(entry.entry("Finding"), host, target)
    draft.status, draft.statement = entry.text("Status"), entry.text("Statement")
    if draft.status == "not_affected":
        draft.justification, draft.statement = _justification(draft.statement)
    return draft


def _patterns(*below: str | None) -> list[Pattern]:
    """What stands below each result of each workload."""
    return [(key, None, "Results", None, *below) for key in _OF_CLUSTERS]


def _hosts(known: Mapping[Path, Any]) -> dict[Path, str]:
    """What was looked at, by the path of what holds its results: an image or folder, or workloads."""
    hosts: dict[Path, str] = {}
    if name := known.get(("ArtifactName",)):
        hosts[()] = str(name)
    for path in known:
        if len(path) == 3 and path[0] in _OF_CLUSTERS:
            named = (known.get((*path[:2], key)) for key in ("Namespace", "Kind", "Name"))
            hosts[path[:2]] = "/".join(str(one) for one in named if one)
    return hosts


def _found(entry: Entry, host: str, target: str) -> Draft:
    version = entry.text("InstalledVersion")
    return Draft(
        names=[entry.text("VulnerabilityID"), *entry.texts("VendorIDs")],
        component=entry.text("PkgName"),
        version=version,
        purl=entry.entry("PkgIdentifier").text("PURL"),
        host=host,
        location=entry.text("PkgPath") or target,
        ratings=_ratings(entry),
        fixed_version=entry.text("FixedVersion"),
        title=entry.text("Title") or entry.text("Description"),
        reference=entry.text("PrimaryURL"),
    )


def _ratings(entry: Entry) -> list[Said]:
    said = [Said(entry.text("SeveritySource") or "trivy", entry.text("Severity"))]
    vendors = entry.entry("VendorSeverity")
    for vendor in vendors.names():
        number = vendors.raw(vendor)
        if not isinstance(number, int) or not 0 <= number < len(_SCALE):
            raise Refused(f"VendorSeverity of {vendor} is no number from 0 to 4", "export the file again")
        said.append(Said(vendor, _SCALE[number]))
    scores = entry.entry("CVSS")
    for source in scores.names():
        one = scores.entry(source)
        said += [
            Said(source, vector=one.text(vector), score=one.text(score))
            for vector, score in _VECTORS
            if one.text(vector) or one.text(score)
        ]
    return said


def _justification(statement: str) -> tuple[str, str]:
    word, _, rest = statement.partition(":")
    return (word, rest.strip()) if "_" in word and " " not in word.strip() else ("", statement)


FORMAT = Format("trivy", "Trivy JSON", rows, findings=True)
