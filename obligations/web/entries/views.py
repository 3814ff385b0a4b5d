"""Deciding what each paragraph asks: the list, and one paragraph with its words beside what is proposed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from contracts import selectors
from contracts.access import Access, Act, open_contract
from contracts.models import Schedule
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from contracts.terms.moments import london_day
from contracts.web import paging
from contracts.web.acting import Done, act, noted, sent
from contracts.web.forms import DulyForm
from contracts.web.pages import Crumb, SignedIn, contract_page
from contracts.web.text.presenters import place
from obligations.models import EntryDecision, EntryOutcome
from obligations.services.entries.accepting import accept
from obligations.services.entries.deciding import decide
from obligations.services.entries.opinions import opine
from obligations.services.entries.other_words import on_other_words
from obligations.services.entries.proposed import proposals_of
from obligations.services.entries.standing import standing_of
from obligations.web.entries import presenters
from obligations.web.entries.asked import Asked, asked, disputed, entries_href, opinions_of, own_schedules
from obligations.web.entries.decide_form import DecideForm
from obligations.web.entries.forms import AcceptForm, NothingForm, OpinionForm, SkipForm
from obligations.web.entries.trying import tried
from obligations.web.standards.beside import beside

PER_PAGE = 50
TWICE = "You sent this already, so it was kept once. Here it is."


@require_safe
@login_required
def entries(request: SignedIn, contract_id: int) -> HttpResponse:
    """Every paragraph of an own schedule with how far it is decided."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now)
    schedules = own_schedules(access.contract)
    schedule = _chosen(schedules, request.GET.get("schedule", ""))
    context: dict[str, object] = {
        "schedules": schedules,
        "schedule": schedule,
        "may": access.may(Act.DECIDE_ENTRY),
    }
    if schedule is not None:
        standing = standing_of(access.contract, schedule)
        shown = request.GET.get("show", "")
        shown = shown if shown in presenters.SHOWN else ""
        text = selectors.text_as_at(access.contract, london_day(now), schedule)
        texts = {one.paragraph.pk: one.text for one in text}
        rows = presenters.rows(
            access.contract, standing, texts, proposals_of(schedule), disputed(schedule), shown
        )
        page = paging.page_of(request, rows, PER_PAGE)
        context |= {
            "progress": presenters.progress(standing),
            "rows": page,
            "found": len(rows),
            "pages": paging.pages(request, page),
            "shown": shown,
            "choices": list(presenters.SHOWN.items()),
            "again": len(on_other_words(standing, texts)),
            "first": next((one for one in standing.paragraphs if standing.last(one) is None), None),
        }
    return contract_page(request, access, "obligations/entries/list.html", context, here="entries", crumbs=[])


def _chosen(schedules: list[Schedule], key: str) -> Schedule | None:
    return next((one for one in schedules if one.outline_key == key), next(iter(schedules), None))


