"""The whole record, or that of one contract: everything that can be checked, one thing after another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from contracts.models import Contract, Organisation
from contracts.proving.registry import protected
from contracts.services.verifying import rows
from contracts.services.verifying.chains import Walk
from contracts.services.verifying.findings import Finding
from contracts.services.verifying.writes import Writes

Progress = Callable[[int, int, str], None]
"""Told before each step: how many are done, of how many, and what comes."""


@dataclass
class Checked:
    """What was looked at. ``entries`` by the reference of the contract."""

    entries: dict[str, int] = field(default_factory=dict)
    organisation_entries: int = 0
    writes: int = 0
    tables: int = 0


def findings(checked: Checked, progress: Progress, only: Contract | None = None) -> Iterator[Finding]:
    """What is wrong, as it is found. ``checked`` says afterwards what was looked at.

    Writes come first: what is written in the meantime is then behind no chain and no row. ``only``: what
    belongs to one contract, and the signatures of all writes.
    """
    contracts = list(Contract.objects.order_by("reference")) if only is None else [only]
    organisations = [None, *Organisation.objects.order_by("pk")] if only is None else []
    tables = protected()
    steps = 2 + len(contracts) + len(organisations) + len(tables)
    done = 0

    def step(says: str) -> None:
        nonlocal done
        progress(done, steps, says)
        done += 1

    references = dict(Contract.objects.values_list("pk", "reference"))
    step("signatures of writes")
    writes = Writes()
    yield from writes.faults(references)
    checked.writes = writes.count
    walk = Walk(writes.ends)
    for contract in contracts:
        step(f"ledger of {contract.reference}")
        before = walk.entries
        yield from walk.contract(contract)
        checked.entries[contract.reference] = walk.entries - before
    before = walk.entries
    for organisation in organisations:
        step(f"record of {organisation or 'the installation'}")
        yield from walk.organisation(organisation)
    checked.organisation_entries = walk.entries - before
    if only is None:
        yield from walk.left_over()
    for line in tables:
        step(f"rows of {line.table}")
        checked.tables += 1
        yield from rows.faults(line, references, only.pk if only else None)
    step("triggers")
    yield from rows.unguarded()
