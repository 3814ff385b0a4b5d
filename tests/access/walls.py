"""The two walls, each taken away so that the other stands alone.

The gate is ``contracts/access.py``: before the pages, in Python. Row-level security is the database's own.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from django.db import connection
from django.db.models import Q, QuerySet

from contracts import access
from contracts.access import Access, Act, OrganisationAccess
from contracts.models import Contract, Organisation, Person, Role, Side
from contracts.row_security import asking
from contracts.web import who_asks
from contracts.web.sign_in import middleware
from tests.cast import NOON
from tests.support.database import PACKAGES


@contextmanager
def gate_alone() -> Iterator[None]:
    """The database gives out every row, whoever asks."""
    with patch.object(who_asks, "_who", lambda request: asking.job("the gate alone")):
        yield


@contextmanager
def both() -> Iterator[None]:
    """As it is."""
    yield


@contextmanager
def row_security_alone() -> Iterator[None]:
    """Everybody who is signed in comes through the gate as a lead who manages and is on every list.

    A statement that the database refuses is undone by itself, so that what a request then writes is seen.
    """
    with ExitStack() as stack:
        for name, instead in OPEN.items():
            there = getattr(access, name)
            for module in _ours():
                if getattr(module, name, None) is there:
                    stack.enter_context(patch.object(module, name, instead))
        stack.enter_context(patch.object(middleware, "second_factor_owed", lambda *_: None))
        for name, does in OPEN_METHODS.items():
            stack.enter_context(patch.object(Access, name, does))
        stack.enter_context(connection.execute_wrapper(_Undone()))
        yield


WALLS = {"gate alone": gate_alone, "row security alone": row_security_alone, "both": both}


def _ours() -> list[Any]:
    return [module for name, module in sys.modules.items() if name.partition(".")[0] in PACKAGES]


def _contract(contract_id: int) -> Contract:
    """The contract as who asks sees it; where they do not, an empty one of that number."""
    found = Contract.objects.filter(pk=contract_id).select_related("authority", "supplier").first()
    nobody = Organisation(pk=0, name="")
    return found or Contract(
        pk=contract_id,
        authority=nobody,
        supplier=nobody,
        agreement_date=NOON.date(),
        start_date=NOON.date(),
        authority_word="Authority",
        supplier_word="Supplier",
    )


def _open_contract(person: Person, contract_id: int, now: Any, act: Act = Act.VIEW) -> Access:
    return Access(_contract(contract_id), person, Side.SUPPLIER, Role.LEAD, manages=True)


def _open_organisation(person: Person, organisation_id: int, now: Any) -> OrganisationAccess:
    found = Organisation.objects.filter(pk=organisation_id).first() or Organisation(
        pk=organisation_id, name=""
    )
    return OrganisationAccess(found, person, administers=True)


OPEN: dict[str, Callable[..., Any]] = {
    "open_contract": _open_contract,
    "contracts_of": lambda *_: Contract.objects.select_related("authority", "supplier"),
    "hidden_from": lambda *_, **__: Q(pk__in=()),
    "require_staff": lambda person: None,
    "administered_by": lambda *_: Organisation.objects.all(),
    "makes_contracts_for": lambda *_: Organisation.objects.all(),
    "decides_for": lambda *_: Organisation.objects.all(),
    "open_organisation": _open_organisation,
    "open_practice": _open_organisation,
}


def _only_seen(self: Access, rows: QuerySet[Any], subject: str = "subject") -> QuerySet[Any]:
    return rows


OPEN_METHODS: dict[str, Callable[..., Any]] = {
    "sees": lambda self, subject: True,
    "only_seen": _only_seen,
    "may": lambda self, act: True,
    "require": lambda self, act: None,
}


class _Undone:
    """Each statement in a savepoint of its own."""

    def __init__(self) -> None:
        self.inside = False

    def __call__(self, execute: Any, statement: Any, params: Any, many: Any, context: Any) -> Any:
        savepoint = str(statement).startswith(("SAVEPOINT", "RELEASE", "ROLLBACK"))
        if self.inside or savepoint or not connection.in_atomic_block:
            return execute(statement, params, many, context)
        self.inside = True
        try:
            connection._savepoint("one")  # type: ignore[attr-defined]
            try:
                done = execute(statement, params, many, context)
            except Exception:
                connection._savepoint_rollback("one")  # type: ignore[attr-defined]
                raise
            connection._savepoint_commit("one")  # type: ignore[attr-defined]
            return done
        finally:
            self.inside = False
