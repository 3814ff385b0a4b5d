"""A later edition of a schedule that has a book in force: decisions and duties go with their paragraphs."""

from __future__ import annotations

from datetime import date
from hashlib import sha256

import pytest
from django.urls import reverse

from contracts.models import Document, LedgerEntry
from contracts.proposals.proposal import SURE, Words
from contracts.proposals.proposal import Proposal as Proposed
from contracts.reader import read
from contracts.reader.editions import edition_of
from contracts.services import ledger
from contracts.services.editions import Taken, take_edition
from contracts.services.judging import earlier
from contracts.services.locks import lock
from obligations.models import Duty, EntryDecision, Phase
from obligations.services.choosing.rests import rests_on
from obligations.services.entries.other_words import resting_on_other_words
from obligations.services.entries.proposing import Prefilled
from obligations.services.entries.standing import standing_of
from obligations.web.ledger.presenters import OWN
from tests.cast import NOON, happened
from tests.support.own_book import FAULT, HARBOUR, PLAN, TEST, decided, in_force, own_cast, own_duty

pytestmark = pytest.mark.django_db
NEW = "3. Gulls are nobody's concern."


def text(*lines: str) -> str:
    return "Schedule 9\n" + "\n".join(lines) + "\nAnnex A\n1. The Provider shall be courteous.\n"


def numbered(words: list[str], first: int = 1) -> list[str]:
    return [f"{number}. {one}" for number, one in enumerate(words, first)]


MAIN = [words for path, words in HARBOUR.items() if path.startswith("main/")]
WITH_ONE_MORE = text(*numbered(MAIN[:2]), NEW, *numbered(MAIN[2:], 4))


def take(cast, content: str, **taken) -> Document:
    """Takes an edition of the harbour's schedule, as the page does."""
    schedule, reading = cast.schedule, read(content)
    lock(cast.contract)
    edition = edition_of(earlier(schedule), reading.paragraphs)
    document = Document(
        contract=cast.contract,
        name="signed.txt",
        size=1,
        sha256=sha256(content.encode()).hexdigest(),
        uploaded_by=cast.ada,
        uploaded_at=NOON,
    )
    take_edition(document, reading, schedule, edition, Taken(**taken), cast.as_("ada"), NOON)
    return document


def test_the_rules_in_force_and_their_duties_go_with_their_paragraphs():
    cast = own_cast()
    in_force(cast)
    happened(cast, "own_crane_fault", date(2026, 3, 16))
    before = own_duty(cast, "main/3")
    take(cast, WITH_ONE_MORE)
    after = own_duty(cast, "main/4")
    assert (after.pk, after.due_date, after.phase) == (before.pk, date(2026, 3, 19), Phase.OPEN)
    assert not Duty.objects.filter(obligation__paragraph__path="main/3").exists()
    standing = standing_of(cast.contract, cast.schedule)
    assert standing.version.number == 1 and all(standing.is_in_force(one) for one in standing.counting)
    assert standing.in_force["main/4"][0][0]["key"] == before.obligation.rule_key
    happened(cast, "own_crane_fault", date(2026, 3, 17))
    assert Duty.objects.filter(obligation__paragraph__path="main/4").count() == 2
    ledger.verify(cast.contract)


def test_the_record_says_which_numbers_are_others():
    cast = own_cast()
    decided(cast, "main/3", FAULT)
    take(cast, WITH_ONE_MORE)
    entry = LedgerEntry.objects.get(verb="entries_renumbered")
    told = OWN["entries_renumbered"](cast.contract, entry.payload)
    assert told == "1 decision on “Harbour records” went along with new numbers: paragraph 3 is 4 now"
    last = EntryDecision.objects.get()
    assert (last.paragraph.path, last.entries[0]["path"]) == ("main/4", "main/3")
    counted = standing_of(cast.contract, cast.schedule).counting[0]
    assert counted.entries[0]["path"] == "main/4" and counted.decided_by == cast.priya


