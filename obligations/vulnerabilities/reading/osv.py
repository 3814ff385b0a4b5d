"""OSV (ossf/osv-schema, 1.x): records (one, a list, or what its API answers) and osv-scanner's JSON.

``published`` and ``modified`` are days of the record, never of a patch. Ranges of commits name no version.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from obligations.vulnerabilities.reading.components import component, in_ecosystem
from obligations.vulnerabilities.reading.drafts import Draft
from obligations.vulnerabilities.reading.formats import Format, each
from obligations.vulnerabilities.reading.ratings import Said
from obligations.vulnerabilities.reading.refusals import Refused
from obligations.vulnerabilities.reading.rows import Component, Fault, Reading, Row
from obligations.vulnerabilities.reading.streams import Document, Entry, Path

_ADDRESS = "https://osv.dev/vulnerability/"


def records(document: Document, _: Reading) -> Iterator[Row | Fault]:
    """A row for each package that each record affects."""
    yield from each(document, (("vulns", None), (None,)), _record)


def one_record(document: Document, _: Reading) -> Iterator[Row | Fault]:
    """The same of a file that is one record."""
    yield from each(document, ((),), _record)


def scanned(document: Document, reading: Reading) -> Iterator[Row | Fault]:
    """What osv-scanner found: a row for each group of records that are one vulnerability."""
    sources = document.collect(("results", None, "source", "path"))
    reading.targets.update(str(path) for path in sources.values())

    def make(path: Path, entry: Entry) -> Iterator[Draft]:
        where = str(sources.get((*path[:2], "source", "path")) or "")
        yield from _package(entry, where)

    yield from each(document, (("results", None, "packages", None),), make)


def _record(_: Path, record: Entry) -> Iterator[Draft]:
    affected = record.entries("affected")
    if not affected:
        raise Refused(f"the record {record.text('id')} affects no package", "leave it out")
    for one in affected:
        package = one.entry("package")
        if not package.names():
            continue  # a range of commits of a repository
        draft = _drafted([record], _component(package))
        draft.ratings += _scores(one, record)
        draft.fixed_version = _fixed([one])
        yield draft


def _component(package: Entry, version: str = "") -> Component:
    if package.text("purl"):
        return component(package.text("name"), version, package.text("purl"))
    return in_ecosystem(package.text("name"), package.text("ecosystem"), version)


def _package(entry: Entry, where: str) -> Iterator[Draft]:
    package = entry.entry("package")
    software = _component(package, package.text("version") or package.text("commit"))
    for records in _groups(entry):
        draft = _drafted(records, software)
        draft.host = where
        for record in records:
            same = [one for one in record.entries("affected") if _is(one.entry("package"), software)]
            draft.ratings += [said for one in same for said in _scores(one, record)]
            draft.fixed_version = draft.fixed_version or _fixed(same)
        yield draft


def _groups(entry: Entry) -> Iterator[list[Entry]]:
    """The records of each vulnerability, which may have one from each database."""
    alone = {record.text("id"): record for record in entry.entries("vulnerabilities")}
    for group in entry.entries("groups"):
        if records := [alone.pop(one) for one in group.texts("ids") if one in alone]:
            yield records
    yield from ([record] for record in alone.values())


def _is(package: Entry, software: Component) -> bool:
    return package.text("name").casefold() == software.name.casefold()


def _drafted(records: list[Entry], software: Component) -> Draft:
    """What records of one vulnerability say of it together."""
    withdrawn = [one.text("withdrawn")[:10] for one in records if one.text("withdrawn")]
    gone = len(withdrawn) == len(records)
    return Draft(
        names=_names(records),
        software=software,
        ratings=[said for one in records for said in (*_scores(one, one), *_words(one))],
        status="not_affected" if gone else "",
        statement=f"withdrawn by its source on {max(withdrawn)}" if gone else "",
        title=records[0].text("summary") or records[0].text("details"),
        reference=_ADDRESS + records[0].text("id"),
    )


def _names(records: list[Entry]) -> list[str]:
    """Ids and aliases; a distribution's record names the CVE under ``upstream``."""
    names = [name for one in records for name in (one.text("id"), *one.texts("aliases"))]
    if not any(name.upper().startswith("CVE-") for name in names):
        names += [name for one in records for name in one.texts("upstream")]
    return names


def _by(record: Entry) -> str:
    return {"GHSA": "github", "CVE": "cve"}.get(
        start := record.text("id").partition("-")[0], start.lower()
    ) or "osv"


def _scores(one: Entry, record: Entry) -> Iterator[Said]:
    for severity in one.entries("severity"):
        kind, said = severity.text("type"), severity.text("score")
        yield Said(_by(record), vector=said) if kind.startswith("CVSS") else Said(kind or _by(record), said)


def _words(record: Entry) -> Iterator[Said]:
    """The word of GitHub's records. What others keep in ``database_specific`` is their own."""
    if record.text("id").startswith("GHSA-"):
        yield Said("github", record.entry("database_specific").text("severity"))


def _fixed(affected: Iterable[Entry]) -> str:
    """The first version without it on each branch."""
    versions = [
        event.text("fixed")
        for one in affected
        for span in one.entries("ranges")
        if span.text("type") != "GIT"
        for event in span.entries("events")
        if event.text("fixed")
    ]
    return ", ".join(list(dict.fromkeys(versions))[:5])


RECORD = Format("osv", "OSV", one_record)
RECORDS = Format("osv", "OSV", records)
SCANNED = Format("osv-scanner", "OSV-Scanner JSON", scanned, findings=True)
