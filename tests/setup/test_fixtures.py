"""The test tools themselves: each must be the real thing."""

from __future__ import annotations

import pytest
from django.core.mail import send_mail


def test_mail_goes_to_a_real_server(mail_server):
    send_mail("Patch due", "By Thursday.", "duly@duly.example", ["ada@authority.example"])
    assert mail_server.box.subjects == ["Patch due"]
    assert mail_server.box.recipients == ["ada@authority.example"]


@pytest.mark.processes
def test_a_real_worker_starts_on_the_tests_database_and_queue(worker):
    worker.send("celery.no_such_task")
    worker.wait_for_line("celery.no_such_task")


def test_a_real_browser_sees_the_live_server(page):
    answer = page.goto("/health/live")
    assert answer.status == 200
    assert '"ok"' in page.content()
    assert "default-src 'none'" in answer.headers["content-security-policy"]
