"""How long files about vulnerabilities take to read, and how much memory: 10,000 and 100,000 rows of each;
then how long they take onto the record, and how fast the table is (``_import_record.py``).

usage: script/bench import [--read | --record]     without: both

Each is read in a process of its own; seconds are of one processor. 10,000 rows must take 20 seconds at most,
ten times as many 13 times as long. Memory must not follow the file: what grows is the record of what was
met (15 MB) and what is remembered of names and ratings, which has its bounds; and of a spreadsheet its sheet.
Exits 1 where one of it is not so.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import _import_record

from tests.support import vulnerability_files

FEW, MANY = 10_000, 100_000
SECONDS = 20.0
LINEAR = 13
GROWTH = {"xlsx": 200}
"""Megabytes by which memory may grow from few rows to many."""
OTHERS = 40
CHILD = """
import json, re, sys, time
from pathlib import Path
from obligations.vulnerabilities.reading import read
began = time.process_time()
with open(sys.argv[1], "rb") as file:
    rows = sum(1 for _ in read(file))
seconds = time.process_time() - began
most = re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())
print(json.dumps([rows, seconds, int(most[1]) // 1024]))
"""


def main(arguments: list[str]) -> int:
    worst = 0 if "--record" in arguments else reading()
    return worst if "--read" in arguments else max(worst, _import_record.main())


def reading() -> int:
    worst = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, write in vulnerability_files.FORMATS.items():
            measured = []
            for rows in (FEW, MANY):
                path = Path(folder) / f"{name}-{rows}"
                write(path, rows)
                size = path.stat().st_size
                found, seconds, megabytes = _read(path)
                path.unlink()
                measured.append((seconds, megabytes))
                print(
                    f"{name:10} {rows:7,} rows {size / 2**20:6.1f} MB: {seconds:6.2f} s, {megabytes:4} MB",
                    flush=True,
                )
                if found != rows:
                    print(f"{name}: {found:,} rows came out")
                    worst = 1
            (few, little), (many, much) = measured
            if few > SECONDS or many > LINEAR * few or much - little > GROWTH.get(name, OTHERS):
                print(f"{name}: too slow, not linear, or memory grows")
                worst = 1
    return worst


def _read(path: Path) -> tuple[int, float, int]:
    done = subprocess.run([sys.executable, "-c", CHILD, path], check=True, capture_output=True, text=True)
    rows, seconds, megabytes = json.loads(done.stdout)
    return rows, seconds, megabytes


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
