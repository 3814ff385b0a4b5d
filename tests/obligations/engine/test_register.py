"""The register: every paragraph accounted for, nothing cited that is not there, a strict loader."""

from __future__ import annotations

from pathlib import Path

import pytest

from obligations.rules.register.facts import vocabulary
from obligations.rules.register.rule import Every, Shape
from obligations.rules.register.rulebook import (
    BOOKS,
    RulebookError,
    known_rulebooks,
    load_rulebook,
    read_rulebook,
)
from obligations.rules.time.recurrence import CALENDAR_MONTH, CONTRACT_YEAR

ROOT = Path(__file__).resolve().parents[3]
BOTH = ["dmp_schedule_23", "order_schedule_9"]


def paragraphs(key):
    """Every paragraph of the real document, from the hand-made list: SCOPE/NUMBER."""
    lines = (ROOT / "tests/contracts/reader/data" / f"{key}.tsv").read_text(encoding="utf-8").splitlines()
    return {line.replace("\t", "/") for line in lines if line and not line.startswith("#")}


@pytest.mark.parametrize("key", BOTH)
def test_every_paragraph_has_an_entry_and_every_entry_a_paragraph(key):
    assert {rule.path for rule in load_rulebook(key).rules} == paragraphs(key)


@pytest.mark.parametrize("key", BOTH)
def test_consequences_and_points_of_reference_are_there(key):
    book = load_rulebook(key)
    for rule in book.rules:
        if rule.consequence:
            assert book.at(f"{rule.part}/{rule.consequence}"), rule.key
        for path in rule.exceptions:
            assert book.at(path), rule.key


@pytest.mark.parametrize("key", BOTH)
def test_entries_say_what_a_reader_needs(key):
    for rule in load_rulebook(key).rules:
        assert rule.title, rule.key
        assert rule.summary, rule.key
        if rule.makes_duties and rule.shape is not Shape.CONTINUOUS:
            assert rule.evidence, rule.key
            assert rule.met_by or rule.retention, rule.key


@pytest.mark.parametrize("key", BOTH)
def test_recurrences_name_their_other_reading(key):
    names = {"calendar_month": CALENDAR_MONTH, "contract_year": CONTRACT_YEAR}
    for rule in load_rulebook(key).rules:
        if rule.every is Every.COMPLETION:
            assert [reading.name for reading in rule.readings] == [names[r.per] for r in rule.readings]
            assert rule.readings, rule.key


ASKED_FOR = {
    "dmp_schedule_23": [
        ("5.6", 20, "days"), ("5.7", 1, "years"), ("6.2", 2, "working_days"), ("7.1.2", 12, "months"),
        ("7.1.3", 1, "months"), ("7.11", 1, "years"), ("8.2.2", 2, "working_days"),
        ("8.2.2-root-cause", 2, "working_days"),
        ("10.3-critical", 7, "days"),
        ("10.3-important", 30, "days"), ("10.3-other", 60, "working_days"), ("12.1", 5, "days"),
        ("annex-1-5-monitoring-3", 24, "hours"), ("annex-1-5-incident-4", 5, "hours"),
        ("annex-1-13-1-keep", 2, "years"), ("annex-1-13-1-online", 6, "months"), ("12.3", 2, "years"),
        ("5.1", 1, "years"),
    ],
    "order_schedule_9": [
        ("A-4.3.1", 20, "working_days"), ("A-4.3.2-amend", 10, "working_days"),
        ("A-4.3.2-finish", 15, "working_days"), ("A-4.4.1", 1, "years"), ("B-6.4", 1, "years"),
        ("B-6.5", 1, "working_days"), ("B-8.3", 6, "months"),
    ],
}  # fmt: skip


@pytest.mark.parametrize("key", BOTH)
def test_the_numbers_of_the_contract_are_all_there_and_no_others(key):
    found = [
        (rule.key, rule.amount, str(rule.unit))
        for rule in load_rulebook(key).rules
        if rule.amount is not None
    ]
    assert sorted(found) == sorted(ASKED_FOR[key])


