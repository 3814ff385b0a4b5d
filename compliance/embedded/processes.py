"""Keeps what `script/server` runs going: the Procfile's processes, and the embedded servers beside them.

One that ends is said, with why, and started again after a wait that grows while it keeps ending at once. Only
a database that does not come back ends the run, or settings with which a process does not start. honcho reads
the Procfile and prints; its own manager stops everything with the first process that ends, so the watching is
ours.
"""

from __future__ import annotations

import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import psutil
from honcho.colour import get_colours
from honcho.environ import parse_procfile
from honcho.printer import Message, Printer

from compliance import start_checks
from compliance.embedded.process import last_line
from compliance.embedded.user import EmbeddedError

KEPT_LINES = 25
SUPERVISOR = "server"
"""Under which name the launcher's own lines are printed and kept."""
WAITS = (0.5, 1, 3, 10, 30, 60, 300)
"""Seconds before something is started again: after a steady run, then after each quick end in a row."""
STEADY_AFTER = 60
"""Seconds after which something that runs is taken to run well."""
MOST_QUICK_ENDS = 3
"""A database that ends as often as this, each time soon after it came back, ends the run."""
DATABASE = "database"
TIME_TO_STOP = 5
"""Seconds that processes have to stop when all of it is stopped; then they are killed."""
QUIET = ("worker", "beat")
"""These report every task they run, so the terminal shows their warnings only; their logs keep all of it."""
LEVEL = re.compile(
    r"""\[?\d{4}-\d\d-\d\d [\d:,]+:? (?P<level>[A-Z]+)[/ ]|\{.*"level": "(?P<of_json>[a-z]+)\""""
)
"""How a line of a log begins, or where JSON says its level; what has none belongs to the line before."""


class LoggingPrinter(Printer):
    """honcho's printer, which also writes each process's output to its own log and keeps its last lines.

    Routine lines of ``QUIET`` processes stay in their logs, so that the terminal keeps what it said first.
    """

    def __init__(self, logs: Path) -> None:
        super().__init__(sys.stdout)
        logs.mkdir(parents=True, exist_ok=True)
        self.logs = logs
        self.files: dict[str, Any] = {}
        self.last: dict[str, deque[str]] = {}
        self.level: dict[str, str] = {}

    def write(self, message: Message) -> None:
        if message.type == "line":
            text = message.data if isinstance(message.data, str) else message.data.decode(errors="replace")
            if message.name not in self.files:
                self.files[message.name] = (self.logs / f"{message.name}.log").open("w", buffering=1)
                self.last[message.name] = deque(maxlen=KEPT_LINES)
            self.files[message.name].write(text)
            self.last[message.name].append(text.rstrip())
            if self._quiet(message.name, text):
                return
        super().write(message)

    def _quiet(self, name: str, text: str) -> bool:
        """Whether a line of a process is for its log alone."""
        if found := LEVEL.match(text):
            self.level[name] = (found["level"] or found["of_json"]).upper()
        return name in QUIET and self.level.get(name) in ("DEBUG", "INFO")

    def close(self) -> None:
        for file in self.files.values():
            file.close()

    def said(self, name: str, text: str) -> bool:
        """Whether the process has said `text` lately."""
        return any(text in line for line in list(self.last.get(name, ())))


class EmbeddedServer(Protocol):
    """What the launcher asks of an embedded server."""

    log: Path

    def process(self) -> psutil.Process | None: ...
    def start(self) -> None: ...


