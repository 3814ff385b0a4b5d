"""What is due: the groups hold every active duty once, cost the same for any number, and page fast."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contracts.absence import NotThere
from obligations import selectors
from obligations.models import ACTIVE_PHASES, Duty, Phase
from obligations.selectors import ACTIVE_GROUPS, GROUPS
from obligations.services.recording.evidence import decide
from obligations.services.recording.facts import withdraw_fact
from tests.cast import NOON, claimed, done, happened, make_contract, patch_released, play

pytestmark = pytest.mark.django_db


WHO = {"supplier": "priya", "authority": "ada", "neither": "olu"}


def board_of(cast, side="supplier", now=NOON):
    return selectors.duty_board(cast.access(WHO[side], now), now)


def counts(cast, side="supplier", now=NOON):
    return {name: number for name, number in board_of(cast, side, now).counts.items() if number}


def groups_of(cast, duty, side="supplier", now=NOON) -> list[str]:
    board = board_of(cast, side, now)
    return [name for name in GROUPS if duty in board.groups[name]]


def test_an_empty_contract_has_an_empty_board():
    assert counts(make_contract()) == {}


def test_a_duty_moves_from_later_to_this_week_to_overdue_with_time_alone():
    cast = play()
    duty = patch_released(cast)
    due = duty.due_at
    for now, group in (
        (due - timedelta(days=4), "later"),
        (due - timedelta(days=3), "this_week"),
        (due, "this_week"),
        (due + timedelta(seconds=1), "overdue"),
    ):
        assert groups_of(cast, duty, now=now) == [group], now
    assert Duty.objects.get(pk=duty.pk).phase == Phase.OPEN


def test_a_word_without_a_number_is_owed_now():
    cast = play()
    happened(cast, "breach_of_security_occurred", NOON, "B-1")
    word_only = Duty.objects.filter(subject="B-1", due_at=None).exclude(word="")
    assert word_only.exists()
    for duty in word_only:
        assert groups_of(cast, duty) == ["owed_now"]


def test_the_side_that_decides_is_asked_and_the_other_waits():
    cast = play()
    happened(cast, "risk_discontent_notified", date(2026, 3, 13), "Risk 7", by="ada")
    duty = Duty.objects.get(approver="authority", phase=Phase.OPEN)
    evidence = done(duty, cast)
    assert groups_of(cast, duty, "authority") == ["to_decide"]
    assert groups_of(cast, duty, "supplier") == ["waiting"]
    assert groups_of(cast, duty, "neither") == ["waiting"]
    decide(evidence, cast.as_("ada"), NOON, outcome="accepted")
    assert groups_of(cast, duty, "authority") == ["met"]


def test_every_active_duty_is_in_exactly_one_active_group():
    cast = play()
    for number in range(4):
        patch_released(cast, f"CVE-{number}", date(2026, 3, 2 + 4 * number))
    happened(cast, "breach_of_security_occurred", NOON, "B-1")
    claimed(cast, "vulnerability_not_exploitable_demonstrated", date(2026, 3, 16), "CVE-3", accepted_by="ada")
    withdraw_fact(Duty.objects.get(subject="CVE-2").cause, cast.as_("priya"), NOON, reason="wrong")
    board = board_of(cast)
    listed = [duty.pk for name in ACTIVE_GROUPS for duty in board.groups[name]]
    active = Duty.objects.filter(phase__in=ACTIVE_PHASES).values_list("pk", flat=True)
    assert sorted(listed) == sorted(active)
    assert sum(board.counts.values()) == Duty.objects.count()
    assert board.counts["withdrawn"] == 1 and board.counts["suspended"] == 1


def test_another_contract_is_not_on_the_board():
    cast, other = play(), play(reference="WF-2026-015")
    duty = patch_released(other)
    assert groups_of(cast, duty) == []
    with pytest.raises(NotThere):
        selectors.duty_page(cast.access("priya"), duty.pk, NOON)


def looked_at(cast) -> int:
    """The queries that show the first ten of every active group with what a line needs."""
    access = cast.access("priya")
    with CaptureQueriesContext(connection) as caught:
        board = selectors.duty_board(access, NOON)
        for name in ACTIVE_GROUPS:
            for duty in board.groups[name][:10]:
                assert duty.obligation.paragraph.citation
    return len(caught)


def fill(cast, number: int) -> None:
    """Many duties, due over a year around now, some of each active phase."""
    pattern = patch_released(cast, "CVE-0")
    columns = {
        field.attname: getattr(pattern, field.attname)
        for field in Duty._meta.concrete_fields
        if field.name != "id"
    }
    phases = [Phase.OPEN] * 7 + [Phase.AWAITING, Phase.SUSPENDED, Phase.MET]
    rows = []
    for place in range(number):
        due_at = pattern.due_at + timedelta(days=place % 365 - 180)
        other = {"subject": f"CVE-{place + 1}", "due_at": due_at, "due_date": due_at.date()}
        rows.append(
            Duty(**columns | other | {"phase": phases[place % 10], "word": "promptly" * (place % 11 == 0)})
        )
    Duty.objects.bulk_create(rows, batch_size=2000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE obligations_duty")


def test_the_board_takes_the_same_queries_for_10_and_1000_duties():
    small, large = play(reference="A"), play(reference="B")
    fill(small, 10)
    fill(large, 1000)
    assert looked_at(small) == looked_at(large) == 1 + len(ACTIVE_GROUPS)


def test_the_board_of_10_000_duties_reads_no_more_than_it_shows(monkeypatch):
    """Ten of each group are made of rows, however many there are: counting is the database's work."""
    cast, made = play(), []
    fill(cast, 10_000)
    whole = Duty.from_db.__func__

    def counted(cls, *args):
        made.append(cls)
        return whole(cls, *args)

    monkeypatch.setattr(Duty, "from_db", classmethod(counted))
    assert looked_at(cast) == 1 + len(ACTIVE_GROUPS)
    assert 0 < len(made) <= 10 * len(ACTIVE_GROUPS)


def test_a_duty_page_takes_the_same_queries_however_long_its_story(django_assert_num_queries):
    cast = play()
    duty = patch_released(cast)
    for _ in range(3):
        evidence = done(duty, cast, date(2026, 3, 16))
        decide(evidence, cast.as_("ada"), NOON, outcome="rejected", reason="not yet")
    access = cast.access("priya")
    with django_assert_num_queries(5):
        page = selectors.duty_page(access, duty.pk, NOON)
        for row in page.evidence:
            assert row.decision.decided_by.name and row.submitted_by.name
        assert page.duty.obligation.paragraph.citation and page.duty.cause.recorded_by.name
    verbs = [entry.verb for entry in page.ledger]
    assert verbs == [
        "duty_raised",
        *["evidence_logged", "duty_closed", "evidence_rejected", "duty_reopened"] * 3,
    ]


def test_the_list_of_facts_and_a_fact_take_constant_queries(django_assert_num_queries):
    cast = play()
    for number in range(5):
        patch_released(cast, f"CVE-{number}")
    access = cast.access("priya")
    with django_assert_num_queries(1):
        assert [fact.caused for fact in selectors.facts_of(access)] == [1] * 5
    fact = selectors.facts_of(access)[0]
    with django_assert_num_queries(2):
        page = selectors.fact_page(access, fact.pk)
        assert [duty.obligation.paragraph.citation for duty in page.duties.all()]
