"""Reading a file in a process of its own: ``python -m contracts.reader.apart SECONDS MEGABYTES [NAME]``.

The file comes on standard input; one JSON object goes to standard output: ``reading``, or
``refused`` with the reason. The process limits itself before it looks at the file: whatever the file does to
it, nobody else is harmed. Whoever starts it ends it where it takes longer (``contracts/services/apart.py``).
"""

from __future__ import annotations

import json
import os
import resource
import sys
from typing import Any

MEGABYTE = 1024 * 1024
LONGEST_ANSWER = 64 * MEGABYTE
"""Bytes of the answer; the reading of 300 pages has about 3 MB."""

OUT_OF_MEMORY = 3
"""How the process ends where the file needs more memory than there is."""


def limit(seconds: int, megabytes: int) -> None:
    """Take no more than that from now on: memory, time of a processor, the answer's size; no core dump."""
    for what, most in (
        (resource.RLIMIT_AS, megabytes * MEGABYTE),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, LONGEST_ANSWER),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(what)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))


def answer(data: bytes, name: str = "") -> dict[str, Any]:
    """What was read, or why it was not."""
    from contracts.reader.files import read_document
    from contracts.reader.fitting import storable
    from contracts.reader.results import ReaderError
    from contracts.reader.stored import stored

    try:
        reading = read_document(data, name)
    except ReaderError as error:
        return {"refused": str(error)}
    except RecursionError:
        return {"refused": "it is nested deeper than can be followed: save it as plain text and give that"}
    return {"reading": storable(stored(reading))}


def main() -> int:
    """Read standard input under the limits given."""
    limit(int(sys.argv[1]), int(sys.argv[2]))
    try:
        told = json.dumps(answer(sys.stdin.buffer.read(), *sys.argv[3:4]))
        sys.stdout.write(told)
        sys.stdout.flush()
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    return 0


if __name__ == "__main__":
    sys.exit(main())
