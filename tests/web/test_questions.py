"""The questions that a contract's documents answer: found, answered from the words, what rests on them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from re import search
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from contracts.models import Contract, ContractAnswer, LedgerEntry, ParagraphVersion
from contracts.terms.questions import QUESTIONS
from obligations.models import Duty
from tests.cast import Cast, happened, make_contract
from tests.web.conftest import errors, words

pytestmark = pytest.mark.django_db
SCOTS = "“Working Day” means a day other than a Saturday, a Sunday or a public holiday in Scotland."
LATE = "A notice received after 5pm is deemed to be received on the next Working Day."
FRIDAY = datetime(2026, 8, 28, 12, tzinfo=UTC)
TYPED = {"own_words": "The Order Form prevails.", "place": "Core Terms, clause 2"}


@pytest.fixture
def cast(cast) -> Cast:
    """The usual contract; two of its paragraphs have words that answer."""
    for path, text in (
        ("main/1", f"In this schedule these words apply. {SCOTS}"),
        ("main/2", f"Notices. {LATE} Thank you."),
    ):
        ParagraphVersion.objects.filter(contract=cast.contract, paragraph__path=path).update(text=text)
    return cast


def address(cast: Cast, name: str) -> str:
    return reverse("question", args=[cast.contract.pk, name])


def key(cast: Cast, path: str, text: str) -> str:
    """The value of a sentence that was found."""
    row = ParagraphVersion.objects.get(contract=cast.contract, paragraph__path=path)
    start = row.text.index(text)
    return f"{cast.schedule.outline_key}/{path}#{start}-{start + len(text)}"


def look(client: Client, cast: Cast, name: str, **sent: Any) -> Any:
    return client.post(address(cast, name), {"look": "1"} | sent)


def put(client: Client, cast: Cast, name: str, **sent: Any) -> Any:
    """Puts an answer on the record, from the page that shows what it moves."""
    page = look(client, cast, name, **sent)
    token = search(r'name="token" value="([^"]+)"', page.content.decode())
    assert token is not None, errors(page)
    return client.post(address(cast, name), sent | {"token": token[1]}, follow=True)


def scots(cast: Cast) -> dict[str, str]:
    return {"words": key(cast, "main/1", SCOTS), "answer": "scotland"}


def test_every_question_is_open_until_it_is_answered(cast, browse, django_assert_num_queries):
    response = browse(cast.olu).get(reverse("questions", args=[cast.contract.pk]))
    page = words(response)
    assert f"{len(QUESTIONS)} questions are open." in page and "What is a Working Day here?" in page
    assert address(cast, "working_day") not in response.content.decode(), "an auditor answers nothing"
    response = browse(cast.mina).get(reverse("questions", args=[cast.contract.pk]))
    assert all(address(cast, name) in response.content.decode() for name in QUESTIONS)


def test_the_words_are_quoted_with_what_they_seem_to_say(cast, browse):
    response = browse(cast.mina).get(address(cast, "working_day"))
    page = words(response)
    assert SCOTS in page and "Paragraph 1. It seems to say: Scotland." in page
    assert 'value="scotland" checked' in response.content.decode()
    assert "Duly found no sentence" in words(browse(cast.mina).get(address(cast, "precedence")))


def test_an_answer_counts_with_its_words_after_a_look(cast, browse, at_noon):
    """Two Working Days after Friday 28 August 2026: the Monday is no holiday in Scotland (R3)."""
    at_noon.move_to(FRIDAY)
    happened(cast, "breach_of_security_occurred", datetime(2026, 8, 28, 9, tzinfo=UTC), "B-1", now=FRIDAY)
    duty = Duty.objects.get(subject="B-1", obligation__rule_key="8.2.2")
    client = browse(cast.mina)
    page = words(look(client, cast, "working_day", **scots(cast)))
    assert "from Wednesday 2 September 2026 to Tuesday 1 September 2026" in page and SCOTS in page
    assert Contract.objects.get().division == "england-and-wales" and not ContractAnswer.objects.exists()
    told = words(put(client, cast, "working_day", **scots(cast)))
    assert "The answer is on the record." in told and "Scotland" in told and "paragraph 1" in told
    assert Contract.objects.get().division == "scotland"
    row = ContractAnswer.objects.get()
    assert (row.words, row.says, row.paragraph.path) == (SCOTS, "Scotland", "main/1")
    assert row.paragraph.versions.get().text[row.start : row.end] == SCOTS
    duty.refresh_from_db()
    assert duty.due_date == date(2026, 9, 1)
    verbs = LedgerEntry.objects.order_by("number").values_list("verb", flat=True)
    assert "question_answered" in verbs and "contract_changed" in verbs
    ledger = words(client.get(reverse("ledger", args=[cast.contract.pk])))
    assert f"Answered “What is a Working Day here?” from paragraph 1: Scotland. ‘{SCOTS}’" in ledger


def test_an_hour_for_notices_becomes_the_setting_with_the_words_as_reason(cast, browse):
    sent = {"words": key(cast, "main/2", LATE), "answer": "5pm"}
    put(browse(cast.priya), cast, "notice_cutoff", **sent)
    assert Contract.objects.get().settings["notice_cutoff"] == "17:00"
    entry = LedgerEntry.objects.get(verb="setting_changed")
    assert entry.payload["reason"] == f"“{LATE}” (main/2)"
    put(browse(cast.priya), cast, "notice_cutoff", words="silent")
    assert "notice_cutoff" not in Contract.objects.get().settings


def test_words_may_be_typed_with_their_place(cast, browse):
    sent = {"words": "own", "answer": "The Order Form, then this schedule"} | TYPED
    put(browse(cast.priya), cast, "precedence", **sent)
    page = words(browse(cast.olu).get(reverse("questions", args=[cast.contract.pk])))
    assert "The Order Form, then this schedule" in page and "Core Terms, clause 2" in page


def test_the_last_answer_counts_and_none_is_lost(cast, browse):
    client = browse(cast.mina)
    put(client, cast, "working_day", **scots(cast))
    put(client, cast, "working_day", words="silent")
    assert Contract.objects.get().division == "scotland", "that it does not say moves no date"
    put(client, cast, "working_day", words="open")
    outcomes = ContractAnswer.objects.order_by("pk").values_list("outcome", flat=True)
    assert list(outcomes) == ["answered", "silent", "open"]
    assert f"{len(QUESTIONS)} questions are open." in words(
        client.get(reverse("questions", args=[cast.contract.pk]))
    )


def test_an_answer_is_never_edited_nor_without_words(cast, browse):
    put(browse(cast.mina), cast, "working_day", **scots(cast))
    row = ContractAnswer.objects.get()
    for wrong in (lambda: ContractAnswer.objects.update(says="Wales"), row.delete):
        with pytest.raises(DatabaseError, match="contractanswer|contract_answer"), transaction.atomic():
            wrong()
    with pytest.raises(IntegrityError, match="contract_answer_has_its_words"), transaction.atomic():
        ContractAnswer.objects.create(
            contract=cast.contract,
            question="term",
            outcome="answered",
            by_name="x",
            side="neither",
            at=row.at,
        )


@pytest.mark.parametrize(
    ("name", "sent", "says", "box"),
    [
        ("working_day", {"answer": "scotland"}, "Choose the words that answer it", "id_words"),
        (
            "working_day",
            {"words": "own", "answer": "scotland"},
            "Copy the words that say it.",
            "id_own_words",
        ),
        ("precedence", {"words": "own", "own_words": "x", "answer": "y"}, "Say where the words", "id_place"),
        ("precedence", {"words": "own"} | TYPED, "Write the answer in words.", "id_answer"),
        (
            "working_day",
            {"words": "own", "answer": "wales"} | TYPED,
            "Choose one of the answers",
            "id_answer",
        ),
        ("working_day", {"words": "main/1#0-5", "answer": "all"}, "Choose one of the answers", "id_words"),
        ("notice_cutoff", {"words": "own", "answer": "25pm"} | TYPED, "The time must be", "id_answer"),
        (
            "notice_post",
            {"words": "own", "amount": "0", "unit": "days"} | TYPED,
            "The answer must",
            "id_amount",
        ),
    ],
)
def test_bad_answers_are_told_at_their_field(cast, browse, name, sent, says, box):
    told = errors(look(browse(cast.mina), cast, name, **sent))
    assert [target for text, target in told.items() if text.startswith(says)] == [box], told
    assert not ContractAnswer.objects.exists()


def test_who_may_not_change_settings_answers_nothing(cast, browse):
    for name in ("tom", "olu"):
        assert browse(cast.people[name]).get(address(cast, "precedence")).status_code == 403
    assert browse(cast.priya).get(address(cast, "working_day")).status_code == 403, "a term of the contract"
    assert browse(cast.zed).get(address(cast, "precedence")).status_code == 404
    assert browse(cast.mina).get(address(cast, "no-such")).status_code == 404


def test_a_second_press_answers_once(cast, browse):
    client, sent = browse(cast.mina), scots(cast)
    page = look(client, cast, "working_day", **sent).content.decode()
    token = search(r'name="token" value="([^"]+)"', page)[1]
    for _ in range(2):
        client.post(address(cast, "working_day"), sent | {"token": token})
    assert ContractAnswer.objects.count() == 1


def test_a_date_that_rests_on_an_open_answer_names_the_careful_day(cast, browse, at_noon):
    """Two Working Days from Friday 28 August 2026: the Monday is a holiday in England and not in Scotland."""
    at_noon.move_to(FRIDAY)
    happened(cast, "breach_of_security_occurred", datetime(2026, 8, 28, 9, tzinfo=UTC), "B-1", now=FRIDAY)
    duty = Duty.objects.get(subject="B-1", obligation__rule_key="8.2.2")
    assert duty.due_date == date(2026, 9, 2)
    page = words(browse(cast.mina).get(reverse("duty", args=[cast.contract.pk, duty.pk])))
    assert "What is a Working Day here? The public holidays of England and Wales are left out." in page
    assert "By those of another part it would be Tuesday 1 September 2026: that is the careful day." in page
    assert "Answer it from the words" in page
    put(browse(cast.mina), cast, "working_day", **scots(cast))
    page = words(browse(cast.mina).get(reverse("duty", args=[cast.contract.pk, duty.pk])))
    assert "What is a Working Day here?" not in page


def test_a_date_in_days_rests_on_no_working_day(cast, browse):
    duty = Duty.objects.get(contract=cast.contract, title="Have the system scanned from outside")
    page = words(browse(cast.mina).get(reverse("duty", args=[cast.contract.pk, duty.pk])))
    assert "have not answered this yet" not in page


def test_the_words_of_another_contract_are_not_offered(cast, browse):
    other = make_contract(reference="WF-2026-099")
    ParagraphVersion.objects.filter(contract=other.contract, paragraph__path="main/1").update(
        text="“Working Day” means a day that is no bank holiday in Northern Ireland."
    )
    page = browse(cast.mina).get(address(cast, "working_day")).content.decode()
    assert escape("Northern Ireland.") not in page.replace("Northern Ireland</label>", "")
