"""Nessus' and Tenable's CSV: a row for each CVE of each plugin on each host.

"Patch Publication Date" is the day on which the vendor published a patch, which is the release (R20);
"Vulnerability Publication Date" and "Plugin Publication Date" are not. What is installed and what fixes it
stand in the plugin's output. A plugin that names no CVE goes by its own number; what has neither CVE nor risk
is no vulnerability.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from obligations.vulnerabilities.reading import identifiers
from obligations.vulnerabilities.reading.columns import plain
from obligations.vulnerabilities.reading.components import from_cpe
from obligations.vulnerabilities.reading.drafts import Draft
from obligations.vulnerabilities.reading.formats import LeftOut
from obligations.vulnerabilities.reading.ratings import Said
from obligations.vulnerabilities.reading.records import Record
from obligations.vulnerabilities.reading.refusals import Refused
from obligations.vulnerabilities.reading.rows import Fault, Reading, Row

_KNOWN = {
    "plugin": ("plugin id", "plugin"),
    "cve": ("cve", "cves"),
    "risk": ("risk", "severity", "risk factor"),
    "host": ("host", "dns name", "ip address", "asset name", "fqdn", "netbios name"),
    "name": ("name", "plugin name"),
    "protocol": ("protocol",),
    "port": ("port",),
    "output": ("plugin output", "plugin text", "output"),
    "synopsis": ("synopsis",),
    "see": ("see also",),
    "cpe": ("cpe",),
    "released": ("patch publication date", "patch pub date"),
    "state": ("vulnerability state", "state"),
}
_SCORES = {
    "cvss": "v2", "cvss base score": "v2", "cvss v2 0 base score": "v2", "cvss v2 base score": "v2",
    "cvss3 base score": "v3", "cvss v3 base score": "v3", "cvss v3 0 base score": "v3",
    "cvss4 base score": "v4", "cvss v4 base score": "v4", "cvss v4 0 base score": "v4",
}  # fmt: skip
_VECTORS = (
    "cvss vector", "cvss v2 vector", "cvss3 vector", "cvss v3 vector", "cvss v3 0 vector", "cvss4 vector",
    "cvss v4 vector", "cvss v4 0 vector",
)  # fmt: skip
_INSTALLED = re.compile(
    r"^[ \t]*(?:Installed (?:version|package)|Reported version)\s*:\s*(\S.*)$", re.M | re.I
)
_FIXED = re.compile(r"^[ \t]*(?:Fixed (?:version|package)|Should be)\s*:\s*(\S.*)$", re.M | re.I)
_PATH = re.compile(r"^[ \t]*Path\s*:\s*(\S.*)$", re.M | re.I)


def is_nessus(headings: Sequence[str]) -> bool:
    """Whether these are the headings of an export of Nessus or Tenable."""
    names = {plain(one) for one in headings}
    return all(set(_KNOWN[one]) & names for one in ("plugin", "risk", "host", "name"))


def reading_of(label: str, headings: Sequence[str], records: Iterable[Record]) -> Reading:
    """The reading of such an export."""
    names = [plain(one) for one in headings]
    at = {key: names.index(one) for key, known in _KNOWN.items() for one in known[::-1] if one in names}
    scores = {names.index(one): version for one, version in _SCORES.items() if one in names}
    vectors = [names.index(one) for one in _VECTORS if one in names]
    reading = Reading("nessus", f"{label} of Nessus", iter(()), findings=True)
    reading.items = _rows(records, _Layout(at, scores, vectors), reading)
    return reading


class _Layout:
    """Where things stand in a row."""

    def __init__(self, at: Mapping[str, int], scores: Mapping[int, str], vectors: Sequence[int]) -> None:
        self._at = at
        self._scores = scores
        self._vectors = vectors

    def text(self, cells: Sequence[str], key: str) -> str:
        """What stands under a heading, "" where there is none."""
        number = self._at.get(key, -1)
        return cells[number].strip() if 0 <= number < len(cells) else ""

    def ratings(self, cells: Sequence[str]) -> list[Said]:
        """The risk, every score and every vector."""
        return [
            Said("nessus", self.text(cells, "risk")),
            *(Said(f"nessus {by}", score=cells[at]) for at, by in self._scores.items() if at < len(cells)),
            *(Said("nessus", vector=cells[number]) for number in self._vectors if number < len(cells)),
        ]


def _rows(records: Iterable[Record], layout: _Layout, reading: Reading) -> Iterator[Row | Fault]:
    left_out = LeftOut()
    for place, cells, _, wrong in records:
        if wrong is not None:
            yield wrong.at(place)
            continue
        if not any(cell.strip() for cell in cells):
            continue
        host = layout.text(cells, "host")
        if host:
            reading.targets.add(host)
        cves = identifiers.known_in(layout.text(cells, "cve"))
        if not cves and layout.text(cells, "risk").lower() in ("", "none", "info", "informational"):
            left_out.count("results without a CVE and without a risk")
            continue
        plugin = layout.text(cells, "plugin")
        for name in cves or [f"NESSUS-{plugin}"]:
            try:
                yield _draft(name, cells, layout).row(place)
            except Refused as no:
                yield no.at(place)
    left_out.tell(reading)


def _draft(name: str, cells: Sequence[str], layout: _Layout) -> Draft:
    output = layout.text(cells, "output")
    product, _ = from_cpe(layout.text(cells, "cpe").split("\n")[0])
    port = "/".join(part for part in (layout.text(cells, "port"), layout.text(cells, "protocol")) if part)
    return Draft(
        names=[name],
        component=product or layout.text(cells, "name"),
        version=_first(_INSTALLED, output),
        host=layout.text(cells, "host"),
        location=_first(_PATH, output) or ("" if port.startswith("0") else port),
        ratings=layout.ratings(cells),
        fixed_version=_first(_FIXED, output),
        released=layout.text(cells, "released"),
        status=layout.text(cells, "state"),
        title=layout.text(cells, "name") if product else layout.text(cells, "synopsis"),
        reference=layout.text(cells, "see"),
    )


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text[:20_000])
    return found.group(1).strip()[:200] if found else ""
