"""Tasks in a real worker process, with a real queue, database and mail server."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.utils import timezone

from contracts.models import Contract, LedgerEntry, LongWork, Membership, Person, Upload
from contracts.services import ledger, long_work, uploads
from contracts.services.documents import TYPES
from obligations.models import CalendarChange, Duty, Notice
from obligations.services.holidays import applying, previewing, proposing
from obligations.services.notices.planning import plan
from tests.cast import SYSTEM, make_contract, patch_released, play
from tests.contracts.services.test_apart import zip_bomb
from tests.contracts.services.test_uploads import BOATS
from tests.support.duties import make_duty
from tests.support.worker import worker as worker_process

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]
SWEEP = "obligations.tasks.sweep_notices"
LEASE = 3


def wait_until(true: Callable[[], bool], seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.05)


def unsent() -> bool:
    """Whether something is to be sent by now; what is overdue is reminded of again another day."""
    return Notice.objects.filter(sent_at=None, not_before__lte=timezone.now()).exists()


def overdue_for_two(number: int) -> None:
    """So many overdue duties, told to the supplier's two workers only."""
    now = timezone.now()
    cast = make_contract(reference="WORKER")
    duties = [
        make_duty(cast, f"CVE-{place}", due=(now - timedelta(days=2)).date(), now=now)
        for place in range(number)
    ]
    plan(duties, now - timedelta(seconds=1))
    Notice.objects.exclude(recipient__in=[cast.priya, cast.tom]).delete()


def overdue_for_many(number: int) -> None:
    """One overdue duty, told to so many people of the supplier, each in a mail of their own."""
    overdue_for_two(1)
    contract = Notice.objects.first().contract
    people = Person.objects.bulk_create(
        Person(email=f"p{place}@duly.example", name=f"Person {place}") for place in range(number - 2)
    )
    Membership.objects.bulk_create(
        Membership(
            contract=contract,
            person=person,
            side="supplier",
            role="contributor",
            from_day=contract.start_date,
        )
        for person in people
    )
    plan(list(contract.duties.all()), timezone.now() - timedelta(seconds=1))
    Notice.objects.exclude(recipient__memberships__role__in=["lead", "contributor"]).delete()


@pytest.fixture
def start(test_database, redis_url, mail_server, tmp_path):
    """Starts a worker with a short lease: ``with start(): ...``"""
    environment = {
        "DATABASE_URL": test_database[0],
        "REDIS_URL": redis_url,
        "EMAIL_URL": mail_server.url,
        "NOTICE_LEASE_SECONDS": str(LEASE),
    }

    @contextmanager
    def started(name: str = "one", **more: str):
        folder = tmp_path / name
        folder.mkdir()
        with worker_process(folder, environment | more) as process:
            yield process

    return started


def test_a_reminder_arrives_by_the_real_worker(start, mail_server):
    overdue_for_two(1)
    with start() as worker:
        worker.send(SWEEP)
        wait_until(lambda: len(mail_server.box.messages) == 2)
        wait_until(lambda: LedgerEntry.objects.filter(verb="notices_sent").exists())
        worker.send(SWEEP)
        worker.wait_for_line("sweep_notices")
    assert sorted(mail_server.box.recipients) == ["priya@duly.example", "tom@duly.example"]
    assert {subject.split(":")[0] for subject in mail_server.box.subjects} == {"Overdue"}


def test_a_worker_that_starts_does_at_once_what_came_due_before(start, mail_server):
    overdue_for_two(1)
    with start():
        wait_until(lambda: len(mail_server.box.messages) == 2)


def test_a_worker_killed_in_the_middle_loses_nothing_and_doubles_nothing(start, mail_server):
    """Only the one mail in hand may come twice, and then under the same Message-ID."""
    overdue_for_many(60)
    mail_server.box.slowness = 0.05
    with start("first") as first:
        wait_until(lambda: len(mail_server.box.messages) >= 10)
        os.killpg(first.process.pid, signal.SIGKILL)
        first.process.wait()
    sent_before = Notice.objects.filter(sent_at__isnull=False).count()
    assert 0 < sent_before < 60
    mail_server.box.slowness = 0
    with start("second") as second:
        until = time.monotonic() + 30
        while unsent() and time.monotonic() < until:
            second.send(SWEEP)
            time.sleep(0.5)
        wait_until(lambda: not Notice.objects.filter(in_ledger=False, sent_at__isnull=False).exists())
    ids = mail_server.box.ids
    assert len(set(ids)) == 60
    assert len(ids) <= 61
    contract = Notice.objects.first().contract
    assert sum(len(e.payload["notices"]) for e in contract.ledger.filter(verb="notices_sent")) == 60
    assert ledger.verify(contract)


def test_two_workers_side_by_side_send_each_notice_once(start, mail_server):
    overdue_for_many(80)
    mail_server.box.slowness = 0.01
    with start("one") as one, start("two"):
        for _ in range(4):
            one.send(SWEEP)
        wait_until(lambda: not unsent())
    assert len(mail_server.box.ids) == len(set(mail_server.box.ids)) == 80


