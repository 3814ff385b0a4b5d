"""Settings of a contract: each type on both sides of its edges, declarations, and what is stored."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest

from contracts.terms.answers import WeekHours, as_stored, as_text
from contracts.terms.periods import Period, Unit
from contracts.terms.setting import Setting, SettingsError, read_settings
from contracts.terms.settings import CONTRACT_WIDE, ContractSettings

WEEK = {day: ["09:00", "17:00"] for day in ("monday", "tuesday", "wednesday", "thursday")}
FIVE = {"amount": 5, "unit": "working_days"}
TWO = [{"value": "a", "label": "An A"}, {"value": "b", "label": "A B"}]


def declared(kind: str, **more: Any) -> Setting:
    table = {"name": "asked", "type": kind, "question": "What is it?"} | more
    return read_settings([table])["asked"]


NUMBER = declared("number", min=1, max=12)
LENGTH = declared("length", units=["hours", "working_days"], max=40)


@pytest.mark.parametrize(
    ("setting", "stored", "answer", "text", "words"),
    [
        (declared("flag"), True, True, "true", "Yes"),
        (declared("flag"), False, False, "false", "No"),
        (declared("choice", choices=TWO), "b", "b", "b", "A B"),
        (declared("day"), "2026-02-28", date(2026, 2, 28), "2026-02-28", "28 February 2026"),
        (declared("time"), "00:00", time(0), "00:00", "midnight"),
        (declared("time"), "23:59", time(23, 59), "23:59", "11:59pm"),
        (NUMBER, 1, 1, "1", "1"),
        (NUMBER, 12, 12, "12", "12"),
        (declared("number"), -1200, -1200, "-1200", "-1,200"),
        (declared("number"), 999_999_999, 999_999_999, "999999999", "999,999,999"),
        (LENGTH, FIVE, Period(5, Unit.WORKING_DAYS), "5 working_days", "5 Working Days"),
        (LENGTH, {"amount": 1, "unit": "hours"}, Period(1, Unit.HOURS), "1 hours", "1 hour"),
        (LENGTH, {"amount": 40, "unit": "hours"}, Period(40, Unit.HOURS), "40 hours", "40 hours"),
    ],
)
def test_an_answer_is_read_stored_compared_and_said(setting, stored, answer, text, words):
    found = setting.read(stored)
    assert found == answer and type(found) is type(answer)
    assert as_stored(found) == stored
    assert as_text(found) == text and setting.allows(text)
    assert setting.words(found) == words


@pytest.mark.parametrize(
    ("setting", "stored", "reason"),
    [
        (declared("flag"), 1, "true or false"),
        (declared("flag"), "true", "true or false"),
        (declared("choice", choices=TWO), "c", "one of a, b"),
        (declared("choice", choices=TWO), True, "one of a, b"),
        (declared("day"), "2026-02-29", "must be a day"),
        (declared("day"), "20260228", "must be a day"),
        (declared("day"), "2026-02-28T10:00", "must be a day"),
        (declared("day"), 2026, "must be a day"),
        (declared("time"), "24:00", "must be a time of day"),
        (declared("time"), "9:00", "must be a time of day"),
        (declared("time"), "teatime", "must be a time of day"),
        (NUMBER, 0, "a whole number from 1 to 12"),
        (NUMBER, 13, "a whole number from 1 to 12"),
        (NUMBER, True, "a whole number"),
        (NUMBER, 2.5, "a whole number"),
        (NUMBER, "2", "a whole number"),
        (declared("number"), 1_000_000_000, "from -999,999,999 to 999,999,999"),
        (
            declared("length"),
            {"amount": 10_000, "unit": "days"},
            "an amount that is a whole number from 1 to 9,999",
        ),
        (LENGTH, {"amount": 0, "unit": "hours"}, "an amount that is a whole number from 1 to 40"),
        (LENGTH, {"amount": 41, "unit": "hours"}, "must have an amount that is"),
        (LENGTH, {"amount": 5, "unit": "months"}, "an amount and a unit (hours, working_days)"),
        (LENGTH, {"amount": 5, "unit": ["hours"]}, "an amount and a unit"),
        (LENGTH, FIVE | {"about": True}, "an amount and a unit"),
        (LENGTH, "5 hours", "an amount and a unit"),
        (declared("hours"), {}, "hours by weekday"),
        (declared("hours"), {"moonday": ["09:00", "17:00"]}, "hours by weekday"),
        (declared("hours"), {"monday": "09:00-17:00"}, "must give monday two times of day"),
        (declared("hours"), {"monday": ["09:00"]}, "must give monday two times of day"),
        (declared("hours"), {"monday": ["09:00", "25:00"]}, "must give monday two times of day"),
        (declared("hours"), WEEK | {"friday": ["09:00", "09:00"]}, "end later than it begins on friday"),
        (declared("hours"), WEEK | {"friday": ["17:00", "09:00"]}, "end later than it begins on friday"),
    ],
)
def test_what_is_no_answer_is_refused_in_words(setting, stored, reason):
    with pytest.raises(ValueError) as refused:
        setting.read(stored)
    assert reason in str(refused.value)


def test_hours_of_work_are_by_weekday():
    setting = declared("hours")
    hours = setting.read(WEEK | {"friday": ["09:00", "09:01"], "sunday": ["12:00", "16:30"]})
    assert isinstance(hours, WeekHours)
    assert hours.on(date(2026, 3, 19)) == (time(9), time(17))  # a Thursday
    assert hours.on(date(2026, 3, 20)) == (time(9), time(9, 1))
    assert hours.on(date(2026, 3, 21)) is None
    assert setting.read(as_stored(hours)) == hours
    assert setting.words(hours) == (
        "Monday to Thursday from 9am to 5pm, Friday from 9am to 9:01am, Sunday from midday to 4:30pm"
    )
    apart = setting.read({"friday": ["09:00", "17:00"], "monday": ["09:00", "17:00"]})
    assert str(apart) == "Monday from 9am to 5pm, Friday from 9am to 5pm"
    assert as_text(hours) == "" and not setting.allows("")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"colour": "red"}, "setting asked: unknown key 'colour'"),
        ({"type": "moon"}, "type 'moon' is not one of flag, choice, day"),
        ({"name": "Asked"}, "name must be small letters"),
        ({"name": "readings"}, "name must be small letters"),
        ({"question": " "}, "question must be a text"),
        ({"rule": "thirty"}, "no number such as R30"),
        ({"min": 1}, "min is only for a number or a length"),
        ({"units": ["days"]}, "units is only for a length"),
        ({"choices": TWO}, "choices is only for a choice"),
        ({"type": "choice"}, "choices must be two tables or more"),
        ({"type": "choice", "choices": TWO[:1]}, "choices must be two tables or more"),
        ({"type": "choice", "choices": [*TWO, TWO[0]]}, "choices must be two tables or more"),
        ({"type": "choice", "choices": ["a", "b"]}, "choices must be two tables or more"),
        ({"type": "number", "min": 3, "max": 2}, "min is more than max"),
        ({"type": "number", "max": "many"}, "max must be a whole number"),
        ({"type": "length", "units": ["moons"]}, "units must be a list of"),
        ({"default": "yes"}, "default must be true or false"),
        ({"default": True, "without": "None."}, "default and without do not go together"),
    ],
)
def test_a_declaration_that_does_not_fit_is_named(change, reason):
    with pytest.raises(SettingsError) as refused:
        read_settings([{"name": "asked", "type": "flag", "question": "What is it?"} | change])
    assert reason in str(refused.value)


def test_a_declaration_without_its_keys_or_made_twice_is_named():
    with pytest.raises(SettingsError, match="setting asked: question is missing"):
        read_settings([{"name": "asked", "type": "flag"}])
    with pytest.raises(SettingsError, match="a setting without a name: name is missing"):
        read_settings([{}])
    once = {"name": "asked", "type": "flag", "question": "Is it?"}
    with pytest.raises(SettingsError, match="setting asked: declared twice"):
        read_settings([once, once])
    with pytest.raises(SettingsError, match="write \\[\\[setting\\]\\]"):
        read_settings({"name": "asked"})


def test_what_counts_until_somebody_answers():
    assert ContractSettings().controller == "authority" and ContractSettings().notice_cutoff is None
    assert not CONTRACT_WIDE["notice_cutoff"].unknown  # a contract without such an hour has none
    assert declared("time").unknown and not declared("flag", default=False).unknown


OLD = {
    "security_policy_applies": True,
    "notice_cutoff": "17:00",
    "readings": {"8.2.2": "x"},
    "controller": "joint",
}


def test_what_was_stored_from_the_beginning_reads_as_before_and_loses_nothing():
    settings = ContractSettings.from_json(OLD)
    assert (settings.notice_cutoff, settings.controller) == (time(17), "joint")
    assert settings.readings == {"8.2.2": "x"} and settings.as_json() == OLD
    asked = settings.asked_by("a book", {"security_policy_applies": declared("flag")})
    assert asked.value("security_policy_applies") is True and asked.as_json() == OLD
    for nothing in (None, ""):
        assert ContractSettings.from_json({"notice_cutoff": nothing}).notice_cutoff is None
    with pytest.raises(SettingsError, match="unknown contract setting 'security_policy_applies'"):
        settings.value("security_policy_applies")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ({"notice_cutoff": "teatime"}, "Contract WF-1: notice_cutoff must be a time of day"),
        ({"controller": "us"}, "Contract WF-1: controller must be one of authority, supplier, joint, none"),
        ({"readings": ["x"]}, "Contract WF-1: readings must map"),
        ([], "Contract WF-1: the settings must be a table"),
        ({"asked": "yes"}, "Contract WF-1: a_book: asked must be true or false"),
    ],
)
def test_a_wrong_answer_names_the_contract_the_book_and_the_setting(data, reason):
    with pytest.raises(SettingsError) as refused:
        ContractSettings.from_json(data, where="Contract WF-1").asked_by(
            "a_book", {"asked": declared("flag")}
        )
    assert reason in str(refused.value)
