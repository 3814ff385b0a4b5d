"""What was decided counts once it is put in force, and then makes dated duties like any rulebook."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contracts.models import LedgerEntry
from contracts.services import ledger
from contracts.services.errors import Refused
from obligations.models import Adoption, Duty, EditionAdoption, Notice, Phase, RulebookVersion
from obligations.services.entries.in_force import put_in_force, what_would_change
from obligations.services.entries.opinions import opine
from obligations.web.ledger import presenters
from tests.cast import NOON, happened
from tests.support.own_book import (
    BERTH,
    ENTRIES,
    FAULT,
    PLAN,
    TEST,
    decided,
    in_force,
    own_cast,
    own_duty,
)
from tests.support.together import at_once

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


def put(cast, by="priya", **how):
    return put_in_force(cast.contract, cast.schedule, cast.as_(by), LATER, **how)


def would(cast, by="priya", **how):
    return what_would_change(cast.contract, cast.schedule, cast.access(by), LATER, **how)


def test_nothing_that_was_decided_counts_before_it_is_put_in_force():
    cast = own_cast()
    for path, entry in ENTRIES.items():
        decided(cast, path, entry)
    assert not Duty.objects.exists() and not RulebookVersion.objects.filter(contract=cast.contract).exists()
    changes = put(cast)[1]
    assert {duty.title for duty in changes.raised} == {PLAN["title"], TEST["title"]}
    version = RulebookVersion.objects.get(contract=cast.contract)
    adoption = Adoption.objects.get(contract=cast.contract)
    assert (version.number, version.key) == (1, cast.schedule.outline_key)
    assert (adoption.version, adoption.from_day, adoption.reason) == (version, None, "")
    assert EditionAdoption.objects.filter(contract=cast.contract).exists()
    entry = LedgerEntry.objects.get(contract=cast.contract, verb="own_book_put_in_force")
    assert entry.payload["version"] == 1 and len(entry.payload["paragraphs"]) == 5
    ledger.verify(cast.contract)


def test_each_shape_has_the_dates_that_the_words_give():
    cast = own_cast()
    in_force(cast)
    # Ten Working Days after Monday 9 March 2026: 10 to 13, 16 to 20, 23 March.
    assert own_duty(cast, "main/2").due_date == date(2026, 3, 23)
    # Twelve months after commencement on 9 March 2026.
    assert own_duty(cast, "main/4").due_date == date(2027, 3, 9)
    happened(cast, "own_crane_fault", date(2026, 3, 16))
    # Three Working Days after Monday 16 March: 17, 18, 19.
    assert own_duty(cast, "main/3").due_date == date(2026, 3, 19)
    happened(cast, "own_log_entry_made", date(2026, 3, 10), "HL-1")
    assert own_duty(cast, "main/5").due_date == date(2032, 3, 10)
    happened(cast, "own_berth_opening_proposed", date(2026, 3, 16), "Berth 4")
    assert own_duty(cast, "main/6").phase == Phase.OPEN
    happened(cast, "own_berth_inspected", date(2026, 3, 17), "Berth 4", by="ada")
    assert own_duty(cast, "main/6").phase == Phase.MET
    assert Notice.objects.filter(duty=own_duty(cast, "main/3")).exists()


def test_two_faults_make_two_duties_and_a_test_moves_the_next():
    cast = own_cast()
    in_force(cast)
    happened(cast, "own_crane_fault", date(2026, 3, 16))
    happened(cast, "own_crane_fault", date(2026, 3, 17))
    faults = Duty.objects.filter(contract=cast.contract, obligation__paragraph__path="main/3")
    assert {duty.due_date for duty in faults} == {date(2026, 3, 19), date(2026, 3, 20)}
    happened(cast, "own_crane_tested", date(2026, 3, 16))
    tests = Duty.objects.filter(contract=cast.contract, obligation__paragraph__path="main/4")
    assert {(duty.due_date, duty.phase) for duty in tests} == {
        (date(2027, 3, 9), Phase.MET),
        (date(2027, 3, 16), Phase.OPEN),
    }


def test_the_second_version_counts_from_a_day_and_says_why():
    cast = own_cast()
    in_force(cast)
    happened(cast, "own_crane_fault", date(2026, 3, 16))
    decided(cast, "main/3", FAULT | {"amount": 5}, by="ada", now=LATER)
    with pytest.raises(Refused, match="reason: Say why"):
        put(cast, by="ada")
    version, changes = put(cast, by="ada", from_day=date(2026, 3, 18), reason="Five days were agreed")
    assert version.number == 2 and not changes.redated
    assert own_duty(cast, "main/3").due_date == date(2026, 3, 19)
    happened(cast, "own_crane_fault", date(2026, 3, 18), now=NOON + timedelta(days=1))
    # Five Working Days after Wednesday 18 March: 19, 20, 23, 24, 25.
    faults = Duty.objects.filter(obligation__paragraph__path="main/3").order_by("due_at")
    assert [duty.due_date for duty in faults] == [date(2026, 3, 19), date(2026, 3, 25)]


def test_what_would_change_is_what_happens_and_moves_nothing():
    cast = own_cast()
    in_force(cast)
    happened(cast, "own_crane_fault", date(2026, 3, 16))
    decided(cast, "main/3", FAULT | {"amount": 5}, now=LATER)
    decided(cast, "main/2", outcome="none", why="It was delivered before signing.", now=LATER)
    entries = LedgerEntry.objects.count()
    told = would(cast)
    assert {(row.title, row.becomes, row.old_due_at.date(), row.due_at.date()) for row in told.effects} == {
        (FAULT["title"], "redated", date(2026, 3, 19), date(2026, 3, 23)),
        (PLAN["title"], "ended", date(2026, 3, 23), date(2026, 3, 23)),
    }  # fmt: skip
    assert {made.paragraph.path for made in told.news} == {"main/2", "main/3"} and told.number == 2
    assert LedgerEntry.objects.count() == entries and own_duty(cast, "main/2").phase == Phase.OPEN
    put(cast, reason="Read again", seen=told.seen)
    assert own_duty(cast, "main/2").phase in (Phase.ENDED, Phase.WITHDRAWN)
    assert own_duty(cast, "main/3").due_date == date(2026, 3, 23)


def test_putting_in_force_needs_something_new_that_was_seen():
    cast = own_cast()
    with pytest.raises(Refused, match="Nothing was decided yet"):
        put(cast)
    decided(cast, "main/2", PLAN)
    told = would(cast)
    decided(cast, "main/4", TEST)
    with pytest.raises(Refused, match="Something was recorded since"):
        put(cast, seen=told.seen)
    put(cast, seen=would(cast).seen)
    decided(cast, "main/6", outcome="skipped")
    with pytest.raises(Refused, match="Nothing was decided since version 1"):
        put(cast, reason="Again")
    decided(cast, "main/6", BERTH)
    with pytest.raises(Refused, match="from_day: Enter a day up to"):
        put(cast, reason="Again", from_day=date(2031, 1, 1))
    assert put(cast, reason="Again")[0].number == 2


def test_the_ledger_tells_it_in_sentences():
    cast = own_cast()
    made = decided(cast, "main/3", FAULT)
    decided(cast, "main/1", outcome="none", why="It defines a word.")
    decided(cast, "main/6", outcome="skipped")
    opine(made, cast.as_("ada"), NOON, agrees=False, words="It runs from the report.")
    opine(made, cast.as_("ada"), NOON, agrees=True)
    put(cast, from_day=date(2026, 3, 16))
    rows = LedgerEntry.objects.filter(contract=cast.contract).order_by("number")
    told = [presenters.row(cast.contract, entry).says for entry in rows]
    assert "Named a kind of fact of this contract’s own: “Crane fault”" in told
    assert told[-6:] == [
        "Decided what paragraph 3 asks: “Tell the Council of a crane fault”",
        "Decided that paragraph 1 asks for nothing: It defines a word.",
        "Left paragraph 6 for later",
        "Disagreed with what was decided about paragraph 3: It runs from the report.",
        "Agreed with what was decided about paragraph 3",
        "Put in force what 2 paragraphs of “Harbour records” ask, for duties that begin on 16 March 2026 or"
        " after: version 1 of this contract’s own rulebook",
    ]


def test_what_is_put_in_force_costs_the_same_however_much_was_decided():
    def cost(cast, *paths: str) -> int:
        for path in paths:
            decided(cast, path, PLAN | {"title": f"Deliver {path}"})
        with CaptureQueriesContext(connection) as asked:
            put(cast)
        return len(asked)

    few, many = own_cast(), own_cast(reference="WF-2026-015")
    cost(own_cast(reference="WF-2026-016"), "main/2")  # what is read once in a process
    assert cost(few, "main/2") == cost(many, "main/2", "main/3", "main/4", "main/5", "main/6", "Annex A/1")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_the_same_moment_one_is_told():
    cast = own_cast()
    answers = at_once(
        lambda: decided(cast, "main/2", PLAN, by="priya", number=1),
        lambda: decided(cast, "main/2", PLAN | {"amount": 5}, by="ada", number=1),
    )
    refused = [one for one in answers if isinstance(one, Refused)]
    assert len(refused) == 1 and refused[0].field == "number"
    assert cast.contract.entry_decisions.count() == 1


def test_what_is_asked_again_after_nothing_goes_on_with_the_same_duty():
    cast, later = own_cast(), LATER + timedelta(hours=1)
    in_force(cast, {"main/2": PLAN})
    before = own_duty(cast, "main/2")
    decided(cast, "main/2", outcome="none", why="By mistake.")
    put_in_force(cast.contract, cast.schedule, cast.as_("priya"), LATER, reason="A mistake.")
    decided(cast, "main/2", PLAN)
    put_in_force(cast.contract, cast.schedule, cast.as_("priya"), later, reason="Mended.")
    after = own_duty(cast, "main/2")
    assert (after.pk, after.due_at, after.phase) == (before.pk, before.due_at, before.phase)
