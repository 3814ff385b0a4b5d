"""What goes on after the contract has ended (R37): both sides of the last day."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import date

import pytest

from contracts.terms.moments import last_moment, parse_when
from contracts.terms.settings import ContractSettings
from obligations.rules.engine.derive import ContractTerms, derive
from obligations.rules.register.duty import CONTRACT_END
from obligations.rules.register.rulebook import RulebookError, load_rulebook, parse_rulebook, version_content
from obligations.rules.time.working_days import load_calendar
from tests.support.what_if import DMP, done, due, fact, of, only, others, rules, variation
from tests.support.wording import well_said

SURVIVE = {
    **dict.fromkeys(["11.1.1", "11.1.3", "12.1", "12.3", "6.2.2"], "always"),
    **dict.fromkeys(["8.1", "8.2.1", "8.2.2", "10.5.2"], "breach_before_end"),
    "6.1-gate": "never",
}
CALENDAR = load_calendar("england-and-wales")
ENDED = fact("agreement_terminated", "2026-03-31")


def saying(survive):
    content = copy.deepcopy(version_content(DMP, 1))
    for file in content["files"].values():
        for rule in file.get("rule", ()):
            if rule["key"] in survive:
                rule["survives"] = survive[rule["key"]]
    return parse_rulebook(content)


BOOK, SILENT = saying(SURVIVE), saying({})


def duties(*facts, as_at="2026-06-30", end="2029-04-29", book=BOOK, completions=(), readings=None, **more):
    terms = ContractTerms(
        start_date=date(2019, 4, 30),
        end_date=date.fromisoformat(end) if end else None,
        settings=ContractSettings.from_json({"readings": readings or {}}),
        **more,
    )
    moment = last_moment(parse_when(as_at))
    found = derive(book, terms, facts, completions, CALENDAR, moment, continuous=True)
    well_said(found)
    return found


def patch(at, category="Critical", **more):
    return fact("patch_publicly_released", at, "CVE-1", category=category, **more)


# What begins after the end


@pytest.mark.parametrize(("released", "owed"), [("2026-03-31", 1), ("2026-04-01", 0)])
def test_nothing_new_begins_from_the_day_after(released, owed):
    assert len(of(duties(ENDED, patch(released)), "10.3-critical")) == owed
    assert len(of(duties(patch(released), end="2026-03-31"), "10.3-critical")) == owed


@pytest.mark.parametrize(("last", "lapsed"), [("2026-03-30", True), ("2026-03-31", False)])
def test_a_certificate_that_lapses_after_the_end_is_no_breach(last, lapsed):
    """The last day is the 30th: lapsed at 00:00 of the 31st, the contract's last day."""
    held = fact("certificate_issued", "2025-06-01", "CE", expires=last)
    found = duties(held, ENDED)
    for key in ("6.2", "8.1", "8.2.1", "8.2.2", "10.5.2", "6.1-gate"):
        assert bool(of(found, key)) is lapsed, key


def test_a_lapse_that_somebody_recorded_after_the_end_is_none_either():
    held = fact("certificate_issued", "2025-06-01", "CE", expires="2027-01-01")
    over = fact("certification_ceased", "2026-04-10", "CE")
    assert of(duties(held, over, ENDED), "8.2.2") == []


def test_the_gate_of_words_that_hold_while_the_contract_runs_ends_with_it():
    lapsed = fact("certificate_issued", "2025-06-01", "CE", expires="2026-03-10")
    assert only(duties(lapsed, ENDED, as_at="2026-03-31"), "6.1-gate").state == "owed_now"
    gate = only(duties(lapsed, ENDED, as_at="2026-04-01"), "6.1-gate")
    assert (gate.state, gate.ended_by) == ("ended", CONTRACT_END)


def test_what_the_words_let_survive_begins_after_the_end_as_before_it():
    asked = fact("audit_records_requested", "2026-06-01", "Request 1")
    demanded = fact("data_return_demanded", "2026-06-01", "All data")
    found = duties(asked, demanded, ENDED)
    # 5 days from 1 June, which is left out: 6 June.
    assert (due(only(found, "12.1")), "released" in others(only(found, "12.1"))) == ("2026-06-06", False)
    assert only(found, "11.1.1").state == "owed_now"


def breach(at, aware, **more):
    return (
        fact("breach_of_security_occurred", at, "B-1", recorded=aware, outcome="actual"),
        fact("breach_of_security_aware", aware, "B-1", aware_party="supplier", **more),
    )


def test_a_breach_before_the_end_found_after_it_is_owed_without_a_flag():
    duty = only(duties(*breach("2026-03-30", "2026-05-06"), ENDED), "8.2.2")
    # Two Working Days after 30 March had gone when it was found: due at once (R10).
    assert (due(duty), "released" in others(duty), "R37" in rules(duty)) == ("2026-05-06", False, False)


