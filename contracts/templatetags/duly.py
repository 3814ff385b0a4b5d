"""Draws forms and words on a page. Templates say where; these say how."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.http import HttpRequest

from contracts.terms.moments import weekday_day
from contracts.web import menu, words
from contracts.web.forms import PARTS, DayInput

register = template.Library()

KINDS: list[tuple[type[forms.Widget], str]] = [
    (DayInput, "day"),
    (forms.CheckboxSelectMultiple, "checkboxes"),  # a kind of RadioSelect, so it comes first
    (forms.RadioSelect, "radios"),
    (forms.CheckboxInput, "checkbox"),
    (forms.Select, "select"),
    (forms.Textarea, "textarea"),
    (forms.FileInput, "file"),
    (forms.PasswordInput, "password"),
    (forms.HiddenInput, "hidden"),
]


@register.inclusion_tag("components/field.html")
def field(
    bound: BoundField,
    label: str = "",
    hint: str | None = None,
    size: str = "m",
    classes: str = "",
    mark_optional: bool = True,
) -> dict[str, Any]:
    """One field with its label, hint and error. ``size`` is the label's. An empty ``hint`` shows none."""
    widget = bound.field.widget
    kind = next((kind for base, kind in KINDS if isinstance(widget, base)), "input")
    hint = str(bound.help_text) if hint is None else hint
    errors = said_of(bound)
    identity = bound.auto_id
    described = [f"{identity}-hint"] * bool(hint) + [f"{identity}-error"] * bool(errors)
    return {
        "template": f"components/fields/{kind}.html",
        "bound": bound,
        "id": identity,
        "name": bound.html_name,
        "label": label or bound.label,
        "optional": mark_optional
        and not bound.field.required
        and kind not in ("checkbox", "hidden", "radios"),
        "hint": hint,
        "errors": errors,
        "described_by": " ".join(described),
        "size": size,
        "classes": classes or getattr(bound.field, "classes", ""),
        "value": bound.value(),
        "attrs": widget.attrs,
        "input_type": getattr(widget, "input_type", "text"),
        "options": list(options(bound)) if kind in ("radios", "checkboxes", "select") else [],
        "boxes": list(day_boxes(bound)) if kind == "day" else [],
    }


def said_of(bound: BoundField) -> list[str]:
    """The errors of a field. Django's own words for a missing value name no field, so its label says it."""
    missing = f"Enter your {str(bound.label).lower()}."
    unnamed = str(forms.Field.default_error_messages["required"])
    return [missing if str(error) == unnamed else str(error) for error in bound.errors]


@dataclass(frozen=True)
class Option:
    """One choice of a radio, a checkbox list or a select. ``group`` opens a group where it changes."""

    id: str
    value: str
    text: str
    chosen: bool
    hint: str = ""
    group: str = ""


def options(bound: BoundField) -> Any:
    """The choices of a field, flat; a field may carry ``option_hints`` by value."""
    assert isinstance(bound.field, forms.ChoiceField)
    choices: Any = bound.field.choices
    hints = getattr(bound.field, "option_hints", {})
    value = bound.value()
    chosen = {str(one) for one in value} if isinstance(value, list | tuple | set) else {str(value or "")}
    number, last_group = 0, ""
    for key, text in choices:
        group, members = (str(key), text) if isinstance(text, list | tuple) else ("", [(key, text)])
        for member, words_of_it in members:
            number += 1
            yield Option(
                bound.auto_id if number == 1 else f"{bound.auto_id}-{number}",
                str(member),
                str(words_of_it),
                str(member) in chosen,
                str(hints.get(member, "")),
                group if group != last_group else "",
            )
            last_group = group


def day_boxes(bound: BoundField) -> Any:
    """The three boxes of a day, with the ones in error marked."""
    value = bound.value()
    if isinstance(value, date):
        value = (str(value.day), str(value.month), str(value.year))
    values = value if isinstance(value, tuple | list) else ("", "", "")
    codes = {error.code for error in bound.errors.as_data()} if bound.errors else set()
    for part, text in zip(PARTS, values, strict=True):
        wrong = bool(codes) and (part in codes or not codes & set(PARTS))
        yield {
            "id": f"{bound.auto_id}_{part}",
            "name": f"{bound.html_name}_{part}",
            "label": part.capitalize(),
            "value": text,
            "wrong": wrong,
            "width": 4 if part == "year" else 2,
        }


@register.inclusion_tag("components/error_summary.html")
def error_summary(*of: forms.BaseForm | None) -> dict[str, Any]:
    """What is wrong with one or more forms, each line a link to its field."""
    return {"errors": [error for form in of if form is not None for error in _errors(form)]}


def _errors(form: forms.BaseForm) -> Any:
    for error in form.non_field_errors():
        yield {"text": error, "target": ""}
    for name in form.fields:
        bound = form[name]
        codes = {error.code for error in bound.errors.as_data()} if bound.errors else set()
        part = next((part for part in PARTS if part in codes), PARTS[0])
        suffix = f"_{part}" if isinstance(bound.field.widget, DayInput) else ""
        for error in said_of(bound):
            yield {"text": error, "target": f"{bound.auto_id}{suffix}"}


@register.simple_tag(takes_context=True)
def main_menu(context: dict[str, Any]) -> list[menu.Entry]:
    """The entries of the bar at the top."""
    request: HttpRequest | None = context.get("request")
    return menu.main(request) if request is not None else []


@register.simple_tag
def demo_people() -> Any:
    """The people to sign in as, in the demo only."""
    from contracts.web import demo

    return demo.sheet()


@register.filter
def weekday(day: date) -> str:
    return weekday_day(day)


@register.filter
def day(value: date) -> str:
    return words.when_words(value)


@register.filter
def moment(value: datetime) -> str:
    return words.moment_words(value)


@register.filter
def file_size(value: int) -> str:
    return words.size_words(value)


@register.filter
def amount(number: int, noun: str) -> str:
    """``3|amount:"duty,duties"`` gives "3 duties"."""
    singular, _, plural = noun.partition(",")
    return words.count(number, singular, plural)


@register.filter
def anchor(text: str) -> str:
    """A text as an id: letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


@register.simple_tag(takes_context=True)
def query(context: dict[str, Any], **changes: Any) -> str:
    """This page's query string with some values changed; an empty one is left out."""
    values = context["request"].GET.copy()
    for key, value in changes.items():
        values.pop(key, None)
        if value not in (None, ""):
            values[key] = str(value)
    return f"?{values.urlencode()}"


@register.filter
def sentence(text: str) -> str:
    """The words with a full stop, where they do not end a sentence by themselves."""
    return text if text.rstrip("”’\"')").endswith((".", "!", "?", "…")) else f"{text}."
