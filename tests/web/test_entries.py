"""Deciding in the browser what paragraphs ask, and putting it in force."""

from __future__ import annotations

import json
from re import findall
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from contracts.models import Document, Paragraph, Proposal
from contracts.proposals.proposal import SURE, Words
from contracts.proposals.proposal import Proposal as Proposed
from contracts.terms.limit import Limit
from contracts.terms.periods import Period, Unit
from obligations.models import Duty, EntryDecision, OwnKind
from tests.cast import NOON, Cast
from tests.support.own_book import HARBOUR, decided, own_contract, own_schedule
from tests.web.conftest import errors, words

pytestmark = pytest.mark.django_db
MORE = HARBOUR | {
    "main/7": "The Provider shall notify the Council at least 5 Working Days before any change of the crane.",
    "main/8": "The Provider may paint the crane.",
}


TEN, THREE = (Limit((Period(one, Unit.WORKING_DAYS),)) for one in (10, 3))
FIVE_BEFORE = Limit((Period(5, Unit.WORKING_DAYS),), before=True)
PROPOSED = {
    "main/2": ("duty", "one_off", "within 10 Working Days", TEN, "the Start Date"),
    "main/3": ("duty", "event", "within 3 Working Days", THREE, "a crane fault"),
    "main/7": ("duty", "event", "at least 5 Working Days before", FIVE_BEFORE, "any change of the crane"),
    "main/8": ("right", "right", "", None, ""),
    "Annex A/1": ("duty", "continuous", "", None, ""),
}
"""What is proposed for some of them: kind, shape, the words of the limit, the limit, the trigger."""


def proposal(path: str, kind: str, shape: str, by: str, limit: Limit | None, trigger: str) -> Proposed:
    text = MORE[path]

    def words_of(part: str) -> Words | None:
        at = text.find(part)
        return Words(path, at, at + len(part), part) if part else None

    return Proposed(
        path, kind, "supplier", shape, certainty=SURE, sentence=words_of(text),
        act=words_of(text[19:].rstrip(".")), limit_words=words_of(by), limit=limit, trigger=words_of(trigger),
    )  # fmt: skip


@pytest.fixture
def cast(db) -> Cast:
    """A contract with a schedule of its own, read and proposed for, and nothing decided."""
    cast = own_contract()
    schedule = own_schedule(cast, words=MORE)
    document = Document.objects.create(
        contract=cast.contract,
        schedule=schedule,
        name="harbour.txt",
        size=1,
        sha256="0" * 64,
        uploaded_by=cast.priya,
        uploaded_at=NOON,
    )
    rows = {row.path: row for row in Paragraph.objects.filter(schedule=schedule)}
    for path, says in PROPOSED.items():
        one = proposal(path, *says)
        Proposal.objects.create(
            contract=cast.contract, schedule=schedule, paragraph=rows[path], document=document, place=1,
            kind=one.kind, party=one.party, topic=one.topic, certainty=one.certainty, content=one.as_json(),
        )  # fmt: skip
    return cast


def paragraph(cast: Cast, number: str) -> Paragraph:
    return Paragraph.objects.get(contract=cast.contract, scope="main", number=number)


def address(cast: Cast, name: str, number: str) -> str:
    return reverse(name, args=[cast.contract.pk, paragraph(cast, number).pk])


def sent(client: Client, cast: Cast, name: str, number: str, **changes: Any) -> Any:
    """The form of the page sent as it is shown, with some fields changed."""
    page = client.get(address(cast, "entry_paragraph" if name != "entry_edit" else name, number))
    return client.post(
        address(cast, name, number), fields(page, address(cast, name, number)) | changes, follow=True
    )


def fields(page: Any, action: str = "") -> dict[str, str]:
    """What the forms of a page hold, as a browser would send it."""
    html = page.content.decode()
    forms = findall(r'(?s)<form method="post"(?: action="([^"]*)")? novalidate>(.*?)</form>', html)
    body = next(text for where, text in forms if where in ("", action))
    found = {}
    for tag in findall(r"<input [^>]*>", body):
        attrs = dict(findall(r'([\w-]+)="([^"]*)"', tag))
        if attrs.get("type") in ("radio", "checkbox") and " checked" not in tag:
            continue
        if "name" in attrs:
            found[attrs["name"]] = attrs.get("value", "")
    for name, text in findall(r'(?s)<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', body):
        chosen = findall(r'<option value="([^"]*)"[^>]* selected', text)
        found[name] = chosen[0] if chosen else ""
    for name, text in findall(r'(?s)<textarea [^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', body):
        found[name] = text
    return found


def test_the_words_stand_beside_what_is_proposed_with_their_marks(cast, browse):
    page = browse(cast.priya).get(address(cast, "entry_paragraph", "3"))
    assert b'<mark class="duly-mark duly-mark--amount" title="The time limit">' in page.content
    assert "within 3 Working Days" in words(page) and "What starts it?" in words(page)


