"""What there is of versions, variations, reminders and commands works on a contract's own rulebook."""

from __future__ import annotations

import json
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from contracts.models import Contract, Side
from contracts.services.actors import Actor
from contracts.services.variations import share_variation
from contracts.terms.settings import CONTRACT_WIDE
from obligations.models import Duty, Notice, Offer, Phase, Stage
from obligations.services.asking.versions import own_books_of
from obligations.services.choosing import figures
from obligations.services.choosing.settings import on_record
from obligations.services.entries.in_force import put_in_force
from obligations.services.entries.kinds import add_kind
from obligations.services.holidays import applying, previewing, proposing
from obligations.services.variations.drafting import Wanted, draft, limits_at
from obligations.services.variations.signing import sign_variation
from obligations.services.versions import offers
from tests.cast import NOON, Cast, happened, person, play
from tests.obligations.rules.test_agreement import said
from tests.support.own_book import (
    FAULT,
    KINDS,
    a_document,
    decided,
    in_force,
    own_cast,
    own_duty,
    own_schedule,
)

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)
SIGNED = date(2026, 3, 17)


@pytest.fixture
def cast() -> Cast:
    cast = own_cast()
    in_force(cast)
    return cast


def varied(cast: Cast, *effects: Wanted, number: str = "001"):
    """A variation with these effects, drafted, shared and signed by both."""
    made = draft(cast.contract, cast.as_("ada"), NOON, number=number, title="A change", effects=effects)
    share_variation(made, cast.as_("ada"), NOON)
    for who, side in (("priya", "supplier"), ("ada", "authority")):
        sign_variation(
            made,
            cast.as_(who),
            NOON,
            side=side,
            name=cast.people[who].name,
            job_title="Director",
            signed_on=SIGNED,
            text_hash=made.text_hash,
        )
    made.refresh_from_db()
    return made


def key(cast: Cast, path: str) -> str:
    return f"{cast.schedule.outline_key}/{path}"


def test_a_variation_switches_a_paragraph_off(cast):
    varied(cast, Wanted(key(cast, "main/2"), "not_used"), Wanted(key(cast, "main/3"), "not_used"))
    duty = own_duty(cast, "main/2")
    assert duty.phase == Phase.OPEN and duty.flagged  # what had begun stays owed (R28)
    assert "Variation 001 switches this paragraph off" in duty.derivation["steps"][-1]["text"]
    happened(cast, "own_crane_fault", date(2026, 3, 18), now=NOON + timedelta(days=1))
    assert not Duty.objects.filter(obligation__paragraph__path="main/3").exists()


def test_a_variation_changes_a_figure(cast):
    happened(cast, "own_crane_fault", date(2026, 3, 17))
    assert limits_at(cast.contract, SIGNED)[key(cast, "main/3")][0][0].title == FAULT["title"]
    figure = {"3": {"amount": 5, "unit": "working_days"}}
    varied(cast, Wanted(key(cast, "main/3"), "figure", figures=figure))
    happened(cast, "own_crane_fault", date(2026, 3, 18), now=NOON + timedelta(days=1))
    # Five Working Days after Wednesday 18 March: 19, 20, 23, 24, 25.
    assert Duty.objects.order_by("-due_at").filter(obligation__rule_key="3")[0].due_date == date(2026, 3, 25)


def test_a_variation_inserts_a_duty_that_an_own_kind_starts(cast):
    duty = {
        "title": "Close the berth",
        "party": "supplier",
        "shape": "event",
        "on": "own_crane_fault",
        "amount": "2",
        "unit": "days",
    }
    made = varied(
        cast, Wanted(key(cast, "main/8"), "inserted", "The Provider shall close the berth.", duty=duty)
    )
    assert "Crane fault" in made.effects.get().duty["when"]
    happened(cast, "own_crane_fault", date(2026, 3, 18), now=NOON + timedelta(days=1))
    assert own_duty(cast, "main/8").due_date == date(2026, 3, 20)


