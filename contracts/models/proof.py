"""Proofs of rows: what each protected row held when it was last written, and who wrote it.

The database writes them itself, by triggers on every table of ``contracts/protected.py``; nobody else can.
"""

from __future__ import annotations

import pgtrigger
from django.db import models

from contracts.models.contract import Contract


class SignedWrite(models.Model):
    """One transaction that wrote a ledger or protected rows. ``who`` asked for it, as the database verified.

    ``origin`` signs all of it, its proofs and the ends of the ledgers (``duly.content_of``): the application
    does so at the end of the transaction, and the database refuses one that is not signed. ``xact`` is
    PostgreSQL's number of the transaction.
    """

    moment = models.DateTimeField(help_text="When the transaction began, by the database's clock.")
    who = models.CharField(max_length=200)
    xact = models.BigIntegerField()
    heads = models.JSONField(
        default=dict, help_text="The ends of the ledgers it wrote: the last number and hash of each, by name."
    )
    origin = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        triggers = [
            pgtrigger.Protect(
                name="signed_write_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.xact <> pg_current_xact_id()::text::bigint"
                    " OR (OLD.id, OLD.moment, OLD.who, OLD.xact) IS DISTINCT"
                    " FROM (NEW.id, NEW.moment, NEW.who, NEW.xact)"
                ),
            ),
            pgtrigger.Protect(name="signed_write_never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.who} at {self.moment.isoformat()}"


class RowProof(models.Model):
    """What a row of a protected table held after a write: the SHA-256 of its protected columns.

    The last proof of a row says how it must look today; ``deleted``: that it must be gone. ``version`` is
    that of the table's list of columns.
    """

    write = models.ForeignKey(
        SignedWrite, on_delete=models.PROTECT, related_name="proofs", db_constraint=False
    )
    table_name = models.CharField(max_length=63)
    row = models.BigIntegerField(help_text="Its primary key.")
    contract = models.ForeignKey(
        Contract,
        null=True,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    version = models.PositiveSmallIntegerField()
    digest = models.BinaryField()
    deleted = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["table_name", "row", "id"], name="row_proof_by_row")]
        triggers = [
            pgtrigger.Protect(name="row_proof_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.table_name} {self.row}"
