"""`script/server` as a person meets it: a start, a second, a taken port, a death, a killed run, a stop."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import closing
from datetime import datetime

import psutil
import pytest
from honcho.printer import Message

from compliance import places
from compliance.embedded import processes
from compliance.embedded.postgres import Postgres
from compliance.embedded.processes import LoggingPrinter
from compliance.embedded.user import EmbeddedError
from tests.support import database
from tests.support.mailserver import free_port

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("server")]
SECONDS = 90
"""A start takes six seconds on a quiet machine."""
OUTSIDE = {key: each for key, each in os.environ.items() if key not in ("DATABASE_URL", "REDIS_URL")}


class Run:
    """One `script/server --no-demo` on a folder and a port of its own."""

    def __init__(self, var, port):
        self.var, self.port = var, port
        self.output = var / f"output-{port}-{time.monotonic_ns()}.txt"
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "compliance.embedded.launcher", "--no-demo"],
                cwd=places.ROOT,
                env={**OUTSIDE, "DULY_VAR": str(var), "PORT": str(port)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    @property
    def said(self):
        return self.output.read_text()

    def ready(self):
        """Waits until the page says that all is well."""
        until = time.monotonic() + SECONDS
        while "Duly is at" not in self.said:
            assert self.process.poll() is None, self.said
            assert time.monotonic() < until, self.said
            time.sleep(0.05)
        return self

    def ends(self):
        """Waits for the end and returns the exit status."""
        return self.process.wait(SECONDS)

    def state(self):
        return json.loads((self.var / "run" / "server.json").read_text())

    def all_processes(self):
        started = psutil.Process(self.process.pid).children(recursive=True)
        return [psutil.Process(self.process.pid), *started]

    def child(self, text):
        """The Procfile's process whose command line has `text`."""
        leaders = [psutil.Process(pid) for pid, _ in self.state()["children"]]
        return next(each for each in leaders if text in " ".join(each.cmdline()))


@pytest.fixture(scope="module")
def var(test_database):
    folder = database.own_folder() / "server"
    folder.mkdir()
    database.lay(folder / "postgres")
    yield folder
    database.remove(folder)


@pytest.fixture
def start(var):
    runs = []

    def begin(port=None):
        runs.append(Run(var, port or free_port()))
        return runs[-1]

    yield begin
    for run in runs:
        if run.process.poll() is None:
            run.process.send_signal(signal.SIGINT)
            run.ends()


def page(port, path="/health/ready"):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
        return answer.status, json.loads(answer.read())


def all_well(run, seconds=30):
    """What /health/ready says once beat and worker have given a sign of life, or at the end of the time."""
    until = time.monotonic() + seconds
    while page(run.port)[1]["status"] != "ok" and time.monotonic() < until:
        time.sleep(0.2)
    return page(run.port)[1]


def command(var, *arguments):
    """A management command as `script/manage` runs it."""
    return subprocess.run(
        [sys.executable, "-m", "compliance.embedded.manage", *arguments],
        cwd=places.ROOT,
        env={**OUTSIDE, "DULY_VAR": str(var)},
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )


def gone(processes):
    _, alive = psutil.wait_procs(processes, timeout=10)
    return alive == []


def test_it_starts_refuses_a_second_is_killed_starts_again_and_one_ctrl_c_stops_all_of_it(start, var):
    run = start().ready()
    parts = ("database", "queue", "beat", "worker", "mail")
    well = all_well(run)
    well.pop("writes_not_sealed", None)  # the next seal has them
    assert well == {"status": "ok", **dict.fromkeys(parts, True)}
    started = run.all_processes()
    words = [" ".join(each.cmdline()) for each in started]
    for part in ("gunicorn", "worker", "beat", "mail_catcher", "postgres", "valkey-server"):
        assert any(part in word for word in words), part
    for pid, _ in run.state()["children"]:
        environment = psutil.Process(pid).environ()
        assert "DATABASE_OWNER_URL" not in environment, "no serving process is told the owner"
        assert environment["DATABASE_URL"].startswith("postgres://duly_app@")
        assert environment["DEMO"] == "0", "without the demo its people are refused too"

    second = start()
    assert second.ends() == 1
    assert second.said.count("\n") == 1
    assert f"Duly already runs from this folder at http://127.0.0.1:{run.port}" in second.said
    assert page(run.port)[0] == 200

    over = command(var, "restore", "any.duly")
    assert (over.returncode, over.stderr) == (1, "Duly runs from this folder: stop it, then restore\n")
    beside = command(var, "showmigrations", "contracts")
    assert "[X] 0001_initial" in beside.stdout, beside.stderr
    assert page(run.port)[0] == 200, "a command beside the server leaves it running"

    leaders = [psutil.Process(pid) for pid, _ in run.state()["children"]]
    assert len(leaders) == 4
    run.process.kill()
    run.ends()
    again = start(run.port).ready()
    assert page(again.port)[0] == 200
    assert gone(leaders), "what a killed run left is cleared away by the next"

    started = again.all_processes()
    again.process.send_signal(signal.SIGINT)
    assert again.ends() == 0
    assert gone(started)
    assert "Traceback" not in run.said + again.said
    assert not (var / "run" / "server.json").exists()


def test_a_taken_port_is_one_line_and_nothing_is_started(start, var):
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        run = start(taken.getsockname()[1])
        assert run.ends() == 1
    assert run.said.count("\n") == 1
    assert f"port {run.port} cannot be used" in run.said
    assert f"PORT={run.port + 1} script/server" in run.said or run.port == 65535
    assert not (var / "run" / "server.json").exists()