def test_an_own_kind_starts_a_duty_inserted_into_a_schedule_that_ships():
    cast = play(start_date=date(2026, 3, 9), agreement_date=date(2026, 3, 9))
    schedule = own_schedule(cast)
    for label, fields in KINDS.items():
        add_kind(cast.contract, cast.as_("priya"), NOON, label=label, **fields)
    decided(cast, "main/3", FAULT)
    put_in_force(cast.contract, schedule, cast.as_("priya"), NOON)
    duty = {
        "title": "Close the berth",
        "party": "supplier",
        "shape": "event",
        "on": "own_crane_fault",
        "amount": "2",
        "unit": "days",
    }
    varied(cast, Wanted(f"{cast.schedule.outline_key}/main/10.9", "inserted", "Close it.", duty=duty))
    happened(cast, "own_crane_fault", date(2026, 3, 18), now=NOON + timedelta(days=1))
    titles = {one.title: one.due_date for one in Duty.objects.filter(cause__kind="own_crane_fault")}
    assert titles == {FAULT["title"]: date(2026, 3, 23), "Close the berth": date(2026, 3, 20)}


def test_own_rulebooks_are_never_offered_and_take_none_over(cast):
    assert offers.behind() == [] and offers.make_offers(cast.contract) == []
    assert offers.offer_everything(LATER) == 0 and not Offer.objects.exists()


def test_reminders_are_planned_for_its_duties(cast):
    happened(cast, "own_crane_fault", date(2026, 3, 16))
    planned = Notice.objects.filter(duty=own_duty(cast, "main/3"), sent_at=None)
    assert {Stage.DUE_SOON, Stage.OVERDUE} <= set(planned.values_list("stage", flat=True))


def test_the_commands_list_and_print_it(cast):
    out = StringIO()
    call_command("rulebook_versions", cast.contract.reference, stdout=out)
    assert f"{cast.schedule.outline_key} 1" in out.getvalue() and "offered" not in out.getvalue()
    out = StringIO()
    call_command("export_own_register", cast.schedule.outline_key, json=True, stdout=out)
    rows = {row["paragraph"]: row for row in json.loads(out.getvalue())}
    assert rows["3"]["title"] == FAULT["title"] and rows["2"]["amount"] == 10
    out = StringIO()
    call_command("export_own_register", cast.schedule.outline_key, stdout=out)
    assert "10 Working Days" in out.getvalue()
    with pytest.raises(CommandError, match=f"there are {cast.schedule.outline_key}"):
        call_command("export_own_register", "nobody_s")


def test_a_contract_without_shipped_books_is_asked_what_every_contract_is(cast):
    assert {line.setting.name for line in on_record(cast.contract)} == set(CONTRACT_WIDE)


def test_a_figure_of_a_later_document_is_held_against_it_and_may_count(cast):
    happened(cast, "own_crane_fault", date(2026, 3, 16))
    document = a_document(cast, {"time_limits": [said("main/3", 5, "working_days")]})
    one = figures.held_at(document, "3")
    assert (str(one.row.result), one.counted_with) == ("differs", "3 Working Days")
    figures.decide_figure(document, cast.as_("ada"), LATER, limit="3", own=True, reason="As signed")
    # Five Working Days after Monday 16 March: 17, 18, 19, 20, 23.
    assert own_duty(cast, "main/3").due_date == date(2026, 3, 23)


def test_a_new_bank_holiday_moves_its_dates(cast):
    happened(cast, "own_crane_fault", date(2026, 3, 16))
    admin = Actor.of(person("rosa", is_staff=True), Side.NEITHER)
    given = {"name": "A feast", "source": "A proclamation", "division": "england-and-wales"}
    change = proposing.propose_day(admin, NOON, day=date(2026, 3, 18), **given)
    previewing.preview(change, NOON)
    applying.apply(applying.ask_to_apply(change, admin, NOON), NOON)
    # Three Working Days after Monday 16 March, without Wednesday: 17, 19, 20.
    assert own_duty(cast, "main/3").due_date == date(2026, 3, 20)


def test_own_books_are_those_of_the_contracts_asked_about(cast):
    assert [book.title for book in own_books_of(Contract.objects.filter(pk=cast.contract.pk))] == [
        "Harbour records"
    ]
    assert own_books_of(Contract.objects.exclude(pk=cast.contract.pk)) == []
