"""Long work: asked for once, done within its limits, stopped, refused, failed in words, taken up again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from contextvars import copy_context
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import InternalError

from compliance import places
from contracts.models import LongWork, Person, WorkState
from contracts.services import long_work
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from contracts.services.process_limits import TimeUp
from tests.cast import NOON, SYSTEM, person
from tests.support.together import at_once

pytestmark = pytest.mark.django_db
SOON = timedelta(minutes=10)


@pytest.fixture
def kind(monkeypatch):
    """Says what the work of this test does: ``kind(function)``, with limits."""
    monkeypatch.setattr(long_work, "KINDS", {})

    def say(run, **limits) -> None:
        long_work.kind("test", **limits)(run)

    return say


def ask(key: str = "1", now: datetime = NOON, **more) -> LongWork:
    return long_work.ask("test", key, SYSTEM, now, title="Counting", **more)


def nothing(work, progress, now):
    return None


def test_what_it_gives_back_is_kept(kind):
    def count(work, progress, now):
        for number in range(work.payload["to"]):
            progress.step(number + 1, work.payload["to"], "Counting")
        return {"message": "Counted to 3.", "sum": 6}

    kind(count)
    work = ask(payload={"to": 3})
    assert (work.state, work.done, work.total) == ("waiting", 0, 0)
    assert long_work.run_waiting(NOON) == 1
    work.refresh_from_db()
    assert (work.state, work.message, work.done, work.total) == ("done", "Counted to 3.", 3, 3)
    assert work.outcome == {"message": "Counted to 3.", "sum": 6}
    assert work.finished_at - NOON < timedelta(seconds=5) and work.claimed_until is None
    assert long_work.run_waiting(NOON + SOON) == 0


def test_asked_again_it_is_the_same_until_it_is_finished(kind):
    kind(nothing)
    first = ask()
    assert ask() == first and ask("2") != first
    long_work.run(first, NOON)
    again = ask()
    assert again.pk != first.pk and again.state == "waiting"
    assert long_work.latest("test", "1") == again


@pytest.mark.django_db(transaction=True)
def test_a_double_click_asks_once(kind):
    kind(nothing)
    found = at_once(*[ask] * 6)
    assert len({work.pk for work in found}) == 1 and LongWork.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_do_it_once_and_one_piece_at_a_time(kind):
    running, most = [], []

    def slow(work, progress, now):
        running.append(work.pk)
        most.append(len(running))
        time.sleep(0.3)
        running.remove(work.pk)

    kind(slow)
    ask("1"), ask("2")
    turns = at_once(*[lambda: long_work.run_waiting(NOON)] * 2)
    assert sorted(turns) in ([0, 2], [1, 1]) and most == [1, 1]
    assert set(LongWork.objects.values_list("state", "turn")) == {("done", 1)}


def test_no_function_no_work(kind):
    with pytest.raises(LookupError, match="no function does test"):
        ask()
    with pytest.raises(ValueError, match="up to 0:08:00"):
        kind(nothing, limit=timedelta(minutes=9))


def test_a_refusal_is_kept_with_its_field(kind):
    def refuses(work, progress, now):
        raise Refused("file", "This is not a list. Upload one.")

    kind(refuses)
    work = long_work.run(ask(), NOON)
    assert (work.state, work.refused_field, work.message) == (
        "refused",
        "file",
        "This is not a list. Upload one.",
    )
    assert long_work.run_waiting(NOON + SOON) == 0


def test_an_error_is_tried_again_and_the_third_time_it_has_failed_in_words(kind, caplog):
    def breaks(work, progress, now):
        raise ZeroDivisionError("secret")

    kind(breaks)
    work, now = ask(), NOON
    for attempts in (1, 2):
        assert long_work.run_waiting(now) == 1
        work.refresh_from_db()
        assert (work.state, work.attempts) == ("waiting", attempts)
        assert long_work.run_waiting(now + timedelta(seconds=20)) == 0  # not at once
        now += SOON
    long_work.run_waiting(now)
    work.refresh_from_db()
    assert (work.state, work.attempts) == ("failed", 3)
    assert work.message.startswith("Something went wrong, 3 times.") and f"work {work.pk}" in work.message
    assert "secret" not in work.message and caplog.text.count("ZeroDivisionError: secret") == 3
    assert long_work.run_waiting(now + SOON) == 0


def test_what_failed_and_was_got_over_does_not_count_for_work_that_goes_on(kind):
    """Three errors at three places of work in portions are not three at one."""

    def portions(work, progress, now):
        progress.step(work.done + 1, 4)
        if work.done < 3:
            raise ZeroDivisionError

    kind(portions, goes_on=True)
    work = ask()
    for turn in range(5):
        long_work.run_waiting(NOON + turn * SOON)
    work.refresh_from_db()
    assert (work.state, work.turn) == ("done", 4)


def test_stopped_before_it_began(kind):
    kind(nothing)
    work = long_work.cancel(ask(), SYSTEM, NOON)
    assert (work.state, work.cancelled_by_name) == ("cancelled", SYSTEM.name)
    assert long_work.run_waiting(NOON) == 0
    assert long_work.cancel(work, SYSTEM, NOON).state == "cancelled"


@pytest.mark.django_db(transaction=True)
def test_stopped_in_the_middle_it_ends_at_its_next_step_and_that_portion_is_rolled_back(kind):
    seen = []

    def goes(work, progress, now):
        for number in range(1, 101):
            with transaction.atomic(), suppress(Exception):  # who swallows every error is stopped too
                seen.append(number)
                person(f"p{number}")
                if number == 3:
                    at_once(lambda: long_work.cancel(work, ada, NOON))
                progress.step(number, 100)

    kind(goes)
    ada = Actor.of(person("ada"), "authority")
    work = long_work.run(ask(), NOON)
    assert (work.state, work.cancelled_by_name, seen) == ("cancelled", "Ada Fairweather", [1, 2, 3])
    there = Person.objects.filter(name__startswith="P").values_list("name", flat=True)
    assert sorted(there) == ["P1", "P2"]


def test_what_is_finished_or_must_be_ended_is_not_stopped(kind):
    kind(nothing, may_be_stopped=False)
    work = ask()
    with pytest.raises(Refused, match="cannot be stopped half-way"):
        long_work.cancel(work, SYSTEM, NOON)
    with pytest.raises(Refused, match="This is finished"):
        long_work.cancel(long_work.run(work, NOON), SYSTEM, NOON)


def hangs(work, progress, now):
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            time.sleep(0.01)
        except Exception:
            continue


def test_a_function_that_takes_too_long_is_stopped_though_it_tells_nothing(kind):
    kind(hangs, limit=timedelta(seconds=1))
    began = time.monotonic()
    work = long_work.run(ask(), NOON)
    assert time.monotonic() - began < 10
    assert work.state == "failed" and work.message.startswith("It took longer than 1 second and was stopped.")
    assert signal.getsignal(signal.SIGALRM) == signal.SIG_DFL
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_elsewhere_than_in_the_main_thread_it_is_stopped_at_its_next_step(kind):
    def steps(work, progress, now):
        time.sleep(1.1)
        progress.step(1, 2)

    kind(steps, limit=timedelta(seconds=1))
    about, found = long_work.KINDS["test"], []
    progress = long_work.Progress(ask(), about, long_work.Clock(NOON))

    def elsewhere():
        try:
            steps(None, progress, NOON)
        except TimeUp:
            found.append("time is up")

    thread = threading.Thread(target=copy_context().run, args=[elsewhere])
    thread.start()
    thread.join()
    assert found == ["time is up"]


def test_the_time_of_work_that_goes_on_is_for_one_turn(kind):
    def portions(work, progress, now):
        if work.done < 2:
            progress.step(work.done + 1, 3)
            time.sleep(5)

    kind(portions, goes_on=True, limit=timedelta(seconds=1))
    work = ask()
    assert long_work.run(work, NOON).state == "waiting"
    assert long_work.run_waiting(NOON + SOON) == 2
    work.refresh_from_db()
    assert (work.state, work.turn, work.attempts, work.total) == ("done", 3, 0, 3)


def test_work_that_goes_on_and_does_not_get_on_is_stopped(kind):
    kind(hangs, goes_on=True, limit=timedelta(seconds=1))
    assert long_work.run(ask(), NOON).state == "failed"


@pytest.mark.skipif(sys.platform != "linux", reason="the limit of memory is the system's")
def test_a_function_that_needs_too_much_memory_is_stopped_and_the_process_is_not(kind):
    def swells(work, progress, now):
        return {"message": str(len(bytearray(work.payload["megabytes"] * 1024 * 1024)))}

    kind(swells, megabytes=128)
    work = long_work.run(ask("1", payload={"megabytes": 400}), NOON)
    assert work.state == "failed" and work.message.startswith("It needed more than 128 megabytes of memory")
    assert long_work.run(ask("2", payload={"megabytes": 40}), NOON).state == "done"
    assert len(bytearray(400 * 1024 * 1024))  # the limit is gone again


@pytest.mark.django_db(transaction=True)
def test_how_far_it_is_is_seen_while_its_transaction_is_open_and_after_it_was_rolled_back(kind):
    seen = []

    def look():
        seen.append(LongWork.objects.values_list("done", "total", "step").get())
        connection.close()

    def tries(work, progress, now):
        with transaction.atomic():
            progress.step(2, 5, "Second of five\x00")
            thread = threading.Thread(target=copy_context().run, args=[look])
            thread.start()
            thread.join()
            transaction.set_rollback(True)
        return {"message": "Tried."}

    kind(tries)
    work = long_work.run(ask(), NOON)
    assert seen == [(2, 5, "Second of five ")]
    assert (work.state, work.step) == ("done", "Second of five ")


def test_many_steps_are_few_writes(kind, django_assert_max_num_queries):
    def steps(work, progress, now):
        with django_assert_max_num_queries(105):
            for number in range(50_000):
                progress.step(number + 1, 50_000)

    kind(steps)
    assert long_work.run(ask(), NOON).done == 50_000


def test_who_lost_the_work_to_another_worker_writes_nothing_more(kind):
    def slow(work, progress, now):
        if work.turn == 1:  # its lease runs out meanwhile
            other = long_work.run_next(NOON + SOON)
            assert other is not None and other.state == "done"
            progress.step(1, 9, "Too late")
        return {"message": f"Turn {work.turn}."}

    kind(slow)
    work = long_work.run(ask(), NOON)
    assert (work.state, work.message, work.step) == ("done", "Turn 2.", "")


KILLED = """
import sys, time
from datetime import datetime
import django
django.setup()
from contracts.row_security import asking
from contracts.services import long_work
asking.begin("a worker")

