"""Questions about duties, facts and evidence. Each takes a constant number of queries.

They take the ``Access`` with which the caller came through the gate: what is kept to a distribution list that
its person is not on is in no list and no count. What is not there raises NotThere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import Abs, Extract

from contracts.absence import NotThere
from contracts.access import Access, contracts_of, hidden_from
from contracts.models import Contract, LedgerEntry, Person, Side
from contracts.row_security import asking
from contracts.terms.moments import Day, after, end_of_day, london_day
from obligations.models import (
    ACTIVE_PHASES,
    CalendarChange,
    CalendarCheck,
    CalendarLook,
    CalendarMove,
    Claim,
    ClaimState,
    Duty,
    Evidence,
    FactRecord,
    Miss,
    Notice,
    Phase,
)
from obligations.models.notice import NOT_TAKEN_BACK, TOLD, WHAT_IT_SAYS

GROUPS = (
    "overdue",
    "owed_now",
    "this_week",
    "later",
    "to_decide",
    "waiting",
    "suspended",
    "met",
    "ended",
    "before_duly",
    "withdrawn",
)
ACTIVE_GROUPS = GROUPS[:7]


@dataclass(frozen=True, slots=True)
class DutyFilter:
    """What a list of duties is narrowed to. Empty fields narrow nothing. ``paragraph`` takes all under it."""

    party: str = ""
    paragraph: str = ""
    subject: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Board:
    """How many duties stand in each group, and the duties of one group at a time, each a lazy queryset."""

    counts: dict[str, int]
    groups: dict[str, QuerySet[Duty]]


@dataclass(frozen=True, slots=True)
class ContractCounts:
    """One contract of a person, and what needs attention on it."""

    contract: Contract
    side: str
    overdue: int
    owed_now: int
    this_week: int
    to_decide: int
    claims: int = 0


@dataclass(frozen=True, slots=True)
class DutyPage:
    """A duty with everything its page shows."""

    duty: Duty
    evidence: list[Evidence]
    ledger: list[LedgerEntry] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)


def end_of_week(now: datetime) -> datetime:
    """The end of the Sunday of this London week."""
    day = london_day(now)
    return end_of_day(day + timedelta(days=6 - day.weekday()))


def group_of(name: str, side: str, now: datetime) -> Q:
    """The duties of one group of the board. The active groups do not overlap and hold every active duty.

    A minimum to keep something until is nobody's limit: it is never late, and stands with what is later (R8).
    A careful date is none either: what it runs from is to be found, and that is owed now (R48).
    """
    week = end_of_week(now)
    is_open = Q(phase=Phase.OPEN)
    late = Q(due_at__isnull=False, due_at__lt=now, retention=False, careful=False)
    in_time = Q(due_at__isnull=True) | Q(due_at__gte=now) | Q(retention=True) | Q(careful=True)
    by_date = is_open & Q(word="", careful=False)
    return {
        "overdue": is_open & late,
        "owed_now": is_open & in_time & (~Q(word="") | Q(careful=True)),
        "this_week": by_date & Q(due_at__gte=now, due_at__lte=week, retention=False),
        "later": by_date & (Q(due_at__isnull=True) | Q(due_at__gt=week) | Q(retention=True)),
        "to_decide": Q(phase=Phase.AWAITING, approver=side),
        "waiting": Q(phase=Phase.AWAITING) & ~Q(approver=side),
        "suspended": Q(phase=Phase.SUSPENDED),
        "met": Q(phase__in=[Phase.MET, Phase.MET_LATE]),
        "ended": Q(phase=Phase.ENDED),
        "before_duly": Q(phase=Phase.BEFORE),
        "withdrawn": Q(phase=Phase.WITHDRAWN),
    }[name]


def all_duties(contract: Contract) -> QuerySet[Duty]:
    """Every duty, whoever may know of it, with what a line of a list needs; pages ask ``duties_of``."""
    rows = Duty.objects.filter(contract=contract).annotate(missed_by=_missed_by())
    return rows.select_related("obligation__paragraph__schedule", "ended_by")


def _missed_by() -> Subquery:
    """The limit by which a duty was missed, where its own date does not show that alone (R49)."""
    return Subquery(Miss.objects.filter(duty=OuterRef("pk"), until=None).values("limit")[:1])


def duties_of(access: Access, wanted: DutyFilter | None = None) -> QuerySet[Duty]:
    """The contract's duties with what a line of a list needs. 1 query."""
    wanted = wanted or DutyFilter()
    rows = access.only_seen(all_duties(access.contract))
    if wanted.party:
        rows = rows.filter(party__in=[wanted.party, "both"])
    if wanted.subject:
        rows = rows.filter(Q(subject__icontains=wanted.subject) | Q(title__icontains=wanted.subject))
    if wanted.paragraph:
        rows = rows.filter(under("obligation__paragraph__", wanted.paragraph))
    return rows


