"""Keeping what was found: new rows, what is new about known ones, what is patched. For one and for thousands.

Everything here is one transaction under the contract's lock, with a number of queries that does not depend
on how many there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from contracts.models import Contract
from contracts.services import ledger
from contracts.services.actors import Actor
from contracts.terms.moments import Day, When, london_day
from contracts.terms.restricted import is_reserved
from obligations.rules.register.names import folded
from obligations.services.reconciling.holding import lock
from obligations.services.recording.facts import record_together
from obligations.vulnerabilities.finding import Difference, Finding, Place, Rating, difference
from obligations.vulnerabilities.models import FAR, State, Vulnerability, VulnerabilityHost
from obligations.vulnerabilities.rules import APPLIED, FIX_KNOWN, IDENTIFIED, RELEASED
from obligations.vulnerabilities.services.dating import Dating, fix_details, identified_details
from obligations.vulnerabilities.services.following import date_rows, save_shown, without_duty

BATCH = 1000
AGAIN = "vulnerability_places_again"
"""The verb of the ledger's entry for places that were patched and found again."""
NAMED = 20
COLUMNS = (
    "title", "reference", "software", "said", "fixed_version", "justification", "aliases", "ratings",
    "earliest_on", "fix_seen_on", "changed_at",
)  # fmt: skip
_FIX = frozenset({"fixed_version", "earliest_on"})
RATES = {"nvd": "nvd_rating_published", "microsoft": "microsoft_rating_published"}
"""The kind of fact by which a source's later rating is recorded; of another it is identified anew."""

Told = tuple[str, When, Mapping[str, Any]]


@dataclass(slots=True)
class Known:
    """What is kept already of some findings: rows by the names of ``Finding.names``, with their hosts."""

    rows: dict[str, Vulnerability]
    hosts: dict[int, dict[str, VulnerabilityHost]]

    @classmethod
    def of(cls, contract: Contract, findings: Iterable[Finding], side: str) -> Known:
        """What a side knows of: what is on the record, else its own draft. 2 queries."""
        names = {name for one in findings for name in one.names}
        rows = Vulnerability.objects.filter(contract=contract, folded__among=sorted(names))
        rows = rows.filter(Q(draft=False) | Q(recorded_side=side))
        found = {row.folded: row for row in rows.order_by("-draft")}
        hosts: dict[int, dict[str, VulnerabilityHost]] = defaultdict(dict)
        for host in VulnerabilityHost.objects.filter(vulnerability__in=[row.pk for row in found.values()]):
            hosts[host.vulnerability_id][host.name] = host
        return cls(found, hosts)

    def row(self, finding: Finding) -> Vulnerability | None:
        """The row that a finding is about."""
        return next((self.rows[name] for name in finding.names if name in self.rows), None)


@dataclass(slots=True)
class What:
    """What becomes of one finding. ``kind``: new, updated, closed, again, same or fixed (never kept).

    ``hosts``: places that are new to the row; ``patched``: hosts that are patched now; ``reopened``: hosts
    that were patched and are found again after that day, so that the patch did not hold or was rolled back.
    """

    finding: Finding
    kind: str
    row: Vulnerability | None = None
    changed: Difference = field(default_factory=Difference)
    hosts: list[Place] = field(default_factory=list)
    patched: list[VulnerabilityHost] = field(default_factory=list)
    reopened: list[VulnerabilityHost] = field(default_factory=list)


def looked_at(findings: Sequence[Finding], known: Known, found: Day) -> list[What]:
    """What would become of each of these findings, which are about different things. Writes nothing.

    ``found``: the day on which they were found. A place that was patched on that day or later is left alone:
    they may have been found before that.
    """
    return [_what(one, known, found) for one in findings]


def _what(finding: Finding, known: Known, found: Day) -> What:
    row = known.row(finding)
    if row is None:
        kind = "fixed" if finding.status == "fixed" else "new"
        return What(finding, kind, hosts=[place for place in finding.places if not place.patched])
    there = known.hosts.get(row.pk, {})
    if finding.status == "fixed":
        return _fixed(finding, row, there)
    if row.state == State.DONE:
        return What(finding, "again", row)
    return _open(finding, row, there, found)


def _open(finding: Finding, row: Vulnerability, there: Mapping[str, VulnerabilityHost], found: Day) -> What:
    """What is found in places known or new, and may be patched in others."""
    changed = difference(row, finding)
    if row.state == State.SUSPENDED:  # why, was shown already
        changed.columns.pop("justification", None)
    fixed = {place.name for place in finding.places if place.patched}
    hosts = [place for place in finding.places if place.name not in fixed | there.keys()]
    patched = [host for name, host in there.items() if name in fixed and host.patched_on is None]
    again = _found_again(finding.places, there, found)
    kind = "updated" if any((changed, hosts, patched, again)) else "same"
    return What(finding, kind, row, changed, hosts, patched, again)