@require_safe
@login_required
def entry_paragraph(request: SignedIn, contract_id: int, paragraph_id: int) -> HttpResponse:
    """One paragraph: its words, what is proposed or decided, and what a person may do with it."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now)
    return _paragraph(request, access, asked(access.contract, paragraph_id, london_day(now)), now)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def entry_accept(request: SignedIn, contract_id: int, paragraph_id: int) -> HttpResponse:
    """Accepts what is proposed."""
    now = timezone.now()
    access, found = _to_decide(request, contract_id, paragraph_id, now)
    form = _accept_form(found, request)
    return _decide(
        request, access, found, now, form, "is accepted",
        lambda data: accept(
            found.paragraph, Actor.of(access.person, access.side), now,
            number=data["number"], proposed=found.proposed, starts=form.starts,
        ),
        instead=lambda refused: _to_correct(form, refused, found),
    )  # fmt: skip


def _to_correct(form: AcceptForm, refused: Refused, found: Asked) -> Done | None:
    """What cannot be accepted as it is, is corrected on the page of the entries."""
    field = form.field_at_fault(refused)
    if not field or field in form.fields:
        return None
    there = redirect("entry_edit", found.contract.pk, found.paragraph.pk)
    return noted(f"This cannot be accepted as it is proposed: {refused.message}", there)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def entry_nothing(request: SignedIn, contract_id: int, paragraph_id: int) -> HttpResponse:
    """Says that a paragraph asks for nothing, and why."""
    now = timezone.now()
    access, found = _to_decide(request, contract_id, paragraph_id, now)
    form = NothingForm(*sent(request), shown=found.shown, auto_id="nothing_%s")
    return _decide(
        request, access, found, now, form, "asks for nothing",
        lambda data: decide(
            found.paragraph, Actor.of(access.person, access.side), now,
            number=data["number"], outcome=EntryOutcome.NONE, why=form.reason, proposed=found.proposed,
        ),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def entry_skip(request: SignedIn, contract_id: int, paragraph_id: int) -> HttpResponse:
    """Leaves a paragraph for later, on the record."""
    now = timezone.now()
    access, found = _to_decide(request, contract_id, paragraph_id, now)
    form = SkipForm(*sent(request), shown=found.shown, auto_id="skip_%s")
    return _decide(
        request, access, found, now, form, "is left for later",
        lambda data: decide(
            found.paragraph, Actor.of(access.person, access.side), now,
            number=data["number"], outcome=EntryOutcome.SKIPPED, proposed=found.proposed,
        ),
    )  # fmt: skip


def _to_decide(request: SignedIn, contract_id: int, paragraph_id: int, now: datetime) -> tuple[Access, Asked]:
    """Through the gate of who may decide, to the paragraph."""
    access = open_contract(request.user, contract_id, now, Act.DECIDE_ENTRY)
    return access, asked(access.contract, paragraph_id, london_day(now))


def _decide(
    request: SignedIn,
    access: Access,
    found: Asked,
    now: datetime,
    form: DecideForm,
    says: str,
    doing: Callable[[dict[str, Any]], EntryDecision],
    instead: Callable[[Refused], Done | None] | None = None,
) -> HttpResponse:
    """Keeps a decision and leads on to the next paragraph, or shows the page with what stands in the way. Who
    only asks for the address is led to the page.
    """
    there = redirect("entry_paragraph", found.contract.pk, found.paragraph.pk)
    if request.method != "POST":
        return there
    made = act(
        request,
        form,
        doing,
        lambda _: Done(f"Paragraph {found.paragraph.number} {says}.", onward(found)),
        twice=noted(TWICE, there),
        instead=instead,
    )
    return made or _paragraph(request, access, found, now, form)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def entry_opinion(request: SignedIn, contract_id: int, paragraph_id: int) -> HttpResponse:
    """The other side says whether it reads a paragraph so too."""
    now = timezone.now()
    access, found = _to_decide(request, contract_id, paragraph_id, now)
    decision = found.counted
    there = redirect("entry_paragraph", contract_id, paragraph_id)
    if request.method != "POST" or decision is None:
        return there
    form = OpinionForm(*sent(request), auto_id="opinion_%s")
    made = act(
        request,
        form,
        lambda data: opine(
            decision, Actor.of(access.person, access.side), now,
            agrees=data["agrees"] == "yes", words=data["words"],
        ),
        lambda one: Done("What your side says is on the record.", there),
        twice=noted(TWICE, there),
    )  # fmt: skip
    return made or _paragraph(request, access, found, now, form)


def onward(found: Asked) -> HttpResponse:
    """To the next paragraph that nobody has decided on, or back to the list."""
    following = found.next_undecided
    if following is not None:
        return redirect("entry_paragraph", found.contract.pk, following.pk)
    return redirect(entries_href(found.paragraph.schedule))


def _accept_form(found: Asked, request: SignedIn | None = None) -> AcceptForm:
    data = sent(request) if request is not None else (None, None)
    return AcceptForm(
        *data,
        shown=found.shown,
        proposed=found.proposed,
        known=found.standing.known.vocabulary,
        initial={"number": found.next_number},
        auto_id="accept_%s",
    )


def _paragraph(
    request: SignedIn,
    access: Access,
    found: Asked,
    now: datetime,
    sent_form: DulyForm | None = None,
) -> HttpResponse:
    contract, paragraph, made = access.contract, found.paragraph, found.counted
    known = found.standing.known.vocabulary
    number = {"number": found.next_number}
    may = access.may(Act.DECIDE_ENTRY)
    form = sent_form if isinstance(sent_form, AcceptForm) else _accept_form(found)
    forms = {type(sent_form): sent_form}
    cards = presenters.cards(contract, found.proposed, known)
    answers = presenters.may_answer(access, made)
    context = {
        "paragraph": paragraph,
        "place": place(paragraph.scope, paragraph.number),
        "contexts": presenters.contexts(paragraph, found.around, found.rests_on),
        "marks": presenters.legend(found.rests_on),
        "cards": list(zip(cards, presenters.asked_of(form), strict=True)),
        "nothing_proposed": next((one.why for one in found.proposed if one.why), ""),
        "doubts": presenters.doubts(found.proposed),
        "certainty": presenters.certainty_of(found.proposed),
        "decided": presenters.said(contract, made, opinions_of(made), known) if made else None,
        "again": made in on_other_words(found.standing, found.words),
        "in_force": made is not None and found.standing.is_in_force(made),
        "skipped": found.last is not None and found.last.outcome == EntryOutcome.SKIPPED,
        "may": may,
        "accept_form": form,
        "nothing_form": forms.get(NothingForm)
        or NothingForm(shown=found.shown, initial=number, auto_id="nothing_%s"),
        "skip_form": forms.get(SkipForm) or SkipForm(shown=found.shown, initial=number, auto_id="skip_%s"),
        "opinion_form": (forms.get(OpinionForm) or OpinionForm(auto_id="opinion_%s")) if answers else None,
        "before": found.beside(-1),
        "after": found.beside(1),
        "progress": presenters.progress(found.standing),
        "standards": beside(request.user, made, found.rows),
        **tried(request, found, now),
    }
    template = "obligations/entries/paragraph.html"
    return contract_page(request, access, template, context, here="entries", crumbs=crumbs_of(found))


def crumbs_of(found: Asked) -> list[Crumb]:
    """The way back to the list."""
    return [Crumb("What it asks", entries_href(found.paragraph.schedule))]
