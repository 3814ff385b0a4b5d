"""The words of the questions that a contract's documents answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from contracts.access import Access, Act
from contracts.models import AnswerOutcome, Contract
from contracts.terms.questions import Candidate, Kept, Question
from contracts.web.ledger.presenters import cited
from contracts.web.text.presenters import paragraph_href
from contracts.web.words import moment_words
from obligations.services.choosing.answers import Asked

SHOWN = 600
"""Characters of a sentence that a page quotes."""
SILENT = "The contract does not say"


@dataclass(frozen=True)
class QuestionRow:
    """One question with the answer that counts."""

    asks: str
    help: str
    rests: str
    answer: str
    open: bool
    words: str
    place: str
    place_href: str
    who: str
    href: str


def act_for(question: Question) -> Act:
    """Who answers it: the holidays are a term of the contract, the rest are settings."""
    return Act.MANAGE if question.kept is Kept.DIVISION else Act.CHANGE_SETTING


def rows(access: Access, asked: list[Asked]) -> list[QuestionRow]:
    """Every question as it stands; with the way to answer it for those whose role allows it."""
    return [row(access, one) for one in asked]


def row(access: Access, asked: Asked) -> QuestionRow:
    """One question as it stands."""
    contract, question, last = access.contract, asked.question, asked.last
    citation = last.paragraph.citation if last and last.paragraph else ""
    may = access.may(act_for(question))
    return QuestionRow(
        asks=contract.in_its_words(question.asks),
        help=contract.in_its_words(question.help),
        rests=contract.in_its_words(question.rests),
        answer=answer(asked),
        open=asked.open,
        words=quoted(last.words) if last and last.words else "",
        place=(cited(citation) if citation else last.place) if last else "",
        place_href=paragraph_href(contract, citation) if citation else "",
        who=f"{last.by_name}, {moment_words(last.at)}" if last else "",
        href=reverse("question", args=[contract.pk, question.name]) if may else "",
    )


def answer(asked: Asked) -> str:
    """The answer that counts, in words."""
    if asked.open or asked.last is None:
        return "Not answered yet"
    return SILENT if asked.last.outcome == AnswerOutcome.SILENT else asked.last.says


def quoted(words: str) -> str:
    """A sentence as a page quotes it: on one line, and not for ever."""
    text = " ".join(words.split())
    text = text if len(text) <= SHOWN else f"{text[:SHOWN].rsplit(' ', 1)[0]} …"
    return f"‘{text}’" if any(mark in text for mark in '“”"') else f"“{text}”"


def about(contract: Contract, asked: Asked, one: Candidate) -> str:
    """Where a sentence stands, and what it seems to say."""
    setting = asked.question.setting
    seems = ""
    if setting is not None and one.answer is not None:
        seems = f" It seems to say: {contract.in_its_words(setting.words(setting.read(one.answer)))}."
    place = cited(one.citation)
    return f"{place[0].upper()}{place[1:]}.{seems}"


def question_answered(contract: Contract, payload: Mapping[str, Any]) -> str:
    """The sentence of the ledger."""
    asks = contract.in_its_words(str(payload.get("asks", "")))
    if payload.get("outcome") == AnswerOutcome.SILENT:
        return f"Said that the contract does not answer “{asks}”"
    if payload.get("outcome") == AnswerOutcome.OPEN:
        return f"Left “{asks}” open again"
    citation = str(payload.get("citation") or "")
    place = cited(citation) if citation else payload.get("place", "")
    return f"Answered “{asks}” from {place}: {payload.get('says')}. {quoted(str(payload.get('words', '')))}"
