"""Which system user the embedded servers run as. PostgreSQL refuses to run as root."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class EmbeddedError(Exception):
    """The embedded servers cannot start; the message is one line that says why and what to do."""


@dataclass(frozen=True)
class ServerUser:
    """The user that a server runs as. `switch` is true where we are root and must become somebody else."""

    uid: int
    gid: int
    switch: bool

    @property
    def popen_options(self) -> dict[str, Any]:
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.switch else {}

    def own(self, folder: Path) -> None:
        """Makes `folder` if it is missing and gives it to this user, closed to everybody else."""
        folder.mkdir(parents=True, exist_ok=True)
        if self.switch:
            os.chown(folder, self.uid, self.gid)
        folder.chmod(0o700)

    def reaches(self, path: Path) -> bool:
        """Whether this user can get at `path`."""
        if not self.switch:
            return os.access(path, os.R_OK | os.X_OK)
        return subprocess.run(["test", "-x", str(path)], cwd="/", **self.popen_options).returncode == 0


def server_user(data: Path) -> ServerUser:
    """Ourselves; or, as root, whoever owns the data already, else `nobody`."""
    if os.geteuid() != 0:
        if data.exists() and data.stat().st_uid != os.geteuid():
            owner = pwd.getpwuid(data.stat().st_uid).pw_name
            raise EmbeddedError(
                f"{data} belongs to the user {owner}: run as that user or as root, or remove it"
            )
        return ServerUser(os.geteuid(), os.getegid(), switch=False)
    if data.exists() and data.stat().st_uid != 0:
        return ServerUser(data.stat().st_uid, data.stat().st_gid, switch=True)
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise EmbeddedError(
            "PostgreSQL does not run as root, and there is no user `nobody`: run as an ordinary user"
        ) from None
    return ServerUser(nobody.pw_uid, nobody.pw_gid, switch=True)


def reachable_data(data: Path, user: ServerUser) -> Path:
    """Where the data really goes: `data`, or a place it links to where `user` cannot reach it."""
    if data.is_symlink():
        return data.resolve()
    data.parent.mkdir(parents=True, exist_ok=True)
    if user.reaches(data.parent):
        return data
    from compliance.places import socket_folder

    elsewhere = Path("/var/lib/duly") / socket_folder(data).name.removeprefix("duly-")
    elsewhere.mkdir(parents=True, exist_ok=True)
    data.symlink_to(elsewhere)
    print(
        f"the user that PostgreSQL runs as cannot reach {data}: its data is in {elsewhere}", file=sys.stderr
    )
    return elsewhere


def reachable_programs(programs: Path, user: ServerUser, beside: Path, also: tuple[Path, ...] = ()) -> Path:
    """`programs`, or a copy in the folder `beside` where `user` cannot reach the environment they are in.

    `also` are folders next to `programs` that the programs load libraries from.
    """
    if user.reaches(programs):
        return programs
    for source in (programs, *also):
        target = beside / source.name
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(source, target)
    beside.chmod(0o755)
    return beside / programs.name
