"""The sentences by hand (``sentences/README.md``): what each asks, of whom and when."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.proposals import PartyNames, Proposal, propose
from contracts.terms.paragraphs import Paragraph
from tests.contracts.proposals.sentence_book import FOLDER, NAMES, problems, proposed, sentences

BOOK = sentences()


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.txt")))
def test_sentences_ask_what_they_say(name: str):
    assert dict(problems(sentences(name))) == {}


def words_of(proposal: Proposal):
    found = [
        proposal.sentence,
        proposal.party_words,
        proposal.duty_word,
        proposal.act,
        proposal.to_whom,
        proposal.trigger,
        proposal.word,
        proposal.limit_words,
        *(one.words for one in proposal.further),
        *(one.trigger for one in proposal.further),
    ]
    for references in (proposal.exceptions, proposal.conditions, proposal.consequences):
        found += [one.words for one in references]
    return [words for words in found if words is not None]


def paragraphs(*rows: tuple[str, str | None, str]) -> list[Paragraph]:
    return [Paragraph("main", number, number, heading, text) for number, heading, text in rows]


@settings(max_examples=50)
@given(st.lists(st.sampled_from([one.words for one in BOOK]), min_size=1, max_size=4), st.sampled_from(" \n"))
def test_words_stand_where_they_say(texts, blank):
    text = blank.join(texts)
    found = propose(paragraphs(("1", None, text)), NAMES)
    assert found
    for proposal in found:
        for words in words_of(proposal):
            assert 0 <= words.start < words.end <= len(text)
            assert text[words.start : words.end] == words.text


@settings(max_examples=50)
@given(st.text(alphabet="The Supplier shall(:;,.)\n“”—'0123456789 may not if where\t", max_size=120))
def test_any_text_gets_a_proposal_and_words_in_it(text):
    rows = paragraphs(("1", None, "The Supplier shall:"), ("1(a)", None, text), ("2", text, text))
    texts = {row.path: (row.text, row.heading or "") for row in rows}
    found = propose(rows, NAMES)
    assert {one.path for one in found} == set(texts)
    for proposal in found:
        for words in words_of(proposal):
            assert texts[words.path][words.heading][words.start : words.end] == words.text


def test_every_field_carries_its_words():
    text = (
        "If a spill occurs, the Supplier shall, save where paragraph 4 applies, promptly and in any event"
        " within 24 hours of discovering it notify the Buyer in writing."
    )
    (found,) = propose(paragraphs(("1", None, text), ("4", None, "The Buyer may waive it.")), NAMES)[:1]
    assert (found.kind, found.party, found.shape, found.certainty) == ("duty", "supplier", "event", "sure")
    assert found.party_words and found.party_words.text == "the Supplier"
    assert found.duty_word and found.duty_word.text == "shall"
    assert found.word and found.word.text == "promptly"
    assert found.trigger and found.trigger.text.startswith("discovering it")
    assert found.limit and found.limit.as_json() == {"lengths": [{"amount": 24, "unit": "hours"}]}
    assert found.to_whom and found.to_whom.text == "the Buyer"
    assert [one.paths for one in found.exceptions] == [("main/4",)]


def test_an_item_takes_party_time_and_trigger_from_its_lead_in():
    rows = paragraphs(
        ("1", None, "Within 5 Working Days of the Start Date the Supplier shall:"),
        ("1(a)", None, "appoint a manager; and"),
        ("1(b)", None, "give the Buyer that manager's name."),
        ("2", None, "The Supplier shall not:"),
        ("2(a)", None, "sell the pumps; or"),
        ("2(b)", None, "hire them out."),
        ("3", None, "The plan shall set out:"),
        ("3(a)", None, "the routes; and"),
        ("3(b)", None, "how the Supplier will keep to them."),
        ("4", None, "The Buyer may end the Contract if:"),
        ("4(a)", None, "the Supplier is late; or"),
        ("4(b)", None, "the yard must be closed."),
    )
    found = [(one.path, one.kind, one.party) for one in propose(rows, NAMES)]
    assert found == [
        ("main/1", "none", ""),
        ("main/1(a)", "duty", "supplier"),
        ("main/1(b)", "duty", "supplier"),
        ("main/2", "none", ""),
        ("main/2(a)", "prohibition", "supplier"),
        ("main/2(b)", "prohibition", "supplier"),
        ("main/3", "duty", "supplier"),
        ("main/3(a)", "none", ""),
        ("main/3(b)", "none", ""),
        ("main/4", "right", "authority"),
        ("main/4(a)", "none", ""),
        ("main/4(b)", "none", ""),
    ]
    item = propose(rows, NAMES)[1]
    assert item.limit and item.trigger and item.party_words
    assert {item.trigger.path, item.party_words.path, item.limit_words and item.limit_words.path} == {
        "main/1"
    }
    assert item.act and item.act.path == "main/1(a)"


def test_words_after_the_last_item_bear_on_each_or_are_of_the_last():
    rows = paragraphs(
        ("1", None, "The Supplier shall:\nin each case within 2 days of a request."),
        ("1(a)", None, "mend the gate; and"),
        ("1(b)", None, "paint it,"),
        ("2", None, "Where:\nthe Supplier shall tell the Buyer within 3 days."),
        ("2(a)", None, "a pump fails; or"),
        ("2(b)", None, "a pump is lost,"),
    )
    found = propose(rows, NAMES)
    limits = {one.path: one.limit.as_json()["lengths"][0]["amount"] for one in found if one.limit}
    assert limits == {"main/1(a)": 2, "main/1(b)": 2, "main/2(b)": 3}
    assert {one.path: one.kind for one in found if one.path.startswith("main/2")} == {
        "main/2": "none",
        "main/2(a)": "none",
        "main/2(b)": "duty",
    }


def test_the_rows_of_a_table_of_times_are_duties():
    rows = paragraphs(
        (
            "1",
            None,
            "The Supplier shall mend faults in these times, which run from the call:\nSort\tAnswer\tMend",
        ),
        ("1(1)", None, "Pump stopped\t1 hour\t2 Working Days"),
        ("1(2)", None, "Pump slow\t4 hours\t10 Working Days"),
    )
    found = propose(rows, NAMES)
    assert [one.path for one in found] == ["main/1", "main/1(1)", "main/1(1)", "main/1(2)", "main/1(2)"]
    assert [one.limit_words.text for one in found if one.limit_words] == [
        "1 hour",
        "2 Working Days",
        "4 hours",
        "10 Working Days",
    ]
    assert {one.trigger.text for one in found if one.trigger} == {"the call"}


def test_items_that_each_have_a_time_are_acts_of_their_own():
    rows = paragraphs(
        ("1", None, "The Supplier shall notify the Buyer of:"),
        ("1(a)", None, "any breach, within 12 hours; and"),
        ("1(b)", None, "any request, within 2 Working Days."),
        ("2", None, "The Supplier must within 24 hours of a ticket being issued:"),
        ("2(a)", None, "upload the photographs; and"),
        ("2(b)", None, "enter it in the register."),
        ("3", None, "The plan shall set out:"),
        ("3(a)", None, "how faults are mended within 4 hours; and"),
        ("3(b)", None, "how calls are answered within 1 hour."),
    )
    found = [
        (one.path, one.kind, one.limit and one.limit.as_json()["lengths"][0]["amount"])
        for one in propose(rows, NAMES)
    ]
    assert found == [
        ("main/1", "none", None),
        ("main/1(a)", "duty", 12),
        ("main/1(b)", "duty", 2),
        ("main/2", "none", None),
        ("main/2(a)", "duty", 24),
        ("main/2(b)", "duty", 24),
        ("main/3", "duty", None),
        ("main/3(a)", "none", None),
        ("main/3(b)", "none", None),
    ]


def test_an_item_may_describe_further_or_have_a_subject_of_its_own():
    rows = paragraphs(
        ("1", None, "Every driver must:"),
        ("1(a)", None, "carry a pass, which must be shown to anyone who asks;"),
        ("1(b)", None, "wash the van; and"),
        ("1(c)", None, "the Buyer may inspect it."),
    )
    assert [(one.path, one.kind, one.party) for one in propose(rows, NAMES)[1:]] == [
        ("main/1(a)", "duty", "supplier"),
        ("main/1(a)", "duty", "supplier"),
        ("main/1(b)", "duty", "supplier"),
        ("main/1(c)", "right", "authority"),
    ]


def test_a_role_that_words_call_a_partys_is_its_party():
    rows = paragraphs(
        ("1", None, "The Supplier must tell the Buyer's Yard Lead within 2 hours."),
        ("2", None, "The Yard Lead shall answer."),
    )
    assert propose(rows, NAMES)[1].party == "authority"


def test_a_role_that_the_document_names_is_its_party():
    rows = paragraphs(
        ("1", None, "The Yard Officer is the person whom the Buyer has named as such."),
        ("2", None, "The Yard Officer shall visit each month."),
    )
    assert propose(rows, NAMES)[1].party == "authority"


def test_a_role_that_the_document_defines_is_its_party():
    rows = paragraphs(
        ("1", None, '"Yard Inspector" means the person appointed by the Buyer to look at the yard.'),
        ("2", None, "The Yard Inspector shall visit each month."),
    )
    assert [(one.kind, one.party) for one in propose(rows, NAMES)] == [
        ("definition", ""),
        ("duty", "authority"),
    ]


def test_a_limit_in_doubt_is_not_filled_in():
    (found,) = proposed("The Supplier shall answer within ten (15) days of a call.")
    assert found.limit is None
    assert found.limit_words and "ten (15) days" in found.limit_words.text
    assert found.certainty == "unsure"
    assert "differ" in found.not_understood[0]


def test_without_names_nothing_is_anybodys_by_name():
    (found,) = propose(paragraphs(("1", None, "The Supplier shall shut the gate.")), PartyNames())
    assert found.certainty != "sure"


@pytest.mark.parametrize(
    "text",
    [
        "The Supplier shall " * 300,
        "The Supplier shall " + "also " * 1100,
        "The Supplier shall be kept " + "by it " * 900,
        "The Supplier" + ", a" * 1900 + " shall go.",
        "The Supplier shall act within 5 days of it and " * 120,
        "If the Buyer asks " * 300 + "the Supplier shall go",
        "The " + "A" * 5500 + " shall go.",
        "The Supplier shall" + " " * 5500 + "go.",
        "The Supplier shall act:\nA\tB\n" + "x\t5 days\n" * 600,
        "The Supplier shall go. " * 2000,
    ],
    ids=range(10),
)
def test_long_texts_take_no_long_time(text):
    began = time.process_time()
    assert propose(paragraphs(("1", None, text)), NAMES)
    assert time.process_time() - began < 4


def test_a_sentence_that_is_too_long_is_said_not_to_be_read():
    (found,) = proposed("The Supplier shall keep " + "a pump, " * 1000 + "clean.")
    assert (found.kind, found.why) == (
        "none",
        "It has a sentence of more than 6,000 characters, which is not read.",
    )
