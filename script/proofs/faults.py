"""Kills database, queue, worker, beat and web while people write: nothing acknowledged is lost.

`script/server` runs in a folder of its own, with a mail server that counts. People record facts in the
browser's way; each fact raises duties and mails. One process after another is killed with -9, in an order
that the seed says, and must be back by itself within 30 seconds. In the end every acknowledged fact is
there once, with its ledger entry and its notices; every notice was mailed; a mail that came twice had its
worker, its database or its mail killed just then.
"""

from __future__ import annotations

import argparse
import http.client
import http.cookiejar
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
from lxml import html

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

WITHIN = 30
"""Seconds in which what was killed must be back."""
LEASE = 10
"""Seconds after which another worker takes up what a killed one had claimed; 300 where Duly runs for real."""
WINDOW = timedelta(seconds=3)
"""How long before a kill a mail was handed over that may go twice."""
TARGETS = ("web", "worker", "beat", "queue", "database")
TELLING = {"web": "compliance.wsgi", "worker": "compliance.celery worker", "beat": "compliance.celery beat"}


@dataclass
class Figures:
    """What one run showed."""

    acknowledged: list[str] = field(default_factory=list)
    refused: int = 0
    back: dict[str, list[float]] = field(default_factory=dict)
    kills: list[tuple[datetime, str]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    mails: int = 0
    notices: int = 0
    twice: int = 0


class Site:
    """`script/server` in a folder of its own, on a port of its own."""

    def __init__(self, folder: Path, mail: Any, port: int) -> None:
        self.folder, self.mail, self.port = folder, mail, port
        self.url = f"http://127.0.0.1:{port}"
        self.environment = {
            name: each
            for name, each in os.environ.items()
            if name not in ("DATABASE_URL", "REDIS_URL", "SITE_URL")
        } | {
            "DULY_VAR": str(folder),
            "PORT": str(port),
            "EMAIL_URL": mail.url,
            "NOTICE_LEASE_SECONDS": str(LEASE),
            "MAIL_DAILY": "false",  # else all of it waited for the next morning
            "BANK_HOLIDAYS_URL": "",
        }
        self.output = (folder / "output.txt").open("wb")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it and waits until it serves."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "compliance.embedded.launcher", "--no-demo"],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=self.output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        until = time.monotonic() + 180
        while not self.well() or "Duly is at" not in self.said():
            if self.process.poll() is not None or time.monotonic() > until:
                raise SystemExit(f"the site did not start:\n{self.said()}")
            time.sleep(0.2)

    def said(self) -> str:
        return (self.folder / "output.txt").read_text(errors="replace")

    def well(self) -> bool:
        with (
            suppress(OSError, ValueError),
            urllib.request.urlopen(f"{self.url}/health/ready", timeout=5) as answer,
        ):
            return bool(json.loads(answer.read())["status"] == "ok")
        return False

    def found(self, name: str) -> psutil.Process | None:
        """The process that a kill is for."""
        from compliance.embedded.postgres import Postgres
        from compliance.embedded.valkey import Valkey

        if name == "database":
            return Postgres(self.folder / "postgres").process()
        if name == "queue":
            return Valkey(self.folder / "valkey").process()
        with suppress(OSError, ValueError, psutil.NoSuchProcess):
            state = json.loads((self.folder / "run" / "server.json").read_text())
            for pid, _ in state["children"]:
                process = psutil.Process(pid)
                if TELLING[name] in " ".join(process.cmdline()):
                    return process
        return None

    def works(self, name: str) -> bool:
        """Whether what has this name does its work."""
        if name in ("web", "queue", "database"):
            return self.well()
        log = self.folder / "log" / f"{name}.log"
        wanted = {"worker": " ready.", "beat": "beat: Starting"}[name]
        return log.read_text(errors="replace").count(wanted) > self.starts.get(name, 0)

    starts: dict[str, int] = {}

    def kill(self, name: str) -> float:
        """Kills it with -9; returns the seconds until it works again. Raises TimeoutError after twice
        `WITHIN`."""
        process = self.found(name)
        assert process is not None, f"{name} does not run"
        if name in ("worker", "beat"):
            text = (self.folder / "log" / f"{name}.log").read_text(errors="replace")
            self.starts = self.starts | {
                name: text.count({"worker": " ready.", "beat": "beat: Starting"}[name])
            }
        began = time.monotonic()
        process.kill()
        while time.monotonic() - began < 2 * WITHIN:
            now = self.found(name)
            if now is not None and now.pid != process.pid and self.works(name):
                return time.monotonic() - began
            time.sleep(0.1)
        raise TimeoutError(f"{name} did not come back")

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(60)
        self.output.close()


class Writer(threading.Thread):
    """Somebody who records one fact after another on the pages, and notes which were acknowledged."""

    def __init__(self, site: Site, cookie: str, contract: int, name: str, figures: Figures) -> None:
        super().__init__(daemon=True)
        self.site, self.contract, self.who, self.figures = site, contract, name, figures
        self.jar = http.cookiejar.CookieJar()
        self.session = cookie
        self.stop = threading.Event()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar), NoRedirect())
        self.opener.addheaders = [("Cookie", f"duly_session={cookie}")]

    def run(self) -> None:
        number = 0
        while not self.stop.is_set():
            number += 1
            subject = f"CVE-2026-{self.who}{number:04d}"
            try:
                if self.record(subject):
                    self.figures.acknowledged.append(subject)
            except (OSError, urllib.error.HTTPError, http.client.HTTPException):
                self.figures.refused += 1
                self.stop.wait(0.3)

    def record(self, subject: str) -> bool:
        """Whether the site says that the fact is recorded."""
        address = f"{self.site.url}/contracts/{self.contract}/record/patch_publicly_released"
        self.opener.addheaders = [("Cookie", self.cookies()), ("Referer", address)]
        with self.opener.open(address, timeout=30) as answer:
            page = html.fromstring(answer.read())
        [form] = [
            each for each in page.forms if (each.method or "").upper() == "POST" and "subject" in each.fields
        ]
        today = datetime.now(UTC)
        data = {name: each for name, each in form.fields.items() if each is not None} | {
            "subject": subject, "category": "Critical", "happened_day": str(today.day),
            "happened_month": str(today.month), "happened_year": str(today.year),
        }  # fmt: skip
        self.opener.addheaders = [("Cookie", self.cookies()), ("Referer", address)]
        request = urllib.request.Request(address, urllib.parse.urlencode(data).encode())
        try:
            with self.opener.open(request, timeout=30):
                return False  # the form again
        except urllib.error.HTTPError as error:
            if error.code == 302 and "/facts/" in error.headers["Location"]:
                return True
            raise

    def cookies(self) -> str:
        held = [f"{one.name}={one.value}" for one in self.jar if one.name != "duly_session"]
        return "; ".join([f"duly_session={self.session}", *held])


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


