"""The answers of a draft as they are checked, and the drafts of a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from contracts.models import ContractDraft, Division, Role
from contracts.terms.moments import Day, long_day
from contracts.web.words import count, moment_words
from obligations.services.making.answers import BOTH, OWN, Answers
from obligations.web.making import words
from obligations.web.making.forms import STEPS, missing
from obligations.web.making.step import Known, StepForm

NOT_GIVEN = "None"


@dataclass(frozen=True)
class CheckRow:
    """One answer on the page that checks them, with the way to change it."""

    key: str
    value: str
    href: str


@dataclass(frozen=True)
class DraftRow:
    """One draft of a person."""

    title: str
    meta: str
    left: str
    href: str
    delete: str


def step_address(draft: ContractDraft, step: type[StepForm]) -> str:
    """The page of a step."""
    return reverse("contract_step", args=[draft.pk, step.step])


def check_rows(draft: ContractDraft, known: Known) -> list[CheckRow]:
    """Every answer in words, in the order of the steps."""
    steps = {one.step: step_address(draft, one) for one in STEPS}
    return [CheckRow(key, value, steps[step]) for step, key, value in _told(known)]


def _told(known: Known) -> list[tuple[str, str, str]]:
    answers = known.answers
    return [
        ("parties", "Your organisation", f"{known.ours()}\n{dict(words.SIDES).get(answers.side or '', '')}"),
        ("parties", "The other organisation", answers.text("parties", "other")),
        ("name", "Reference", answers.text("name", "reference")),
        ("name", "Title", answers.text("name", "title")),
        ("schedules", "Schedules", words.lines(_schedules(answers))),
        ("words", "What it calls them", words.lines(_called(known))),
        ("dates", "Made on", _day(answers.day("dates", "agreement_date"))),
        ("dates", "Starts on", _day(answers.day("dates", "start_date"))),
        ("dates", "Commences on", _day(answers.day("dates", "commencement_date"), "The day it starts")),
        ("dates", "Last day", _day(answers.day("dates", "end_date"), "No fixed end")),
        ("days", "Public holidays of", _label(Division, answers.text("days", "division"))),
        (
            "kept",
            "Kept by",
            "Both parties" if answers.text("kept", "kept") == BOTH else f"{known.ours()} alone",
        ),
        ("running", "Duly keeps it", _tracked(answers.tracked_from)),
        ("you", "Your role", words.lines(_role(answers))),
    ]


def _role(answers: Answers) -> list[str]:
    role = answers.text("you", "role")
    looks_after = answers.manages or role == Role.ADMINISTRATOR
    return [
        _label(Role, role),
        "Looks after the contract" if looks_after else "Does not look after the contract",
    ]


def _schedules(answers: Answers) -> list[str]:
    return [
        one.title
        for one in words.schedules()
        if one.key in answers.schedules or (one.key == OWN and answers.own_documents)
    ]


def _called(known: Known) -> list[str]:
    called = known.answers.party_words
    names = words.party_names(known)
    (authority, supplier) = names.values() if known.answers.side == "authority" else reversed(names.values())
    return [f"{authority}: the {called.authority}", f"{supplier}: the {called.supplier}"]


def _day(day: Day | None, otherwise: str = NOT_GIVEN) -> str:
    return long_day(day) if day else otherwise


def _tracked(day: Day | None) -> str:
    return f"From {long_day(day)}: it was running already" if day else "From its beginning"


def _label(choices: type[Division] | type[Role], value: str) -> str:
    return str(choices(value).label) if value in choices.values else NOT_GIVEN


def draft_rows(drafts: list[ContractDraft], known: list[Known]) -> list[DraftRow]:
    """The drafts a person can go on with."""
    return [_draft(draft, one) for draft, one in zip(drafts, known, strict=True)]


def _draft(draft: ContractDraft, known: Known) -> DraftRow:
    answers = known.answers
    named = [answers.text("name", "reference"), answers.text("name", "title")]
    title = " ".join(part for part in named if part) or _between(known)
    left = len(missing(known))
    return DraftRow(
        title=title,
        meta=f"Changed {_at(draft.changed_at)}",
        left="Ready to check" if not left else f"{count(left, 'step')} of {len(STEPS)} to go",
        href=reverse("contract_check", args=[draft.pk]),
        delete=reverse("contract_draft_delete", args=[draft.pk]),
    )


def _between(known: Known) -> str:
    other = known.answers.text("parties", "other")
    return f"Contract with {other}" if other else "Contract without a name yet"


def _at(moment: datetime) -> str:
    return f"at {moment_words(moment)}"
