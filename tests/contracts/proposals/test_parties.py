"""What a document calls its parties, and how the command line shows what its paragraphs ask."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from contracts.proposals import PartyNames, names_from, parties_in
from contracts.proposals.parties import Parties
from contracts.terms.paragraphs import Paragraph
from tests.contracts.proposals.scoring import SCHEDULES


def names(*texts: str) -> PartyNames:
    return names_from(parties_in([Paragraph("main", str(n), str(n), None, t) for n, t in enumerate(texts)]))


def test_names_that_parties_usually_have():
    found = names(
        "The Provider shall shut the gate. The Council may inspect it.", "The Provider must lock it."
    )
    assert found == PartyNames(("Council",), ("Provider",))


def test_two_names_of_one_side_are_told_apart_by_what_is_asked_of_them():
    found = names(
        "The Company shall notify the Undertaker of any spill.",
        "The Company shall not start without the Undertaker's consent. The Undertaker may require more.",
        "The Company shall keep a log to the satisfaction of the Undertaker.",
    )
    assert found == PartyNames(("Undertaker",), ("Company",))


def test_a_name_that_no_list_has_is_placed_by_its_words():
    found = names(
        "The Owner may inspect. The Owner shall pay.",
        "The Wharfinger shall tell the Owner. The Wharfinger shall keep the quay clear.",
    )
    assert found == PartyNames(("Owner",), ("Wharfinger",))


def test_a_document_without_parties_names_none():
    assert names("It rains. The Parties shall meet. The Schedule shall apply.") == PartyNames()


@pytest.mark.parametrize(
    ("words", "side"),
    [
        ("The Provider", "supplier"),
        ("the provider", "supplier"),
        ("PROVIDER", "supplier"),
        ("The Council", "authority"),
        ("each party", "both"),
        ("the Council and the Provider", "both"),
        ("the Councillor", ""),
        ("a provider of software", ""),
        ("the provider of its software", ""),
    ],
)
def test_whom_words_name(words, side):
    assert Parties(PartyNames(("Council",), ("Provider",))).side(words) == side


def read_schedule(*arguments: object) -> str:
    out = StringIO()
    call_command("read_schedule", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_the_command_prints_what_each_paragraph_asks():
    reading = json.loads(read_schedule(SCHEDULES / "council.txt", "--json"))
    paths = [one["path"] for one in reading["paragraphs"]]
    assert list(dict.fromkeys(one["citation"] for one in reading["proposals"])) == paths
    (row,) = (one for one in reading["proposals"] if one["citation"] == "main/2.1.5")
    wanted = {
        "kind": "duty",
        "party": "supplier",
        "duty_word": "shall",
        "shape": "event",
        "trigger": "receipt of them",
        "limit": {"lengths": [{"amount": 10, "unit": "working_days"}], "qualifier": "at_most"},
        "limit_words": "not later than 10 Working Days after receipt of them",
        "certainty": "sure",
    }
    assert {name: row[name] for name in wanted} == wanted


def test_the_command_takes_the_names_of_the_parties():
    said = read_schedule(SCHEDULES / "council.txt", "--authority", "Provider", "--supplier", "Council")
    assert "main/2.1.5: duty, authority: deal with the Council's comments" in said
    assert "Paragraphs that ask nothing: " in said
