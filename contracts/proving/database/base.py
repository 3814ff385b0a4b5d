"""The connection: what a transaction wrote is signed before it is committed."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

from django.db.backends.postgresql import base
from psycopg2.extensions import TRANSACTION_STATUS_IDLE
from psycopg2.extensions import cursor as Cursor

from contracts.proving import signing


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


class DatabaseWrapper(base.DatabaseWrapper):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._wrote = False

    def create_cursor(self, name: str | None = None) -> Any:
        cursor = super().create_cursor(name)
        cursor.asks = weakref.proxy(self)
        return cursor

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        connection.cursor_factory = SigningCursor
        return connection

    def run(self, cursor: Any, query: Any, statement: Callable[[], None]) -> None:
        idle = self.connection.info.transaction_status == TRANSACTION_STATUS_IDLE
        if idle:
            self._wrote = False
        text = query if isinstance(query, str) else str(getattr(query, "string", query))
        if (
            idle
            and self.connection.autocommit
            and text.lstrip()[:6].upper()
            in (
                "INSERT",
                "UPDATE",
                "DELETE",
                "SELECT",
                "COPY o",
                "COPY c",
            )
        ):
            with self._plain() as plain:
                plain.execute("BEGIN")
                try:
                    statement()
                    self._note(cursor, query)
                    self._sign()
                    plain.execute("COMMIT")
                except BaseException:
                    plain.execute("ROLLBACK")
                    raise
            return
        statement()
        self._note(cursor, query)

    def _note(self, cursor: Any, query: Any) -> None:
        if signing.writes(query, cursor.statusmessage):
            self._wrote = True

    def _sign(self) -> None:
        if self._wrote:
            with self._plain() as cursor:
                signing.sign_writes(cursor)
            self._wrote = False

    def _commit(self) -> None:
        if self.connection is not None:
            self._sign()
        super()._commit()  # type: ignore[misc]

    def check_constraints(self, table_names: Any = None) -> None:
        self._sign()
        super().check_constraints(table_names)

    def _plain(self) -> Any:
        return self.connection.cursor(cursor_factory=Cursor)
