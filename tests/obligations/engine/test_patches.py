"""Patches: DMP 23 10.3 with its exceptions, 10.6 and 10.7 (R10, R20 to R24)."""

from __future__ import annotations

import pytest

from tests.support.what_if import CVE, DMP, due, duties, fact, of, only, others, rules

RELEASED = "2026-03-12"  # a Thursday


def released(**details):
    return fact("patch_publicly_released", RELEASED, CVE, **details)


def patch(*facts, as_at="2026-12-31", **more):
    """The one patch duty of the vulnerability."""
    found = [duty for duty in duties(DMP, *facts, as_at=as_at, **more) if duty.citation == f"{DMP}/main/10.3"]
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(
    ("category", "key", "day"),
    [
        ("Critical", "10.3-critical", "2026-03-19"),
        ("Important", "10.3-important", "2026-04-11"),
        ("Other", "10.3-other", "2026-06-10"),
    ],
)
def test_each_category_has_its_own_limit(category, key, day):
    duty = patch(released(category=category))
    assert (duty.rule_key, due(duty), duty.deadline.flagged) == (key, day, False)
    assert duty.consequence == "10.7"


@pytest.mark.parametrize(
    ("as_at", "state"),
    [
        ("2026-03-12", "open"),
        ("2026-03-19", "open"),
        ("2026-03-19T23:59:59+00:00", "open"),
        ("2026-03-20T00:00:00+00:00", "overdue"),
        ("2026-03-20", "overdue"),
    ],
)
def test_the_last_day_is_in_time_to_its_last_second(as_at, state):
    assert patch(released(category="Critical"), as_at=as_at).state == state


def test_nothing_is_owed_before_the_release_is_known():
    assert of(duties(DMP, released(category="Critical"), as_at="2026-03-11"), "10.3-critical") == []
    late = fact("patch_publicly_released", RELEASED, CVE, recorded="2026-03-17", category="Critical")
    assert of(duties(DMP, late, as_at="2026-03-16"), "10.3-critical") == []
    assert due(patch(late, as_at="2026-03-17")) == "2026-03-19"


@pytest.mark.parametrize(
    ("source", "value", "day"),
    [
        ("nvd", "High", "2026-03-19"),
        ("nvd", "Critical", "2026-03-19"),
        ("nvd", 7.0, "2026-03-19"),
        ("nvd", 6.9, "2026-04-11"),
        ("nvd", "Medium", "2026-04-11"),
        ("nvd", 4.0, "2026-04-11"),
        ("nvd", 3.9, "2026-06-10"),
        ("nvd", "Low", "2026-06-10"),
        ("microsoft", "Critical", "2026-03-19"),
        ("microsoft", "Important", "2026-04-11"),
        ("microsoft", "Moderate", "2026-06-10"),
        ("microsoft", "Low", "2026-06-10"),
        ("cvss", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "2026-03-19"),
        ("cvss", "AV:L/AC:H/Au:M/C:P/I:N/A:N", "2026-06-10"),
        ("cvss", "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", "2026-03-19"),
    ],
)
def test_ratings_stand_for_categories(source, value, day):
    assert due(patch(released(ratings=[{"source": source, "value": value}]))) == day


def test_where_sources_disagree_the_stricter_counts():
    ratings = [{"source": "nvd", "value": "Medium"}, {"source": "microsoft", "value": "Critical"}]
    duty = patch(released(ratings=ratings))
    assert due(duty) == "2026-03-19"
    words = " ".join(step.text for step in duty.deadline.steps)
    assert "Medium" in words
    assert "Microsoft says Critical" in words


def test_where_sources_disagree_the_laxer_one_is_named_as_a_reading_r12():
    """Released on 12 March 2026: 7 days end on the 19th, 30 days on 11 April, 60 Working Days on 10 June."""
    high = [{"source": "nvd", "value": "High"}]
    said = [*high, {"source": "microsoft", "value": "Important"}]
    assert others(patch(released(ratings=said))) == {"Important, as Microsoft says": "2026-04-11"}
    said = [*high, {"source": "microsoft", "value": "Low"}]
    assert others(patch(released(ratings=said))) == {"Other, as Microsoft says": "2026-06-10"}
    assert others(patch(released(ratings=[*high, {"source": "microsoft", "value": "Critical"}]))) == {}


