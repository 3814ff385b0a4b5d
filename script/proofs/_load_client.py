"""The visitors of `script/prove load`, in a process of their own: who reads and writes, and slow clients.

It takes its orders as JSON on standard input and prints what it met as one JSON object when its time is up.
"""

from __future__ import annotations

import json
import random
import re
import socket
import sys
import threading
import time
from collections import defaultdict
from datetime import date, timedelta
from typing import Any

import psutil
import requests

LINK = re.compile(r'href="(/contracts/\d+(?:/[^"?#]*)?(?:\?[^"#]*)?)"')
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
DUTY = re.compile(r'href="/contracts/(\d+)/duties/(\d+)"')
LEFT_OUT = re.compile(r"/(withdraw|delete|paper|form|variation.*pdf|ending|manage|early|no-miss)")
NUMBER = re.compile(r"\d+")
KIND = re.compile(r"(/paragraphs|/record|/recording)/.*")
HALF, STEP_SECONDS = 50.0, 5.0
LEAST_RATE, MOST_RATE = 1.0, 200.0
WRITES = 0.05


class Pace:
    """How many requests a second are begun: as asked for, or so many that the machine is half busy."""

    def __init__(self, rate: float | None) -> None:
        self.fixed = rate is not None
        self.rate = rate or 5.0
        self.next = time.monotonic()
        self.lock = threading.Lock()
        self.rates: list[float] = []
        self.busy: list[float] = []

    def wait(self) -> None:
        with self.lock:
            self.next = max(self.next, time.monotonic() - 1) + 1 / self.rate
            until = self.next
        time.sleep(max(0.0, until - time.monotonic()))

    def hold(self, over: threading.Event) -> None:
        psutil.cpu_percent()
        while not over.wait(STEP_SECONDS):
            busy = psutil.cpu_percent()
            self.busy.append(busy)
            self.rates.append(self.rate)
            if not self.fixed:
                factor = min(1.25, max(0.8, HALF / max(busy, 1.0)))
                self.rate = min(MOST_RATE, max(LEAST_RATE, self.rate * factor))


class Met:
    """What the visitors met: seconds by the kind of page, and what went wrong."""

    def __init__(self) -> None:
        self.seconds: dict[str, list[float]] = defaultdict(list)
        self.errors: dict[str, int] = defaultdict(int)
        self.written = 0

    def note(self, kind: str, seconds: float, error: str | None) -> None:
        self.seconds[kind].append(seconds)
        if error:
            self.errors[f"{kind}: {error}"] += 1


class Visitor:
    """One person signed in, who follows links and now and then logs evidence."""

    def __init__(
        self, asked: dict[str, Any], email: str, met: Met, pace: Pace, chance: random.Random
    ) -> None:
        self.asked, self.email, self.met, self.pace, self.chance = asked, email, met, pace, chance
        self.session = requests.Session()
        self.links: list[str] = ["/"]
        self.duties: list[tuple[str, str]] = []

    def ask(self, path: str, form: dict[str, str] | None = None, kind: str = "") -> requests.Response | None:
        self.pace.wait()
        site = self.chance.choice(self.asked["sites"])
        kind = kind or KIND.sub(r"\1/...", NUMBER.sub("N", path.partition("?")[0]))
        began, error, answer = time.monotonic(), None, None
        try:
            if form is None:
                answer = self.session.get(f"{site}{path}", timeout=30)
            else:
                answer = self.session.post(f"{site}{path}", form, timeout=30)
            error = str(answer.status_code) if answer.status_code >= 500 else None
        except requests.RequestException as fault:
            error = type(fault).__name__
        self.met.note(kind, time.monotonic() - began, error)
        return answer

    def sign_in(self) -> None:
        page = self.ask("/accounts/login/")
        if page is None:
            return
        form = dict(HIDDEN.findall(page.text)) | {"login": self.email, "password": self.asked["password"]}
        answer = self.ask("/accounts/login/", form, "sign in")
        if answer is None or "/accounts/login" in answer.url:
            self.met.errors[f"sign in: {self.email} was not let in"] += 1

    def go(self, over: threading.Event) -> None:
        self.sign_in()
        while not over.is_set():
            if self.duties and self.chance.random() < WRITES:
                self.write()
            else:
                self.read()

    def read(self) -> None:
        answer = self.ask(self.chance.choice(self.links) if self.chance.random() < 0.9 else "/")
        if answer is None or "text/html" not in answer.headers.get("Content-Type", ""):
            return
        found = [
            link.replace("&amp;", "&") for link in LINK.findall(answer.text) if not LEFT_OUT.search(link)
        ]
        self.links = list(dict.fromkeys([*self.links, *found]))[-400:]
        self.duties = list(dict.fromkeys([*self.duties, *DUTY.findall(answer.text)]))[-100:]

    def write(self) -> None:
        contract, duty = self.chance.choice(self.duties)
        path = f"/contracts/{contract}/duties/{duty}/evidence"
        page = self.ask(path)
        if page is None or page.status_code != 200 or 'name="done_day"' not in page.text:
            return
        done = date.today() - timedelta(days=1)  # noqa: DTZ011 - any day that has gone by will do
        form = dict(HIDDEN.findall(page.text)) | {
            "done_day": str(done.day), "done_month": str(done.month), "done_year": str(done.year),
            "done_by": "The load of the proof", "kind": "note", "note": f"Seen at {time.time()}",
        }  # fmt: skip
        answer = self.ask(path, form, "log evidence")
        if answer is not None and answer.history:
            self.met.written += 1


