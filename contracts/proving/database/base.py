"""The connection: what a transaction wrote is signed before it is committed."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

from django.db.backends.postgresql import base
from psycopg2.extensions import TRANSACTION_STATUS_IDLE
from psycopg2.extensions import cursor as Cursor

from contracts.proving.signing import SignsWrites

OWN = ("INSERT", "UPDATE", "DELETE", "SELECT", "COPY")


class SigningCursor(Cursor):  # type: ignore[misc]
    asks: Any = None

    def execute(self, query: Any, vars: Any = None) -> None:
        if self.asks is None:
            super().execute(query, vars)
            return
        self.asks.run(self, query, lambda: super(SigningCursor, self).execute(query, vars))

    def executemany(self, query: Any, vars_list: Any) -> None:
        self.asks.run(self, query, lambda: super(SigningCursor, self).executemany(query, vars_list))

    def copy_expert(self, sql: Any, file: Any, size: int = 8192) -> None:
        self.asks.run(self, sql, lambda: super(SigningCursor, self).copy_expert(sql, file, size))


class DatabaseWrapper(SignsWrites, base.DatabaseWrapper):
    def create_cursor(self, name: str | None = None) -> Any:
        cursor = super().create_cursor(name)
        cursor.asks = weakref.proxy(self)
        return cursor

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        connection.cursor_factory = SigningCursor
        return connection

    def run(self, cursor: Any, query: Any, statement: Callable[[], None]) -> None:
        """Run a statement; outside a transaction, in one of its own."""
        idle = self.connection.info.transaction_status == TRANSACTION_STATUS_IDLE
        if idle:
            self.wrote = False
        text = query if isinstance(query, str) else str(getattr(query, "string", query))
        if idle and self.connection.autocommit and text.lstrip().upper().startswith(OWN):
            with self.connection.cursor(cursor_factory=Cursor) as plain:
                plain.execute("BEGIN")
                try:
                    statement()
                    self.note_write(cursor, query)
                    self.sign_writes()
                    plain.execute("COMMIT")
                except BaseException:
                    plain.execute("ROLLBACK")
                    raise
            return
        statement()
        self.note_write(cursor, query)
