"""The whole record, or that of one contract: everything that can be checked, one thing after another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from contracts.models import Contract, LedgerEntry, Organisation, OrganisationEntry
from contracts.proving.registry import protected
from contracts.services import kept_files
from contracts.services.kept_files import How
from contracts.services.seals.verifying import Against
from contracts.services.verifying import rows
from contracts.services.verifying.chains import Walk
from contracts.services.verifying.findings import Finding, Kind
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
    seals: int = 0
    files: int = 0
    tail: str = ""
    """How much of the record no seal proves yet."""
    stray: list[str] = field(default_factory=list)
    """Files that belong to nothing on record: nothing is wrong with the record, somebody looks at them."""


def findings(
    checked: Checked,
    progress: Progress,
    only: Contract | None = None,
    *,
    now: datetime | None = None,
    seals_file: Path | None = None,
) -> Iterator[Finding]:
    """What is wrong, as it is found. ``checked`` says afterwards what was looked at.

    Writes come first: what is written in the meantime is then behind no chain and no row. ``only``: what
    belongs to one contract, and the signatures of all writes and all seals. ``seals_file``: a file of seals
    beside those of the database. ``now``: also look for files that belong to nothing. Raises OSError where
    the file of seals cannot be read.
    """
    tables = protected()
    steps = 4 + len(tables) + (1 if only else Contract.objects.count() + Organisation.objects.count() + 1)
    done = 0

    def step(says: str) -> None:
        nonlocal done
        progress(min(done, steps), steps, says)
        done += 1

    step("signatures of writes")
    writes = Writes()
    yield from writes.faults(_references())
    checked.writes = writes.count
    walk = Walk(writes.ends)
    references = _references()
    for contract, reference in {only.pk: only.reference}.items() if only else sorted(references.items()):
        step(f"ledger of {reference}")
        before = walk.entries
        yield from walk.contract(contract, reference)
        checked.entries[reference] = walk.entries - before
    before = walk.entries
    for organisation, name in {}.items() if only else _organisations().items():
        step(f"record of {name}")
        yield from walk.organisation(organisation, name)
    checked.organisation_entries = walk.entries - before
    if only is None:
        yield from walk.left_over()
    for line in tables:
        step(f"rows of {line.table}")
        checked.tables += 1
        yield from rows.faults(line, references, only.pk if only else None)
    step("triggers")
    yield from rows.unguarded()
    step("seals")
    against = Against(seals_file)
    yield from against.findings()
    checked.seals, checked.tail = against.seals, against.tail
    step("files")
    yield from _files(checked, now, only)


OF_FILES = {
    How.ALTERED: Kind.FILE_ALTERED,
    How.CUT: Kind.FILE_CUT,
    How.EXCHANGED: Kind.FILE_EXCHANGED,
    How.MISSING: Kind.FILE_MISSING,
}


def _files(checked: Checked, now: datetime | None, only: Contract | None) -> Iterator[Finding]:
    def looked() -> None:
        checked.files += 1

    for fault in kept_files.verify(only, looked):
        yield Finding(
            kind=OF_FILES[fault.how],
            says=str(fault),
            contract=fault.reference,
            where=fault.kind,
            number=fault.row,
        )
    if now is not None:
        checked.stray = [str(one) for one in kept_files.unknown(now)]


def _references() -> dict[int, str]:
    """What each contract is called, also one whose row is gone and whose ledger is there."""
    there = dict(Contract.objects.values_list("pk", "reference"))
    gone = LedgerEntry.objects.exclude(contract__in=there).values_list("contract_id", flat=True)
    return there | {number: f"number {number}" for number in gone.order_by().distinct()}


def _organisations() -> dict[int | None, str]:
    """The same of organisations; None is the installation."""
    there: dict[int | None, str] = {None: "the installation"}
    there |= {pk: f"organisation {name}" for pk, name in Organisation.objects.values_list("pk", "name")}
    gone = OrganisationEntry.objects.exclude(organisation=None).exclude(organisation__in=list(there)[1:])
    numbers = gone.values_list("organisation_id", flat=True).order_by().distinct()
    return there | {number: f"organisation number {number}" for number in numbers}
