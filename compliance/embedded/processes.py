"""The Procfile's processes under honcho: their output in one place, and a plain report when one dies."""

from __future__ import annotations

import os
import re
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
from honcho.environ import parse_procfile
from honcho.manager import Manager
from honcho.printer import Message, Printer

from compliance.embedded.process import last_line

KEPT_LINES = 25
QUIET = ("worker", "beat")
"""These report every task they run, so the terminal shows their warnings only; their logs keep all of it."""
LEVEL = re.compile(r"\[?\d{4}-\d\d-\d\d [\d:,]+:? (?P<level>[A-Z]+)[/ ]")
"""How a line of a log begins, of Celery and of ours; what follows without one belongs to the line before."""


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
        if message.type == "line" and message.name != "system":
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
            self.level[name] = found["level"]
        return name in QUIET and self.level.get(name) in ("DEBUG", "INFO")

    def said(self, name: str, text: str) -> bool:
        """Whether the process has said `text` lately."""
        return any(text in line for line in list(self.last.get(name, ())))


class Processes:
    """What `script/server` runs beside the embedded servers. `ended` is set when the run is over."""

    def __init__(self, procfile: Path, environment: dict[str, str], logs: Path, skipped: set[str]) -> None:
        self.printer = LoggingPrinter(logs)
        self.manager = Manager(self.printer)
        self.ended = threading.Event()
        self.stopping = False
        self.dead_server: str | None = None
        for name, line in parse_procfile(procfile.read_text()).processes.items():
            if name not in skipped:
                self.manager.add_process(name, line, env=environment, cwd=str(procfile.parent))

    def watch(self, name: str, process: psutil.Process, log: Path) -> None:
        """Ends the run with a report where an embedded server ends before it was asked to."""

        def wait() -> None:
            process.wait()
            if not self.stopping:
                self.dead_server = f"the {name} ended by itself: {last_line(log)} (whole log: {log})"
                os.kill(os.getpid(), signal.SIGTERM)

        threading.Thread(target=wait, daemon=True).start()

    def run(self, remember: Callable[[list[tuple[int, float]]], None]) -> int:
        """Runs until stopped or until one process ends; returns the exit status and has reported a death."""
        self._note_starts(remember)
        terminate = self.manager.terminate

        def noted_terminate() -> None:
            self.stopping = True
            terminate()

        self.manager.terminate = noted_terminate
        try:
            self.manager.loop()
        finally:
            self.stopping = True
            self.ended.set()
            self._make_sure()
        return self._report()

    def _note_starts(self, remember: Callable[[list[tuple[int, float]]], None]) -> None:
        """Writes down each child as it starts, so that the next run can end what a killed run leaves."""
        children: list[tuple[int, float]] = []
        get = self.manager.events.get

        def noting_get(*args: Any, **kwargs: Any) -> Any:
            message = get(*args, **kwargs)
            if message.type == "start":
                try:
                    children.append((message.data["pid"], psutil.Process(message.data["pid"]).create_time()))
                except psutil.NoSuchProcess:
                    return message
                remember(children)
            elif message.type == "stop" and not self.stopping and not hasattr(self, "first_dead"):
                self.first_dead = (message.name, message.data["returncode"])
            return message

        self.manager.events.get = noting_get

    def _make_sure(self) -> None:
        """Nothing that honcho started is left, whatever happened to honcho."""
        for state in self.manager._processes.values():
            if state.get("pid") and state.get("returncode") is None:
                try:
                    os.killpg(state["pid"], signal.SIGKILL)
                except ProcessLookupError:
                    continue

    def _report(self) -> int:
        if self.dead_server:
            print(f"\n{self.dead_server}. Everything is stopped.", file=sys.stderr)
            return 1
        if not hasattr(self, "first_dead"):
            return 0
        name, status = self.first_dead
        lines = "\n".join(f"    {line}" for line in self.printer.last.get(name, ["(it printed nothing)"]))
        print(f"\n{name} ended by itself with status {status}. Its last lines:\n{lines}", file=sys.stderr)
        print(f"Everything is stopped. Its whole log: {self.printer.logs / name}.log", file=sys.stderr)
        return 1