class Part:
    """One thing that is kept going.

    ``start_at`` is the moment of the monotonic clock at which it is to be started, None while it runs.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.start_at: float | None = None
        self.started = time.monotonic()
        self.quick_ends = 0

    def start(self) -> None:
        raise NotImplementedError

    def ended(self) -> str | None:
        """How it ended, in words; None while it runs."""
        raise NotImplementedError

    def wait(self, now: float) -> float:
        """Seconds to wait before it is started again, now that it ended."""
        self.quick_ends = self.quick_ends + 1 if now - self.started < STEADY_AFTER else 0
        return WAITS[min(self.quick_ends, len(WAITS) - 1)]


class Program(Part):
    """A process of the Procfile, with all that it starts."""

    def __init__(
        self, name: str, line: str, options: dict[str, Any], say: Callable[[str, str], None]
    ) -> None:
        super().__init__(name)
        self.line, self.options, self.say = line, options, say
        self.child: subprocess.Popen[bytes] | None = None
        self.reader: threading.Thread | None = None

    def start(self) -> None:
        pipe = subprocess.PIPE
        self.child = subprocess.Popen(
            self.line,
            shell=True,
            stdout=pipe,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **self.options,
        )
        self.reader = threading.Thread(target=self._read, args=(self.child,), daemon=True)
        self.reader.start()

    def _read(self, child: subprocess.Popen[bytes]) -> None:
        assert child.stdout is not None
        with child.stdout:
            for line in iter(child.stdout.readline, b""):
                self.say(self.name, line.decode(errors="replace"))

    def ended(self) -> str | None:
        if self.child is None or (status := self.child.poll()) is None:
            return None
        self.kill()  # what it started and left: it may hold the port, or a task
        if self.reader:
            self.reader.join(2)
        return f"was killed by signal {-status}" if status < 0 else f"ended by itself with status {status}"

    def refuses(self) -> bool:
        """Whether it ended because of the settings, which are the same when it is started again."""
        return self.child is not None and self.child.returncode == start_checks.REFUSED

    def ask_to_end(self) -> None:
        """Asks it alone: it lets what it started finish. A worker whose own processes are ended with it loses
        the task that they are at, and says so at length.
        """
        if self.child:
            self.child.terminate()

    def kill(self) -> None:
        """Ends it and all that it started, at once."""
        if self.child:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.child.pid, signal.SIGKILL)


class Server(Part):
    """An embedded server. It is brought back by a thread, as that may take as long as its recovery does."""

    def __init__(self, name: str, server: EmbeddedServer) -> None:
        super().__init__(name)
        self.server = server
        self.found = server.process()
        self.coming_back: threading.Thread | None = None
        self.failure: str | None = None

    def start(self) -> None:
        self.failure = None
        self.coming_back = threading.Thread(target=self._bring_back, daemon=True)
        self.coming_back.start()

    def _bring_back(self) -> None:
        with suppress(FileNotFoundError):
            self.server.log.replace(self.server.log.with_suffix(".log.1"))
        try:
            self.server.start()
            self.found = self.server.process()
        except (EmbeddedError, OSError) as error:
            self.failure = str(error)

    def ended(self) -> str | None:
        if self.coming_back and self.coming_back.is_alive():
            return None
        if self.failure:
            return f"does not come back: {self.failure}"
        try:
            if self.found and self.found.is_running() and self.found.status() != psutil.STATUS_ZOMBIE:
                return None
        except psutil.NoSuchProcess:
            pass
        return f"ended by itself: {last_line(self.server.log)} (whole log: {self.server.log})"


class Processes:
    """What `script/server` runs. `ended` is set when the run is over."""

    def __init__(self, procfile: Path, environment: dict[str, str], logs: Path, skipped: set[str]) -> None:
        self.printer = LoggingPrinter(logs)
        self.lines: queue.Queue[Message] = queue.Queue()
        self.ended = threading.Event()
        self.stopping = False
        self.failure: str | None = None
        colours = get_colours()
        self.colours = {}
        self.programs: list[Program] = []
        self.servers: list[Server] = []
        options = {"env": environment, "cwd": str(procfile.parent)}
        for name, line in parse_procfile(procfile.read_text()).processes.items():
            if name not in skipped:
                self.colours[name] = next(colours)
                self.programs.append(Program(name, line, options, self.say))
        self.printer.width = max(map(len, [SUPERVISOR, *self.colours]))

    def watch(self, name: str, server: EmbeddedServer) -> None:
        """Brings an embedded server back where it ends before it was asked to."""
        self.servers.append(Server(name, server))

    def say(self, name: str, text: str) -> None:
        """Has a line printed and kept; any thread may."""
        self.lines.put(Message("line", text, datetime.now(), name, self.colours.get(name)))  # noqa: DTZ005

    def run(self, remember: Callable[[list[tuple[int, float]]], None]) -> int:
        """Runs until it is stopped or the database fails; returns the exit status."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._stop)
        now = time.monotonic()
        for program in self.programs:
            program.start_at = now
        try:
            while not self.stopping:
                self._look(time.monotonic(), remember)
                self._print(0.1)
        finally:
            self.stopping = True
            self.ended.set()
            self._end_programs()
        if self.failure:
            print(f"\n{self.failure}. Everything is stopped.", file=sys.stderr)
        return 1 if self.failure else 0

    def _stop(self, *_: object) -> None:
        self.stopping = True

    def _look(self, now: float, remember: Callable[[list[tuple[int, float]]], None]) -> None:
        """Starts what is to be started by now, and says what ended since the last look."""
        for part in [*self.servers, *self.programs]:
            if part.start_at is None and (how := part.ended()):
                self._note_end(part, how, now)
            if part.start_at is not None and part.start_at <= now and not self.stopping:
                part.start_at, part.started = None, now
                part.start()
                if isinstance(part, Program):
                    remember(self._children())

    def _note_end(self, part: Part, how: str, now: float) -> None:
        wait = part.wait(now)
        if failure := self._ends_the_run(part, how):
            self.failure, self.stopping = failure, True
            return
        part.start_at = now + (0 if part.name == DATABASE else wait)
        if isinstance(part, Program) and part.quick_ends:
            self._print(0)
            lines = self.printer.last.get(part.name) or ["(it printed nothing)"]
            again = f" ({part.quick_ends} times in a row soon after its start)" if part.quick_ends > 1 else ""
            how = "\n".join([f"{how}{again}. Its last lines:", *(f"    {line}" for line in lines)])
        for line in f"{part.name} {how}\nstarting {part.name} again in {wait:g} s".splitlines():
            self.say(SUPERVISOR, f"{line}\n")

    def _ends_the_run(self, part: Part, how: str) -> str | None:
        """Why nothing goes on now that this part ended, or None where it is started again."""
        if part.name == DATABASE and (how.startswith("does not") or part.quick_ends >= MOST_QUICK_ENDS):
            return f"the {part.name} {how}"
        if isinstance(part, Program) and part.refuses():
            return f"{part.name} does not start with these settings"
        return None

    def _print(self, seconds: float) -> None:
        """Prints what was said, waiting for the first line at most so long."""
        with suppress(queue.Empty):
            self.printer.write(self.lines.get(timeout=seconds) if seconds else self.lines.get_nowait())
            while True:
                self.printer.write(self.lines.get_nowait())

    def _children(self) -> list[tuple[int, float]]:
        """The processes started, so that the next run can end what a killed run leaves."""
        found = []
        for program in self.programs:
            with suppress(psutil.NoSuchProcess):
                if program.child and program.child.returncode is None:
                    found.append((program.child.pid, psutil.Process(program.child.pid).create_time()))
        return found

    def _end_programs(self) -> None:
        """Nothing that was started is left."""
        for program in self.programs:
            program.ask_to_end()
        until = time.monotonic() + TIME_TO_STOP
        while time.monotonic() < until and any(
            one.child and one.child.poll() is None for one in self.programs
        ):
            self._print(0.05)
        for program in self.programs:
            program.kill()
            if program.child:
                program.child.wait()
        for server in self.servers:
            if server.coming_back:
                server.coming_back.join()  # so that whoever stops the server finds it
        self._print(0)
        self.printer.close()
