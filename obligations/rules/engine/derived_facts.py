"""Facts that follow from others: a lapse, an adoption, a second refusal (R26, R27)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from contracts.terms.moments import (
    ONE_DAY,
    Day,
    Moment,
    When,
    first_moment,
    is_moment,
    london_day,
    start_of_day,
)
from obligations.rules.register.facts import Fact, detail_when, distinct


def complete(facts: Iterable[Fact], as_at: Moment) -> list[Fact]:
    """The facts known by ``as_at``, each once, with those that follow from them, in order of time."""
    known = distinct([fact for fact in facts if fact.known_at(as_at)])
    plan = _second_refusals(known)
    return distinct([*plan, *_adoptions(plan), *_lapses(plan, as_at)])


def cycle_of(fact: Fact) -> int:
    """Which round of approval of the plan a fact belongs to: 1, and one more after each approval."""
    return int(fact.details.get("cycle", 1))


def _second_refusals(facts: Sequence[Fact]) -> list[Fact]:
    """The facts, with plan facts numbered by round, and refusals after a resubmission told apart (R27)."""
    cycle, submissions, told = 1, 0, []
    for fact in _in_turn(facts):
        if not fact.kind.startswith("smp_"):
            told.append(fact)
            continue
        kind = fact.kind
        if kind == "smp_non_approval_notified" and submissions > 1:
            kind = "smp_second_refusal"
        told.append(replace(fact, kind=kind, key=fact.source, details={**fact.details, "cycle": cycle}))
        submissions += fact.kind == "smp_submitted"
        if fact.kind == "smp_approved":
            cycle, submissions = cycle + 1, 0
    return told


def _in_turn(facts: Sequence[Fact]) -> list[Fact]:
    """The facts in order; of plan facts on a day without times, the plan comes before the answer to it."""
    turn = {"smp_submitted": 0, "smp_non_approval_notified": 1, "smp_second_refusal": 1, "smp_approved": 2}
    timeless = {london_day(fact.at) for fact in facts if fact.kind in turn and not is_moment(fact.at)}

    def place(fact: Fact) -> tuple[Day, int, Moment]:
        day = london_day(fact.at)
        return day, turn.get(fact.kind, 0) if day in timeless else 0, first_moment(fact.at)

    return sorted(facts, key=place)


def _adoptions(facts: Sequence[Fact]) -> list[Fact]:
    """An approved plan is adopted at once (Order Schedule 9, A 4.3.2)."""
    if any(fact.kind == "smp_adopted" for fact in facts):
        return []
    return [
        replace(fact, kind="smp_adopted", key=fact.source) for fact in facts if fact.kind == "smp_approved"
    ]


def _lapses(facts: Sequence[Fact], as_at: Moment) -> list[Fact]:
    """A certificate whose last day passes with no later one has ceased at 00:00 of the next day (R26)."""
    certificates = [fact for fact in facts if fact.kind == "certificate_issued"]
    ceased = [fact for fact in facts if fact.kind == "certification_ceased"]
    lapses = []
    for certificate in certificates:
        last = last_day(certificate)
        if last is None:
            continue
        lapse = start_of_day(last + ONE_DAY)
        if lapse > as_at or _renewed(certificate, certificates, lapse) or _recorded(certificate, ceased):
            continue
        learned = certificate.recorded_at if first_moment(certificate.recorded_at) > lapse else lapse
        details = {**certificate.details, "lapsed": certificate.source}
        lapses.append(Fact("certification_ceased", lapse, learned, details, certificate.source))
    return lapses


def last_day(certificate: Fact) -> Day | None:
    """The last day of a certificate, or None where none was given."""
    when: When | None = detail_when(certificate.details.get("expires"))
    return None if when is None else london_day(when)


def _same_scheme(one: Fact, other: Fact) -> bool:
    return one.details.get("scheme") == other.details.get("scheme")


def _renewed(certificate: Fact, certificates: Sequence[Fact], lapse: Moment) -> bool:
    """Whether another certificate of the scheme was in force when this one's last day had passed."""
    return any(
        other is not certificate
        and _same_scheme(certificate, other)
        and first_moment(other.at) <= lapse
        and ((last := last_day(other)) is None or start_of_day(last) >= lapse)
        for other in certificates
    )


def _recorded(certificate: Fact, ceased: Sequence[Fact]) -> bool:
    """Whether someone already recorded that this certificate's compliance ceased."""
    return any(
        fact.subject == certificate.subject
        and _same_scheme(certificate, fact)
        and first_moment(fact.at) >= first_moment(certificate.at)
        for fact in ceased
    )


def is_lapse(fact: Fact) -> bool:
    """Whether the fact is a certificate's lapse, worked out from its last day."""
    return "lapsed" in fact.details
