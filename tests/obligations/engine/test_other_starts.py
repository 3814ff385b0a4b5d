"""Clocks that do not begin with the cause: what else must have happened, what a limit runs from, and days
that are kept in another document (R10, R12, R23, R44). The book is invented.
"""

from __future__ import annotations

from datetime import date

import pytest

from contracts.terms.moments import end_of_day, last_moment, parse_when
from contracts.terms.settings import ContractSettings
from obligations.rules.engine.derive import ContractTerms, Fact, derive
from obligations.rules.register.rulebook import RulebookError, content_from, parse_rulebook
from obligations.rules.register.vocabulary import Vocabulary
from obligations.rules.time.working_days import load_calendar
from tests.support.what_if import due, of, only, others

CALENDAR = load_calendar("england-and-wales")
HEADER = {"key": "orchard", "version": 1, "title": "Orchard", "dated": "2026", "scopes": ["main"]}


def kind(name, **more):
    subject = {} if more.pop("whole", False) else {"subject": "The tree"}
    return (
        {"name": name, "group": "orchard", "label": name.replace("_", " "), "side": "either"} | subject | more
    )


VOCABULARY = {
    "detail": [
        {"name": "date", "label": "The day", "type": "day"},
        {"name": "duty", "label": "Which", "type": "text"},
        {"name": "occurrence", "label": "Which occurrence", "type": "text"},
        {"name": "citation", "label": "Where", "type": "text"},
    ],
    "kind": [
        kind("duty_done", details=["duty", "occurrence", "citation"]),
        kind("tree_fell"),
        kind("account_asked_for", notice=True),
        kind("account_given"),
        kind("keys_asked_for", notice=True),
        kind("keys_given"),
        kind("lease_ended", whole=True, contract_wide=True, ends_contract=True),
        kind("lease_over", whole=True, contract_wide=True, derived=True, clock="end"),
        kind("plan_sent"),
        kind("day_agreed", details=["date"], required=["date"]),
        kind("plan_answered"),
        kind("ledger_kept"),
    ],
}


def rule(key, **more):
    return {
        "key": key, "path": f"main/{key}", "party": "supplier", "title": key, "summary": key,
        "shape": "event",
    } | more  # fmt: skip


RULES = [
    rule(
        "account", on=["account_asked_for"], runs_from=["tree_fell"], amount=2, unit="working_days",
        word="promptly", met_by=["account_given"],
        readings=[{"name": "from when it was asked for", "rule": "R12", "start": "cause"}],
    ),
    rule("keys", on=["keys_asked_for"], needs=["lease_over"], word="on demand", met_by=["keys_given"]),
    rule("gone", on=["lease_over"], met_by=["keys_given"], once_per="fact"),
    rule("answer", on=["plan_sent"], agreed_date="day_agreed", met_by=["plan_answered"]),
    rule(
        "prune", on=["plan_sent"], agreed_date="day_agreed", word="as soon as possible",
        met_by=["plan_answered"],
    ),
    rule(
        "ledger", on=["ledger_kept"], amount=2, unit="years", qualifier="at_least", until_service_end=True,
        once_per="fact", readings=[{"name": "whichever is the earlier", "rule": "R8", "until": "earlier"}],
    ),
]  # fmt: skip


def book(rules=None):
    return parse_rulebook(
        content_from(HEADER, {"o.toml": {"rule": rules or RULES}}, Vocabulary.from_json(VOCABULARY))
    )


def fact(what, at, subject="Oak", **details):
    about = {"subject": subject} if subject else {}
    return Fact(what, parse_when(at), parse_when(at), about | details)


def duties(*facts, as_at, end=date(2029, 12, 31), **settings):
    terms = ContractTerms(date(2026, 1, 5), end, settings=ContractSettings.from_json(settings))
    return derive(book(), terms, facts, (), CALENDAR, last_moment(parse_when(as_at)))


# What a limit runs from


def test_the_clock_runs_from_what_the_rule_names_and_not_from_the_request():
    """Thursday 12 March: Working Day 1 is Friday the 13th, Working Day 2 Monday the 16th."""
    found = duties(
        fact("tree_fell", "2026-03-12T09:00:00+00:00"),
        fact("account_asked_for", "2026-03-13"),
        as_at="2026-03-13",
    )
    duty = only(found, "account")
    assert (due(duty), duty.state, duty.on) == ("2026-03-16", "owed_now", "account_asked_for")
    assert others(duty) == {"from when it was asked for": "2026-03-17"}


