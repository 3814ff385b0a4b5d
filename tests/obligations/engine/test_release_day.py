"""A patch released on a day that nobody knows: to find it is owed, with a careful date beside it (R48).

Days are worked out by hand. 12 March 2026 is a Thursday.
"""

from __future__ import annotations

import json

import pytest

from contracts.terms.moments import last_moment, parse_when
from obligations.rules.engine.scenario import read_scenario
from obligations.rules.notices.stages import Owed, Stage
from obligations.rules.notices.windows import planned
from obligations.rules.register.rulebook import RulebookError, parse_rulebook, version_content
from obligations.rules.time.working_days import load_calendar
from tests.support.what_if import CVE, DMP, due, duties, fact, of, others

FIND = "Find the day on which the patch was released"
RELEASE = "patch_publicly_released"


def identified(at="2026-03-12", **details):
    return fact("vulnerability_identified", at, CVE, **{"category": "Critical"} | details)


def fixed(at="2026-03-12", **details):
    return identified(at, fixed_version="3.0.14", **details)


def patch(*facts, as_at="2026-03-13"):
    """The one duty under 10.3."""
    (found,) = [duty for duty in duties(DMP, *facts, as_at=as_at) if duty.citation == f"{DMP}/main/10.3"]
    return found


def test_to_find_the_day_is_owed_now_with_the_careful_date_beside_it():
    """Seven days after 12 March, the day it was first seen: 19 March. That is no date by which it is due."""
    duty = patch(fixed())
    assert (duty.title, duty.state, duty.rule_key) == (FIND, "owed_now", "10.3-critical")
    told = duty.as_json()
    assert [told[name] for name in ("due_date", "due_at", "literal_limit")] == [None] * 3
    assert told["flagged"]
    assert (told["careful_date"], told["careful_at"]) == ("2026-03-19", "2026-03-19T23:59:59+00:00")
    assert [step["rule"] for step in told["steps"]][:3] == ["R11", "R48", "R48"]


@pytest.mark.parametrize(
    ("facts", "careful"),
    [
        ([fixed(fixed_version_since="2026-03-10")], "2026-03-17"),  # the earliest day that a source gives
        ([fixed(), fact("fixed_version_known", "2026-03-16", CVE, fixed_version="3.0.14",
                        fixed_version_since="2026-03-11")], "2026-03-18"),
        ([identified(), fact("fixed_version_known", "2026-03-16", CVE, fixed_version="3")], "2026-03-23"),
        ([fixed(category="Important")], "2026-04-11"),  # 30 days, a Saturday
        ([fixed(category="Other")], "2026-06-10"),  # 60 Working Days over Easter and two holidays in May
    ],
)  # fmt: skip
def test_the_careful_day_is_the_earliest_that_a_source_gives_else_when_the_version_was_first_seen(
    facts, careful
):
    assert due(patch(*facts, as_at="2026-03-16")) == careful


@pytest.mark.parametrize("as_at", ["2026-03-12", "2026-03-19", "2026-03-20", "2027-03-20"])
def test_nobody_is_ever_late_by_a_careful_date(as_at):
    duty = patch(fixed(), as_at=as_at)
    assert (duty.state, duty.missed_at, due(duty)) == ("owed_now", None, "2026-03-19")


def test_a_careful_day_that_has_gone_when_it_was_identified_asks_at_once_and_is_no_limit_gone():
    """R10 asks at once for what came too late; of a careful day no limit had gone."""
    duty = patch(fixed(fixed_version_since="2026-01-05"))
    assert (due(duty), duty.deadline.literal_limit, duty.state) == ("2026-03-12", None, "owed_now")


@pytest.mark.parametrize(
    ("released", "last", "state"),
    [
        ("2026-03-09", "2026-03-16", "overdue"),  # earlier than the careful day: its limit has passed
        ("2026-03-12", "2026-03-19", "open"),
        ("2026-03-14", "2026-03-21", "open"),  # later than the careful day
    ],
)
def test_the_day_that_is_found_counts_whichever_side_of_the_careful_one_it_lies(released, last, state):
    found = fact(RELEASE, released, CVE, recorded="2026-03-17")
    duty = patch(fixed(), found, as_at="2026-03-18")
    assert (duty.title, duty.as_json()["due_date"], duty.state) == ("Apply Critical patches", last, state)
    assert "careful_date" not in duty.as_json()
    assert patch(fixed(), found, as_at="2026-03-16").title == FIND  # as known before it was found


