"""The provider of an organisation: set and taken away by its administrators, found by a domain."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Lower

from contracts.models import Organisation, Person, Provider, ProviderDomain
from contracts.row_security import asking
from contracts.services import organisations, sealing
from contracts.services.actors import Actor
from contracts.services.errors import Refused, required
from contracts.services.providers.asking import PURPOSE, look
from contracts.terms.moments import london_day

DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
MOST_DOMAINS = 20


def domain_of(email: str) -> str:
    """The domain of an address, in small letters; "" where it has none."""
    return email.rpartition("@")[2].strip().lower() if "@" in email else ""


@asking.job("sign in by a provider")
def provider_for(email: str) -> Provider | None:
    """The provider to which people with an address at this domain are led. Whether anybody has this address
    is not asked. 1 query."""
    rows = Provider.objects.select_related("organisation").filter(domains__domain=domain_of(email))
    return rows.first()


def provider_of(organisation: Organisation) -> Provider | None:
    """The provider of an organisation, with its domains. 2 queries."""
    rows = Provider.objects.filter(organisation=organisation).select_related("break_glass", "organisation")
    return rows.prefetch_related("domains").first()


@asking.job("sign in by a provider")
def must_use(person: Person) -> Provider | None:
    """The provider by which alone somebody signs in; None where they sign in by other ways too. 1 query."""
    if person.organisation_id is None:
        return None
    rows = Provider.objects.select_related("organisation").filter(
        organisation=person.organisation_id, demanded=True, domains__domain=domain_of(person.email)
    )
    return rows.exclude(break_glass=person.pk).first()


def asks_for_a_factor(provider: Provider | None) -> bool:
    """Whether a provider says when it asked for a second factor: without that nobody of an organisation that
    demands one comes in by it, nor makes a token."""
    return provider is not None and bool(provider.factors)


def set_provider(
    organisation: Organisation,
    actor: Actor,
    now: datetime,
    *,
    discovery: str,
    client_id: str,
    client_secret: str,
    domains: Collection[str],
    factors: Collection[str] = (),
    demanded: bool = False,
    break_glass: Person | None = None,
) -> Provider:
    """Set how the people of an organisation sign in. Without a secret the one that is kept stays.

    The provider is asked to describe itself first. Raises Refused on "discovery", "client_id",
    "client_secret", "domains", "factors" or "break_glass"; nothing is changed then.
    """
    discovery = _full(required("discovery", discovery, "Enter the discovery address.", longest=500))
    client_id = required("client_id", client_id, "Enter the client ID.", longest=255)
    names = _domains(organisation, domains)
    words = [required("factors", one, "Leave no line empty.", longest=100) for one in factors]
    look(discovery)
    with transaction.atomic():
        locked = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
        if demanded:
            break_glass = _who_keeps_a_password(locked, break_glass, now)
        found = Provider.objects.filter(organisation=locked).first()
        secret = _sealed(found, discovery, client_secret)
        provider, _ = Provider.objects.update_or_create(
            organisation=locked,
            defaults={
                "discovery": discovery,
                "client_id": client_id,
                "client_secret": secret,
                "factors": words,
                "demanded": demanded,
                "break_glass": break_glass if demanded else None,
                "set_at": now,
                "set_by_name": actor.name,
            },
        )
        _keep_domains(provider, names)
        payload = {
            "discovery": discovery, "client_id": client_id, "domains": names, "factors": words,
            "demanded": demanded, "break_glass": break_glass.name if demanded and break_glass else "",
            "new_secret": bool(client_secret),
        }  # fmt: skip
        organisations.record(locked, actor, "provider_set", payload, now)
    return provider


@transaction.atomic
def remove_provider(organisation: Organisation, actor: Actor, now: datetime) -> None:
    """Its people sign in by the other ways alone, from now on. Raises Refused."""
    locked = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    provider = Provider.objects.filter(organisation=locked).first()
    if provider is None:
        raise Refused("", f"{locked.name} has no provider of its own.")
    payload = {"discovery": provider.discovery}
    provider.delete()
    organisations.record(locked, actor, "provider_removed", payload, now)


def _full(discovery: str) -> str:
    """The address of the description; who entered the provider's own address meant that."""
    if "/.well-known/" in discovery:
        return discovery
    return f"{discovery.rstrip('/')}/.well-known/openid-configuration"


def _domains(organisation: Organisation, domains: Collection[str]) -> list[str]:
    names = sorted({one.strip().lower().removeprefix("@") for one in domains if one.strip()})
    if not names:
        raise Refused("domains", "Enter at least one domain, such as example.org.")
    if len(names) > MOST_DOMAINS:
        raise Refused("domains", f"Enter {MOST_DOMAINS} domains at most.")
    for name in names:
        if not DOMAIN.fullmatch(name):
            raise Refused("domains", f"“{name[:100]}” is no domain. Enter each like example.org.")
        if _of_others(organisation, name):
            raise Refused("domains", f"Addresses at {name} are not {organisation.name}’s alone.")
    return names


@asking.job("domains of organisations")
def _of_others(organisation: Organisation, domain: str) -> bool:
    """Whether people of another organisation have addresses there, or are led elsewhere from there."""
    elsewhere = ProviderDomain.objects.filter(domain=domain).exclude(provider__organisation=organisation)
    people = Person.objects.annotate(small=Lower("email")).filter(small__endswith=f"@{domain}")
    others = people.exclude(organisation=organisation).exclude(organisation=None)
    return elsewhere.exists() or others.exists()


def _keep_domains(provider: Provider, names: Collection[str]) -> None:
    provider.domains.exclude(domain__in=names).delete()
    there = set(provider.domains.values_list("domain", flat=True))
    try:
        with transaction.atomic():
            ProviderDomain.objects.bulk_create(
                ProviderDomain(provider=provider, domain=one) for one in names if one not in there
            )
    except IntegrityError as error:  # another organisation took it in this very moment
        words = f"Addresses at one of these domains are not {provider.organisation.name}’s alone."
        raise Refused("domains", words) from error


def _sealed(found: Provider | None, discovery: str, client_secret: str) -> str:
    """The secret as it is kept. One that is kept is only ever sent to the provider it was entered for."""
    if client_secret:
        return sealing.seal(PURPOSE, required("client_secret", client_secret, "Enter it.", longest=1000))
    if found is None:
        raise Refused("client_secret", "Enter the client secret.")
    if found.discovery != discovery:
        raise Refused("client_secret", "Enter the client secret of the other provider.")
    return found.client_secret


def _who_keeps_a_password(organisation: Organisation, person: Person | None, now: datetime) -> Person:
    today = london_day(now)
    seats = organisations.administrators_on(organisation, today).filter(Q(to_day=None), person=person)
    if person is None or not seats.exists() or person.has_ended(today) or not person.has_usable_password():
        raise Refused("break_glass", "Choose an administrator who can go on signing in with a password.")
    return person
