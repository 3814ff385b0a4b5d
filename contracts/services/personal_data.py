"""What Duly holds about a person: given out when they ask, and replaced once no record needs it.

What somebody did on a contract belongs to that contract's record, and goes with it when the contract is
erased. After that what is left of them, in Duly's own records, is replaced by a number. The entries keep the
hash that they were chained with; a signature says that the application replaced them
(``contracts/origin.py``).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Count, ForeignKey, Max, Min, Model, Q

from contracts.models import (
    AddressChange,
    ApiToken,
    CalendarFeed,
    Contract,
    FactorRecovery,
    Membership,
    OrganisationAdministrator,
    OrganisationEntry,
    Person,
    Session,
    SignInMail,
)
from contracts.origin import sign
from contracts.row_security import asking
from contracts.services import organisations
from contracts.services.actors import Actor
from contracts.services.canonical import canonical
from contracts.services.errors import Refused
from contracts.services.verifying.chains import REPLACED, replaced_content
from contracts.terms.moments import london_day

PERSONAL_DATA = "personal data"
"""The job as which the database is asked: whether a record names somebody is asked of every record."""

MOMENTS = ("moment", "recorded_at", "submitted_at", "decided_at", "made_at", "uploaded_at", "asked_at", "at")
"""Columns that say when somebody did what a row is about, the first that a table has."""


@asking.job(PERSONAL_DATA)
def held_about(person: Person) -> dict[str, Any]:
    """What Duly holds about somebody: who they are, where they belong, and where they acted.

    Of a contract only its reference and how often they are named there, from when to when: what it says
    belongs to the contract. A constant number of queries for each table that can name a person.
    """
    return {
        "person": {
            "number": person.pk,
            "name": person.name,
            "email": person.email,
            "job_title": person.job_title,
            "organisation": person.organisation.name if person.organisation else None,
            "joined": person.date_joined.isoformat(),
            "last_signed_in": person.last_login.isoformat() if person.last_login else None,
            "last_day": person.ends_on.isoformat() if person.ends_on else None,
        },
        "contracts": [
            {
                "contract": one.contract.reference,
                "role": one.role,
                "side": one.side,
                "from": one.from_day.isoformat(),
                "to": one.to_day.isoformat() if one.to_day else None,
            }
            for one in Membership.objects.filter(person=person).select_related("contract").order_by("pk")
        ],
        "administers": [
            {
                "organisation": one.organisation.name,
                "from": one.from_day.isoformat(),
                "to": one.to_day.isoformat() if one.to_day else None,
            }
            for one in OrganisationAdministrator.objects.filter(person=person).select_related("organisation")
        ],
        "named_in": list(_named_in(person)),
    }


def _named_in(person: Person) -> Iterator[dict[str, Any]]:
    """How often a person is named in each table that can name one, by contract."""
    for model, field in _naming():
        rows = model._base_manager.filter(**{field.name: person})
        when = next((name for name in MOMENTS if _has(model, name)), None)
        by = ["contract__reference"] if _of_contract(model) else []
        figures: dict[str, Any] = {"times": Count("pk")}
        if when:
            figures |= {"first": Min(when), "last": Max(when)}
        found = rows.order_by().values(*by).annotate(**figures) if by else [rows.aggregate(**figures)]
        for row in found:
            if row["times"]:
                yield {
                    "in": str(model._meta.verbose_name),
                    "as": str(field.verbose_name),
                    "contract": row.get("contract__reference"),
                    "times": row["times"],
                    "first": row["first"].isoformat() if row.get("first") else None,
                    "last": row["last"].isoformat() if row.get("last") else None,
                }


@asking.job(PERSONAL_DATA)
def why_not_replaced(person: Person, now: datetime) -> str:
    """Why somebody's personal data stay as they are; "" where they may be replaced."""
    if is_replaced(person):
        return "They are replaced already."
    if person.is_active and not person.has_ended(london_day(now)):
        return "They can still sign in: set their last day first."
    kept = sorted(
        {
            reference
            for model, field in _naming()
            if _of_contract(model)
            for reference in model._base_manager.filter(**{field.name: person})
            .order_by()
            .values_list("contract__reference", flat=True)
            .distinct()
            if reference
        }
    )
    if kept:
        named = ", ".join(kept[:3]) + (f" and {len(kept) - 3} more" if len(kept) > 3 else "")
        return f"The record of {named} names them, and is kept. When it is erased they go with it."
    return ""


