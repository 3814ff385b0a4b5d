"""Claims and agreements: what counts only once the other side has said so (R46).

A patch released on Thursday 12 March 2026, Critical: 7 days after, 12 March left out, end on 19 March. Five
more days end on 24 March. A period of 20 days agreed, from the same start, ends on 1 April.
"""

from __future__ import annotations

import io
import json
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from contracts.terms.moments import parse_when
from obligations.rules.engine.claims import claimables
from obligations.rules.register.claims import Claim, ClaimStatus
from obligations.rules.register.kinds import FactError
from obligations.rules.register.rulebook import RulebookError, content_from, load_rulebook, parse_rulebook
from obligations.rules.register.vocabulary import Vocabulary
from tests.support.what_if import DMP

CVE = "CVE-2026-0001"
NOT_EXPLOITABLE = "vulnerability_not_exploitable_demonstrated"
ADVERSE = "patch_adverse_effect_identified"
AGREED = "patch_period_agreed"


def told(kind, at, *, recorded=None, claim=None, decided=None, subject=CVE, **details):
    """A fact of a scenario."""
    row = {"kind": kind, "at": at, "recorded_at": recorded or at, "details": {"subject": subject, **details}}
    if claim is not None:
        row["claim"] = claim
    if decided is not None:
        row["claim_decided_at"] = decided
    return row


def released(category="Critical", **more):
    return told("patch_publicly_released", "2026-03-12", category=category, **more)


def simulated(*facts, as_at):
    contract = {"start_date": "2024-04-01", "end_date": "2030-03-31"}
    stdin = io.StringIO(json.dumps({"contract": contract, "facts": list(facts), "as_at": as_at}))
    out = io.StringIO()
    call_command("simulate", DMP, "--json", stdin=stdin, stdout=out, stderr=io.StringIO())
    return json.loads(out.getvalue())["duties"]


def patch(*facts, as_at, subject=CVE):
    duties = [one for one in simulated(*facts, as_at=as_at) if one["citation"].endswith("/10.3")]
    (found,) = [one for one in duties if one["subject"] == subject]
    return found


def refused(*facts, as_at="2026-03-17"):
    with pytest.raises(CommandError) as caught:
        simulated(*facts, as_at=as_at)
    assert caught.value.returncode == 2
    return str(caught.value)


# Open


def test_without_a_claim_a_fact_is_established():
    duty = patch(released(), told(NOT_EXPLOITABLE, "2026-03-16"), as_at="2026-03-17")
    assert (duty["state"], duty["due_date"], duty["claimed"]) == ("suspended", None, [])


@pytest.mark.parametrize(("as_at", "state"), [("2026-03-19", "open"), ("2026-03-20", "overdue")])
def test_while_it_is_open_the_date_without_it_counts_and_the_other_stands_beside_it(as_at, state):
    duty = patch(released(), told(NOT_EXPLOITABLE, "2026-03-16", claim="open"), as_at=as_at)
    assert (duty["due_date"], duty["state"]) == ("2026-03-19", state)
    (claimed,) = duty["claimed"]
    assert (claimed["due_date"], claimed["state"], claimed["waits_for"]) == (None, "suspended", "authority")
    assert claimed["paragraph"] == f"{DMP}/main/10.3.1"
    assert [step["rule"] for step in duty["steps"]][-1] == "R46"


def test_five_more_days_are_claimed_and_wait():
    claim = told(ADVERSE, "2026-03-18", claim="open", test_plan_followed=True)
    duty = patch(released(), claim, as_at="2026-03-18")
    assert (duty["due_date"], duty["state"]) == ("2026-03-19", "open")
    assert [one["due_date"] for one in duty["claimed"]] == ["2026-03-24"]


def test_another_period_that_the_other_side_has_not_confirmed_waits():
    proposed = told(AGREED, "2026-03-18", claim="open", period={"amount": 20, "unit": "days"})
    duty = patch(released(), proposed, as_at="2026-03-20")
    assert (duty["due_date"], duty["state"]) == ("2026-03-19", "overdue")
    (claimed,) = duty["claimed"]
    assert (claimed["due_date"], claimed["waits_for"], claimed["agreement"]) == (
        "2026-04-01",
        "authority",
        True,
    )


def test_each_of_two_claims_stands_beside_the_date_by_itself():
    duty = patch(
        released(),
        told(ADVERSE, "2026-03-17", claim="open", test_plan_followed=True),
        told(NOT_EXPLOITABLE, "2026-03-18", claim="open"),
        as_at="2026-03-18",
    )
    assert duty["due_date"] == "2026-03-19"
    assert {(one["kind"], one["due_date"]) for one in duty["claimed"]} == {
        (ADVERSE, "2026-03-24"),
        (NOT_EXPLOITABLE, None),
    }


