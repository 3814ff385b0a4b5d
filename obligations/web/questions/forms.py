"""Asking which words answer a question, and what they say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict

from contracts.models import AnswerOutcome, Contract
from contracts.services.errors import Refused
from contracts.terms.answers import Answer
from contracts.terms.questions import Candidate, Question
from contracts.web.forms import DulyForm, LongText
from contracts.web.once import TokenField
from obligations.services.choosing.answers import LONGEST_ANSWER, Asked, Given
from obligations.web.making.asking import line, one_of
from obligations.web.questions import presenters
from obligations.web.settings.forms import AnswerForm

OWN, SILENT, LEFT_OPEN = "own", "silent", "open"
SAY = "What do they say?"
OUTCOMES = {SILENT: AnswerOutcome.SILENT, LEFT_OPEN: AnswerOutcome.OPEN}


class WordsForm(DulyForm):
    """Which words say it: a sentence that was found, others that are typed, or none."""

    words = one_of("Which words answer it?", "Choose the words that answer it, or say that there are none.")
    own_words = LongText(
        required=False,
        max_length=LONGEST_ANSWER,
        label="The other words",
        help_text="Only for other words than those above: copy them from the contract.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    place = line("Where the other words stand", "", longest=200, hint="For example, Core Terms, clause 1.1.")

    def __init__(
        self, contract: Contract, asked: Asked, found: Sequence[Candidate], data: QueryDict | None = None
    ) -> None:
        super().__init__(data, initial=_initial(asked, found))
        self.found = {one.key: one for one in found}
        self.fields["place"].required = False
        rows = [(one.key, presenters.quoted(one.words)) for one in found]
        rows += [(OWN, "Other words of the contract"), (SILENT, "The contract does not say")]
        if not asked.open:
            rows.append((LEFT_OPEN, "Leave it open again"))
        self.offer("words", rows)
        self.hint("words", {one.key: presenters.about(contract, asked, one) for one in found})

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("words") == OWN:
            if not data.get("own_words", "").strip() and "own_words" not in self.errors:
                self.add_error("own_words", "Copy the words that say it.")
            if not data.get("place", "").strip() and "place" not in self.errors:
                self.add_error("place", "Say where the words stand.")
        return data

    @property
    def answered(self) -> bool:
        """Whether there are words, so that an answer is wanted as well."""
        return self.cleaned_data["words"] not in OUTCOMES

    def given(self, answer: Any) -> Given:
        """What is said, with an answer in its stored form."""
        data = self.cleaned_data
        outcome = OUTCOMES.get(data["words"], AnswerOutcome.ANSWERED)
        if outcome is not AnswerOutcome.ANSWERED:
            return Given(outcome)
        return Given(outcome, answer, self.found.get(data["words"]), data["own_words"], data["place"])


class TextAnswerForm(DulyForm):
    """An answer in words."""

    answer = LongText(
        max_length=LONGEST_ANSWER,
        label=SAY,
        help_text="In a few words of your own.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write the answer in words."},
    )


class ConfirmForm(DulyForm):
    """The answer that was shown with what it moves."""

    token = TokenField()

    def field_at_fault(self, refused: Refused) -> str:
        """What was answered is hidden here: every refusal goes to the top."""
        return ""


def answer_form(
    contract: Contract, asked: Asked, found: Sequence[Candidate], data: QueryDict | None = None
) -> AnswerForm | TextAnswerForm:
    """The form of the answer: of the question's setting, else in words. What counts now stands in it."""
    question = asked.question
    if question.setting is None:
        says = asked.last.says if asked.last else ""
        return TextAnswerForm(data, initial={"answer": says})
    form = AnswerForm(question.setting, contract, _now(contract, asked, found), data)
    if "answer" in form.fields:
        form.fields["answer"].label = SAY
    return form


def _now(contract: Contract, asked: Asked, found: Sequence[Candidate]) -> Answer | None:
    """What counts now, or else what the surest words seem to say."""
    question = asked.question
    assert question.setting is not None
    read = [one.answer for one in found if one.answer is not None]
    stored = _counts(contract, asked, question)
    if stored is None and read:
        stored = read[0]
    try:
        return None if stored is None else question.setting.read(stored)
    except ValueError:
        return None


def _counts(contract: Contract, asked: Asked, question: Question) -> Any:
    if not asked.open and asked.last is not None and asked.last.answer is not None:
        return asked.last.answer
    return contract.settings.get(question.name)


def _initial(asked: Asked, found: Sequence[Candidate]) -> dict[str, Any]:
    last = asked.last
    if last is None or last.outcome == AnswerOutcome.OPEN:
        return {}
    if last.outcome == AnswerOutcome.SILENT:
        return {"words": SILENT}
    if last.paragraph is not None:
        key = f"{last.paragraph.citation}#{last.start}-{last.end}"
        return {"words": key} if any(one.key == key for one in found) else {}
    return {"words": OWN, "own_words": last.words, "place": last.place}
