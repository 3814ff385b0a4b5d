"""`script/server`: the embedded servers, then the processes of the Procfile, all ended by one Ctrl-C."""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import IO, Any

import psutil

from compliance import places
from compliance.embedded.manage import command
from compliance.embedded.processes import Processes
from compliance.embedded.session import Embedded
from compliance.embedded.user import EmbeddedError

STATE = places.RUN / "server.json"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="script/server")
    parser.add_argument("--reset", action="store_true", help="throw the local data away and start afresh")
    parser.add_argument("--no-demo", action="store_true", help="do not load the demo's contracts and people")
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, stop_early)
    signal.signal(signal.SIGHUP, stop_early)
    try:
        return serve(reset=options.reset, demo=not options.no_demo)
    except EmbeddedError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130


def stop_early(signum: int, frame: object) -> None:
    raise KeyboardInterrupt


def serve(*, reset: bool, demo: bool) -> int:
    """Runs everything until it is stopped; returns the exit status."""
    port = wanted_port()
    with only_one():
        end_left_overs()
        refuse_taken_port(port)
        if reset:
            throw_data_away()
        with Embedded() as embedded:
            environment = process_environment(embedded, port, demo=demo)
            manage("migrate", "--noinput", "--verbosity", "0", environment=environment)
            start = ["load_demo"] if demo else ["first_admin", "--if-wanted"]
            people = manage(*start, environment=environment) if has_command(start[0]) else ""
            return run_processes(embedded, environment, port, people)


def wanted_port() -> int:
    given = os.environ.get("PORT") or "8000"
    if not given.isdigit() or not 0 < int(given) < 65536:
        raise EmbeddedError(f"PORT is {given!r}: give a number from 1 to 65535")
    return int(given)


class only_one:
    """Holds the lock that a second `script/server` in the same folder meets."""

    def __init__(self) -> None:
        self.lock: IO[str] | None = None

    def __enter__(self) -> None:
        places.RUN.mkdir(parents=True, exist_ok=True)
        self.lock = (places.RUN / "server.lock").open("a+")
        try:
            fcntl.lockf(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            state = read_state()
            where = f"at {state['url']} (process {state['pid']})" if state else "and is still starting"
            raise EmbeddedError(
                f"Duly already runs from this folder {where}: use that one, or stop it"
            ) from None

    def __exit__(self, *_: object) -> None:
        STATE.unlink(missing_ok=True)
        if self.lock:
            self.lock.close()


def read_state() -> dict[str, Any]:
    try:
        state = json.loads(STATE.read_text())
    except (OSError, ValueError):
        return {}
    return state if isinstance(state, dict) else {}


def end_left_overs() -> None:
    """Ends what a killed run left behind. We hold the lock, so no live run has them."""
    for pid, created in read_state().get("children", []):
        try:
            process = psutil.Process(pid)
            if abs(process.create_time() - created) < 1:
                os.killpg(pid, signal.SIGKILL)
                psutil.wait_procs([process], timeout=5)
        except (psutil.NoSuchProcess, ProcessLookupError):
            continue
    STATE.unlink(missing_ok=True)


def refuse_taken_port(port: int) -> None:
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((os.environ.get("HOST", "127.0.0.1"), port))
        except OSError as error:
            raise EmbeddedError(
                f"port {port} cannot be used ({error.strerror}): stop what uses it, or choose another, "
                f"for example PORT={port + 1 if port < 65535 else 8000} script/server"
            ) from None


def free_port(wanted: int) -> int:
    """`wanted` where nothing listens there, else any free port of this machine."""
    for port in (wanted, 0):
        with socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(trial.getsockname()[1])
    raise EmbeddedError("no free port is left on this machine")


def throw_data_away() -> None:
    """`--reset`: removes the local data, but never under somebody who uses it."""
    with Embedded() as embedded:
        if not embedded.alone():
            raise EmbeddedError(
                "another command uses the local data now: wait for it, then try --reset again"
            )
    for folder in places.DATA_FOLDERS:
        real = folder.resolve()
        if folder.is_symlink():
            folder.unlink()
        shutil.rmtree(real, ignore_errors=True)
    print("the local data is thrown away", file=sys.stderr)


def process_environment(embedded: Embedded, port: int, *, demo: bool) -> dict[str, str]:
    """What the processes of the Procfile are told; without the demo its people are refused too."""
    found = {**os.environ, **embedded.environment(), "PORT": str(port), "PYTHONUNBUFFERED": "1"}
    found["DULY_LOCAL_RUN"] = "1"
    if not demo:
        found["DEMO"] = "0"
    found["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{found.get('PATH', '')}"
    if not found.get("EMAIL_URL"):
        found["MAIL_CATCHER_PORT"] = str(free_port(int(found.get("MAIL_CATCHER_PORT") or 8025)))
    return found


def has_command(name: str) -> bool:
    return any(places.ROOT.glob(f"*/management/commands/{name}.py"))


def manage(*arguments: str, environment: dict[str, str]) -> str:
    """Runs a management command and returns what it printed; its messages go to standard error."""
    done = subprocess.run(
        command(*arguments), env=environment, cwd=places.ROOT, stdout=subprocess.PIPE, text=True
    )
    if done.returncode:
        print(done.stdout, file=sys.stderr)
        raise EmbeddedError(f"`{arguments[0]}` failed (see above); nothing was started")
    return done.stdout


def run_processes(embedded: Embedded, environment: dict[str, str], port: int, people: str) -> int:
    """Starts web, worker, beat and mail, says where to look, and waits for the end."""
    environment = dict(environment)
    environment.pop("DATABASE_OWNER_URL", None)  # no serving process knows the owner
    url = f"http://127.0.0.1:{port}"
    skipped = {"mail"} if environment.get("EMAIL_URL") else set()
    processes = Processes(places.ROOT / "Procfile", environment, places.LOGS, skipped)
    for name, server in (("database", embedded.postgres), ("queue", embedded.valkey)):
        if server:
            processes.watch(name, server)

    def remember(children: list[tuple[int, float]]) -> None:
        STATE.write_text(json.dumps({"pid": os.getpid(), "url": url, "children": children}))

    def announce() -> None:
        if wait_for_page(f"{url}/health/ready", processes.ended):
            while not processes.printer.said("worker", "ready.") and not processes.ended.wait(0.05):
                continue
            reader = "" if environment.get("DEMO") != "0" else ", for its administrators"
            caught = "" if skipped else f"The mail it sends is at {url}/mail{reader}\n"
            print(f"\n{people.strip()}\n\nDuly is at {url}  (Ctrl-C stops it)\n{caught}", flush=True)

    remember([])
    threading.Thread(target=announce, daemon=True).start()
    return processes.run(remember)


def wait_for_page(url: str, ended: threading.Event, seconds: float = 60) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until and not ended.is_set():
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    return False


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