def test_what_was_applied_had_been_released_and_is_judged_once_the_day_is_found():
    applied = fact("patch_applied", "2026-03-20", CVE)
    assert patch(fixed(), applied, as_at="2026-03-25").state == "met"
    on_the_day = fact(RELEASE, "2026-03-13", CVE, recorded="2026-03-24")
    assert patch(fixed(), applied, on_the_day, as_at="2026-03-25").state == "met"
    earlier = fact(RELEASE, "2026-03-12", CVE, recorded="2026-03-24")
    assert patch(fixed(), applied, earlier, as_at="2026-03-25").state == "met_late"
    before_it_was_found = fact("patch_applied", "2026-03-11", CVE)
    assert patch(fixed(), before_it_was_found, as_at="2026-03-25").state == "met"


def test_not_yet_rated_and_not_exploitable_are_as_with_a_release():
    """R20, R21: the strictest limit until rated; suspended while not exploitable, then careful again."""
    duty = patch(fixed(category=None))
    assert (duty.title, due(duty)) == (f"{FIND} (not yet categorised)", "2026-03-19")
    assert others(duty)["if categorised Important"] == "2026-04-11"
    shown = fact("vulnerability_not_exploitable_demonstrated", "2026-03-14", CVE)
    duty = patch(fixed(), shown, as_at="2026-03-15")
    assert (duty.state, due(duty)) == ("suspended", None)
    again = fact("vulnerability_becomes_exploitable", "2026-03-25", CVE)
    duty = patch(fixed(), shown, again, as_at="2026-03-26")
    assert (duty.state, due(duty)) == ("owed_now", "2026-03-25")


def test_without_a_fix_no_limit_runs_and_that_is_said():
    assert of(duties(DMP, identified(), as_at="2026-03-20"), "10.3-critical") == []
    scenario = {
        "contract": {"start_date": "2019-04-30", "end_date": "2029-04-29"},
        "facts": [
            {"kind": "vulnerability_identified", "at": "2026-03-12", "details": {"subject": CVE}},
            {"kind": "vulnerability_identified", "at": "2026-03-12",
             "details": {"subject": "CVE-2026-0002", "fixed_version": "2"}},
        ],
        "as_at": "2026-03-20",
    }  # fmt: skip
    (waiting,) = read_scenario(DMP, scenario).waiting()
    assert waiting.as_json() == {"rule": "10.3-critical", "subject": CVE, "missing": [RELEASE]}


def test_a_version_of_the_book_before_that_knows_no_day_to_be_found():
    book = parse_rulebook(version_content(DMP, 2))
    assert all(rule.awaited is None for rule in book.rules)
    assert "fixed_version_known" not in book.vocabulary


def owed(now, **said):
    at = last_moment(parse_when("2026-03-19"))
    known = {"phase": "open", "party": "supplier", "word": "", "owed_from": now, "due_at": at, "version": 1}
    return Owed(**known | {"raised_at": now, "changed_at": now, "is_careful": True} | said)


def test_people_are_told_and_reminded_by_the_careful_date_and_never_that_it_is_overdue():
    calendar = load_calendar("england-and-wales")
    now = parse_when("2026-03-09T09:00:00+00:00")
    stages = [one.stage for one in planned(owed(now), calendar, now)]
    assert stages == [Stage.RAISED, Stage.DUE_SOON, Stage.DUE_TODAY]
    firm = [one.stage for one in planned(owed(now, is_careful=False), calendar, now)]
    assert firm == [Stage.DUE_SOON, Stage.DUE_TODAY, Stage.OVERDUE]
    late = parse_when("2026-03-25T09:00:00+00:00")
    assert planned(owed(now), calendar, late) == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"known_by": []}, "must name a kind"),
        ({"known_by": ["patch_applied"]}, "no detail of patch_applied"),
        ({"earliest": "fixed_version"}, "is no day"),
        ({"title": " "}, "title is missing"),
        ({"more": "x"}, "unknown key 'more'"),
    ],
)
def test_a_book_that_says_it_wrong_is_refused(change, says):
    content = json.loads(json.dumps(version_content(DMP, 3)))
    rules = content["files"]["10-vulnerabilities.toml"]["rule"]
    (rule,) = [one for one in rules if one["key"] == "10.3-critical"]
    rule["awaited"] |= change
    with pytest.raises(RulebookError, match=says):
        parse_rulebook(content)