def test_an_agreed_method_overrides_the_ratings():
    agreed = released(
        category="Important", agreed_method="Scoring method 2", ratings=[{"source": "nvd", "value": 9.8}]
    )
    assert due(patch(agreed)) == "2026-04-11"


def test_a_score_of_nothing_has_no_category_and_no_limit():
    zero = released(ratings=[{"source": "nvd", "value": 0.0}])
    assert not [duty for duty in duties(DMP, zero, as_at="2026-12-31") if duty.citation.endswith("/10.3")]


def test_until_rated_the_critical_date_is_shown_and_flagged():
    duty = patch(released())
    assert due(duty) == "2026-03-19"
    assert others(duty) == {"if categorised Important": "2026-04-11", "if categorised Other": "2026-06-10"}
    assert "not yet categorised" in duty.title


def test_bespoke_code_is_a_flagged_choice():
    duty = patch(released(category="Important", software="bespoke"))
    assert due(duty) == "2026-04-11"
    assert others(duty) == {"if categorised Critical": "2026-03-19", "if categorised Other": "2026-06-10"}


@pytest.mark.parametrize(
    ("rated", "day", "literal"),
    [
        ("2026-03-15", "2026-03-19", None),
        ("2026-03-19", "2026-03-19", None),
        ("2026-03-20", "2026-03-20", "2026-03-19"),
        ("2026-04-11", "2026-04-11", "2026-03-19"),
        ("2026-04-20", "2026-04-11", "2026-03-19"),
    ],
)
def test_a_higher_rating_takes_the_stricter_limit_from_the_same_release(rated, day, literal):
    raised = fact("nvd_rating_published", rated, CVE, rating="Critical")
    duty = patch(released(category="Important"), raised)
    limit = duty.deadline.literal_limit
    assert (duty.rule_key, due(duty), limit and limit.isoformat()) == ("10.3-critical", day, literal)


@pytest.mark.parametrize(
    "details",
    [{"rating": "High"}, {"ratings": [{"source": "NVD", "value": 8.1}]}, {"category": "Critical"}],
)
def test_a_rating_may_be_given_in_several_ways(details):
    raised = fact("nvd_rating_published", "2026-03-14", CVE, **details)
    duty = patch(released(category="Other"), raised)
    assert due(duty) == "2026-03-19"
    assert any("National Vulnerability Database" in step.text for step in duty.deadline.steps)


def test_a_first_rating_of_critical_moves_nothing():
    duty = patch(released(), fact("nvd_rating_published", "2026-04-01", CVE, rating=9.8))
    assert (due(duty), duty.deadline.literal_limit, duty.deadline.flagged) == ("2026-03-19", None, False)


def test_a_lower_rating_waits_for_a_decision():
    lower = fact("nvd_rating_published", "2026-03-16", CVE, rating="Medium")
    higher = fact("nvd_rating_published", "2026-03-13", CVE, rating="High")
    duty = patch(released(), higher, lower)
    assert due(duty) == "2026-03-19"
    assert others(duty) == {"Important, as rated since, if so decided": "2026-04-11"}
    decided = fact(
        "vulnerability_category_decided", "2026-03-17", CVE, category="Important", reason="Reanalysed"
    )
    assert due(patch(released(), higher, lower, decided)) == "2026-04-11"
    again = fact("microsoft_rating_published", "2026-03-18", CVE, rating="Critical")
    assert due(patch(released(), higher, lower, decided, again)) == "2026-03-19"


# A category lowered after the stricter limit had passed. Released on Thursday 12 March 2026: Critical to
# 19 March, Important to 11 April, Other to 10 June.


def lowered(at, category="Important", **more):
    return fact("vulnerability_category_decided", at, CVE, category=category, reason="Reanalysed", **more)


