"""What a contract goes by and what it is offered, for whoever shows it. Writes nothing."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from contracts.models import Contract
from contracts.terms.moments import start_of_day
from obligations.models import Adoption, EditionAdoption, Offer, OfferedChange, OfferState
from obligations.rules.register.changed_rules import ChangedRule, changed_rules
from obligations.services.asking.books import book_of
from obligations.services.asking.versions import read_for


@dataclass(frozen=True, slots=True)
class GoesBy:
    """The versions and editions of a contract, oldest first, and what is offered to it."""

    adoptions: list[Adoption]
    editions: list[EditionAdoption]
    offers: list[Offer]


def of_contract(contract: Contract) -> GoesBy:
    """What a contract goes by. 3 queries."""
    adoptions = Adoption.objects.filter(contract=contract).select_related("version").defer("version__content")
    offers = Offer.objects.filter(contract=contract, state__in=[OfferState.WAITING, OfferState.READY])
    return GoesBy(
        list(adoptions.order_by("pk")),
        list(EditionAdoption.objects.filter(contract=contract).order_by("edition")),
        list(offers.select_related("version").defer("version__content")),
    )


def rules_of(offer: Offer) -> list[ChangedRule]:
    """The rules that the offered version adds, changes or leaves out. 6 queries at most.

    Raises BookRefused where one of the two cannot be read.
    """
    assert offer.version is not None
    before = book_of(offer.contract, offer.version.key).version
    return changed_rules(before, read_for(offer.contract, offer.version))


def changes_of(offer: Offer) -> QuerySet[OfferedChange]:
    """What taking an offer over would do, from its day on."""
    rows = OfferedChange.objects.filter(offer=offer)
    if offer.edition is None:
        return rows
    held = rows.filter(held=True)
    return held if offer.from_day is None else held.filter(owed_from__gte=start_of_day(offer.from_day))
