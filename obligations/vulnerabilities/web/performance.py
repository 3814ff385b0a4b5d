"""The page that shows how patching goes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from contracts.access import open_contract
from contracts.web.forms import DulyForm
from contracts.web.pages import SignedIn
from contracts.web.words import short_day
from obligations.vulnerabilities.models import Category
from obligations.vulnerabilities.performance import ORDER, Kept, Week, burn_down, performance
from obligations.vulnerabilities.selectors import UNRATED
from obligations.vulnerabilities.services.allowed import may_patch
from obligations.vulnerabilities.web.burn_down import draw
from obligations.vulnerabilities.web.forms import CATEGORIES
from obligations.vulnerabilities.web.presenters import NO_CATEGORY
from obligations.vulnerabilities.web.views import page
from obligations.web.time_line import WIDTHS

WEEKS = [("13", "The last 13 weeks"), ("26", "The last 26 weeks"), ("52", "The last 52 weeks")]


class ShownForm(DulyForm):
    """What is shown. A mistake shows the usual."""

    weeks = forms.ChoiceField(required=False, label="Over how long", choices=WEEKS)
    category = forms.ChoiceField(required=False, label="Category", choices=CATEGORIES)

    def wanted(self) -> tuple[int, str | None]:
        """How many weeks, and of which category; None: of each."""
        self.full_clean()
        data: dict[str, Any] = getattr(self, "cleaned_data", {})
        category = data.get("category") or None
        return int(data.get("weeks") or WEEKS[0][0]), "" if category == UNRATED else category


@dataclass(frozen=True)
class WeekRow:
    """One week in the table: ``open`` by the categories that are there at all."""

    last: str
    found: int
    patched: int
    total: int
    open: list[int]
    late: int


@dataclass(frozen=True)
class KeptRow:
    """One month and category in the table."""

    month: str
    category: str
    kept: Kept
    share: str
    median: str


@require_safe
@login_required
def vulnerabilities_performance(request: SignedIn, contract_id: int) -> HttpResponse:
    """How many were open over time, and how many limits were kept."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now)
    form = ShownForm(request.GET or None)
    many, category = form.wanted()
    weeks = burn_down(access, now, many, category)
    there = [one for one in ORDER if any(one in week.open for week in weeks)]
    context: dict[str, object] = {
        "form": form,
        "pictures": [draw(weeks, width) for width in WIDTHS],
        "categories": [_name(one) for one in there],
        "weeks": [_week(week, there) for week in reversed(weeks)],
        "kept": list(_months(performance(access, now, category))),
        "drafts": may_patch(access.contract, access.side),
    }
    return page(request, access, "performance", context)


def _name(category: str) -> str:
    return Category(category).label if category else NO_CATEGORY.text


def _week(week: Week, there: list[str]) -> WeekRow:
    counted = [week.open.get(one, 0) for one in there]
    return WeekRow(short_day(week.last), week.found, week.patched, week.total, counted, week.late)


def _months(kept: Iterable[Kept]) -> Iterable[KeptRow]:
    for one in kept:
        share = "" if one.share is None else f"{one.share}%"
        median = "" if one.median is None else f"{one.median:,}"
        yield KeptRow(f"{one.month:%b %Y}", _name(one.category), one, share, median)