@pytest.mark.parametrize("wrong", ["eight", "0", "70000"])
def test_a_port_that_is_none_is_one_line(start, wrong):
    run = start(wrong)
    assert run.ends() == 1
    assert run.said == f"PORT is '{wrong}': give a number from 1 to 65535\n"


class Stub:
    """An embedded server of which a test says whether it runs and comes back."""

    def __init__(self, log, comes_back=False):
        self.log, self.up, self.starts = log, None, 0
        self.log.write_text("the disk is full\n")
        self.comes_back = comes_back

    def process(self):
        return self.up

    def start(self):
        self.starts += 1
        if not self.comes_back:
            raise EmbeddedError("PostgreSQL ended while starting: no space left")


def run_for(processes, seconds):
    """Runs them in this process's main thread for some seconds, as a Ctrl-C would end it."""
    before = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    timer = threading.Timer(seconds, os.kill, [os.getpid(), signal.SIGINT])
    timer.start()
    try:
        return processes.run(lambda children: None)
    finally:
        timer.cancel()
        for number, handler in before.items():
            signal.signal(number, handler)


def test_what_ends_at_once_is_said_with_its_last_lines_and_tried_ever_more_slowly(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(processes, "WAITS", (0, 0.2, 0.6, 30))
    procfile = tmp_path / "Procfile"
    procfile.write_text("web: echo no such module; exit 4\nbeat: exec sleep 30\n")
    kept = processes.Processes(procfile, dict(os.environ), tmp_path / "log", set())
    assert run_for(kept, 2) == 0
    said = capsys.readouterr().out
    assert said.count("web ended by itself with status 4") == 3
    assert "(3 times in a row soon after its start). Its last lines:" in said
    assert "    no such module" in said
    assert [f"again in {wait} s" in said for wait in ("0.2", "0.6", "30")] == [True, True, True]
    assert "beat ended" not in said
    assert kept.programs[1].child.returncode == -signal.SIGTERM


def test_settings_with_which_nothing_starts_end_the_run(tmp_path, capsys):
    (tmp_path / "Procfile").write_text("web: echo Duly does not start; exit 78\nbeat: exec sleep 30\n")
    kept = processes.Processes(tmp_path / "Procfile", dict(os.environ), tmp_path / "log", set())
    assert run_for(kept, 10) == 1
    told = capsys.readouterr()
    assert "Duly does not start" in told.out and "again in" not in told.out
    assert told.err.strip() == "web does not start with these settings. Everything is stopped."


def test_only_a_database_that_does_not_come_back_ends_the_run(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(processes, "WAITS", (0, 0))
    (tmp_path / "Procfile").write_text("web: exec sleep 30\n")
    kept = processes.Processes(tmp_path / "Procfile", dict(os.environ), tmp_path / "log", set())
    queue, database_server = Stub(tmp_path / "valkey.log"), Stub(tmp_path / "postgres.log")
    kept.watch("queue", queue)
    kept.watch("database", database_server)
    assert run_for(kept, 10) == 1
    told = capsys.readouterr()
    why = "PostgreSQL ended while starting: no space left"
    assert told.err.strip() == f"the database does not come back: {why}. Everything is stopped."
    assert "database ended by itself: the disk is full" in told.out
    assert database_server.starts == 1 and queue.starts >= 1
    assert kept.programs[0].child.returncode is not None


def test_a_command_without_a_server_makes_the_tables_and_leaves_nothing_running():
    var = database.own_folder() / "command"
    try:
        done = command(var, "showmigrations", "contracts")
        assert "[X] 0001_initial" in done.stdout, done.stderr
        assert "making its tables first" in done.stderr
        assert Postgres(var / "postgres").process() is None
        assert not Postgres(var / "postgres").sockets.exists()
    finally:
        database.remove(var)


def test_what_worker_and_beat_do_all_day_stays_in_their_logs(tmp_path, capsys):
    printer = LoggingPrinter(tmp_path)
    printer.width = 6
    begins = "[2026-03-17 12:00:00,101:"
    said = {
        "worker": [
            f"{begins} INFO/MainProcess] w@here ready.\n",
            f"{begins} INFO/ForkPoolWorker-1] Task wake succeeded in 0.01s:\n",
            "a second line of that\n",
            f"{begins} ERROR/ForkPoolWorker-1] Task mail raised unexpected:\n",
            "Traceback of that\n",
        ],
        "beat": [
            "2026-03-17 12:00:01,000 INFO celery.beat: Scheduler: Sending\n",
            "2026-03-17 12:00:02,000 WARNING celery.beat: late\n",
            '{"event": "as JSON routine", "level": "info"}\n',
            '{"event": "as JSON wrong", "level": "error"}\n',
        ],
        "web": [f"{begins} INFO/MainProcess] a line of the web\n"],
    }
    for name, lines in said.items():
        for line in lines:
            printer.write(Message("line", line, datetime.now(), name, None))
    shown = capsys.readouterr().out
    for text in (
        "Task mail raised",
        "Traceback of that",
        "celery.beat: late",
        "a line of the web",
        "as JSON wrong",
    ):
        assert text in shown
    for text in ("ready.", "succeeded", "a second line", "Scheduler", "as JSON routine"):
        assert text not in shown
    assert printer.said("worker", "ready.")
    for name, lines in said.items():
        assert (tmp_path / f"{name}.log").read_text() == "".join(lines)
