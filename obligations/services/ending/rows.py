"""Which rows and files belong to a contract: for the archive that is handed over, and for erasing."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db.models import FileField, ForeignKey, Model, QuerySet

from contracts.models import Contract, HandOver, LongWork, RowProof, SealedHead
from obligations.models import BookTemplate

APPLICATIONS = ("contracts", "obligations")
NOT_OF_THE_RECORD: dict[type[Model], str] = {
    LongWork: "how far a worker had come",
    HandOver: "archives made earlier",
    RowProof: "what proves the other rows, without a word of its own",
    SealedHead: "what seals say of where its ledger ended, without a word of its own",
    BookTemplate: "an organisation’s own, wherever it was kept from",
}
"""Tables that name a contract and are no part of its record, with the reason."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with the lookup from its rows to their contract."""

    model: type[Model]
    lookup: str

    @property
    def name(self) -> str:
        return self.model._meta.db_table

    def rows(self, contract: Contract) -> QuerySet[Model]:
        """The rows of a contract, in the order in which they were written."""
        return self.model._base_manager.filter(**{self.lookup: contract.pk}).order_by("pk")


def tables() -> list[Table]:
    """Every table whose rows belong to a contract, itself first; also what hangs on such a row."""
    models = [
        one
        for one in apps.get_models(include_auto_created=True)
        if one._meta.app_label in APPLICATIONS and one not in (Contract, *NOT_OF_THE_RECORD)
    ]
    named = [Table(one, "contract_id") for one in models if _link(one, {Contract})]
    parents = {one.model for one in named}
    hanging = [
        Table(one, f"{link}__contract_id")
        for one in models
        if one not in parents and (link := _link(one, parents))
    ]
    return [Table(Contract, "pk"), *named, *hanging]


def files_of(contract: Contract) -> Iterator[tuple[Table, Model, str]]:
    """Every stored file of the contract, with its row and the name of its field."""
    for table in tables():
        names = [field.name for field in table.model._meta.get_fields() if isinstance(field, FileField)]
        for row in table.rows(contract).iterator(chunk_size=500) if names else ():
            for name in names:
                if getattr(row, name):
                    yield table, row, name


def _link(model: type[Model], to: Container[type[Model]]) -> str:
    """The name of the first field that leads to one of these; "" where none does."""
    links = (
        one.name
        for one in model._meta.get_fields()
        if isinstance(one, ForeignKey) and one.related_model in to
    )
    return next(links, "")