def test_accepting_names_what_starts_it_and_leads_on(cast, browse):
    client = browse(cast.priya)
    page = sent(client, cast, "entry_accept", "3", label_0="Crane fault", start_0="new")
    assert "Paragraph 3 is accepted." in words(page) and "What paragraph 4 asks" in words(page)
    made = EntryDecision.objects.get()
    assert made.entries[0]["on"] == ["own_crane_fault"] and made.entries[0]["once_per"] == "fact"
    assert OwnKind.objects.get().label == "Crane fault" and made.decided_by == cast.priya


def test_a_limit_before_an_event_to_come_runs_from_the_day_it_is_planned_for(cast, browse):
    sent(
        browse(cast.priya),
        cast,
        "entry_accept",
        "7",
        label_0="A change of the crane is planned",
        start_0="new",
    )
    entry = EntryDecision.objects.get().entries[0]
    kind = OwnKind.objects.get()
    assert (entry["before"], entry["amount"], entry["event_day"]) == (True, 5, kind.details[0]["name"])
    assert kind.details[0]["type"] == "day"


def test_who_may_not_decide_reads_and_has_no_buttons(cast, browse):
    page = browse(cast.olu).get(address(cast, "entry_paragraph", "3"))
    assert page.status_code == 200 and b"Accept</button>" not in page.content
    assert browse(cast.olu).post(address(cast, "entry_accept", "3")).status_code == 403


def test_what_starts_it_has_to_be_chosen(cast, browse):
    page = sent(browse(cast.priya), cast, "entry_accept", "3", start_0="new", label_0="")
    assert errors(page) == {"Choose what has to happen for it to be owed, or name it.": "accept_start_0"}
    assert EntryDecision.objects.count() == 0 and OwnKind.objects.count() == 0


def test_it_asks_for_nothing_wants_a_reason_and_later_wants_none(cast, browse):
    client = browse(cast.priya)
    assert errors(sent(client, cast, "entry_nothing", "8")) == {"Say why it asks for nothing.": "nothing_why"}
    sent(client, cast, "entry_nothing", "8", why="Paint is nobody’s duty.")
    sent(client, cast, "entry_skip", "5")
    assert list(EntryDecision.objects.order_by("pk").values_list("outcome", "why")) == [
        ("none", "Paint is nobody’s duty."),
        ("skipped", ""),
    ]


def test_correcting_keeps_what_was_not_changed_and_says_so(cast, browse):
    page = sent(
        browse(cast.priya), cast, "entry_edit", "3",
        **{"e0-title": "Ring the harbour master", "e0-amount": "2"},
    )  # fmt: skip
    assert "Paragraph 3 is decided: corrected." in words(page)
    entry = EntryDecision.objects.get().entries[0]
    assert (entry["title"], entry["amount"], entry["unit"]) == ("Ring the harbour master", 2, "working_days")


def test_a_field_that_is_wrong_is_named_and_nothing_is_lost(cast, browse):
    page = sent(
        browse(cast.priya), cast, "entry_edit", "3",
        **{"e0-title": "Ring", "e0-amount": "none", "e0-exceptions": "99"},
    )  # fmt: skip
    assert errors(page) == {
        "Enter a whole number, for example 10.": "id_e0-amount",
        "This schedule has no paragraph 99: enter numbers that it has.": "id_e0-exceptions",
    }
    assert b'value="Ring"' in page.content and EntryDecision.objects.count() == 0


def test_two_people_at_once_the_second_is_told_who_was_first(cast, browse):
    client = browse(cast.priya)
    shown = fields(client.get(address(cast, "entry_paragraph", "8")), address(cast, "entry_nothing", "8"))
    decided(cast, "main/8", by="ada", outcome="none", why="A right.")
    page = client.post(address(cast, "entry_nothing", "8"), shown | {"why": "Paint."}, follow=True)
    assert "Ada Fairweather decided paragraph 8" in words(page) and EntryDecision.objects.count() == 1


@pytest.mark.parametrize("name", ["entry_accept", "entry_nothing", "entry_skip", "entry_edit"])
def test_a_page_that_shows_other_words_than_there_are_now_decides_nothing(cast, browse, name):
    client, one, there = browse(cast.priya), paragraph(cast, "2"), address(cast, name, "2")
    opened = fields(
        client.get(there if name == "entry_edit" else address(cast, "entry_paragraph", "2")), there
    )
    with_twenty_days(one)
    typed = {"why": "We thought so."} if name == "entry_nothing" else {}
    page = client.post(there, opened | typed, follow=True)
    assert "are others since you opened it" in words(page) and not EntryDecision.objects.exists()
    assert not typed or "We thought so." in page.content.decode()
    client.post(there, fields(page, there) | typed, follow=True)
    assert EntryDecision.objects.count() == 1


def with_twenty_days(one: Paragraph) -> None:
    """A later edition has another limit there."""
    row, held = Proposal.objects.get(paragraph=one), one.versions.get()
    row.content = json.loads(json.dumps(row.content).replace("10 Work", "20 Work").replace(": 10", ": 20"))
    held.text = held.text.replace("10 Work", "20 Work")
    row.save()
    held.save()


