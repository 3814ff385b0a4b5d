"""Trivy's JSON (``trivy image -f json``), schema version 2; aquasecurity/trivy, pkg/types/report.go.

Its ``Status`` of a vulnerability is what the distribution does about it ("fixed": there is a version without
it) and not how this machine stands; all that is under ``Vulnerabilities`` is there. ``PublishedDate`` is the
CVE's day, never that of a patch.
"""

from __future__ import annotations

from collections.abc import Iterator

from obligations.vulnerabilities.reading.drafts import Draft
from obligations.vulnerabilities.reading.formats import Format, LeftOut, each
from obligations.vulnerabilities.reading.ratings import Said
from obligations.vulnerabilities.reading.refusals import Refused
from obligations.vulnerabilities.reading.rows import Fault, Reading, Row
from obligations.vulnerabilities.reading.streams import Document, Entry, Path

_SCALE = ("unknown", "low", "medium", "high", "critical")
"""What the numbers of ``VendorSeverity`` stand for."""

_VECTORS = (("V2Vector", "V2Score"), ("V3Vector", "V3Score"), ("V40Vector", "V40Score"))


def rows(document: Document, reading: Reading) -> Iterator[Row | Fault]:
    """What it found, and what VEX or its settings say of the rest."""
    known = document.collect(("ArtifactName",), ("Results", None, "Target"))
    host = str(known.get(("ArtifactName",)) or "")
    if host:
        reading.targets.add(host)
    left_out = LeftOut()

    def make(path: Path, entry: Entry) -> Iterator[Draft]:
        target = str(known.get((*path[:2], "Target")) or "")
        if path[2] == "Vulnerabilities":
            yield _found(entry, host, target)
        elif entry.text("Type") == "vulnerability":
            draft = _found(entry.entry("Finding"), host, target)
            draft.status, draft.statement = entry.text("Status"), entry.text("Statement")
            if draft.status == "ignored":
                left_out.count("vulnerabilities that the scan was told to ignore")
                return
            if draft.status == "not_affected":  # Trivy keeps VEX's justification where it keeps statements
                draft.justification, draft.statement = _justification(draft.statement)
            yield draft

    patterns = (
        ("Results", None, "Vulnerabilities", None),
        ("Results", None, "ExperimentalModifiedFindings", None),
    )
    yield from each(document, patterns, make)
    left_out.tell(reading)


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