@pytest.mark.parametrize(
    ("key", "word"),
    [
        ("6.2", "as soon as reasonably practicable"), ("6.2.1", "immediately"), ("6.2.2", "promptly"),
        ("8.2.1", "immediately"), ("8.2.2", "as soon as reasonably practicable"), ("10.5.2", "promptly"),
        ("10.6", "immediately"), ("11.1.1", "on demand"), ("5.6-controls", "immediate"),
    ],
)  # fmt: skip
def test_the_contracts_own_words_are_kept(key, word):
    assert load_rulebook("dmp_schedule_23").by_key[key].word == word


def test_the_authority_owes_some_too():
    owed = {r.key for r in load_rulebook("dmp_schedule_23").duties if r.party == "authority"}
    assert {"5.1", "5.5", "7.4-notify", "7.5", "5.6-inform"} <= owed


def test_known_rulebooks_can_all_be_loaded():
    assert set(BOTH) <= set(known_rulebooks())
    for key in known_rulebooks():
        assert load_rulebook(key).digest == read_rulebook(BOOKS / key).digest


def test_every_kind_of_fact_that_is_not_about_the_contract_starts_or_meets_something():
    used = {kind for key in BOTH for rule in load_rulebook(key).rules for kind in (*rule.on, *rule.met_by)}
    used |= {kind for key in BOTH for kind in load_rulebook(key).kinds}
    idle = {name for name in vocabulary() if name not in used}
    assert idle == {
        "agreement_extended", "agreement_in_force", "agreement_partly_terminated", "agreement_terminated",
        "commencement_anniversary", "security_policy_specified", "service_use_ceased", "variation_effective",
        "breach_response_shows_smp_noncompliance",  # A 5.3 says who pays; the first version made a duty of it
    }  # fmt: skip


# A strict loader

HEADER = 'key = "tiny"\ntitle = "Tiny"\nversion = 1\ndated = 2026-01-01\nscopes = ["main"]\n'
GOOD = """
[[rule]]
key = "1"
path = "main/1"
party = "supplier"
title = "Answer"
summary = "The supplier answers."
shape = "event"
on = ["audit_records_requested"]
amount = 5
unit = "days"
"""


def book(tmp_path, rules=GOOD, header=HEADER):
    folder = tmp_path / "tiny"
    folder.mkdir(exist_ok=True)
    (folder / "rulebook.toml").write_text(header)
    (folder / "rules.toml").write_text(rules)
    return folder


