"""What a machine that watches reads, and that nobody else does."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest
import redis

from compliance import pulse
from compliance.celery import app
from obligations.models import Duty, Notice
from tests.cast import NOON, play

TOKEN = "a-token-of-thirty-two-characters-or-more"


def read(client, token=TOKEN):
    return client.get("/metrics", headers={"Authorization": f"Bearer {token}"} if token else {})


def value(text, name):
    found = re.search(rf"^{name} (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else None


@pytest.fixture
def watched(settings, redis_url):
    settings.METRICS_TOKEN, settings.REDIS_URL = TOKEN, redis_url
    with redis.Redis.from_url(redis_url) as queue:
        queue.flushall()
        yield queue
        queue.flushall()


@pytest.mark.django_db
@pytest.mark.parametrize(("set_to", "sent"), [(TOKEN, ""), (TOKEN, "another"), (TOKEN, TOKEN[:-1]), ("", "")])
def test_who_has_no_token_is_told_nothing(client, settings, set_to, sent):
    settings.METRICS_TOKEN = set_to
    assert read(client, sent).status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.django_db
def test_mail_that_does_not_go_is_counted(client, watched, time_machine, django_assert_num_queries):
    time_machine.move_to(NOON, tick=False)
    cast = play()
    Notice.objects.all().delete()
    duty = Duty.objects.filter(contract=cast.contract).first()

    def notice(version, **options):
        Notice.objects.create(
            contract=cast.contract, duty=duty, deadline_version=version, stage="due_soon",
            recipient=cast.priya, created_at=NOON, **{"not_before": NOON - timedelta(minutes=5), **options},
        )  # fmt: skip

    notice(1, not_before=NOON - timedelta(hours=2))
    notice(2)
    notice(3, not_before=NOON + timedelta(minutes=1))
    notice(7, not_before=NOON + timedelta(minutes=1), attempts=1)
    notice(4, sent_at=NOON)
    notice(5, cancelled_at=NOON - timedelta(days=6), cancelled_why="gave up: no such address")
    notice(6, cancelled_at=NOON - timedelta(days=8), cancelled_why="gave up: no such address")
    with django_assert_num_queries(3):
        said = read(client).content.decode()
    assert value(said, "duly_notices_waiting") == 3
    assert value(said, "duly_oldest_unsent_notice_seconds") == 7200
    assert value(said, "duly_notices_failing") == 1
    assert value(said, "duly_notices_given_up") == 1


@pytest.mark.django_db
def test_a_queue_that_waits_and_a_clock_that_stands_still_are_seen(client, watched, settings):
    said = read(client).content.decode()
    assert value(said, "duly_queue_length") == 0 and value(said, "duly_queue_age_seconds") == 0
    assert value(said, "duly_last_beat_seconds") is None, "it never went"
    with app.connection_for_write(watched_url(settings)) as connection:
        for _ in range(2):
            app.send_task("obligations.tasks.sweep_notices", connection=connection)
            time.sleep(0.3)
    pulse._last.clear()
    pulse.note(pulse.BEAT)
    said = read(client).content.decode()
    assert value(said, "duly_queue_length") == 2
    assert 0.6 <= value(said, "duly_queue_age_seconds") < 30
    assert 0 <= value(said, "duly_last_beat_seconds") < 30
    assert value(said, "duly_last_worker_seconds") is None


def watched_url(settings):
    return settings.REDIS_URL.replace("unix://", "redis+socket://", 1)


@pytest.mark.django_db
def test_pages_are_counted_by_their_name_and_not_by_whose_they_are(client, watched):
    client.get("/contracts/4711")
    client.get("/no/such/page/4711")
    said = read(client).content.decode()
    assert re.search(r'duly_page_seconds_count\{page="none",status="4xx"\} \d', said)
    assert re.search(r'duly_page_seconds_bucket\{le="0.05",page="[a-z_]+",status="3xx"\}', said)
    assert not re.search(r'="[^"]*4711', said)  # in no label; a measured time may have any digits
