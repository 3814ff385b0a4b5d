"""A person decides what a paragraph asks; what cannot be used is said at its field and changes nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from contracts.models import LedgerEntry
from contracts.proposals.proposal import LIKELY, SURE, Proposal, Words
from contracts.services.errors import Refused
from contracts.services.proposals import renew
from contracts.terms.limit import Cycle, Limit, Span
from contracts.terms.periods import Period, Unit
from obligations.models import EntryDecision, EntryOpinion, EntryOutcome
from obligations.services.asking.vocabulary import vocabulary_to_decide_with
from obligations.services.entries.deciding import EntryRefused
from obligations.services.entries.kinds import add_kind
from obligations.services.entries.many import decide_many, many_of
from obligations.services.entries.opinions import opine
from obligations.services.entries.previewing import preview
from obligations.services.entries.proposed import proposed_by_path
from obligations.services.entries.proposing import from_proposal
from obligations.services.entries.standing import standing_of
from tests.cast import NOON, make_contract
from tests.support.own_book import (
    BERTH,
    FAULT,
    HARBOUR,
    KEEP,
    PLAN,
    TEST,
    a_document,
    decided,
    own_cast,
    paragraph,
)

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def cast():
    return own_cast()


def words(text: str, path: str = "main/3") -> Words:
    return Words(path, 0, len(text), text)


def looked_at(at, entry, now, **how):
    return preview(standing_of(at.contract, at.schedule), at, entry, now, **how)


def test_what_is_decided_is_kept_with_who_when_and_the_words(cast):
    rests_on = {"0": {"amount": [words("within 3 Working Days").as_json()]}}
    made = decided(cast, "main/3", FAULT, rests_on=rests_on)
    entry = made.entries[0]
    assert (entry["key"], entry["path"], entry["summary"]) == ("3", "main/3", FAULT["title"])
    assert made.rests_on == {"3": rests_on["0"]}
    assert (made.decided_by, made.decided_side, made.decided_at) == (cast.priya, "supplier", NOON)
    told = LedgerEntry.objects.get(contract=cast.contract, verb="entry_decided").payload
    assert told["entries"] == [FAULT["title"]] and told["citation"].endswith("/main/3")


def test_two_people_who_decide_at_once_meet_an_error_and_nothing_is_lost(cast):
    decided(cast, "main/3", FAULT, by="ada", number=1)
    with pytest.raises(
        Refused, match="number: Ada Fairweather decided paragraph 3 at 12:00 on 17 March 2026"
    ):
        decided(cast, "main/3", FAULT | {"amount": 2}, number=1)
    with pytest.raises(Refused, match="number: Open the paragraph again"):
        decided(cast, "main/3", FAULT, number=5)
    assert EntryDecision.objects.count() == 1


FAULTS = [
    ({"title": " "}, "title", "Say in a few words"),
    ({"title": "x" * 201}, "title", "Shorten this to 200"),
    ({"party": ""}, "party", "Choose who owes it"),
    ({"shape": "sometimes"}, "shape", "Choose how it is owed"),
    ({"on": []}, "on", "Choose what has to happen"),
    ({"on": ["own_storm"]}, "on", "Nobody can record “own_storm”"),
    ({"on": ["variation_effective"]}, "on", "Nobody can record “A variation took effect” by itself"),
    ({"on": ["duty_done"]}, "on", "Nobody can record “A duty was done” by itself"),
    ({"met_by": ["own_storm"]}, "met_by", "Nobody can record"),
    ({"amount": 0}, "amount", "Enter a whole number from 1 to 10,000"),
    ({"amount": 101, "unit": "years"}, "amount", "Enter a whole number from 1 to 100."),
    ({"others": [{"amount": 6000, "unit": "weeks"}], "joined": "plus"}, "others", "from 1 to 5,200"),
    ({"others": [5], "joined": "plus"}, "others", "a length must be a table"),
    ({"conditions": [5]}, "conditions", "cannot be used"),
    ({"hour": 5}, "hour", "must be a table"),
    ({"former": "4"}, "former", "names the unknown rule"),
    ({"hour": {"at": "10:00"}, "unit": "hours"}, "hour", "A limit in hours or minutes ends at its own hour"),
    ({"others": [{"amount": 1, "unit": "months"}]}, "joined", "Say how the lengths go together"),
    ({"all_of": ["own_crane_tested"]}, "all_of", "Choose two kinds of fact or more"),
    ({"prior": True, "fresh": True}, "prior", "choose one"),
    ({"moved": "next_working_day", "before": True}, "moved", "Only a limit that runs forwards"),
    ({"amount": "three"}, "amount", "Enter a whole number from 1"),
    ({"unit": ""}, "unit", "Choose what is counted"),
    ({"amount": None}, "amount", "Enter how many"),
    ({"unit": "moons"}, "unit", "Choose what is counted from the list"),
    ({"shape": "recurring", "on": []}, "every", "Choose how it comes back"),
    ({"shape": "recurring", "every": "cycle"}, "cycle", "Enter the place in the calendar"),
    ({"approver": "nobody"}, "approver", "Choose the side"),
    ({"exceptions": ["main/99"]}, "exceptions", "This schedule has no paragraph main/99"),
    ({"hour": {"at": "25:00"}}, "hour", "hour"),
    ({"qualifier": "roughly"}, "qualifier", "Choose one that is offered."),
    ({"conditions": ["colour = red"]}, "conditions", "colour"),
    ({"event_day": "opening_day"}, "event_day", "does not tell the day of something to come"),
    ({"survives": "perhaps"}, "survives", "Choose one that is offered."),
    ({"colour": "red"}, "colour", "unknown key"),
    ({"key": "9.9"}, "key", "never had the entry"),
    (
        {"deemed": {"fact": "own_crane_tested", "outcome": "accepted", "path": "main/99"}},
        "deemed",
        "no paragraph",
    ),
]


def test_what_cannot_be_used_is_said_at_its_field(cast):
    for changes, field, says in FAULTS:
        with pytest.raises(EntryRefused) as refused:
            decided(cast, "main/3", PLAN, FAULT | changes)
        assert (refused.value.field, refused.value.entry) == (field, 1), changes
        assert says in refused.value.message, changes
    assert not EntryDecision.objects.exists()


def test_nothing_needs_a_reason_and_later_says_nothing(cast):
    with pytest.raises(Refused, match="why: Say why"):
        decided(cast, "main/1", outcome="none", why=" ")
    with pytest.raises(Refused, match="title: Say what it asks for"):
        decided(cast, "main/1", outcome="added")
    with pytest.raises(Refused, match="outcome"):
        decided(cast, "main/1", outcome="perhaps")
    assert (
        decided(cast, "main/1", outcome="none", why="It only defines a word.").why
        == "It only defines a word."
    )
    assert decided(cast, "main/2", outcome="skipped").entries == []


def test_an_entry_keeps_its_key_and_a_further_one_gets_its_own(cast):
    decided(cast, "main/3", FAULT)
    again = decided(cast, "main/3", FAULT | {"amount": 4}, KEEP)
    assert [entry["key"] for entry in again.entries] == ["3", "3-2"]
    third = decided(cast, "main/3", KEEP | {"key": "3-2"}, PLAN)
    assert [entry["key"] for entry in third.entries] == ["3-2", "3-3"]
    annex = decided(cast, "Annex A/1", PLAN | {"shape": "continuous", "on": [], "amount": None, "unit": None})
    assert annex.entries[0]["key"] == "Annex-A-1"


def test_an_entry_that_another_leans_on_does_not_go_unnoticed(cast):
    decided(cast, "main/3", FAULT)
    decided(cast, "main/2", FAULT | {"former": "3", "title": "Tell it again"})
    with pytest.raises(
        Refused, match="Another entry leans on what this changes: 2: former names the unknown rule '3'"
    ):
        decided(cast, "main/3", outcome="none", why="It was taken out.")
    decided(cast, "main/4", TEST | {"exceptions": ["main/1"]})


def test_a_paragraph_of_a_schedule_that_ships_is_not_decided():
    cast = make_contract()
    at = cast.contract.paragraphs.select_related("schedule", "contract").get(path="main/10.3")
    from obligations.services.entries.deciding import decide

    with pytest.raises(Refused, match="goes by the rulebook that comes with Duly"):
        decide(at, cast.as_("priya"), NOON, number=1, outcome="none", why="No")


# Kinds


def test_a_kind_is_named_once_and_told(cast):
    row = add_kind(
        cast.contract,
        cast.as_("ada"),
        NOON,
        label="Storm warning",
        side="authority",
        details=[{"label": "Force", "type": "choice", "choices": ["8", "9"]}, {"name": "reason"}],
    )
    assert row.name == "own_storm_warning"
    kind = vocabulary_to_decide_with(cast.contract).kind(row.name)
    assert [one.label for one in kind.details] == ["Force", "Reason"] and kind.detail(
        "own_force"
    ).choices == ("8", "9")
    assert LedgerEntry.objects.filter(verb="kind_named", payload__kind=row.name).exists()


NO_KINDS = [
    ({"label": " "}, "label"),
    ({"label": "crane FAULT"}, "label"),
    ({"label": "A patch was applied"}, "label"),
    ({"side": "nobody"}, "side"),
    ({"subject": "x" * 121}, "subject"),
    ({"details": [{"label": "Force", "type": "colour"}]}, "details"),
    ({"details": [{"label": "Force", "type": "choice"}]}, "details"),
    ({"details": [{"name": "own_unheard"}]}, "details"),
]


def test_a_kind_that_cannot_be_used_is_refused_at_its_field(cast):
    for fields, field in NO_KINDS:
        with pytest.raises(Refused) as refused:
            add_kind(cast.contract, cast.as_("ada"), NOON, **{"label": "Storm warning"} | fields)
        assert refused.value.field == field, fields


# The other side


def test_only_the_other_side_agrees_or_not_and_both_readings_stay(cast):
    made = decided(cast, "main/3", FAULT)
    with pytest.raises(Refused, match="The Provider decided this itself"):
        opine(made, cast.as_("tom"), LATER, agrees=True)
    with pytest.raises(Refused, match="Only a person of one of the two parties"):
        opine(made, cast.as_("mina"), LATER, agrees=True)
    with pytest.raises(Refused, match="words: Say how your side"):
        opine(made, cast.as_("ada"), LATER, agrees=False)
    opine(made, cast.as_("ada"), LATER, agrees=False, words="It runs from the fault, not from the report.")
    opine(made, cast.as_("ada"), LATER, agrees=True)
    assert [one.agrees for one in EntryOpinion.objects.filter(decision=made)] == [False, True]
    assert LedgerEntry.objects.filter(verb="entry_opinion_given").count() == 2
    decided(cast, "main/3", FAULT | {"amount": 4})
    with pytest.raises(Refused, match="decided anew since"):
        opine(made, cast.as_("ada"), LATER, agrees=True)


# Preview


def test_the_preview_counts_as_the_engine_will(cast):
    found = looked_at(paragraph(cast, "main/3"), FAULT, NOON, happened=date(2026, 4, 2))
    # Three Working Days after Thursday 2 April 2026: without Good Friday and Easter Monday: 7, 8, 9 April.
    assert [duty.deadline.due_date for duty in found.duties] == [date(2026, 4, 9)]
    assert any("Working Days counted" in step.text for step in found.duties[0].deadline.steps)
    once = looked_at(paragraph(cast, "main/2"), PLAN, NOON)
    assert [duty.deadline.due_date for duty in once.duties] == [date(2026, 3, 23)]
    keep = looked_at(paragraph(cast, "main/5"), KEEP, NOON, happened=date(2026, 3, 10))
    assert keep.duties[0].deadline.due_date == date(2032, 3, 10)
    assert not EntryDecision.objects.exists()


def test_the_preview_says_what_stands_in_its_way(cast):
    at = paragraph(cast, "main/3")
    with pytest.raises(Refused, match="happened: Enter a day"):
        looked_at(at, FAULT, NOON)
    with pytest.raises(EntryRefused) as refused:
        looked_at(at, FAULT | {"amount": 0}, NOON, happened=date(2026, 3, 16))
    assert refused.value.field == "amount"
    assert (
        looked_at(at, BERTH | {"shape": "right", "met_by": []}, NOON, happened=date(2026, 3, 16)).duties == ()
    )


# From a proposal


def proposal(**fields) -> Proposal:
    values = {
        "path": "main/3",
        "kind": "duty",
        "party": "supplier",
        "shape": "event",
        "certainty": SURE,
        "sentence": words("The Provider shall tell the Council within 3 Working Days of a crane fault."),
        "act": words("tell the Council"),
        "trigger": words("of a crane fault"),
        "limit_words": words("within 3 Working Days"),
        "limit": Limit((Period(3, Unit.WORKING_DAYS),)),
        "limit_kind": "deadline",
    }
    return Proposal(**values | fields)


def filled(cast, **fields):
    return from_proposal(proposal(**fields), vocabulary_to_decide_with(cast.contract))


def test_a_proposal_becomes_an_entry_with_the_words_behind_each_field(cast):
    found = filled(cast)
    assert found.entry == {
        "title": "Tell the Council",
        "summary": "The Provider shall tell the Council within 3 Working Days of a crane fault.",
        "shape": "event",
        "party": "supplier",
        "amount": 3,
        "unit": "working_days",
        "once_per": "fact",
    }
    assert found.suggested[0] == "own_crane_fault" and found.new_kind == "Crane fault"
    assert found.rests_on["amount"][0]["text"] == "within 3 Working Days"
    made = decided(
        cast, "main/3", {**found.entry, "on": ["own_crane_fault"]}, outcome="accepted", proposed=[found]
    )
    assert made.outcome == EntryOutcome.ACCEPTED and made.proposed[0]["proposal"]["certainty"] == SURE
    made = decided(
        cast,
        "main/3",
        {**found.entry, "amount": 2, "on": ["own_crane_fault"]},
        outcome="accepted",
        proposed=[found],
    )
    assert made.outcome == EntryOutcome.CORRECTED


def test_a_limit_beyond_one_length_goes_over_whole(cast):
    two = Limit(
        (Period(30, Unit.DAYS), Period(1, Unit.MONTHS)), joined="earlier", before=True, qualifier="at_least"
    )
    entry = filled(cast, limit=two).entry
    assert (entry["others"], entry["joined"], entry["before"]) == (
        [{"amount": 1, "unit": "months"}],
        "earlier",
        True,
    )
    assert entry["qualifier"] == "at_least"
    fifth = Limit(cycle=Cycle(Span.MONTH, place=5, unit="working_days"))
    entry = filled(cast, limit=fifth, limit_kind="interval", trigger=None).entry
    assert (entry["shape"], entry["every"]) == ("recurring", "cycle")
    assert entry["cycle"] == {"of": "month", "place": 5, "unit": "working_days"}
    entry = filled(
        cast, shape="recurring", limit=Limit((Period(12, Unit.MONTHS),)), limit_kind="interval"
    ).entry
    assert (entry["every"], entry["amount"]) == ("completion", 12)
    entry = filled(cast, limit=Limit((Period(6, Unit.YEARS),)), limit_kind="retention").entry
    assert entry["qualifier"] == "at_least"
    window = filled(cast, limit=Limit((Period(2, Unit.MONTHS),), window=True))
    assert "amount" not in window.entry and "first and a last day" in window.left[0]


def test_a_shipped_kind_is_suggested_by_its_words_and_nothing_is_no_entry(cast):
    found = filled(cast, trigger=words("the Breach of Security occurring"))
    assert "breach_of_security_occurred" in found.suggested
    assert "once_per" not in found.entry
    nothing = filled(cast, kind="none", why="It is a heading.")
    assert not nothing.entry and nothing.why == "It is a heading."
    refusal = filled(
        cast, kind="prohibition", shape="continuous", act=words("open a berth"), limit=None, limit_words=None
    )
    assert refusal.entry["title"] == "Do not open a berth"
    notice = filled(cast, act=words("notify the Council in writing"))
    assert notice.entry["notice"] is True


# Many at once


def test_many_are_accepted_together_where_they_are_sure_and_have_no_limit(cast):
    heading = {"certainty": SURE, "why": "It defines a word."}
    proposals = {
        "main/1": [Proposal("main/1", "none", **heading)],
        "main/2": [Proposal("main/2", "none", **heading)],  # its words have a limit all the same
        "main/6": [Proposal("main/6", "none", certainty=LIKELY, why="It has no words of duty.")],
        "Annex A/1": [Proposal("Annex A/1", "none", **heading)],
        "main/3": [proposal()],
    }
    many = many_of(cast.contract, cast.schedule, proposals, "none")
    assert [one.path for one, _ in many.together] == ["main/1", "Annex A/1"]
    assert [(one.path, why) for one, why in many.apart] == [
        ("main/2", "It has a time limit."),
        ("main/6", "Duly is not sure of it."),
    ]
    assert not many_of(cast.contract, cast.schedule, proposals, "duty").together

    def accept(*paths):
        return decide_many(
            cast.contract,
            cast.schedule,
            cast.as_("priya"),
            NOON,
            proposals=proposals,
            kind="none",
            paths=paths,
        )

    with pytest.raises(
        Refused, match="paths: Paragraph main/6 cannot be accepted with others. Duly is not sure"
    ):
        accept("main/1", "main/6")
    with pytest.raises(Refused, match="paths: Choose the paragraphs"):
        accept()
    rows = accept("Annex A/1", "main/1")
    assert {(row.paragraph.path, row.outcome, row.why) for row in rows} == {
        ("main/1", "none", "It defines a word."),
        ("Annex A/1", "none", "It defines a word."),
    }
    with pytest.raises(Refused, match="decided in between"):
        accept("main/1")


def test_duties_without_a_limit_are_accepted_together(cast):
    duty = proposal(path="Annex A/1", shape="continuous", limit=None, limit_words=None, trigger=None)
    proposals = {"Annex A/1": [duty]}
    rows = decide_many(
        cast.contract,
        cast.schedule,
        cast.as_("ada"),
        NOON,
        proposals=proposals,
        kind="duty",
        paths=["Annex A/1"],
    )
    assert rows[0].outcome == EntryOutcome.ACCEPTED and rows[0].entries[0]["title"] == "Tell the Council"
    unnamed = {
        "main/6": [proposal(path="main/6", shape="continuous", party="", limit=None, limit_words=None)]
    }
    assert many_of(cast.contract, cast.schedule, unnamed, "duty").apart[0][1] == "Choose who owes it."


def test_what_is_proposed_is_read_from_where_it_is_stored(cast):
    document = a_document(cast)
    made = renew(cast.schedule, document)
    found = proposed_by_path(cast.schedule)
    assert set(found) == set(HARBOUR) and sum(map(len, found.values())) == made
    one = found["main/3"][0]
    assert (one.kind, one.party, one.limit.lengths) == ("duty", "supplier", (Period(3, Unit.WORKING_DAYS),))
    assert "main/3" not in {
        at.path for at, _ in many_of(cast.contract, cast.schedule, found, "duty").together
    }


def test_a_schedule_is_looked_at_in_as_many_queries_however_much_was_decided(cast, django_assert_num_queries):
    schedule = cast.schedule
    for path in HARBOUR:
        decided(cast, path, outcome="none", why="It says how.")
    with django_assert_num_queries(6):
        standing = standing_of(cast.contract, schedule)
        assert standing.known and len(standing.counting) == len(HARBOUR)
        assert [made.paragraph.citation for made in standing.counting]