def test_two_workers_side_by_side_do_not_share_out_what_belongs_in_one_mail(start, mail_server):
    overdue_for_two(40)
    with start("one") as one, start("two"):
        for _ in range(4):
            one.send(SWEEP)
        wait_until(lambda: not unsent())
    assert sorted(mail_server.box.recipients) == ["priya@duly.example", "tom@duly.example"]


def test_a_mail_server_that_comes_back_gets_what_waited(start, mail_server):
    overdue_for_two(1)
    mail_server.stop()
    with start() as worker:
        wait_until(lambda: Notice.objects.filter(attempts=1).count() == 2)
        mail_server.start()
        Notice.objects.update(waits_until=timezone.now())
        worker.send(SWEEP)
        wait_until(lambda: len(mail_server.box.messages) == 2)


def test_every_task_the_clock_starts_is_known_to_the_worker():
    from compliance.celery import app

    app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert scheduled == {
        "obligations.tasks.sweep_notices",
        "obligations.tasks.raise_recurring",
        "obligations.tasks.plan_notices_ahead",
        "obligations.tasks.do_long_work",
        "obligations.tasks.offer_versions",
        "obligations.tasks.work_on_bank_holidays",
        "obligations.tasks.refresh_bank_holidays",
        "obligations.breaches.tasks.make_closing_reports",
        "obligations.vulnerabilities.tasks.put_missed_on_record",
        "obligations.vulnerabilities.tasks.run_again",
        "obligations.tasks.look_at_distribution_lists",
        "obligations.tasks.sweep_uploads",
        "obligations.tasks.sweep_records",
        "obligations.tasks.sweep_sessions",
        "obligations.tasks.send_sign_in_mails",
        "obligations.tasks.seal_ledgers",
        "obligations.tasks.mail_heads",
        "obligations.tasks.send_webhooks",
    }
    assert scheduled <= set(app.tasks)


def redating_asked_for(number: int) -> CalendarChange:
    """So many contracts with a duty that a new holiday moves; the redating waits for a worker."""
    for place in range(number):
        patch_released(play(reference=f"C-{place}"), category="Other")
    now = timezone.now()
    change = proposing.propose_day(
        SYSTEM, now, division="all", day=date(2026, 5, 12), name="Jubilee", source="A proclamation"
    )
    long_work.run(previewing.ask_for_preview(change, SYSTEM, now), now)
    return applying.ask_to_apply(change, SYSTEM, now)


def test_long_work_of_a_killed_worker_is_taken_up_by_the_next_and_done_once(start):
    """The first worker is killed in the middle of its portion, while it waits to write a duty."""
    change = redating_asked_for(3)
    with transaction.atomic():
        locked = Duty.objects.select_for_update(no_key=True, of=("self",))
        locked.get(contract__reference="C-2", subject__startswith="CVE")
        with start("first") as first:
            wait_until(lambda: applying.work_on(change).state == "running")
            wait_until(is_waited_for)
            os.killpg(first.process.pid, signal.SIGKILL)
            first.process.wait()
    work = applying.work_on(change)
    assert (work.state, work.turn, Duty.objects.filter(deadline_version=2).count()) == ("running", 1, 0)
    LongWork.objects.filter(pk=work.pk).update(claimed_until=timezone.now())  # as after its lease
    with start("second"):
        wait_until(lambda: LongWork.objects.get(pk=work.pk).is_finished)
    work.refresh_from_db()
    assert (work.state, work.turn, work.message) == ("done", 2, "The open duties are redated.")
    assert Duty.objects.filter(deadline_version=2).count() == 3
    for contract in Contract.objects.all():
        assert contract.ledger.filter(verb="duty_redated").count() == 1
        assert ledger.verify(contract)


def is_waited_for() -> bool:
    """Whether somebody waits for a lock in this database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchone()[0])


def test_an_uploaded_file_is_read_by_the_real_worker_and_a_hostile_one_leaves_it_alive(
    start, tmp_path, settings
):
    """The worker reads each in a process of its own, under limits of its own."""
    settings.MEDIA_ROOT = tmp_path / "uploads"
    cast = make_contract()
    for name, content in (("bomb.docx", zip_bomb()), ("boats.txt", BOATS.encode())):
        uploads.begin(
            cast.contract, cast.as_("priya"), timezone.now(), schedule=None, name="", types=TYPES,
            file=SimpleUploadedFile(name, content), leads_to=lambda number: f"/{number}",
        )  # fmt: skip
    with start(UPLOADS_DIR=str(settings.MEDIA_ROOT)) as worker:
        worker.send("obligations.tasks.do_long_work")
        wait_until(lambda: not LongWork.objects.exclude(state__in=["done", "refused"]).exists())
    assert [one.state for one in LongWork.objects.order_by("pk")] == ["refused", "done"]
    assert Upload.objects.get().name == "boats.txt" and len(Upload.objects.get().reading["paragraphs"]) == 6
