"""What both embedded servers share: the socket folder, finding one that runs already, and ending it."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from compliance.embedded.user import EmbeddedError, ServerUser


def make_socket_folder(folder: Path, user: ServerUser) -> None:
    """Makes the short folder for sockets, closed to others. Refuses one that somebody else made."""
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        if folder.is_symlink() or folder.stat().st_uid not in (user.uid, os.geteuid()):
            raise EmbeddedError(f"{folder} belongs to another user: remove it and start again") from None
    user.own(folder)


def running(pid_file: Path, program: str) -> psutil.Process | None:
    """The process named in a pid file, where it still runs and is that program."""
    try:
        process = psutil.Process(int(pid_file.read_text().split()[0]))
        return process if program in process.name() and process.status() != psutil.STATUS_ZOMBIE else None
    except (FileNotFoundError, ValueError, IndexError, psutil.NoSuchProcess):
        return None


def end(process: psutil.Process, polite: int, seconds: float = 20) -> None:
    """Asks a process to stop with the signal `polite` and kills it where it does not in time."""
    try:
        process.send_signal(polite)
        process.wait(seconds)
    except psutil.NoSuchProcess:
        return
    except psutil.TimeoutExpired:
        process.kill()
        process.wait(seconds)


def check_program(program: Path) -> None:
    """Raises EmbeddedError where the program cannot run here, for example for want of a library."""
    try:
        tried = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=30)
    except OSError as error:
        raise EmbeddedError(f"{program} cannot run: {error.strerror}. Run script/setup") from None
    if tried.returncode:
        lines = tried.stderr.strip().splitlines() or ["no reason given"]
        raise EmbeddedError(f"{program.name} cannot run on this machine: {lines[-1]}")


def wait_until(
    answers: Callable[[], bool], child: subprocess.Popen[bytes], name: str, log: Path, seconds: float = 30
) -> None:
    """Waits until the server answers. Raises EmbeddedError with its last log line where it does not."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answers():
            return
        if child.poll() is not None:
            raise EmbeddedError(f"{name} ended while starting: {last_line(log)} (whole log: {log})")
        time.sleep(0.03)
    child.kill()
    raise EmbeddedError(
        f"{name} did not answer in {seconds:.0f} seconds: {last_line(log)} (whole log: {log})"
    )


def last_line(log: Path) -> str:
    """The last line of a log that says something."""
    try:
        lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    except OSError:
        lines = []
    telling = [line for line in lines if "FATAL" in line or "error" in line.lower()]
    return (telling or lines or ["nothing in the log"])[-1]