def slow_clients(asked: dict[str, Any], over: threading.Event) -> None:
    """Keeps so many slow clients of every sort open, and opens another for each that is ended."""
    host, port = asked["slow_at"]
    name = f"Host: {host}:{port}\r\n"
    sorts = [
        b"GET /accounts/login/ HTTP/1.1\r\nHost: ",
        f"POST /accounts/login/ HTTP/1.1\r\n{name}Content-Length: 2000\r\n\r\nlogin=a".encode(),
        f"POST /accounts/login/ HTTP/1.1\r\n{name}Transfer-Encoding: chunked\r\n\r\n5\r\nlogin\r\n".encode(),
        f"GET /static/govuk/govuk-frontend.min.css HTTP/1.1\r\n{name}\r\n".encode(),
    ]
    held: list[socket.socket | None] = [None] * asked["slow"]
    while not over.wait(0.5):
        for number, each in enumerate(held):
            try:
                if each is None:
                    held[number] = each = socket.create_connection((host, port), timeout=5)
                    each.sendall(sorts[number % len(sorts)])
                    each.setblocking(False)
                elif number % len(sorts) == 0:
                    each.send(b"a")  # a byte of its head at a time
                elif number % len(sorts) == 3:
                    each.recv(10)
            except BlockingIOError:
                continue
            except OSError:
                if each is not None:
                    each.close()
                held[number] = None


def watch(asked: dict[str, Any], met: Met, over: threading.Event) -> None:
    """Asks for the sign-in page once a second, once everybody is in, as a stranger does."""
    over.wait(asked["seconds"] / 6)
    while not over.wait(1):
        for site in asked["sites"]:
            began, error = time.monotonic(), None
            try:
                answer = requests.get(f"{site}/accounts/login/", timeout=30)
                error = None if answer.status_code == 200 else str(answer.status_code)
            except requests.RequestException as fault:
                error = type(fault).__name__
            met.note("the sign-in page beside it all", time.monotonic() - began, error)


def main() -> int:
    asked = json.loads(sys.stdin.readline())
    met, pace, over = Met(), Pace(asked["rate"]), threading.Event()
    visitors = [
        Visitor(asked, email, met, pace, random.Random(f"{asked['seed']} {email}"))
        for email in asked["people"]
    ]
    jobs: list[tuple[Any, tuple[Any, ...]]] = [
        *((each.go, (over,)) for each in visitors),
        (pace.hold, (over,)),
        (watch, (asked, met, over)),
    ]
    if asked["slow"]:
        jobs.append((slow_clients, (asked, over)))
    threads = [threading.Thread(target=job, args=given, daemon=True) for job, given in jobs]
    for thread in threads:
        thread.start()
    time.sleep(asked["seconds"])
    over.set()
    for thread in threads:
        thread.join(40)
    json.dump(
        {
            "seconds": dict(met.seconds), "errors": dict(met.errors), "written": met.written,
            "rates": pace.rates, "busy": pace.busy,
        },
        sys.stdout,
    )  # fmt: skip
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