def test_claims_about_several_things_stand_each_beside_its_own_date():
    others = [f"CVE-2026-{number:04}" for number in (1, 2, 3)]
    facts = [released(subject=one) for one in others]
    facts += [
        told(ADVERSE, "2026-03-17", claim="open", test_plan_followed=True, subject=one) for one in others
    ]
    for one in others:
        duty = patch(*facts, as_at="2026-03-18", subject=one)
        assert [claim["due_date"] for claim in duty["claimed"]] == ["2026-03-24"]


def test_what_is_claimed_later_than_the_moment_asked_about_is_not_there_yet():
    claim = told(NOT_EXPLOITABLE, "2026-03-16", recorded="2026-03-18", claim="open")
    assert patch(released(), claim, as_at="2026-03-17")["claimed"] == []
    assert len(patch(released(), claim, as_at="2026-03-18")["claimed"]) == 1


def test_an_agreement_that_opens_a_gate_waits_too():
    # 6.1: data without a certificate, unless the Authority agreed otherwise
    subject = "Learner records"
    facts = [
        told("data_processing_proposed", "2026-03-12", subject=subject),
        told("uncertified_use_agreed", "2026-03-11", subject=subject, claim="open"),
    ]

    def gate(*facts):
        found = simulated(*facts, as_at="2026-03-17")
        [duty] = [one for one in found if one["rule"] == "6.1-gate" and one["subject"] == subject]
        return duty["state"], [(one["state"], one["agreement"]) for one in duty["claimed"]]

    assert gate(*facts) == ("owed_now", [("met", True)])
    facts[1]["claim"] = "accepted"
    assert gate(*facts) == ("met", [])


# Decided


@pytest.mark.parametrize(
    ("recorded", "due_date", "state"),
    [
        ("2026-03-19", None, "suspended"),  # made on the last day, accepted three days after it
        ("2026-03-19T23:59:59+00:00", None, "suspended"),
    ],
)
def test_made_before_the_limit_and_accepted_after_it_is_judged_by_what_was_claimed(recorded, due_date, state):
    claim = told(
        NOT_EXPLOITABLE,
        "2026-03-16",
        recorded=recorded,
        claim="accepted",
        decided="2026-03-22T09:00:00+00:00",
    )
    before = patch(released(), claim, as_at="2026-03-21")
    assert (before["due_date"], before["state"], len(before["claimed"])) == ("2026-03-19", "overdue", 1)
    after = patch(released(), claim, as_at="2026-03-22")
    assert (after["due_date"], after["state"], after["claimed"]) == (due_date, state, [])
    assert any("claimed" in step["text"] and "accepted" in step["text"] for step in after["steps"])


@pytest.mark.parametrize(
    ("recorded", "due_date", "cure"),
    [("2026-03-19", "2026-03-24", None), ("2026-03-20", "2026-03-19", "2026-03-24")],
)
def test_more_time_counts_from_the_day_it_was_claimed_and_undoes_no_miss(recorded, due_date, cure):
    claim = told(
        ADVERSE,
        "2026-03-18",
        recorded=recorded,
        claim="accepted",
        decided="2026-03-21",
        test_plan_followed=True,
    )
    duty = patch(released(), claim, as_at="2026-03-22")
    assert (duty["due_date"], duty.get("cure_date")) == (due_date, cure)
    assert duty["state"] == ("open" if cure is None else "overdue")


def test_an_agreement_counts_from_the_day_it_was_agreed_once_it_is_confirmed():
    # agreed on 18 March, put down by the supplier on the 20th, confirmed on the 23rd: agreed in time
    agreed = told(
        AGREED,
        "2026-03-18",
        recorded="2026-03-20",
        claim="accepted",
        decided="2026-03-23",
        period={"amount": 20, "unit": "days"},
    )
    assert patch(released(), agreed, as_at="2026-03-22")["due_date"] == "2026-03-19"
    duty = patch(released(), agreed, as_at="2026-03-23")
    assert (duty["due_date"], duty["state"]) == ("2026-04-01", "open")


