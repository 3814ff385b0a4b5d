"""The end of a contract: closing it, handing its record over, keeping it, and erasing it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contracts.access import Access, Act, open_contract
from contracts.models import Ending, EndingAsked
from contracts.services.actors import Actor
from contracts.web.acting import Done, act, noted, press, sent
from contracts.web.asking_again import require_asked
from contracts.web.kept_files import download
from contracts.web.pages import Crumb, SignedIn, contract_page
from contracts.web.work.views import lead_to
from obligations.services.ending import closing, handing_over, keeping
from obligations.web.ending import presenters
from obligations.web.ending.forms import CloseForm, KeepForm, ReasonForm

TWICE = "You sent this already, so it was done once."


@require_safe
@login_required
def ending(request: SignedIn, contract_id: int) -> HttpResponse:
    """Where the contract stands: open, closed, what somebody asked for, until when it is kept."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.END)
    return _page(request, access, "ending", {"page": presenters.page(access, now)}, top=True)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def ending_ask(request: SignedIn, contract_id: int, end: str) -> HttpResponse:
    """Asks that the contract be closed, opened again or erased."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.END)
    require_asked(request)
    if end not in Ending.values:
        raise Http404
    actor, there = _actor(access), redirect("ending", contract_id)
    form = (CloseForm if end == Ending.CLOSE else ReasonForm)(*sent(request))
    done = act(
        request,
        form,
        lambda data: closing.ask(
            access.contract,
            actor,
            now,
            what=end,
            reason=data["reason"],
            made=data.get("made", ""),
            keep_until=data.get("keep_until"),
        ),
        lambda row: Done(
            presenters.DONE[Ending(end)] if row.agreed_at else "Somebody else must agree now.", there
        ),
        twice=noted(TWICE, there),
    )
    if done:
        return done
    heading = presenters.HEADINGS[Ending(end)]
    return _page(request, access, "ask", {"form": form, "what": end, "heading": heading})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def ending_put_aside(request: SignedIn, contract_id: int, asked_id: int) -> HttpResponse:
    """Takes back what one asked for, or refuses what somebody else asked for."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.END)
    row, there = _asked(access, asked_id), redirect("ending", contract_id)
    form = ReasonForm(*sent(request))
    done = act(
        request,
        form,
        lambda data: closing.withdraw(row, _actor(access), now, reason=data["reason"]),
        lambda _: Done("It is put aside.", there),
        twice=noted(TWICE, there),
    )
    heading = "Take back what you asked for" if row.asked_by_id == access.person.pk else "Refuse it"
    return done or _page(request, access, "reason", {"form": form, "heading": heading})


@require_POST
@login_required
def ending_agree(request: SignedIn, contract_id: int, asked_id: int) -> HttpResponse:
    """Agrees to what somebody else asked for, and so does it."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.END)
    require_asked(request)
    row, there = _asked(access, asked_id), redirect("ending", contract_id)
    return press(
        request,
        lambda: closing.agree(row, _actor(access), now),
        lambda made: Done(
            presenters.DONE[Ending(made.what)], redirect("home") if made.what == Ending.ERASE else there
        ),
        back=there,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def ending_keep(request: SignedIn, contract_id: int) -> HttpResponse:
    """Keeps a closed contract for longer."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.END)
    form, there = KeepForm(*sent(request)), redirect("ending", contract_id)
    done = act(
        request,
        form,
        lambda data: keeping.keep_longer(
            access.contract, _actor(access), now, until=data["until"], reason=data["reason"]
        ),
        lambda _: Done("It is kept for longer.", there),
        twice=noted(TWICE, there),
    )
    return done or _page(request, access, "reason", {"form": form, "heading": "Keep it for longer"})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def ending_hold(request: SignedIn, contract_id: int) -> HttpResponse:
    """Sets a hold: nothing is erased until it is lifted."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.END)
    form, there = ReasonForm(*sent(request)), redirect("ending", contract_id)
    done = act(
        request,
        form,
        lambda data: keeping.set_hold(access.contract, _actor(access), now, reason=data["reason"]),
        lambda _: Done("Nothing is erased until the hold is lifted.", there),
        twice=noted(TWICE, there),
    )
    return done or _page(request, access, "reason", {"form": form, "heading": "Put a hold on erasing"})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def ending_lift(request: SignedIn, contract_id: int, hold_id: int) -> HttpResponse:
    """Lifts a hold that one's own side has set."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.END)
    hold = access.contract.holds.filter(pk=hold_id).first()
    if hold is None:
        raise Http404
    form, there = ReasonForm(*sent(request)), redirect("ending", contract_id)
    done = act(
        request,
        form,
        lambda data: keeping.lift_hold(hold, _actor(access), now, reason=data["reason"]),
        lambda _: Done("The hold is lifted.", there),
        twice=noted(TWICE, there),
    )
    return done or _page(request, access, "reason", {"form": form, "heading": "Lift the hold"})


@require_POST
@login_required
def hand_over(request: SignedIn, contract_id: int) -> HttpResponse:
    """Asks for the whole record as one archive."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.END)
    require_asked(request)
    there = reverse("ending", args=[contract_id])
    return press(
        request,
        lambda: handing_over.ask(access, _actor(access), now, leads_to=there),
        lambda work: Done("", lead_to(work)),
        back=redirect(there),
    )


@require_safe
@login_required
def hand_over_file(request: SignedIn, contract_id: int, archive_id: int) -> HttpResponseBase:
    """The archive, for who asked for it."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.END)
    require_asked(request)
    rows = access.contract.hand_overs.filter(pk=archive_id, asked_by=access.person, made_at__isnull=False)
    row = rows.exclude(file="").first()
    if row is None:
        raise Http404
    name = f"record-{access.contract.reference}.zip"
    return download(request, row, name=name)


def _actor(access: Access) -> Actor:
    return Actor.of(access.person, access.side)


def _asked(access: Access, asked_id: int) -> EndingAsked:
    row = access.contract.endings.select_related("contract").filter(pk=asked_id).first()
    if row is None:
        raise Http404
    return row


def _page(
    request: SignedIn, access: Access, template: str, context: dict[str, object], *, top: bool = False
) -> HttpResponse:
    crumbs = [Crumb("Manage", reverse("manage", args=[access.contract.pk]))]
    if not top:
        crumbs.append(Crumb("The end of this contract", reverse("ending", args=[access.contract.pk])))
    return contract_page(
        request, access, f"obligations/ending/{template}.html", context, here="manage", crumbs=crumbs
    )
