"""Answering from the contract's own words how its limits are counted; or saying that it does not say.

An answer that the engine goes by sets it: the division of the contract, or the setting of its name, with the
words as the reason. Every answer is kept with the words that say it; the last one of a question counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from contracts.absence import NotThere
from contracts.models import AnswerOutcome, Contract, ContractAnswer, Paragraph
from contracts.selectors import text_as_at
from contracts.services import ledger
from contracts.services.actors import Actor
from contracts.services.errors import Refused, required
from contracts.terms.moments import london_day
from contracts.terms.questions import QUESTIONS, Candidate, Kept, Question, find
from obligations.services.choosing import settings, terms
from obligations.services.reconciling.changes import Changes
from obligations.services.reconciling.holding import lock
from obligations.services.reconciling.rehearsal import rehearse

ANSWERED = "question_answered"
"""The verb of the ledger's entry."""
LONGEST_ANSWER = 2000


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of a contract as it stands. ``last`` is the answer that counts, if there was one."""

    question: Question
    last: ContractAnswer | None

    @property
    def open(self) -> bool:
        """Whether nobody answered it from the words, nor said that they do not say."""
        return self.last is None or self.last.outcome == AnswerOutcome.OPEN


@dataclass(frozen=True, slots=True)
class Given:
    """What a person says. ``candidate`` is a sentence that was found; else ``words`` were typed.

    ``place`` says where typed words stand. ``answer`` is in its stored form: the setting's, or a text.
    """

    outcome: AnswerOutcome
    answer: Any = None
    candidate: Candidate | None = None
    words: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class _Passage:
    citation: str
    text: str


def on_record(contract: Contract) -> list[Asked]:
    """Every question with the answer that counts. 1 query."""
    rows = ContractAnswer.objects.filter(contract=contract).select_related("paragraph__schedule")
    last: Mapping[str, ContractAnswer] = {row.question: row for row in rows.order_by("pk")}
    return [Asked(one, last.get(name)) for name, one in QUESTIONS.items()]


def asked(contract: Contract, name: str) -> Asked:
    """One question as it stands. Raises NotThere for none. 1 query."""
    found = next((one for one in on_record(contract) if one.question.name == name), None)
    if found is None:
        raise NotThere("no such question")
    return found


def candidates(contract: Contract, question: Question, now: datetime) -> list[Candidate]:
    """The sentences of the contract's words in force today that may answer a question. 3 queries."""
    rows = text_as_at(contract, london_day(now))
    passages = [_Passage(row.paragraph.citation, row.text) for row in rows if row.used and row.text]
    return find(question, passages)


def preview(contract: Contract, actor: Actor, now: datetime, *, name: str, given: Given) -> Changes:
    """What an answer would move: done, and taken back. Raises Refused on the field at fault."""
    return rehearse(lambda: _apply(contract, actor, now, name, given, looks_only=True))


@transaction.atomic
def answer(contract: Contract, actor: Actor, now: datetime, *, name: str, given: Given) -> Changes:
    """Put an answer on the record, and let it count where the engine goes by it.

    Raises Refused on "answer", "words" or "place"; NotThere for no such question.
    """
    if actor.person is None:
        raise Refused("", "Only a person on the contract answers for it.")
    return _apply(contract, actor, now, name, given, looks_only=False)


def _apply(
    contract: Contract, actor: Actor, now: datetime, name: str, given: Given, *, looks_only: bool
) -> Changes:
    lock(contract, now)
    contract = Contract.objects.get(pk=contract.pk)
    question = asked(contract, name).question
    row = _row(contract, actor, now, question, given)
    row.save()
    payload = {
        "question": question.name,
        "asks": question.asks,
        "outcome": row.outcome,
        "says": row.says,
        "words": row.words,
        "citation": given.candidate.citation if given.candidate else "",
        "place": row.place,
        "side": actor.side,
    }
    ledger.record(contract, actor, ANSWERED, payload, now)
    return _let_count(contract, actor, now, question, row, looks_only)


def _row(contract: Contract, actor: Actor, now: datetime, question: Question, given: Given) -> ContractAnswer:
    row = ContractAnswer(
        contract=contract,
        question=question.name,
        outcome=given.outcome,
        by=actor.person,
        by_name=actor.name,
        side=actor.side,
        at=now,
    )
    if given.outcome != AnswerOutcome.ANSWERED:
        return row
    row.answer, row.says = _read(contract, question, given.answer)
    if (found := given.candidate) is not None:
        row.paragraph = _paragraph(contract, found.citation)
        row.start, row.end, row.words = found.start, found.end, found.words
    else:
        row.words = required("words", given.words, "Copy the words that say it.", longest=LONGEST_ANSWER)
        row.place = required("place", given.place, "Say where the words stand.", longest=200)
    return row


def _read(contract: Contract, question: Question, answer: Any) -> tuple[Any, str]:
    """The answer in its stored form and in words."""
    if question.setting is None:
        text = required("answer", str(answer or ""), "Write the answer in words.", longest=LONGEST_ANSWER)
        return text, text
    if answer in (None, "") and question.setting.without:
        return None, contract.in_its_words(question.setting.without)
    try:
        read = question.setting.read(answer)
    except ValueError as error:
        raise Refused("answer", f"The answer {error}.") from error
    return answer, contract.in_its_words(question.setting.words(read))


def _paragraph(contract: Contract, citation: str) -> Paragraph:
    key, _, path = citation.partition("/")
    found = Paragraph.objects.filter(contract=contract, schedule__outline_key=key, path=path).first()
    if found is None:
        raise Refused("words", "Those words are not in the contract any more. Choose again.")
    return found


def _let_count(
    contract: Contract,
    actor: Actor,
    now: datetime,
    question: Question,
    row: ContractAnswer,
    looks_only: bool,
) -> Changes:
    """Sets the division or the setting where the answer is another than what counts now.

    That the contract does not say takes back what a setting said; that a question is left open moves nothing.
    """
    if row.outcome == AnswerOutcome.OPEN or question.kept is Kept.RECORD:
        return Changes()
    reason = _because(row)
    if question.kept is Kept.DIVISION:
        if row.outcome == AnswerOutcome.SILENT or row.answer == contract.division:
            return Changes()
        values = {"division": row.answer}
        outcome = terms.change_terms(
            contract, actor, now, what="days", values=values, reason=reason, looks_only=looks_only
        )
        return outcome.changes
    if (row.answer or None) == (contract.settings.get(question.name) or None):
        return Changes()
    return settings.change_setting(
        contract, actor, now, name=question.name, answer=row.answer, reason=reason, looks_only=looks_only
    )


def _because(row: ContractAnswer) -> str:
    """The words that say it, as the reason of the change."""
    if row.outcome == AnswerOutcome.SILENT:
        return "The contract does not say."
    where = row.place or (row.paragraph.path if row.paragraph else "")
    words = row.words if len(row.words) <= LONGEST_ANSWER - 300 else f"{row.words[: LONGEST_ANSWER - 300]}…"
    return f"“{words}” ({where})"
