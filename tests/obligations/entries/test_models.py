"""What people decided stays on the record, and every invariant of it is kept by the database."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from obligations.models import EntryDecision, EntryOpinion, OwnKind, RulebookVersion
from tests.cast import NOON, Cast
from tests.support.own_book import own_contract, own_schedule

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return own_contract()


def decided(cast: Cast, **fields: object) -> EntryDecision:
    paragraph = cast.contract.paragraphs.order_by("order")[1]
    values = {
        "contract": cast.contract,
        "schedule": paragraph.schedule,
        "paragraph": paragraph,
        "number": 1,
        "outcome": "none",
        "why": "It only says how.",
        "decided_by": cast.priya,
        "decided_by_name": cast.priya.name,
        "decided_side": "supplier",
        "decided_at": NOON,
    }
    return EntryDecision.objects.create(**values | fields)


def kind(cast: Cast, **fields: object) -> OwnKind:
    values = {
        "contract": cast.contract,
        "name": "own_crane_fault",
        "label": "Crane fault",
        "side": "either",
        "named_by_name": "Priya Nair",
        "named_at": NOON,
    }
    return OwnKind.objects.create(**values | fields)


def opinion(cast: Cast, **fields: object) -> EntryOpinion:
    values = {
        "contract": cast.contract,
        "agrees": False,
        "words": "It runs from the report.",
        "given_by": cast.ada,
        "given_by_name": cast.ada.name,
        "given_side": "authority",
        "given_at": NOON,
    }
    return EntryOpinion.objects.create(**values | fields)


def test_nothing_that_was_decided_or_said_is_changed_or_deleted(cast):
    own_schedule(cast)
    decision = decided(cast)
    for row in (decision, opinion(cast, decision=decision), kind(cast)):
        there = type(row).objects.filter(pk=row.pk)
        with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
            there.update(contract=cast.contract)
        with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
            there._raw_delete(there.db)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"number": 0}, "entry_decisions_count_from_one"),
        ({"outcome": "maybe"}, "entry_decision_of_a_known_outcome"),
        ({"outcome": "accepted", "why": ""}, "entry_decision_has_entries_or_asks_nothing"),
        ({"entries": [{"key": "2"}]}, "entry_decision_has_entries_or_asks_nothing"),
        ({"why": ""}, "entry_decision_says_why_nothing"),
        ({"outcome": "skipped"}, "entry_decision_says_why_nothing"),
    ],
)
def test_a_decision_says_what_the_paragraph_asks(cast, fields, name):
    own_schedule(cast)
    with pytest.raises(IntegrityError, match=name):
        decided(cast, **fields)


def test_two_decisions_of_one_paragraph_have_two_numbers(cast):
    own_schedule(cast)
    decided(cast)
    with pytest.raises(IntegrityError, match="entry_decision_number_used_once"):
        decided(cast, decided_by=cast.ada, decided_by_name=cast.ada.name)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"name": "patch_applied"}, "own_kind_is_named_as_such"),
        ({"side": "neither"}, "own_kind_of_a_known_side"),
        ({"label": ""}, "own_kind_has_a_label"),
        ({"label": "CRANE fault", "name": "own_other"}, "own_kind_label_used_once"),
        ({"label": "Other"}, "own_kind_name_used_once"),
    ],
)
def test_a_kind_of_a_contract_has_a_name_and_a_label_of_its_own(cast, fields, name):
    kind(cast)
    with pytest.raises(IntegrityError, match=name):
        kind(cast, **fields)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"given_side": "neither"}, "entry_opinion_of_a_party"),
        ({"words": ""}, "entry_opinion_against_says_how_it_reads"),
    ],
)
def test_an_opinion_is_of_a_party_and_says_how_it_reads(cast, fields, name):
    own_schedule(cast)
    with pytest.raises(IntegrityError, match=name):
        opinion(cast, decision=decided(cast), **fields)


def test_a_version_of_a_rulebook_may_be_a_contract_s_own(cast):
    own = RulebookVersion.objects.create(
        contract=cast.contract,
        key="harbour_1",
        number=1,
        dated="2026",
        title="Harbour",
        digest="a" * 64,
        content={},
    )
    assert list(cast.contract.own_versions.all()) == [own]