def under(prefix: str, text: str) -> Q:
    """A paragraph by its number, path or citation, and everything under it."""
    text = text.strip()
    key, _, inner = text.partition("/")
    named = (
        Q(**{f"{prefix}schedule__outline_key": key}) & _covered(f"{prefix}path", inner)
        if inner
        else Q(pk__in=[])
    )
    return _covered(f"{prefix}number", text) | _covered(f"{prefix}path", text) | named


def _covered(column: str, text: str) -> Q:
    found = Q(**{column: text})
    for mark in ".(/":
        found |= Q(**{f"{column}__startswith": text + mark})
    return found


def duty_board(access: Access, now: datetime, wanted: DutyFilter | None = None) -> Board:
    """The groups of *What is due* with their counts. 1 query, and 1 for each group that is looked at."""
    rows, side = duties_of(access, wanted), access.side
    counted = {name: Count("pk", filter=group_of(name, side, now)) for name in GROUPS}
    counts = rows.aggregate(**counted)
    nearest: list[Any] = [F("due_at").asc(nulls_last=True), "pk"]
    groups = {name: rows.filter(group_of(name, side, now)).order_by(*nearest) for name in ACTIVE_GROUPS}
    groups |= {
        name: rows.filter(group_of(name, side, now)).order_by("-changed_at", "-pk")
        for name in GROUPS
        if name not in ACTIVE_GROUPS
    }
    return Board(counts, groups)


def contract_counts(person: Person, now: datetime) -> list[ContractCounts]:
    """The person's contracts with what needs attention on each. 4 queries."""
    contracts = list(
        contracts_of(person, now).prefetch_related(
            Prefetch("memberships", queryset=person.memberships.all(), to_attr="mine")
        )
    )
    names = ("overdue", "owed_now", "this_week")
    counted = {name: Count("pk", filter=group_of(name, Side.NEITHER, now)) for name in names}
    for side in (Side.SUPPLIER, Side.AUTHORITY):
        counted[f"to_decide_{side}"] = Count("pk", filter=group_of("to_decide", side, now))
    theirs = Duty.objects.filter(contract__in=[one.pk for one in contracts], phase__in=ACTIVE_PHASES)
    rows = theirs.filter(~hidden_from(person))
    found: dict[int, Any] = {
        row["contract"]: row for row in rows.values("contract").order_by("contract").annotate(**counted)
    }
    sides = {contract.pk: contract.mine[0].side for contract in contracts}
    waiting = _claims_waiting(person, sides)
    return [
        replace(_counts(one, sides[one.pk], found.get(one.pk, {})), claims=waiting[one.pk])
        for one in contracts
    ]


def _claims_waiting(person: Person, sides: Mapping[int, str]) -> Counter[int]:
    """How many claims wait for the person's side, by contract. 1 query."""
    rows = Claim.objects.filter(~hidden_from(person), contract__in=list(sides), state=ClaimState.OPEN)
    pairs = rows.values_list("contract", "waits_for").order_by()
    return Counter(contract for contract, side in pairs if sides[contract] == side)


def _counts(contract: Contract, side: str, row: dict[str, Any]) -> ContractCounts:
    return ContractCounts(
        contract=contract,
        side=side,
        overdue=row.get("overdue", 0),
        owed_now=row.get("owed_now", 0),
        this_week=row.get("this_week", 0),
        to_decide=row.get(f"to_decide_{side}", 0),
    )


def claims_to_answer(access: Access) -> QuerySet[Claim]:
    """The open claims that wait for this person's side, the oldest first. 1 query."""
    rows = Claim.objects.filter(contract=access.contract, state=ClaimState.OPEN, waits_for=access.side)
    return access.only_seen(rows).select_related("fact").order_by("made_at", "pk")


