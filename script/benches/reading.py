"""How long reading takes and how much memory: documents made of our own words, and files meant to do harm.

Each is read in a process of its own; seconds are of one processor. A PDF of 300 pages must be read in 20
seconds and 300 MB; everything else is read, or refused with a reason, in 30 seconds and 1 GB. Exits 1 where
one of it is not so.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.support import large_files

ROOT = Path(__file__).resolve().parents[2]
MEGABYTE = 1024 * 1024
LIMITS = {"pdf of 300 pages": (20.0, 300)}
OTHERS = (30.0, 1000)
CHILD = """
import json, re, sys, time
from pathlib import Path
data = Path(sys.argv[1]).read_bytes()
began = time.process_time()
from contracts.reader import ReaderError, read_document
try:
    reading = read_document(data)
    said = f"{len(reading.paragraphs):,} paragraphs, {len(reading.time_limits):,} limits"
except ReaderError as error:
    said = f"refused: {error}"
seconds = time.process_time() - began
most = re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())
print(json.dumps([seconds, int(most[1]) // 1024, said]))
"""


def main(names: list[str]) -> int:
    kept = True
    with tempfile.TemporaryDirectory() as folder:
        for name, make in large_files.FILES.items():
            if names and name not in names:
                continue
            path = Path(folder) / "file"
            path.write_bytes(make())
            size = path.stat().st_size / MEGABYTE
            run = subprocess.run(
                [sys.executable, "-c", CHILD, path], cwd=ROOT, capture_output=True, text=True, timeout=300
            )
            if run.returncode:
                print(f"  {name:<34}{size:7.1f} MB  fails: {run.stderr.strip().splitlines()[-1]}")
                kept = False
                continue
            seconds, memory, said = json.loads(run.stdout)
            most = LIMITS.get(name, OTHERS)
            is_kept = seconds <= most[0] and memory <= most[1]
            kept = kept and is_kept
            mark = "" if is_kept else f"  MORE THAN {most[0]:.0f} s or {most[1]} MB"
            print(f"  {name:<34}{size:7.1f} MB{seconds:7.1f} s{memory:6} MB  {said[:90]}{mark}", flush=True)
    return 0 if kept else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