def dies(work, progress, now):
    progress.step(1, 3, "First of three")
    print("begun", flush=True)
    time.sleep(60)

long_work.KINDS.clear()
long_work.kind("test")(dies)
long_work.run_next(datetime.fromisoformat(sys.argv[1]))
"""


def killed_at(database: str, now: datetime) -> None:
    """A worker process of its own that is killed in the middle of the work."""
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, now.isoformat()],
        cwd=places.ROOT,
        env={**os.environ, "DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "compliance.settings"},
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None and process.stdout.readline() == b"begun\n"
    process.kill()
    process.wait()
    process.stdout.close()


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_the_work_of_a_killed_worker_is_taken_up_when_its_claim_runs_out(kind, test_database):
    kind(lambda work, progress, now: {"message": f"Turn {work.turn}."})
    work = ask()
    killed_at(test_database[0], NOON)
    work.refresh_from_db()
    assert (work.state, work.done, work.step) == ("running", 1, "First of three")
    assert ask() == work
    assert long_work.run_waiting(NOON + timedelta(seconds=30)) == 0
    assert long_work.run_waiting(NOON + SOON) == 1
    work.refresh_from_db()
    assert (work.state, work.message, work.attempts) == ("done", "Turn 2.", 1)


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_work_whose_workers_all_die_has_failed_in_words(kind, test_database):
    kind(nothing)
    work = ask()
    for turn in range(3):
        killed_at(test_database[0], NOON + turn * SOON)
    work.refresh_from_db()
    assert (work.state, work.attempts, work.turn) == ("running", 2, 3)
    long_work.run_waiting(NOON + 3 * SOON)
    work.refresh_from_db()
    assert work.state == "failed" and work.message.startswith("The worker stopped in the middle, 3 times.")


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_stopped_after_its_worker_was_killed(kind, test_database):
    kind(nothing)
    work = ask()
    killed_at(test_database[0], NOON)
    assert long_work.cancel(work, SYSTEM, NOON).state == "running"
    long_work.run_waiting(NOON + SOON)
    work.refresh_from_db()
    assert work.state == "cancelled"


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_lives_keeps_its_claim_without_a_step(kind, monkeypatch):
    monkeypatch.setattr(long_work, "LEASE", timedelta(seconds=0.9))

    def silent(work, progress, now):
        before = LongWork.objects.values_list("claimed_until", flat=True).get()
        time.sleep(0.8)
        return {"message": "", "longer": LongWork.objects.get().claimed_until > before}

    kind(silent)
    assert long_work.run(ask(), NOON).outcome["longer"] is True


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"state": "done"}, "long_work_finished_has_its_moment"),
        ({"state": "failed", "finished_at": NOON}, "long_work_refused_or_failed_in_words"),
        ({"state": "running"}, "long_work_claimed_while_it_runs"),
        ({"done": 2, "total": 1}, "long_work_done_within_total"),
    ],
)
def test_the_database_holds_what_must_hold(kind, fields, name):
    kind(nothing)
    work = ask()
    with pytest.raises(IntegrityError, match=name):
        LongWork.objects.filter(pk=work.pk).update(**fields)


def test_the_database_refuses_a_second_row_while_one_is_unfinished(kind):
    kind(nothing)
    work = ask()
    work.pk = None
    with pytest.raises(IntegrityError, match="long_work_once_while_unfinished"):
        work.save()


@pytest.mark.parametrize("fields", [{"title": "Another"}, {"payload": {"to": 9}}])
def test_what_was_asked_is_never_edited(kind, fields):
    kind(nothing)
    work = ask()
    with pytest.raises(InternalError, match="long_work_asked_never_edited|Cannot update"):
        LongWork.objects.filter(pk=work.pk).update(**fields)


def test_what_is_finished_stays_so(kind):
    kind(nothing)
    work = long_work.run(ask(), NOON)
    with pytest.raises(InternalError, match="Cannot update"):
        LongWork.objects.filter(pk=work.pk).update(state=WorkState.WAITING, finished_at=None)
