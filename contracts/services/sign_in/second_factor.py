"""Who signs in with more than a password: who must, who does, and from which roles organisations ask it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import JSONObject

from contracts.access import on_contract
from contracts.models import Membership, Organisation, OrganisationAdministrator, Person, Role, Side
from contracts.row_security import asking
from contracts.services import demo_people, organisations
from contracts.services.actors import Actor
from contracts.services.errors import Refused

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
"""Recovery codes come with one of these and are none by themselves."""


@asking.job("second factor")
def has_second_factor(person: Person) -> bool:
    """Whether somebody has set up a passkey or an authenticator app."""
    return bool(Authenticator.objects.filter(user=person, type__in=FACTORS).exists())


def second_factor_owed(person: Person, now: datetime) -> str | None:
    """Why somebody must set up a second factor before anything else; None where they have, or need not.

    Asked at each page and at each request with a token. 1 query at most. The demo's people, whose password
    everybody reads, owe none.
    """
    if demo_people.is_of_demo(person):
        return None
    found = _looked_up(person, now)
    return None if found["factor"] else _why(person, found)


def why_demanded(person: Person, now: datetime) -> str | None:
    """As ``second_factor_owed``, whether or not they have set one up: then it cannot be taken away."""
    return None if demo_people.is_of_demo(person) else _why(person, _looked_up(person, now))


def _why(person: Person, found: dict[str, object]) -> str | None:
    if person.is_staff or person.is_superuser:
        return "You administer this installation."
    if found["seat"]:
        return f"You administer {found['seat']}."
    if isinstance(named := found["named"], dict):
        role = Role(named["role"]).label.lower()
        return f"{named['by']} asks for it from everybody who is {role} on a contract."
    return None


@asking.job("second factor")
def _looked_up(person: Person, now: datetime) -> dict[str, object]:
    """Whether they have a factor, an organisation they administer, and a role named by an organisation."""
    factors = Authenticator.objects.filter(user=OuterRef("pk"), type__in=FACTORS)
    # asked of the table: the gate opens no organisation to a token, and the demand holds for it all the same
    rows_of_seats = OrganisationAdministrator.objects.filter(on_contract(now), person=person)
    seats = rows_of_seats.order_by("organisation_id").values("organisation__name")
    rows = Person.objects.filter(pk=person.pk).annotate(
        factor=Exists(factors), seat=Subquery(seats[:1]), named=Subquery(_named_roles(person, now)[:1])
    )
    return dict(rows.values("factor", "seat", "named").get())


def _named_roles(person: Person, now: datetime) -> QuerySet[Any, Any]:
    """Each of a person's roles that an organisation names, with who does: their own, or the party for whose
    side they are on the contract; both parties where they are there for neither."""
    authority = ~Q(side=Side.SUPPLIER) & Q(contract__authority__factor_roles__contains=[F("role")])
    supplier = ~Q(side=Side.AUTHORITY) & Q(contract__supplier__factor_roles__contains=[F("role")])
    own = Q(person__organisation__factor_roles__contains=[F("role")])
    by = Case(
        When(own, then=F("person__organisation__name")),
        When(authority, then=F("contract__authority__name")),
        default=F("contract__supplier__name"),
        output_field=CharField(),
    )
    rows = Membership.objects.filter(on_contract(now), own | authority | supplier, person=person)
    return rows.order_by("pk").values(found=JSONObject(role=F("role"), by=by))


@transaction.atomic
def name_roles(organisation: Organisation, actor: Actor, now: datetime, *, roles: Collection[str]) -> None:
    """Say from which roles an organisation demands a second factor. Raises Refused on "roles"."""
    locked = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    unknown = set(roles) - set(Role.values)
    if unknown:
        raise Refused("roles", "Choose roles that are offered.")
    after = [role.value for role in Role if role.value in roles]
    before = list(locked.factor_roles)
    if after == before:
        raise Refused("roles", "Nothing was changed: these roles are named already.")
    locked.factor_roles = after
    locked.save(update_fields=["factor_roles"])
    organisations.record(locked, actor, "factor_roles_named", {"before": before, "after": after}, now)


def tell(person: Person, verb: str, now: datetime, **more: object) -> None:
    """Put it on the record of their organisation that somebody set up, or took away, a second factor."""
    actor = Actor.of(person, Side.NEITHER)
    payload = {"person": person.pk, "name": person.name, **more}
    organisations.record(person.organisation, actor, verb, payload, now)
