"""The one door to the rules of a contract: ``book_of`` and ``books_of``.

They put together, once, the versions that the contract adopted, its own figures, what its variations changed
and the readings it chose. Nobody else in the product reads a rulebook for a contract.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Prefetch

from contracts.models import (
    Contract,
    Effect,
    EffectKind,
    FigureDecision,
    Side,
    Signature,
    Variation,
    VariationState,
)
from contracts.services.errors import Refused
from contracts.terms.limit import Limit, read_limit
from contracts.terms.moments import Moment, london_day
from contracts.terms.periods import Period, Unit
from contracts.terms.setting import SettingsError
from contracts.terms.settings import ContractSettings
from obligations.rules.engine.contract_book import ContractBook
from obligations.rules.register.amendments import Amendments
from obligations.rules.register.contract_figures import ContractFigure
from obligations.rules.register.terms import ContractTerms, SignedVariation
from obligations.services.asking.amendment_rows import amendments_of
from obligations.services.asking.versions import BookRefused, adopted_by
from obligations.services.asking.vocabulary import vocabulary_in


def books_of(
    contract: Contract, effects: list[Effect] | None = None, known: Moment | None = None
) -> dict[str, ContractBook]:
    """The contract's rules by rulebook, as known at a moment (now unless given). 5 queries at most.

    ``effects``: those in force, where the caller has them already. Raises BookRefused where an adopted
    version cannot be read.
    """
    adopted = adopted_by(contract, known)
    effects = effects_in_force(contract) if effects is None else effects
    facts = vocabulary_in(one.book for ones in adopted.values() for one in ones)
    amendments, figures = amendments_of(effects, facts), contract_figures(contract, known)
    stops = _not_used(effects)
    return {
        key: ContractBook(
            versions,
            terms_of(contract, stops.get(key, ()), figures.get(key, ())),
            amendments.get(key, Amendments()),
        )
        for key, versions in adopted.items()
    }


def book_of(contract: Contract, key: str, known: Moment | None = None) -> ContractBook:
    """The contract's rules under one rulebook. 5 queries at most.

    Raises BookRefused where it did not adopt the rulebook, or cannot read it.
    """
    books = books_of(contract, known=known)
    if key not in books:
        raise BookRefused(contract, f"it goes by no rulebook {key!r}.")
    return books[key]


def effects_in_force(contract: Contract) -> list[Effect]:
    """Every effect of the contract's variations in force, with their signatures. 2 queries."""
    return list(
        Effect.objects.filter(contract=contract, variation__state=VariationState.IN_FORCE)
        .select_related("variation", "paragraph__schedule")
        .prefetch_related(Prefetch("variation__signatures", Signature.objects.all()))
    )


def contract_figures(
    contract: Contract, known: Moment | None = None
) -> dict[str, tuple[ContractFigure, ...]]:
    """The contract's own figures by rulebook, as decided by a moment (now unless given). 1 query."""
    decisions = FigureDecision.objects.filter(contract=contract).order_by("pk")
    if known is not None:
        decisions = decisions.filter(decided_at__lte=known)
    latest = {(row.rulebook_key, row.limit_key): row for row in decisions.select_related("paragraph")}
    found: dict[str, list[ContractFigure]] = defaultdict(list)
    for row in latest.values():
        if row.own:
            found[row.rulebook_key].append(_contract_figure(row))
    return {book: tuple(figures) for book, figures in found.items()}


def decided_limit(row: FigureDecision) -> Limit:
    """The figure that a decision lets count, with all that its words say."""
    return _limit(row.limit, row.amount, row.unit)


def _limit(form: object, amount: int, unit: str) -> Limit:
    """From its stored form; a decision from before there was one says one plain length."""
    return Limit((Period(amount, Unit(unit)),)) if form is None else read_limit(form)


def _contract_figure(row: FigureDecision) -> ContractFigure:
    return ContractFigure(
        key=row.limit_key,
        path=row.paragraph.path,
        limit=decided_limit(row),
        standard=_limit(row.standard_limit, row.standard_amount, row.standard_unit),
        decided_by=row.decided_by_name,
        decided_on=london_day(row.decided_at),
        decision=f"figure {row.pk}",
    )


def _not_used(effects: Iterable[Effect]) -> dict[str, list[SignedVariation]]:
    """By rulebook, the variations in force that switch paragraphs off."""
    paths: dict[tuple[str, int], list[str]] = defaultdict(list)
    variations: dict[int, Variation] = {}
    for effect in effects:
        variations[effect.variation_id] = effect.variation
        if effect.kind == EffectKind.NOT_USED:
            paths[effect.paragraph.schedule.outline_key, effect.variation_id].append(effect.paragraph.path)
    found: dict[str, list[SignedVariation]] = defaultdict(list)
    for (book, variation), stopped in paths.items():
        found[book].append(_signed(variations[variation], stopped))
    return found


def _signed(variation: Variation, paths: list[str]) -> SignedVariation:
    days = {signature.side: signature.signed_on for signature in variation.signatures.all()}
    return SignedVariation(variation.number, tuple(paths), days.get(Side.SUPPLIER), days.get(Side.AUTHORITY))


def terms_of(
    contract: Contract,
    signed: Iterable[SignedVariation] = (),
    figures: Iterable[ContractFigure] = (),
) -> ContractTerms:
    """The contract's terms as the rules see them. Raises Refused where a setting on record cannot be used."""
    return ContractTerms(
        start_date=contract.start_date,
        end_date=contract.end_date,
        division=contract.division,
        commencement_date=contract.commencement_date,
        settings=settings_of(contract),
        variations=tuple(signed),
        tracked_from=contract.tracked_from,
        contract_figures=tuple(figures),
    )


def settings_of(contract: Contract) -> ContractSettings:
    """The contract's settings. Raises Refused, naming contract and setting, where one cannot be used."""
    try:
        return contract.terms_settings
    except SettingsError as error:
        raise unusable(error) from error


def unusable(error: SettingsError) -> Refused:
    """The refusal of whatever needs a setting whose answer on record is not of its type."""
    return Refused("", f"{error}. Answer it again on the contract’s page of settings.")
