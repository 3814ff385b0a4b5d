"""What a variation would do, before anyone signs; and how the parties read what is left hanging."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from contracts.access import Act, open_contract
from contracts.models import Contract, Interpretation, Side
from contracts.selectors import variation_page
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from contracts.services.interpretations import interpret
from contracts.terms.moments import long_day
from contracts.web.acting import Done, press
from contracts.web.forms import DulyForm
from contracts.web.pages import Crumb, SignedIn, contract_page
from contracts.web.text.presenters import paragraph_href, place
from contracts.web.words import count, due_words, moment_words
from obligations.rules.register.duty import Duty
from obligations.services.variations.impact import Dangling, DutyChange, Impact, impact_of
from obligations.web.lines import dated


@dataclass(frozen=True)
class DutyRow:
    """A duty as the impact lists it."""

    title: str
    paragraph: str
    href: str
    subject: str
    party: str
    due: str
    before: str = ""
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class ReadingRow:
    """What one side said of how words are read."""

    by: str
    text: str


@dataclass(frozen=True)
class HangingRow:
    """One paragraph that relies on what is gone, with the words it rests on."""

    citation: str
    paragraph: str
    heading: str
    href: str
    words: str
    excerpt: str
    why: str
    certain: bool
    about: str
    readings: list[ReadingRow]


@dataclass(frozen=True)
class HangingGroup:
    """Everything that rests on one term, plan or process that is gone."""

    about: str
    created: str
    created_words: str
    rows: list[HangingRow]


def duty_row(contract: Contract, change: DutyChange) -> DutyRow:
    duty = change.duty
    before = change.before.deadline.due_at if change.before and change.after else None
    return DutyRow(
        title=duty.title,
        paragraph=_place(duty.citation),
        href=paragraph_href(contract, duty.citation),
        subject=duty.subject or "",
        party=contract.word_for(duty.party),
        due=due_of(duty),
        before=due_words(before) if before else "",
        notes=[step.text for step in duty.deadline.steps if step.rule == "R28"]
        + [
            f"Another reading: {reading.reading}"
            for reading in duty.deadline.readings
            if reading.rule == "R28"
        ],
    )


def due_of(duty: Duty) -> str:
    return dated(duty.deadline, duty.word or "no date")


def _place(citation: str) -> str:
    _, scope, number = citation.split("/", 2)
    return place(scope, number)


def hanging_groups(contract: Contract, found: list[Dangling]) -> list[HangingGroup]:
    """The hits by what they rest on; what most rest on comes first."""
    order: dict[str, list[Dangling]] = {}
    for one in found:
        order.setdefault(one.hit.about, []).append(one)
    groups = []
    for about, ones in sorted(order.items(), key=lambda item: -len(item[1])):
        hit = ones[0].hit
        created = (
            _place(f"{ones[0].outline_key}/{hit.created_by}") if "/" in hit.created_by else hit.created_by
        )
        rows = [_hanging(contract, one) for one in ones]
        groups.append(HangingGroup(about, created, hit.created_words, rows))
    return groups


def _hanging(contract: Contract, one: Dangling) -> HangingRow:
    return HangingRow(
        citation=one.citation,
        paragraph=_place(one.citation),
        heading=one.heading,
        href=paragraph_href(contract, one.citation),
        words=one.hit.words,
        excerpt=one.hit.excerpt,
        why=one.hit.why,
        certain=one.hit.certain,
        about=one.hit.about,
        readings=[_reading(contract, said) for said in one.readings],
    )


def _reading(contract: Contract, said: Interpretation) -> ReadingRow:
    word = contract.word_for(said.said_side)
    return ReadingRow(f"{said.said_by.name}, for the {word}, at {moment_words(said.said_at)}", said.reading)


def text_groups(contract: Contract, impact: Impact) -> list[dict[str, object]]:
    """The paragraphs by what becomes of them; a run of stopping ones in one list."""
    found: list[dict[str, object]] = []
    for becomes, changes in groupby(impact.text, key=lambda change: change.becomes):
        rows = [
            {
                "paragraph": place(change.scope, change.number),
                "heading": change.heading,
                "href": paragraph_href(contract, change.citation),
                "runs": change.runs,
                "notes": change.notes,
            }
            for change in changes
        ]
        words = {
            "stops": f"{count(len(rows), 'paragraph')} no longer used",
            "is used again": f"{count(len(rows), 'paragraph')} used again",
            "changes": "Words that change",
            "appears": "Words that appear",
        }[becomes]
        found.append({"title": words, "rows": rows, "open": becomes in ("changes", "appears")})
    return found


class ReadingForm(DulyForm):
    """How one side reads the words of a paragraph that is left hanging."""

    citation = forms.CharField(widget=forms.HiddenInput)
    words = forms.CharField(widget=forms.HiddenInput)
    about = forms.CharField(widget=forms.HiddenInput)
    reading = forms.CharField(max_length=5000)


@require_safe
@login_required
def impact(request: SignedIn, contract_id: int, variation_id: int) -> HttpResponse:
    """What it would do if both signed today; once in force, what it did on its day."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now)
    found = variation_page(access.contract, variation_id, access.side)
    told = impact_of(found, now, seen_by=access)
    contract = access.contract
    lists = [
        ("Duties that would end", told.ended, "ended"),
        ("Duties that stay owed", told.still_owed, "stays"),
        ("Duties with another date", told.redated, "redated"),
        ("Duties that would be raised", told.raised, "raised"),
    ]
    context = {
        "variation": found,
        "day": long_day(told.day),
        "texts": text_groups(contract, told),
        "lists": [
            {"title": title, "key": key, "rows": [duty_row(contract, change) for change in changes]}
            for title, changes, key in lists
        ],
        "recurring": [
            {"title": title, "paragraph": _place(citation), "href": paragraph_href(contract, citation)}
            for citation, title in told.recurring
        ],
        "hanging": hanging_groups(contract, told.dangling),
        "hanging_count": len({one.citation for one in told.dangling}),
        "may_say": access.side != Side.NEITHER and access.may(Act.DRAFT_VARIATION),
    }
    crumbs = [
        Crumb("Variations", reverse("variations", args=[contract_id])),
        Crumb(str(found), reverse("variation", args=[contract_id, variation_id])),
    ]
    return contract_page(
        request, access, "obligations/impact.html", context, here="variations", crumbs=crumbs
    )


@require_POST
@login_required
def say_reading(request: SignedIn, contract_id: int, variation_id: int) -> HttpResponse:
    """Records how words that are left hanging are read."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.DRAFT_VARIATION)
    found = variation_page(access.contract, variation_id, access.side)
    form, back = ReadingForm(request.POST), redirect("variation_impact", contract_id, variation_id)

    def say() -> None:
        if not form.is_valid():
            raise Refused("reading", "Enter how these words are to be read.")
        interpret(found, Actor.of(access.person, access.side), now, **form.cleaned_data)

    def said(_: None) -> Done:
        return Done(f"How “{form.cleaned_data['words']}” is read is on the record.", back)

    return press(request, say, said, back=back)