def test_a_breach_before_the_end_is_owed_whenever_it_is_found_by_every_paragraph():
    """It happened on 30 March, a day before the end; it was found, and an analysis asked for, after that."""
    asked = fact("root_cause_analysis_required", "2026-05-07", "B-1")
    action = fact("client_requires_breach_action", "2026-05-08", "B-1")
    found = duties(*breach("2026-03-30", "2026-05-06"), asked, action, ENDED, book=load_rulebook(DMP))
    for key in ("8.1", "8.2.1", "8.2.1-action", "8.2.2", "8.2.2-root-cause", "10.5.2"):
        duty = only(found, key)
        assert ("released" in others(duty), "R37" in rules(duty)) == (False, False), key


@pytest.mark.parametrize(("happened", "flagged"), [("2026-03-31", False), ("2026-04-01", True)])
def test_a_breach_after_the_end_is_owed_flagged(happened, flagged):
    duty = only(duties(*breach(happened, happened), ENDED), "8.2.2")
    assert ("released" in others(duty)) is flagged


@pytest.mark.parametrize(("plausible", "flagged"), [("2026-03-31", False), ("2026-04-01", True)])
def test_a_breach_whose_time_is_not_known_happened_when_it_plausibly_did(plausible, flagged):
    aware = fact(
        "breach_of_security_aware", "2026-05-06", "B-1", aware_party="supplier", earliest_plausible=plausible
    )
    assert ("released" in others(only(duties(aware, ENDED), "8.2.2"))) is flagged


def test_under_a_book_that_says_nothing_what_begins_after_the_end_is_kept_and_flagged():
    demanded = fact("data_return_demanded", "2026-06-01", "All data")
    found = duties(demanded, patch("2026-04-01"), ENDED, book=SILENT)
    assert set(others(only(found, "11.1.1"))) == {"released"} <= set(others(only(found, "10.3-critical")))


# What had begun


@pytest.mark.parametrize(("released", "day", "flagged"), [
    ("2026-03-24", "2026-03-31", False),
    ("2026-03-25", "2026-04-01", True),
])  # fmt: skip
def test_what_had_begun_and_falls_due_later_stays_flagged(released, day, flagged):
    """Seven days from 24 March end on 31 March, the contract's last day."""
    duty = only(duties(patch(released), ENDED), "10.3-critical")
    assert (due(duty), duty.state, "released" in others(duty)) == (day, "overdue", flagged)


@pytest.mark.parametrize(("as_at", "flagged"), [("2026-03-31", False), ("2026-04-01", True)])
def test_what_is_suspended_outlasts_the_contract_only_once_that_is_over(as_at, flagged):
    harmless = fact("vulnerability_not_exploitable_demonstrated", "2026-03-26", "CVE-1")
    duty = only(duties(patch("2026-03-25"), harmless, ENDED, as_at=as_at), "10.3-critical")
    assert (duty.state, "released" in others(duty)) == ("suspended", flagged)


def test_the_other_reading_releases_it_from_the_day_after_the_end():
    found = duties(patch("2026-03-25"), ENDED, readings={"10.3-critical": "released"})
    duty = only(found, "10.3-critical")
    assert (duty.state, duty.ended_by, due(duty)) == ("ended", CONTRACT_END, "2026-04-01")
    assert others(duty)["accrued before the end"] == "2026-04-01"


def test_the_other_reading_releases_nothing_before_the_end():
    found = duties(
        patch("2026-03-25"), as_at="2026-03-31", end="2026-03-31", readings={"10.3-critical": "released"}
    )
    assert only(found, "10.3-critical").state == "open"


def test_what_was_done_before_the_end_is_met_and_what_is_done_later_still_counts():
    applied = fact("patch_applied", "2026-03-30", "CVE-1")
    duty = only(duties(patch("2026-03-25"), applied, ENDED), "10.3-critical")
    assert (duty.state, "released" in others(duty)) == ("met", False)
    applied = fact("patch_applied", "2026-04-02", "CVE-1")
    assert only(duties(patch("2026-03-25"), applied, ENDED), "10.3-critical").state == "met_late"


def test_a_variation_that_ended_it_first_is_what_ended_it():
    off = variation("2026-03-20", "2026-03-20", "main/6")
    lapsed = fact("certificate_issued", "2025-06-01", "CE", expires="2026-03-10")
    assert only(duties(lapsed, ENDED, variations=(off,)), "6.1-gate").ended_by == "001"


# Recurrences


@pytest.mark.parametrize(("scanned", "next_due"), [("2026-02-28", "2026-03-28"), ("2026-03-01", None)])
def test_an_occurrence_due_after_the_end_does_not_come(scanned, next_due):
    """Monthly: from 28 February the next is due on 28 March, from 1 March on 1 April, after the last day."""
    scan = fact("external_vulnerability_scan_completed", scanned, "scan")
    open_ones = [duty for duty in of(duties(scan, ENDED), "7.1.3") if duty.state == "overdue"]
    assert [due(duty) for duty in open_ones] == ([next_due] if next_due else [])


