"""Whom a provider's answer is about: somebody who was invited, of its own organisation, and nobody else."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from contracts.models import Person, Provider
from contracts.row_security import asking
from contracts.services import organisations
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from contracts.services.providers.settings import domain_of

log = logging.getLogger(__name__)


@asking.job("sign in by a provider")
def person_of(provider: Provider, claims: Mapping[str, Any], asked: str, now: datetime) -> Person:
    """The person who signed in at the provider.

    ``asked``: the address that was typed before. Raises Refused, which is in the log and on the record of the
    organisation: an address that the provider does not vouch for, another than was typed, one that is not at
    its domains, or one that nobody of the organisation has.
    """
    said = str(claims.get("email") or "").strip().lower()
    organisation = provider.organisation
    why, words = _refusal(provider, claims, said, asked.lower())
    person = None if why else Person.objects.filter(email__iexact=said, organisation=organisation).first()
    if not why and person is None:
        why = "nobody of the organisation has this address"
        words = f"Nobody of {organisation.name} is invited to Duly with the address that its provider gave."
    if person is None:
        log.warning("signing in by the provider of %s was refused: %s", organisation.name, why)
        payload = {"why": why, "address": said[:254]}
        organisations.record(organisation, Actor.system("sign-in"), "provider_refused", payload, now)
        raise Refused("", words)
    return person


def _refusal(provider: Provider, claims: Mapping[str, Any], said: str, asked: str) -> tuple[str, str]:
    """Why nobody is looked for, for the record and for the page; ("", "") where somebody is."""
    name = provider.organisation.name
    if not said or claims.get("email_verified") is not True:
        words = f"The provider of {name} does not say that your e-mail address is verified. Tell who runs it."
        return "the provider does not say that the address is verified", words
    if said != asked:
        words = f"The provider of {name} answered for another address than you entered. Sign out there first."
        return f"another address was entered: {asked[:254]}", words
    if not provider.domains.filter(domain=domain_of(said)).exists():
        return "the address is not at its domains", f"Addresses like yours do not sign in by {name}."
    return "", ""


def used_a_factor(provider: Provider, claims: Mapping[str, Any]) -> bool:
    """Whether the provider says, in the words its organisation chose, that it asked for a second factor."""
    methods = claims.get("amr")
    said = {str(one) for one in methods} if isinstance(methods, list) else set()
    said.add(str(claims.get("acr")))
    return bool(said & set(provider.factors))
