"""Bodies are limited before they are stored, and slow clients keep nobody waiting: all by real sockets."""

from __future__ import annotations

import re
import secrets
import signal
import socket
import tempfile
import threading
import time
import urllib.request
from contextlib import closing
from io import BytesIO
from pathlib import Path

import pytest
import requests
from django.conf import settings as loaded
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from waitress.task import ThreadedTaskDispatcher

from compliance.serving import bodies, server
from tests.support.web import gunicorn

SESSION = "a-session"
HOST = b"Host: 127.0.0.1\r\n"


def known(session=SESSION, at=None):
    """The two cookies of somebody who has signed in."""
    value = bodies.known_value(session, int(time.time() if at is None else at))
    return f"{loaded.SESSION_COOKIE_NAME}={session}; {bodies.KNOWN}={value}"


def head(length=None, cookies="", path="/", more=""):
    """The head of a POST; chunked where no length is given."""
    body = "Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}"
    return f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookies}\r\n{more}{body}\r\n\r\n".encode()


def chunk(count):
    return b"%x\r\n" % count + b"a" * count + b"\r\n"


def whole(connection):
    """All that comes until the other side ends."""
    parts = []
    while part := connection.recv(65536):
        parts.append(part)
    return b"".join(parts)


def application(environ, start_response):
    """Says how long the body was, or why there is none."""
    refusal = environ.get(bodies.REFUSAL)
    read = len(environ["wsgi.input"].read())
    status = f"{refusal.status} No" if refusal else "200 OK"
    answer = (" ".join(refusal.words) if refusal else str(read)).encode()
    if environ["PATH_INFO"] == "/long":
        answer = b"a" * 40_000_000
    start_response(status, [("Content-Length", str(len(answer)))])
    return [answer]


