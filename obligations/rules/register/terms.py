"""What the engine needs of a contract: its days, settings and signed variations (R28, R30, R32)."""

from __future__ import annotations

from dataclasses import dataclass, field

from contracts.terms.in_force import number_rank
from contracts.terms.moments import Day, Moment, When, first_moment, london_day
from contracts.terms.settings import ContractSettings
from contracts.terms.variations import covers, effective
from obligations.rules.register.contract_figures import ContractFigure
from obligations.rules.time.working_days import DEFAULT_DIVISION


@dataclass(frozen=True, slots=True)
class SignedVariation:
    """A variation, what it switches off (paths such as ``main/5``) and when each side signed, if it has."""

    number: str
    not_used: tuple[str, ...]
    supplier_signed: When | None = None
    authority_signed: When | None = None


@dataclass(frozen=True, slots=True)
class Disapplication:
    """A paragraph is not used from ``day`` on, by variation ``number``.

    ``authority_day`` is earlier than ``day`` where the supplier signed later, which is a flagged reading
    (R28).
    """

    number: str
    day: Day
    authority_day: Day


@dataclass(frozen=True, slots=True)
class ContractTerms:
    """One contract's terms, in London days. ``tracked_from``: Duly keeps the contract from then on (R32).

    ``contract_figures`` are those of the signed document where it differs from the standard form (R34).
    """

    start_date: Day
    end_date: Day | None = None
    division: str = DEFAULT_DIVISION
    commencement_date: Day | None = None
    settings: ContractSettings = field(default_factory=ContractSettings)
    variations: tuple[SignedVariation, ...] = ()
    tracked_from: Day | None = None
    contract_figures: tuple[ContractFigure, ...] = ()

    @property
    def commencement(self) -> Day:
        """The commencement day; the start day unless another is set."""
        return self.commencement_date or self.start_date

    def disapplication_of(self, path: str, as_at: Moment) -> Disapplication | None:
        """The first variation in force by then that switches this paragraph off, or None (R28, R29).

        Of two that take effect on one day it is the one with the lower number: 9 before 10.
        """
        found = [
            disapplied
            for variation in self.variations
            if any(covers(stopped, path) for stopped in variation.not_used)
            and (disapplied := _disapplication(variation, as_at)) is not None
        ]
        return min(found, key=lambda one: (one.day, number_rank(one.number)), default=None)

    def chosen_reading(self, *names: str) -> str | None:
        """The reading chosen for this contract under one of a rule's names: key, citation or path (R12)."""
        return next((self.settings.readings[name] for name in names if name in self.settings.readings), None)


def _disapplication(variation: SignedVariation, as_at: Moment) -> Disapplication | None:
    """When the variation took effect, from the signatures known by then."""
    supplier, authority = (
        london_day(signed) if signed is not None and first_moment(signed) <= as_at else None
        for signed in (variation.supplier_signed, variation.authority_signed)
    )
    found = effective(supplier, authority)
    return Disapplication(variation.number, found.day, authority) if found and authority else None
