"""The embedded servers for as long as somebody needs them: started by the first, stopped by the last."""

from __future__ import annotations

import fcntl
import os
from typing import IO, Self

from compliance import places
from compliance.embedded.postgres import APP, OWNER, Postgres
from compliance.embedded.valkey import Valkey


class Embedded:
    """A context in which PostgreSQL and Valkey answer and the environment names them.

    A server is started only where its address (DATABASE_URL, REDIS_URL) is not given. Record locks (fcntl)
    tell who still uses them; the system drops them when a process ends, however it ends.
    """

    def __init__(self) -> None:
        self.postgres = None if os.environ.get("DATABASE_URL") else Postgres()
        self.valkey = None if os.environ.get("REDIS_URL") else Valkey()
        self._users: IO[str] | None = None

    def __enter__(self) -> Self:
        places.RUN.mkdir(parents=True, exist_ok=True)
        with (places.RUN / "starting.lock").open("a+") as starting:
            fcntl.lockf(starting, fcntl.LOCK_EX)
            self._users = (places.RUN / "users.lock").open("a+")
            fcntl.lockf(self._users, fcntl.LOCK_SH)
            try:
                self._start()
            except BaseException:
                self._leave()
                raise
        return self

    def __exit__(self, *_: object) -> None:
        with (places.RUN / "starting.lock").open("a+") as starting:
            fcntl.lockf(starting, fcntl.LOCK_EX)
            self._leave()

    def environment(self) -> dict[str, str]:
        """The addresses of what was started, as environment variables."""
        found: dict[str, str] = {}
        if self.postgres:
            found |= {"DATABASE_URL": self.postgres.url(APP), "DATABASE_OWNER_URL": self.postgres.url(OWNER)}
        if self.valkey:
            found |= {"REDIS_URL": self.valkey.url}
        return found

    def alone(self) -> bool:
        """Whether nobody else uses the servers now."""
        assert self._users is not None
        try:
            fcntl.lockf(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        fcntl.lockf(self._users, fcntl.LOCK_SH)
        return True

    def _start(self) -> None:
        if self.postgres:
            self.postgres.start()
        if self.valkey:
            self.valkey.start()

    def _leave(self) -> None:
        if self.alone():
            if self.postgres:
                self.postgres.stop()
            if self.valkey:
                self.valkey.stop()
        if self._users:
            self._users.close()
            self._users = None
