"""The questions that a contract's documents answer: a list, and answering one from its words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from contracts.absence import NotThere
from contracts.access import Access, open_contract
from contracts.models import AnswerOutcome
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from contracts.terms.questions import QUESTIONS, Candidate
from contracts.web.acting import Done, act, noted, sent
from contracts.web.forms import DulyForm
from contracts.web.pages import Crumb, SignedIn, contract_page
from contracts.web.words import count
from obligations.services.choosing import answers
from obligations.services.reconciling.changes import Changes
from obligations.web.manage.presenters import duty_lists
from obligations.web.questions import presenters
from obligations.web.questions.forms import ConfirmForm, WordsForm, answer_form

LOOK = "look"
"""Sent with what is only looked at."""


@require_safe
@login_required
def questions(request: SignedIn, contract_id: int) -> HttpResponse:
    """Every question with the answer that counts and the words that say it."""
    access = open_contract(request.user, contract_id, timezone.now())
    asked = answers.on_record(access.contract)
    context = {"rows": presenters.rows(access, asked), "open": sum(one.open for one in asked)}
    return contract_page(request, access, "obligations/questions/questions.html", context, here="", crumbs=[])


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def question_page(request: SignedIn, contract_id: int, question: str) -> HttpResponse:
    """Asks for the words and what they say, shows what that moves, and puts it on the record.

    What is asked is sent, not put into the address: the words may be longer than an address can be.
    """
    now = timezone.now()
    if question not in QUESTIONS:
        raise NotThere("no such question")
    access = open_contract(request.user, contract_id, now, presenters.act_for(QUESTIONS[question]))
    asked = answers.asked(access.contract, question)
    found = answers.candidates(access.contract, asked.question, now)
    data = request.POST if request.method == "POST" else None
    words = WordsForm(access.contract, asked, found, data)
    form = answer_form(access.contract, asked, found, data)
    if data is None or not words.is_valid() or (words.answered and not form.is_valid()):
        return _question(request, access, asked, words, form, found)
    given = words.given(_said(form) if words.answered else None)
    try:
        return _answer(request, access, asked, given, _carried(data, words, form), now)
    except Refused as refused:
        words.refuse(refused)
        return _question(request, access, asked, words, form, found)


def _answer(
    request: SignedIn,
    access: Access,
    asked: answers.Asked,
    given: answers.Given,
    carried: object,
    now: datetime,
) -> HttpResponse:
    """Shows what an answer moves, and once that was looked at puts it on the record. Raises Refused."""
    contract, name, look = access.contract, asked.question.name, LOOK in request.POST
    actor, there = Actor.of(access.person, access.side), redirect("questions", contract.pk)
    confirm = ConfirmForm() if look else ConfirmForm(*sent(request))
    done = None
    if not look:
        done = act(
            request,
            confirm,
            lambda _: answers.answer(contract, actor, now, name=name, given=given),
            lambda changes: Done(_followed(changes.seen_by(access)), there),
            twice=noted("You sent this already, so it was answered once. Here it is.", there),
        )
    if done:
        return done
    changes = answers.preview(contract, actor, now, name=name, given=given)
    context = {"form": confirm, "carried": carried, "lists": duty_lists(changes.seen_by(access))}
    return _page(request, access, "obligations/questions/check.html", context | _told(access, asked, given))


def _told(access: Access, asked: answers.Asked, given: answers.Given) -> dict[str, object]:
    """What is answered and the words that say it, as the page shows them before it counts."""
    words = given.candidate.words if given.candidate else given.words
    return {
        "row": presenters.row(access, asked),
        "says": _says(access, asked, given),
        "words": presenters.quoted(words),
        "quotes": given.outcome == AnswerOutcome.ANSWERED,
    }


def _said(form: DulyForm) -> object:
    """The answer in its stored form: of a setting's form, or a text."""
    return getattr(form, "answer", None) if hasattr(form, "setting") else form.cleaned_data["answer"]


def _says(access: Access, asked: answers.Asked, given: answers.Given) -> str:
    if given.outcome != AnswerOutcome.ANSWERED:
        return str(given.outcome.label)
    setting = asked.question.setting
    if setting is None:
        return str(given.answer)
    read = None if given.answer in (None, "") else setting.read(given.answer)
    return access.contract.in_its_words(setting.words(read))


def _carried(data: QueryDict, *forms: DulyForm) -> list[tuple[str, str]]:
    """What was sent, to be carried in hidden fields beside the button."""
    names = [name for form in forms for name in form.fields]
    return [(name, str(data[name])) for name in dict.fromkeys(names) if name in data]


def _followed(changes: Changes) -> str:
    number = len({id(duty) for duty in changes.every})
    moved = f"{count(number, 'duty', 'duties')} changed" if number else "No duty moved"
    return f"The answer is on the record. {moved}."


def _question(
    request: SignedIn,
    access: Access,
    asked: answers.Asked,
    words: WordsForm,
    form: DulyForm,
    found: Sequence[Candidate],
) -> HttpResponse:
    context = {"row": presenters.row(access, asked), "form": words, "answer": form, "found": len(found)}
    return _page(request, access, "obligations/questions/question.html", context)


def _page(request: SignedIn, access: Access, template: str, context: dict[str, object]) -> HttpResponse:
    crumbs = [Crumb("Questions", reverse("questions", args=[access.contract.pk]))]
    return contract_page(request, access, template, context, here="", crumbs=crumbs)