def test_what_is_decided_and_not_in_force_is_not_put_in_force_by_the_way():
    cast = own_cast()
    in_force(cast, {"main/3": FAULT})
    decided(cast, "main/4", TEST)
    take(cast, WITH_ONE_MORE)
    standing = standing_of(cast.contract, cast.schedule)
    assert [(one.paragraph.path, standing.is_in_force(one)) for one in standing.counting] == [
        ("main/4", True), ("main/5", False),
    ]  # fmt: skip


def test_a_paragraph_that_is_left_out_ends_its_duties():
    cast = own_cast()
    in_force(cast)
    happened(cast, "own_crane_fault", date(2026, 3, 16))
    take(cast, text(*numbered(MAIN[:2]), *numbered(MAIN[3:], 4)), from_day=date(2026, 3, 17))
    obligation = own_duty(cast, "main/3").obligation
    assert obligation.in_force.upper == date(2026, 3, 17)


def test_a_number_that_another_paragraph_takes_does_not_take_its_rule():
    cast = own_cast()
    in_force(cast)
    happened(cast, "own_crane_fault", date(2026, 3, 16))
    duty = own_duty(cast, "main/3")
    take(cast, text(*numbered(MAIN[:2]), *numbered(MAIN[3:], 3)), from_day=date(2026, 3, 17))
    duty.refresh_from_db()
    assert duty.obligation.paragraph.path == "main/3 (left out)"
    assert own_duty(cast, "main/3").title == "Test the crane"
    assert all(
        one.paragraph.path == entry["path"]
        for one in standing_of(cast.contract, cast.schedule).counting
        for entry in one.entries
    )


def test_what_was_decided_rests_on_the_words_before_it_is_in_force():
    cast = own_cast()
    decided(cast, "main/3", FAULT)
    assert set(rests_on(cast.schedule, [])) == {"main/3"}
    found = edition_of(
        earlier(cast.schedule), read(WITH_ONE_MORE.replace("3 Working", "9 Working")).paragraphs
    )
    assert [pair.path for pair in found.pairs if pair.rests] == ["main/4"]


def test_a_decision_whose_words_are_others_now_is_to_be_looked_at_again(client):
    cast = own_cast()
    phrase = "within 3 Working Days"
    start = HARBOUR["main/3"].index(phrase)
    words = {"path": "main/3", "start": start, "end": start + len(phrase), "text": phrase}
    decided(cast, "main/3", FAULT, rests_on={"0": {"amount": [words]}})
    decided(cast, "main/2", PLAN)
    assert resting_on_other_words(cast.schedule, NOON) == []
    document = take(cast, WITH_ONE_MORE.replace("3 Working", "9 Working"))
    assert [one.paragraph.path for one in resting_on_other_words(cast.schedule, NOON)] == ["main/4"]
    client.force_login(cast.olu)
    page = client.get(reverse("document", args=[cast.contract.pk, document.pk]))
    assert "To decide again" in page.content.decode() and ">Paragraph 4</a>: “Tell the Council" in (
        page.content.decode()
    )
    page = client.get(reverse("entries", args=[cast.contract.pk]), {"show": "again"}).content.decode()
    assert "What was decided about 1 paragraph rests on words that are others now" in page
    assert "Its words are others since it was decided" in page and "1 paragraph</h2>" in page
    one = standing_of(cast.contract, cast.schedule).by_path["main/4"]
    page = client.get(reverse("entry_paragraph", args=[cast.contract.pk, one.pk])).content.decode()
    assert "The words are others since this was decided" in page


def test_that_it_asks_for_nothing_was_said_of_the_words_that_were_there():
    cast = own_cast()
    text = HARBOUR["main/3"]
    words = Words("main/3", 0, len(text), text)
    read = Proposed("main/3", "duty", "supplier", "event", certainty=SURE, sentence=words)
    decided(cast, "main/3", outcome="none", why="It is past.", proposed=[Prefilled(read)])
    assert resting_on_other_words(cast.schedule, NOON) == []
    take(cast, WITH_ONE_MORE)
    assert resting_on_other_words(cast.schedule, NOON) == []  # the same words under another number
    take(cast, WITH_ONE_MORE.replace("3 Working", "9 Working"))
    assert [one.paragraph.path for one in resting_on_other_words(cast.schedule, NOON)] == ["main/4"]
