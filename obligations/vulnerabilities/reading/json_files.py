"""Which format a JSON file is: its content says, by the keys that each format must have."""

from __future__ import annotations

from typing import Any

from obligations.vulnerabilities.reading import (
    csaf,
    cyclonedx,
    grype,
    openvex,
    osv,
    pip_audit,
    sarif,
    trivy,
)
from obligations.vulnerabilities.reading.formats import Format
from obligations.vulnerabilities.reading.refusals import unreadable
from obligations.vulnerabilities.reading.streams import Document

KINDS_READ = (
    "give a list, CSV or XLSX, JSON of Trivy, Grype, pip-audit or OSV-Scanner, SARIF, CSV of Nessus,"
    " CycloneDX JSON, OpenVEX, OSV or CSAF"
)
"""What to do with a file that is none of these."""

_MOST_KEYS = 200
_FOREIGN = {
    "spdxVersion": "an SPDX list of parts, which names no vulnerabilities",
    "@graph": "a linked-data file of another kind",
    "kind": "a file of Kubernetes",
    "catalogVersion": "the list of known exploited vulnerabilities, not of this system's",
}


def format_of(document: Document) -> Format:
    """The format of a JSON file. Raises Unreadable for one that is none, or is not JSON."""
    keys: dict[str, Any] = {}
    for key, value in document.outline():
        keys[key] = value
        found = _decided(keys) if not key.startswith("[]") else None
        if found is not None:
            return found
        if len(keys) > _MOST_KEYS:
            break
    found = _of_list(keys) or _at_the_end(keys)
    if found is not None:
        return found
    other = next(
        (what for key, what in _FOREIGN.items() if key in keys), "JSON of no kind that is known here"
    )
    if keys.get("bomFormat") == "CycloneDX":
        other = "a CycloneDX file without vulnerabilities"
    raise unreadable(f"this is {other}", KINDS_READ)


def _decided(keys: dict[str, Any]) -> Format | None:
    """The format, where the keys so far leave no doubt."""
    if str(keys.get("@context", "")).startswith("https://openvex.dev/ns"):
        return openvex.FORMAT
    if "vulnerabilities" in keys and keys.get("bomFormat") == "CycloneDX":
        return cyclonedx.FORMAT
    if keys.get("runs") == "start_array":
        return sarif.FORMAT
    if "SchemaVersion" in keys and {"ArtifactName", "ArtifactType", "Results"} & set(keys):
        return trivy.FORMAT
    return None


def _at_the_end(keys: dict[str, Any]) -> Format | None:
    """The format, once every key is known."""
    table = (
        (csaf.FORMAT, {"document": "start_map"}, ("vulnerabilities", "product_tree")),
        (grype.FORMAT, {"matches": "start_array"}, ("source", "descriptor", "distro")),
        (pip_audit.FORMAT, {"dependencies": "start_array"}, ()),
        (osv.SCANNED, {"results": "start_array"}, ("experimental_config", "results")),
        (osv.RECORDS, {"vulns": "start_array"}, ()),
        (trivy.FORMAT, {"Results": "start_array"}, ()),
        (trivy.FORMAT, {"Resources": "start_array"}, ("ClusterName",)),
        (trivy.FORMAT, {"Findings": "start_array"}, ("ClusterName",)),
    )
    for found, needed, one_of in table:
        if needed.items() <= keys.items() and (not one_of or set(one_of) & set(keys)):
            return found
    return osv.RECORD if {"id", "modified"} <= set(keys) else None


def _of_list(keys: dict[str, Any]) -> Format | None:
    """The format of a file that is a list, by its first entry."""
    if {"[]id", "[]modified"} <= set(keys):
        return osv.RECORDS
    return pip_audit.FORMAT if {"[]name", "[]vulns"} <= set(keys) else None
