"""Accepting what is proposed for many paragraphs at once: only what is sure, and never a time limit."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from contracts.access import Act, open_contract
from contracts.models import Paragraph
from contracts.services.actors import Actor
from contracts.web.acting import Done, act, noted, sent
from contracts.web.forms import DulyForm
from contracts.web.once import TokenField
from contracts.web.pages import Crumb, SignedIn, contract_page
from contracts.web.text.presenters import place
from contracts.web.words import count
from obligations.services.entries.many import decide_many, many_of
from obligations.services.entries.proposed import proposed_by_path
from obligations.services.entries.proposing import Prefilled
from obligations.web.entries.asked import entries_href, own_schedule

KINDS = [
    ("none", "Paragraphs that ask for nothing"),
    ("definition", "Definitions"),
    ("right", "Rights"),
    ("prohibition", "Prohibitions"),
    ("duty", "Duties without a time limit"),
]


class ManyForm(DulyForm):
    """The paragraphs that are accepted together."""

    paths = forms.MultipleChoiceField(
        label="Which paragraphs?",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose the paragraphs that are accepted together."},
    )
    token = TokenField()


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def entries_many(request: SignedIn, contract_id: int, schedule_id: int) -> HttpResponse:
    """The preview, and accepting them."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.DECIDE_ENTRY)
    schedule = own_schedule(access.contract, schedule_id)
    kind = request.GET.get("kind", "")
    kind = kind if kind in dict(KINDS) else KINDS[0][0]
    proposals = proposed_by_path(schedule)
    many = many_of(access.contract, schedule, proposals, kind)
    form = ManyForm(*sent(request), initial={"paths": [one.path for one, _ in many.together]})
    form.offer("paths", [(one.path, _says(one, filled)) for one, filled in many.together])
    back = redirect(entries_href(schedule))
    made = act(
        request,
        form,
        lambda data: decide_many(
            access.contract, schedule, Actor.of(access.person, access.side), now,
            proposals=proposals, kind=kind, paths=data["paths"],
        ),
        lambda rows: Done(f"{count(len(rows), 'paragraph is', 'paragraphs are')} accepted.", back),
        twice=noted("You sent this already, so it was kept once.", back),
    )  # fmt: skip
    if made:
        return made
    context = {
        "form": form,
        "kind": kind,
        "kinds": KINDS,
        "schedule": schedule,
        "total": len(many.together),
        "apart": [(one, place(one.scope, one.number), why) for one, why in many.apart],
    }
    crumbs = [Crumb("What it asks", entries_href(schedule))]
    template = "obligations/entries/many.html"
    return contract_page(request, access, template, context, here="entries", crumbs=crumbs)


def _says(paragraph: Paragraph, filled: Sequence[Prefilled]) -> str:
    says = filled[0].entry.get("title") or filled[0].why
    more = f" and {len(filled) - 1} more" if len(filled) > 1 else ""
    return f"{place(paragraph.scope, paragraph.number)} {paragraph.heading} {says}{more}".replace("  ", " ")[
        :200
    ]
