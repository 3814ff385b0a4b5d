"""A contract as at a day: its words, duties and gates, as known on another day, and beside another day."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from contracts.access import open_contract
from contracts.models import Contract
from contracts.terms.moments import Day, london_day, long_day
from contracts.web.forms import DayField, DulyForm
from contracts.web.pages import SignedIn, contract_page
from contracts.web.text.presenters import paragraph_href, place
from obligations.rules.register.duty import CONTRACT_END, Duty
from obligations.services import as_at as service
from obligations.web.as_at.timeline import events
from obligations.web.lines import dated


class AsAtForm(DulyForm):
    """Which day, by when it was known, and a second day to set beside it."""

    on = DayField(called="The day", required=False, label="The contract on")
    known = DayField(
        called="The day by which it was known",
        required=False,
        label="As it was known at the end of",
        help_text="Leave empty for everything on the record today.",
    )
    beside = DayField(
        called="The day to compare with",
        required=False,
        label="Beside the contract on",
        help_text="Leave empty to see one day only.",
    )


@dataclass(frozen=True)
class DutyRow:
    title: str
    subject: str
    paragraph: str
    href: str
    party: str
    due: str
    state: str


STATES = {
    "open": "Open",
    "owed_now": "Owed now",
    "overdue": "Overdue",
    "awaiting_decision": "Awaiting decision",
    "suspended": "Suspended",
    "met": "Met on time",
    "met_late": "Met late",
    "ended": "Ended",
}


def duty_row(contract: Contract, duty: Duty) -> DutyRow:
    _, scope, number = duty.citation.split("/", 2)
    return DutyRow(
        title=duty.title,
        subject=duty.subject or "",
        paragraph=place(scope, number),
        href=paragraph_href(contract, duty.citation),
        party=contract.word_for(duty.party),
        due=dated(duty.deadline, duty.word or ""),
        state=state_words(duty),
    )


def state_words(duty: Duty | None) -> str:
    if duty is None:
        return "None"
    ended = f" by Variation {duty.ended_by}" if duty.ended_by else ""
    if duty.ended_by == CONTRACT_END:
        ended = " with the contract"
    return STATES[duty.state] + ended


@require_safe
@login_required
def as_at(request: SignedIn, contract_id: int) -> HttpResponse:
    """Any day, as known on any other, and two days side by side."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now)
    contract, today = access.contract, london_day(now)
    asked = any(name.partition("_")[0] in ("on", "known", "beside") for name in request.GET)
    form = AsAtForm(request.GET if asked else None, initial={"on": today})
    data = form.cleaned_data if asked and form.is_valid() else {}
    day: Day = data.get("on") or today
    known = service.parse_known(data.get("known"))
    found = service.as_at(contract, day, now, known, seen_by=access)
    context = {
        "form": form,
        "day": long_day(day),
        "known": long_day(data["known"]) if data.get("known") else "",
        "events": events(contract, access.side),
        **_stood(contract, found),
    }
    if data.get("beside"):
        other = service.as_at(contract, data["beside"], now, known, seen_by=access)
        context |= _beside(contract, found, other)
        context["other_day"] = long_day(data["beside"])
    return contract_page(request, access, "obligations/as_at.html", context, here="text", crumbs=[])


def _stood(contract: Contract, found: service.AsAt) -> dict[str, object]:
    """What was owed and which words were in force on the day."""
    return {
        "owed": [duty_row(contract, duty) for duty in service.still_owed(found.duties)],
        "gates": [duty_row(contract, duty) for duty in found.gates],
        "register": [_register_row(contract, entry) for entry in found.register],
        "closed_count": sum(1 for duty in found.duties if duty.state in ("met", "met_late", "ended")),
        "stopped": [words for words in found.words if not words.used],
        "used_count": sum(1 for words in found.words if words.used),
    }


def _beside(contract: Contract, one: service.AsAt, two: service.AsAt) -> dict[str, object]:
    """What differs between the two days."""
    duties = []
    for apart in service.duties_apart(one, two):
        duty = apart.after or apart.before
        assert duty is not None
        duties.append(
            {
                "row": duty_row(contract, duty),
                "before": state_words(apart.before),
                "after": state_words(apart.after),
                "due_before": _due(apart.before),
                "due_after": _due(apart.after),
            }
        )
    words = [
        {
            "paragraph": place(*apart.citation.split("/", 2)[1:]),
            "href": paragraph_href(contract, apart.citation),
            "apart": apart,
        }
        for apart in service.words_apart(one, two)
    ]
    return {"words_apart": words, "duties_apart": duties}


def _register_row(contract: Contract, entry: service.Entry) -> dict[str, str]:
    _, scope, number = entry.citation.split("/", 2)
    return {
        "title": entry.title,
        "paragraph": place(scope, number),
        "href": paragraph_href(contract, entry.citation),
        "party": contract.word_for(entry.party),
        "limit": entry.limit,
    }


def _due(duty: Duty | None) -> str:
    return dated(duty.deadline) if duty else ""