@pytest.mark.parametrize(
    ("at", "key", "day", "cure"),
    [
        ("2026-03-19", "10.3-important", "2026-04-11", None),
        ("2026-03-19T23:59:59+00:00", "10.3-important", "2026-04-11", None),
        ("2026-03-20T00:00:00+00:00", "10.3-critical", "2026-03-19", "2026-04-11"),
        ("2026-03-20", "10.3-critical", "2026-03-19", "2026-04-11"),
    ],
)
def test_a_category_lowered_after_the_limit_had_passed_does_not_undo_the_miss(at, key, day, cure):
    """The old date stands and the new one is the cure date, as for a period agreed too late (R23, R49)."""
    duty = patch(released(category="Critical"), lowered(at), as_at="2026-03-21")
    found = duty.deadline.cure_date
    assert (duty.rule_key, due(duty), found and found.isoformat()) == (key, day, cure)
    assert duty.state == ("overdue" if cure else "open")
    assert others(duty) == ({"retrospective": "2026-04-11"} if cure else {})
    assert {"R20", "R23"} <= set(rules(duty)) if cure else "R23" not in rules(duty)


def test_before_the_decision_was_known_nothing_of_it_is_said():
    duty = patch(released(category="Critical"), lowered("2026-03-23"), as_at="2026-03-22")
    assert (due(duty), duty.deadline.cure_date, duty.state) == ("2026-03-19", None, "overdue")


@pytest.mark.parametrize(("applied", "state"), [("2026-03-19", "met"), ("2026-03-20", "met_late")])
def test_what_was_done_is_judged_by_the_date_that_stands(applied, state):
    done = fact("patch_applied", applied, CVE)
    assert patch(released(category="Critical"), lowered("2026-03-23"), done).state == state


def test_lowered_twice_the_first_miss_stands_and_the_last_limit_is_the_cure_date():
    duty = patch(released(category="Critical"), lowered("2026-03-20"), lowered("2026-03-25", "Other"))
    assert (due(duty), duty.deadline.cure_date.isoformat()) == ("2026-03-19", "2026-06-10")


def test_lowered_in_time_and_then_too_late_the_limit_between_stands():
    duty = patch(released(category="Critical"), lowered("2026-03-18"), lowered("2026-04-12", "Other"))
    assert (duty.rule_key, due(duty)) == ("10.3-important", "2026-04-11")
    assert duty.deadline.cure_date.isoformat() == "2026-06-10"


def test_raised_again_after_that_the_first_miss_stands():
    again = fact("microsoft_rating_published", "2026-03-25", CVE, rating="Critical")
    duty = patch(released(category="Critical"), lowered("2026-03-20"), again)
    assert (duty.rule_key, due(duty), duty.state) == ("10.3-critical", "2026-03-19", "overdue")


@pytest.mark.parametrize("at", ["2026-03-21", "2026-03-23"])
def test_a_period_agreed_in_time_holds_whatever_the_category(at):
    """Ten days from 12 March: to the 22nd, for Important too, so that nothing is moved by lowering it."""
    longer = fact("patch_period_agreed", "2026-03-18", CVE, period={"amount": 10, "unit": "days"})
    duty = patch(released(category="Critical"), longer, lowered(at))
    assert (due(duty), duty.deadline.cure_date) == ("2026-03-22", None)


def test_shown_not_to_be_exploitable_before_the_limit_nothing_was_missed():
    shown = fact("vulnerability_not_exploitable_demonstrated", "2026-03-18", CVE, reason="Not reachable")
    duty = patch(released(category="Critical"), shown, lowered("2026-03-23"))
    assert (duty.rule_key, duty.state) == ("10.3-important", "suspended")


def test_a_method_agreed_after_the_miss_leaves_it_too():
    method = {"agreed_method": "Scoring method 2", "category": "Other"}
    agreed = fact("vulnerability_identified", "2026-03-10", CVE, recorded="2026-03-23", **method)
    duty = patch(released(category="Critical"), agreed)
    assert (duty.rule_key, due(duty)) == ("10.3-critical", "2026-03-19")
    assert duty.deadline.cure_date.isoformat() == "2026-06-10"