def test_the_digest_changes_with_any_word_and_not_with_layout(tmp_path):
    first = read_rulebook(book(tmp_path)).digest
    assert read_rulebook(book(tmp_path, "# a remark\n" + GOOD)).digest == first
    assert read_rulebook(book(tmp_path, GOOD.replace("Answer", "Reply"))).digest != first
    assert len(first) == 64


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('unit = "days"', 'unit = "moons"', "rules.toml: 1: unit 'moons' is not one of"),
        ('path = "main/1"\n', "", "rules.toml: 1: path is missing"),
        ('path = "main/1"', 'path = "Annex 9/1"', "is not SCOPE/NUMBER"),
        ('title = "Answer"', 'titel = "Answer"', "rules.toml: 1: title is missing"),
        ("amount = 5", 'amount = 5\ncolour = "red"', "rules.toml: 1: unknown key 'colour'"),
        ('party = "supplier"', 'party = "client"', "party 'client'"),
        ('shape = "event"', 'shape = "happening"', "shape 'happening' is not one of"),
        (
            "audit_records_requested",
            "audit_record_requested",
            "'audit_record_requested' is not a kind of fact",
        ),
        ("amount = 5\n", "", "amount and unit go together"),
        ("amount = 5", "amount = 0", "amount must be a whole number"),
        (
            "amount = 5",
            'amount = 5\nconditions = ["weather = fine"]',
            "'weather' is no detail of audit_records_requested",
        ),
        ("amount = 5", 'amount = 5\nconditions = ["weather is fine"]', "is not “setting NAME”"),
        (
            "amount = 5",
            'amount = 5\nconditions = ["setting weather"]',
            "'weather' is no setting of a contract",
        ),
        (
            "amount = 5",
            'amount = 5\nconditions = ["setting controller = us"]',
            "'us' is no value of the setting",
        ),
        ("amount = 5", 'amount = 5\nconditions = ["setting controller"]', "say which value it needs"),
        (
            'on = ["audit_records_requested"]',
            'on = ["breach_of_security_aware"]\nconditions = ["outcome in actual, lucky"]',
            "'lucky' is not one of actual, attempted",
        ),
        (
            'on = ["audit_records_requested"]',
            'on = ["breach_of_security_aware"]\nconditions = ["earliest_plausible = 2026-01-01"]',
            "cannot be held against a list",
        ),
        (
            'on = ["audit_records_requested"]',
            'on = ["patch_publicly_released"]\nconditions = ["category in Critical, Other"]',
            "a rule is for one category alone",
        ),
        ("amount = 5", 'amount = 5\nexceptions = ["main/2"]', "exceptions: 'main/2' has no entry"),
        ("amount = 5", 'amount = 5\nqualifier = "about"', "qualifier 'about' is not known"),
        ("amount = 5", 'amount = 5\nbeside = "2"', "beside names the unknown rule '2'"),
        ("amount = 5", 'amount = 5\nread_with = "main/2"', "read_with 'main/2' has no entry"),
        ("amount = 5", 'amount = 5\nevery = "completion"', "every goes with shape recurring"),
        ("amount = 5", 'amount = 5\nwhy = "because"', "why goes with shape none"),
        ('on = ["audit_records_requested"]\n', "", "a rule of shape event needs on"),
        ("[[rule]]", "[[law]]", "unknown table 'law'"),
        ("amount = 5", "amount = ", "rules.toml: "),
    ],
)
def test_a_broken_rule_is_named_by_file_and_key(tmp_path, old, new, reason):
    assert old in GOOD
    with pytest.raises(RulebookError, match=r"rules\.toml|tiny") as caught:
        read_rulebook(book(tmp_path, GOOD.replace(old, new)))
    assert reason in str(caught.value)


def test_a_key_used_twice_is_named(tmp_path):
    with pytest.raises(RulebookError, match="the key '1' is used 2 times"):
        read_rulebook(book(tmp_path, GOOD + GOOD))


def test_a_broken_header_is_named(tmp_path):
    with pytest.raises(RulebookError, match=r"rulebook\.toml: scopes is missing"):
        read_rulebook(
            book(tmp_path, header='key = "tiny"\ntitle = "Tiny"\nversion = 1\ndated = 2026-01-01\n')
        )
    with pytest.raises(RulebookError, match="is not the folder's name"):
        read_rulebook(book(tmp_path, header=HEADER.replace('"tiny"', '"small"')))
    for wrong in ("0", "true", '"1"'):
        with pytest.raises(RulebookError, match="version must be a whole number from 1"):
            read_rulebook(book(tmp_path, header=HEADER.replace("version = 1", f"version = {wrong}")))
    with pytest.raises(RulebookError, match="unknown key 'colour'"):
        read_rulebook(book(tmp_path, header=HEADER + 'colour = "red"\n'))


def test_a_paragraph_without_a_duty_says_why(tmp_path):
    nothing = '\n[[none]]\npath = "main/2"\ntitle = "A heading"\n'
    with pytest.raises(RulebookError, match=r"rules\.toml: main/2: give path, title and why"):
        read_rulebook(book(tmp_path, GOOD + nothing))
    rules = read_rulebook(book(tmp_path, GOOD + nothing + 'why = "A heading."\n')).rules
    assert rules[1].as_row()["why"] == "A heading."