def is_replaced(person: Person) -> bool:
    """Whether a number stands for the person."""
    return person.email == _address(person)


@asking.job(PERSONAL_DATA)
@transaction.atomic
def replace(person: Person, actor: Actor, now: datetime) -> Person:
    """Put a number in the place of somebody's name and address, for good. Raises Refused.

    Their sign-in, tokens and the rest of what is theirs alone is deleted.
    """
    locked = Person.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=person.pk)
    if why := why_not_replaced(locked, now):
        raise Refused("", why)
    known = (locked.name, locked.email, *_earlier_addresses(locked))
    words = dict.fromkeys(known, called(locked))
    ApiToken.objects.filter(person=locked).delete()
    CalendarFeed.objects.filter(person=locked).delete()
    for label in ("account.EmailAddress", "mfa.Authenticator"):
        apps.get_model(label)._base_manager.filter(user=locked).delete()
    _forget_signing_in(locked)
    with connection.cursor() as cursor:
        for entry in OrganisationEntry.objects.order_by("pk").iterator(chunk_size=1000):
            if any(one and one in canonical([entry.actor_name, entry.payload]) for one in known):
                _replace_in(cursor, entry, words)
        cursor.execute(
            "SELECT duly.replace_person(%s, %s, %s)", [locked.pk, called(locked), _address(locked)]
        )
    locked.refresh_from_db()
    payload = {"person": locked.pk, "name": called(locked)}
    organisations.record(locked.organisation, actor, "personal_data_replaced", payload, now)
    return locked


def _earlier_addresses(person: Person) -> list[str]:
    """Addresses that they signed in with once, or asked for."""
    pairs = AddressChange.objects.filter(person=person).values_list("before", "after")
    return [one for pair in pairs for one in pair]


def _forget_signing_in(person: Person) -> None:
    """How they signed in, and what they did about how others do: what came of it is on the record."""
    Session.objects.filter(person=person).delete()
    SignInMail.objects.filter(person=person).delete()
    AddressChange.objects.filter(person=person).delete()
    FactorRecovery.objects.filter(Q(person=person) | Q(asked_by=person) | Q(agreed_by=person)).delete()


def called(person: Person) -> str:
    """What stands in the place of a name."""
    return f"Former user {person.pk}"


def _replace_in(cursor: Any, entry: OrganisationEntry, words: dict[str, str]) -> None:
    entry.actor_name = words.get(entry.actor_name, entry.actor_name)
    entry.payload = _without(entry.payload, words)
    signature = sign(REPLACED, replaced_content(entry))
    given = [entry.pk, entry.actor_name, canonical(entry.payload), signature]
    cursor.execute("SELECT duly.replace_in_entry(%s, %s, %s, %s)", given)


def _without(value: Any, words: dict[str, str]) -> Any:
    """A payload with names replaced, also inside longer texts."""
    if isinstance(value, str):
        for known, instead in words.items():
            value = value.replace(known, instead) if known else value
        return value
    if isinstance(value, dict):
        return {key: _without(one, words) for key, one in value.items()}
    if isinstance(value, list):
        return [_without(one, words) for one in value]
    return value


def _address(person: Person) -> str:
    return f"former-user-{person.pk}@replaced.invalid"


def _naming() -> Iterator[tuple[type[Model], ForeignKey[Any, Any]]]:
    """Every column of ours that refers to a person, except their own places."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label not in ("contracts", "obligations") or model is Person:
            continue
        for field in model._meta.get_fields():
            if isinstance(field, ForeignKey) and field.related_model is Person:
                yield model, field


def _of_contract(model: type[Model]) -> bool:
    return any(
        isinstance(field, ForeignKey) and field.name == "contract" and field.related_model is Contract
        for field in model._meta.get_fields()
    )


def _has(model: type[Model], name: str) -> bool:
    return any(field.name == name for field in model._meta.get_fields())
