"""The lock on a contract. Every write takes it first, so that none of them sees half of another."""

from __future__ import annotations

from contracts.models import Contract


def lock(contract: Contract) -> None:
    """Hold the contract's row until the transaction ends, so that writes on one contract come one by one."""
    Contract.objects.select_for_update().only("pk").get(pk=contract.pk)