def test_what_was_done_after_the_end_is_no_occurrence_of_it():
    scans = [
        fact("external_vulnerability_scan_completed", day, "scan") for day in ("2026-03-01", "2026-04-10")
    ]
    assert [due(duty) for duty in of(duties(*scans, ENDED), "7.1.3")][-1] != "2026-05-10"
    assert "2026-04-01" not in [due(duty) for duty in of(duties(*scans, ENDED), "7.1.3")]


def test_what_was_done_early_for_an_occurrence_after_the_end_stays_met():
    scans = [
        fact("external_vulnerability_scan_completed", day, "scan") for day in ("2026-03-05", "2026-03-30")
    ]
    met = [duty for duty in of(duties(*scans, ENDED), "7.1.3") if duty.state == "met"]
    assert due(met[-1]) == "2026-04-05"


# A part of it


def test_a_partial_termination_ends_what_it_names_and_nothing_else():
    part = fact("agreement_partly_terminated", "2026-03-31", paragraphs=["7"])
    scan = fact("external_vulnerability_scan_completed", "2026-03-01", "scan")
    found = duties(part, scan, patch("2026-04-01"))
    assert [duty.state for duty in of(found, "7.1.3") if due(duty) == "2026-04-01"] == []
    assert only(found, "10.3-critical").state == "overdue"


def test_a_partial_termination_names_paragraphs_of_this_rulebook_only():
    part = fact("agreement_partly_terminated", "2026-03-31", paragraphs=["order_schedule_9/main/10"])
    assert only(duties(part, patch("2026-04-01")), "10.3-critical").state == "overdue"
    part = fact("agreement_partly_terminated", "2026-03-31", paragraphs=[f"{DMP}/main/10"])
    assert of(duties(part, patch("2026-04-01")), "10.3-critical") == []


# An end put off


def extended(at, until="2027-03-31", **more):
    return fact("agreement_extended", at, until=until, **more)


def test_an_end_put_off_before_it_came_leaves_no_gap():
    found = duties(extended("2026-03-20"), patch("2026-04-02"), end="2026-03-31", as_at="2026-04-30")
    duty = only(found, "10.3-critical")
    assert (due(duty), duty.state, "R37" in rules(duty)) == ("2026-04-09", "overdue", False)


def test_nothing_between_the_end_and_the_day_it_was_put_off_counts_as_missed():
    """Scanned on 10 March: the next on 10 April, when the contract had ended; put off on 20 April."""
    scan = fact("external_vulnerability_scan_completed", "2026-03-10", "scan")
    told = (extended("2026-04-20"), scan, patch("2026-04-02"))
    found = duties(*told, end="2026-03-31", as_at="2026-04-20")
    again = [duty for duty in of(found, "7.1.3") if duty.state == "open"]
    assert [(due(duty), duty.missed) for duty in again] == [("2026-04-20", 0)]
    assert again[0].deadline.literal_limit == date(2026, 4, 10)
    duty = only(found, "10.3-critical")
    assert (due(duty), duty.state, duty.deadline.literal_limit) == ("2026-04-20", "open", date(2026, 4, 9))


def test_what_falls_due_after_it_was_put_off_has_its_own_date():
    told = (extended("2026-04-20"), patch("2026-04-14"))
    assert due(only(duties(*told, end="2026-03-31", as_at="2026-04-20"), "10.3-critical")) == "2026-04-21"


def test_what_was_missed_before_the_end_stays_missed_when_it_is_put_off():
    told = (extended("2026-04-20"), patch("2026-03-10"))
    duty = only(duties(*told, end="2026-03-31", as_at="2026-04-20"), "10.3-critical")
    assert (due(duty), duty.state) == ("2026-03-17", "overdue")


def test_a_termination_after_it_was_put_off_ends_it_again():
    told = (extended("2026-03-20"), fact("agreement_terminated", "2026-05-31"))
    assert only(duties(*told, patch("2026-05-31"), end="2026-03-31"), "10.3-critical")
    assert of(duties(*told, patch("2026-06-01"), end="2026-03-31"), "10.3-critical") == []


# As data


def test_what_a_rule_may_say_of_it():
    with pytest.raises(
        RulebookError, match="survives 'sometimes' is not one of always, breach_before_end, never"
    ):
        saying({"11.1.1": "sometimes"})
    assert BOOK.by_key["11.1.1"].as_row()["survives"] == "always"
    assert replace(BOOK, rules=()).says_what_survives and not SILENT.says_what_survives


def test_what_holds_all_the_time_ends_with_the_contract():
    book = saying({**SURVIVE, "11.1.2": "always"})
    found = {duty.rule_key: duty.state for duty in duties(ENDED, book=book) if duty.shape == "continuous"}
    assert found["6.1"] == "ended" != found["11.1.2"]


def test_done_after_the_end_by_evidence_closes_what_had_begun():
    proof = done(f"{DMP}/main/10.3", "2026-04-01", "CVE-1", "accepted")
    assert only(duties(patch("2026-03-25"), ENDED, completions=(proof,)), "10.3-critical").state == "met"
