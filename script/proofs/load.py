"""Half an hour of people and of slow clients, on several webs and workers with one PostgreSQL and one Redis.

The demo is loaded into a database of its own. Two webs, two workers and one beat serve it; the visitors are a
process of their own on this machine. They begin so many requests a second that the machine is half busy. The
proof holds where no request fails, the memory of webs and workers stays flat, the sign-in page comes within a
second 99 times in 100 beside the slow clients, and the ledger is whole at the end.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import fmean, median
from typing import Any
from urllib.parse import unquote, urlsplit

import psutil

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "var" / "prove" / "load"
os.environ["DULY_VAR"] = str(FOLDER)

from compliance.embedded.session import Embedded  # noqa: E402 - it takes its places from DULY_VAR
from tests.support import database, mailserver  # noqa: E402

SAMPLE_SECONDS = 10
FLAT = 1.15
FLAT_MB = 30
"""The last quarter may have so many times the memory of the second, and so many MB more."""
PEOPLE = ("priya", "tom", "grace", "noor", "felix", "helen")
DOMAINS = {"priya": "harbourlight", "tom": "harbourlight", "grace": "harbourlight"}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/prove load", description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=30, help="how long (30)")
    parser.add_argument(
        "--rate", type=float, help="requests a second; otherwise what makes the machine half busy"
    )
    parser.add_argument("--slow", type=int, default=50, help="slow clients all the while (50)")
    parser.add_argument("--webs", type=int, default=2, help="webs, each with two processes (2)")
    parser.add_argument("--workers", type=int, default=2, help="workers, each with one process (2)")
    parser.add_argument(
        "--pgbouncer", action="store_true", help="between them and PostgreSQL, transaction by transaction"
    )
    parser.add_argument("--seed", default="load", help="the same seed takes the same ways")
    return parser.parse_args()


def manage(environment: dict[str, str], *command: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *command], cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed: {done.stdout}")
    return done.stdout


@contextmanager
def running(name: str, command: list[str], environment: dict[str, str]) -> Iterator[psutil.Process]:
    """A process with its output in a file of its own, ended at the end."""
    with (FOLDER / f"{name}.log").open("w") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        yield psutil.Process(process.pid)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def pgbouncer(url: str) -> Iterator[str]:
    """PgBouncer before PostgreSQL, which gives a connection for a transaction only; its address."""
    program = shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"
    if not Path(program).exists():
        raise SystemExit("pgbouncer is not installed here")
    split, port = urlsplit(url), mailserver.free_port()
    with tempfile.TemporaryDirectory(prefix="duly-bouncer-") as name:
        folder = Path(name)
        host = unquote(split.netloc.rpartition("@")[2])
        (folder / "users.txt").write_text(f'"{split.username}" ""\n')
        (folder / "pgbouncer.ini").write_text(
            f"[databases]\nduly = host={host} dbname={split.path.lstrip('/')} user={split.username}\n"
            f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nauth_type = trust\n"
            f"auth_file = {folder}/users.txt\npool_mode = transaction\ndefault_pool_size = 8\n"
            f"max_client_conn = 200\nunix_socket_dir =\nignore_startup_parameters = extra_float_digits\n"
        )
        as_nobody: dict[str, Any] = {}
        if os.geteuid() == 0:  # it refuses to run as root
            as_nobody = {"user": "nobody", "group": "nogroup", "extra_groups": []}
            for each in (folder, *folder.iterdir()):
                shutil.chown(each, "nobody", "nogroup")
        process = subprocess.Popen([program, "-q", str(folder / "pgbouncer.ini")], **as_nobody)
        time.sleep(1)
        try:
            if process.poll() is not None:
                raise SystemExit("pgbouncer does not start")
            yield f"postgres://{split.username}@127.0.0.1:{port}/duly"
        finally:
            process.terminate()
            process.wait(10)


def wait_for(site: str, seconds: float = 90) -> None:
    until = time.monotonic() + seconds
    while True:
        try:
            urllib.request.urlopen(f"{site}/health/live", timeout=5).close()
            return
        except OSError:
            if time.monotonic() > until:
                raise SystemExit(f"{site} does not answer: see {FOLDER}") from None
            time.sleep(0.2)


def memory(leaders: list[psutil.Process]) -> float:
    """What these processes and all they started hold, in MB; pages that some share count for each."""
    total = 0
    for leader in leaders:
        for each in [leader, *leader.children(recursive=True)]:
            try:
                total += each.memory_info().rss
            except psutil.NoSuchProcess:
                continue
    return total / 1024 / 1024


def visit(
    asked: argparse.Namespace, sites: list[str], leaders: list[psutil.Process]
) -> tuple[dict[str, Any], list[float]]:
    """Lets the visitors in for their time; what they met, and the memory meanwhile."""
    orders = {
        "sites": sites, "seconds": asked.minutes * 60, "rate": asked.rate, "slow": asked.slow,
        "seed": asked.seed,
        "slow_at": ["127.0.0.1", int(sites[0].rpartition(":")[2])], "password": "harbour-light-demo",
        "people": [f"{name}@{DOMAINS.get(name, 'brightwick')}.example" for name in PEOPLE],
    }  # fmt: skip
    client = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("_load_client.py"))],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert client.stdin and client.stdout
    client.stdin.write(json.dumps(orders) + "\n")
    client.stdin.close()
    held: list[float] = []
    began = time.monotonic()
    while client.poll() is None and time.monotonic() - began < orders["seconds"]:
        time.sleep(min(SAMPLE_SECONDS, orders["seconds"] / 12))
        held.append(memory(leaders))
        if len(held) % 6 == 0:
            print(f"{(time.monotonic() - began) / 60:.1f} minutes: {held[-1]:.0f} MB", flush=True)
    met = json.loads(client.stdout.read())
    client.wait(60)
    return met, held


def at(part: float, seconds: list[float]) -> float:
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] * 1000


def report(met: dict[str, Any], held: list[float]) -> list[str]:
    """Prints what was met; returns what does not hold."""
    print(f"\n{'page':<52} {'times':>6} {'median':>8} {'p95':>8}")
    rows = sorted(met["seconds"].items(), key=lambda row: -len(row[1]))
    for kind, seconds in rows[:40]:
        times = f"{median(seconds) * 1000:>5.0f} ms {at(0.95, seconds):>5.0f} ms"
        print(f"{kind[:52]:<52} {len(seconds):>6} {times}")
    everything = [one for _, seconds in rows for one in seconds]
    beside = met["seconds"].get("the sign-in page beside it all", [0.0])
    quarter = max(1, len(held) // 4)
    early, late = fmean(held[quarter : 2 * quarter] or held), fmean(held[-quarter:])
    print(f"\n{len(everything)} requests of {len(rows)} kinds, {met['written']} pieces of evidence logged")
    if met["busy"]:
        print(f"the machine {fmean(met['busy']):.0f} % busy at {fmean(met['rates']):.1f} requests a second")
    print(f"memory: second quarter {early:.0f} MB, last {late:.0f} MB, at most {max(held):.0f} MB")
    print(f"the sign-in page: p99 {at(0.99, beside):.0f} ms, at most {max(beside) * 1000:.0f} ms")
    faults = [f"{count} x {what}" for what, count in met["errors"].items()]
    if late > early * FLAT + FLAT_MB:
        faults.append("the memory is not flat")
    if at(0.99, beside) > 1000:
        faults.append("the sign-in page took more than a second")
    return faults


def served_by(
    asked: argparse.Namespace, environment: dict[str, str], stack: ExitStack
) -> tuple[list[psutil.Process], list[str]]:
    """Starts the webs, the workers and beat: their processes, and where the webs are."""
    celery = [sys.executable, "-m", "celery", "--quiet", "--app", "compliance.celery"]
    web = [sys.executable, "-m", "gunicorn", "compliance.wsgi"]
    ports = [str(mailserver.free_port()) for _ in range(asked.webs)]
    commands = {f"web-{port}": (web, {"PORT": port}) for port in ports}
    for number in range(asked.workers):
        one = ["worker", "--concurrency", "1", "--hostname", f"worker{number}@%h"]
        commands[f"worker-{number}"] = ([*celery, *one], {})
    commands["beat"] = ([*celery, "beat", "--pidfile="], {})
    leaders = [
        stack.enter_context(running(name, command, environment | own))
        for name, (command, own) in commands.items()
    ]
    sites = [f"http://127.0.0.1:{port}" for port in ports]
    for site in sites:
        wait_for(site)
    return leaders, sites


def main() -> int:
    asked = arguments()
    database.remove(FOLDER)  # with what a run that was killed left
    FOLDER.mkdir(parents=True)
    for name in ("static", "build"):
        shutil.copytree(ROOT / "var" / name, FOLDER / name)
    with ExitStack() as stack:
        embedded = stack.enter_context(Embedded())
        mail = stack.enter_context(mailserver.running())
        owner = {**os.environ, **embedded.environment(), "EMAIL_URL": mail.url, "LOG_FORMAT": "line"}
        print("the tables and the demo are made", flush=True)
        manage(owner, "migrate", "--noinput", "--verbosity", "0")
        manage(owner, "load_demo")
        served = {name: value for name, value in owner.items() if name != "DATABASE_OWNER_URL"}
        if asked.pgbouncer:
            served["DATABASE_URL"] = stack.enter_context(pgbouncer(served["DATABASE_URL"]))
            served["DATABASE_POOLED"] = "1"
        leaders, sites = served_by(asked, served, stack)
        print(
            f"{asked.webs} webs, {asked.workers} workers and a beat run: {asked.minutes:g} minutes",
            flush=True,
        )
        met, held = visit(asked, sites, leaders)
        faults = report(met, held)
        faults += [f"{each.name()} ended" for each in leaders if not each.is_running()]
        ledger = subprocess.run([sys.executable, "manage.py", "verify_ledger"], cwd=ROOT, env=served)
        if ledger.returncode:
            faults.append("the ledger is not whole")
    for fault in faults:
        print(f"does not hold: {fault}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
