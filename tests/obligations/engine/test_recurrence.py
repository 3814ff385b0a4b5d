"""What comes back: from the last completion, on the anniversary, and before Duly (R16, R32)."""

from __future__ import annotations

import pytest

from tests.support.what_if import DMP, ORDER, done, due, duties, fact, of, others


def scan(at, subject="scan"):
    return fact("external_vulnerability_scan_completed", at, subject)


def scans(*facts, as_at, **more):
    return of(duties(DMP, *facts, as_at=as_at, start="2026-01-31", end="2028-01-30", **more), "7.1.3")


def seen(found):
    return [(due(duty), duty.state, duty.missed) for duty in found]


def test_before_the_first_it_runs_from_commencement():
    assert seen(scans(as_at="2026-02-01")) == [("2026-02-28", "open", 0)]
    assert seen(scans(as_at="2026-02-01", commencement="2026-02-10")) == [("2026-03-10", "open", 0)]


def test_one_open_occurrence_at_a_time_with_the_periods_missed():
    assert seen(scans(as_at="2026-02-28")) == [("2026-02-28", "open", 0)]
    assert seen(scans(as_at="2026-03-31")) == [("2026-02-28", "overdue", 1)]
    assert seen(scans(as_at="2026-04-01")) == [("2026-02-28", "overdue", 2)]


def test_from_the_last_completion():
    found = scans(scan("2026-02-20"), scan("2026-03-25"), as_at="2026-04-01")
    assert seen(found) == [("2026-02-28", "met", 0), ("2026-03-20", "met_late", 1), ("2026-04-25", "open", 0)]
    assert [duty.subject for duty in found] == [None, "scan", "scan"]
    assert others(found[1]) == {"once each calendar month": "2026-03-31"}


def test_scans_by_any_name_are_one_series():
    found = scans(scan("2026-02-20", "February"), scan("2026-03-18", "March"), as_at="2026-04-01")
    assert [due(duty) for duty in found] == ["2026-02-28", "2026-03-20", "2026-04-18"]


def test_two_completions_on_one_day_are_one():
    twice = (done(f"{DMP}/main/7.1.3", "2026-02-20", None),)
    assert len(scans(scan("2026-02-20"), as_at="2026-03-01", completions=twice)) == 2


def test_nothing_is_due_after_the_contract():
    found = scans(scan("2028-01-10"), as_at="2028-01-15")
    assert [due(duty) for duty in found] == ["2026-02-28"]
    ended = fact("agreement_terminated", "2026-03-15")
    assert seen(scans(scan("2026-02-20"), ended, as_at="2026-04-01")) == [("2026-02-28", "met", 0)]


def test_occurrences_due_before_duly_are_not_overdue():
    found = scans(as_at="2026-07-10", tracked_from="2026-06-15")
    assert [(due(duty), duty.state, duty.before_duly) for duty in found] == [
        ("2026-02-28", "ended", True),
        ("2026-06-30", "overdue", False),
    ]


def test_what_someone_recorded_before_duly_stands():
    found = scans(scan("2026-06-01"), as_at="2026-06-20", tracked_from="2026-06-15")
    assert [(due(d), d.state, d.before_duly) for d in found] == [
        ("2026-02-28", "met_late", False),
        ("2026-07-01", "open", False),
    ]


def test_twelve_months_run_from_the_last_test():
    tested = fact("check_test_completed", "2026-09-15", "check test")
    found = of(duties(DMP, tested, as_at="2027-01-01", start="2026-01-31", end="2029-01-30"), "7.1.2")
    assert [due(duty) for duty in found] == ["2027-01-31", "2027-09-15"]
    assert others(found[1]) == {"once each contract year": "2028-01-30"}


@pytest.mark.parametrize(("given", "by"), [
    ("2026-03-31", "2026-03-31"),
    ("2026-04-01", "2027-03-31"),
    ("2024-03-01", "2025-03-31"),
])  # fmt: skip
def test_what_begins_later_is_owed_once_in_the_contract_year_in_which_it_begins(given, by):
    """Contract years run from 1 April 2024: access given on 31 March 2026 falls in the second, which ends
    that day, on 1 April in the third; before the first year begins, the first counts.
    """
    access = fact("data_access_granted", given, "P-104")
    found = of(duties(ORDER, access, as_at="2026-06-01", start="2024-04-01", end="2030-03-31"), "B-6.4")
    assert others(found[-1])["once each contract year"] == by


# Anniversaries


