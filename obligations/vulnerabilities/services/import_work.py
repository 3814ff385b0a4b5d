"""What the worker does with a file of findings: reads it and says what it would do, or takes it over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from contracts.models import Contract, LongWork, Side
from contracts.services import long_work
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from contracts.services.long_work import Progress
from contracts.terms.moments import Day
from obligations.vulnerabilities.finding import Finding
from obligations.vulnerabilities.models import ImportRun, RunState, Vulnerability, VulnerabilityHost
from obligations.vulnerabilities.reading import Status
from obligations.vulnerabilities.services.dating import Dating
from obligations.vulnerabilities.services.following import date_rows
from obligations.vulnerabilities.services.keeping import Kept, Known, What, keep, looked_at, new_row
from obligations.vulnerabilities.services.rows_read import Chunk, Source, Unreadable, opened

SAMPLE = 50
FAULTS = 200
"""So many rows of each are kept for the page."""

REOPENED = "reopened_places"
"""Among the counts of a run: the places that it found again and opened, by which that is taken back."""
READ = "vulnerabilities_read"
APPLY = "vulnerabilities_apply"


def found_on(run: ImportRun) -> Day:
    """The day on which what a file lists was found."""
    return Day.fromisoformat(run.options["found"])


# Reading, which changes nothing


@dataclass(slots=True)
class Looked:
    """What a file would do."""

    counts: Counter[str] = field(default_factory=Counter)
    categories: Counter[str] = field(default_factory=Counter)
    sample: list[dict[str, Any]] = field(default_factory=list)
    faults: list[dict[str, str]] = field(default_factory=list)
    new: set[int] = field(default_factory=set)
    seen: set[tuple[int, str]] = field(default_factory=set)


@long_work.kind(READ, megabytes=1024)
def _read(work: LongWork, progress: Progress, now: datetime) -> dict[str, Any]:
    run = ImportRun.objects.select_related("contract").get(pk=work.payload["run"])
    source: Source | None = None
    try:
        source = opened(run, now)
        looked = _look(run, source, progress, now)
    except (Unreadable, Refused) as unreadable:
        why = unreadable.message if isinstance(unreadable, Refused) else str(unreadable)
        run.state, run.problem, run.sample, run.faults = RunState.REFUSED, why[:2000], [], []
        run.counts = {"columns": _columns(source)} if source is not None else {}
        run.save(update_fields=["state", "problem", "sample", "faults", "counts"])
        return {"message": "The file cannot be taken. Its page says why."}
    reading = source.reading
    run.format, run.state, run.problem = reading.format, RunState.READ, ""
    run.sample, run.faults = looked.sample, looked.faults
    run.counts = {
        **looked.counts,
        "categories": dict(looked.categories),
        "label": reading.label,
        "findings": reading.findings,
        "notes": reading.notes[:20],
        "gone": _gone(run, source, looked.seen).count() if reading.findings else 0,
        "columns": _columns(source),
    }
    run.save(update_fields=["format", "state", "problem", "sample", "faults", "counts"])
    return {"message": "The file is read. Nothing of it is taken over yet."}


def _look(run: ImportRun, source: Source, progress: Progress, now: datetime) -> Looked:
    looked = Looked()
    dating, found = Dating.of(run.contract, now), found_on(run)
    for chunk in source.chunks():
        known = Known.of(run.contract, chunk.findings, run.side)
        whats = looked_at(chunk.findings, known, found)
        fresh = [
            what for what in whats if what.kind == "new" and hash(what.finding.names[0]) not in looked.new
        ]
        looked.new.update(hash(what.finding.names[0]) for what in fresh)
        _count_looked(looked.counts, chunk, fresh, whats)
        _date(run, looked, fresh, whats, dating, now)
        looked.seen |= _seen(whats)
        looked.faults += [
            {"place": one.place, "what": one.what, "fix": one.fix}
            for one in chunk.faults[: FAULTS - len(looked.faults)]
        ]
        progress.step(source.at, source.size, f"{chunk.rows:,} rows")
    return looked


def _count_looked(counts: Counter[str], chunk: Chunk, fresh: list[What], whats: list[What]) -> None:
    """What would become of the rows of a chunk; ``fresh``: those that are new, each once."""
    again = sum(what.kind == "new" for what in whats) - len(fresh)
    counts.update(what.kind for what in whats if what.kind != "new")
    counts["new"] += len(fresh)
    counts["undecided"] += sum(what.finding.status == Status.NOT_AFFECTED for what in fresh)
    counts["same"] += again
    counts["faults"] += len(chunk.faults)
    counts["reopened"] += sum(bool(what.reopened) for what in whats)
    counts["doubted"] += sum(bool(what.finding.doubt) for what in whats)
    counts["rows"] = chunk.rows


def _date(
    run: ImportRun, looked: Looked, fresh: list[What], whats: list[What], dating: Dating, now: datetime
) -> None:
    """The dates of what is new, and a line for the page of what would happen."""
    found = found_on(run)
    actor = Actor("", Side(run.side))
    rows = [new_row(run.contract, actor, now, what.finding, draft=True, found=found) for what in fresh]
    if rows:
        date_rows(rows, dating)
    looked.categories.update(row.category or "unrated" for row in rows)
    looked.counts["late"] += sum(row.is_late_at(now) for row in rows)
    lines = list(zip(fresh, rows, strict=True))
    lines += [(what, what.row) for what in whats if what.row is not None and what.kind != "same"]
    looked.sample += [_line(what, row, now) for what, row in lines[: SAMPLE - len(looked.sample)]]


def _line(what: What, row: Vulnerability, now: datetime) -> dict[str, Any]:
    return {
        "kind": what.kind,
        "subject": row.subject,
        "category": row.category,
        "due": row.due_at.isoformat() if row.due_at else "",
        "careful": row.released_on is None,
        "where": what.finding.where,
        "doubt": what.finding.doubt,
        "again": len(what.reopened),
        "late": bool(what.reopened) and row.is_late_at(now),
    }


def _columns(source: Source) -> dict[str, Any] | None:
    columns = source.reading.columns
    if columns is None:
        return None
    return {
        "headings": list(columns.headings),
        "samples": [list(one) for one in columns.samples[:3]],
        "mapping": {str(name): number for name, number in columns.mapping.items()},
    }


def _seen(whats: Iterable[What]) -> set[tuple[int, str]]:
    """The places of known rows that are in the file."""
    return {
        (what.row.pk, place.name) for what in whats if what.row is not None for place in what.finding.places
    }


@dataclass(slots=True)
class Gone:
    """Places on which something was not found again."""

    hosts: list[VulnerabilityHost]

    def count(self) -> int:
        return len({host.vulnerability_id for host in self.hosts})

    def whats(self, contract: Contract, side: str) -> list[What]:
        """As what is patched there, for ``keep``."""
        by_row: dict[int, list[VulnerabilityHost]] = {}
        for host in self.hosts:
            by_row.setdefault(host.vulnerability_id, []).append(host)
        rows = Vulnerability.objects.filter(contract=contract, pk__in=list(by_row))
        waiting: Counter[int] = Counter(
            VulnerabilityHost.objects.filter(vulnerability__in=list(by_row), patched_on=None).values_list(
                "vulnerability", flat=True
            )
        )
        return [
            What(
                Finding(row.identifier, row.component),
                "closed" if waiting[row.pk] == len(by_row[row.pk]) else "updated",
                row,
                patched=by_row[row.pk],
            )
            for row in rows
            if not row.draft or row.recorded_side == side
        ]


def _gone(run: ImportRun, source: Source, seen: set[tuple[int, str]]) -> Gone:
    """What an earlier file of this format found on the same places, and this one has not."""
    hosts = VulnerabilityHost.objects.filter(
        contract=run.contract,
        source=run.format or source.reading.format,
        name__among=sorted(source.reading.targets),
        patched_on=None,
        vulnerability__state="open",
    )
    own = [host for host in hosts if (host.vulnerability_id, host.name) not in seen]
    return Gone(own)


# Taking over


@long_work.kind(APPLY, megabytes=1024, goes_on=True)
def _apply(work: LongWork, progress: Progress, now: datetime) -> dict[str, Any]:
    run = ImportRun.objects.select_related("contract", "asked_by").get(pk=work.payload["run"])
    if run.state != RunState.APPLYING:
        return {"message": "It is taken over."}
    actor = Actor.of(run.asked_by, Side(run.side))
    total = int(run.counts["rows"])
    try:
        source = opened(run, now)
        seen: set[tuple[int, str]] = set()
        for chunk in source.chunks():
            if chunk.rows > run.counts["consumed"]:
                seen |= _take(run, actor, now, chunk)
            else:
                seen |= _seen(
                    looked_at(chunk.findings, Known.of(run.contract, chunk.findings, run.side), found_on(run))
                )
            progress.step(min(chunk.rows, total), total, f"{chunk.rows:,} of {total:,} rows")
        if run.options["close_missing"]:
            _close_missing(run, actor, now, source, seen)
    except Unreadable as unreadable:
        raise Refused("", str(unreadable)) from unreadable
    run.state, run.applied_at = RunState.APPLIED, now
    run.save(update_fields=["state", "applied_at"])
    return {"message": "The file is taken over."}


@transaction.atomic
def _take(run: ImportRun, actor: Actor, now: datetime, chunk: Chunk) -> set[tuple[int, str]]:
    """Keep the rows of a chunk, and how far the run has come, in one transaction."""
    known = Known.of(run.contract, chunk.findings, run.side)
    whats = looked_at(chunk.findings, known, found_on(run))
    made = _keep(run, actor, now, whats)
    new = iter(made.new)
    seen = _seen(whats)
    for what in whats:
        if what.kind == "new":
            row = next(new)
            seen |= {(row.pk, place.name) for place in what.finding.places}
    again = [host.pk for what in whats for host in what.reopened]
    run.counts[REOPENED] = [*run.counts.get(REOPENED, []), *again]
    kinds = Counter(what.kind for what in whats)
    kinds["reopened"] = sum(bool(what.reopened) for what in whats)
    _count(run, kinds, chunk.rows)
    return seen


def _keep(run: ImportRun, actor: Actor, now: datetime, whats: list[What]) -> Kept:
    return keep(
        run.contract,
        actor,
        now,
        whats,
        draft=bool(run.options["draft"]),
        found=found_on(run),
        patched=Day.fromisoformat(run.options["patched"]),
        source=run.format,
    )


@transaction.atomic
def _close_missing(
    run: ImportRun, actor: Actor, now: datetime, source: Source, seen: set[tuple[int, str]]
) -> None:
    whats = _gone(run, source, seen).whats(run.contract, run.side)
    for start in range(0, len(whats), 1000):
        _keep(run, actor, now, whats[start : start + 1000])
    _count(run, Counter({"gone": len(whats)}), int(run.counts["consumed"]))


def _count(run: ImportRun, kinds: Counter[str], rows: int) -> None:
    run.counts["taken"] = dict(Counter(run.counts["taken"]) + kinds)
    run.counts["consumed"] = rows
    run.save(update_fields=["counts"])
