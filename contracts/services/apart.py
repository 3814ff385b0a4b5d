"""Reading an uploaded file in a process of its own, under limits of time and memory.

A file may be made to harm whoever reads it. Whatever it does, this process only waits: the other one dies of
its own limits, or is ended, and the reason is told in words.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess  # nosec B404: the program is this Python, no shell reads its arguments
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from contracts.reader import ParsedDocument
from contracts.reader.apart import OUT_OF_MEMORY
from contracts.reader.fitting import fitted
from contracts.reader.stored import from_stored
from contracts.services.errors import Refused

SECONDS = 28
"""How long a file may take to be read, so that a hostile one is refused within half a minute."""

MEGABYTES = 1024
LOOK = 0.2
"""Seconds between two looks at the other process."""

ROOT = Path(__file__).resolve().parents[2]
TOO_LONG = (
    "This document took longer than {seconds} to read, so the reading was stopped. Split it into its"
    " schedules, or save it anew as .docx or plain text and choose that file."
)
TOO_LARGE = (
    "This document needs more than {megabytes} MB of memory to read, so the reading was stopped. Split it"
    " into its schedules, or save it anew without its pictures and choose that file."
)
DIED = (
    "This document cannot be read: the reader broke off in the middle of it. Open it in a word processor,"
    " save it anew as .docx or plain text and choose that file."
)


def read_apart(
    data: bytes,
    name: str = "",
    *,
    waiting: Callable[[float], None] = lambda seconds: None,
    seconds: float = SECONDS,
    megabytes: int = MEGABYTES,
) -> ParsedDocument:
    """Read a document in a process of its own. ``name``: what the file is called.

    ``waiting`` is called a few times a second with the seconds gone; what it raises ends the reading. Raises
    Refused on "file" with the true reason: of the reader, or that it took too long or too much memory.
    """
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as told:
        given.write(data)
        given.seek(0)
        ended = _run(given, told, waiting, seconds, megabytes, name)
        if ended is None or ended == -signal.SIGXCPU:
            raise Refused("file", TOO_LONG.format(seconds=_long(round(seconds))))
        if ended == OUT_OF_MEMORY:
            raise Refused("file", TOO_LARGE.format(megabytes=megabytes))
        told.seek(0)
        return _answer(told.read() if ended == 0 else b"")


def _run(
    given: IO[bytes],
    told: IO[bytes],
    waiting: Callable[[float], None],
    seconds: float,
    megabytes: int,
    name: str,
) -> int | None:
    """Start the process and wait: how it ended (negative: by which signal), None where the time was over."""
    arguments = [str(round(seconds) + 1), str(megabytes), name.replace("\0", "")]
    began = time.monotonic()
    process = subprocess.Popen(  # nosec B603
        [sys.executable, "-m", "contracts.reader.apart", *arguments],
        stdin=given,
        stdout=told,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        env={
            name: os.environ[name]
            for name in ("PATH", "LANG", "LC_ALL", "TMPDIR", "TESSDATA_PREFIX")
            if name in os.environ
        },
        start_new_session=True,
    )
    try:
        while (gone := time.monotonic() - began) < seconds:
            try:
                return process.wait(timeout=min(LOOK, seconds - gone))
            except subprocess.TimeoutExpired:
                waiting(time.monotonic() - began)
        return None
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)  # and what it started itself
            process.wait()


def _long(seconds: int) -> str:
    return "1 second" if seconds == 1 else f"{seconds} seconds"


def _answer(told: bytes) -> ParsedDocument:
    try:
        form = json.loads(told)
        if "refused" in form:
            raise Refused("file", f"This document cannot be read: {form['refused']}.")
        return fitted(from_stored(form["reading"]))
    except (ValueError, TypeError, KeyError) as error:
        raise Refused("file", DIED) from error
