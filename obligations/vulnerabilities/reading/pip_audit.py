"""pip-audit's JSON (``pip-audit -f json``): {"dependencies": [...], "fixes": [...]}, and the bare list of
versions before 2.5. It rates nothing and names no machine.
"""

from __future__ import annotations

from collections.abc import Iterator

from obligations.vulnerabilities.reading.components import in_ecosystem
from obligations.vulnerabilities.reading.drafts import Draft
from obligations.vulnerabilities.reading.formats import Format, LeftOut, each
from obligations.vulnerabilities.reading.rows import Fault, Reading, Row
from obligations.vulnerabilities.reading.streams import Document, Entry, Path


def rows(document: Document, reading: Reading) -> Iterator[Row | Fault]:
    """What it found of each dependency."""
    left_out = LeftOut()

    def make(_: Path, entry: Entry) -> Iterator[Draft]:
        if entry.text("skip_reason"):
            left_out.count("dependencies that were not audited")
            return
        software = in_ecosystem(entry.text("name"), "PyPI", entry.text("version"))
        for one in entry.entries("vulns"):
            yield Draft(
                names=[one.text("id"), *one.texts("aliases")],
                software=software,
                fixed_version=", ".join(one.texts("fix_versions")[:3]),
                title=one.text("description"),
            )

    reading.targets.add("")
    yield from each(document, (("dependencies", None), (None,)), make)
    left_out.tell(reading)


FORMAT = Format("pip-audit", "pip-audit JSON", rows, findings=True)
