"""The standard terms of an organisation: stated in words, never changed, held against a contract's terms."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from contracts.models import OrganisationEntry
from contracts.services.errors import Refused
from contracts.terms.phrases import parse_limit
from obligations.models import EntryDecision, StandardTerm
from obligations.services.coverage.paragraphs import Proposed, topics_of
from obligations.services.standards import against, standards_of, state
from obligations.web.standards.presenters import sentence
from tests.cast import NOON, Cast, make_contract, organisation

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db) -> Cast:
    return make_contract()


def stated(cast: Cast, words: str, topic: str = "tell_of_breach") -> StandardTerm:
    ours = organisation("Harbourlight Systems")
    return state(ours, cast.as_("priya"), NOON, topic=topic, words=words)


def says(cast: Cast, theirs: str, read_as: str = "event", topic: str = "tell_of_breach") -> str | None:
    standards = standards_of(organisation("Harbourlight Systems").pk)
    found = against(standards, topic, parse_limit(theirs).limit, read_as)
    return sentence(found) if found else None


def test_a_term_is_kept_with_what_its_words_say(cast):
    made = stated(cast, "  within  24 hours ")
    assert (made.words, made.limit, made.kind) == (
        "within 24 hours",
        {"lengths": [{"amount": 24, "unit": "hours"}]},
        "deadline",
    )
    assert OrganisationEntry.objects.get(verb="standard_term_stated").payload["words"] == "within 24 hours"


def test_the_last_of_a_topic_counts_until_it_is_taken_away(cast):
    ours = organisation("Harbourlight Systems")
    stated(cast, "within 24 hours")
    stated(cast, "within 12 hours")
    stated(cast, "for at least 6 years", "records")
    assert {key: one.words for key, one in standards_of(ours.pk).items()} == {
        "tell_of_breach": "within 12 hours",
        "records": "for at least 6 years",
    }
    stated(cast, "", "records")
    assert list(standards_of(ours.pk)) == ["tell_of_breach"]
    assert standards_of(organisation("Wrenfield Council").pk) == standards_of(None) == {}


@pytest.mark.parametrize(
    ("topic", "words", "field"),
    [
        ("weather", "within 24 hours", "topic"),
        ("patch", "soon", "words"),
        ("patch", "within 24 hours; a note is kept for 6 years", "words"),
        ("patch", "within [ ] days", "words"),
        ("patch", "x" * 201, "words"),
        ("patch", "", "words"),
    ],
)
def test_what_cannot_be_read_is_refused_at_its_field(cast, topic, words, field):
    with pytest.raises(Refused) as caught:
        stated(cast, words, topic)
    assert caught.value.field == field
    assert not StandardTerm.objects.exists()


def test_the_same_again_changes_nothing(cast):
    stated(cast, "within 24 hours")
    with pytest.raises(Refused, match="your standard already"):
        stated(cast, "within 24 hours")


def test_a_standard_is_never_changed(cast):
    made = stated(cast, "within 24 hours")
    for change in (lambda rows: rows.update(words="x"), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change(StandardTerm.objects.filter(pk=made.pk))


def test_a_contracts_term_is_told_beside_the_standard(cast):
    stated(cast, "within 24 hours")
    about = "in our standard on “Tell of a breach”"
    assert says(cast, "within 2 Working Days") == f"24 hours {about}; 2 Working Days here: looser"
    assert says(cast, "within 12 hours") == f"24 hours {about}; 12 hours here: stricter"
    assert says(cast, "within 24 hours") == "24 hours here, as in our standard on “Tell of a breach”"
    assert says(cast, "within 24 hours", topic="patch") is None


def test_how_often_is_not_held_against_a_limit(cast):
    stated(cast, "every 12 months", "testing")
    told = says(cast, "within 6 months", "event", "testing")
    assert told and "cannot be compared, as one is how often something is done" in told
    told = says(cast, "6 months", "recurring", "testing")
    assert told == "every 12 months in our standard on “Testing”; every 6 months here: stricter"


def decision(entries: int, *topics: str) -> EntryDecision:
    proposed = [{"proposal": {"topic": topic}, "entry": {"title": "x"}} for topic in topics]
    return EntryDecision(entries=[{"title": "x"}] * entries, proposed=proposed or None)


def test_an_entry_has_the_topic_of_the_proposal_it_came_from():
    here = [Proposed("duty", "supplier", "audit", "sure"), Proposed("none", "", "other", "sure")]
    assert topics_of(decision(2, "patch", "records"), here) == ["patch", "records"]
    assert topics_of(decision(1, "patch", "patch"), here) == ["patch"]
    assert topics_of(decision(3, "patch", "records"), here) == ["", "", ""]
    assert topics_of(decision(1), here) == ["audit"]
    assert topics_of(decision(1), []) == [""]
