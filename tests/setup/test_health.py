"""What a watching machine is told, and what a stranger is."""

from __future__ import annotations

import pytest


@pytest.mark.django_db
def test_ready_is_well_where_database_and_queue_answer(client, settings, redis_url):
    settings.REDIS_URL = redis_url
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "database": True, "queue": True})


@pytest.mark.django_db
def test_ready_says_which_part_is_unwell(client, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()) == (
        503,
        {"status": "unwell", "database": True, "queue": False},
    )


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