@contextmanager
def site_with_mail(lay: Callable[[Path], None] = lambda data: None) -> Iterator[Site]:
    """A site in a folder that is thrown away, with a mail server that keeps what came, and when.

    ``lay`` may put a database's data there first.
    """
    from tests.support import mailserver

    folder = Path(tempfile.mkdtemp(prefix="duly-faults-"))
    folder.chmod(0o755)  # PostgreSQL runs as another user where we are root
    lay(folder / "postgres")
    with mailserver.running() as mail:
        lend_pages(folder)
        site = Site(folder, mail, mailserver.free_port())
        try:
            site.start()
            yield site
        finally:
            site.stop()
            throw_away(folder)


def lend_pages(folder: Path) -> None:
    """The site's style sheets and scripts are those that set-up made."""
    from compliance import places

    for made in (places.STATIC_ROOT, places.FRONTEND_BUILD):
        (folder / made.name).symlink_to(made)


def throw_away(folder: Path) -> None:
    servers = [folder / name for name in ("postgres", "valkey")]
    for link in [each for each in servers if each.is_symlink()]:
        shutil.rmtree(link.resolve(), ignore_errors=True)
        shutil.rmtree(link.resolve().with_name(f"{link.resolve().name}-programs"), ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


def ask(site: Site, code: str) -> Any:
    """Runs Python with the site's database, in a process of its own; what it prints as JSON."""
    from compliance.embedded.postgres import APP, Postgres
    from compliance.embedded.valkey import Valkey

    environment = site.environment | {
        "DATABASE_URL": Postgres(site.folder / "postgres").url(APP),
        "REDIS_URL": Valkey(site.folder / "valkey").url,
        "DJANGO_SETTINGS_MODULE": "compliance.settings",
        "PYTHONPATH": str(ROOT),
    }
    text = f"{START}\n{code}"
    done = subprocess.run(
        [sys.executable, "-c", text], env=environment, cwd=ROOT, capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


START = """
import json, sys
import django
django.setup()
from contracts.row_security import asking
asking.begin("proof")
"""

PREPARE = """
from datetime import timedelta
from importlib import import_module
from django.conf import settings
from django.test import Client
from django.utils import timezone
from tests import cast
now = timezone.now()
playing = cast.play(now=now, agreement_date=now.date() - timedelta(days=60),
                    start_date=now.date() - timedelta(days=60))
def session(name):
    client = Client()
    client.force_login(playing.people[name])
    return client.cookies["duly_session"].value
print(json.dumps({"contract": playing.contract.pk, "sessions": [session("priya"), session("tom")]}))
"""

LEFT = """
from compliance.celery import app
from obligations.models import Notice
from django.utils import timezone
app.send_task("obligations.tasks.sweep_notices", expires=60)  # not at the next minute only
waiting = Notice.objects.filter(sent_at=None, cancelled_at=None, not_before__lte=timezone.now())
print(json.dumps([waiting.count(), Notice.objects.filter(sent_at__isnull=False, in_ledger=False).count()]))
"""

LOOK = """
from collections import defaultdict
from contracts.models import LedgerEntry, Contract
from contracts.services import ledger
from obligations.models import Duty, FactRecord, Notice
from obligations.services.notices.digest_mail import digest_id
from obligations.services.notices.notice_mail import message_id
facts = defaultdict(int)
for subject in FactRecord.objects.filter(kind="patch_publicly_released").values_list("subject", flat=True):
    facts[subject] += 1
entries = defaultdict(int)
for payload in LedgerEntry.objects.filter(verb="fact_recorded").values_list("payload", flat=True):
    entries[payload.get("subject")] += 1
duties = set(Duty.objects.values_list("subject", flat=True))
told = set(Notice.objects.values_list("duty__subject", flat=True))
letters = defaultdict(list)
for one in Notice.objects.filter(sent_at__isnull=False).select_related("recipient", "contract"):
    letters[one.recipient_id, one.contract_id, one.sent_at].append(one)
ids = [message_id(each[0]) if len(each) == 1 else digest_id(each) for each in letters.values()]
broken = []
for contract in Contract.objects.all():
    try:
        ledger.verify(contract)
    except ledger.LedgerBroken as error:
        broken.append(str(error))
sent = Notice.objects.filter(sent_at__isnull=False).count()
told_of = LedgerEntry.objects.filter(verb="notices_sent").values_list("payload", flat=True)
noted = sum(len(payload["notices"]) for payload in told_of)
print(json.dumps({"facts": facts, "entries": entries, "duties": sorted(duties), "told": sorted(told),
                  "ids": ids, "broken": broken, "sent": sent, "noted": noted}))
"""


def play(site: Site, kills: list[str], pause: float, say: Callable[[str], None]) -> Figures:
    """Lets two people write while one thing after another is killed, and looks what came of it."""
    figures = Figures()
    arrivals = note_arrivals(site.mail.box)
    prepared = ask(site, PREPARE)
    writers = [
        Writer(site, cookie, prepared["contract"], str(place + 1), figures)
        for place, cookie in enumerate(prepared["sessions"])
    ]
    for writer in writers:
        writer.start()
    try:
        for name in kills:
            time.sleep(pause)
            figures.kills.append((datetime.now(UTC), name))
            took = site.kill(name)
            figures.back.setdefault(name, []).append(took)
            say(f"{name} killed, back in {took:.1f} s; {len(figures.acknowledged)} facts acknowledged")
            if took > WITHIN:
                figures.faults.append(f"{name} took {took:.1f} s to come back")
        time.sleep(pause)
    except TimeoutError as error:
        figures.faults.append(f"{error}: {site.said()[-2000:]}")
        return figures
    finally:
        for writer in writers:
            writer.stop.set()
        for writer in writers:
            writer.join(60)
    wait_for_mails(site, figures)
    judge(figures, ask(site, LOOK), arrivals)
    return figures


def note_arrivals(box: Any) -> list[tuple[str, datetime]]:
    """Has the mail server note when each mail came, by its Message-ID."""
    found: list[tuple[str, datetime]] = []
    handle = box.handle_DATA

    async def noting(server: Any, session: Any, envelope: Any) -> str:
        answer = str(await handle(server, session, envelope))
        found.append((str(box.messages[-1]["Message-ID"]), datetime.now(UTC)))
        return answer

    box.handle_DATA = noting
    return found


def wait_for_mails(site: Site, figures: Figures, seconds: float = 240) -> None:
    """Waits until nothing that was due is left unsent, and all that was sent is on the ledger."""
    until = time.monotonic() + seconds
    while (left := ask(site, LEFT)) != [0, 0]:
        if time.monotonic() > until:
            figures.faults.append(f"{left[0]} notices are not sent, {left[1]} not on the ledger")
            return
        time.sleep(2)


def judge(figures: Figures, found: dict[str, Any], arrivals: list[tuple[str, datetime]]) -> None:
    """What was lost, doubled, or went twice without a kill that explains it."""
    figures.faults += [*lost_facts(figures, found), *found["broken"]]
    if found["sent"] != found["noted"]:
        figures.faults.append(f"{found['sent']} notices sent, {found['noted']} on the ledger")
    figures.mails, figures.notices = len(arrivals), found["sent"]
    came = {letter for letter, _ in arrivals}
    for letter in sorted(set(found["ids"]) - came):
        figures.faults.append(f"{letter}: a notice says it was sent, and no such mail came")
    look_at_doubles(figures, set(found["ids"]), arrivals)


def lost_facts(figures: Figures, found: dict[str, Any]) -> Iterator[str]:
    """What was acknowledged and is not there just once, with its entry, its duty and its notices."""
    for subject in figures.acknowledged:
        for what in ("facts", "entries"):
            if (number := found[what].get(subject, 0)) != 1:
                yield f"{subject}: acknowledged, and there are {number} {what} of it"
    for what in ("duties", "told"):
        for subject in sorted(set(figures.acknowledged) - set(found[what])):
            yield f"{subject}: acknowledged, and not among the {what}"
    for subject, number in found["facts"].items():
        if number > 1:
            yield f"{subject}: recorded {number} times"


def look_at_doubles(figures: Figures, last: set[str], arrivals: list[tuple[str, datetime]]) -> None:
    """Counts mails that went twice: with the same Message-ID, or with others before what they told."""
    before: dict[str, datetime] = {}
    for letter, moment in arrivals:
        first = before.get(letter, None if letter in last else moment)
        if first is not None:
            figures.twice += 1
            if not any(first - WINDOW <= kill <= first + WINDOW for kill, _ in figures.kills):
                figures.faults.append(
                    f"{letter}: went twice, first at {first:%H:%M:%S}, when nothing was killed"
                )
        before[letter] = moment


def order(seed: str, rounds: int, targets: tuple[str, ...] = TARGETS) -> list[str]:
    """What is killed, one after another: each target once a round."""
    dice, found = random.Random(seed), []
    for _ in range(rounds):
        found += dice.sample(targets, len(targets))
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="script/prove faults", description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=6, help="how often each of the five is killed (6)")
    parser.add_argument("--pause", type=float, default=15, help="seconds of work before each kill (15)")
    parser.add_argument("--seed", default="full", help="the same seed, the same order")
    asked = parser.parse_args()
    subprocess.run([ROOT / "script" / "setup"], check=True)  # the pages are what people write on
    with site_with_mail() as site:
        figures = play(
            site, order(asked.seed, asked.rounds), asked.pause, lambda text: print(text, flush=True)
        )
    for name, seconds in figures.back.items():
        print(f"{name:<9} killed {len(seconds)} times, back after {min(seconds):.1f} to {max(seconds):.1f} s")
    print(f"{len(figures.acknowledged)} facts acknowledged, {figures.refused} times an error")
    print(f"{figures.notices} notices in {figures.mails} mails, {figures.twice} of which went twice")
    print(f"seed {asked.seed!r}: {'nothing lost' if not figures.faults else f'{len(figures.faults)} faults'}")
    for fault in figures.faults:
        print(f"FAULT: {fault}")
    return 1 if figures.faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
