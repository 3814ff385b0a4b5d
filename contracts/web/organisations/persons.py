"""Somebody of an organisation: what of theirs is open, their last day, whether they administer it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contracts import selectors
from contracts.absence import NotThere
from contracts.access import OrganisationAccess
from contracts.models import Person
from contracts.services import api_tokens, leaving, organisations, personal_data
from contracts.services.sign_in import recovery
from contracts.services.sign_in.second_factor import has_second_factor
from contracts.terms.moments import london_day, long_day
from contracts.web.account.held import as_file
from contracts.web.acting import Done, act, press, sent
from contracts.web.asking_again import ask_again
from contracts.web.organisations import presenters
from contracts.web.organisations.gates import of_organisation, page
from contracts.web.pages import SignedIn
from contracts.web.people.forms import LastDayForm
from contracts.web.tokens.presenters import token_row


@require_http_methods(["GET", "HEAD", "POST"])
@of_organisation
@ask_again
def person(request: SignedIn, access: OrganisationAccess, person_id: int) -> HttpResponse:
    """A person, what of theirs is open, and setting their last day."""
    now, found = timezone.now(), selectors.person_of(access.organisation, person_id)
    form = LastDayForm(*sent(request), initial={"last_day": found.ends_on})

    def ended(made: Person) -> Done:
        assert made.ends_on is not None
        says = f"{made.name} signs in until {long_day(made.ends_on)}, and is on no contract after that."
        return Done(says, redirect("organisation_person", access.organisation.pk, made.pk))

    answer = act(
        request,
        form,
        lambda data: leaving.end_person(
            found, leaving.actor_of(request.user), now, last_day=data["last_day"]
        ),
        ended,
    )
    if answer:
        return answer
    today = london_day(now)
    administers = organisations.administrators_on(access.organisation, today).filter(person=found).exists()
    context = {
        "form": form,
        "person": found,
        "you": found.pk == request.user.pk,
        "rows": presenters.summary(found, administers, today),
        "open_things": presenters.open_things(leaving.theirs(found, now), named=access.names_contracts),
        "tokens": [
            token_row(one, today, None)
            for one in selectors.api_tokens_of(found)
            if one.ended_at is None and one.last_day >= today
        ],
        "administers": administers,
        "ended": found.has_ended(today),
        "lost_device": _lost_device(request, found),
    }
    return page(request, "person", context, access)


@require_safe
@of_organisation
@ask_again
def held(request: SignedIn, access: OrganisationAccess, person_id: int) -> HttpResponse:
    """What Duly holds about somebody, as a file to give them; it names contracts."""
    return as_file(_of_it(access, person_id))


@require_http_methods(["GET", "HEAD", "POST"])
@of_organisation
@ask_again
def replace(request: SignedIn, access: OrganisationAccess, person_id: int) -> HttpResponse:
    """Replaces the personal data of somebody who has left, once no record needs them."""
    found, now = _of_it(access, person_id), timezone.now()
    back = redirect("organisation_person", access.organisation.pk, person_id)
    if request.method == "POST":
        return press(
            request,
            lambda: personal_data.replace(found, leaving.actor_of(request.user), now),
            lambda made: Done(f"They are called {made.name} now.", back),
            back=back,
        )
    context = {
        "person": found,
        "called": personal_data.called(found),
        "why_not": personal_data.why_not_replaced(found, now),
    }
    return page(request, "replace", context, access)


def _lost_device(request: SignedIn, person: Person) -> str:
    """The page on which two administrators help somebody who lost theirs; "" where nothing is to be done."""
    now = timezone.now()
    theirs = person.pk != request.user.pk and recovery.looks_after(request.user, person, now)
    return reverse("lost_device", args=[person.pk]) if theirs and has_second_factor(person) else ""


@require_POST
@of_organisation
@ask_again
def bring_back(request: SignedIn, access: OrganisationAccess, person_id: int) -> HttpResponse:
    """Lets somebody sign in again."""
    found, now = selectors.person_of(access.organisation, person_id), timezone.now()
    back = redirect("organisation_person", access.organisation.pk, person_id)
    return press(
        request,
        lambda: leaving.bring_back(found, leaving.actor_of(request.user), now),
        lambda made: Done(f"{made.name} may sign in again. Invite them to contracts anew.", back),
        back=back,
    )


@require_POST
@of_organisation
@ask_again
def administer(request: SignedIn, access: OrganisationAccess, person_id: int) -> HttpResponse:
    """Makes somebody an administrator of the organisation."""
    found, now = selectors.person_of(access.organisation, person_id), timezone.now()
    actor, back = leaving.actor_of(request.user), redirect("organisation", access.organisation.pk)
    return press(
        request,
        lambda: organisations.appoint_administrator(access.organisation, actor, now, person=found),
        lambda made: Done(f"{found.name} administers {access.organisation.name} now.", back),
        back=back,
    )


@require_POST
@of_organisation
@ask_again
def stop_administering(request: SignedIn, access: OrganisationAccess, person_id: int) -> HttpResponse:
    """Somebody no longer administers the organisation."""
    found, now = selectors.person_of(access.organisation, person_id), timezone.now()
    actor, back = leaving.actor_of(request.user), redirect("organisation", access.organisation.pk)
    own = found.pk == request.user.pk and not request.user.is_staff
    return press(
        request,
        lambda: organisations.end_administrator(access.organisation, actor, now, person=found),
        lambda _: Done(
            f"{found.name} no longer administers {access.organisation.name}.",
            redirect("home") if own else back,
        ),
        back=back,
    )


@require_POST
@of_organisation
def end_token(request: SignedIn, access: OrganisationAccess, person_id: int, token_id: int) -> HttpResponse:
    """Ends a token that somebody made for a program."""
    found, now = selectors.person_of(access.organisation, person_id), timezone.now()
    token = selectors.api_token(found, token_id)
    back = redirect("organisation_person", access.organisation.pk, person_id)
    why = "an administrator ended it"
    return press(
        request,
        lambda: api_tokens.end(token, leaving.actor_of(request.user), now, why=why),
        lambda made: Done(f"The token {made.name} of {found.name} works no more.", back),
        back=back,
    )


def _of_it(access: OrganisationAccess, person_id: int) -> Person:
    """Somebody of the organisation, for who may know of its contracts. Raises NotThere."""
    if not access.names_contracts:
        raise NotThere("no such page")
    return selectors.person_of(access.organisation, person_id)