@pytest.fixture
def spool(tmp_path, monkeypatch):
    """Where bodies are stored; `spool()` is how many bytes are there, in files without a name too."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def stored():
        sizes = 0
        for link in Path("/proc/self/fd").iterdir():
            try:
                if str(link.readlink()).startswith(str(tmp_path)):
                    sizes += link.stat().st_size
            except OSError:
                continue
        return sizes

    return stored


@pytest.fixture
def serve(spool):
    """Our server in a thread, with two threads of its own, around `application`. Gives connections to it."""
    dispatcher = ThreadedTaskDispatcher()
    dispatcher.set_thread_count(2)
    listener = socket.create_server(("127.0.0.1", 0))
    loop = server.Loop(bodies.Guarded(application, time.time), [listener], dispatcher)
    going = threading.Event()

    def run():
        while not going.is_set():
            loop.turn(0.05)

    thread = threading.Thread(target=run)
    thread.start()
    opened = []

    def connect():
        opened.append(socket.create_connection(listener.getsockname(), timeout=10))
        return opened[-1]

    yield connect
    going.set()
    thread.join()
    for each in (*opened, *loop.open.copy().values()):
        each.close()
    dispatcher.shutdown()


def ask(serve, *parts):
    with closing(serve()) as connection:
        for part in parts:
            connection.sendall(part)
        return whole(connection)


STRANGERS = loaded.LARGEST_BODY_OF_STRANGERS


class TestWhatIsTaken:
    def test_a_strangers_form_up_to_the_limit(self, serve):
        said = ask(serve, head(STRANGERS, more="Connection: close\r\n"), b"a" * STRANGERS)
        assert said.startswith(b"HTTP/1.1 200 OK") and said.endswith(b"\r\n\r\n%d" % STRANGERS)

    def test_one_byte_more_is_refused_by_its_head_alone_and_nothing_is_stored(self, serve, spool):
        said = ask(serve, head(STRANGERS + 1))  # not a byte of the body is sent
        assert said.startswith(b"HTTP/1.1 413 ")
        assert b"Before you sign in a form may hold 64 KB." in said and b"Connection: close" in said
        assert spool() == 0

    def test_a_chunked_body_is_refused_where_it_passes_the_limit(self, serve, spool):
        connection = serve()
        connection.sendall(head() + chunk(STRANGERS - 1000))
        time.sleep(0.2)
        held = spool()
        connection.sendall(chunk(1001))
        assert whole(connection).startswith(b"HTTP/1.1 413 ")
        assert held <= STRANGERS and spool() == 0

    def test_who_sends_on_all_the_same_reads_the_answer(self, serve, spool):
        said = ask(serve, head(5_000_000), b"a" * 2_000_000)
        assert said.startswith(b"HTTP/1.1 413 ") and said.endswith(b"Sign in, then send it again.")
        assert spool() == 0

    def test_who_waits_to_be_asked_is_answered_at_once(self, serve):
        said = ask(serve, head(STRANGERS + 1, more="Expect: 100-continue\r\n"))
        assert said.startswith(b"HTTP/1.1 413 ")

    def test_what_follows_a_refused_body_is_no_request(self, serve):
        said = ask(serve, head(STRANGERS + 1) + b"GET /smuggled HTTP/1.1\r\n" + HOST + b"\r\n")
        assert said.count(b"HTTP/1.1 ") == 1

    def test_a_member_sends_a_file(self, serve):
        sent = 3_000_000
        said = ask(serve, head(sent, known(), more="Connection: close\r\n"), b"a" * sent)
        assert said.endswith(b"\r\n\r\n%d" % sent)

    @pytest.mark.parametrize("chunked", [False, True], ids=["its length said", "chunked"])
    def test_a_member_sends_too_much(self, serve, spool, chunked):
        connection = serve()
        most = loaded.LARGEST_BODY
        connection.sendall(head(None if chunked else most + 1, known()))
        if chunked:
            for _ in range(most // 1_000_000):
                connection.sendall(chunk(1_000_000))
            connection.sendall(chunk(most % 1_000_000 + 1))
        said = whole(connection)
        assert (
            said.startswith(b"HTTP/1.1 413 ")
            and b"One form may hold 22 MB in all, and one file 20 MB." in said
        )
        assert spool() == 0

    def test_only_so_many_large_bodies_at_once(self, serve):
        half = [serve() for _ in range(server.LARGE_AT_ONCE)]
        for connection in half:
            connection.sendall(head(3_000_000, known()) + b"a" * 100)
        time.sleep(0.2)
        assert ask(serve, head(3_000_000, known())).startswith(b"HTTP/1.1 503 ")
        assert ask(serve, head(1000, known(), more="Connection: close\r\n"), b"a" * 1000).startswith(
            b"HTTP/1.1 200 "
        )
        half[0].close()
        time.sleep(0.2)
        said = ask(serve, head(3_000_000, known(), more="Connection: close\r\n"), b"a" * 3_000_000)
        assert said.startswith(b"HTTP/1.1 200 ")


NOW = 1_795_000_000
NAME = loaded.SESSION_COOKIE_NAME


@pytest.mark.parametrize(
    ("cookies", "is_known"),
    [
        (known(at=NOW), True),
        (known(at=NOW - loaded.SESSION_COOKIE_AGE), True),
        (known(at=NOW - loaded.SESSION_COOKIE_AGE - 1), False),
        (known(at=NOW + 1), False),
        (known(at=NOW).replace(SESSION, "another"), False),
        (known(at=NOW)[:-1], False),
        (known(at=NOW).partition("; ")[2], False),
        (f"{NAME}={SESSION}; {bodies.KNOWN}=", False),
        (f"{NAME}={SESSION}; {bodies.KNOWN}=\u0661\u0662.aa", False),
        (f"{NAME}=; {bodies.KNOWN}={bodies.known_value('', NOW)}", False),
        ("", False),
        ("\x00;;==", False),
    ],
    ids=[
        "now", "nearly old", "old", "of tomorrow", "of another session", "a byte short", "no session",
        "empty", "other digits", "an empty session", "no cookies", "no cookies at all",
    ],
)  # fmt: skip
def test_who_counts_as_signed_in(cookies, is_known):
    assert bodies.is_known(cookies, NOW) is is_known


class TestTheClockOfSlowClients:
    """Each has its time, and no longer."""

    @pytest.mark.parametrize(
        ("sent", "patience"),
        [
            (b"", "HEAD_SECONDS"),
            (b"GET / HTTP/1.1\r\nHost: 127", "HEAD_SECONDS"),
            (head(2000) + b"a" * 10, "BODY_SECONDS"),
            (head() + chunk(10), "BODY_SECONDS"),
            (b"GET / HTTP/1.1\r\n" + HOST + b"\r\n", "IDLE_SECONDS"),
            (b"GET /long HTTP/1.1\r\n" + HOST + b"\r\n", "READ_SECONDS"),
        ],
        ids=["nothing", "half a head", "half a body", "a chunk", "nothing more", "reads nothing"],
    )
    def test_it_is_ended(self, serve, monkeypatch, sent, patience):
        seconds = {
            "HEAD_SECONDS": 20,
            "BODY_SECONDS": 20,
            "IDLE_SECONDS": 20,
            "READ_SECONDS": 20,
            patience: 0.3,
        }
        for name, value in seconds.items():
            monkeypatch.setattr(server, name, value)
        connection = serve()
        connection.sendall(sent)
        if patience == "READ_SECONDS":
            time.sleep(1.2)
        began = time.monotonic()
        try:
            said = whole(connection)
        except ConnectionResetError:
            said = b""
        assert time.monotonic() - began < 5
        assert len(said) < 40_000_000

    def test_a_body_that_comes_along_has_longer(self, serve, monkeypatch):
        monkeypatch.setattr(server, "BODY_SECONDS", 0.3)
        monkeypatch.setattr(server, "BODY_RATE", 1000)
        connection = serve()
        connection.sendall(head(3000, more="Connection: close\r\n"))
        for _ in range(3):
            connection.sendall(b"a" * 1000)
            time.sleep(0.3)
        assert whole(connection).startswith(b"HTTP/1.1 200 ")


def test_another_server_meets_the_same_limits():
    """One that reads bodies itself, as far as Django asks it to."""
    asked = []

    class Body:
        def read(self, *_):
            asked.append(1)
            return b""

    environ = {"CONTENT_LENGTH": str(STRANGERS + 1), "wsgi.input": Body(), "PATH_INFO": "/"}
    said = bodies.Guarded(application, time.time)(environ, lambda status, _: asked.append(status))
    assert (asked, b"64 KB" in said[0]) == (["413 No"], True)


@pytest.mark.parametrize(
    "header",
    [
        "HTTP_X_FORWARDED_FOR",
        "HTTP_VIA",
        "HTTP_FORWARDED",
        "HTTP_X_FORWARDED_HOST",
        "HTTP_X_FORWARDED_PROTO",
        "HTTP_X_REAL_IP",
    ],
)
def test_a_machine_of_ones_own_takes_nothing_from_a_proxy(settings, header):
    guarded = bodies.Guarded(application, time.time)
    environ = {"wsgi.input": BytesIO(), "PATH_INFO": "/", header: "x"}
    said = []
    guarded(dict(environ), lambda status, _: said.append(status))
    settings.OWN_MACHINE = False
    guarded(dict(environ), lambda status, _: said.append(status))
    assert said == ["400 No", "200 OK"]


@pytest.fixture(scope="module")
def site(test_database, django_db_setup):
    """Duly under gunicorn, as the Procfile has it, with one process. Gives its port and its process."""
    with gunicorn(test_database[0], SECRET_KEY=loaded.SECRET_KEY) as (port, process):
        yield port, process.pid


@pytest.mark.processes
def test_the_page_says_what_the_limit_is_with_the_headers_of_every_page(site):
    port, _ = site
    with closing(socket.create_connection(("127.0.0.1", port), timeout=10)) as connection:
        connection.sendall(
            head(300_000_000, path="/accounts/login/").replace(b"127.0.0.1", b"127.0.0.1:%d" % port)
        )
        said = whole(connection).decode()
    assert said.startswith("HTTP/1.1 413 Request Entity Too Large")
    assert '<h1 class="govuk-heading-l">This is too large</h1>' in said
    assert "Before you sign in a form may hold 64 KB." in said
    for header in (
        "default-src 'none'",
        "X-Frame-Options: DENY",
        "Connection: close",
    ):
        assert header in said


@pytest.mark.processes
def test_fifty_slow_clients_of_every_sort_keep_nobody_waiting(site):
    port, _ = site
    host = b"127.0.0.1:%d" % port
    sorts = [
        b"GET /accounts/login/ HTTP/1.1\r\nHost: ",
        head(2000, path="/accounts/login/").replace(b"127.0.0.1", host) + b"login=a",
        head(path="/accounts/login/").replace(b"127.0.0.1", host) + chunk(5),
        head(20_000_000, known(), path="/accounts/login/").replace(b"127.0.0.1", host) + b"a",
        b"GET /static/duly/duly.css HTTP/1.1\r\nHost: " + host + b"\r\n\r\n",
    ]
    slow = []
    try:
        for number in range(50):
            slow.append(socket.create_connection(("127.0.0.1", port), timeout=10))
            slow[-1].sendall(sorts[number % len(sorts)])
        for _ in range(5):
            began = time.monotonic()
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/accounts/login/", timeout=10) as answer:
                assert answer.status == 200
            assert time.monotonic() - began < 1
    finally:
        for each in slow:
            each.close()


@pytest.mark.processes
def test_a_web_process_that_is_told_to_end_answers_first(site):
    """gunicorn replaces a process that ends; what it was asked before is answered."""
    import psutil

    port, master = site
    (worker,) = psutil.Process(master).children()
    with closing(socket.create_connection(("127.0.0.1", port), timeout=10)) as connection:
        connection.sendall(
            b"GET /accounts/login/ HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: close\r\n\r\n" % port
        )
        time.sleep(0.01)
        worker.send_signal(signal.SIGTERM)
        assert whole(connection).startswith(b"HTTP/1.1 200 OK")
    worker.wait(10)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/live", timeout=10) as answer:
        assert answer.status == 200


@pytest.mark.django_db
def test_who_signs_in_gets_the_cookie_and_who_signs_out_loses_it(client, django_user_model):
    person = django_user_model.objects.create_user(
        "ada@authority.example", "Ada Bell", password=secrets.token_hex()
    )
    client.force_login(person)
    client.get("/")
    session = client.cookies[loaded.SESSION_COOKIE_NAME].value
    given = client.cookies[bodies.KNOWN]
    assert given["httponly"] and given["samesite"] == "Lax"
    assert bodies.is_known(
        f"{loaded.SESSION_COOKIE_NAME}={session}; {bodies.KNOWN}={given.value}", time.time()
    )
    again = client.get("/")
    assert bodies.KNOWN not in again.cookies, "it is not given again for every page"
    assert again["Cache-Control"] == "no-store", "nor kept by the browser, which others may use"
    client.post("/accounts/logout/")
    client.get("/accounts/login/")
    assert client.cookies[bodies.KNOWN].value == ""


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_two_webs_on_one_database_know_the_same_person(site, test_database, django_user_model):
    """The small form of ``script/prove load``: whoever signed in at one web is signed in at the other."""
    person = django_user_model.objects.create_user("ada@authority.example", "Ada Bell")
    person.password = PBKDF2PasswordHasher().encode("quince harbour lantern", "salt", 1000)  # as web has it
    person.save()
    session = requests.Session()
    first, _ = site
    page = session.get(f"http://127.0.0.1:{first}/accounts/login/", timeout=20)
    form = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
    form |= {"login": "ada@authority.example", "password": "quince harbour lantern"}
    said = session.post(f"http://127.0.0.1:{first}/accounts/login/", form, timeout=20)
    assert (said.status_code, said.url) == (200, f"http://127.0.0.1:{first}/")
    with gunicorn(test_database[0], SECRET_KEY=loaded.SECRET_KEY) as (second, _):
        account = session.get(f"http://127.0.0.1:{second}/account", timeout=20)
        assert account.status_code == 200 and "Ada Bell" in account.text
        large = session.post(f"http://127.0.0.1:{second}/account", data=b"a" * 2_000_000, timeout=20)
        assert large.status_code != 413, "and may send a file there"
