"""The page on which is said what was done before Duly keeps a contract, and what is in force (R32)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.forms.boundfield import BoundField
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from contracts.access import Access, Act, open_contract
from contracts.services.actors import Actor
from contracts.terms.moments import Day, london_day, long_day
from contracts.web import paging
from contracts.web.acting import Done, act, noted
from contracts.web.forms import DayField, DulyForm
from contracts.web.once import TokenField
from contracts.web.pages import Crumb, SignedIn, contract_page
from contracts.web.text.presenters import place
from contracts.web.words import count
from obligations.rules.register.kinds import FactKind
from obligations.services.asking.vocabulary import vocabulary_of
from obligations.services.making.done_before import Thing, say_done, things
from obligations.subjects import fact_page
from obligations.web.duties.acts import why_not_log
from obligations.web.facts.kinds import may_record, used_by
from obligations.web.facts.whole import recorded_at

PER_PAGE = 20


@dataclass(frozen=True)
class ThingRow:
    """One thing: its field where a day says it, else the way to where it is recorded, or who records it."""

    title: str
    meta: str
    field: BoundField | None
    hint: str
    href: str
    link: str
    who: str


@dataclass(frozen=True)
class InForce:
    """A kind of certificate or other thing that holds through a last day."""

    label: str
    href: str


class DaysForm(DulyForm):
    """A day for each thing; none needs to be given."""

    token = TokenField()

    def __init__(self, found: Sequence[Thing], today: Day, data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.today = today
        for one in found:
            self.fields[f"day_{one.duty.pk}"] = DayField(
                called="The day it was done", label=_title(one), required=False
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name, day in list(data.items()):
            if isinstance(day, date) and day > self.today:
                self.add_error(name, "This is in the future; enter the day on which it was done.")
        return data

    @property
    def days(self) -> Mapping[int, Day]:
        """The days that were given, by the number of the duty."""
        return {
            int(name.removeprefix("day_")): day
            for name, day in self.cleaned_data.items()
            if name.startswith("day_") and day is not None
        }


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def done_before(request: SignedIn, contract_id: int) -> HttpResponse:
    """Asks for a day of each thing that may be done already, a page at a time, and records what was given."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.RECORD_FACT)
    contract, here = access.contract, reverse("done_before", args=[contract_id])
    page = paging.page_of(request, things(contract), PER_PAGE)
    asked = [one for one in page if one.by_day and not _who(access, one)]
    form = DaysForm(asked, london_day(now), request.POST if request.method == "POST" else None)
    said = act(
        request,
        form,
        lambda data: say_done(contract, Actor.of(access.person, access.side), now, days=form.days),
        lambda number: Done(f"{count(number, 'day is', 'days are')} on the record.", redirect(here)),
        twice=noted("You sent this already, so it was recorded once.", redirect(here)),
    )
    context = {
        "form": form,
        "rows": [_row(access, one, form) for one in page],
        "asks": bool(asked),
        "pages": paging.pages(request, page),
        "in_force": list(_in_force(access)),
    }
    crumbs = [Crumb("Setting up", reverse("set_up", args=[contract_id]))]
    template = "obligations/making/done_before.html"
    return said or contract_page(request, access, template, context, here="", crumbs=crumbs)


def _title(one: Thing) -> str:
    subject = f" ({one.duty.subject})" if one.duty.subject else ""
    return f"{one.duty.title}{subject}"


def _row(access: Access, one: Thing, form: DaysForm) -> ThingRow:
    paragraph = one.duty.obligation.paragraph
    owes = access.contract.word_for(one.duty.party)
    asks = "When was it last done?" if one.comes_back else "When was it done?"
    due = f", due {long_day(one.duty.due_date)}" if one.duty.due_date else ""
    meta = f"{paragraph.schedule.title}, {place(paragraph.scope, paragraph.number)}. The {owes}{due}."
    name, who = f"day_{one.duty.pk}", _who(access, one)
    elsewhere = "" if one.by_day or who or one.kind is None else _address(access, one.kind)
    page = fact_page(one.kind.page) if one.kind is not None else None
    return ThingRow(
        title=_title(one),
        meta=meta,
        field=form[name] if name in form.fields else None,
        hint=f"{asks} {meta}",
        href=elsewhere,
        link=f"Record it under {page.title}" if page else "Record it with its details",
        who=who,
    )


def _who(access: Access, one: Thing) -> str:
    """Who records it, where the person may not; else ""."""
    if one.kind is None:
        return why_not_log(access, one.duty)
    if may_record(access, one.kind):
        return ""
    return f"The {access.contract.word_for(one.kind.side)} records this."


def _in_force(access: Access) -> list[InForce]:
    """The kinds of what holds through a last day, such as certificates, that the person may record."""
    lapses, used = vocabulary_of(access.contract).lapses, used_by(access.contract)
    kinds = [kind for name, kind in used.items() if name in lapses and may_record(access, kind)]
    return [InForce(kind.label, _address(access, kind)) for kind in kinds]


def _address(access: Access, kind: FactKind) -> str:
    """Where a kind is recorded: on the page of its subject, else on its own form."""
    contract = access.contract
    return recorded_at(contract, kind) or reverse("record_kind", args=[contract.pk, kind.name])
