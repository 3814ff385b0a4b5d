"""What the supplier owes once the Authority asks for the data, by hand (DMP 23, 6.2.1, 6.2.2; R9, R37).

The certificate lapses on Wednesday 1 April 2026.
"""

from __future__ import annotations

import pytest

from obligations.rules.engine.lifecycle import State
from tests.support.what_if import DMP, duties, fact, of, only

CE = fact("certificate_issued", "2025-04-01", "CE", scheme="Cyber Essentials", expires="2026-03-31")
ASKED = {"6.2.1": "authority_cease_data_requested", "6.2.2": "authority_return_data_requested"}
DONE = {"6.2.1": "data_use_ceased", "6.2.2": "data_returned"}
WORDS = {"6.2.1": "immediately", "6.2.2": "promptly"}


def asked(key, at="2026-04-03T10:00:00+01:00", subject="Request 1"):
    return fact(ASKED[key], at, subject)


@pytest.mark.parametrize("key", ASKED)
def test_a_lapse_alone_asks_for_neither_and_the_request_for_it_at_once(key):
    assert of(duties(DMP, CE, as_at="2026-04-10"), key) == []
    duty = only(duties(DMP, CE, asked(key), as_at="2026-04-03"), key)
    assert (duty.subject, duty.deadline.word, duty.deadline.due_at) == ("Request 1", WORDS[key], None)
    assert duty.state == State.OWED_NOW


@pytest.mark.parametrize("key", ASKED)
def test_it_is_met_by_what_was_done_about_that_request_and_by_no_certificate(key):
    other = fact(DONE[key], "2026-04-04", "Request 2")
    again = fact("certificate_issued", "2026-04-15", "CE 2", scheme="Cyber Essentials", expires="2027-04-14")
    found = only(duties(DMP, CE, asked(key), other, again, as_at="2026-04-20"), key)
    assert found.state == State.OWED_NOW
    mine = fact(DONE[key], "2026-04-04", "Request 1")
    assert only(duties(DMP, CE, asked(key), other, mine, as_at="2026-04-20"), key).state == State.MET


def test_ceasing_to_use_the_data_returns_none_of_it():
    found = duties(
        DMP,
        CE,
        asked("6.2.1"),
        asked("6.2.2"),
        fact(DONE["6.2.1"], "2026-04-04", "Request 1"),
        as_at="2026-04-20",
    )
    assert only(found, "6.2.1").state == State.MET
    assert only(found, "6.2.2").state == State.OWED_NOW


@pytest.mark.parametrize("key", ASKED)
def test_it_is_owed_after_the_contract_has_ended_too(key):
    found = duties(DMP, CE, asked(key, "2026-05-05"), as_at="2026-05-06", end="2026-04-30")
    assert only(found, key).state == State.OWED_NOW