def _found_again(
    places: Iterable[Place], there: Mapping[str, VulnerabilityHost], found: Day
) -> list[VulnerabilityHost]:
    """The hosts that were patched before a day, of those places that are found vulnerable on it."""
    named = dict.fromkeys(place.name for place in places if not place.patched)
    hosts = [there[name] for name in named if name in there]
    return [host for host in hosts if host.patched_on is not None and host.patched_on < found]


def _fixed(finding: Finding, row: Vulnerability, there: Mapping[str, VulnerabilityHost]) -> What:
    """A place that is patched: it closes the row where it was the last one."""
    if row.state in (State.DONE, State.OVER):
        return What(finding, "same", row)
    named = {place.name for place in finding.places if place.name}
    waiting = [host for host in there.values() if host.patched_on is None]
    patched = [host for host in waiting if not named or host.name in named]
    if waiting and not patched:
        return What(finding, "same", row)
    return What(finding, "closed" if len(patched) == len(waiting) else "updated", row, patched=patched)


@dataclass(slots=True)
class Kept:
    """What was done: rows by what became of them."""

    new: list[Vulnerability] = field(default_factory=list)
    updated: list[Vulnerability] = field(default_factory=list)
    closed: list[Vulnerability] = field(default_factory=list)

    @property
    def drafts(self) -> list[Vulnerability]:
        """Those of them that are drafts."""
        return [row for row in (*self.new, *self.updated, *self.closed) if row.draft]


@transaction.atomic
def keep(
    contract: Contract,
    actor: Actor,
    now: datetime,
    whats: Sequence[What],
    *,
    draft: bool,
    found: Day,
    patched: Day | None = None,
    source: str = "",
) -> Kept:
    """Keep what was looked at: new ones as drafts of the actor's side, or on the record at once.

    ``found``: the day on which new ones were identified; ``patched``: the day for what is fixed, ``found``
    unless given; ``source``: the format of the file. Raises Refused; nothing is kept then.
    """
    lock(contract, now)
    made = Kept()
    told: list[Told] = []
    for what in whats:
        if what.kind == "new":
            made.new.append(new_row(contract, actor, now, what.finding, draft=draft, found=found))
        elif what.row is not None and what.kind in ("updated", "closed"):
            told += _update(what.row, what.changed, now)
            (made.closed if what.kind == "closed" else made.updated).append(what.row)
    Vulnerability.objects.bulk_create(made.new, batch_size=BATCH)
    Vulnerability.objects.bulk_update([*made.updated, *made.closed], COLUMNS, batch_size=BATCH)
    _hosts(contract, whats, made.new, found, patched or found, source)
    _reopen(contract, actor, now, whats, found)
    told += [one for row in made.new if not row.draft for one in facts_to_record(row)]
    told += close(made.closed, patched or found, now)
    _date_drafts(contract, now, made.drafts)
    if told:
        record_together(contract, actor, now, told)
    _with_care(contract, now, made.updated)
    note_own_work(contract, actor, now, made.drafts)
    return made


def new_row(
    contract: Contract, actor: Actor, now: datetime, finding: Finding, *, draft: bool, found: Day
) -> Vulnerability:
    """The row that a finding would be kept as. Saves nothing."""
    subject = finding.subject
    return Vulnerability(
        contract=contract,
        subject=subject,
        folded=folded(subject),
        identifier=finding.identifier[:100],
        aliases=list(finding.aliases),
        component=finding.component[:200],
        version=finding.version[:100],
        title=finding.title[:300],
        reference=finding.reference[:1000],
        software=finding.software,
        said=finding.said,
        ratings=[dict(one) for one in finding.ratings],
        fixed_version=finding.fixed_version[:100],
        found_on=found,
        earliest_on=finding.earliest,
        released_on=finding.released,
        justification=finding.justification[:60],
        draft=draft and not is_reserved(subject),
        recorded_at=now,
        recorded_by=actor.person,
        recorded_side=actor.side,
        changed_at=now,
        order_at=FAR,
    )


def _update(row: Vulnerability, changed: Difference, now: datetime) -> list[Told]:
    """The row with what is new about it; what goes on the record of that."""
    row.changed_at = now
    if "fixed_version" in changed.columns and row.found_on < london_day(now):
        row.fix_seen_on = london_day(now)
    for name, value in changed.columns.items():
        setattr(row, name, value)
    if row.draft:
        row.released_on = row.released_on or changed.released
        return []
    told: list[Told] = [(IDENTIFIED, now, _rated(row, ones)) for ones in _by_others(changed.ratings)]
    if said := changed.columns.get("said"):
        told.append((IDENTIFIED, now, {"subject": row.subject, "category": said}))
    for source, kind in RATES.items():
        if ones := [one for one in changed.ratings if one["source"] == source]:
            told.append((kind, now, _rated(row, ones)))
    return told + _of_the_fix(row, changed, now)


