"""Signatures with a key that the database does not hold, and what becomes of them when the key changes."""

from __future__ import annotations

import json

import pytest
from django.core.management import call_command

from contracts import origin
from contracts.origin import FOUND, Origin, check, key_name, sign
from contracts.services.verifying.findings import Kind
from contracts.services.verifying.whole import Checked, findings
from tests.cast import make_contract


def test_a_signature_is_of_one_content_and_of_one_kind_of_thing():
    made = sign("ledger", "abc")
    assert check("ledger", "abc", made) is Origin.RIGHT
    assert check("ledger", "abd", made) is Origin.WRONG
    assert check("write", "abc", made) is Origin.WRONG
    assert check("ledger", "abc", "") is Origin.NONE
    assert check("ledger", "abc", sign("ledger", "abc", FOUND)) is Origin.RIGHT
    assert check("ledger", "abc", made.replace("made", "found")) is Origin.WRONG
    assert len(made) <= 80 and origin.sign("ledger", "abc") == made


def test_an_earlier_key_still_checks(settings):
    made = sign("ledger", "abc")
    settings.LEDGER_KEYS = ("a key of its own",)
    assert check("ledger", "abc", made) is Origin.RIGHT, "it was signed with what follows from SECRET_KEY"
    newer = sign("ledger", "abc")
    assert key_name(newer) != key_name(made)
    settings.LEDGER_KEYS = ("the next one", "a key of its own")
    assert check("ledger", "abc", newer) is Origin.RIGHT and sign("ledger", "abc") != newer
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another secret"
    assert check("ledger", "abc", made) is Origin.RIGHT
    settings.SECRET_KEY_FALLBACKS = []
    assert check("ledger", "abc", made) is Origin.UNKNOWN_KEY


@pytest.mark.django_db
def test_a_key_that_is_missing_is_said_in_words(settings, capsys):
    settings.LEDGER_KEYS = ("a key of its own",)
    contract = make_contract().contract
    settings.LEDGER_KEYS = ("the next one",)
    found = list(findings(Checked(), lambda *_: None, contract))
    assert {finding.kind for finding in found} == {Kind.KEY_UNKNOWN}
    assert "which LEDGER_KEYS does not have" in found[0].says
    with pytest.raises(SystemExit):
        call_command("verify_ledger", contract.reference, "--json")
    told = json.loads(capsys.readouterr().out)
    assert told["whole"] is False and told["findings"][0]["kind"] == "key unknown"
    assert told["entries"] == {contract.reference: 8}
