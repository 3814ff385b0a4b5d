"""What a watching machine is told, and what a stranger is."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
import redis
import time_machine
from celery.signals import after_task_publish, heartbeat_sent
from django.utils import timezone

from compliance import pulse
from contracts.services.seals import making
from obligations.models import Notice
from obligations.services.notices.delivery import sweep
from obligations.services.notices.planning import plan
from obligations.services.notices.waiting import oldest_unsent
from tests.cast import make_contract
from tests.support.duties import make_duty


@pytest.fixture(autouse=True)
def sealed(monkeypatch):
    """Kept tables may be of another day, and what made them waits for a seal: that is not asked here."""
    monkeypatch.setattr(making, "overdue", lambda now: 0)


@pytest.fixture
def queue(settings, redis_url):
    """The queue, without the signs of life that other tests left."""
    settings.REDIS_URL = redis_url
    pulse._last.clear()
    with redis.Redis.from_url(redis_url) as there:
        there.delete(*(pulse._key(who) for who in (pulse.BEAT, pulse.WORKER)))
    return there


@pytest.mark.django_db
def test_each_part_is_said_by_itself_and_people_are_sent_away_for_none_but_database_and_queue(client, queue):
    """Beat and worker give their signs of life as Celery tells of them; ``test_server`` has real ones."""
    parts = {"database": True, "queue": True, "beat": False, "worker": False, "mail": True}
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()) == (200, {"status": "degraded"} | parts)
    heartbeat_sent.send(sender=None)
    assert client.get("/health/ready").json() == {"status": "degraded"} | parts | {"worker": True}
    pulse._watch_beat()
    after_task_publish.send(sender="obligations.tasks.sweep_notices", headers={}, body=())
    after_task_publish.disconnect(pulse._of_beat)
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"} | dict.fromkeys(parts, True))
    assert pulse.seconds_since(queue, pulse.BEAT, time.time()) < 60
    queue.set(pulse._key(pulse.BEAT), time.time() - 61)
    assert client.get("/health/ready").json() == {"status": "degraded"} | parts | {
        "beat": False,
        "worker": True,
    }


@pytest.mark.django_db
def test_ready_says_which_part_is_unwell(client, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    answer = client.get("/health/ready")
    parts = {"database": True, "queue": False, "beat": None, "worker": None, "mail": True}
    assert (answer.status_code, answer.json()) == (503, {"status": "unwell"} | parts)


@pytest.mark.django_db
def test_mail_that_does_not_go_is_said_with_how_long_it_has_waited(client, queue, settings):
    """No mail server: each try puts the notice off for longer, and the watch is not put off with it."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    now = timezone.now()
    plan([make_duty(make_contract(), due=(now - timedelta(days=2)).date(), now=now)], now)
    Notice.objects.exclude(pk=Notice.objects.first().pk).delete()
    begun = Notice.objects.get().not_before
    at, tries = begun, 0
    while at < begun + timedelta(hours=3):
        assert timedelta(0) <= (at - begun) - oldest_unsent(at) < timedelta(seconds=30)  # the tries take time
        sweep(at)
        at, tries = Notice.objects.get().waits_until, tries + 1
    assert tries == 8 and not Notice.objects.exclude(sent_at=None).exists()
    assert oldest_unsent(begun - timedelta(hours=1)) < timedelta(minutes=15)
    with time_machine.travel(begun + timedelta(minutes=14), tick=False):
        assert client.get("/health/ready").json()["mail"] is True
    with time_machine.travel(at, tick=False):
        found = client.get("/health/ready")
        assert (found.status_code, found.json()["mail"]) == (200, False)
        assert 180 <= found.json()["oldest_unsent_minutes"] <= (at - begun).total_seconds() // 60
    Notice.objects.update(cancelled_at=at, cancelled_why="gave up: nobody there")
    assert oldest_unsent(at) == timedelta(0)


def test_live_asks_nobody(client):
    answer = client.get("/health/live")
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert client.post("/health/live").status_code == 405


@pytest.mark.django_db
def test_the_admin_has_no_sign_in_of_its_own(client):
    assert client.get("/admin/", follow=True).redirect_chain[-1][0].startswith("/accounts/login/?next=")


@pytest.mark.django_db
def test_nobody_signs_themselves_up(client, django_user_model):
    details = {
        "email": "eve@nowhere.example",
        "password1": "a-long-pass-word-1",
        "password2": "a-long-pass-word-1",
    }
    client.post("/accounts/signup/", details)
    assert not django_user_model.objects.filter(email="eve@nowhere.example").exists()
    assert "csrfmiddlewaretoken" not in client.get("/accounts/signup/").content.decode()