def test_asked_for_after_the_limit_it_is_due_at_once():
    """R10: two Working Days from 12 March had gone by the 18th, when it was first owed."""
    tree, asked = fact("tree_fell", "2026-03-12T09:00:00+00:00"), fact("account_asked_for", "2026-03-18")
    duty = only(duties(tree, asked, as_at="2026-03-18"), "account")
    assert (due(duty), duty.deadline.literal_limit) == ("2026-03-18", date(2026, 3, 16))
    assert only(duties(tree, asked, as_at="2026-03-19"), "account").state == "overdue"


def test_where_what_it_runs_from_is_not_known_it_runs_from_the_request():
    duty = only(duties(fact("account_asked_for", "2026-03-12"), as_at="2026-03-12"), "account")
    assert due(duty) == "2026-03-16"
    other_tree = fact("tree_fell", "2026-03-02", "Elm")
    assert (
        due(only(duties(other_tree, fact("account_asked_for", "2026-03-12"), as_at="2026-03-12"), "account"))
        == "2026-03-16"
    )


def test_what_it_runs_from_makes_no_duty_by_itself():
    assert of(duties(fact("tree_fell", "2026-03-12"), as_at="2026-03-20"), "account") == []


def test_the_reading_from_the_request_may_be_chosen():
    settings = {"readings": {"account": "from when it was asked for"}}
    found = duties(
        fact("tree_fell", "2026-03-12"),
        fact("account_asked_for", "2026-03-18"),
        as_at="2026-03-18",
        **settings,
    )
    assert due(only(found, "account")) == "2026-03-20"


# What else must have happened, and the end of the contract


def test_nothing_is_owed_until_all_that_is_needed_has_happened():
    asked = fact("keys_asked_for", "2026-03-12")
    assert of(duties(asked, as_at="2026-06-01"), "keys") == []
    over = fact("lease_ended", "2026-06-10", None)
    duty = only(duties(asked, over, as_at="2026-06-10"), "keys")
    assert (duty.state, duty.word, duty.owed_from.date()) == ("owed_now", "on demand", date(2026, 6, 10))
    afterwards = only(duties(fact("keys_asked_for", "2026-06-15"), over, as_at="2026-06-15"), "keys")
    assert afterwards.owed_from.date() == date(2026, 6, 15)


@pytest.mark.parametrize(
    ("as_at", "there"), [("2026-06-30T23:59:59+01:00", 0), ("2026-07-01T00:00:00+01:00", 1)]
)
def test_a_contract_that_runs_out_has_ended_when_its_last_day_is_over(as_at, there):
    """Its last day is 30 June 2026; it is over at 00:00 of 1 July."""
    found = duties(fact("keys_asked_for", "2026-03-12"), as_at=as_at, end=date(2026, 6, 30))
    assert len(of(found, "keys")) == len(of(found, "gone")) == there


def test_the_end_is_one_whether_it_ran_out_or_was_ended():
    over = fact("lease_ended", "2026-06-10", None)
    found = duties(over, as_at="2027-01-01", end=date(2026, 6, 30))
    assert [duty.owed_from.date() for duty in of(found, "gone")] == [date(2026, 6, 10)]
    assert of(duties(as_at="2027-01-01", end=None), "gone") == []


# A day in another document


def test_without_its_day_a_duty_is_open_and_has_no_date():
    duty = only(duties(fact("plan_sent", "2026-03-12"), as_at="2026-05-01"), "answer")
    assert (duty.state, due(duty)) == ("open", None)
    worded = only(duties(fact("plan_sent", "2026-03-12"), as_at="2026-05-01"), "prune")
    assert (worded.state, worded.word) == ("owed_now", "as soon as possible")


@pytest.mark.parametrize(("as_at", "state"), [("2026-04-10", "open"), ("2026-04-11", "overdue")])
def test_once_entered_the_day_counts(as_at, state):
    facts = fact("plan_sent", "2026-03-12"), fact("day_agreed", "2026-03-20", date="2026-04-10")
    for key in ("answer", "prune"):
        duty = only(duties(*facts, as_at=as_at), key)
        assert (due(duty), duty.state) == ("2026-04-10", state)