def _of_the_fix(row: Vulnerability, changed: Difference, now: datetime) -> list[Told]:
    """What came to be known of the patch: its release, else that it is there (R48)."""
    if changed.released is not None:
        return [(RELEASED, changed.released, {"subject": row.subject})]
    if row.released_on is None and row.fixed_version and _FIX & changed.columns.keys():
        return [(FIX_KNOWN, now, fix_details(row))]
    return []


def _by_others(ratings: Sequence[Rating]) -> list[list[Rating]]:
    others = [one for one in ratings if one["source"] not in RATES]
    return [others] if others else []


def _rated(row: Vulnerability, ratings: Sequence[Rating]) -> dict[str, Any]:
    said = [{"source": one["source"], "value": one["value"]} for one in ratings]
    return {"subject": row.subject, "ratings": said}


def facts_to_record(row: Vulnerability) -> list[Told]:
    """What puts a row on the record: that it was identified, when its patch was released, that it is
    applied.
    """
    told: list[Told] = [(IDENTIFIED, row.found_on, identified_details(row))]
    if row.fixed_version and row.fix_seen_on is not None and row.released_on is None:
        told.append((FIX_KNOWN, row.fix_seen_on, fix_details(row)))
    if row.released_on is not None:
        told.append((RELEASED, row.released_on, {"subject": row.subject}))
    if row.state == State.DONE and row.done_on is not None:
        told.append((APPLIED, row.done_on, {"subject": row.subject}))
    return told


def close(rows: Iterable[Vulnerability], day: Day, now: datetime) -> list[Told]:
    """Close drafts; what goes on the record of the others."""
    told: list[Told] = []
    for row in rows:
        if row.draft:
            row.state, row.done_on, row.changed_at = State.DONE, day, now
        else:
            told.append((APPLIED, day, {"subject": row.subject}))
    return told


def _hosts(
    contract: Contract,
    whats: Sequence[What],
    new: Sequence[Vulnerability],
    found: Day,
    patched: Day,
    source: str,
) -> None:
    """The places of what was kept: new ones, and those that are patched now."""
    rows = iter(new)
    fresh, done = [], []
    for what in whats:
        row = next(rows) if what.kind == "new" else what.row
        if row is None:
            continue
        fresh += [
            VulnerabilityHost(
                contract=contract,
                vulnerability=row,
                name=place.name[:300],
                location=place.location[:300],
                version=place.version[:100],
                first_seen=found,
                last_seen=found,
                source=source,
            )
            for place in what.hosts
        ]
        for host in what.patched:
            host.patched_on = patched
            done.append(host)
    VulnerabilityHost.objects.bulk_create(fresh, batch_size=BATCH, ignore_conflicts=True)
    VulnerabilityHost.objects.bulk_update(done, ["patched_on"], batch_size=BATCH)


def _reopen(contract: Contract, actor: Actor, now: datetime, whats: Sequence[What], found: Day) -> None:
    """Places found again wait again. The limit is that of the release all the same (R20)."""
    hosts = [host for what in whats for host in what.reopened]
    for host in hosts:
        host.patched_before, host.patched_on, host.last_seen = host.patched_on, None, found
    VulnerabilityHost.objects.bulk_update(
        hosts, ["patched_before", "patched_on", "last_seen"], batch_size=BATCH
    )
    rows = [what.row for what in whats if what.reopened and what.row is not None]
    told_again(contract, actor, now, rows, len(hosts), {"found": found.isoformat()})


def told_again(
    contract: Contract,
    actor: Actor,
    now: datetime,
    rows: Sequence[Vulnerability],
    places: int,
    more: Mapping[str, Any],
) -> None:
    """One entry of the ledger for places found again, or for that being taken back. Drafts are not named."""
    shown = [row for row in rows if not row.draft]
    if shown:
        named = [row.subject for row in shown if not is_reserved(row.subject)][:NAMED]
        payload = {"vulnerabilities": len(shown), "subjects": named, "places": places, **more}
        ledger.record(contract, actor, AGAIN, payload, now)


def _date_drafts(contract: Contract, now: datetime, rows: Sequence[Vulnerability]) -> None:
    if rows:
        date_rows(rows, Dating.of(contract, now))
        save_shown(rows)


def _with_care(contract: Contract, now: datetime, rows: Sequence[Vulnerability]) -> None:
    """The careful date of rows on the record of which a fixed version came to be known (R48)."""
    waiting = [row for row in without_duty(rows) if row.due_at is None]
    if waiting:
        date_rows(waiting, Dating.of(contract, now))
        save_shown(waiting)


def note_own_work(contract: Contract, actor: Actor, now: datetime, rows: Sequence[Vulnerability]) -> None:
    """That a side keeps something of its own, on the record without a word of what it is."""
    if rows:
        ledger.record(contract, actor, "vulnerabilities_kept", {"side": str(actor.side)}, now)