@pytest.mark.parametrize("kind", [NOT_EXPLOITABLE, ADVERSE])
def test_refused_it_moved_nothing(kind):
    claim = told(kind, "2026-03-16", claim="refused", decided="2026-03-18", test_plan_followed=True)
    if kind == NOT_EXPLOITABLE:
        del claim["details"]["test_plan_followed"]
    assert len(patch(released(), claim, as_at="2026-03-17")["claimed"]) == 1
    duty = patch(released(), claim, as_at="2026-03-20")
    assert (duty["due_date"], duty["state"], duty["claimed"]) == ("2026-03-19", "overdue", [])


def test_withdrawn_it_counts_for_nothing():
    claim = Claim(
        ClaimStatus.WITHDRAWN, made_at=date(2026, 3, 16), decided_at=parse_when("2026-03-17T09:00:00Z")
    )
    assert claim.at(parse_when("2026-03-17T08:59:59Z")) is ClaimStatus.OPEN
    assert claim.at(parse_when("2026-03-17T09:00:00Z")) is ClaimStatus.WITHDRAWN


def test_what_becomes_exploitable_again_runs_from_the_release():
    claim = told(NOT_EXPLOITABLE, "2026-03-16", claim="accepted", decided="2026-03-17")
    again = told("vulnerability_becomes_exploitable", "2026-03-24")
    duty = patch(released(), claim, again, as_at="2026-03-24")
    # R21, R10: the original clock, whose 19 March had gone, so it is due at once
    assert (duty["due_date"], duty["literal_limit"]) == ("2026-03-24", "2026-03-19")


@pytest.mark.parametrize(
    ("again", "state"),
    [("2026-03-15", "suspended"), ("2026-03-16", "open"), ("2026-03-17", "open"), ("2026-03-18", "open")],
)
def test_what_had_become_exploitable_before_it_was_claimed_suspends_nothing(again, state):
    # shown on the 16th, claimed on the 17th: what ended on the 16th or later leaves nothing to suspend
    claim = told(NOT_EXPLOITABLE, "2026-03-16", recorded="2026-03-17", claim="accepted")
    duty = patch(released(), claim, told("vulnerability_becomes_exploitable", again), as_at="2026-03-18")
    assert duty["state"] == state


# What is refused


def test_a_word_that_is_no_state_of_a_claim_is_refused():
    said = refused(released(), told(NOT_EXPLOITABLE, "2026-03-16", claim="perhaps"))
    assert said == f"fact 2 ({NOT_EXPLOITABLE}): claim must be one of open, accepted, refused, not 'perhaps'"


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        (
            [told("patch_applied", "2026-03-16", claim="open")],
            "nothing in dmp_schedule_23 makes this a claim",
        ),
        (
            [told(NOT_EXPLOITABLE, "2026-03-16", claim="open", decided="2026-03-17")],
            "claim_decided_at goes with",
        ),
        ([told(NOT_EXPLOITABLE, "2026-03-16", decided="2026-03-17")], "claim_decided_at goes with claim"),
        (
            [told(NOT_EXPLOITABLE, "2026-03-16", claim="accepted", decided="2026-03-15")],
            "claim_decided_at lies before the claim was made",
        ),
        ([told(ADVERSE, "2026-03-16", claim="open")], "test_plan_followed must be true: without it 10.3.2"),
    ],
)
def test_what_is_no_claim_is_refused_at_its_fact(facts, says):
    assert says in refused(released(), *facts)


def by(side, fact):
    return {**fact, "recorded_side": side}


PERIOD = {"amount": 20, "unit": "days"}


@pytest.mark.parametrize("status", ["open", "accepted", "refused"])
@pytest.mark.parametrize(
    "fact",
    [
        told(NOT_EXPLOITABLE, "2026-03-16"),
        told(ADVERSE, "2026-03-16", test_plan_followed=True),
        told(AGREED, "2026-03-16", period=PERIOD),
        told("uncertified_use_agreed", "2026-03-16"),
    ],
)
def test_what_the_side_records_whose_word_it_waits_for_is_no_claim(status, fact):
    """The authority would wait for itself: what it says counts without more."""
    said = refused(released(), by("authority", {**fact, "claim": status}))
    assert "claim: it waits for the authority, and recorded_side says that the authority recorded it" in said
    claimed = by("supplier", {**fact, "claim": status})
    assert simulated(released(), claimed, as_at="2026-03-17")


def test_without_claim_it_counts_whoever_recorded_it():
    for side in ("authority", "supplier"):
        agreed = by(side, told(AGREED, "2026-03-16", period=PERIOD))
        assert patch(released(), agreed, as_at="2026-03-17")["due_date"] == "2026-04-01"