def test_a_day_agreed_before_the_duty_began_counts_too():
    facts = fact("day_agreed", "2026-02-20", date="2026-04-10"), fact("plan_sent", "2026-03-12")
    assert due(only(duties(*facts, as_at="2026-03-12"), "answer")) == "2026-04-10"


def test_another_day_agreed_in_time_takes_its_place():
    facts = (
        fact("plan_sent", "2026-03-12"),
        fact("day_agreed", "2026-03-20", date="2026-04-10"),
        fact("day_agreed", "2026-04-10", date="2026-05-08"),
    )
    duty = only(duties(*facts, as_at="2026-04-20"), "answer")
    assert (due(duty), duty.state, duty.deadline.cure_date) == ("2026-05-08", "open", None)


def test_one_agreed_when_the_day_had_passed_cures_and_does_not_undo_the_miss():
    """R23: agreed on 11 April, the day after."""
    facts = (
        fact("plan_sent", "2026-03-12"),
        fact("day_agreed", "2026-03-20", date="2026-04-10"),
        fact("day_agreed", "2026-04-11", date="2026-05-08"),
    )
    duty = only(duties(*facts, as_at="2026-04-20"), "answer")
    assert (due(duty), duty.state, duty.deadline.cure_date) == ("2026-04-10", "overdue", date(2026, 5, 8))


@pytest.mark.parametrize(("moved", "by", "literal"), [
    ("2026-03-27", "2026-03-27", None),
    ("2026-03-26", "2026-03-27", "2026-03-26"),
])  # fmt: skip
def test_a_day_moved_so_near_that_it_had_gone_is_due_at_once(moved, by, literal):
    """R10, R35: moved on 27 March, from 10 April to that very day, or to the day before it."""
    facts = (
        fact("plan_sent", "2026-03-12"),
        fact("day_agreed", "2026-03-20", date="2026-04-10"),
        fact("day_agreed", "2026-03-27", date=moved),
    )
    deadline = only(duties(*facts, as_at="2026-04-20"), "answer").deadline
    gone = str(deadline.literal_limit) if deadline.literal_limit else None
    assert (str(deadline.due_date), gone) == (by, literal)


# Kept until the earlier, or the later


def test_a_retention_names_the_earlier_end_and_keeps_it_where_it_is_chosen():
    """Two years from 12 March 2026: 12 March 2028; the service ends on 30 June 2027 or on 30 June 2029."""
    kept = fact("ledger_kept", "2026-03-12")
    early = {"as_at": "2026-04-01", "end": date(2027, 6, 30)}
    late = {"as_at": "2026-04-01", "end": date(2029, 6, 30)}
    chosen = {"readings": {"ledger": "whichever is the earlier"}}
    name, other = "whichever is the earlier", "whichever is the later"
    for terms, later, earlier in ((early, "2028-03-12", "2027-06-30"), (late, "2029-06-30", "2028-03-12")):
        duty = only(duties(kept, **terms), "ledger")
        assert (due(duty), others(duty)[name]) == (later, earlier)
        duty = only(duties(kept, **terms, **chosen), "ledger")
        assert (due(duty), others(duty)[other]) == (earlier, later)
    unknown = only(duties(kept, as_at="2026-04-01", end=None), "ledger")
    assert (due(unknown), others(unknown)[name]) == ("2028-03-12", "2028-03-12")
    assert unknown.deadline.due_at == end_of_day(date(2028, 3, 12))


# Bad input


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"needs": ["moon_rose"]}, "'moon_rose' is not a kind of fact"),
        ({"shape": "continuous", "needs": ["lease_over"]}, "needs goes with a rule that a fact starts"),
        ({"runs_from": ["tree_fell"]}, "runs_from goes with a limit that a fact starts"),
        ({"agreed_date": "tree_fell"}, "'tree_fell' has no detail 'date' that is a day"),
        ({"agreed_date": "day_agreed", "amount": 2, "unit": "days"}, "without a limit"),
        ({"readings": [{"name": "x", "rule": "R8", "until": "noon"}]}, "until of a reading must be earlier"),
        (
            {"readings": [{"name": "x", "rule": "R8", "until": "earlier", "unit": "days"}]},
            "one of unit, start, until and per",
        ),
    ],
)
def test_what_cannot_be_read_is_named(more, reason):
    with pytest.raises(RulebookError) as caught:
        book([rule("plain", on=["plan_sent"]) | more])
    assert reason in str(caught.value) and "plain" in str(caught.value)