def test_suspended_after_it_was_lowered_the_miss_stands_without_a_cure_date():
    shown = fact("vulnerability_not_exploitable_demonstrated", "2026-03-25", CVE, reason="Not reachable")
    duty = patch(released(category="Critical"), lowered("2026-03-23"), shown)
    assert (due(duty), duty.deadline.cure_date, duty.state) == ("2026-03-19", None, "overdue")
    assert "R49" in rules(duty)


def test_a_first_rating_after_the_date_shown_until_then_lowers_nothing():
    """Not yet categorised is no category: the date of the strictest was shown until it was rated (R20)."""
    late = fact("nvd_rating_published", "2026-03-23", CVE, rating="Medium")
    assert (patch(released(), late).rule_key, due(patch(released(), late))) == (
        "10.3-important",
        "2026-04-11",
    )


def test_a_re_release_starts_nothing_anew():
    again = fact("patch_publicly_released", "2026-04-02", CVE, category="Critical")
    assert due(patch(released(category="Critical"), again)) == "2026-03-19"


def test_a_vulnerability_identified_late_is_due_at_once():
    identified = fact("vulnerability_identified", "2026-04-01T09:30:00+01:00", CVE)
    duty = patch(released(category="Critical"), identified, as_at="2026-04-01T09:30:00+01:00")
    assert duty.deadline.due_at.isoformat() == "2026-04-01T09:30:00+01:00"
    assert duty.deadline.literal_limit.isoformat() == "2026-03-19"
    assert duty.state == "open"


# 10.3.1: not exploitable


def suspended(on="2026-03-15"):
    return fact("vulnerability_not_exploitable_demonstrated", on, CVE, reason="Not running")


def exploitable(on):
    return fact("vulnerability_becomes_exploitable", on, CVE)


def test_not_exploitable_suspends_while_it_holds():
    duty = patch(released(category="Critical"), suspended(), as_at="2026-06-01")
    assert (duty.state, due(duty), duty.deadline.due_at) == ("suspended", None, None)


def test_exploitable_again_in_time_runs_the_original_clock():
    duty = patch(released(category="Critical"), suspended(), exploitable("2026-03-17"), as_at="2026-03-18")
    assert (due(duty), duty.state, duty.deadline.literal_limit) == ("2026-03-19", "open", None)
    assert list(others(duty).values()) == ["2026-03-21", "2026-03-24"]


def test_exploitable_again_after_the_limit_is_due_at_once():
    duty = patch(released(category="Critical"), suspended(), exploitable("2026-05-01T08:00:00+01:00"))
    assert duty.deadline.due_at.isoformat() == "2026-05-01T08:00:00+01:00"
    assert duty.deadline.literal_limit.isoformat() == "2026-03-19"
    assert list(others(duty).values()) == ["2026-05-05", "2026-05-08"]


def test_a_limit_missed_before_the_suspension_stays_missed():
    late = [suspended("2026-03-25"), exploitable("2026-05-01")]
    duty = patch(released(category="Critical"), *late)
    assert (due(duty), duty.state, duty.deadline.literal_limit) == ("2026-03-19", "overdue", None)
    meanwhile = patch(released(category="Critical"), late[0], as_at="2026-03-26")
    assert (due(meanwhile), meanwhile.state) == ("2026-03-19", "overdue")
    assert meanwhile.as_json()["missed_at"] == "2026-03-19T23:59:59+00:00"


def test_patched_while_suspended_is_met():
    applied = fact("patch_applied", "2026-04-20", CVE)
    assert patch(released(category="Critical"), suspended(), applied).state == "met"


# 10.3.2: five more days


def harmed(on, **details):
    return fact("patch_adverse_effect_identified", on, CVE, **details)


def test_five_more_days_while_the_test_plan_is_followed():
    duty = patch(
        released(category="Critical"), harmed("2026-03-18", test_plan_followed=True), as_at="2026-03-24"
    )
    assert (due(duty), duty.state) == ("2026-03-24", "open")
    assert list(others(duty).values()) == ["2026-03-26"]
    assert "R7" in rules(duty)