def due_between(access: Access, first: Day, last: Day, most: int = 500) -> list[Duty]:
    """Open and awaiting duties due on the days from ``first`` to ``last``, nearest first. 1 query."""
    phases = [Phase.OPEN, Phase.AWAITING]
    rows = duties_of(access).filter(phase__in=phases, due_date__gte=first, due_date__lte=last)
    return list(rows.order_by("due_at", "pk")[:most])


def duty_page(access: Access, duty_id: int, now: datetime) -> DutyPage:
    """One duty with its cause, evidence, decisions, claims, history and mails. 5 queries. Raises NotThere."""
    contract = access.contract
    duty = duties_of(access).filter(pk=duty_id).select_related("cause__recorded_by").first()
    if duty is None:
        raise NotThere("no such duty")
    duty.contract = contract
    evidence = evidence_of(duty)
    history = LedgerEntry.objects.filter(contract=contract, payload__duty=duty.pk).order_by("pk")
    sent = duty.notices.filter(sent_at__isnull=False).select_related("recipient").order_by("sent_at", "pk")
    claims = Claim.objects.filter(contract=contract, subject=duty.subject).select_related("fact")
    return DutyPage(duty, evidence, list(history), list(sent), list(claims))


def evidence_of(duty: Duty) -> list[Evidence]:
    """The evidence of a duty, oldest first, with its decisions. 1 query."""
    return list(duty.evidence.select_related("submitted_by", "fact", "decision__decided_by"))


def evidence_at(access: Access, evidence_id: int) -> Evidence:
    """One piece of evidence. Raises NotThere. 1 query."""
    rows = Evidence.objects.filter(contract=access.contract, pk=evidence_id).select_related(
        "duty__obligation__paragraph__schedule", "submitted_by", "fact", "decision__decided_by"
    )
    found = access.only_seen(rows, "duty__subject").first()
    if found is None:
        raise NotThere("no such evidence")
    found.contract = found.duty.contract = access.contract
    return found


def facts_of(access: Access, subject: str = "", kinds: Iterable[str] = ()) -> QuerySet[FactRecord]:
    """What was recorded, newest first, with how many duties each caused. 1 query."""
    rows = FactRecord.objects.filter(contract=access.contract).annotate(caused=Count("duties"))
    rows = access.only_seen(rows)
    if subject:
        rows = rows.filter(Q(subject__icontains=subject) | Q(kind__in=list(kinds)))
    return rows.order_by("-recorded_at", "-pk")


def fact_page(access: Access, fact_id: int) -> FactRecord:
    """One fact with the duties it caused. Raises NotThere. 2 queries."""
    duties = duties_of(access).order_by(F("due_at").asc(nulls_last=True), "pk")
    rows = FactRecord.objects.filter(contract=access.contract, pk=fact_id)
    found = (
        access.only_seen(rows)
        .select_related("recorded_by", "withdrawn_by", "claim")
        .prefetch_related(Prefetch("duties", queryset=duties))
        .first()
    )
    if found is None:
        raise NotThere("no such fact")
    found.contract = access.contract
    return found


def duties_under(access: Access, citation: str) -> QuerySet[Duty]:
    """The duties that come from one paragraph and everything under it, active ones first. 1 query."""
    return duties_of(access, DutyFilter(paragraph=citation)).order_by(F("due_at").asc(nulls_last=True), "pk")


def duties_ended_by(access: Access, variation_id: int) -> QuerySet[Duty]:
    """The duties that a variation ended. 1 query."""
    return duties_of(access).filter(ended_by_id=variation_id).order_by(F("due_at").asc(nulls_last=True), "pk")


NEW_FOR = timedelta(days=30)
"""For how long a message that was not read counts as new."""

MOST_NEW = 100
"""How far new messages are counted."""


def told_to(person: Person, now: datetime) -> QuerySet[Any]:
    """The notices by which a person was told, or ought to have been, of what they may see at this moment;
    each with ``told``.

    What the mail server did not take is told here all the same, and what no mail could be sent about.
    """
    rows = Notice.objects.annotate(told=TOLD).filter(NOT_TAKEN_BACK, recipient=person, told__lte=now)
    for subject in ("duty__subject", "fact__subject", "entry__kept_to"):
        rows = rows.exclude(hidden_from(person, subject=subject))
    return rows.filter(contract__in=contracts_of(person, now).values("pk"))