def test_what_is_decided_again_rests_on_the_words_of_now(cast, browse):
    client, one = browse(cast.priya), paragraph(cast, "2")
    sent(client, cast, "entry_accept", "2")
    with_twenty_days(one)
    says = "The words are others since this was decided"
    assert says in words(client.get(address(cast, "entry_paragraph", "2")))
    sent(client, cast, "entry_edit", "2", **{"e0-amount": "20"})
    assert says not in words(client.get(address(cast, "entry_paragraph", "2")))
    rests = next(iter(EntryDecision.objects.last().rests_on.values()))
    assert [one["text"] for one in rests["amount"]] == ["within 20 Working Days"]


def test_a_new_entry_beside_one_that_is_left_out_does_not_go_on_with_its_duties(cast, browse):
    client, there = browse(cast.priya), address(cast, "entry_edit", "2")
    sent(client, cast, "entry_accept", "2")
    shown = fields(client.get(there, {"entries": "2"}), there)
    new = {"e1-title": "Paint", "e1-party": "supplier", "e1-shape": "continuous", "e0-left_out": "1"}
    client.post(f"{there}?entries=2", shown | new, follow=True)
    first, second = EntryDecision.objects.order_by("pk")
    assert [one["title"] for one in second.entries] == ["Paint"]
    assert first.entries[0]["key"] != second.entries[0]["key"]


def test_the_other_side_reads_it_otherwise_and_both_stay(cast, browse):
    decided(cast, "main/8", by="priya", outcome="none", why="A right.")
    assert b"What your side says" not in browse(cast.priya).get(address(cast, "entry_paragraph", "8")).content
    client = browse(cast.ada)
    page = sent(client, cast, "entry_opinion", "8", agrees="no")
    assert errors(page) == {"Say how your side reads the paragraph.": "opinion_words"}
    page = words(sent(client, cast, "entry_opinion", "8", agrees="no", words="It is a duty to ask first."))
    assert "We read it otherwise. It is a duty to ask first." in page
    listed = words(client.get(reverse("entries", args=[cast.contract.pk]), {"show": "disputed"}))
    assert "1 paragraph" in listed and "The other side reads it otherwise" in listed


def test_trying_it_shows_the_date_and_why(cast, browse):
    day = {"tried_day": "12", "tried_month": "3", "tried_year": "2026"}
    page = words(browse(cast.priya).get(address(cast, "entry_paragraph", "3"), day))
    assert "17 March 2026" in page and "Because" in page
    assert Duty.objects.count() == 0


def test_many_are_accepted_together_but_no_limit(cast, browse):
    client, schedule = browse(cast.priya), cast.contract.schedules.get()
    there = reverse("entries_many", args=[cast.contract.pk, schedule.pk])
    page = client.get(there, {"kind": "duty"})
    assert "7 : It has a time limit." in words(page) and b'value="main/3"' not in page.content
    page = client.post(f"{there}?kind=duty", {"paths": ["Annex A/1"]}, follow=True)
    assert "1 paragraph is accepted." in words(page)
    page = client.post(f"{there}?kind=duty", {"paths": ["main/3"]}, follow=True)
    assert EntryDecision.objects.count() == 1


def test_what_is_decided_counts_once_it_is_put_in_force(cast, browse):
    client, schedule = browse(cast.priya), cast.contract.schedules.get()
    sent(client, cast, "entry_accept", "2")
    there = reverse("entries_in_force", args=[cast.contract.pk, schedule.pk])
    page = client.get(there)
    assert "Duties that would be raised (1)" in words(page) and Duty.objects.count() == 0
    page = client.post(there, fields(page), follow=True)
    assert "Version 1 is in force. 1 duty began." in words(page)
    assert Duty.objects.get().due_at is not None
    assert "Nothing was decided since version 1 was put in force" in words(client.get(there))


def test_the_list_costs_the_same_for_any_number_of_paragraphs(cast, browse, django_assert_max_num_queries):
    there = reverse("entries", args=[cast.contract.pk])
    client = browse(cast.priya)
    client.get(there)
    with django_assert_max_num_queries(22):
        assert client.get(there).status_code == 200


def test_who_was_second_decides_again_on_the_page_that_told_them(cast, browse):
    client = browse(cast.priya)
    there = address(cast, "entry_nothing", "8")
    shown = fields(client.get(address(cast, "entry_paragraph", "8")), there)
    decided(cast, "main/8", by="ada", outcome="none", why="A right.")
    page = client.post(there, shown | {"why": "Paint."}, follow=True)
    again = client.post(there, fields(page, there), follow=True)
    assert "Paragraph 8 asks for nothing." in words(again)
    assert list(EntryDecision.objects.order_by("number").values_list("why", flat=True)) == [
        "A right.",
        "Paint.",
    ]


def test_leaving_out_every_entry_loses_nothing(cast, browse):
    page = sent(browse(cast.priya), cast, "entry_edit", "3", **{"e0-title": "Ring", "e0-left_out": "1"})
    assert "Keep an entry, or go back and say why" in words(page) and b'value="Ring"' in page.content
    assert EntryDecision.objects.count() == 0
