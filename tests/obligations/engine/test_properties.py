"""What holds whatever happened: order and repetition of facts make no difference, and keys stay the same."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.terms.moments import end_of_day
from obligations.rules.engine.derive import ContractTerms, Fact, SignedVariation, derive
from obligations.rules.register.facts import vocabulary
from obligations.rules.register.rulebook import load_rulebook
from obligations.rules.time.working_days import load_calendar

START = date(2026, 1, 5)
CALENDAR = load_calendar("england-and-wales")
DETAILS = {
    "category": st.sampled_from(["Critical", "Important", "Other"]),
    "ratings": st.just([{"source": "nvd", "value": 5.0}]),
    "rating": st.sampled_from(["Critical", "Low"]),
    "test_plan_followed": st.booleans(),
    "period": st.builds(lambda amount: {"amount": amount, "unit": "days"}, st.integers(1, 60)),
    "expires": st.dates(START, date(2026, 6, 1)).map(date.isoformat),
    "outcome": st.sampled_from(["actual", "attempted", "potential"]),
    "aware_party": st.sampled_from(["supplier", "authority", "both"]),
    "citation": st.sampled_from(["7.1.3", "10.3", "8.1", "Part B/6.4", "Part A/4.4.1"]),
    "software": st.sampled_from(["cots", "bespoke"]),
}


@st.composite
def facts(draw, kinds):
    kind = vocabulary()[draw(st.sampled_from(kinds))]
    day = START + timedelta(days=draw(st.integers(0, 150)))
    at = (
        day
        if not kind.needs_moment
        else datetime(day.year, day.month, day.day, draw(st.integers(0, 23)), tzinfo=UTC)
    )
    details = {
        field.name: draw(DETAILS[field.name])
        for field in kind.details
        if field.name in DETAILS and draw(st.booleans())
    }
    return Fact(kind.name, at, at, {"subject": draw(st.sampled_from(["X", "Y"])), **details})


def book_and_facts(key):
    kinds = sorted(load_rulebook(key).kinds)
    return st.tuples(st.just(key), st.lists(facts(kinds), max_size=12))


CASES = st.one_of(book_and_facts("dmp_schedule_23"), book_and_facts("order_schedule_9"))
TERMS = ContractTerms(
    START,
    date(2028, 1, 4),
    variations=(SignedVariation("001", ("main/5", "main/7"), date(2026, 3, 9), date(2026, 3, 10)),),
)


def ask(key, known, as_at=date(2026, 6, 30)):
    return derive(load_rulebook(key), TERMS, known, (), CALENDAR, end_of_day(as_at))


@settings(max_examples=150, deadline=None)
@given(CASES, st.randoms())
def test_the_order_of_the_facts_makes_no_difference(case, random):
    key, known = case
    shuffled = list(known)
    random.shuffle(shuffled)
    assert ask(key, shuffled) == ask(key, known)


@settings(max_examples=100, deadline=None)
@given(CASES)
def test_the_same_fact_twice_makes_its_duties_once(case):
    key, known = case
    assert ask(key, [*known, *known]) == ask(key, known)


@settings(max_examples=150, deadline=None)
@given(CASES)
def test_a_duty_has_one_identity_and_a_state_that_fits(case):
    found = ask(*case)
    identities = [duty.identity for duty in found]
    assert len(set(identities)) == len(identities)
    for duty in found:
        assert (duty.ended_by is not None) <= (
            duty.state in ("ended", "met", "met_late", "awaiting_decision")
        )
        assert (duty.deadline.due_at is None) == (duty.deadline.due_date is None)
        if duty.state == "overdue":
            assert duty.deadline.due_at is not None
            assert duty.deadline.due_at <= end_of_day(date(2026, 6, 30))
        if duty.state in ("met", "met_late"):
            assert duty.done is not None


@settings(max_examples=100, deadline=None)
@given(CASES, st.integers(0, 120))
def test_what_is_known_later_does_not_change_what_was_owed_before(case, days):
    """As at a day, facts of a later day make no difference."""
    key, known = case
    day = START + timedelta(days=days)
    before = [fact for fact in known if fact.known_at(end_of_day(day))]
    assert ask(key, known, day) == ask(key, before, day)


@settings(max_examples=100, deadline=None)
@given(CASES)
def test_a_slice_of_one_subject_gives_that_subjects_duties(case):
    """The product asks for the subjects a write touched, with all facts of contract-wide kinds."""
    key, known = case
    wide = {name for name, kind in vocabulary().items() if kind.contract_wide}
    part = [fact for fact in known if fact.subject == "X" or fact.kind in wide]

    def about_x(found):
        return [duty for duty in found if duty.subject == "X"]

    assert about_x(ask(key, part)) == about_x(ask(key, known))
