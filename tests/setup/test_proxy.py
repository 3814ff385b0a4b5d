"""The proxy of docker-compose.yml before Duly, with the settings of real use: a real nginx, over https."""

from __future__ import annotations

import http.client
import os
import re
import secrets
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from contextlib import closing

import pytest
from django.conf import settings as loaded

from compliance import places
from tests.support.certificate import self_signed
from tests.support.mailserver import free_port
from tests.support.web import gunicorn

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(not shutil.which("nginx"), reason="nginx is not installed here"),
]
NAME = "duly.example"
CHUNK = b"2710\r\n" + b"a" * 10000 + b"\r\n"
TOKEN = secrets.token_urlsafe(32)


@pytest.fixture(scope="module")
def site(test_database, django_db_setup, redis_url, tmp_path_factory):
    """(the port of https, that of http, the port of web behind them, the settings of web)."""
    folder = tmp_path_factory.mktemp("proxy")
    secure, plain = free_port(), free_port()
    settings = {
        "SITE_URL": f"https://{NAME}", "BEHIND_PROXY": "1", "SECRET_KEY": loaded.SECRET_KEY,
        "SEAL_KEY": loaded.SEAL_KEY,
        "EMAIL_URL": "smtp+tls://user:word@mail.example:587", "REDIS_URL": redis_url, "METRICS_TOKEN": TOKEN,
    }  # fmt: skip
    with gunicorn(test_database[0], **settings) as (web, _):
        certificate, key = self_signed(NAME, folder)
        text = (places.ROOT / "docker" / "nginx.conf").read_text()
        for was, becomes in {
            "/tmp/": f"{folder}/", "web:8000": f"127.0.0.1:{web}",
            "listen 8443": f"listen 127.0.0.1:{secure}", "listen 8080": f"listen 127.0.0.1:{plain}",
            "/run/secrets/tls_certificate;": f"{certificate};", "/run/secrets/tls_key;": f"{key};",
        }.items():  # fmt: skip
            assert was in text, was
            text = text.replace(was, becomes)
        text = re.sub(r"listen \[::\].*\n", "", text)
        (folder / "nginx.conf").write_text(text)
        command = ["nginx", "-p", str(folder), "-e", "stderr", "-c", str(folder / "nginx.conf")]
        checked = subprocess.run([*command, "-t"], capture_output=True, text=True)
        assert checked.returncode == 0, checked.stderr
        stay = "daemon off;" + (" user root;" if os.geteuid() == 0 else "")  # it reads the tests' folder
        nginx = subprocess.Popen([*command, "-g", stay])
        try:
            wait_for(secure, nginx)
            yield secure, plain, web, settings
        finally:
            nginx.send_signal(signal.SIGTERM)
            nginx.wait(10)


def wait_for(port, process):
    until = time.monotonic() + 20
    while True:
        assert time.monotonic() < until and process.poll() is None
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)


def connect(port):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    plain = socket.create_connection(("127.0.0.1", port), timeout=20)
    return context.wrap_socket(plain, server_hostname=NAME)


def ask(port, line, *lines, body=b""):
    """What comes back for a request of these lines and this body."""
    head = "\r\n".join([f"{line} HTTP/1.1", f"Host: {NAME}", "Connection: close", *lines, "", ""])
    parts = []
    with closing(connect(port)) as connection:
        connection.sendall(head.encode() + body)
        try:
            while part := connection.recv(65536):
                parts.append(part)
        except (ssl.SSLEOFError, ConnectionResetError):
            pass
    return b"".join(parts).decode()


def test_pages_come_with_all_their_headers_and_http_leads_to_https(site):
    secure, plain, _, _ = site
    said = ask(secure, "GET /accounts/login/", "X-Request-ID: mine-mine-mine")
    assert said.startswith("HTTP/1.1 200 OK")
    for header in (
        "Strict-Transport-Security: max-age=31536000; includeSubDomains",
        "X-Frame-Options: DENY",
        "X-Content-Type-Options: nosniff",
        "Referrer-Policy: same-origin",
        "Cross-Origin-Opener-Policy: same-origin",
    ):
        assert header in said
    assert re.search(r"X-Request-Id: [0-9a-f]{32}\r\n", said), "nginx's own"
    assert re.search(r"Set-Cookie: csrftoken=[^\r]*; Secure", said)
    connection = http.client.HTTPConnection("127.0.0.1", plain, timeout=10)
    connection.request("GET", "/contracts/7", headers={"Host": NAME})
    answer = connection.getresponse()
    assert (answer.status, answer.headers["Location"]) == (301, f"https://{NAME}/contracts/7")
    connection.close()


def test_figures_are_not_for_outside_and_web_itself_gives_them(site):
    secure, _, web, _ = site
    assert ask(secure, "GET /metrics", f"Authorization: Bearer {TOKEN}").startswith("HTTP/1.1 404 ")
    inside = http.client.HTTPConnection("127.0.0.1", web, timeout=10)
    headers = {"Host": NAME, "X-Forwarded-Proto": "https", "Authorization": f"Bearer {TOKEN}"}
    inside.request("GET", "/metrics", headers=headers)
    assert inside.getresponse().status == 200
    inside.close()


@pytest.mark.parametrize(
    ("said", "body"),
    [("Content-Length: 300000000", b"a" * 1000), ("Transfer-Encoding: chunked", CHUNK * 9)],
    ids=["its length said", "chunked"],
)
def test_a_body_that_is_too_large_is_refused_with_a_page(site, said, body):
    answer = ask(site[0], "POST /accounts/login/", said, body=body)
    assert answer.startswith("HTTP/1.1 413 ")
    assert "Before you sign in a form may hold 64 KB." in answer


def test_slow_clients_keep_nobody_waiting(site):
    secure = site[0]
    host = b"Host: duly.example\r\n"
    sorts = [
        b"GET / HTTP/1.1\r\nHost: ",
        b"POST /accounts/login/ HTTP/1.1\r\n" + host + b"Content-Length: 2000\r\n\r\nlogin=a",
        b"POST /accounts/login/ HTTP/1.1\r\n" + host + b"Transfer-Encoding: chunked\r\n\r\n5\r\nlogin\r\n",
        b"GET /static/govuk/govuk-frontend.min.css HTTP/1.1\r\n" + host + b"\r\n",
    ]
    slow = []
    try:
        for number in range(50):
            slow.append(connect(secure))
            slow[-1].sendall(sorts[number % len(sorts)])
        for _ in range(3):
            began = time.monotonic()
            assert ask(secure, "GET /accounts/login/").startswith("HTTP/1.1 200 OK")
            assert time.monotonic() - began < 1
    finally:
        for each in slow:
            each.close()


def test_the_probe_of_the_container_finds_web_well(site):
    _, _, web, settings = site

    def probe(port):
        return subprocess.run(
            [sys.executable, "-m", "compliance.serving.probe"],
            cwd=places.ROOT,
            capture_output=True,
            text=True,
            env={"SITE_URL": settings["SITE_URL"], "PORT": str(port)},
        )

    done = probe(web)
    assert (done.returncode, '"database": true' in done.stdout) == (0, True), done
    done = probe(1)
    assert done.returncode == 1 and "refused" in done.stderr
