"""Who acts: a person on a contract, or a named job of the system."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.models import Person, Side


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever is responsible for a write. ``person`` is None for a system job."""

    name: str
    side: Side = Side.NEITHER
    person: Person | None = None

    @classmethod
    def system(cls, job: str) -> Actor:
        """A job of the system: "Duly (notices)"."""
        return cls(name=f"Duly ({job})")

    @classmethod
    def of(cls, person: Person, side: Side) -> Actor:
        return cls(name=person.name, side=side, person=person)
