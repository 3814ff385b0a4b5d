"""The form of one entry: what a paragraph asks, of whom, when, by when; and the rule's table made from it.

What an entry says and the form does not ask (several lengths, an hour, conditions) stays as it was, unless
what it goes with was changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from django import forms

from contracts.models import Contract
from contracts.services.errors import Refused
from contracts.terms.periods import Unit
from contracts.web.forms import DulyForm, TimeField
from obligations.rules.register.rule import CAUSED
from obligations.rules.register.vocabulary import DONE, Vocabulary
from obligations.services.entries.starting import Start

SHAPES = [
    ("one_off", "Once"),
    ("event", "Each time something happens"),
    ("on_request", "Each time somebody asks for it"),
    ("recurring", "Again and again"),
    ("continuous", "All the time, or never"),
    ("gate", "Before something else may happen"),
    ("right", "Nobody owes it: it may be done"),
    ("definition", "Nobody owes it: it says what words mean"),
]
SHAPE_HINTS = {
    "one_off": "Counted from the start of the contract, or back from its last day.",
    "recurring": "Every so often, or at a fixed place in the calendar.",
    "continuous": "Something that holds at all times, such as a prohibition. It has no date.",
    "gate": "Something may not begin until this is done.",
}
DIRECTIONS = [
    ("after", "Within this time after it"),
    ("before", "At least this long before it"),
    ("at_least", "For at least this long"),
]
EVERY = [
    ("completion", "This long after it was last done"),
    ("anniversary", "Each year, on the day the contract commenced"),
    ("cycle", "At a place in the calendar"),
]
SPANS = [
    ("week", "week"),
    ("month", "month"),
    ("quarter", "Quarter"),
    ("half_year", "half-year"),
    ("year", "year"),
]
PLACES = [
    ("days", "day"),
    ("working_days", "Working Day"),
    *((day, day.capitalize()) for day in ("monday", "tuesday", "wednesday", "thursday", "friday")),
]
UNITS = [("", "No number"), *((unit.value, f"{unit.singular}s") for unit in Unit)]
AS_IT_IS = "as_it_is"
LENGTH = ("amount", "unit", "others", "joined", "before", "inclusive", "standstill", "qualifier", "hour")
STAYS = ("others", "joined", "inclusive", "standstill")
"""Those that stay while the first length is the same."""

ASKED = ("title", "party", "shape", "word", "approver", "notice", "exceptions", "consequence")
RULE_TO_FIELD = {"label": "new_kind", "anchor": "on", "cycle": "cycle_place", "event_day": "on", "hour": "at"}
"""The keys of a limit that is a length."""


class EntryForm(DulyForm):
    """One entry, in plain words."""

    title = forms.CharField(
        max_length=200,
        label="What is to be done?",
        help_text="In a few words, for example: Send the Council the test report.",
        error_messages={"required": "Say in a few words what is to be done."},
    )
    party = forms.ChoiceField(
        label="Who owes it?", widget=forms.RadioSelect, error_messages={"required": "Choose who owes it."}
    )
    shape = forms.ChoiceField(
        choices=SHAPES,
        label="When is it owed?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose when it is owed."},
    )
    on = forms.ChoiceField(required=False, label="What starts it?")
    new_kind = forms.CharField(
        required=False,
        max_length=120,
        label="Or name what starts it",
        help_text="It can then be recorded under “Record what happened”. For example: Registers received.",
    )
    amount = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=10_000,
        label="How long?",
        help_text="A number. Leave it empty where the words give none.",
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "invalid": "Enter a whole number, for example 10.",
            "min_value": "Enter a whole number from 1 to 10,000.",
            "max_value": "Enter a whole number from 1 to 10,000.",
        },
    )
    unit = forms.ChoiceField(required=False, choices=UNITS, label="Counted in")
    direction = forms.ChoiceField(
        required=False,
        choices=DIRECTIONS,
        initial="after",
        label="How it is counted",
        widget=forms.RadioSelect,
    )
    at = TimeField(
        called="The hour",
        required=False,
        label="By which hour of the last day?",
        help_text="London time. Leave it empty where the words name none.",
        classes="govuk-input--width-5",
    )
    word = forms.CharField(
        required=False,
        max_length=80,
        label="The contract’s own word for it",
        help_text="For example promptly. With a number beside it the number is the latest.",
    )
    every = forms.ChoiceField(
        required=False, choices=EVERY, label="How it comes back", widget=forms.RadioSelect
    )
    cycle_place = forms.IntegerField(
        required=False,
        min_value=-31,
        max_value=366,
        label="Which one?",
        help_text="For example 5 for the fifth, -1 for the last.",
        widget=forms.TextInput(attrs={"inputmode": "text"}),
    )
    cycle_unit = forms.ChoiceField(required=False, choices=[("", "Choose"), *PLACES], label="Day")
    cycle_of = forms.ChoiceField(required=False, choices=[("", "Choose"), *SPANS], label="Of each")
    met_by = forms.ChoiceField(required=False, label="What shows that it was done?")
    approver = forms.ChoiceField(required=False, label="Does it need a decision of the other side?")
    notice = forms.BooleanField(
        required=False,
        label="What is owed is a notice to the other party",
        help_text="The contract’s hour for notices then counts.",
    )
    exceptions = forms.CharField(
        required=False,
        max_length=500,
        label="Paragraphs that make an exception",
        help_text="Their numbers, with commas between. For example 9.2.1, 9.2.2",
    )
    consequence = forms.CharField(required=False, max_length=200, label="What a miss leads to")

    def __init__(
        self,
        *args: Any,
        contract: Contract,
        known: Vocabulary,
        paths: Iterable[str],
        scope: str,
        base: Mapping[str, Any],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.base, self.known, self.paths, self.scope = base, known, frozenset(paths), scope
        self.offer("party", [(side, contract.word_for(side)) for side in ("supplier", "authority", "both")])
        self.hint("shape", SHAPE_HINTS)
        self.offer("on", [("", "Choose"), *kinds_to_choose(known)])
        self.offer("met_by", [("", "Evidence that it was done"), *kinds_to_choose(known)])
        sides = [(side, f"Yes, of the {contract.word_for(side)}") for side in ("authority", "supplier")]
        self.offer("approver", [("", "No"), *sides])
        if "cycle" in base and not _placed(base):
            as_it_is = (AS_IT_IS, "At the place in the calendar that it has now")
            self.offer("every", [*EVERY[:2], as_it_is, EVERY[2]])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        shape = data.get("shape")
        if shape in CAUSED and not data.get("on") and not data.get("new_kind"):
            self.add_error("on", "Choose what has to happen for it to be owed, or name it.")
        if data.get("amount") and not data.get("unit"):
            self.add_error("unit", "Choose what is counted: days, Working Days, hours…")
        if data.get("unit") and not data.get("amount") and "amount" not in self.errors:
            self.add_error("amount", "Enter how many: a whole number from 1.")
        if shape == "recurring":
            self._check_how_it_comes_back(data)
        self._check_exceptions(data)
        return data

    def _check_how_it_comes_back(self, data: Mapping[str, Any]) -> None:
        every = data.get("every")
        if not every:
            self.add_error("every", "Choose how it comes back.")
        elif every == "completion" and not data.get("amount") and "amount" not in self.errors:
            self.add_error("amount", "Enter how long it is from one time to the next.")
        elif every == "cycle":
            for name, says in (
                ("cycle_place", "Enter which one: 1 for the first, -1 for the last."),
                ("cycle_unit", "Choose which day is counted."),
                ("cycle_of", "Choose of what."),
            ):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, says)

    def _check_exceptions(self, data: dict[str, Any]) -> None:
        found = []
        for text in (data.get("exceptions") or "").replace(";", ",").split(","):
            if not (one := text.strip()):
                continue
            path = one if one in self.paths else f"{self.scope}/{one}"
            if path not in self.paths:
                says = f"This schedule has no paragraph {one}: enter numbers that it has."
                self.add_error("exceptions", says)
                return
            found.append(path)
        data["exceptions"] = found

    @property
    def start(self) -> Start:
        """What starts it; what was named counts before what was chosen."""
        if label := self.cleaned_data.get("new_kind", "").strip():
            return Start(label=label)
        return Start(kind=self.cleaned_data.get("on", ""))

    def entry(self) -> dict[str, Any]:
        """The entry as a rule's table, without what starts it."""
        data = self.cleaned_data
        dropped = {"on", "anchor", "every", "cycle", "event_day", "why"}
        entry = {name: value for name, value in self.base.items() if name not in dropped}
        if data["title"] != self.base.get("title"):
            entry.pop("summary", None)
        entry |= {name: data[name] for name in ASKED}
        entry["met_by"] = self._met_by()
        return entry | self._limit(entry) | self._comes_back()

    def _met_by(self) -> list[str]:
        chosen, before = self.cleaned_data["met_by"], list(self.base.get("met_by", ()))
        return before if before[:1] == [chosen] else [chosen] if chosen else []

    def _limit(self, entry: dict[str, Any]) -> dict[str, Any]:
        """The keys of the length; further lengths stay only while the first is the same."""
        data = self.cleaned_data
        same = all(self.base.get(name) == (data[name] or None) for name in ("amount", "unit"))
        kept = {name: entry.pop(name) for name in LENGTH if name in entry}
        if data["amount"] is None or data["every"] in ("cycle", AS_IT_IS):
            return self._hour({}, kept)
        found: dict[str, Any] = {"amount": data["amount"], "unit": data["unit"]}
        if same:
            found |= {name: kept[name] for name in STAYS if name in kept}
        return self._hour(found | self._direction(kept if same else {}), kept)

    def _direction(self, kept: Mapping[str, Any]) -> dict[str, Any]:
        """How the length is counted; "at least" before an event stays as it was."""
        match self.cleaned_data["direction"]:
            case "before":
                stays = {"qualifier": kept["qualifier"]} if "before" in kept and "qualifier" in kept else {}
                return {"before": True} | stays
            case "at_least":
                return {"qualifier": "at_least"}
        return {}

    def _hour(self, found: dict[str, Any], kept: Mapping[str, Any]) -> dict[str, Any]:
        at = self.cleaned_data["at"]
        if at is None:
            return found
        hour = kept.get("hour") or {}
        same = hour.get("at") == f"{at:%H:%M}"
        return found | {"hour": hour if same else {"at": f"{at:%H:%M}"}}

    def _comes_back(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data["shape"] != "recurring":
            return {}
        if data["every"] == AS_IT_IS:
            return {"every": "cycle", "cycle": self.base["cycle"]}
        if data["every"] == "cycle":
            place = {"of": data["cycle_of"], "place": data["cycle_place"], "unit": data["cycle_unit"]}
            return {"every": "cycle", "cycle": place}
        return {"every": data["every"]}

    def field_at_fault(self, refused: Refused) -> str:
        """The service names keys of a rule."""
        return RULE_TO_FIELD.get(refused.field, refused.field)


def initial_of(entry: Mapping[str, Any], scope: str) -> dict[str, Any]:
    """The answers of the form that an entry gives."""
    cycle = entry.get("cycle") or {}
    every = entry.get("every")
    if cycle and not _placed(entry):
        every = AS_IT_IS
    paths = [path.removeprefix(f"{scope}/") for path in entry.get("exceptions", ())]
    return {
        **{name: entry.get(name) for name in (*ASKED, "amount", "unit")},
        "on": next(iter(entry.get("on", ())), None) or entry.get("anchor"),
        "direction": _direction(entry),
        "at": (entry.get("hour") or {}).get("at"),
        "every": every,
        "cycle_place": cycle.get("place"),
        "cycle_unit": cycle.get("unit"),
        "cycle_of": cycle.get("of"),
        "met_by": next(iter(entry.get("met_by", ())), ""),
        "notice": bool(entry.get("notice")),
        "exceptions": ", ".join(paths),
    }


def _direction(entry: Mapping[str, Any]) -> str:
    if entry.get("before"):
        return "before"
    return "at_least" if entry.get("qualifier") == "at_least" else "after"


def _placed(entry: Mapping[str, Any]) -> bool:
    """Whether its place in the calendar is the n-th of something, which the form asks."""
    return "place" in (entry.get("cycle") or {})


def kinds_to_choose(known: Vocabulary) -> list[tuple[str, list[tuple[str, str]]]]:
    """The kinds of fact under the headings of the page that records them."""
    from obligations.web.facts.kinds import GROUPS

    there = [kind for kind in known.listed if kind.name != DONE]
    ordered = sorted(there, key=lambda kind: (kind.group != "own", kind.group))
    return [
        (GROUPS.get(group, group.capitalize()), sorted((kind.name, kind.label) for kind in kinds))
        for group, kinds in groupby(ordered, key=lambda kind: kind.group)
    ]