@pytest.mark.parametrize("details", [{}, {"test_plan_followed": False}])
def test_no_more_days_where_the_test_plan_was_not_followed(details):
    duty = patch(released(category="Critical"), harmed("2026-03-18", **details))
    assert (due(duty), "R22" in rules(duty)) == ("2026-03-19", True)


def test_no_more_days_once_the_test_plan_is_departed_from():
    applied = fact("patch_applied", "2026-03-23", CVE, test_plan_followed=False)
    duty = patch(released(category="Critical"), harmed("2026-03-18", test_plan_followed=True), applied)
    assert (due(duty), duty.state) == ("2026-03-19", "met_late")


def test_more_days_only_once():
    twice = [harmed("2026-03-17", test_plan_followed=True), harmed("2026-03-20", test_plan_followed=True)]
    duty = patch(released(category="Critical"), *twice)
    assert due(duty) == "2026-03-24"
    assert others(duty)["extended each time"] == "2026-03-29"


@pytest.mark.parametrize(("category", "day"), [("Important", "2026-04-16"), ("Other", "2026-06-10")])
def test_more_days_for_important_and_not_for_other(category, day):
    assert due(patch(released(category=category), harmed("2026-03-18", test_plan_followed=True))) == day


@pytest.mark.parametrize(
    ("found", "day", "cure"), [("2026-03-19", "2026-03-24", None), ("2026-03-20", "2026-03-19", "2026-03-24")]
)
def test_an_effect_found_after_the_limit_does_not_undo_the_miss(found, day, cure):
    duty = patch(released(category="Critical"), harmed(found, test_plan_followed=True))
    at = duty.deadline.cure_date
    assert (due(duty), at and at.isoformat()) == (day, cure)
    if cure:
        assert others(duty)["retrospective"] == cure


# 10.3.3: another period agreed


def agreed(on, amount, unit="days"):
    return fact("patch_period_agreed", on, CVE, period={"amount": amount, "unit": unit})


def test_the_steps_cite_the_paragraph_that_gives_the_limit_and_the_one_that_changes_it():
    steps = patch(released(category="Critical"), agreed("2026-03-16", 45)).deadline.steps
    cited = [(step.rule, step.citation) for step in steps if step.rule in ("R1", "R23")]
    assert cited == [("R1", f"{DMP}/main/10.3"), ("R23", f"{DMP}/main/10.3.3")]


@pytest.mark.parametrize(
    ("on", "amount", "day", "cure", "literal"),
    [
        ("2026-03-16", 45, "2026-04-26", None, None),
        ("2026-03-19", 45, "2026-04-26", None, None),
        ("2026-03-20", 45, "2026-03-19", "2026-04-26", None),
        ("2026-03-13", 3, "2026-03-15", None, None),
        ("2026-03-17", 3, "2026-03-17", None, "2026-03-15"),
    ],
)
def test_another_period_runs_from_the_same_release(on, amount, day, cure, literal):
    deadline = patch(released(category="Critical"), agreed(on, amount)).deadline
    got = [
        when and when.isoformat() for when in (deadline.due_date, deadline.cure_date, deadline.literal_limit)
    ]
    assert got == [day, cure, literal]


# 10.6


def test_a_date_that_will_be_missed_is_told_at_once():
    """A warning is owed as soon as a date is unlikely to be met (10.6, R24)."""
    unlikely = fact("patch_timescale_unlikely", "2026-03-17T11:00:00+00:00", CVE)
    duty = only(duties(DMP, released(category="Critical"), unlikely, as_at="2026-03-18"), "10.6", CVE)
    assert (duty.state, due(duty), duty.word) == ("owed_now", None, "immediately")
    told = fact("patch_delay_notified", "2026-03-17T12:00:00+00:00", CVE)
    assert only(duties(DMP, unlikely, told, as_at="2026-03-18"), "10.6").state == "met"


@pytest.mark.parametrize(("on", "state"), [("2026-03-19", "met"), ("2026-03-20", "met_late")])
def test_met_by_the_day_the_patch_was_applied(on, state):
    assert patch(released(category="Critical"), fact("patch_applied", on, CVE)).state == state