def test_every_kind_that_is_called_an_agreement_can_be_tried_before_it_is_confirmed():
    book = load_rulebook(DMP)
    agreements = {kind.name for kind in book.vocabulary.listed if kind.agreement}
    assert len(agreements) == 4 and agreements <= {one.kind for one in claimables(book) if one.agreement}


def test_a_timetable_that_waits_for_the_authority_dates_nothing_until_it_is_confirmed():
    """7.8: corrective changes by the day agreed; proposed on 12 March for 27 March."""
    found = told("corrective_changes_notified", "2026-03-10", subject="IT health check")
    table = {"date": "2026-03-27", "subject": "IT health check"}

    def dates(**claim):
        agreed = {**told("corrective_timetable_agreed", "2026-03-12", **table), **claim}
        duties = simulated(found, agreed, as_at="2026-03-16")
        return [
            (one["due_date"], [each["due_date"] for each in one["claimed"]])
            for one in duties
            if one["citation"].endswith("/7.8")
        ]

    assert dates() == dates(claim="accepted") == 2 * [("2026-03-27", [])]  # the changes, and the test again
    assert dates(claim="open") == 2 * [(None, ["2026-03-27"])]
    assert dates(claim="refused") == 2 * [(None, [])]


def test_a_claim_on_a_duty_that_the_words_do_not_lengthen_is_refused_with_the_paragraph():
    claim = told(ADVERSE, "2026-03-16", claim="open", test_plan_followed=True)
    said = refused(released("Other"), claim)
    assert "10.3.2 is for “Apply Critical patches”, “Apply Important patches”" in said
    assert "it gives “Apply other patches” no more time" in said
    assert patch(released("Important"), claim, as_at="2026-03-17")["due_date"] == "2026-04-11"


# What is a claim is data


def test_what_the_register_makes_a_claim_or_an_agreement():
    found = {
        (one.kind, one.paragraph, one.by, one.waits_for, one.agreement)
        for one in claimables(load_rulebook(DMP))
    }
    assert {
        (NOT_EXPLOITABLE, "10.3.1", "supplier", "authority", False),
        (ADVERSE, "10.3.2", "supplier", "authority", False),
        (AGREED, "10.3.3", "supplier", "authority", True),
    } <= found


FACTS = {
    "kind": {
        "towpath_flooded": {
            "group": "path",
            "label": "The path was flooded",
            "side": "either",
            "subject": "It",
        },
        "gate_opened": {"group": "path", "label": "The gate was opened", "side": "supplier", "subject": "It"},
        "late_opening_agreed": {
            "group": "path",
            "label": "A later opening was agreed",
            "side": "authority",
            "subject": "It",
            "agreement": True,
        },
        "duty_done": {"group": "any", "label": "Done", "side": "either"},
    }
}
BOOK = {
    "header": {"key": "riverside", "title": "Riverside", "version": 1, "dated": "2026", "scopes": ["main"]},
    "files": {
        "main.toml": {
            "rule": [
                {
                    "key": "1",
                    "path": "main/1",
                    "party": "supplier",
                    "title": "Open the gate",
                    "summary": "The gate is opened.",
                    "shape": "gate",
                    "on": ["towpath_flooded"],
                    "met_by": ["gate_opened", "late_opening_agreed"],
                },
                {
                    "key": "2",
                    "path": "main/2",
                    "party": "supplier",
                    "title": "Relief after a flood",
                    "summary": "Relief.",
                    "shape": "right",
                    "on": ["towpath_flooded"],
                    "claim": True,
                },
            ]
        }
    },
}


def _book():
    content = content_from(BOOK["header"], BOOK["files"], Vocabulary.from_json(FACTS))
    return parse_rulebook(content)


def test_a_right_and_a_kind_may_say_it_of_themselves():
    found = {
        (one.kind, one.paragraph, one.waits_for, one.agreement, one.dates) for one in claimables(_book())
    }
    assert found == {
        ("towpath_flooded", "2", "authority", False, False),
        ("late_opening_agreed", "1", "authority", True, True),
    }


def test_what_may_not_be_a_claim_is_refused_where_it_stands():
    rule = BOOK["files"]["main.toml"]["rule"][0] | {"claim": True}
    files = {"main.toml": {"rule": [rule]}}
    with pytest.raises(RulebookError, match=r"main.toml: 1: claim goes with shape right"):
        parse_rulebook(content_from(BOOK["header"], files, Vocabulary.from_json(FACTS)))
    either = {
        "kind": FACTS["kind"] | {"x": {"group": "a", "label": "b", "side": "either", "agreement": True}}
    }
    with pytest.raises(FactError, match="agreement goes with a side"):
        Vocabulary.from_json(either)
