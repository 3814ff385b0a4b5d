"""The lock on a contract. Every write takes it first, so that none of them sees half of another."""

from __future__ import annotations

from django.db import connection

from contracts.models import Contract


def lock(contract: Contract) -> None:
    """Hold the contract's row until the transaction ends, so that writes on one contract come one by one."""
    lock_by_key(contract.pk)


def lock_by_key(contract_id: int) -> None:
    """The same. Who holds the lock sees all of the contract, also what is kept to a list from them: duties
    are worked out, numbered and recorded from everything there is (docs/row-security.md)."""
    Contract.objects.select_for_update().only("pk").get(pk=contract_id)
    _hold(contract_id)


def locked(contract: Contract, *fields: str) -> Contract:
    """The same, and the contract as it is now; of its columns only ``fields``, where some are named."""
    rows = Contract.objects.select_for_update()
    row = (rows.only(*fields) if fields else rows).get(pk=contract.pk)
    _hold(row.pk)
    return row


def _hold(contract_id: int) -> None:
    connection.hold(contract_id)  # type: ignore[attr-defined] # contracts/row_security/database
