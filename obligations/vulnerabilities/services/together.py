"""The same for many at once, looked at before and undone: patched, released on a day, not exploitable."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from contracts.models import Contract, LedgerEntry
from contracts.services import ledger
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from contracts.terms.moments import Day
from contracts.terms.restricted import is_reserved
from obligations.models import Claim, ClaimState
from obligations.services.reconciling.holding import lock
from obligations.services.reconciling.rehearsal import rehearse
from obligations.services.recording.facts import (
    Recorded,
    claim_together,
    record_together,
    withdraw_together,
)
from obligations.vulnerabilities.models import State, Vulnerability, VulnerabilityHost
from obligations.vulnerabilities.rules import APPLIED, NOT_EXPLOITABLE, RELEASED, TOGETHER
from obligations.vulnerabilities.services.acting import Holds, noted_with, release_day
from obligations.vulnerabilities.services.allowed import patching
from obligations.vulnerabilities.services.dating import Dating
from obligations.vulnerabilities.services.days import happened_on
from obligations.vulnerabilities.services.following import date_rows, save_shown
from obligations.vulnerabilities.services.keeping import note_own_work

UNDONE = "vulnerabilities_undone"
ACTS = {"patched": APPLIED, "released": RELEASED, "not_exploitable": NOT_EXPLOITABLE}
"""What can be done to many at once, and the kind of fact that it is on the record."""

MOST = 500
"""So many are acted on at once."""

NAMED = 20


@dataclass(frozen=True, slots=True)
class Did:
    """What was done: the rows as they are now, and the entry of the ledger by which it is undone.

    ``entry`` is None where they are all drafts, of which the record says nothing. ``claimed``: the names of
    those of which it is a claim, that the other side decides on.
    """

    rows: list[Vulnerability]
    entry: LedgerEntry | None
    claimed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Shown:
    """What shows of many that they cannot be exploited: why, until when, and the address of the evidence."""

    holds: Holds
    link: str


@dataclass(frozen=True, slots=True)
class Would:
    """What would become of one row: as it is, as it would be, and whether that is claimed and decided on."""

    before: Vulnerability
    after: Vulnerability
    claims: bool


@dataclass(slots=True)
class _Waiting:
    """The rows that wait for an act, by whether they are on the record."""

    shown: list[Vulnerability] = field(default_factory=list)
    drafts: list[Vulnerability] = field(default_factory=list)

    @property
    def every(self) -> list[Vulnerability]:
        return [*self.shown, *self.drafts]


def preview(
    contract: Contract,
    actor: Actor,
    now: datetime,
    act: str,
    days: Mapping[int, Day],
    shown: Shown | None = None,
) -> list[Would]:
    """What doing it would make of each row, worked out by doing it and taking it back. Raises Refused."""
    before = {row.pk: row for row in Vulnerability.objects.filter(contract=contract, pk__in=list(days))}
    did = rehearse(lambda: together(contract, actor, now, act, days, shown))
    return [Would(before[row.pk], row, row.subject in did.claimed) for row in did.rows]


@transaction.atomic
def together(
    contract: Contract,
    actor: Actor,
    now: datetime,
    act: str,
    days: Mapping[int, Day],
    shown: Shown | None = None,
) -> Did:
    """Do one of ``ACTS`` to the rows of these numbers, each on its London day.

    ``shown``: why they cannot be exploited, which is a claim for each (R46); for that act alone.
    Those that wait for it no more are left alone, and what is kept to a distribution list is, whose names no
    entry for everybody tells. The number of queries does not depend on how many there are. Raises Refused
    naming the field; nothing is done then.
    """
    patching(contract, actor, now)
    if act not in ACTS or (act == "not_exploitable") != (shown is not None):
        raise Refused("act", "Choose what happened to them.")
    if len(days) > MOST:
        raise Refused("", f"At most {MOST} at once: narrow the table first.")
    lock(contract, now)
    waiting = _waiting(contract, actor, act, days)
    if not waiting.every:
        raise Refused("", "None of these waits for that any more.")
    for row in waiting.every:
        _check(contract, row, act, days[row.pk], now)
    places = _places(waiting.every, days) if act == "patched" else []
    if waiting.drafts:
        _draft_rows(contract, waiting.drafts, act, days, now)
        note_own_work(contract, actor, now, waiting.drafts)
    entry, facts = None, list[Recorded]()
    if waiting.shown:
        facts = _facts(contract, actor, now, act, waiting.shown, days, shown)
        entry = _entry(contract, actor, now, act, waiting.shown, facts, places)
    fresh = Vulnerability.objects.filter(pk__in=[row.pk for row in waiting.every])
    return Did(list(fresh.order_by("order_at", "pk")), entry, _claimed(facts, shown))


def may_be_claimed(contract: Contract) -> Q:
    """Those of which it may be claimed now that they cannot be exploited.

    A draft is submitted first, and what was claimed waits for its answer.
    """
    asked = Claim.objects.filter(contract=contract, fact__kind=NOT_EXPLOITABLE, state=ClaimState.OPEN)
    return Q(draft=False) & ~Q(subject__in=asked.values("subject"))


def _waiting(contract: Contract, actor: Actor, act: str, days: Mapping[int, Day]) -> _Waiting:
    own = Q(draft=False) | Q(recorded_side=actor.side)
    rows = Vulnerability.objects.filter(own, contract=contract, pk__in=list(days))
    if act == "released":
        rows = rows.filter(state=State.OPEN, released_on=None)
    else:
        rows = rows.filter(state__in=[State.OPEN, State.SUSPENDED])
    if act == "not_exploitable":
        rows = rows.filter(may_be_claimed(contract))
    found = _Waiting()
    for row in rows.order_by("pk"):
        if is_reserved(row.subject):  # the entry that names them all is for everybody
            continue
        (found.drafts if row.draft else found.shown).append(row)
    return found


def _check(contract: Contract, row: Vulnerability, act: str, day: Day, now: datetime) -> None:
    if act == "released":
        release_day(contract, row, day, now)
    else:
        happened_on(contract, day, "day", now)


def _places(rows: Sequence[Vulnerability], days: Mapping[int, Day]) -> list[VulnerabilityHost]:
    """The places that wait, marked as patched."""
    hosts = VulnerabilityHost.objects.filter(vulnerability__in=[row.pk for row in rows], patched_on=None)
    found = list(hosts)
    for host in found:
        host.patched_on = days[host.vulnerability_id]
    VulnerabilityHost.objects.bulk_update(found, ["patched_on"], batch_size=1000)
    return found


def _draft_rows(
    contract: Contract, rows: Sequence[Vulnerability], act: str, days: Mapping[int, Day], now: datetime
) -> None:
    """What is done to drafts: nothing goes on the record."""
    for row in rows:
        row.changed_at = now
        if act == "released":
            row.released_on = days[row.pk]
        else:
            row.state, row.done_on = State.DONE, days[row.pk]
    if act == "released":
        date_rows(rows, Dating.of(contract, now))
    save_shown(rows)


def _facts(
    contract: Contract,
    actor: Actor,
    now: datetime,
    act: str,
    rows: Sequence[Vulnerability],
    days: Mapping[int, Day],
    shown: Shown | None,
) -> list[Recorded]:
    """The facts put on the record; those that cannot be exploited as claims, with what shows it."""
    if shown is None:
        what = [(ACTS[act], days[row.pk], {"subject": row.subject}) for row in rows]
        return record_together(contract, actor, now, what)
    words = shown.holds.words(now)
    said = [(days[row.pk], {"subject": row.subject, "reason": words}) for row in rows]
    made = claim_together(contract, actor, now, kind=NOT_EXPLOITABLE, what=said, link=shown.link)
    known = Vulnerability.objects.in_bulk([row.pk for row in rows])  # as they are by those facts
    pairs = [(known[row.pk], one.fact) for row, one in zip(rows, made, strict=True)]
    noted_with(contract, actor, now, pairs, shown.holds)
    return made


def _claimed(facts: Iterable[Recorded], shown: Shown | None) -> frozenset[str]:
    """The names of those whose facts are claims. 1 query where any can be."""
    claims = Claim.objects.filter(fact__in=[one.fact.pk for one in facts]) if shown is not None else ()
    return frozenset(one.subject for one in claims)


def _entry(
    contract: Contract,
    actor: Actor,
    now: datetime,
    act: str,
    rows: Sequence[Vulnerability],
    facts: Iterable[Recorded],
    places: Iterable[VulnerabilityHost],
) -> LedgerEntry:
    """One entry that says they were recorded together, by which they are undone."""
    keys = {row.pk for row in rows}
    payload = {
        "act": act,
        "vulnerabilities": len(rows),
        "subjects": [row.subject for row in rows[:NAMED]],
        "facts": [one.fact.pk for one in facts if one.created],
        "places": [host.pk for host in places if host.vulnerability_id in keys],
    }
    return ledger.record(contract, actor, TOGETHER, payload, now)


@transaction.atomic
def undo(contract: Contract, actor: Actor, now: datetime, entry: LedgerEntry, *, reason: str) -> int:
    """Take back what was done together: its facts are withdrawn, its places wait again; how many facts.

    What was withdrawn since is left alone. Raises Refused without a reason, for what the other side did, and
    where nothing is left to take back.
    """
    facts, _ = withdraw_together(contract, entry.payload["facts"], actor, now, reason=reason)
    _wait_again(contract, entry.payload["places"], {fact.subject for fact in facts})
    payload = {"entry": entry.number, "act": entry.payload["act"], "vulnerabilities": len(facts)}
    ledger.record(contract, actor, UNDONE, payload | {"reason": reason.strip()}, now)
    return len(facts)


def _wait_again(contract: Contract, places: Collection[int], subjects: Collection[str]) -> None:
    hosts = VulnerabilityHost.objects.filter(contract=contract, pk__in=list(places))
    hosts.filter(vulnerability__subject__in=list(subjects)).update(patched_on=None)
