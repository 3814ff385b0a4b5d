"""What to work out: a rule or a typed limit, from a day or a moment, by whose holidays."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms

from contracts.terms.answers import WeekHours
from contracts.terms.limit_words import in_words
from contracts.terms.limits import TimeLimit
from contracts.terms.moments import When, WhenError, place_in_london
from contracts.terms.week_hours import read_week_hours
from contracts.web.forms import NARROW, DayField, DulyForm, TimeField
from obligations.rules.engine.calculator import read_words, rules_to_try, start_of_rule, start_of_words
from obligations.rules.register.rule import Rule
from obligations.rules.register.rulebook import Rulebook, known_rulebooks, load_rulebook
from obligations.rules.time.events import Start
from obligations.rules.time.reckoning import needs_a_moment, needs_hours
from obligations.rules.time.working_days import DEFAULT_DIVISION, DIVISIONS

TYPED = ""


class WhatIfForm(DulyForm):
    """One limit and where it starts. It is sent by GET, so an answer has an address of its own."""

    rule = forms.ChoiceField(
        required=False,
        label="Choose a rule",
        help_text="Its own limit is counted. A contract may have changed it.",
        error_messages={"invalid_choice": "Choose a rule from the list."},
    )
    within = forms.CharField(
        required=False,
        max_length=200,
        label="Or type a limit",
        help_text="In the contract’s own words, for example within two (2) Working Days.",
    )
    on = DayField(called="The day", label="From which day?", help_text="For example, 12 3 2026.")
    at = TimeField(
        called="The time",
        required=False,
        label="At what time?",
        help_text="London time, for example 2:30pm. A limit in hours needs it.",
        classes=NARROW,
    )
    hours = forms.CharField(
        required=False,
        max_length=200,
        label="Which hours of work?",
        help_text="Only for Working, Business or Service Hours, for example mon-fri 09:00-17:30.",
    )
    division = forms.ChoiceField(
        label="Whose public holidays?",
        choices=list(DIVISIONS.items()),
        initial=DEFAULT_DIVISION,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose whose public holidays are left out.",
            "invalid_choice": "Choose whose public holidays are left out.",
        },
    )

    def __init__(self, *args: Any, own: Iterable[Rulebook] = (), **kwargs: Any) -> None:
        """``own``: rulebooks of the person's contracts, whose rules are offered beside the shipped ones."""
        super().__init__(*args, **kwargs)
        books = [*(load_rulebook(key) for key in known_rulebooks()), *own]
        found = {f"{book.key}/{rule.key}": (book, rule) for book in books for rule in rules_to_try(book)}
        self.rules = {name: rule for name, (_, rule) in found.items()}
        offered = ((name, named(book, rule)) for name, (book, rule) in found.items())
        self.offer("rule", [(TYPED, "None: I type a limit"), *offered])
        self.limit: TimeLimit | None = None

    @property
    def rule_chosen(self) -> Rule | None:
        return self.rules.get(self.cleaned_data.get("rule", TYPED))

    def clean_within(self) -> str:
        typed = str(self.cleaned_data["within"]).strip()
        if typed:
            try:
                self.limit = read_words(typed)
            except ValueError as error:
                raise forms.ValidationError(_sentence(str(error))) from error
        return typed

    def clean_hours(self) -> WeekHours | None:
        typed = str(self.cleaned_data["hours"]).strip()
        if not typed:
            return None
        try:
            return read_week_hours(typed)
        except ValueError as error:
            raise forms.ValidationError(_sentence(str(error))) from error

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        typed, chosen = data.get("within"), data.get("rule")
        if typed and chosen:
            self.add_error("within", "Type a limit or choose a rule, not both.")
        elif not typed and not chosen and not {"within", "rule"} & set(self.errors):
            self.add_error("within", "Type a limit, such as within two (2) Working Days, or choose a rule.")
        if not self.errors:
            data["start"] = self._start()
        return data

    def _start(self) -> Start | None:
        """The clock to count with; None after a mistake, which is on its field."""
        placed = self._when()
        if placed is None:
            return None
        when, repeated = placed
        rule, work = self.rule_chosen, self.cleaned_data["hours"]
        limit = rule.limit if rule is not None else self.limit.limit if self.limit else None
        if limit is not None and needs_a_moment(limit) and not isinstance(when, datetime):
            self.add_error("at", f"Enter the time too: {in_words(limit)} run from a moment, not from a day.")
            return None
        if limit is not None and needs_hours(limit) and work is None:
            self.add_error("hours", "Enter the hours of work: the limit is counted only while they run.")
            return None
        if rule is not None:
            return start_of_rule(rule, when, repeated, work)
        assert self.limit is not None
        return start_of_words(self.limit, when, repeated, work)

    def _when(self) -> tuple[When, bool] | None:
        on, at = self.cleaned_data["on"], self.cleaned_data["at"]
        if at is None:
            return on, False
        try:
            return place_in_london(datetime.combine(on, at))
        except WhenError:
            self.add_error("at", "The clocks go forward in that hour. Enter a time before or after it.")
            return None


def named(book: Rulebook, rule: Rule) -> str:
    """A rule in the list: "DMP Schedule 23, 10.3: Apply Critical patches, 7 days"."""
    place = rule.path.removeprefix("main/").replace("/", " ")
    limit = in_words(rule.limit) if rule.limit is not None else ""
    return f"{book.title}, {place}: {rule.title}, {limit}"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}".rstrip(".") + "."
