"""What starts an entry: a day of the contract's own, a kind that there is, or one named with the decision."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contracts.proposals.proposal import SURE, Proposal, Words
from contracts.services.errors import Refused
from contracts.terms.limit import Limit
from contracts.terms.periods import Period, Unit
from obligations.models import OwnKind
from obligations.services.asking.vocabulary import vocabulary_to_decide_with
from obligations.services.entries.proposing import by_the_contract, from_proposal
from obligations.services.entries.starting import Start, with_start
from tests.cast import NOON
from tests.support.own_book import BERTH, FAULT, own_cast

TEN = Limit((Period(10, Unit.WORKING_DAYS),))
BEFORE = Limit((Period(3, Unit.MONTHS),), before=True)


@pytest.mark.parametrize(
    ("trigger", "limit", "shape", "clock"),
    [
        ("the Start Date", TEN, "one_off", {"on": ["start_date_reached"]}),
        ("the Service Commencement Date", TEN, "one_off", {"on": ["start_date_reached"]}),
        ("the date of this Agreement", TEN, "one_off", {"on": ["start_date_reached"]}),
        ("the Expiry Date", TEN, "event", {"on": ["service_ended"]}),
        ("termination or expiry of this Contract", TEN, "event", {"on": ["service_ended"]}),
        ("the Contract ends", TEN, "event", {"on": ["service_ended"]}),
        ("the Expiry Date", BEFORE, "one_off", {"event_day": "end"}),
        ("the Approval Date", TEN, "event", {}),
        ("the date of the report", TEN, "event", {}),
        ("the start of the test", TEN, "event", {}),
        ("", TEN, "one_off", {"on": ["start_date_reached"]}),
    ],
)
def test_a_day_of_the_contracts_own_starts_it_and_no_other(trigger, limit, shape, clock):
    words = Words("main/2", 0, len(trigger), trigger) if trigger else None
    said = Proposal("main/2", "duty", "supplier", "one_off", certainty=SURE, trigger=words, limit=limit)
    assert by_the_contract(said, "one_off") == (shape, clock)


@pytest.fixture
def cast(db):
    return own_cast()


def started(cast, entry, **start):
    return with_start(cast.contract, cast.as_("priya"), NOON, entry, Start(**start))


def test_the_same_label_is_the_same_kind(cast):
    before = OwnKind.objects.count()
    assert started(cast, FAULT, label=" crane  FAULT ")["on"] == ["own_crane_fault"]
    assert started(cast, FAULT, label="Storm warning")["on"] == ["own_storm_warning"]
    assert started(cast, FAULT, label="Storm warning")["on"] == ["own_storm_warning"]
    assert OwnKind.objects.count() == before + 1


def test_what_has_no_name_of_its_own_is_a_duty_each_time(cast):
    assert started(cast, FAULT, kind="own_crane_fault")["once_per"] == "fact"
    assert started(cast, BERTH, kind="own_berth_opening_proposed")["once_per"] == "subject"


def test_hours_ask_for_the_time_of_day(cast):
    started(cast, FAULT | {"unit": "hours"}, label="Storm warning")
    assert OwnKind.objects.get(name="own_storm_warning").needs_moment


def test_counting_back_needs_the_day_of_something_to_come(cast):
    with pytest.raises(Refused, match="on: “Crane fault” does not tell the day of something to come"):
        started(cast, FAULT | {"before": True}, kind="own_crane_fault")
    entry = started(cast, FAULT | {"before": True}, label="A crane is moved")
    assert OwnKind.objects.get(name=entry["on"][0]).details[0]["name"] == entry["event_day"]


def test_once_runs_from_the_start_or_back_from_the_end(cast):
    once = {"shape": "one_off", "title": "Hand over", "party": "supplier", "amount": 3, "unit": "months"}
    assert started(cast, once)["on"] == ["start_date_reached"]
    assert started(cast, once | {"before": True})["event_day"] == "end"


def test_a_gate_waits_for_what_opens_it(cast):
    entry = started(cast, BERTH | {"met_by": []}, label="It is proposed to open a berth", opens="Berth seen")
    assert (entry["on"], entry["met_by"]) == (["own_it_is_proposed_to_open_a_berth"], ["own_berth_seen"])


def test_what_is_proposed_of_a_gate_says_what_waits_and_what_opens_it(cast):
    text = "make a change until the Trust has approved it in writing"
    act, opens = Words("main/6", 0, len(text), text), Words("main/6", 20, len(text), text[20:])
    said = Proposal("main/6", "gate", "supplier", "gate", certainty=SURE, act=act, trigger=opens)
    found = from_proposal(said, vocabulary_to_decide_with(cast.contract))
    assert found.new_kind == "It is proposed to make a change"
    assert found.opens == "Trust has approved it in writing"
    assert found.entry["title"] == "Make a change until the Trust has approved it in writing"
    said = replace(said, duty_word=Words("main/6", 0, 9, "shall not"))
    found = from_proposal(said, vocabulary_to_decide_with(cast.contract))
    assert found.entry["title"] == "Do not make a change until the Trust has approved it in writing"
