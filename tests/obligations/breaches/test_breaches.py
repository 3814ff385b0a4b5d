"""Breaches: facts and duties of a report, the table of states, steps, withdrawal, the law's clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from contracts.models import LedgerEntry, Role
from contracts.models.contract import SIDE_OF_ROLE
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from obligations.breaches.limbs import limbs, limbs_of, paragraphs_of
from obligations.breaches.models import Breach, BreachState, BreachStep, Limb
from obligations.breaches.selectors import breach_page
from obligations.breaches.services.allowed import allowed
from obligations.breaches.services.readers import change_readers, open_up
from obligations.breaches.services.report import Twice, report_breach, say_when
from obligations.breaches.services.work import change_state, tick, withdraw, write
from obligations.breaches.states import machine
from obligations.models import Duty, FactRecord
from obligations.rules.register.rulebook import known_rulebooks
from obligations.services.recording.facts import withdraw_on_page
from tests.cast import DMP, NOON, ORDER, PEOPLE, happened, play

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 3, 16)
NINE = datetime(2026, 3, 17, 9, 0, tzinfo=UTC)
WHO = {role: name for name, (_, role) in PEOPLE.items() if role is not None}


@pytest.fixture
def cast():
    return play()


def report(cast, by="priya", **changes) -> Breach:
    given = {
        "what": "Mail sent to the wrong list",
        "outcome": "actual",
        "limb": "loss",
        "noticed": NINE,
        "noticed_by": "The service desk",
        "aware_party": "supplier",
        "happened": MONDAY,
    }
    return report_breach(cast.contract, cast.as_(by), NOON, **given | changes)


def owed(breach: Breach) -> dict[str, Duty]:
    duties = Duty.objects.filter(contract=breach.contract, subject=breach.reference)
    return {duty.obligation.rule_key: duty for duty in duties.select_related("obligation")}


def put_into(cast, state: str) -> Breach:
    """A breach in a state, by the ways of the table."""
    breach = report(cast)
    priya, ada = cast.as_("priya"), cast.as_("ada")
    write(breach, priya, NOON, account="The list was the wrong one.")
    ways = {
        "reported": [],
        "contained": ["contain"],
        "details_first": ["give_details_first"],
        "details_given": ["contain", "give_details"],
        "closed": ["contain", "give_details", "close"],
        "reopened": ["contain", "give_details", "close", "reopen"],
    }
    if state == "withdrawn":
        return withdraw(breach, priya, NOON, reason="A drill")
    for event in ways[state]:
        actor = ada if event == "close" else priya
        change_state(breach, actor, NOON, event=event, when=NOON, reason="Looked at.")
    return breach


def test_a_report_starts_every_clock_at_once(cast):
    breach = report(cast)
    assert breach.reference == "B-2026-001"
    duties = owed(breach)
    assert {"8.1", "8.2.1", "8.2.2", "10.5.2"} <= set(duties)
    assert duties["8.2.2"].due_date == date(2026, 3, 18)
    assert duties["8.2.1"].word == "immediately"
    assert report(cast, what="Another").reference == "B-2026-002"


def test_a_breach_reported_late_gets_its_date_once(cast):
    """Happened on Monday 2 March, noticed on the 3rd, reported on the 17th: due on Wednesday 4 March."""
    breach = report(cast, happened=date(2026, 3, 2), noticed=date(2026, 3, 3))
    duty = owed(breach)["8.2.2"]
    assert (duty.due_date, duty.deadline_version) == (date(2026, 3, 4), 1)
    verbs = LedgerEntry.objects.filter(payload__duty=duty.pk).values_list("verb", flat=True)
    assert list(verbs) == ["duty_raised"]
    write(breach, cast.as_("priya"), NOON, account="All of it.")
    change_state(breach, cast.as_("priya"), NOON, event="give_details_first", when=date(2026, 3, 6))
    assert owed(breach)["8.2.2"].phase == "met_late"


def test_noticed_long_ago_and_of_an_unknown_time_is_late_all_the_same(cast):
    """Noticed on Tuesday 3 March: two Working Days later is Thursday 5 March; reported on the 17th."""
    breach = report(cast, time_known="unknown", happened=None, noticed=date(2026, 3, 3))
    duty = owed(breach)["8.2.2"]
    assert (duty.due_date, duty.flagged) == (date(2026, 3, 5), True)
    assert duty.standing_at(NOON).words == "Overdue"


def test_a_reference_that_facts_use_already_is_not_given_again(cast):
    happened(cast, "breach_of_security_aware", NINE, "B-2026-001")
    assert report(cast).reference == "B-2026-002"


def test_an_attempt_is_not_told_to_the_national_authority_and_a_sustained_one_is(cast):
    assert "10.5.2" not in owed(report(cast, outcome="attempted"))
    assert "10.5.2" in owed(report(cast, outcome="sustained_attempted"))
    assert owed(report(cast, outcome="potential")) == {}


def test_under_order_schedule_9_a_potential_breach_counts():
    breach = report(play(ORDER), outcome="potential")
    assert set(owed(breach)) == {"A-5.1", "A-5.2.1"}


def test_the_same_may_be_reported_anew_after_an_hour_or_once_it_was_withdrawn(cast):
    breach = report(cast)
    with pytest.raises(Twice) as twice:
        report(cast, by="tom")
    assert twice.value.breach == breach
    withdraw(breach, cast.as_("priya"), NOON, reason="Wrong limb")
    anew = report(cast)
    Breach.objects.filter(pk=anew.pk).update(reported_at=NOON - timedelta(hours=1))
    report(cast)


def test_what_is_kept_from_a_colleague_is_not_told_by_a_refusal(cast):
    report(cast, readers=[cast.ada.pk])
    assert report(cast, by="tom").reference == "B-2026-001"


def test_a_title_does_not_turn_the_words_after_it(cast):
    breach = report(cast, what="Sent \u202eback\u202c to me\u200b", noticed_by="Nur\u200c\u200dA")
    assert (breach.what, breach.noticed_by) == ("Sent back to me", "Nur\u200c\u200dA")


def test_the_limbs_are_those_of_the_contracts_schedules(cast):
    report(cast, limb="certification")
    order = play(ORDER, reference="WF-2026-015")
    with pytest.raises(Refused) as refused:
        report(order, limb="certification")
    assert refused.value.field == "limb"
    assert limbs_of([DMP, ORDER]) == limbs_of(["nothing we know"]) == list(Limb)
    assert set(limbs()) == set(known_rulebooks())


def test_the_paragraphs_of_relief_and_cost_are_those_of_the_contracts_schedules():
    assert (paragraphs_of({DMP, ORDER}, "relief"), paragraphs_of({DMP}, "cost")) == ("8.2.1(c)", "8.3, 9.3")
    assert paragraphs_of({ORDER}, "relief") == paragraphs_of(set(), "cost") == ""


@pytest.mark.parametrize(
    ("known", "happened", "due"),
    [
        ("plausible", date(2026, 3, 13), date(2026, 3, 17)),
        ("unknown", None, date(2026, 3, 19)),
        ("known", MONDAY, date(2026, 3, 18)),
    ],
)
def test_details_are_due_from_what_is_known_of_the_time(cast, known, happened, due):
    breach = report(cast, time_known=known, happened=happened)
    duty = owed(breach)["8.2.2"]
    assert (duty.due_date, duty.flagged) == (due, True)


def test_when_it_is_learnt_the_details_are_redated(cast):
    breach = report(cast, time_known="unknown", happened=None)
    assert owed(breach)["8.2.2"].due_date == date(2026, 3, 19)
    say_when(breach, cast.as_("ada"), NOON, happened=MONDAY)
    assert owed(breach)["8.2.2"].due_date == date(2026, 3, 18)
    with pytest.raises(Refused, match="on the record already"):
        say_when(breach, cast.as_("ada"), NOON, happened=MONDAY)


def test_a_day_before_the_calendars_begin_is_no_day_that_it_happened(cast):
    breach = report(cast, time_known="unknown", happened=None)
    with pytest.raises(Refused, match="before 1 January 2012") as refused:
        say_when(breach, cast.as_("priya"), NOON, happened=date(2011, 12, 31))
    assert refused.value.field == "happened"
    say_when(breach, cast.as_("priya"), NOON, happened=date(2012, 1, 1))


def test_the_authority_reports_and_each_aware_party_is_bound(cast):
    breach = report(cast, by="ada", aware_party="both")
    parties = Duty.objects.filter(subject=breach.reference, obligation__rule_key="8.1")
    assert sorted(parties.values_list("party", flat=True)) == ["authority", "supplier"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"happened": date(2026, 3, 18)}, "happened"),
        ({"noticed": NOON + timedelta(minutes=1)}, "noticed"),
        ({"happened": date(2026, 3, 17), "noticed": MONDAY}, "happened"),
        ({"happened": None}, "happened"),
        ({"time_known": "unknown"}, "happened"),
        ({"noticed": date(2025, 3, 31), "happened": date(2025, 3, 31)}, "noticed"),
        ({"noticed": date(1926, 11, 20)}, "noticed"),
        ({"happened": date(2005, 1, 1), "time_known": "plausible"}, "happened"),
        ({"happened": date(2011, 12, 31)}, "happened"),
        ({"what": " "}, "what"),
        ({"what": "\u200b\u200d\u2060"}, "what"),
        ({"noticed_by": "\u200b"}, "noticed_by"),
        ({"what": "x" * 201}, "what"),
        ({"noticed_by": ""}, "noticed_by"),
        ({"outcome": "maybe"}, "outcome"),
        ({"limb": "arm"}, "limb"),
        ({"aware_party": "nobody"}, "aware_party"),
        ({"time_known": "perhaps"}, "time_known"),
    ],
)
def test_a_bad_report_is_refused_and_leaves_nothing(cast, changes, field):
    with pytest.raises(Refused) as refused:
        report(cast, **changes)
    assert refused.value.field == field
    assert not Breach.objects.exists()
    assert not FactRecord.objects.exists()


# The table of states


def test_the_models_states_are_those_of_the_table():
    assert {state.value: state.label for state in BreachState} == {
        one.key: one.label for one in machine().states.values()
    }


MATRIX = {
    ("new", "report"): "lead contributor reviewer assurance_lead",
    **{
        (state, event): "lead contributor reviewer assurance_lead"
        for state in ("reported", "contained", "details_first", "details_given", "reopened")
        for event in ("say_when", "tick", "write")
    },
    **{
        (state, "withdraw"): "lead reviewer"
        for state in ("reported", "contained", "details_first", "details_given", "reopened")
    },
    **{
        (state, event): "reviewer assurance_lead"
        for state in ("reported", "contained", "details_first", "details_given", "reopened")
        for event in ("require_cause", "ask_details", "require_action")
    },
    **{
        (state, "take_action"): "lead contributor"
        for state in ("reported", "contained", "details_first", "details_given", "reopened")
    },
    **{
        (state, event): "lead reviewer assurance_lead"
        for state in BreachState.values
        for event in ("change_list", "open_up")
    },
    ("reported", "contain"): "lead contributor",
    ("reopened", "contain"): "lead contributor",
    ("details_first", "contain_after_details"): "lead contributor",
    ("contained", "give_details"): "lead contributor",
    ("reported", "give_details_first"): "lead contributor",
    ("reopened", "give_details_first"): "lead contributor",
    ("contained", "close"): "reviewer assurance_lead",
    ("details_given", "close"): "reviewer assurance_lead",
    ("closed", "ask_report"): "lead contributor board_member reviewer assurance_lead",
    ("closed", "reopen"): "lead reviewer assurance_lead",
}
"""Written out apart from the data: state and event to the roles that may."""


@pytest.mark.parametrize("role", list(Role), ids=str)
def test_every_state_event_and_role(cast, role):
    person = cast.people[WHO[role]]
    actor = Actor.of(person, SIDE_OF_ROLE[role])
    for state in ["new", *BreachState.values]:
        breach = Breach(contract=cast.contract, state=state, reference="B-2026-001")
        for event in machine().events:
            may = str(role) in MATRIX.get((state, event), "").split()
            if may:
                assert allowed(breach, event, actor, NOON) == person
            else:
                with pytest.raises(Refused) as refused:
                    allowed(breach, event, actor, NOON)
                assert len(refused.value.message) > 20, (state, event)


@pytest.mark.parametrize("state", BreachState.values)
def test_every_change_that_is_not_in_the_table_is_refused_and_changes_nothing(cast, state):
    breach = put_into(cast, state)
    assert breach.state == state
    entries, facts = LedgerEntry.objects.count(), FactRecord.objects.filter(withdrawn_at=None).count()
    moves = ("contain", "contain_after_details", "give_details", "give_details_first", "close", "reopen")
    for event in moves:
        if (state, event) in MATRIX:
            continue
        for name in ("priya", "ada"):
            with pytest.raises(Refused):
                change_state(breach, cast.as_(name), NOON, event=event, when=NOON, reason="So.")
    breach.refresh_from_db()
    assert breach.state == state
    assert LedgerEntry.objects.count() == entries
    assert FactRecord.objects.filter(withdrawn_at=None).count() == facts


def test_what_is_contained_is_closed_only_where_nothing_asks_for_details(cast):
    breach = put_into(cast, "contained")
    with pytest.raises(Refused, match="details are still owed .“Give the Authority full details"):
        change_state(breach, cast.as_("ada"), NOON, event="close", reason="Done.")
    possible = report(cast, outcome="potential")
    change_state(possible, cast.as_("priya"), NOON, event="contain", when=NOON)
    change_state(possible, cast.as_("ada"), NOON, event="close", reason="It did not happen.")
    assert (breach.state, possible.state) == ("contained", "closed")


def test_under_order_schedule_9_details_are_owed_only_where_the_client_asks_for_them():
    cast = play(ORDER)
    ada, priya = cast.as_("ada"), cast.as_("priya")
    asked, unasked = report(cast), report(cast, what="Another")
    for breach in (asked, unasked):
        change_state(breach, priya, NOON, event="contain", when=NOON)
    change_state(asked, ada, NOON, event="ask_details", when=NOON)
    with pytest.raises(Refused, match="details are still owed"):
        change_state(asked, ada, NOON, event="close", reason="Done.")
    change_state(unasked, ada, NOON, event="close", reason="Nobody needs more.")
    write(asked, priya, NOON, account="All of it.")
    change_state(asked, priya, NOON, event="give_details", when=NOON)
    change_state(asked, ada, NOON, event="close", reason="Read.")
    assert asked.state == unasked.state == "closed"


def test_what_makes_one_duty_for_a_breach_is_asked_for_once(cast):
    breach = report(cast)
    ada, priya = cast.as_("ada"), cast.as_("priya")
    change_state(breach, ada, NOON, event="require_cause", when=NINE)
    write(breach, priya, NOON, account="All of it.", root_cause="Haste.")
    change_state(breach, priya, NOON, event="give_details_first", when=NOON)
    with pytest.raises(Refused, match="on the record already: “Give the Authority the root cause"):
        change_state(breach, ada, NOON, event="require_cause", when=NOON)
    assert FactRecord.objects.filter(kind="root_cause_analysis_required").count() == 1


def test_one_party_alone_does_everything(db):
    cast = play(kept_by="supplier")
    breach = report(cast)
    write(breach, cast.as_("priya"), NOON, account="All of it.")
    for event in ("contain", "give_details", "close"):
        change_state(breach, cast.as_("priya"), NOON, event=event, when=NOON, reason="Agreed by letter.")
    assert breach.state == "closed"
    with pytest.raises(Refused, match="Your role, contributor"):
        change_state(breach, cast.as_("tom"), NOON, event="reopen", reason="More came up.")


def test_containing_and_giving_details_meet_their_duties(cast):
    breach = report(cast)
    priya = cast.as_("priya")
    with pytest.raises(Refused, match="Write the account"):
        change_state(breach, priya, NOON, event="give_details_first", when=NOON)
    write(breach, priya, NOON, account="The list was the wrong one.", root_cause="A name like another.")
    change_state(breach, priya, NOON, event="contain", when=NINE)
    change_state(breach, priya, NOON, event="give_details", when=NOON)
    duties = owed(breach)
    assert (duties["8.2.1"].phase, duties["8.2.2"].phase) == ("met", "met")
    assert FactRecord.objects.filter(kind="root_cause_analysis_provided").count() == 1


@pytest.mark.parametrize("when", [NOON + timedelta(minutes=1), date(2026, 3, 15), None])
def test_a_thing_is_not_done_in_the_future_nor_before_it_was_noticed(cast, when):
    breach = report(cast)
    with pytest.raises(Refused) as refused:
        change_state(breach, cast.as_("priya"), NOON, event="contain", when=when)
    assert refused.value.field == "when"


# Steps and texts


def test_a_step_is_ticked_once_with_who_and_when_and_meets_its_duty(cast):
    breach = report(cast)
    tick(breach, cast.as_("tom"), NOON, key="dmp-tell", done=NINE, done_by="Priya")
    assert owed(breach)["8.1"].phase == "met"
    with pytest.raises(Refused, match="ticked off already"):
        tick(breach, cast.as_("tom"), NOON, key="dmp-tell", done=NINE, done_by="Priya")
    tick(breach, cast.as_("tom"), NOON, key="dmp-national", done=NINE, done_by="Tom", note="INC-1")
    assert owed(breach)["10.5.2"].phase == "met"
    assert BreachStep.objects.count() == 2


@pytest.mark.parametrize(
    ("key", "by", "reason"),
    [
        ("dmp-harm", "ada", "This step is the Supplier’s"),
        ("dmp-tell", "ada", "This step is the Supplier’s"),
        ("ico", "priya", "This step is the Authority’s"),
        ("order-tell", "priya", "no such step"),
    ],
)
def test_a_step_of_the_other_side_is_not_ticked(cast, key, by, reason):
    with pytest.raises(Refused, match=reason):
        tick(report(cast), cast.as_(by), NOON, key=key, done=NINE, done_by="Somebody")


def test_the_account_is_the_suppliers_and_cost_is_either_sides(cast):
    breach = report(cast)
    write(breach, cast.as_("ada"), NOON, cost_bearer="supplier", cost_note="Their default.")
    with pytest.raises(Refused, match="Supplier writes this"):
        write(breach, cast.as_("ada"), NOON, account="What we think")
    with pytest.raises(Refused):
        write(breach, cast.as_("ada"), NOON, cost_bearer="the moon")
    breach.refresh_from_db()
    assert (breach.cost_bearer, breach.account) == ("supplier", "")


# Withdrawing


def test_a_withdrawn_report_takes_its_facts_and_duties_with_it_on_the_record(cast):
    breach = report(cast)
    withdraw(breach, cast.as_("priya"), NOON, reason="It was a drill.")
    assert {duty.phase for duty in owed(breach).values()} == {"withdrawn"}
    facts = FactRecord.objects.filter(subject=breach.reference)
    assert facts.count() == 2
    assert {fact.withdrawn_reason for fact in facts} == {"It was a drill."}
    verbs = set(LedgerEntry.objects.filter(contract=cast.contract).values_list("verb", flat=True))
    assert {"breach_reported", "breach_moved", "fact_withdrawn", "duty_withdrawn"} <= verbs


def test_the_other_sides_report_is_not_withdrawn_nor_one_the_other_side_worked_on(cast):
    breach = report(cast)
    with pytest.raises(Refused, match="who reported this breach"):
        withdraw(breach, cast.as_("ada"), NOON, reason="No.")
    happened(cast, "root_cause_analysis_required", NOON, breach.reference, by="ada")
    with pytest.raises(Refused, match="withdraw those first"):
        withdraw(breach, cast.as_("priya"), NOON, reason="No.")
    with pytest.raises(Refused, match="Say why"):
        withdraw(breach, cast.as_("priya"), NOON, reason=" ")
    breach.refresh_from_db()
    assert breach.state == "reported"


# The law's clocks


def test_the_law_s_clocks_stand_beside_and_are_nobody_s_due_date(cast):
    breach = report(cast)
    ico, processor = breach_page(breach).clocks
    assert (ico.article, ico.party, ico.due_at) == ("33(1)", "authority", None)
    assert (processor.article, processor.party, processor.due_at) == ("33(2)", "supplier", None)
    tick(breach, cast.as_("priya"), NOON, key="dmp-tell", done=NOON, done_by="Priya")
    ico = breach_page(breach).clocks[0]
    assert ico.due_at == NOON + timedelta(hours=72)
    assert ico.due_at not in {duty.due_at for duty in owed(breach).values()}


def test_the_side_that_reported_it_was_aware_then_at_the_latest(cast):
    ico = breach_page(report(cast, by="ada")).clocks[0]
    assert (ico.party, ico.due_at) == ("authority", NOON + timedelta(hours=72))
    assert breach_page(report(cast, by="ada", what="Another", aware_party="both")).clocks[0].begins == NINE


def test_what_only_might_have_happened_is_not_said_to_have_happened(cast):
    says = [one.says for one in breach_page(report(cast, outcome="potential")).line]
    assert "A breach of security may have happened" in says
    assert "A party became aware that a breach of security may have happened" in says
    assert not [one for one in says if one.endswith("one, happened")]


def test_a_withdrawn_breach_waits_for_nothing(cast):
    breach = report(cast)
    tick(breach, cast.as_("tom"), NOON, key="dmp-harm", done=NINE, done_by="Tom")
    withdraw(breach, cast.as_("priya"), NOON, reason="A drill")
    page = breach_page(breach)
    assert [one.step.key for one in page.steps] == ["dmp-harm"]
    assert page.clocks == []


def test_the_time_line_says_who_was_to_know_of_it_and_since_when(cast):
    both = [cast.priya.pk, cast.ada.pk]
    breach = report(cast, readers=both)
    change_readers(breach, cast.as_("ada"), NOON, people=[*both, cast.ben.pk])
    change_readers(breach, cast.as_("ada"), NOON, people=both)
    open_up(breach, cast.as_("ada"), NOON, reason="It was in the news.")
    says = [one.says for one in breach_page(breach).line]
    for line in (
        "Kept to a distribution list: Ada Fairweather, Priya Nair",
        "Distribution list changed: put on Ben Castellan",
        "Distribution list changed: taken off Ben Castellan",
        "Everybody on the contract may know of it: It was in the news.",
    ):
        assert line in says, says


@pytest.mark.parametrize(
    ("controller", "expected"),
    [
        ("authority", [("33(1)", "authority"), ("33(2)", "supplier")]),
        ("supplier", [("33(1)", "supplier")]),
        ("joint", [("33(1)", "supplier"), ("33(1)", "authority")]),
        ("none", []),
    ],
)
def test_who_is_controller_is_a_setting_of_the_contract(db, controller, expected):
    breach = report(play(settings={"controller": controller}))
    page = breach_page(breach)
    assert [(one.article, one.party) for one in page.clocks] == expected
    assert ("ico" in [one.step.key for one in page.steps]) is bool(expected)
    if controller == "supplier":
        assert page.clocks[0].due_at == NINE + timedelta(hours=72)


def test_the_time_line_is_in_order_and_names_who_recorded_it(cast):
    breach = put_into(cast, "closed")
    line = breach_page(breach).line
    assert [one.by for one in line][-1] == "Ada Fairweather"
    assert line[0].says == "A breach of security, or an attempt at one, happened"
    assert line[-1].says == "Closed: Looked at."


def test_a_breach_page_takes_as_many_queries_however_long_its_story(cast, django_assert_num_queries):
    breach = report(cast)
    for key in ("dmp-tell", "dmp-harm", "dmp-national"):
        tick(breach, cast.as_("priya"), NOON, key=key, done=NINE, done_by="Priya")
    with django_assert_num_queries(7):
        breach_page(breach)


def test_a_report_whose_fact_was_withdrawn_by_itself_says_so(cast):
    breach = report(cast)
    assert not breach_page(breach).unfounded
    aware = FactRecord.objects.get(kind="breach_of_security_aware")
    withdraw_on_page(aware, cast.as_("priya"), NOON, reason="Wrong day")
    assert breach_page(breach).unfounded


def test_what_the_authority_asks_for_is_owed_where_the_schedule_speaks_of_it(cast):
    breach = report(cast)
    ada, priya = cast.as_("ada"), cast.as_("priya")
    change_state(breach, ada, NOON, event="require_cause", when=NOON)
    analysis = owed(breach)["8.2.2-root-cause"]
    assert analysis.word == "as soon as reasonably practicable"
    assert analysis.due_date == owed(breach)["8.2.2"].due_date  # it is part of the full details
    assert breach.state == "reported"
    change_state(breach, ada, NOON, event="require_action", when=NOON)
    change_state(breach, priya, NOON, event="take_action", when=NOON)
    assert owed(breach)["8.2.1-action"].phase == "met"
    with pytest.raises(Refused, match="do not know this"):
        change_state(breach, ada, NOON, event="ask_details", when=NOON)


def test_under_order_schedule_9_the_client_asks_for_details_and_for_action():
    cast = play(ORDER)
    breach = report(cast)
    ada, priya = cast.as_("ada"), cast.as_("priya")
    for event in ("ask_details", "require_action"):
        change_state(breach, ada, NOON, event=event, when=NOON)
    assert {"A-5.2.1-d", "A-5.2.1-action"} <= set(owed(breach))
    change_state(breach, priya, NOON, event="take_action", when=NOON)
    assert owed(breach)["A-5.2.1-action"].phase == "met"
