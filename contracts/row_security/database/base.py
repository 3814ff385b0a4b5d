"""The connection. Before the first statement of a transaction, and again where somebody else asks in the
middle of one, the token is put into it; a statement outside a transaction gets one of its own.

What a transaction wrote is signed before it is committed (``contracts/proving/signing.py``).

All of it is done below Django's cursors, so that neither the query log nor a count of queries shows it.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db.backends.postgresql import base
from django.utils import timezone
from psycopg2.extensions import TRANSACTION_STATUS_IDLE, TRANSACTION_STATUS_INTRANS
from psycopg2.extensions import cursor as Cursor

from contracts.proving.signing import SignsWrites
from contracts.row_security import asking
from contracts.row_security.asking import Asking
from contracts.terms.moments import london_day

WHERE = (
    "SELECT pg_backend_pid() || '|' || (extract(epoch FROM transaction_timestamp()) * 1000000)::bigint::text"
)
SET = "SELECT set_config(%s, %s, true), set_config('search_path', 'public, pg_temp', true)"
"""The token, and where names are looked up: what an earlier request left in this session, a temporary table
called like one of ours for example, is found by no later one."""

ASKS = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "COPY", "MERGE", "VALUES", "EXPLAIN"})
"""How statements begin that read or write rows. Others may not be able to stand in a transaction."""


class AskingCursor(Cursor):  # type: ignore[misc] # psycopg2 has no types
    """psycopg2's cursor, which has the connection say who asks before each statement."""

    asks: DatabaseWrapper

    def execute(self, query: Any, vars: Any = None) -> None:
        self.asks.run(self, query, lambda: super(AskingCursor, self).execute(query, vars))

    def executemany(self, query: Any, vars_list: Any) -> None:
        self.asks.run(self, query, lambda: super(AskingCursor, self).executemany(query, vars_list))

    def copy_expert(self, sql: Any, file: Any, size: int = 8192) -> None:
        self.asks.run(self, sql, lambda: super(AskingCursor, self).copy_expert(sql, file, size))


class DatabaseWrapper(SignsWrites, base.DatabaseWrapper):
    """One connection, and what its present transaction was told."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._where = ""  # the backend and the beginning of the present transaction
        self._told: tuple[Asking | None, frozenset[int]] | None = None
        self._held: tuple[Asking | None, frozenset[int]] = (None, frozenset())
        self._key: tuple[str, bytes] | None = None

    def create_cursor(self, name: str | None = None) -> Any:
        """As Django does it, with cursors that ask."""
        options: dict[str, Any] = {"cursor_factory": AskingCursor}
        if name:
            options |= {"name": name, "scrollable": False, "withhold": self.connection.autocommit}
        cursor = self.connection.cursor(**options)
        cursor.tzinfo_factory = self.tzinfo_factory if settings.USE_TZ else None
        cursor.asks = weakref.proxy(self)
        return cursor

    def _savepoint_rollback(self, sid: str) -> None:
        super()._savepoint_rollback(sid)  # type: ignore[misc]
        self._told = None  # the setting is again what it was when the savepoint was made

    def hold(self, contract_id: int) -> None:
        """The contract's row is locked: until the transaction ends who asks now sees all of that contract."""
        now = asking.current()
        before = self._held[1] if self._held[0] is now else frozenset()
        self._held = now, before | {contract_id}

    def run(self, cursor: Any, query: Any, statement: Callable[[], None]) -> None:
        """Run a statement as who asks now; outside a transaction, in one of its own."""
        status = self.connection.info.transaction_status
        if status == TRANSACTION_STATUS_IDLE:
            self._told, self._held, self.wrote = None, (None, frozenset()), False
            if self.connection.autocommit:
                if first_word(query) in ASKS:
                    return self._in_its_own(cursor, query, statement)
                return statement()
        if status in (TRANSACTION_STATUS_IDLE, TRANSACTION_STATUS_INTRANS):
            self._tell()
        statement()
        self.note_write(cursor, query)

    def _in_its_own(self, cursor: Any, query: Any, statement: Callable[[], None]) -> None:
        with self._plain() as plain:
            try:
                self._tell("BEGIN")
                statement()
                self.note_write(cursor, query)
                self.sign_writes()
                plain.execute("COMMIT")
            except BaseException:
                if not self.connection.closed:
                    plain.execute("ROLLBACK")
                raise
            finally:
                self._told = None

    def _tell(self, begin: str = "") -> None:
        """Put the token of who asks into the transaction, unless it is there. ``begin``: begin one first."""
        now = asking.current()
        held = self._held[1] if self._held[0] is now else frozenset()
        nothing = (now, held) == self._told or (now is None and self._told is None)
        if nothing and not begin:
            return
        with self._plain() as cursor:
            if nothing:
                cursor.execute(begin)
                return
            if self._told is None:
                cursor.execute(f"{begin}; {WHERE}" if begin else WHERE)  # in one go
                (self._where,) = cursor.fetchone()
            cursor.execute(SET, [asking.SETTING, self._token(now, held)])
        self._told = now, held

    def _token(self, now: Asking | None, held: frozenset[int]) -> str:
        if now is None:
            return ""
        return asking.token(self._secret(), now.told(london_day(timezone.now()), held), self._where)

    def _secret(self) -> bytes:
        if self._key is None or self._key[0] != settings.SECRET_KEY:
            self._key = settings.SECRET_KEY, asking.key_of(settings.SECRET_KEY)
        return self._key[1]

    def _plain(self) -> Any:
        return self.connection.cursor(cursor_factory=Cursor)


def first_word(query: Any) -> str:
    """How a statement begins, in capitals."""
    text = query if isinstance(query, str) else str(getattr(query, "string", query))
    return next(iter(text.lstrip("( \t\n").split(None, 1)), "").upper()
