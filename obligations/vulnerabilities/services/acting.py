"""What happens to one vulnerability: patched, not exploitable until a day, at risk, mitigated, known better.

Each is facts on the contract's record with what belongs to them here; of a draft only its row changes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from contracts.models import Contract
from contracts.services import ledger
from contracts.services.actors import Actor
from contracts.services.errors import Refused, required
from contracts.terms.moments import ONE_DAY, Day, When, first_moment, london_day, long_day
from obligations.models import ACTIVE_PHASES, Claim, ClaimState, Duty, Evidence, EvidenceKind, FactRecord
from obligations.rules.register.facts import BEFORE_OWED
from obligations.services.asking import calendars
from obligations.services.asking.books import books_of
from obligations.services.reconciling.holding import lock
from obligations.services.reconciling.reconcile import reconcile
from obligations.services.recording.claims import Given
from obligations.services.recording.evidence import log_evidence
from obligations.services.recording.facts import Recorded, record_fact, record_together
from obligations.vulnerabilities.finding import Finding, Rating, difference
from obligations.vulnerabilities.models import State, Vulnerability, VulnerabilityHost
from obligations.vulnerabilities.reading.drafts import justifications
from obligations.vulnerabilities.rules import APPLIED, EXPLOITABLE, NOT_EXPLOITABLE, patch_rules
from obligations.vulnerabilities.services.allowed import patching
from obligations.vulnerabilities.services.days import happened_on, released_on
from obligations.vulnerabilities.services.keeping import Told, What, keep, note_own_work
from obligations.vulnerabilities.services.record import ratings_given

AT_RISK, TOLD_OF_RISK = "patch_timescale_unlikely", "patch_delay_notified"
NO_PATCH, MITIGATION = "exploitable_vulnerability_without_patch", "interim_mitigation_proposed"
PORTION = 500
WATCH = Actor.system("vulnerabilities")


@dataclass(frozen=True, slots=True)
class Proof:
    """What shows that a patch is in place: a file, else a link, else a note. ``done_by``: who did it."""

    done_by: str
    note: str = ""
    link: str = ""
    file: UploadedFile[bytes] | None = None

    @property
    def kind(self) -> str:
        """Which of them it is; "" where nothing is given."""
        if self.file is not None:
            return EvidenceKind.FILE
        if self.link:
            return EvidenceKind.LINK
        return EvidenceKind.NOTE if self.note.strip() else ""


def patched(
    contract: Contract,
    actor: Actor,
    now: datetime,
    row: Vulnerability,
    *,
    done: Day,
    places: Collection[int] | None = None,
    proof: Proof | None = None,
    counts_early: bool | None = None,
) -> Vulnerability:
    """The patch is in place since a London day: everywhere, or on the hosts of these numbers (``places``).

    The last host closes it: the fact that it was applied is recorded, and the proof logged for its duty.
    ``counts_early``: as ``done_before_owed`` of evidence (R36). Raises Refused; nothing is kept then.
    """
    patching(contract, actor, now)
    kept: Evidence | None = None
    try:
        with transaction.atomic():
            lock(contract, now)
            row = _open(row, State.OPEN, State.SUSPENDED)
            happened_on(contract, done, "done", now)
            if not _hosts_patched(contract, actor, row, done, places, now):
                return row
            if row.draft:
                row.state, row.done_on, row.changed_at = State.DONE, done, now
                row.save(update_fields=["state", "done_on", "changed_at"])
                note_own_work(contract, actor, now, [row])
                return row
            duty = patch_duty(row)
            if proof is not None and proof.kind and duty is not None:
                kept = _logged(duty, actor, now, done, proof, counts_early)
            details: dict[str, object] = {"subject": row.subject}
            details |= {} if counts_early is None else {BEFORE_OWED: counts_early}
            record_together(contract, actor, now, [(APPLIED, done, details)], asks=True)
    except BaseException:
        if kept is not None and kept.file:
            kept.file.storage.delete(kept.file.name or "")
        raise
    return _fresh(row)


def _logged(
    duty: Duty, actor: Actor, now: datetime, done: Day, proof: Proof, counts_early: bool | None
) -> Evidence:
    return log_evidence(
        duty,
        actor,
        now,
        kind=proof.kind,
        done=done,
        done_by=proof.done_by,
        note=proof.note,
        link=proof.link if proof.kind == EvidenceKind.LINK else "",
        file=proof.file if proof.kind == EvidenceKind.FILE else None,
        done_before_owed=counts_early,
    )


def _hosts_patched(
    contract: Contract,
    actor: Actor,
    row: Vulnerability,
    done: Day,
    places: Collection[int] | None,
    now: datetime,
) -> bool:
    """Mark the hosts that are patched; whether none is left that waits."""
    waiting = list(row.hosts.filter(patched_on=None))
    wanted = waiting if places is None else [one for one in waiting if one.pk in places]
    if waiting and not wanted:
        raise Refused("places", "Choose where the patch is in place.")
    for host in wanted:
        host.patched_on = done
    VulnerabilityHost.objects.bulk_update(wanted, ["patched_on"])
    left = len(waiting) - len(wanted)
    if left and not row.draft:
        payload = {"vulnerability": row.pk, "subject": row.subject, "places": len(wanted), "left": left}
        payload["patched"] = done.isoformat()
        ledger.record(contract, actor, "vulnerability_places_patched", payload, now)
    elif left:
        note_own_work(contract, actor, now, [row])
    return left == 0


def not_exploitable(
    contract: Contract,
    actor: Actor,
    now: datetime,
    row: Vulnerability,
    *,
    since: Day,
    justification: str,
    reason: str,
    until: Day | None = None,
    given: Given | None = None,
) -> Recorded:
    """Claim that it cannot be exploited in the service (10.3.1, R21, R46), for one of VEX's justifications.

    ``until``: the last London day on which that is said to hold; the limit runs again from the next, by
    itself. Until the other side accepts nothing moves. Raises Refused naming the field.
    """
    patching(contract, actor, now)
    holds = Holds(justification, reason, until)
    words = holds.words(now)
    with transaction.atomic():
        lock(contract, now)
        row = _on_record(_open(row, State.OPEN, State.SUSPENDED))
        details = {"subject": row.subject, "reason": words}
        made = record_fact(
            contract, actor, now, kind=NOT_EXPLOITABLE, happened=since, details=details, claim=given
        )
        noted_with(contract, actor, now, [(_fresh(row), made.fact)], holds)
    return made


@dataclass(frozen=True, slots=True)
class Holds:
    """Why something cannot be exploited in the service: one of VEX's justifications, and what shows it.

    ``until``: the last London day on which that is said to hold, None for no end.
    """

    justification: str
    reason: str
    until: Day | None = None

    def words(self, now: datetime) -> str:
        """The same in words, as the record has it. Raises Refused naming the field."""
        if self.justification not in justifications():
            raise Refused("justification", "Choose why it cannot be exploited.")
        why = required("reason", self.reason, "Say why it cannot be exploited in the service.", longest=4000)
        words = f"{self.justification.replace('_', ' ').capitalize()}. {why}"
        if self.until is None:
            return words
        if self.until < london_day(now):
            raise Refused("until", "This day has passed; enter the last day on which it holds, or none.")
        calendars.within(self.until, "until")
        return f"{words} It holds until the end of {long_day(self.until)}."


def noted_with(
    contract: Contract,
    actor: Actor,
    now: datetime,
    rows: Sequence[tuple[Vulnerability, FactRecord]],
    holds: Holds,
) -> None:
    """Keep with each row why it cannot be exploited, by the fact that says so; it counts once that does."""
    until = holds.until.isoformat() if holds.until else ""
    claims = Claim.objects.filter(fact__in=[fact.pk for _, fact in rows])
    states = dict(claims.values_list("fact", "state"))
    settled: set[str] = set()
    for row, fact in rows:
        row.grounds = {**row.grounds, str(fact.pk): {"justification": holds.justification, "until": until}}
        if states.get(fact.pk, ClaimState.ACCEPTED) == ClaimState.ACCEPTED:
            row.justification = holds.justification
            settled.add(row.subject)
    Vulnerability.objects.bulk_update([row for row, _ in rows], ["grounds", "justification"], batch_size=500)
    if settled:  # what follows from its last day, which was not there when its fact was recorded
        reconcile(contract, now, actor, subjects=settled, because="Said until when it holds")


def at_risk(
    contract: Contract,
    actor: Actor,
    now: datetime,
    row: Vulnerability,
    *,
    since: Day,
    reason: str,
    told: When | None = None,
) -> list[Recorded]:
    """Its date is unlikely to be met (10.6, R24): the other side is to be told at once, or was (``told``).

    ``since``: the London day on which that became clear. Raises Refused naming the field.
    """
    why = required("reason", reason, "Say why it is unlikely to be patched in time.", longest=4000)
    what: list[Told] = [(AT_RISK, since, {"subject": row.subject, "reason": why})]
    if told is not None:
        if first_moment(told) < first_moment(since):
            raise Refused("told", "They cannot have been told before it became clear; check the days.")
        what.append((TOLD_OF_RISK, told, {"subject": row.subject, "reason": why}))
    return _tell(contract, actor, now, row, what, since=since, field="since")


def mitigation(
    contract: Contract,
    actor: Actor,
    now: datetime,
    row: Vulnerability,
    *,
    known: Day,
    reason: str,
    proposed: Day | None = None,
) -> list[Recorded]:
    """It is known to be exploitable and has no patch (10.5.7); ``proposed``: measures were, on that day.

    ``known``: the London day on which that was known. Raises Refused naming the field, and where its patch is
    out already.
    """
    if row.released_on is not None:
        raise Refused("", "Its patch is released, so 10.5.7 does not ask for interim measures.")
    why = required("reason", reason, "Say how it can be exploited, and what is proposed.", longest=4000)
    what: list[Told] = [(NO_PATCH, known, {"subject": row.subject, "reason": why})]
    if proposed is not None:
        if proposed < known:
            raise Refused("proposed", "This is before it was known to be exploitable; check the days.")
        what.append((MITIGATION, proposed, {"subject": row.subject, "reason": why}))
    return _tell(contract, actor, now, row, what, since=known, field="known")


@transaction.atomic
def _tell(
    contract: Contract,
    actor: Actor,
    now: datetime,
    row: Vulnerability,
    what: list[Told],
    *,
    since: Day,
    field: str,
) -> list[Recorded]:
    patching(contract, actor, now)
    lock(contract, now)
    row = _on_record(_open(row, State.OPEN))
    happened_on(contract, since, field, now)
    return record_together(contract, actor, now, what)


@transaction.atomic
def learnt(
    contract: Contract,
    actor: Actor,
    now: datetime,
    row: Vulnerability,
    *,
    released: Day | None = None,
    fixed_version: str = "",
    ratings: Mapping[str, str] | None = None,
) -> Vulnerability:
    """What is known better: the first public release of the patch, the version without it, how it is rated.

    A release day on the record is not written over: it is withdrawn with a reason first. Of a draft it is.
    Raises Refused naming the field, and where nothing is new.
    """
    patching(contract, actor, now)
    lock(contract, now)
    row = _open(row, State.OPEN, State.SUSPENDED)
    if released is not None:
        release_day(contract, row, released, now)
    said: tuple[Rating, ...] = tuple(ratings_given(ratings or {}))
    if row.draft and released is not None and row.released_on is not None:
        row.released_on = None
    finding = Finding(
        row.identifier,
        row.component,
        ratings=said,
        fixed_version=fixed_version.strip()[:100],
        released=released,
    )
    changed = difference(row, finding)
    if finding.fixed_version and finding.fixed_version != row.fixed_version:
        changed.columns["fixed_version"] = finding.fixed_version
    if not changed:
        raise Refused("", "Nothing of this is new; enter what changed.")
    whats = [What(finding, "updated", row, changed)]
    keep(contract, actor, now, whats, draft=row.draft, found=row.found_on)
    return _fresh(row)


def release_day(contract: Contract, row: Vulnerability, released: Day, now: datetime) -> None:
    """Refuse a day that is none of a release of its patch. Raises Refused."""
    released_on(released, now)
    if not row.draft and row.released_on not in (None, released):
        day = long_day(row.released_on or released)
        raise Refused(
            "released",
            f"{day} is on the record. Withdraw that record first, with a reason, then enter the right day.",
        )


def hold_no_longer(now: datetime) -> int:
    """Let the limit run again where the last day has passed on which something was said not to be exploitable
    (R21); how many.

    The next London day is recorded as the day on which the words apply again, by the system.
    """
    over = Vulnerability.objects.filter(
        state=State.SUSPENDED, draft=False, until__lt=london_day(now), contract__closed_at=None
    )
    number = 0
    for contract in Contract.objects.filter(pk__in=over.values("contract")).order_by("pk"):
        number += _again(contract, now, [row.pk for row in over.filter(contract=contract)[:PORTION]])
    return number


@transaction.atomic
def _again(contract: Contract, now: datetime, keys: Collection[int]) -> int:
    lock(contract, now)
    rows = Vulnerability.objects.filter(pk__in=keys, state=State.SUSPENDED, until__lt=london_day(now))
    what: list[Told] = []
    for row in rows.order_by("pk"):
        last_day = row.until
        assert last_day is not None
        reason = (
            f"It was said not to be exploitable until the end of {long_day(last_day)}, and nothing was shown"
            " for the time after."
        )
        what.append((EXPLOITABLE, last_day + ONE_DAY, {"subject": row.subject, "reason": reason}))
    if what:
        record_together(contract, WATCH, now, what)
    return len(what)


def patch_duty(row: Vulnerability) -> Duty | None:
    """The duty to patch it that is not at an end, where there is one. 2 queries at most."""
    rules = patch_rules(books_of(row.contract))
    duties = Duty.objects.filter(contract=row.contract, subject=row.subject, phase__in=ACTIVE_PHASES)
    found = duties.select_related("obligation__paragraph__schedule").order_by("-pk")
    return next(
        (one for one in found if (one.obligation.rulebook_key, one.obligation.rule_key) in rules), None
    )


def _open(row: Vulnerability, *states: State) -> Vulnerability:
    """The row as it is now, under the contract's lock. Raises Refused where it is in none of these states."""
    fresh = _fresh(row)
    if fresh.state not in states:
        stands = State(fresh.state).label.lower()
        raise Refused("", f"{fresh.subject} is not waiting for this any more: {stands}.")
    return fresh


def _on_record(row: Vulnerability) -> Vulnerability:
    if row.draft:
        raise Refused("", "This is a draft of your side: submit it first, then the other side can be told.")
    return row


def _fresh(row: Vulnerability) -> Vulnerability:
    found = Vulnerability.objects.get(pk=row.pk)
    found.contract = row.contract
    return found
