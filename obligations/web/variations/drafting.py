"""Drafting a variation: paragraphs switched off or on, words, figures, new paragraphs with a duty of their
own.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from contracts import selectors
from contracts.access import Access, Act, open_contract
from contracts.models import Contract, EffectKind, Variation
from contracts.selectors import WordsAsAt
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from contracts.terms.moments import Day, london_day
from contracts.web.acting import Done, act, sent
from contracts.web.forms import DulyForm
from contracts.web.pages import Crumb, SignedIn, contract_page
from contracts.web.text.presenters import place, scope_name
from contracts.web.variations import presenters
from contracts.web.variations.forms import CHANGES
from obligations.services.asking.vocabulary import vocabulary_of
from obligations.services.variations.drafting import UNITS, Wanted, draft, limits_at

WHEN = [
    ("one_off", "Once, counted from the day the variation takes effect"),
    ("recurring", "Again and again"),
    ("event", "Each time something happens"),
]

NEEDED = [
    ("figure", "figure_amount", "Enter the new number."),
    ("replaced", "new_words", "Enter the new words."),
    ("insert_into", "insert_number", "Enter its number."),
    ("insert_into", "insert_words", "Enter its words."),
    ("paragraphs", "change", "Choose what happens to the paragraphs."),
]
"""Where the first is chosen, the second must be filled in."""


class FullDraftForm(DulyForm):
    """A variation's number, title and reasons, and everything it does."""

    number = forms.CharField(
        max_length=20,
        label="Number",
        help_text="As the two parties will cite it, for example 002.",
        error_messages={"required": "Enter the variation's number, for example 002."},
    )
    title = forms.CharField(
        max_length=200,
        label="Title",
        help_text="Say in a few words what it changes.",
        error_messages={"required": "Enter a title that says what the variation changes."},
    )
    recital = forms.CharField(
        required=False,
        max_length=5000,
        label="Why the contract is changed",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    paragraphs = forms.MultipleChoiceField(
        required=False, label="Paragraphs", widget=forms.CheckboxSelectMultiple
    )
    change = forms.ChoiceField(
        choices=CHANGES,
        initial=EffectKind.NOT_USED,
        required=False,
        label="What happens to the paragraphs you chose",
        widget=forms.RadioSelect,
    )
    figure = forms.ChoiceField(required=False, label="Which limit")
    figure_amount = forms.CharField(required=False, max_length=5, label="The new number")
    figure_unit = forms.ChoiceField(required=False, choices=UNITS, initial="days", label="Its unit")
    replaced = forms.ChoiceField(required=False, label="Which paragraph")
    new_words = forms.CharField(
        required=False, max_length=20000, label="Its new words", widget=forms.Textarea(attrs={"rows": 6})
    )
    insert_into = forms.ChoiceField(required=False, label="Into which part")
    insert_number = forms.CharField(
        required=False, max_length=40, label="Its number", help_text="For example 10.8."
    )
    insert_words = forms.CharField(
        required=False, max_length=20000, label="Its words", widget=forms.Textarea(attrs={"rows": 6})
    )
    duty_title = forms.CharField(
        required=False,
        max_length=200,
        label="What it asks somebody to do",
        help_text="Leave empty where it asks for nothing by a day.",
    )
    duty_party = forms.ChoiceField(required=False, label="Who owes it")
    duty_shape = forms.ChoiceField(required=False, choices=WHEN, label="When it is owed")
    duty_on = forms.ChoiceField(required=False, label="Each time this happens")
    duty_amount = forms.CharField(required=False, max_length=5, label="Within how many, or every how many")
    duty_unit = forms.ChoiceField(required=False, choices=UNITS, initial="days", label="Unit")

    def __init__(
        self, *args: Any, contract: Contract, text: list[WordsAsAt], day: Day, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        one_each = [(row.paragraph.citation, _named(row)) for row in text]
        self.offer("paragraphs", one_each)
        self.offer("replaced", [("", "None"), *_grouped([row for row in text if row.used])])
        self.offer("insert_into", [("", "None"), *_parts(text)])
        self.offer("figure", [("", "None"), *_limits(contract, day)])
        self.offer(
            "duty_party", [(side, contract.word_for(side)) for side in ("supplier", "authority", "both")]
        )
        here = vocabulary_of(contract).listed
        kinds = sorted((kind.label, kind.name) for kind in here if not kind.derived)
        self.offer("duty_on", [("", "None"), *((name, label) for label, name in kinds)])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for chosen, needed, words in NEEDED:
            if data.get(chosen) and not data.get(needed):
                self.add_error(needed, words)
        anything = any(data.get(name) for name in ("paragraphs", "figure", "replaced", "insert_into"))
        if not anything and "paragraphs" not in self.errors:
            self.add_error("paragraphs", "Choose at least one paragraph that the variation changes.")
        return data

    def effects(self) -> list[Wanted]:
        """What the service asks for."""
        data = self.cleaned_data
        found = [Wanted(path, data["change"]) for path in data["paragraphs"]]
        figures: dict[str, dict[str, dict[str, Any]]] = {}
        if data["figure"]:
            citation, _, rule = data["figure"].partition("|")
            amount = {"amount": data["figure_amount"], "unit": data["figure_unit"]}
            figures[citation] = {rule: amount}
        if data["replaced"]:
            path = data["replaced"]
            found.append(Wanted(path, EffectKind.REPLACED, data["new_words"], figures.pop(path, {})))
        found += [Wanted(path, EffectKind.FIGURE, figures=of_it) for path, of_it in figures.items()]
        if data["insert_into"]:
            path = f"{data['insert_into']}/{data['insert_number'].strip()}"
            found.append(Wanted(path, EffectKind.INSERTED, data["insert_words"], duty=self._duty()))
        return found

    def _duty(self) -> dict[str, Any] | None:
        data = self.cleaned_data
        if not data["duty_title"].strip():
            return None
        return {
            "title": data["duty_title"].strip(),
            "party": data["duty_party"],
            "shape": data["duty_shape"],
            "on": data["duty_on"],
            "amount": data["duty_amount"],
            "unit": data["duty_unit"],
        }

    def field_at_fault(self, refused: Refused) -> str:
        """A refusal of an effect is shown on what was filled in."""
        order = ("insert_into", "figure", "replaced", "paragraphs")
        named = [name for name in order if self.cleaned_data.get(name)]
        if refused.field != "effects" or not named:
            return refused.field
        return "paragraphs" if "paragraphs" in named else named[0]


def _named(row: WordsAsAt) -> str:
    says = row.paragraph.heading or row.paragraph.summary
    return f"{place(row.paragraph.scope, row.paragraph.number)} {says}"[:90]


def _grouped(text: Iterable[WordsAsAt]) -> list[tuple[str, list[tuple[str, str]]]]:
    return [
        (title, [(row.paragraph.citation, _named(row)) for row in rows])
        for title, rows in groupby(text, key=lambda row: _part_name(row))
    ]


def _part_name(row: WordsAsAt) -> str:
    return f"{row.paragraph.schedule.title}: {scope_name(row.paragraph.scope)}"


def _parts(text: Iterable[WordsAsAt]) -> list[tuple[str, str]]:
    found = {f"{row.paragraph.schedule.outline_key}/{row.paragraph.scope}": _part_name(row) for row in text}
    return list(found.items())


def _limits(contract: Contract, day: Day) -> list[tuple[str, str]]:
    return [
        (f"{citation}|{rule.key}", f"{place(*citation.split('/', 2)[1:])} {rule.title}: {period}")
        for citation, rules in limits_at(contract, day).items()
        for rule, period in rules
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def draft_variation(request: SignedIn, contract_id: int) -> HttpResponse:
    """The form of a new variation; with ``?answers=ID`` a counter-proposal to that one, filled in from it."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.DRAFT_VARIATION)
    answers = _answered(request, access)
    day = london_day(now)
    text = selectors.text_as_at(access.contract, day)
    form = FullDraftForm(
        *sent(request), contract=access.contract, text=text, day=day, initial=_initial(answers)
    )
    drafted = act(
        request,
        form,
        lambda data: draft(
            access.contract,
            Actor.of(access.person, access.side),
            now,
            number=data["number"],
            title=data["title"],
            recital=data["recital"],
            effects=form.effects(),
            answers=answers,
        ),
        lambda made: Done(
            f"{made} is drafted. Look at what it would do, then share it.",
            redirect("variation", contract_id, made.pk),
        ),
    )
    if drafted:
        return drafted
    chosen = (
        request.POST.getlist("paragraphs") if request.method == "POST" else form.initial.get("paragraphs", [])
    )
    context = {"form": form, "groups": presenters.choice_groups(text, chosen), "answers": answers}
    crumbs = [Crumb("Variations", reverse("variations", args=[contract_id]))]
    page = "obligations/variation_draft.html"
    return contract_page(request, access, page, context, here="variations", crumbs=crumbs)


def _answered(request: SignedIn, access: Access) -> Variation | None:
    asked = request.GET.get("answers", "")
    if not asked.isdecimal():
        return None
    return selectors.variation_page(access.contract, int(asked), access.side)


def _initial(answers: Variation | None) -> dict[str, Any]:
    if answers is None:
        return {}
    effects = list(answers.effects.all())
    return {
        "number": f"{answers.number}A",
        "title": answers.title,
        "recital": answers.recital,
        "paragraphs": [one.paragraph.citation for one in effects if one.kind == EffectKind.NOT_USED],
    }
