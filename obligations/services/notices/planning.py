"""Planning notices: rows written in the transaction of their cause. ``delivery`` sends them.

Planning again is harmless: a notice is unique by duty, version of its date, stage and person, so what is
there stays, what no longer makes sense is cancelled with why, and what makes sense again comes back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from django.db import transaction

from contracts.access import on_contract
from contracts.models import Contract, Membership, Side
from contracts.services.distribution import readers
from contracts.terms.restricted import key_for
from obligations.models import Claim, Decision, Duty, Evidence, Notice
from obligations.rules.notices import ladder, stages, windows
from obligations.rules.time.working_days import Calendar
from obligations.services.asking import calendars

ABOUT_EVIDENCE = (stages.Stage.SUBMITTED, stages.Stage.DECIDED)
CHASED = stages.AGAIN | {stages.Stage.OVERDUE}
ABOUT_CLAIMS = (stages.Stage.CLAIMED, stages.Stage.ANSWERED)
CHANGED = ["cancelled_at", "cancelled_why", "claimed_at", "not_before", "waits_until", "letter"]
"""What changes of a notice that is cancelled or comes back."""


@dataclass(frozen=True, slots=True)
class Key:
    """What a notice about a duty, a fact or an entry of the ledger is unique by, besides the channel."""

    duty_id: int | None
    version: int
    stage: str
    recipient_id: int
    about: str = ""
    fact_id: int | None = None
    entry_id: int | None = None

    @classmethod
    def of(cls, notice: Notice) -> Key:
        return cls(
            notice.duty_id,
            notice.deadline_version,
            notice.stage,
            notice.recipient_id,
            notice.about,
            notice.fact_id,
            notice.entry_id,
        )


class Dated(Protocol):
    """What is read of a duty for its notices: a row, or what a statement gave back of one."""

    pk: Any
    contract_id: int
    subject: str
    phase: str
    party: str
    word: str
    owed_from: datetime
    due_at: datetime | None
    deadline_version: int
    created_at: datetime
    changed_at: datetime
    retention: bool
    careful: bool


@dataclass(frozen=True, slots=True)
class Planned:
    """How many notices were written, brought back and cancelled."""

    written: int = 0
    revived: int = 0
    cancelled: int = 0

    def __add__(self, other: Planned) -> Planned:
        return Planned(
            self.written + other.written, self.revived + other.revived, self.cancelled + other.cancelled
        )


def plan(duties: Iterable[Duty], now: datetime) -> Planned:
    """Bring the notices of these duties in line with them, in the caller's transaction.

    The duties are taken as they are in memory, saved already. The number of queries does not grow with them.
    """
    duties = [duty for duty in duties if duty.pk is not None]
    if not duties:
        return Planned()
    contracts = Contract.objects.only("division", "tracked_from").in_bulk(
        {duty.contract_id for duty in duties}
    )
    audience = Audience(contracts, now)
    wanted: dict[Key, tuple[Duty, datetime]] = {}
    days = calendars.load()
    for duty in duties:
        contract = contracts[duty.contract_id]
        for told in windows.planned(owed(duty, contract), days.of(contract.division), now):
            for person in audience.told(contract.pk, told.stage, duty.party, duty.subject):
                key = Key(duty.pk, duty.deadline_version, told.stage, person)
                wanted[key] = duty, told.not_before
    with transaction.atomic():
        return _align(duties, contracts, wanted, days, now)


def plan_submitted(evidence: Evidence, now: datetime) -> int:
    """Tell the other side that there is evidence to decide on. Returns how many people are told."""
    side = Side(evidence.submitted_side).other
    return _plan_about(evidence, stages.Stage.SUBMITTED, side, now)


def plan_decided(decision: Decision, now: datetime) -> int:
    """Tell the side that submitted the evidence what was decided. Returns how many people are told."""
    evidence = decision.evidence
    return _plan_about(evidence, stages.Stage.DECIDED, Side(evidence.submitted_side), now)


def plan_claimed(claims: Sequence[tuple[Claim, Duty]], now: datetime) -> int:
    """Tell the side that each of these claims of one contract waits for, once (R46).

    Returns how many notices. 4 queries.
    """
    told = [(one, duty, one.waits_for, one.made_by_id) for one, duty in claims]
    return _plan_claims(told, stages.Stage.CLAIMED, now)


def plan_answered(claim: Claim, duty: Duty, now: datetime) -> int:
    """Tell the side that made a claim what came of it. Returns how many people are told."""
    return _plan_claims([(claim, duty, claim.made_side, claim.decided_by_id)], stages.Stage.ANSWERED, now)


def _plan_claims(claims: Sequence[tuple[Claim, Duty, str, int | None]], stage: str, now: datetime) -> int:
    """Tell a side of each claim, with the duty it is about, but for the person who did it themselves."""
    if not claims:
        return 0
    contract = claims[0][1].contract_id
    abouts = [f"claim {claim.pk}" for claim, *_ in claims]
    told = Notice.objects.filter(contract=contract, stage=stage, about__in=abouts)
    there = set(told.values_list("about", "recipient"))
    audience = Audience([contract], now)
    rows = [
        _row(Key(duty.pk, duty.deadline_version, stage, person, about), duty, now, now)
        for about, (_, duty, side, own) in zip(abouts, claims, strict=True)
        for person in audience.told(contract, stage, side, duty.subject)
        if person != own and (about, person) not in there
    ]
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def plan_given_up(notices: Sequence[Notice], now: datetime) -> int:
    """Tell the contracts' administrators that notices were given up. Returns how many are written. 3 queries.

    Of what is kept to a distribution list only those on it are told. That such a notice could itself not be
    sent is told to nobody else: it is in the ledger.
    """
    stage = stages.Stage.GIVEN_UP
    notices = [notice for notice in notices if notice.stage != stage]
    audience = Audience({notice.contract_id for notice in notices}, now)
    rows = [
        new_notice(
            replace(Key.of(notice), stage=stage, recipient_id=person, about=f"notice {notice.pk}"),
            notice.contract_id,
            notice.subject,
            now,
            now,
        )
        for notice in notices
        for person in audience.told(notice.contract_id, stage, "both", notice.subject)
    ]
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def owed(duty: Dated, contract: Contract) -> stages.Owed:
    """What the rules of notices need of a duty."""
    return stages.Owed(
        phase=duty.phase,
        party=duty.party,
        word=duty.word,
        owed_from=duty.owed_from,
        due_at=duty.due_at,
        version=duty.deadline_version,
        raised_at=duty.created_at,
        changed_at=duty.changed_at,
        tracked_from=contract.tracked_from,
        is_retention=duty.retention,
        is_careful=duty.careful,
    )


def is_critical(notice: Notice) -> bool:
    """Whether it goes at once, whatever its recipient has chosen. It comes with its contract and its duty."""
    duty = owed(notice.duty, notice.contract) if notice.duty is not None else None
    return stages.is_critical(notice.rule, duty)


class Audience:
    """Who is told on these contracts today: by role, and of what is kept to a list only who is on it.

    2 queries.
    """

    def __init__(self, contracts: Iterable[int], now: datetime) -> None:
        contracts = list(contracts)
        self._members = _members_by_role(contracts, now)
        self._readers = readers(contracts)
        self._told: dict[tuple[int, str, str], list[int]] = {}

    def told(self, contract: int, stage: str, party: str, subject: str) -> list[int]:
        """The people to tell of a stage of what is about a subject. ``party`` as for ``roles_told``."""
        asked = contract, stage, party
        if asked not in self._told:
            roles = stages.roles_told(stage, party)
            self._told[asked] = sorted({one for role in roles for one in self._members[contract, role]})
        return self._who_may(contract, subject, self._told[asked])

    def on_sides(self, contract: int, rule: stages.Rule, sides: Iterable[str], subject: str) -> list[int]:
        """The people of these sides whom a stage of what is on the record is told."""
        roles = {role for side in sides for role in rule.told_on(side)}
        people = sorted({one for role in roles for one in self._members[contract, role]})
        return self._who_may(contract, subject, people)

    def _who_may(self, contract: int, subject: str, people: list[int]) -> list[int]:
        only = self.only(contract, subject)
        return people if only is None else [one for one in people if one in only]

    def only(self, contract: int, subject: str) -> frozenset[int] | None:
        """Who alone may be told of what is about a subject; None where everybody may."""
        return self._readers.get((contract, subject))


def _members_by_role(contracts: Iterable[int], now: datetime) -> Mapping[tuple[int, str], list[int]]:
    """The active people on these contracts today, by contract and role, and those who manage it."""
    rows = Membership.objects.filter(
        on_contract(now), contract_id__in=list(contracts), person__is_active=True
    ).values_list("contract_id", "role", "person_id", "manages")
    members: defaultdict[tuple[int, str], list[int]] = defaultdict(list)
    for contract_id, role, person_id, manages in rows:
        members[contract_id, role].append(person_id)
        if manages:
            members[contract_id, stages.MANAGES].append(person_id)
    return members


def _align(
    duties: Sequence[Duty],
    contracts: Mapping[int, Contract],
    wanted: Mapping[Key, tuple[Duty, datetime]],
    days: calendars.Calendars,
    now: datetime,
) -> Planned:
    by_pk: dict[int | None, Duty] = {duty.pk: duty for duty in duties}
    there = Notice.objects.select_for_update().filter(duty_id__in=list(by_pk)).order_by("pk")
    known = {Key.of(notice): notice for notice in there}
    wanted = {**_taken_up_again(known, by_pk, contracts, days, now), **wanted}
    cancelled, revived = [], []
    for key, notice in known.items():
        if key in wanted:
            if notice.cancelled_at is not None and not notice.is_final:
                bring_back(notice, wanted[key][1])
                revived.append(notice)
        elif notice.sent_at is None and notice.cancelled_at is None:
            duty = by_pk[key.duty_id]
            contract = contracts[duty.contract_id]
            if why := _why_not(notice, duty, contract, days.of(contract.division), now):
                notice.cancelled_at, notice.cancelled_why = now, why
                cancelled.append(notice)
    Notice.objects.bulk_update([*cancelled, *revived], CHANGED, batch_size=2000)
    new = [_row(key, duty, not_before, now) for key, (duty, not_before) in wanted.items() if key not in known]
    Notice.objects.bulk_create(new, ignore_conflicts=True)
    return Planned(len(new), len(revived), len(cancelled))


def _taken_up_again(
    known: Mapping[Key, Notice],
    duties: Mapping[int | None, Duty],
    contracts: Mapping[int, Contract],
    days: calendars.Calendars,
    now: datetime,
) -> dict[Key, tuple[Duty, datetime]]:
    """The next reminders of what is overdue for those who were told of it and have none waiting."""
    told = [one for one in known.values() if one.stage in stages.AGAIN or one.sent_at is not None]
    waiting = {
        (key.duty_id, key.stage, key.recipient_id)
        for key, notice in known.items()
        if notice.sent_at is None and notice.cancelled_at is None
    }
    again = _again(told, duties, contracts, days, now)
    return {
        key: one for key, one in again.items() if (key.duty_id, key.stage, key.recipient_id) not in waiting
    }


def plan_again(told: Sequence[Notice], now: datetime) -> int:
    """Write the next reminder of what is overdue for those who were sent one. Returns how many were written.

    ``told`` are notices just recorded as sent, or given up (an address may be put right); of those that
    speak of something else nothing follows. The one before is always told first, so that nobody has two of
    them waiting. 7 queries at most.
    """
    told = [notice for notice in told if notice.stage in CHASED and notice.duty_id is not None]
    if not told:
        return 0
    duties = {duty.pk: duty for duty in Duty.objects.filter(pk__in={notice.duty_id for notice in told})}
    found = {duty.contract_id for duty in duties.values()}
    contracts = Contract.objects.filter(closed_at=None).only("division", "tracked_from").in_bulk(found)
    open_ones: dict[int | None, Duty] = {
        pk: duty for pk, duty in duties.items() if duty.contract_id in contracts
    }
    wanted = _again(told, open_ones, contracts, calendars.load(), now)
    rows = [_row(key, duty, not_before, now) for key, (duty, not_before) in wanted.items()]
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _again(
    told: Iterable[Notice],
    duties: Mapping[int | None, Duty],
    contracts: Mapping[int, Contract],
    days: calendars.Calendars,
    now: datetime,
) -> dict[Key, tuple[Duty, datetime]]:
    """The next reminder that each of these is followed by, where the duty is still overdue."""
    found: dict[Key, tuple[Duty, datetime]] = {}
    told = [notice for notice in told if notice.stage in CHASED]
    audience = Audience({notice.contract_id for notice in told}, now) if told else None
    for notice in told:
        duty = duties.get(notice.duty_id)
        if duty is None or audience is None or notice.deadline_version != duty.deadline_version:
            continue
        contract = contracts[duty.contract_id]
        for stage in stages.AGAIN:
            if notice.recipient_id in audience.told(contract.pk, stage, duty.party, duty.subject):
                step = ladder.next_step(stage, owed(duty, contract), days.of(contract.division), now)
                if step is not None:
                    key = Key(duty.pk, duty.deadline_version, stage, notice.recipient_id, step.about)
                    found[key] = duty, step.opens
    return found


def _why_not(notice: Notice, duty: Duty, contract: Contract, calendar: Calendar, now: datetime) -> str | None:
    if notice.stage in (*ABOUT_EVIDENCE, *ABOUT_CLAIMS):
        return None
    return windows.why_not(notice.stage, notice.deadline_version, owed(duty, contract), calendar, now)


def _plan_about(evidence: Evidence, stage: str, side: str, now: datetime) -> int:
    duty = evidence.duty
    told = Audience([duty.contract_id], now).told(duty.contract_id, stage, side, duty.subject)
    own = evidence.submitted_by_id if stage != stages.Stage.DECIDED else None
    about = f"evidence {evidence.pk}"
    rows = [
        _row(Key(duty.pk, duty.deadline_version, stage, person, about), duty, now, now)
        for person in told
        if person != own
    ]
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def bring_back(notice: Notice, not_before: datetime) -> None:
    """A notice that was cancelled makes sense again; it is not saved."""
    notice.cancelled_at, notice.cancelled_why, notice.claimed_at = None, "", None
    notice.not_before, notice.waits_until, notice.letter = not_before, None, ""


def _row(key: Key, duty: Duty, not_before: datetime, now: datetime) -> Notice:
    return new_notice(key, duty.contract_id, duty.subject, not_before, now)


def new_notice(key: Key, contract: int, subject: str, not_before: datetime, now: datetime) -> Notice:
    """A notice that is to be sent, not saved yet."""
    return Notice(
        pk=key_for(subject),
        contract_id=contract,
        duty_id=key.duty_id,
        fact_id=key.fact_id,
        entry_id=key.entry_id,
        deadline_version=key.version,
        stage=key.stage,
        recipient_id=key.recipient_id,
        about=key.about,
        not_before=not_before,
        created_at=now,
    )
