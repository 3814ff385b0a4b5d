"""Reconciling: again changes nothing, a slice gives what the whole gives, and costs only its subject."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta, timezone

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contracts.models import LedgerEntry
from contracts.services import ledger
from contracts.services.errors import Refused
from contracts.terms.moments import LONDON, place_in_london
from obligations.models import Duty, Evidence, FactRecord, Notice, Phase
from obligations.rules.register.facts import vocabulary
from obligations.rules.register.rulebook import load_rulebook
from obligations.services.asking import engine_input
from obligations.services.reconciling.adopt import adopt_rulebooks
from obligations.services.reconciling.reconcile import reconcile
from obligations.services.reconciling.recurring import raise_recurring
from obligations.services.recording.evidence import decide, log_evidence
from obligations.services.recording.facts import record_fact, record_on_page, withdraw_on_page
from tests.cast import DMP, NOON, ORDER, SYSTEM, claimed, done, happened, patch_released, play

pytestmark = pytest.mark.django_db


def duties():
    return list(Duty.objects.order_by("pk").values())


def test_again_changes_nothing_and_writes_nothing():
    cast = play(DMP, ORDER)
    patch_released(cast)
    happened(cast, "smp_submitted", date(2026, 3, 16), "plan")
    before = duties(), LedgerEntry.objects.count(), list(Notice.objects.values())
    assert not reconcile(cast.contract, NOON, SYSTEM, because="again")
    assert not adopt_rulebooks(cast.contract, SYSTEM, NOON)
    assert (duties(), LedgerEntry.objects.count(), list(Notice.objects.values())) == before


def test_a_closed_duty_keeps_the_date_by_which_it_was_judged():
    cast = play()
    duty = patch_released(cast)
    done(duty, cast, date(2026, 3, 16))
    happened(
        cast, "patch_period_agreed", date(2026, 3, 13), duty.subject, by="ada",
        period={"amount": 2, "unit": "days"},
    )  # fmt: skip
    duty.refresh_from_db()
    assert (duty.phase, duty.due_date, duty.deadline_version) == (Phase.MET, date(2026, 3, 19), 1)


def test_an_open_duty_is_redated_by_the_same_fact_and_its_old_notices_are_cancelled():
    cast = play()
    duty = patch_released(cast)
    recorded = happened(
        cast, "patch_period_agreed", date(2026, 3, 13), duty.subject, by="ada",
        period={"amount": 14, "unit": "days"},
    )  # fmt: skip
    duty.refresh_from_db()
    assert [row.pk for row in recorded.changes.redated] == [duty.pk]
    assert (duty.due_date, duty.deadline_version) == (date(2026, 3, 26), 2)
    waiting = Notice.objects.filter(duty=duty, sent_at=None, cancelled_at=None)
    assert {notice.deadline_version for notice in waiting} == {2}


def test_suspended_it_has_no_date_and_resumed_it_has_one_again():
    cast = play()
    duty = patch_released(cast)
    claimed(
        cast, "vulnerability_not_exploitable_demonstrated", date(2026, 3, 14), duty.subject, accepted_by="ada"
    )  # fmt: skip
    duty.refresh_from_db()
    assert (duty.phase, duty.due_at, duty.due_date) == (Phase.SUSPENDED, None, None)
    happened(
        cast,
        "vulnerability_becomes_exploitable",
        date(2026, 3, 18),
        duty.subject,
        now=NOON + timedelta(days=2),
    )
    duty.refresh_from_db()
    assert (duty.phase, duty.due_date, duty.deadline_version) == (Phase.OPEN, date(2026, 3, 19), 3)
    verbs = (
        LedgerEntry.objects.filter(payload__duty=duty.pk).order_by("number").values_list("verb", flat=True)
    )
    assert list(verbs) == ["duty_raised", "duty_suspended", "duty_dated"]


def test_a_duty_keeps_the_moment_it_was_raised_and_says_when_it_changed():
    cast = play()
    duty = patch_released(cast)
    later = NOON + timedelta(days=1)
    done(duty, cast, date(2026, 3, 17), now=later)
    duty.refresh_from_db()
    assert (duty.created_at, duty.changed_at) == (NOON, later)


def test_reconciling_follows_the_calendar_edge_without_a_word_on_the_record():
    cast = play()
    duty = patch_released(cast)
    Duty.objects.filter(pk=duty.pk).update(provisional=True, title="An old title")
    entries = LedgerEntry.objects.count()
    assert not reconcile(cast.contract, NOON, SYSTEM, because="new holidays")
    duty.refresh_from_db()
    assert (duty.provisional, duty.title) == (False, "Apply Critical patches")
    assert LedgerEntry.objects.count() == entries


def test_a_careful_date_is_no_limit_in_what_becomes_of_a_duty():
    """R48: what nothing calls for any more had no limit before, as it has none after."""
    cast = play()
    details = {"category": "Other", "fixed_version": "2"}
    happened(cast, "vulnerability_identified", date(2026, 3, 12), "CVE-2026-0009", **details)
    changes = withdraw_on_page(FactRecord.objects.get(), SYSTEM, NOON, reason="recorded in error")
    (duty,) = changes.withdrawn
    assert duty.careful and duty.due_at is not None
    assert changes.due[id(duty)] == (None, None)


# A slice gives what the whole gives


SUBJECTS = ["CVE-1", "CVE-2", "B-1", "B-2", "plan", "CE", "scan", "Risk 7"]
KINDS = sorted(
    name for name in load_rulebook(DMP).kinds | load_rulebook(ORDER).kinds if not vocabulary()[name].derived
)
CITATIONS = sorted({rule.citation for key in (DMP, ORDER) for rule in load_rulebook(key).duties})


class Player:
    """Does something at random, as anybody who may, at a moment that only moves on."""

    def __init__(self, cast, seed: int) -> None:
        self.cast, self.random, self.now = cast, random.Random(seed), NOON

    def act(self) -> str:
        self.now += timedelta(hours=self.random.choice([1, 7, 30, 24 * 9]))
        choices = [self.record] * 6 + [self.log] * 4 + [self.decide] * 2 + [self.withdraw, self.clock]
        choice = self.random.choice(choices)
        try:
            choice()
        except Refused as refused:
            return f"{choice.__name__} refused: {refused}"
        return choice.__name__

    def record(self) -> None:
        kind = vocabulary()[self.random.choice(KINDS)]
        back = timedelta(days=self.random.randint(0, 20), hours=1)
        when = self.now - back if kind.needs_moment else (self.now - back).date()
        details = {"subject": self.random.choice(SUBJECTS)}
        if kind.name == "duty_done":
            details["citation"] = self.random.choice(CITATIONS)
        for detail in kind.details:
            if detail.choices:
                details[detail.name] = self.random.choice(detail.choices)
            elif detail.type == "period":
                details[detail.name] = {"amount": self.random.randint(1, 40), "unit": "days"}
            elif detail.name == "expires":
                details[detail.name] = (
                    (self.now + timedelta(days=self.random.randint(1, 20))).date().isoformat()
                )
        record_on_page(self.cast.contract, SYSTEM, self.now, kind=kind.name, happened=when, details=details)

    def log(self) -> None:
        open_duties = list(Duty.objects.filter(phase__in=["open", "suspended", "awaiting_decision"]))
        duty = self.random.choice(open_duties)
        by = "ada" if duty.party == "authority" else self.random.choice(["priya", "tom"])
        done_at = self.now - timedelta(hours=self.random.randint(0, 200))
        log_evidence(duty, self.cast.as_(by), self.now, kind="note", note="x", done=done_at, done_by="x")

    def decide(self) -> None:
        waiting = list(Evidence.objects.filter(decision=None))
        if waiting:
            evidence = self.random.choice(waiting)
            by = "ada" if evidence.submitted_side == "supplier" else "priya"
            outcome = self.random.choice(["accepted", "rejected"])
            decide(evidence, self.cast.as_(by), self.now, outcome=outcome, reason="because")

    def withdraw(self) -> None:
        fact = FactRecord.objects.filter(withdrawn_at=None).order_by("?").first()
        if fact:
            withdraw_on_page(fact, SYSTEM, self.now, reason="recorded in error")

    def clock(self) -> None:
        raise_recurring(self.now)


@pytest.mark.parametrize("seed", range(6))
def test_after_every_write_a_look_at_the_whole_contract_finds_nothing_to_change(seed):
    player = Player(play(DMP, ORDER), seed)
    told = []
    for _ in range(30):
        told.append(player.act())
        raise_recurring(player.now)
        before = duties()
        changes = reconcile(player.cast.contract, player.now, SYSTEM, because="the whole")
        assert not changes, (told, changes)
        assert duties() == before, told
    assert ledger.verify(player.cast.contract) > 30
    assert sum("refused" not in line for line in told) > 15, told


def test_a_series_begun_late_takes_up_what_was_done_about_another_subject_before():
    cast = play(ORDER)
    happened(cast, "smp_review_completed", date(2026, 3, 11), "another name for the plan")
    happened(cast, "smp_submitted", date(2026, 3, 9), "plan")
    happened(cast, "smp_approved", date(2026, 3, 10), "plan", by="ada")
    reviews = Duty.objects.filter(obligation__rule_key="A-4.4.1").order_by("due_at")
    assert [(row.due_date, row.phase) for row in reviews] == [
        (date(2027, 3, 10), Phase.MET),
        (date(2027, 3, 11), Phase.OPEN),
    ]
    assert not reconcile(cast.contract, NOON, SYSTEM, because="the whole")


# What it costs


def many_duties(cast, number: int) -> None:
    """The contract as after ``number`` other patches."""
    pattern = patch_released(cast, "CVE-0")
    fact = pattern.cause
    facts = [
        FactRecord(
            **_columns(fact)
            | {"subject": f"OLD-{place}", "details": fact.details | {"subject": f"OLD-{place}"}}
        )
        for place in range(number)
    ]
    FactRecord.objects.bulk_create(facts)
    Duty.objects.bulk_create(
        Duty(**{**_columns(pattern), "subject": row.subject, "cause_id": row.pk}) for row in facts
    )


def _columns(row) -> dict:
    return {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if field.name != "id"
    }


def queries(act) -> int:
    with CaptureQueriesContext(
        connection,
    ) as caught:
        act()
    return len(caught)


@pytest.mark.parametrize("wide", [False, True])
def test_recording_a_fact_costs_the_same_among_10_duties_and_among_1000(wide):
    counts = []
    for number in (10, 1000):
        cast = play(reference=f"WF-{number}")
        many_duties(cast, number)
        kind, when = (
            ("external_vulnerability_scan_completed", date(2026, 3, 16))
            if wide
            else ("patch_publicly_released", date(2026, 3, 12))
        )
        actor = cast.as_("priya")
        details = {"subject": "NEW"} if wide else {"subject": "NEW", "category": "Critical"}
        counts.append(
            queries(
                lambda cast=cast, actor=actor, kind=kind, when=when, details=details: record_fact(
                    cast.contract, actor, NOON, kind=kind, happened=when, details=details
                )
            )
        )
    assert counts[0] == counts[1] < 63


def test_a_slice_holds_only_what_is_about_its_subject():
    cast = play()
    many_duties(cast, 200)
    patch_released(cast, "CVE-NEW")
    part = engine_input.load(cast.contract, {"CVE-NEW"})
    assert [fact.subject for fact in part.facts] == ["CVE-NEW"]
    assert [duty.subject for duty in part.rows] == ["CVE-NEW"]


def test_reconciling_the_whole_takes_the_same_number_of_queries_for_10_and_1000():
    counts = []
    for number in (10, 1000):
        cast = play(reference=f"WF-{number}")
        many_duties(cast, number)
        reconcile(cast.contract, NOON, SYSTEM, because="settle")
        counts.append(queries(lambda cast=cast: reconcile(cast.contract, NOON, SYSTEM, because="x")))
    assert counts[0] == counts[1] < 30


def test_a_moment_just_after_a_london_midnight_in_summer_belongs_to_the_day_that_began():
    cast = play()
    now = datetime(2026, 6, 1, 0, 30, tzinfo=LONDON)
    happened(cast, "audit_records_requested", now, "R-1", by="ada", now=now)
    duty = Duty.objects.get(subject="R-1")
    assert duty.due_date == date(2026, 6, 6)
    assert "R13" not in [step["rule"] for step in duty.derivation["steps"]]


def test_a_moment_stamped_abroad_keeps_its_own_day_as_well():
    cast = play()
    abroad = datetime(2026, 6, 1, 19, 30, tzinfo=timezone(timedelta(hours=-5)))
    now = datetime(2026, 6, 2, 12, tzinfo=LONDON)
    happened(cast, "audit_records_requested", abroad, "R-1", by="ada", now=now)
    duty = Duty.objects.get(subject="R-1")
    assert FactRecord.objects.get(subject="R-1").happened.utcoffset() == timedelta(hours=-5)
    assert duty.due_date == date(2026, 6, 6)
    assert "the day in London" in [reading["reading"] for reading in duty.derivation["readings"]]


def test_the_repeated_hour_of_october_is_flagged_only_where_nobody_said_which():
    cast = play()
    now = datetime(2026, 10, 26, 12, tzinfo=LONDON)
    unsaid = place_in_london(datetime(2026, 10, 25, 1, 30))[0]
    said = datetime(2026, 10, 25, 1, 30, tzinfo=timezone(timedelta(hours=1)))
    flags = []
    for subject, when in (("B-1", unsaid), ("B-2", said)):
        happened(cast, "breach_of_security_occurred", when, subject, now=now)
        fact = FactRecord.objects.get(subject=subject)
        flags.append((fact.repeated_hour, engine_input.as_fact(fact).repeated_hour))
    assert flags == [(True, True), (False, False)]
