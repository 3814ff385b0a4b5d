"""Reading in a process of its own: within limits, with the true reason, and nobody else harmed."""

import io
import os
import re
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from contracts.reader import read
from contracts.services import apart
from contracts.services.apart import read_apart
from contracts.services.errors import Refused
from tests.support import large_files

TEXT = "1. Boats\n1.1 The Keeper shall wash the boats within 5 days.\n"


def refusal(data: bytes, **limits) -> str:
    with pytest.raises(Refused) as caught:
        read_apart(data, **limits)
    assert caught.value.field == "file"
    return caught.value.message


def zip_bomb() -> bytes:
    """A Word file of some kilobytes whose text unpacks to 39 MB of one paragraph in another."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", b"<w:p>" * (39 * 2**20 // 5))
    return held.getvalue()


def test_what_is_read_is_what_the_reader_gives():
    assert read_apart(TEXT.encode()) == read(TEXT)


def test_the_readers_own_reason_is_told():
    assert refusal(b"no numbers here") == (
        "This document cannot be read: no paragraphs found: the file must hold the schedule's text with the"
        " numbers of its paragraphs at the beginning of lines."
    )


def test_too_long_is_said_to_be_so_and_the_process_is_gone():
    began = time.monotonic()
    waits = []
    says = refusal(TEXT.encode() * 20_000, seconds=0.3, waiting=waits.append)
    assert "longer than 0 seconds" in says and "Split it" in says
    assert waits and time.monotonic() - began < 5


def test_too_much_memory_is_said_to_be_so():
    assert "needs more than 60 MB of memory" in refusal(TEXT.encode() * 40_000, megabytes=60)


def test_a_zip_bomb_is_refused_soon_and_this_process_stays_as_it_was():
    before, began = os.getpid(), time.monotonic()
    assert "cannot be read" in refusal(zip_bomb())
    assert time.monotonic() - began < 28 and os.getpid() == before


def test_a_reader_that_dies_is_no_reason_to_die(monkeypatch):
    monkeypatch.setattr("contracts.services.apart.sys.executable", "/bin/false")
    assert "broke off" in refusal(TEXT.encode())


def test_what_is_raised_while_waiting_ends_the_reading():
    class Stop(BaseException):
        pass

    def stop(_: float) -> None:
        raise Stop

    with pytest.raises(Stop):
        read_apart(TEXT.encode() * 20_000, waiting=stop)


def test_the_limits_of_use_reach_the_process(monkeypatch, tmp_path):
    program = tmp_path / "python"
    program.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/given\n')
    program.chmod(0o700)
    monkeypatch.setattr("contracts.services.apart.sys.executable", str(program))
    assert "broke off" in refusal(TEXT.encode(), name="boats.txt")
    given = (tmp_path / "given").read_text().split()
    assert given == ["-m", "contracts.reader.apart", "29", "1024", "boats.txt"]
    assert (apart.SECONDS, apart.MEGABYTES) == (28, 1024)


LIMITED = """
from resource import *
from contracts.reader.apart import limit
limit(29, 1024)
print([getrlimit(what)[1] for what in (RLIMIT_AS, RLIMIT_CPU, RLIMIT_CORE)], flush=True)
[0] * (2 * 10**8)
"""


def test_the_process_takes_no_more_than_it_gave_itself():
    """Also where whoever started it is gone and ends nothing."""
    run = subprocess.run(
        [sys.executable, "-c", LIMITED], cwd=apart.ROOT, capture_output=True, text=True, check=False
    )
    assert run.stdout == f"{[1024 * 2**20, 29, 0]}\n" and run.stderr.endswith("MemoryError\n")


def test_what_harms_a_reader_leaves_who_waits_for_it_small():
    """It is read in the time of use; here it has less, as on a slower machine."""
    data, before = large_files.FILES["7,000 numbers of 200 parts"](), memory()
    assert "longer than 1 second to read" in refusal(data, seconds=1)
    assert memory() - before < 8 * 2**20


def memory() -> int:
    """The most bytes that this process ever had, this very one and not those it started."""
    return int(re.search(r"VmHWM:\s*(\d+)", Path("/proc/self/status").read_text())[1]) * 1024


def test_what_the_reader_started_ends_with_it(monkeypatch, tmp_path):
    """As the program for pictures of pages would."""
    program = tmp_path / "python"
    program.write_text(f"#!/bin/sh\nsleep 97 &\necho $! > {tmp_path}/pid\nwait\n")
    program.chmod(0o700)
    monkeypatch.setattr("contracts.services.apart.sys.executable", str(program))
    assert "longer than 1 second to" in refusal(TEXT.encode(), seconds=1)
    began = int((tmp_path / "pid").read_text())
    time.sleep(0.2)
    stat = Path(f"/proc/{began}/stat")
    assert not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z"
