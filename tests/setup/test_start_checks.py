"""Away from a machine of one's own Duly does not start with what is unsafe, and says so in one line each."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings as loaded
from django.core.exceptions import ImproperlyConfigured

from compliance import places, secret_files, start_checks
from contracts import sealing_key
from tests.support.mailserver import free_port

SOUND = {
    "LOCAL": False,
    "OWN_MACHINE": False,
    "SITE_URL_IS_SET": True,
    "HOST": "0.0.0.0",
    "SECRET_KEY": secrets.token_urlsafe(48),
    "SEAL_KEY": sealing_key.made(),
    "DEBUG": False,
    "ALLOWED_HOSTS": ["duly.example"],
    "EMAIL_URL_IS_SET": True,
    "EMAIL_BACKEND": start_checks.LEAVES_THIS_MACHINE,
    "EMAIL_PORT": 587,
    "METRICS_TOKEN": "",
}


@pytest.fixture
def sound():
    """The settings of a service that is in order."""
    database = {"USER": "duly_app", "PASSWORD": "quince-harbour-lantern"}
    return SimpleNamespace(**SOUND, MAIL_CATCHER_PORT=8025, DATABASES={"default": database})


def said(settings):
    return [fault for check in start_checks.SETTINGS if (fault := check(settings))]


def test_a_service_in_order_starts(sound):
    assert said(sound) == []


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"EMAIL_URL_IS_SET": False}, "EMAIL_URL is not set"),
        (
            {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"},
            "EMAIL_URL names no mail server",
        ),
        ({"EMAIL_PORT": 8025}, "EMAIL_URL is the demo's mail catcher (port 8025)"),
        ({"SECRET_KEY": "x"}, "SECRET_KEY is too weak"),
        ({"SECRET_KEY": "ab" * 40}, "SECRET_KEY is too weak"),
        ({"SECRET_KEY": secrets.token_hex(24)}, "SECRET_KEY is too weak"),
        ({"SEAL_KEY": ""}, "SEAL_KEY is not set, so nothing on the record could be sealed"),
        ({"SEAL_KEY": "/no/such/key"}, "SEAL_KEY cannot be used: it is neither 32 bytes in base64"),
        ({"METRICS_TOKEN": "let me in"}, "METRICS_TOKEN is too weak"),
        ({"DEBUG": True}, "DEBUG is on"),
        ({"ALLOWED_HOSTS": ["duly.example", "*"]}, "ALLOWED_HOSTS has '*'"),
        ({"ALLOWED_HOSTS": [".duly.example"]}, "ALLOWED_HOSTS has '.duly.example'"),
        ({"LOCAL": True, "SITE_URL_IS_SET": False}, "SITE_URL is not set, and HOST=0.0.0.0 lets others in"),
    ],
)
def test_each_unsafe_setting_is_one_line(sound, changed, fault):
    for name, value in changed.items():
        setattr(sound, name, value)
    assert [line[: len(fault)] for line in said(sound)] == [fault]
    assert "\n" not in said(sound)[0]


@pytest.mark.parametrize("password", ["duly-app", "postgres", "duly_app"])
def test_a_password_that_everybody_knows_is_one_line(sound, password):
    sound.DATABASES = {"default": {"USER": "duly_app", "PASSWORD": password}}
    assert ["a password that everybody knows" in line for line in said(sound)] == [True]


def test_a_machine_of_ones_own_needs_none_of_it(sound):
    sound.LOCAL = sound.OWN_MACHINE = sound.DEBUG = True
    sound.SECRET_KEY, sound.EMAIL_URL_IS_SET = "x", False
    assert said(sound) == []


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("[::1]", True), ("localhost", True),
        ("0.0.0.0", False), ("::", False), ("10.0.0.7", False), ("duly", False), ("", False),
    ],
)  # fmt: skip
def test_what_only_this_machine_reaches(host, local):
    assert start_checks.is_loopback(host) is local


def test_the_settings_of_the_tests_are_those_of_a_machine_of_ones_own():
    assert loaded.OWN_MACHINE


def environment(**given):
    return {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "DULY_VAR": str(places.VAR),
        "DATABASE_URL": "postgres://duly_app:duly-app@127.0.0.1:1/duly", "REDIS_URL": "redis://127.0.0.1:1/0",
        "SITE_URL": "https://duly.example", "HOST": "0.0.0.0", "PORT": str(free_port()),
        "SECRET_KEY": "x", "DEBUG": "1", **given,
    }  # fmt: skip


WEB = ["gunicorn", "compliance.wsgi"]
WORKER = ["celery", "--quiet", "--app", "compliance.celery", "worker", "--concurrency", "1"]
BEAT = ["celery", "--quiet", "--app", "compliance.celery", "beat", "--pidfile="]


def run(command, **given):
    """What a process says that ought to end by itself."""
    process = subprocess.Popen(
        command, cwd=places.ROOT, env=environment(**given), text=True, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        return process.communicate(timeout=30)[0], process.returncode
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise AssertionError(f"it runs: {process.communicate()[0]}") from None


@pytest.mark.processes
@pytest.mark.parametrize("command", [WEB, WORKER, BEAT], ids=["web", "worker", "beat"])
def test_no_process_starts_and_each_fault_is_one_line(command):
    said, status = run(command)
    lines = [line for line in said.splitlines() if "start" in line]
    faults = (
        "SECRET_KEY is too weak", "SEAL_KEY is not set", "DEBUG is on", "DATABASE_URL has a password",
        "EMAIL_URL is not set",
    )  # fmt: skip
    assert status == start_checks.REFUSED, said
    assert len(lines) == len(faults)
    for fault in faults:
        assert any(line.startswith(f"Duly does not start: {fault}") for line in lines), said
    assert "Traceback" not in said


@pytest.mark.processes
@pytest.mark.parametrize("command", [WEB, WORKER], ids=["web", "worker"])
def test_settings_that_cannot_be_read_are_one_line_too(command):
    said, status = run(command, SECRET_KEY="")
    assert (status, said) == (
        start_checks.REFUSED,
        "Duly does not start: SECRET_KEY is not set: give it a long random value and keep it secret\n",
    )


@pytest.mark.processes
def test_a_database_that_does_not_answer_is_one_line_and_may_be_tried_again():
    local = {"SITE_URL": "", "HOST": "", "SECRET_KEY": "", "DEBUG": "0"}
    said, status = run(WEB, **local)
    assert status == start_checks.TRY_AGAIN
    assert said.count("\n") == 1 and said.startswith("Duly does not start: the database does not answer: ")


@pytest.mark.parametrize(
    ("address", "refused"),
    [
        (("127.0.0.1", 8000), False),
        ("/run/duly.sock", False),
        (("0.0.0.0", 8000), True),
        (("::", 8000, 0, 0), True),
    ],
)
def test_a_machine_of_ones_own_listens_to_itself_only(sound, address, refused):
    sound.OWN_MACHINE = True
    assert bool(start_checks.wrong_listener(sound, address)) is refused
    sound.OWN_MACHINE = False
    assert start_checks.wrong_listener(sound, address) is None


@pytest.mark.parametrize(
    ("given", "demo"),
    [
        ({}, "True True"),
        ({"HOST": "0.0.0.0"}, "False False"),
        ({"BEHIND_PROXY": "1"}, "False False"),
        ({"SITE_URL": "https://duly.example"}, "False False"),
        ({"DEMO": "0"}, "False True"),
    ],
    ids=["alone", "listens to others", "behind a proxy", "another address", "not wanted"],
)  # fmt: skip
def test_the_demo_and_its_mail_are_only_on_a_machine_of_ones_own(given, demo):
    base = {"SITE_URL": "", "HOST": "", "SECRET_KEY": secrets.token_urlsafe(48), "DEMO": "1"}
    code = "from compliance import settings as s; print(s.DEMO, s.CATCHES_MAIL)"
    said, _ = run([sys.executable, "-c", code], **{**base, **given})
    assert said == f"{demo}\n"


class TestSecretsInFiles:
    def test_a_file_says_what_the_name_would(self, tmp_path):
        (tmp_path / "key").write_text("  a-key\n")
        environment = {"SECRET_KEY_FILE": str(tmp_path / "key"), "OTHER_FILE": "stays"}
        secret_files.read_into(environment)
        assert environment == {"SECRET_KEY": "a-key", "OTHER_FILE": "stays"}

    @pytest.mark.parametrize(
        ("content", "beside", "fault"),
        [
            (None, {}, "SECRET_KEY_FILE is .*, which cannot be read: No such file or directory"),
            (b" \n", {}, "SECRET_KEY_FILE is .*, which is empty"),
            (b"\xff", {}, "SECRET_KEY_FILE is .*, which cannot be read: it is no text"),
            (b"a-key", {"SECRET_KEY": "x"}, "SECRET_KEY and SECRET_KEY_FILE are both set"),
        ],
        ids=["not there", "empty", "no text", "both"],
    )
    def test_what_is_wrong_with_it_is_said(self, tmp_path, content, beside, fault):
        if content is not None:
            (tmp_path / "key").write_bytes(content)
        with pytest.raises(ImproperlyConfigured, match=fault):
            secret_files.read_into({"SECRET_KEY_FILE": str(tmp_path / "key"), **beside})

    @pytest.mark.processes
    def test_a_start_without_the_file_is_one_line(self):
        said, status = run(WEB, SECRET_KEY="", SECRET_KEY_FILE="/no/such/file")
        assert (status, said.count("\n")) == (start_checks.REFUSED, 1)
        assert said.startswith("Duly does not start: SECRET_KEY_FILE is /no/such/file, which cannot be read")