def new_messages(person: Person, now: datetime) -> int:
    """How many of the last 30 days were not read, ``MOST_NEW`` at most. 1 query."""
    rows = told_to(person, now).filter(read_at__isnull=True, told__gte=after(now, -NEW_FOR))
    return rows.values("pk")[:MOST_NEW].count()


@dataclass(frozen=True, slots=True)
class Messages:
    """Which messages are asked for. Empty fields narrow nothing. ``before``: what follows this one in the
    list, by when it was told and its number.
    """

    contract: int | None = None
    stage: str = ""
    before: tuple[datetime, int] | None = None


def messages(person: Person, now: datetime, wanted: Messages, most: int) -> list[Notice]:
    """The messages of a person, the newest first, with everything that their words need. 1 query."""
    rows = told_to(person, now)
    if wanted.contract is not None:
        rows = rows.filter(contract=wanted.contract)
    if wanted.stage:
        rows = rows.filter(stage=wanted.stage)
    if wanted.before is not None:
        told, number = wanted.before
        rows = rows.filter(Q(told__lt=told) | Q(pk__lt=number), told__lte=told)
    rows = rows.select_related(*WHAT_IT_SAYS)
    return list(rows.order_by("-told", "-pk")[:most])


KEPT_CANCELLED = timedelta(days=90)
"""How long what was met or ended stays in a calendar, as cancelled."""


def dated_duties(person: Person, now: datetime, most: int) -> list[Duty]:
    """Of all contracts of a person, what is owed by a date, and what with a date was done or ended lately:
    those nearest to ``now``, ``most`` of them. Each comes with contract, paragraph and schedule. 1 query.
    """
    lately = after(now, -KEPT_CANCELLED)
    still = Q(phase__in=ACTIVE_PHASES) & (Q(contract__closed_at=None) | Q(contract__closed_at__gte=lately))
    closed = [Phase.MET, Phase.MET_LATE, Phase.ENDED, Phase.WITHDRAWN]
    rows = Duty.objects.filter(
        still | Q(phase__in=closed, changed_at__gte=lately),
        ~hidden_from(person),
        contract__in=contracts_of(person, now).values("pk"),
        due_at__isnull=False,
    ).select_related("contract", "obligation__paragraph__schedule")
    apart = Abs(Extract(F("due_at") - Value(now), "epoch"))
    return list(rows.defer("derivation").order_by(apart, "pk")[:most])


# Bank holidays: of the whole system, for its administrators (``contracts.access.require_staff``)


def calendar_changes() -> QuerySet[CalendarChange]:
    """Every change of the bank holidays, the newest proposal first."""
    return CalendarChange.objects.order_by("-proposed_at", "-pk")


def calendar_change(change_id: int) -> CalendarChange:
    """One change. Raises NotThere."""
    found = CalendarChange.objects.select_related("takes_back").filter(pk=change_id).first()
    if found is None:
        raise NotThere("no such change")
    return found


def calendar_moves(change: CalendarChange, person: Person) -> QuerySet[CalendarMove]:
    """The duties whose date the change would move, or moved, by contract and date."""
    return (
        CalendarMove.objects.filter(
            ~hidden_from(person, subject="duty__subject"), calendar_change=change, moves=True
        )
        .defer("derivation")
        .select_related("contract", "duty__obligation__paragraph__schedule")
        .order_by("contract__reference", "old_due_at", "duty_id")
    )


@asking.job("count what is kept")
def moves_kept_from(change: CalendarChange, person: Person) -> int:
    """How many of the moves of a change are about what this person may not know of. 1 query."""
    moves = CalendarMove.objects.filter(calendar_change=change, moves=True)
    return moves.filter(hidden_from(person, subject="duty__subject")).count()


def calendar_faults(change: CalendarChange) -> list[CalendarLook]:
    """The contracts that a change could not work out, with why."""
    looks = CalendarLook.objects.filter(calendar_change=change).exclude(fault="")
    return list(looks.select_related("contract").order_by("contract__reference"))


def last_calendar_check() -> CalendarCheck | None:
    """The last look at the published list."""
    return CalendarCheck.objects.first()