def letters(*facts, as_at, **more):
    return of(duties(DMP, *facts, as_at=as_at, **more), "7.11")


def letter(at, **more):
    return fact("chief_executive_letter_provided", at, "letter", **more)


def test_each_anniversary_up_to_now_and_the_next():
    assert [due(d) for d in letters(as_at="2021-04-29")] == ["2020-04-30", "2021-04-30"]
    assert [due(d) for d in letters(as_at="2021-04-30")] == ["2020-04-30", "2021-04-30", "2022-04-30"]


def test_no_anniversary_after_the_contract():
    assert [due(d) for d in letters(as_at="2021-06-01", end="2021-04-29")] == ["2020-04-30"]


def test_an_anniversary_of_29_february_falls_on_the_28th():
    found = letters(as_at="2026-01-01", start="2024-02-29", end="2029-02-27")
    assert [due(d) for d in found] == ["2025-02-28", "2026-02-28"]
    assert [others(d) for d in found] == [
        {"on 1 March where there is no 29 February": day} for day in ("2025-03-01", "2026-03-01")
    ]
    (leap, *_) = letters(as_at="2027-03-01", start="2024-02-29", end="2029-02-27")[-1:]
    assert (due(leap), others(leap)) == ("2028-02-29", {})


def test_the_first_of_march_can_be_chosen():
    chosen = {"readings": {"7.11": "on 1 March where there is no 29 February"}}
    found = letters(as_at="2026-01-01", start="2024-02-29", end="2029-02-27", settings=chosen)
    assert [(due(d), others(d)) for d in found] == [
        (day, {"the default reading": other})
        for day, other in (("2025-03-01", "2025-02-28"), ("2026-03-01", "2026-02-28"))
    ]


@pytest.mark.parametrize(
    ("given", "states"),
    [
        ("2020-04-30", ["met", "overdue", "open"]),
        ("2020-04-10", ["met", "overdue", "open"]),
        ("2020-06-01", ["met_late", "overdue", "open"]),
        ("2021-04-28", ["overdue", "met", "open"]),
        ("2021-05-02", ["overdue", "met_late", "open"]),
    ],
)
def test_a_letter_counts_for_the_anniversary_it_was_given_for(given, states):
    assert [duty.state for duty in letters(letter(given), as_at="2021-06-01")] == states


def test_a_letter_that_names_its_anniversary_counts_for_that_one():
    found = letters(letter("2021-05-02", occurrence="2020-04-30"), as_at="2021-06-01")
    assert [duty.state for duty in found] == ["met_late", "overdue", "open"]


def test_anniversaries_before_duly():
    found = letters(as_at="2021-06-01", tracked_from="2021-01-01")
    assert [(duty.state, duty.before_duly) for duty in found] == [
        ("ended", True),
        ("overdue", False),
        ("open", False),
    ]


def test_a_scan_on_the_day_the_series_begins_changes_nothing():
    assert seen(scans(scan("2026-01-31"), as_at="2026-02-01")) == [("2026-02-28", "open", 0)]


def test_an_occurrence_due_on_the_very_day_may_be_read_as_released():
    from tests.support.what_if import variation

    last, stop = scan("2026-02-10"), variation("2026-03-10", "2026-03-09")
    owed = scans(last, as_at="2026-03-31", variations=(stop,))[-1]
    assert (due(owed), owed.state, others(owed)["released"]) == ("2026-03-10", "overdue", None)
    chosen = {"readings": {"7.1.3": "released"}}
    ended = scans(last, as_at="2026-03-31", variations=(stop,), settings=chosen)[-1]
    assert (ended.state, ended.ended_by, others(ended)["still owed"]) == ("ended", "001", "2026-03-10")


def test_what_is_said_to_be_done_starts_the_next_occurrence_and_is_its_cause():
    """A duty_done naming the paragraph starts the next month, as a scan does (R16)."""
    said = fact("duty_done", "2026-02-20", "scan", citation="7.1.3")
    met, following = scans(said, as_at="2026-03-01")
    assert (met.state, met.on, met.cause_fact) == ("met", None, None)
    assert (due(following), following.on, following.cause_fact) == ("2026-03-20", "duty_done", said.source)


def test_the_default_is_named_where_another_reading_was_chosen():
    (chosen,) = scans(as_at="2026-02-01", settings={"readings": {"7.1.3": "once each calendar month"}})
    assert others(chosen) == {"from the last completion": "2026-02-28"}
