"""Form fields in GOV.UK style, and forms that carry a service's refusal back to the field it names.

A day is asked for in three boxes and a time of day in one. Both are London's. The ``duly`` template tags
draw them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from contracts.services.errors import Refused
from contracts.terms.moments import When, WhenError, place_in_london
from contracts.web.words import listed

NARROW = "govuk-input--width-10"
PARTS = ("day", "month", "year")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
TIME = re.compile(r"(?P<hour>\d{1,2})(?:[:.]?(?P<minute>\d{2}))?\s*(?P<half>[ap]\.?m\.?)?", re.IGNORECASE)


TOO_LONG = "Shorten this to %(limit_value)s characters; it has %(show_value)s."


class LongText(forms.CharField):
    """A text of several lines. An end of a line counts as one character, as it is kept."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.replace("\r\n", "\n") if isinstance(value, str) else value)


class ShortText(forms.CharField):
    """A text of one line. ``classes`` are of its box, for its width."""

    def __init__(self, *, classes: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.classes = classes


class UploadField(forms.FileField):
    """A file that is kept. ``types``: the endings that are taken, those of evidence unless given; ``kept``:
    a sentence about what becomes of it.
    """

    default_error_messages = {
        "required": "Choose a file.",
        "invalid": "Choose the file again: it did not arrive.",
    }

    def __init__(self, *, types: Iterable[str] | None = None, kept: str = "", **kwargs: Any) -> None:
        self.types = list(types or settings.ALLOWED_UPLOAD_SUFFIXES)
        megabytes = settings.MAX_UPLOAD_BYTES // (1024 * 1024)
        takes = listed([one.lstrip(".") for one in self.types], "or")
        super().__init__(
            allow_empty_file=True, help_text=f"Up to {megabytes} MB: {takes}. {kept}".rstrip(), **kwargs
        )

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return super().widget_attrs(widget) | {"accept": ",".join(self.types)}


class LinkField(forms.CharField):
    """The address of something on the web."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=2000,
            help_text="A full web address, beginning with https://",
            widget=forms.TextInput(attrs={"inputmode": "url", "spellcheck": "false"}),
            **kwargs,
        )


class DayInput(forms.Widget):
    """Three boxes named NAME_day, NAME_month and NAME_year."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> tuple[str, ...]:
        return tuple(str(data.get(f"{name}_{part}", "")).strip() for part in PARTS)

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return not any(f"{name}_{part}" in data for part in PARTS)

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_day" if id_ else id_


class DayField(forms.Field):
    """A London day. ``called`` is how its errors name it: "The day it happened"."""

    widget = DayInput

    def __init__(self, *, called: str = "The date", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.called = called

    def clean(self, value: Any) -> date | None:
        parts = value if isinstance(value, tuple) else ("", "", "")
        if not any(parts):
            if self.required:
                raise ValidationError(f"{self.called} is missing. Enter a day, month and year.", code="all")
            return None
        missing = [name for name, part in zip(PARTS, parts, strict=True) if not part]
        if missing:
            message = f"{self.called} must include a {' and a '.join(missing)}."
            raise ValidationError(message, code=missing[0])
        return self._real(*parts)

    def _real(self, day: str, month: str, year: str) -> date:
        try:
            if len(year) != 4:
                raise ValidationError(f"{self.called} must have a year with 4 numbers.", code="year")
            return date(int(year), _month(month), int(day))
        except ValueError as error:
            raise ValidationError(
                f"{self.called} must be a real date, such as 12 3 2026.", code="all"
            ) from error


def _month(text: str) -> int:
    name = text.lower()[:3]
    return MONTHS.index(name) + 1 if name in MONTHS else int(text)


class TimeField(ShortText):
    """A time of day: 2pm, 2:30pm, 14:30, midday, midnight. ``classes`` are of its box, for its width."""

    def __init__(self, *, called: str = "The time", classes: str = "", **kwargs: Any) -> None:
        super().__init__(max_length=20, classes=classes, **kwargs)
        self.called = called
        self.error_messages["required"] = f"{called} is missing. Enter it like 2:30pm or 14:30."

    def clean(self, value: Any) -> time | None:
        text = super().clean(value).strip().lower()
        if not text:
            return None
        if text in ("midnight", "midday", "noon"):
            return time(0) if text == "midnight" else time(12)
        try:
            return _time(text)
        except ValueError as error:
            raise ValidationError(f"{self.called} must be a time, like 2:30pm or 14:30.") from error


def _time(text: str) -> time:
    match = TIME.fullmatch(text)
    if match is None or (not match["half"] and not match["minute"]):
        raise ValueError(text)
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    if match["half"]:
        if not 1 <= hour <= 12:
            raise ValueError(text)
        hour = hour % 12 + (12 if match["half"].startswith("p") else 0)
    return time(hour, minute)


class DulyForm(forms.Form):
    """The base of all our forms: no HTML of Django's own, and errors that services send back."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        usual = forms.ChoiceField.default_error_messages["invalid_choice"]
        for field in self.fields.values():
            field.error_messages.setdefault("max_length", TOO_LONG)
            if field.error_messages.get("invalid_choice") == usual:
                field.error_messages["invalid_choice"] = "Choose one of the answers that are offered."

    def offer(self, name: str, choices: Iterable[tuple[Any, Any]]) -> None:
        """Sets what a field of choices offers, as far as that is known only now."""
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField), name
        field.choices = list(choices)

    def hint(self, name: str, hints: Mapping[str, str]) -> None:
        """Sets a word on each choice of a field, by its value; the ``field`` tag draws them."""
        self.fields[name].option_hints = hints  # type: ignore[attr-defined]  # no field of Django's has it

    def field_at_fault(self, refused: Refused) -> str:
        """The form's name for the field that a refusal names. A form that calls it otherwise says so here."""
        return refused.field

    def refuse(self, refused: Refused) -> None:
        """Puts a refusal on the field it names, or at the top where the form has none of that name."""
        field = self.field_at_fault(refused)
        self.add_error(field if field in self.fields else None, refused.message)

    def when(self, day: str, time_of_day: str) -> When | None:
        """The day and time fields together: a moment where a time was given, else a day. Adds errors."""
        on, at = self.cleaned_data.get(day), self.cleaned_data.get(time_of_day)
        if on is None and at is not None and day not in self.errors:
            self.add_error(day, "Enter the day as well as the time.")
        if on is None or at is None:
            return on
        try:
            return place_in_london(datetime.combine(on, at))[0]
        except WhenError as error:
            self.add_error(time_of_day, f"{error}. Enter a time before or after that hour.")
            return None
