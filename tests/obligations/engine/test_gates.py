"""May it be operated on a day, and why not? By hand (DMP 23, 2.1.1, 5.6, 6.1, Appendix 1; R26, R28)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from contracts.terms.moments import LONDON, last_moment, parse_when
from contracts.terms.settings import ContractSettings
from obligations.rules.engine.contract_book import AdoptedVersion, ContractBook
from obligations.rules.engine.derive import ContractTerms
from obligations.rules.engine.gates import Answer, Gate, gates, kinds_asked, may_operate
from obligations.rules.register.changed_rules import changed_rules
from obligations.rules.register.facts import Fact
from obligations.rules.register.rulebook import Rulebook, load_rulebook, parse_rulebook, version_content
from obligations.rules.register.vocabulary import shipped_vocabulary
from obligations.rules.time.working_days import load_calendar
from tests.support.what_if import DMP, ORDER, duties, fact, variation

OPEN, SHUT, NOT_SHOWN, NOT_IN_FORCE = Answer.OPEN, Answer.SHUT, Answer.NOT_SHOWN, Answer.NOT_IN_FORCE


def issued(at, expires=None, subject="CE", scheme="Cyber Essentials"):
    details = {"expires": expires, "scheme": scheme}
    return fact("certificate_issued", at, subject, **{name: said for name, said in details.items() if said})


APPROVED = fact("security_approval_obtained", "2026-01-05", "Portal")
DECIDED = fact("residual_risk_decision_made", "2026-01-06", "Portal")
PROPOSED = fact("data_processing_proposed", "2026-01-10", "Portal")
CE = issued("2025-04-01", "2026-03-31")


def book_of(
    book=DMP,
    *variations,
    settings: dict[str, Any] | None = None,
    end="2029-04-29",
    version: Rulebook | None = None,
) -> ContractBook:
    terms = ContractTerms(
        start_date=date(2019, 4, 30),
        end_date=date.fromisoformat(end),
        division="england-and-wales",
        commencement_date=None,
        settings=ContractSettings.from_json(settings or {}),
        variations=variations,
    )
    return ContractBook((AdoptedVersion(version or load_rulebook(book)),), terms)


def asked(*facts, as_at, book=DMP, variations=(), **terms) -> dict[str, Gate]:
    one = {book: book_of(book, *variations, **terms)}
    known = kinds_asked(one)
    assert all(fact.kind in known for fact in facts)
    found = gates(one, facts, [], load_calendar("england-and-wales"), last_moment(parse_when(as_at)))
    return {gate.rule.key: gate for gate in found}


def answers(*facts, as_at, **more) -> dict[str, Answer]:
    found = asked(*facts, as_at=as_at, **more)
    return {key: gate.answer for key, gate in found.items() if gate.operation}


def may(*facts, as_at, **more) -> Answer:
    return may_operate(list(asked(*facts, as_at=as_at, **more).values()))


def test_it_may_be_operated_once_everything_that_the_contract_puts_before_it_is_there():
    assert answers(APPROVED, DECIDED, CE, as_at="2026-02-01") == {
        "2.1.1": OPEN,
        "5.6-gate": OPEN,
        "6.1-gate": OPEN,
    }
    assert may(APPROVED, DECIDED, CE, as_at="2026-02-01") is OPEN


@pytest.mark.parametrize(
    ("moment", "answer"),
    [
        ("2026-03-31T23:59:59+01:00", OPEN),
        ("2026-04-01T00:00:00+01:00", SHUT),  # its last day has passed: at that very midnight
    ],
)
def test_it_shuts_at_the_midnight_at_which_the_certificate_lapses(moment, answer):
    assert answers(APPROVED, DECIDED, CE, as_at=moment)["6.1-gate"] is answer
    assert may(APPROVED, DECIDED, CE, as_at=moment) is answer


def test_the_gate_says_what_keeps_it_shut_and_opens_with_the_next_certificate():
    gate = asked(CE, as_at="2026-04-10")["6.1-gate"]
    assert [(one.subject, one.on) for one in gate.shut_by] == [("CE", "certification_ceased")]
    assert (gate.missing, gate.shut_by[0].since) == (True, datetime(2026, 4, 1, tzinfo=LONDON))
    again = issued("2026-04-15", "2027-04-14", "CE 2")
    assert answers(CE, again, as_at="2026-04-14")["6.1-gate"] is SHUT
    assert answers(CE, again, as_at="2026-04-15")["6.1-gate"] is OPEN


@pytest.mark.parametrize(
    ("certificate", "answer"),
    [
        (issued("2025-04-01", "2026-12-31", "ISO", "ISO/IEC 27001"), SHUT),
        (issued("2025-04-01", "2026-12-31", "CE", "cyber essentials"), OPEN),
        (issued("2025-04-01", None, "CE"), OPEN),
    ],
)
def test_it_is_opened_by_scheme(certificate, answer):
    assert answers(certificate, as_at="2026-04-10")["6.1-gate"] is answer


def test_a_lapse_that_was_recorded_late_shut_the_gate_when_it_happened():
    late = fact("certificate_issued", "2025-03-11", "CE", recorded="2026-03-17T09:30:00+00:00",
                scheme="Cyber Essentials", expires="2026-03-10")  # fmt: skip
    [shut] = asked(late, as_at="2026-03-17")["6.1-gate"].shut_by
    assert (shut.since, shut.duty.owed_from.day) == (datetime(2026, 3, 11, tzinfo=LONDON), 17)


def test_without_any_certificate_it_is_shut_though_nobody_proposed_a_use():
    gate = asked(as_at="2026-04-10")["6.1-gate"]
    assert (gate.answer, gate.missing, gate.shut_by) == (SHUT, True, ())


def test_the_authority_may_agree_otherwise():
    agreed = fact("uncertified_use_agreed", "2026-04-02", "Portal", reason="Pilot")
    assert answers(CE, agreed, as_at="2026-04-10")["6.1-gate"] is OPEN
    assert answers(CE, agreed, as_at="2026-04-01")["6.1-gate"] is SHUT


def test_what_nobody_proposed_and_nobody_cleared_is_not_shown():
    found = answers(CE, as_at="2026-02-01")
    assert (found["2.1.1"], found["5.6-gate"]) == (NOT_SHOWN, NOT_SHOWN)
    assert may(CE, as_at="2026-02-01") is NOT_SHOWN


def test_what_was_proposed_and_not_cleared_is_shut_until_it_is():
    assert answers(PROPOSED, CE, as_at="2026-01-10")["2.1.1"] is SHUT
    late = fact("security_approval_obtained", "2026-01-20", "Portal")
    assert answers(PROPOSED, late, CE, as_at="2026-01-19")["2.1.1"] is SHUT
    assert answers(PROPOSED, late, CE, as_at="2026-01-20")["2.1.1"] is OPEN


def test_the_approval_of_one_use_does_not_open_it_for_another():
    other = fact("security_approval_obtained", "2026-01-05", "Reports")
    assert answers(PROPOSED, other, CE, as_at="2026-02-01")["2.1.1"] is SHUT


def test_what_a_variation_switched_off_forbids_nothing_and_counts_before_it():
    """Signed on 9 and 10 March: 5.6 is in force through the 9th."""
    stop = (variation("2026-03-10", "2026-03-09", "main/5"),)
    before = answers(APPROVED, CE, as_at="2026-03-09", variations=stop)
    after = answers(APPROVED, CE, as_at="2026-03-10", variations=stop)
    assert (before["5.6-gate"], after["5.6-gate"]) == (NOT_SHOWN, NOT_IN_FORCE)
    assert may(APPROVED, CE, as_at="2026-03-10", variations=stop) is OPEN


def test_after_the_contract_nothing_stands_before_anything():
    assert set(answers(CE, as_at="2026-05-01", end="2026-04-30").values()) == {NOT_IN_FORCE}


def test_official_sensitive_information_waits_only_where_it_is_handled_or_proposed():
    assert "appendix-1-1.2" not in answers(CE, as_at="2026-02-01")
    handled = {"official_sensitive_handled": True}
    assert answers(CE, as_at="2026-02-01", settings=handled)["appendix-1-1.2"] is NOT_SHOWN
    proposed = fact("official_sensitive_handling_proposed", "2026-01-10", "Portal")
    assert answers(CE, proposed, as_at="2026-02-01")["appendix-1-1.2"] is SHUT
    accepted = fact("residual_risk_accepted", "2026-01-12", "Portal")
    assert answers(CE, proposed, accepted, as_at="2026-02-01")["appendix-1-1.2"] is OPEN


def test_a_gate_before_something_else_stops_no_operation():
    planned = fact("security_test_planned", "2026-01-10", "Test 4")
    gate = asked(planned, APPROVED, DECIDED, CE, as_at="2026-02-01")["7.3"]
    assert (gate.answer, gate.operation) == (SHUT, False)
    assert may(planned, APPROVED, DECIDED, CE, as_at="2026-02-01") is OPEN


def test_a_schedule_that_puts_nothing_before_the_operation_says_so():
    assert may(as_at="2026-02-01", book=ORDER) is NOT_IN_FORCE
    proposed = fact("classified_information_proposed", "2026-01-10", "Portal")
    assert may(proposed, as_at="2026-02-01", book=ORDER) is SHUT


# What rests on another


PLUS = issued("2025-05-01", "2026-06-30", "CE+", "Cyber Essentials Plus")
"""It would run for three months more than the basic one on which it rests, whose last day is 31 March."""


def shut_for(*facts, as_at, **more) -> list[str | None]:
    """What keeps the gate of 6.1 shut."""
    return [duty.subject for duty in asked(*facts, as_at=as_at, **more)["6.1-gate"].shut_by]


@pytest.mark.parametrize(
    ("moment", "answer"), [("2026-03-31T23:59:59+01:00", OPEN), ("2026-04-01T00:00:00+01:00", SHUT)]
)
def test_plus_lapses_with_the_basic_one_and_keeps_no_gate_open(moment, answer):
    assert answers(CE, PLUS, as_at=moment)["6.1-gate"] is answer


def test_plus_does_not_come_back_with_the_next_basic_one_which_opens_the_gate_itself():
    again = issued("2026-04-15", "2027-04-14", "CE 2")
    assert shut_for(CE, PLUS, again, as_at="2026-04-14") == ["CE", "CE+"]
    assert answers(CE, PLUS, again, as_at="2026-04-15")["6.1-gate"] is OPEN
    revoked = fact("certification_ceased", "2026-05-05", "CE 2", scheme="Cyber Essentials")
    assert answers(CE, PLUS, again, revoked, as_at="2026-05-05")["6.1-gate"] is SHUT


def test_plus_without_a_basic_one_in_force_opens_nothing():
    """The basic one ended on 31 March, Plus is issued on 15 April. Where none was recorded Plus stands."""
    late = issued("2026-04-15", "2027-04-14", "CE+ 2", "Cyber Essentials Plus")
    gate = asked(CE, late, as_at="2026-04-15")["6.1-gate"]
    assert (gate.answer, gate.missing, [one.subject for one in gate.shut_by]) == (SHUT, True, ["CE", "CE+ 2"])
    assert answers(CE, late, issued("2026-04-20"), as_at="2026-04-20")["6.1-gate"] is OPEN
    assert answers(late, as_at="2026-04-15")["6.1-gate"] is OPEN


def test_plus_stays_where_the_next_basic_one_follows_without_a_gap():
    again = issued("2026-04-01", "2027-03-31", "CE 2")
    gate = asked(CE, PLUS, again, as_at="2026-06-30")["6.1-gate"]
    assert (gate.answer, gate.shut_by, gate.opened) == (OPEN, (), ())


def test_plus_ends_with_a_basic_one_that_somebody_says_has_ceased():
    revoked = fact("certification_ceased", "2026-02-02", "CE", scheme="Cyber Essentials")
    assert answers(CE, PLUS, revoked, as_at="2026-02-01")["6.1-gate"] is OPEN
    assert answers(CE, PLUS, revoked, as_at="2026-02-02")["6.1-gate"] is SHUT


def test_what_somebody_recorded_of_plus_itself_is_its_end():
    revoked = fact("certification_ceased", "2026-02-02", "CE+", scheme="Cyber Essentials Plus")
    assert answers(CE, PLUS, revoked, as_at="2026-02-02")["6.1-gate"] is OPEN  # the basic one runs
    assert shut_for(CE, PLUS, revoked, as_at="2026-04-10") == ["CE"]


def test_a_version_that_does_not_know_what_rests_on_what_keeps_the_gate_open():
    """A contract of version 2 stays as it is until its people take version 3 over."""
    second = parse_rulebook(version_content(DMP, 2))
    assert answers(CE, PLUS, as_at="2026-04-10", version=second)["6.1-gate"] is OPEN


def test_one_loss_is_told_once_about_the_basic_one():
    """Lapsed on Wednesday 1 April: Thursday 2 April is the second Working Day, before Good Friday."""
    found = [duty for duty in duties(DMP, CE, PLUS, as_at="2026-04-02") if duty.rule_key in ("6.2", "8.1")]
    assert {(duty.rule_key, duty.subject) for duty in found} == {("6.2", "CE"), ("8.1", "CE")}
    assert [str(duty.deadline.due_date) for duty in found if duty.rule_key == "6.2"] == ["2026-04-02"]


def test_where_plus_alone_lapses_the_basic_one_is_what_counts():
    short = issued("2025-05-01", "2026-01-31", "CE+", "Cyber Essentials Plus")
    assert [duty for duty in duties(DMP, CE, short, as_at="2026-02-10") if duty.rule_key == "6.2"] == []
    assert answers(CE, short, as_at="2026-02-10")["6.1-gate"] is OPEN


def test_the_page_of_the_offer_says_what_rests_on_what():
    before, after = parse_rulebook(version_content(DMP, 2)), load_rulebook(DMP)
    told = {one.rule.key: one.what for one in changed_rules(before, after)}
    assert told["6.1-gate"] == [
        "Cyber Essentials Plus counts only while Cyber Essentials is in force, and ends with it."
    ]


# Gates of a contract's own book


def own_gate(*facts, as_at, **rule) -> Gate:
    """The gate of an own book before the opening of a berth, which somebody has to inspect first."""
    header = {"key": "harbour", "title": "Harbour", "version": 1, "dated": "2026-01-01", "scopes": ["main"]}
    gate = {
        "key": "berth",
        "path": "main/6",
        "party": "supplier",
        "title": "Have the berth inspected",
        "summary": "A berth opens once it was inspected.",
        "shape": "gate",
        "on": ["own_opening_proposed"],
        "met_by": ["own_inspected"],
    }
    kinds = [
        {"name": name, "group": "own", "label": label, "side": "either", "subject": "The berth"}
        for name, label in (
            ("own_opening_proposed", "An opening was proposed"),
            ("own_inspected", "Inspected"),
        )
    ]
    known = shipped_vocabulary().only(["certificate_issued"]).with_own({"kind": kinds})
    book = parse_rulebook(
        {"header": header, "files": {"own": {"rule": [gate | rule]}}, "facts": known.as_json()}
    )
    terms = book_of().terms
    one = {"harbour": ContractBook((AdoptedVersion(book),), terms)}
    [found] = gates(one, facts, [], load_calendar("england-and-wales"), last_moment(parse_when(as_at)))
    return found


def own(kind: str, at: str, subject: str) -> Fact:
    return Fact(kind, parse_when(at), parse_when(at), {"subject": subject})


def test_a_gate_of_a_contracts_own_book_stands_before_the_operation_once_its_use_was_proposed():
    assert (own_gate(as_at="2026-02-01").answer, own_gate(as_at="2026-02-01").operation) == (NOT_SHOWN, False)
    proposed = own("own_opening_proposed", "2026-02-02", "Berth 4")
    gate = own_gate(proposed, as_at="2026-02-02")
    assert (gate.answer, gate.operation, may_operate([gate])) == (SHUT, True, SHUT)
    inspected = own("own_inspected", "2026-02-09", "Berth 4")
    assert own_gate(proposed, inspected, as_at="2026-02-08").answer is SHUT
    assert own_gate(proposed, inspected, as_at="2026-02-09").answer is OPEN
    other = own("own_inspected", "2026-02-09", "Berth 5")
    assert own_gate(proposed, other, as_at="2026-02-10").answer is SHUT


def test_a_gate_of_a_contracts_own_book_may_ask_for_a_scheme_and_shut_when_it_lapses():
    iso = {
        "on": ["certification_ceased", "own_opening_proposed"],
        "met_by": ["certificate_issued"],
        "in_place": {"fact": "certificate_issued", "detail": "scheme", "values": ["ISO/IEC 27001"]},
    }
    held = issued("2025-04-01", "2026-03-31", "ISO", "iso/iec 27001")
    proposed = own("own_opening_proposed", "2026-02-02", "Berth 4")
    assert own_gate(CE, proposed, as_at="2026-03-31", **iso).answer is SHUT  # another scheme
    assert own_gate(held, proposed, as_at="2026-03-31", **iso).answer is OPEN
    lapsed = own_gate(held, proposed, as_at="2026-04-01", **iso)
    assert (lapsed.answer, lapsed.missing, [one.subject for one in lapsed.shut_by]) == (SHUT, True, ["ISO"])
    again = issued("2026-04-10", "2027-04-09", "ISO 2", "ISO/IEC 27001")
    assert own_gate(held, proposed, again, as_at="2026-04-10", **iso).answer is OPEN
