"""``simulate`` and ``export_register``: JSON in, JSON out, one line for bad input."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import CommandError, call_command

from obligations.management.commands import simulate as command
from obligations.rules.register.rulebook import load_rulebook
from obligations.rules.time.working_days import shipped_lists

SCENARIO = """
    {"contract": {"start_date": "2019-04-30", "end_date": "2027-04-29", "division": "england-and-wales", "settings": {}},
     "variations": [{"number": "001", "not_used": ["5", "7"], "supplier_signed": "2026-03-09", "authority_signed": "2026-03-10"}],
     "facts": [{"kind": "external_vulnerability_scan_completed", "at": "2026-02-20", "details": {"subject": "scan"}},
               {"kind": "patch_publicly_released", "at": "2026-03-12", "details": {"subject": "CVE-2026-0001", "category": "Critical"}},
               {"kind": "breach_of_security_occurred", "at": "2026-03-12T10:00:00+00:00", "recorded_at": "2026-03-17T14:00:00+00:00", "details": {"subject": "B-1"}},
               {"kind": "breach_of_security_aware", "at": "2026-03-17T14:00:00+00:00", "details": {"subject": "B-1"}}],
     "as_at": "2026-03-17"}
"""  # noqa: E501

EXPECTED = [
    {
        "citation": "dmp_schedule_23/main/7.1.3",
        "subject": "scan",
        "party": "supplier",
        "on": "external_vulnerability_scan_completed",
        "due_date": "2026-03-20",
        "due_at": "2026-03-20T23:59:59+00:00",
        "literal_limit": None,
        "word": None,
        "state": "ended",
        "flagged": True,
        "readings": [{"reading": "once each calendar month", "due_date": "2026-03-31"}],
        "ended_by": "001",
    },
    {
        "citation": "dmp_schedule_23/main/10.3",
        "subject": "CVE-2026-0001",
        "due_date": "2026-03-19",
        "due_at": "2026-03-19T23:59:59+00:00",
        "state": "open",
        "flagged": False,
        "readings": [],
        "ended_by": None,
    },
    {
        "citation": "dmp_schedule_23/main/8.2.2",
        "subject": "B-1",
        "due_date": "2026-03-17",
        "due_at": "2026-03-17T14:00:00+00:00",
        "literal_limit": "2026-03-16",
        "word": "as soon as reasonably practicable",
        "state": "overdue",
        "flagged": True,
        "readings": [{"reading": "from awareness", "due_date": "2026-03-19"}],
        "ended_by": None,
    },
    {
        "citation": "dmp_schedule_23/main/10.5.2",
        "subject": "B-1",
        "due_date": None,
        "due_at": None,
        "word": "promptly",
        "state": "owed_now",
        "flagged": False,
        "readings": [],
        "ended_by": None,
    },
]


@pytest.fixture(autouse=True)
def shipped_holidays(monkeypatch):
    """No database is asked; what is said where none answers is in ``test_command_line``."""
    monkeypatch.setattr(command, "in_use", lambda: (shipped_lists(), ""))


def simulate(scenario, book="dmp_schedule_23", **options):
    """What the command prints: (standard output, standard error)."""
    out, err = io.StringIO(), io.StringIO()
    text = scenario if isinstance(scenario, str) else json.dumps(scenario)
    call_command("simulate", book, stdin=io.StringIO(text), stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


def scenario(*facts, as_at="2026-03-17", **more):
    contract = {"start_date": "2019-04-30", "end_date": "2027-04-29", **more.pop("contract", {})}
    return {"contract": contract, "facts": list(facts), "as_at": as_at, **more}


def test_the_published_example_comes_out_to_the_letter():
    out, err = simulate(SCENARIO, json=True)
    assert err == ""
    found = json.loads(out)
    assert list(found) == ["rulebook", "edition", "duties"]
    assert found["rulebook"] == load_rulebook("dmp_schedule_23").as_json()
    by_cause = {(duty["citation"], duty["subject"]): duty for duty in found["duties"]}
    assert len([d for d in found["duties"] if d["subject"] is not None]) == 6  # 8.1 and 8.2.1 besides
    for expected in EXPECTED:
        duty = by_cause[expected["citation"], expected["subject"]]
        assert {key: duty[key] for key in expected} == expected
        assert duty["steps"]
        assert all(set(step) >= {"rule", "text"} for step in duty["steps"])


def test_people_get_text():
    out, _ = simulate(SCENARIO)
    assert "dmp_schedule_23/main/10.3 [CVE-2026-0001]: Apply Critical patches" in out
    assert "another reading (from awareness, R25): 2026-03-19" in out
    assert "not legal advice" in out


def test_continuous_duties_only_when_asked_for():
    few, _ = simulate(scenario(), json=True)
    many, _ = simulate(scenario(), json=True, all=True)
    assert not [d for d in json.loads(few)["duties"] if d["shape"] == "continuous"]
    assert [d for d in json.loads(many)["duties"] if d["shape"] == "continuous"]


def test_what_is_not_used_is_said_on_standard_error():
    details = {"subject": "CVE", "colour": "red"}
    out, err = simulate(
        scenario({"kind": "patch_applied", "at": "2026-03-12", "details": details}), json=True
    )
    assert "'colour' is not used and was ignored" in err
    assert "duties" in json.loads(out)


def test_settings_hold_the_commencement_date_and_when_duly_began():
    contract = {"settings": {"commencement_date": "2019-06-01", "tracked_from": "2026-01-01"}}
    out, _ = simulate(scenario(as_at="2026-03-17", contract=contract), json=True)
    letters = [d for d in json.loads(out)["duties"] if d["rule"] == "7.11"]
    assert letters[0]["due_date"] == "2020-06-01"
    assert {d["state"] for d in letters} == {"ended", "open"}
    assert all(d["before_duly"] for d in letters[:-1])


def test_a_time_without_an_offset_is_london_time_and_flagged_in_the_repeated_hour():
    alert = {
        "kind": "protective_monitoring_alert_raised",
        "at": "2026-10-25T01:30:00",
        "details": {"subject": "A"},
    }
    out, _ = simulate(scenario(alert, as_at="2026-10-26"), json=True)
    duty = next(d for d in json.loads(out)["duties"] if d["subject"] == "A")
    assert duty["due_at"] == "2026-10-26T00:30:00+00:00"
    assert {reading.get("due_at") for reading in duty["readings"]} >= {"2026-10-26T01:30:00+00:00"}


def fact(kind="patch_publicly_released", at="2026-03-12", **more):
    return {"kind": kind, "at": at, **more}


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("{", "line 1 column 2"),
        ("[]", "the scenario must be an object"),
        (scenario(fact("patch_publicly_relased")), "did you mean patch_publicly_released"),
        (scenario(fact("protective_monitoring_alert_raised")), "needs a time of day"),
        (scenario(fact(at="12/03/2026")), "fact 1 (patch_publicly_released): at: '12/03/2026'"),
        (scenario({"kind": "patch_applied"}), "at is missing"),
        (scenario({"at": "2026-03-12"}), "fact 1: kind is missing"),
        (scenario(fact(details={"category": "High"})), "category must be one of Critical, Important, Other"),
        (scenario(fact(details={"ratings": [{"source": "nvd", "value": "Huge"}]})), "ratings cannot be read"),
        (
            scenario(fact(details={"ratings": [{"source": "cve", "value": "High"}]})),
            "must each name a source",
        ),
        (
            scenario(fact("patch_period_agreed", details={"period": {"amount": 4, "unit": "moons"}})),
            "must be a period",
        ),
        (
            scenario(fact("patch_period_agreed", details={"period": {"amount": 0, "unit": "days"}})),
            "must be a period",
        ),
        (
            scenario(fact("certificate_issued", details={"scheme": ["Cyber Essentials"]})),
            "scheme must be text",
        ),
        (
            scenario(fact(details={"subject": "\u200b\u2060"})),
            "fact 1 (patch_publicly_released): subject has no",
        ),
        (scenario(contract={"end_date": "2019-04-29"}), "end_date, 2019-04-29, lies before start_date"),
        (scenario(fact("certificate_issued", details={"expires": "soon"})), "expires must be a day"),
        (scenario(fact(at="2026-03-29T01:30:00")), "clocks go forward"),
        (scenario(contract={"start_date": None}), "start_date is missing"),
        (scenario(contract={"start_date": "2019-04-30T10:00:00+00:00"}), "start_date must be a day"),
        (scenario(contract={"division": "wales"}), "division 'wales'"),
        (scenario(contract={"settings": {"bank": 1}}), "unknown contract setting 'bank'"),
        (scenario(contract={"settings": {"notice_cutoff": "teatime"}}), "notice_cutoff"),
        (scenario(as_at=None), "as_at is missing"),
        (scenario(variations=[{"not_used": ["5"]}]), "variation 1: number is missing"),
        (scenario(variations=[{"number": "1", "not_used": "5"}]), "not_used must be a list"),
    ],
)
def test_bad_input_is_one_line(bad, reason):
    with pytest.raises(CommandError) as caught:
        simulate(bad, json=True)
    assert caught.value.returncode == 2
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_unknown_rulebook_is_named():
    with pytest.raises(CommandError, match="unknown rulebook 'dmp_schedule_24'") as caught:
        simulate(scenario(), "dmp_schedule_24", json=True)
    assert caught.value.returncode == 2
    with pytest.raises(CommandError, match="known are"):
        call_command("export_register", "dmp_schedule_24")


def test_the_register_as_rows():
    out = io.StringIO()
    call_command("export_register", "dmp_schedule_23", json=True, stdout=out)
    rows = json.loads(out.getvalue())
    row = next(r for r in rows if r["key"] == "10.3-critical")
    expected = {
        "citation": "dmp_schedule_23/main/10.3",
        "part": "main",
        "paragraph": "10.3",
        "party": "supplier",
        "title": "Apply Critical patches",
        "shape": "event",
        "on": "patch_publicly_released",
        "conditions": ["category = Critical"],
        "every": None,
        "amount": 7,
        "unit": "days",
        "qualifier": None,
        "exceptions": [f"dmp_schedule_23/main/10.3.{n}" for n in (1, 2, 3)],
        "met_by": "patch_applied",
        "approver": None,
        "consequence": "10.7",
        "key": "10.3-critical",
        "word": None,
        "summary": "A patch for a Critical vulnerability is applied within 7 days of its public release.",
        "evidence": "The change record that shows the patch in place on every affected component,"
        " with its day",
        "also_on": [],
        "also_met_by": [],
        "readings": [],
        "awaited": {
            "known_by": ["vulnerability_identified", "fixed_version_known"],
            "title": "Find the day on which the patch was released",
        },
    }
    assert row == expected


def test_a_row_of_the_register_says_what_else_starts_and_meets_it_and_why_it_is_none():
    out = io.StringIO()
    call_command("export_register", "dmp_schedule_23", json=True, stdout=out)
    rows = {row["key"]: row for row in json.loads(out.getvalue())}
    breach = rows["8.1"]
    assert breach["on"] == "breach_of_security_aware"
    assert breach["also_on"] == ["breach_of_security_occurred", "certification_ceased"]
    assert breach["readings"] == [{"reading": "the paper lapsed, compliance did not", "rule": "R26"}]
    assert (rows["7.1.3"]["every"], rows["7.1.3"]["on"]) == ("completion", None)
    assert rows["10.6"]["word"] == "immediately" and "why" not in rows["10.6"]


def test_the_register_for_people():
    out = io.StringIO()
    call_command("export_register", "order_schedule_9", stdout=out)
    assert "Revoke elevated access (supplier), 1 Working Day" in out.getvalue()


@pytest.mark.parametrize("stopped", ["7", "7.", "Paragraph 7", "main/7", "dmp_schedule_23/main/7"])
def test_a_paragraph_that_is_not_used_may_be_written_in_several_ways(stopped):
    variation = {
        "number": "001",
        "not_used": [stopped],
        "supplier_signed": "2026-03-09",
        "authority_signed": "2026-03-10",
    }
    scan = fact("external_vulnerability_scan_completed", "2026-02-20", details={"subject": "scan"})
    out, err = simulate(scenario(scan, variations=[variation]), json=True)
    duty = next(d for d in json.loads(out)["duties"] if d["subject"] == "scan")
    assert (duty["ended_by"], err) == ("001", "")


def test_a_paragraph_that_nobody_knows_is_mentioned():
    variation = {"number": "001", "not_used": ["77"]}
    _, err = simulate(scenario(variations=[variation]), json=True)
    assert "no entry for paragraph main/77" in err


@pytest.mark.parametrize(("kind", "details", "said"), [
    ("agreement_partly_terminated", {}, "without paragraphs it changes nothing"),
    ("agreement_partly_terminated", {"paragraphs": ["77"]}, "no entry for paragraph main/77"),
    ("agreement_extended", {}, "without until it changes nothing"),
])  # fmt: skip
def test_a_fact_that_changes_nothing_is_mentioned(kind, details, said):
    _, err = simulate(scenario(fact(kind, details=details)), json=True)
    assert f"fact 1 ({kind}): " in err
    assert said in err


def test_a_termination_in_part_that_names_headings_and_parts_is_not():
    named = ["7", "main/10.3", "Annex 1/5", "dmp_schedule_23/main/8"]
    _, err = simulate(scenario(fact("agreement_partly_terminated", details={"paragraphs": named})), json=True)
    assert err == ""


def test_a_message_says_which_fact_and_which_condition_it_is_about():
    used = fact("patch_applied", details={"subject": "CVE"})
    odd = fact("patch_applied", "2026-03-13", details={"subject": "CVE"}, colour="red")
    _, err = simulate(scenario(used, odd), json=True)
    assert "fact 2: 'colour' is not used and was ignored" in err
    with pytest.raises(CommandError, match="^commencement_date: 'soon'"):
        simulate(scenario(contract={"commencement_date": "soon"}))
    out = io.StringIO()
    call_command("export_register", "dmp_schedule_23", json=True, stdout=out)
    breach = next(row for row in json.loads(out.getvalue()) if row["key"] == "8.1")
    assert breach["conditions"] == ["outcome in actual, attempted, sustained_attempted"]
