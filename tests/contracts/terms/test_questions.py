"""Finding the sentences that answer how a contract counts its time, and reading what they say."""

from __future__ import annotations

import time
from dataclasses import dataclass

import pytest

from contracts.terms.question_answers import clock, division, hour, hours, length
from contracts.terms.questions import QUESTIONS, find, sentences


@dataclass(frozen=True)
class Words:
    """A paragraph of an invented contract."""

    text: str
    citation: str = "core/main/1.1"


def found(name: str, *texts: str) -> list[tuple[str, object]]:
    """The sentences that answer a question, with what they seem to say."""
    passages = [Words(text, f"core/main/{number}") for number, text in enumerate(texts, 1)]
    return [(one.words, one.answer) for one in find(QUESTIONS[name], passages)]


WORKING_DAY = "“Working Day” means any day except a Saturday, a Sunday or a bank holiday in Scotland."
NOT_A_DEFINITION = "The Provider shall report within 5 Working Days of the incident."


def test_a_definition_comes_before_what_only_looks_like_one():
    weekend = "No work is done on a Saturday, a Sunday or a public holiday."
    assert found("working_day", weekend, NOT_A_DEFINITION, WORKING_DAY) == [
        (WORKING_DAY, "scotland"),
        (weekend, None),
    ]


def test_the_sentence_alone_is_quoted_with_its_place():
    text = f"In this contract the following apply. {WORKING_DAY} Other words have their usual meaning."
    [one] = find(QUESTIONS["working_day"], [Words(text)])
    assert one.words == WORKING_DAY == text[one.start : one.end]
    assert one.key == f"core/main/1.1#{one.start}-{one.end}"


def test_one_of_several_definitions_in_a_sentence_is_quoted_alone():
    text = "“System” means the portal; “Working Day” means a weekday but no bank holiday; “Year” means 2026."
    assert [words for words, _ in found("working_day", text)] == [
        "“Working Day” means a weekday but no bank holiday;"
    ]


@pytest.mark.parametrize(
    ("name", "words", "answer"),
    [
        ("working_hours", "Working Hours are 09:00 to 17:30, Monday to Friday.", hours("9am to 5.30pm")),
        ("working_hours", "The desk is open from 8am to 6pm on each Working Day.", hours("8am to 6pm")),
        ("close_of_business", "Close of business means 5.30pm.", "17:30"),
        (
            "notice_cutoff",
            "A notice received after 5pm shall be deemed to be received on the next Working Day.",
            "17:00",
        ),
        ("notice_cutoff", "Notices are deemed to be delivered when they are left at the address.", None),
        (
            "notice_post",
            "A letter sent by first class post is received on the second Working Day after posting.",
            {"amount": 2, "unit": "working_days"},
        ),
        ("notice_given", "Any notice under this Contract must be in writing and sent by e-mail.", None),
        ("precedence", "If they conflict, the Order Form shall prevail over the Schedules.", None),
        ("days_off", "The days between Christmas and New Year are not Working Days.", None),
        ("term", "The Authority may extend this Contract by up to 12 months.", None),
        ("term", "This Agreement shall expire on 31 March 2029.", None),
    ],
)
def test_each_question_finds_its_words(name, words, answer):
    assert found(name, NOT_A_DEFINITION, words) == [(words, answer)]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("notice_cutoff", "The Supplier shall give 30 days’ notice of a change."),
        ("notice_given", "It is hoped that users will notice little of the change."),
        ("working_day", NOT_A_DEFINITION),
        ("working_hours", "The Supplier shall answer within 4 Working Hours."),
        ("precedence", "The Supplier shall keep the order of the list."),
    ],
)
def test_what_only_uses_the_words_answers_nothing(name, words):
    assert found(name, words) == []


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("a bank holiday in England and Wales", "england-and-wales"),
        ("bank holidays of England", "england-and-wales"),
        ("a public holiday in Northern Ireland", "northern-ireland"),
        ("a bank holiday in any part of the United Kingdom", "all"),
        ("a holiday in England, Scotland or Northern Ireland", "all"),
        ("a day on which the banks are open", None),
    ],
)
def test_whose_holidays(words, answer):
    assert division(words) == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("5pm", "17:00"),
        ("5.30 p.m.", "17:30"),
        ("0900 hours", "09:00"),
        ("12am", "00:00"),
        ("noon", "12:00"),
        ("09:15", "09:15"),
        ("5:00", None),
        ("13pm", None),
        ("25:00", None),
    ],
)
def test_a_time_of_day(text, answer):
    assert clock(text) == answer


def test_hours_of_other_days_and_impossible_ones():
    assert set(hours("9am to 5pm, Tuesday to Saturday") or {}) == {
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
    }
    assert hours("5pm to 9am") is None and hours("Friday to Monday, 9am to 5pm") is None


def test_two_bounds_are_no_answer():
    assert hour("after 5pm, or before 9am") is None and hour("after 5pm") == "17:00"
    assert length("two days after posting, or five days from abroad") is None


def test_sentences_end_where_they_end():
    text = "See No. 4 of the list. Dr. A. Smith (e.g. Ms. Jones) may ask! “Quoted.” Then it ends"
    assert [text[start:end] for start, end in sentences(text)][0] == "See No. 4 of the list."
    assert "".join(text[start:end] for start, end in sentences(text)).replace(" ", "") == text.replace(
        " ", ""
    )


def test_a_long_paragraph_is_looked_through_quickly():
    text = ("any notice of a Saturday and a Sunday and between Christmas and post " * 20 + ". ") * 200
    began = time.perf_counter()
    for question in QUESTIONS.values():
        find(question, [Words(text)])
    assert time.perf_counter() - began < 5
