"""The standard terms of an organisation: the list by topic, and stating one."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from contracts.absence import NotThere
from contracts.access import OrganisationAccess
from contracts.proposals.topics import TOPICS
from contracts.services.leaving import actor_of
from contracts.web.acting import Done, act, sent
from contracts.web.forms import DulyForm
from contracts.web.pages import Crumb, SignedIn
from obligations.models import StandardTerm
from obligations.services.standards import LONGEST, standards_of, state, term_of
from obligations.web.practice import of_practice, practice_page
from obligations.web.standards import presenters


class StandardForm(DulyForm):
    """What an organisation holds to, in the words of a contract."""

    words = forms.CharField(
        required=False,
        max_length=LONGEST,
        label="Our standard term",
        help_text="For example: within 24 hours; for at least 6 years; at least 5 Working Days before; every"
        " 12 months. Leave it empty for no standard.",
    )


@require_safe
@of_practice
def standards(request: SignedIn, access: OrganisationAccess) -> HttpResponse:
    """Every topic with the standard term."""
    found = standards_of(access.organisation.pk)
    context = {"rows": presenters.rows(access.organisation, found)}
    return practice_page(request, access, "obligations/standards/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@of_practice
def standard(request: SignedIn, access: OrganisationAccess, topic: str) -> HttpResponse:
    """States the standard term of one topic, or takes it away."""
    if topic not in TOPICS:
        raise NotThere("no such topic")
    before = standards_of(access.organisation.pk).get(topic)
    form = StandardForm(*sent(request), initial={"words": before.words if before else ""})
    there = reverse("standards", args=[access.organisation.pk])
    made = act(
        request,
        form,
        lambda data: state(
            access.organisation, actor_of(access.person), timezone.now(), topic=topic, words=data["words"]
        ),
        lambda one: Done(_says(one), redirect(there)),
    )
    context = {"form": form, "topic": TOPICS[topic]}
    crumbs = [Crumb("Standard terms", there)]
    return made or practice_page(request, access, "obligations/standards/state.html", context, crumbs)


def _says(one: StandardTerm) -> str:
    name = TOPICS[one.topic]
    if not one.words:
        return f"There is no standard on “{name}” any more."
    return f"Our standard on “{name}” is read as: {presenters.term_words(term_of(one))}."
