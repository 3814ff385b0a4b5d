"""What rulebooks ask of a contract, and the rules that rest on the answer (R12, R30)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from contracts.terms.moments import last_moment
from contracts.terms.setting import SettingsError
from contracts.terms.settings import ContractSettings
from obligations.rules.engine.derive import ContractTerms, derive
from obligations.rules.engine.scenario import read_scenario
from obligations.rules.register.asked import asked_of, check_answers
from obligations.rules.register.rulebook import Rulebook, RulebookError, load_rulebook, read_rulebook
from obligations.rules.time.working_days import load_calendar
from tests.support.asking_book import ASKED, HEADER, SETTINGS, rules, write
from tests.support.what_if import DMP, ORDER, fact

DAY = date(2026, 3, 12)


@pytest.fixture
def book(tmp_path) -> Rulebook:
    return read_rulebook(write(tmp_path))


def owed(book: Rulebook, settings: dict[str, Any]) -> set[str]:
    """The rules that make a duty once records were requested."""
    terms = ContractTerms(date(2025, 4, 1), settings=ContractSettings.from_json(settings))
    asked = fact("audit_records_requested", "2026-03-12", "Request 5")
    found = derive(book, terms, [asked], (), load_calendar(terms.division), last_moment(DAY))
    return {duty.rule_key for duty in found}


def test_a_setting_of_every_type_is_read_from_the_folder(book):
    assert [(one.name, one.type) for one in book.settings.values()] == [
        *(("patrols", "flag"), ("keeper", "choice"), ("opened", "day"), ("gate_closes", "time")),
        *(("wardens", "number"), ("grace", "length"), ("office", "hours")),
    ]
    assert book.settings["wardens"].most == 12 and book.settings["keeper"].choices == ("council", "provider")
    assert [rule.key for rule in book.resting_on("keeper")] == ["council"]


def test_what_a_book_asks_is_part_of_its_digest(tmp_path, book):
    other = read_rulebook(write(tmp_path, settings=SETTINGS.replace("max = 12", "max = 13")))
    assert other.digest != book.digest
    assert other.content["header"]["setting"][4]["max"] == 13


@pytest.mark.parametrize(
    ("settings", "keys"),
    [
        # nobody said: rather a duty too many (R12); but where the contract may have no such hour it has none
        ({}, {"always", "patrolled", "council"}),
        ({"patrols": True, "keeper": "council"}, {"always", "patrolled", "council"}),
        ({"patrols": False}, {"always", "council"}),
        ({"keeper": "provider"}, {"always", "patrolled"}),
        ({"patrols": False, "keeper": "provider", "gate_closes": "21:00"}, {"always", "late"}),
        ({"patrols": False, "keeper": "provider", "gate_closes": "21:01"}, {"always"}),
    ],
)
def test_rules_follow_the_answers(book, settings, keys):
    assert owed(book, settings) == keys


def test_what_is_stored_for_another_book_is_left_alone(book):
    assert owed(book, {"security_policy_applies": True, "patrols": False}) == {"always", "council"}


def test_a_wrong_answer_is_named_by_book_and_key(book):
    with pytest.raises(
        SettingsError, match="riverside_schedule_7: wardens must be a whole number from 1 to 12"
    ):
        owed(book, {"wardens": 13})


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        ("setting wardens = 13", "'13' is no value of the setting 'wardens'"),
        ("setting wardens = many", "'many' is no value of the setting 'wardens'"),
        ("setting wardens", "say which value it needs"),
        ("setting grace = 5 months", "'5 months' is no value of the setting 'grace'"),
        ("setting opened = 2026-02-29", "'2026-02-29' is no value"),
        ("setting office = 09:00", "'09:00' is no value of the setting 'office'"),
        ("setting security_policy_applies", "no setting of a contract"),
    ],
)
def test_a_condition_on_what_cannot_be_is_refused(tmp_path, condition, reason):
    with pytest.raises(RulebookError) as refused:
        read_rulebook(write(tmp_path, rules(patrolled=[condition])))
    assert str(refused.value).startswith("riverside_schedule_7: rules.toml: patrolled: ")
    assert reason in str(refused.value)


def test_conditions_may_name_numbers_lengths_and_days(tmp_path):
    conditions = ["setting wardens in 2, 3", "setting grace = 5 working_days", "setting opened = 2026-03-01"]
    book = read_rulebook(write(tmp_path, rules(few=conditions)))
    right: dict[str, Any] = {
        "wardens": 3,
        "grace": {"amount": 5, "unit": "working_days"},
        "opened": "2026-03-01",
    }
    assert owed(book, right) == {"few"}
    for wrong in ({"wardens": 4}, {"grace": {"amount": 5, "unit": "hours"}}, {"opened": "2026-03-02"}):
        assert owed(book, right | wrong) == set()


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (
            'name = "patrols"',
            'name = "controller"',
            "setting controller: every contract has a setting of this",
        ),
        ('name = "patrols"', 'name = "keeper"', "setting keeper: declared twice"),
        ('type = "flag"', 'type = "yes or no"', "setting patrols: type 'yes or no' is not one of"),
        ('type = "flag"\nparagraph = "main/2"', 'type = "flag"', "paragraph '' has no entry of its own"),
        (
            'type = "flag"\nparagraph = "main/2"',
            'type = "flag"\nparagraph = "main/9"',
            "paragraph 'main/9' has no",
        ),
        ("max = 12", "max = 0", "setting wardens: min is more than max"),
    ],
)
def test_a_broken_declaration_is_named_by_book_file_and_key(tmp_path, old, new, reason):
    assert old in SETTINGS
    with pytest.raises(RulebookError) as refused:
        read_rulebook(write(tmp_path, settings=SETTINGS.replace(old, new, 1)))
    assert str(refused.value).startswith("riverside_schedule_7: rulebook.toml: setting ")
    assert reason in str(refused.value)


def test_settings_are_tables_of_the_header(tmp_path):
    with pytest.raises(RulebookError, match="rulebook.toml: setting must be a list of tables"):
        read_rulebook(write(tmp_path, settings="", header=HEADER + 'setting = "patrols"\n'))
    with pytest.raises(RulebookError, match="unknown table 'setting'"):
        read_rulebook(write(tmp_path, ASKED + SETTINGS))


def test_what_a_contract_is_asked_by_its_books_together(book):
    order = load_rulebook(ORDER)
    asked = {one.setting.name: one for one in asked_of([order, book])}
    assert list(asked)[:2] == ["security_policy_applies", "patrols"]
    wide = [
        *("notice_cutoff", "close_of_business", "working_hours", "controller"),
        *("drafts_typed", "drafts_imported", "cyber_essentials"),
    ]
    assert list(asked)[-len(wide) :] == wide
    assert asked["patrols"].book is book and asked["controller"].book is None
    assert {rule.key for rule in asked["security_policy_applies"].rules} == {
        "A-2.2-policy",
        "A-2.3",
        "A-3.2.4",
    }
    notices = asked["notice_cutoff"].rules
    assert notices and all(rule.notice for rule in notices)


def test_two_books_may_not_ask_for_different_things_under_one_name(tmp_path, book):
    same = read_rulebook(
        write(tmp_path, settings=SETTINGS.replace("How many wardens are there?", "Wardens?"))
    )
    assert len(asked_of([book, same])) == len(asked_of([book]))
    other = read_rulebook(write(tmp_path, settings=SETTINGS.replace("max = 12", "max = 13")))
    with pytest.raises(SettingsError, match="setting wardens: riverside_schedule_7 asks for something else"):
        asked_of([book, other])


def test_an_answer_that_no_book_asks_for_is_a_mistake(book):
    def checked(**settings: Any) -> ContractSettings:
        return check_answers(ContractSettings.from_json(settings, where="Contract WF-1"), [book])

    assert checked(wardens=2, security_policy_applies=False).value("wardens") == 2
    with pytest.raises(
        SettingsError, match="Contract WF-1: unknown contract setting 'weather'; known .* wardens"
    ):
        checked(weather="fine")
    with pytest.raises(
        SettingsError, match="Contract WF-1: order_schedule_9: security_policy_applies must be"
    ):
        checked(security_policy_applies="yes")


def test_a_scenario_may_answer_what_any_book_asks():
    def settings(answers: dict[str, Any]) -> ContractSettings:
        contract = {"start_date": "2026-01-01", "settings": answers}
        return read_scenario(DMP, {"contract": contract, "as_at": "2026-02-01"}).terms.settings

    answers = {"security_policy_applies": True, "notice_cutoff": "17:00", "commencement_date": "2026-01-02"}
    assert settings(answers).notice_cutoff is not None
    with pytest.raises(ValueError, match="unknown contract setting 'weather'"):
        settings({"weather": "fine"})
