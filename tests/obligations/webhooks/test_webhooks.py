"""Webhooks against a real HTTPS server: what arrives, what never does, what is tried again and given up."""

from __future__ import annotations

import json
import socket
import ssl
import time
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from django.urls import reverse
from django.utils import timezone
from standardwebhooks.webhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

from contracts.models import LedgerEntry
from contracts.services.errors import Refused
from contracts.services.variations import draft_variation, share_variation
from obligations.models import WebhookDelivery
from obligations.services.notices import delivery
from obligations.services.webhooks import endpoints, posting, sending
from tests.cast import NOON, Cast, patch_released, play
from tests.support.certificate import self_signed
from tests.web.conftest import words
from tests.web.test_kept_from_others import keep

HOST = "hooks.example"
STAGES = ["variation_to_sign", "variation_signed", "raised"]


class Hooks:
    """A server for ``hooks.example``: what came, and how it answers."""

    def __init__(self) -> None:
        self.came: list[tuple[str, dict[str, str], bytes]] = []
        self.status, self.headers, self.body = 204, {}, b""
        self.pieces, self.slowly = 0, 0.0
        self.written = 0

    def answer(self, to: BaseHTTPRequestHandler) -> None:
        body = to.rfile.read(int(to.headers["Content-Length"]))
        self.came.append((to.path, dict(to.headers.items()), body))
        to.send_response(self.status)
        for name, value in self.headers.items():
            to.send_header(name, value)
        to.end_headers()
        to.wfile.write(self.body)
        for _ in range(self.pieces):
            try:
                to.wfile.write(b"x" * (1 if self.slowly else 1024 * 1024))
            except OSError:
                return
            self.written += 1
            time.sleep(self.slowly)


@pytest.fixture
def hooks(tmp_path, monkeypatch, settings) -> Iterator[Hooks]:
    """Reached by its name, whose certificate is believed; it is inside, which is allowed here."""
    found, (certificate, key) = Hooks(), self_signed(HOST, tmp_path)
    handler = type("Handler", (BaseHTTPRequestHandler,), {
        "do_POST": lambda self: found.answer(self), "log_message": lambda *_: None,
    })  # fmt: skip
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    resolve(monkeypatch, "127.0.0.1")
    settings.WEBHOOKS_INSIDE = True
    found.url = f"https://{HOST}:{server.server_port}/rooms/7?key=a%20b"
    yield found
    server.shutdown()
    server.server_close()


def resolve(monkeypatch, *addresses: str, calls: list[str] | None = None) -> None:
    """The name of the server leads to these addresses."""
    asked = socket.getaddrinfo

    def found(host, port, *args, **kwargs):
        if host not in (HOST, "rebound.example"):
            return asked(host, port, *args, **kwargs)
        if calls is not None:
            calls.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", found)


@pytest.fixture
def cast(db) -> Cast:
    return play()


def made(cast: Cast, hooks: Hooks, **fields) -> endpoints.Made:
    given = {"kind": "json", "url": hooks.url, "stages": STAGES} | fields
    return endpoints.make(cast.contract, cast.as_("mina"), NOON, **given)


def shared(cast: Cast, number: str = "001"):
    variation = draft_variation(
        cast.contract, cast.as_("priya"), NOON, number=number, title="Zebra words",
        effects=[("main/8", "not_used", "")],
    )  # fmt: skip
    return share_variation(variation, cast.as_("priya"), NOON)


def test_what_arrives_verifies_with_the_published_library_and_holds_no_content(cast, hooks):
    webhook, secret = made(cast, hooks)
    variation = shared(cast)
    now = timezone.now()
    assert sending.sweep(now) == sending.Sent(sent=1)
    (path, headers, body), row = hooks.came[0], WebhookDelivery.objects.get()
    assert (path, headers["Host"].partition(":")[0]) == ("/rooms/7?key=a%20b", HOST)
    assert Verifier(secret).verify(body, headers) == {
        "type": "duly.variation_to_sign",
        "timestamp": "2026-03-17T12:00:00+00:00",
        "data": {
            "stage": "variation_to_sign", "label": "Variation to sign", "contract": "WF-2026-014",
            "about": f"variation {variation.pk}", "citation": "", "day": "2026-03-17",
            "link": "http://127.0.0.1:8000" + reverse("variation", args=[cast.contract.pk, variation.pk]),
        },
    }  # fmt: skip
    assert b"Zebra" not in body and headers["webhook-id"] == f"msg_{row.pk}"
    with pytest.raises(WebhookVerificationError):
        Verifier(secret).verify(body.replace(b"014", b"015"), headers)
    assert (row.answer, row.sent_at >= now, row.webhook) == ("204", True, webhook)
    assert sending.sweep(now) == sending.Sent() and len(hooks.came) == 1
    assert secret not in webhook.sealed_secret and "rooms" not in webhook.sealed_url


def test_what_is_told_by_its_date_goes_once_a_day_however_many_people_are_told(cast, hooks, mail_server):
    made(cast, hooks, kind="text", stages=["overdue"])
    duty = patch_released(cast)
    delivery.sweep(timezone.now())
    entries = LedgerEntry.objects.filter(verb="notices_sent")
    told = [one["duty"] for entry in entries for one in entry.payload["notices"] if one["stage"] == "overdue"]
    assert duty.pk in told and len(told) > len(set(told)) > 1
    sending.sweep(timezone.now())
    texts = [json.loads(body)["text"] for _, _, body in hooks.came]
    assert len(texts) == len(set(texts)) == len(set(told))
    link = reverse("duty", args=[cast.contract.pk, duty.pk])
    said = f"WF-2026-014: Overdue: {duty.obligation.paragraph.citation}\nhttp://127.0.0.1:8000{link}"
    assert said in texts


def test_what_is_kept_to_a_list_is_never_sent(cast, hooks):
    from obligations import subjects

    made(cast, hooks, stages=list(subjects.stages()))
    keep(cast)
    assert not WebhookDelivery.objects.exists()
    shared(cast)  # and what came to be kept after it was written
    entry = WebhookDelivery.objects.get().entry
    kept = LedgerEntry.objects.exclude(kept_to="").first()
    WebhookDelivery.objects.update(entry=kept)
    sending.sweep(timezone.now())
    row = WebhookDelivery.objects.get()
    assert (hooks.came, row.answer, bool(row.given_up_at)) == ([], sending.KEPT, True) and entry != kept


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1",
        "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fd00::1", "::ffff:10.0.0.1",
        "::ffff:127.0.0.1", "64:ff9b::a00:1", "2002:a00:1::1", "ff02::1",
    ],
)  # fmt: skip
def test_addresses_inside(address):
    assert not posting.is_outside(address)


def test_an_address_that_leads_inside_is_refused_when_typed_and_when_asked(
    cast, hooks, settings, monkeypatch
):
    assert posting.is_outside("93.184.216.34") and posting.is_outside("2606:2800:220:1::1")
    webhook, _ = made(cast, hooks)
    settings.WEBHOOKS_INSIDE = False
    with pytest.raises(Refused, match="leads to a private network"):
        made(cast, hooks)
    with pytest.raises(Refused, match="leads to a private network"):
        made(cast, hooks, url="https://[::ffff:169.254.169.254]/latest")
    for url, why in (
        ("http://hooks.example/", "https://"), ("file:///etc/passwd", "not an address"),
        ("https://me:pw@hooks.example/", "password"), ("https://hooks.example:99999/", "not an address"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=why):
            made(cast, hooks, url=url)
    calls: list[str] = []
    resolve(monkeypatch, "93.184.216.34", "10.0.0.9", calls=calls)  # one of two is enough
    endpoints.send_test(webhook, NOON)
    assert sending.sweep(timezone.now()).failed == 1
    row = WebhookDelivery.objects.get()
    assert (row.answer, calls, hooks.came) == (f"{HOST} leads to a private network", [HOST], [])


def test_another_hosts_certificate_is_not_accepted(hooks):
    with pytest.raises(posting.NotSent, match="certificate was not accepted"):
        posting.post(hooks.url.replace(HOST, "rebound.example"), b"{}", {})
    assert hooks.came == []


def test_a_redirect_is_not_followed_and_a_gigabyte_not_read(hooks):
    hooks.status, hooks.headers = 302, {"Location": hooks.url}
    answer = posting.post(hooks.url, b"{}", {})
    assert (answer.status, answer.is_taken, len(hooks.came)) == (302, False, 1)
    hooks.status, hooks.headers, hooks.pieces = 200, {"Content-Length": str(2**30)}, 1024
    answer = posting.post(hooks.url, b"{}", {})
    assert answer.is_taken and len(answer.begins) == posting.MOST_SHOWN
    time.sleep(0.1)
    assert hooks.written < 20


@pytest.mark.parametrize("before", [b"", b"x" * 10])
def test_a_slow_answer_ends_in_time(hooks, before):
    hooks.status, hooks.body, hooks.pieces, hooks.slowly = 200, before, 1000, 0.05
    began = time.monotonic()
    try:
        assert posting.post(hooks.url, b"{}", {}, seconds=0.4).is_taken
    except posting.NotSent as failed:
        assert str(failed) == "it did not answer within 0.4 seconds"
    assert time.monotonic() - began < 0.8


def test_it_is_tried_eight_times_given_up_and_sent_again(cast, hooks, caplog):
    webhook, _ = made(cast, hooks)
    shared(cast)
    hooks.status, hooks.body = 500, b"out of \x00order"
    now, tries = timezone.now(), []
    while not (row := WebhookDelivery.objects.get()).given_up_at:
        tries.append(now)
        assert sending.sweep(now) == sending.Sent(failed=1)
        assert sending.sweep(now) == sending.Sent()  # it waits
        now = max(WebhookDelivery.objects.get().not_before, now + timedelta(seconds=1))
    gaps = [round((b - a) / timedelta(minutes=1)) for a, b in zip(tries, tries[1:], strict=False)]
    assert (len(tries), gaps) == (8, [1, 5, 15, 60, 180, 360, 720])
    assert row.answer == "500 out of order" and "was given up" in caplog.text
    assert len({headers["webhook-id"] for _, headers, _ in hooks.came}) == 1
    hooks.status, hooks.body = 200, b""
    endpoints.send_again(row, now)
    with pytest.raises(Refused, match="on its way already"):
        endpoints.send_again(row, now)
    assert sending.sweep(now) == sending.Sent(sent=1)
    endpoints.end(webhook, cast.as_("mina"), NOON)
    with pytest.raises(Refused, match="was stopped"):
        endpoints.send_again(WebhookDelivery.objects.select_related("webhook").get(), now)


def test_one_that_does_not_answer_holds_up_its_own_alone_and_a_dead_worker_nobody(cast, hooks, settings):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        silent, _ = made(cast, hooks, url=f"https://{HOST}:{closed.getsockname()[1]}/")
        made(cast, hooks)
        shared(cast)
        shared(cast, "002")
        now = timezone.now()
        assert len(sending._claim(now)) == 4  # by a worker that dies
        assert sending.sweep(now) == sending.Sent()
        later = now + timedelta(seconds=settings.NOTICE_LEASE_SECONDS)
        assert sending.sweep(later) == sending.Sent(sent=2, failed=1)
    rows = silent.deliveries.order_by("pk")
    assert [one.attempts for one in rows] == [1, 0] and "could not be reached" in rows[0].answer
    assert all(one.not_before > later and one.claimed_at is None for one in rows)


def test_what_is_taken_back_is_told_to_nobody_and_listening_costs_one_query(cast, hooks):
    from django.db import connection, transaction
    from django.test.utils import CaptureQueriesContext

    made(cast, hooks)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        shared(cast)
        raise ZeroDivisionError
    assert not WebhookDelivery.objects.exists()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        shared(cast)
    about = [one["sql"] for one in asked if "obligations_webhook" in one["sql"]]
    assert len(about) == 2, about


def test_who_manages_sets_one_up_tests_it_and_stops_it(cast, hooks, browse):
    mina, page = browse(cast.mina), reverse("webhooks", args=[cast.contract.pk])
    assert "There is none." in words(mina.get(page))
    form = mina.get(reverse("new_webhook", args=[cast.contract.pk]))
    token = form.context["form"]["token"].value()
    given = {"kind": "json", "url": hooks.url, "stages": ["raised"], "token": token}
    shown = mina.post(reverse("new_webhook", args=[cast.contract.pk]), given)
    webhook = cast.contract.webhooks.get()
    assert "whsec_" in words(shown) and "no-store" in shown.headers["Cache-Control"]
    listed = words(mina.get(page))
    assert HOST in listed and "whsec_" not in listed and "rooms" not in listed
    mina.post(reverse("test_webhook", args=[cast.contract.pk, webhook.pk]))
    again = mina.post(reverse("test_webhook", args=[cast.contract.pk, webhook.pk]), follow=True)
    assert "A test is on its way already." in words(again)
    sending.sweep(timezone.now())
    assert json.loads(hooks.came[0][2])["type"] == "duly.test"
    assert "Test" in words(mina.get(page)) and "Answer: 204" in words(mina.get(page))
    ended = mina.post(reverse("end_webhook", args=[cast.contract.pk, webhook.pk]), follow=True)
    assert f"Nothing is sent to {HOST} any more." in words(ended)
    told = words(mina.get(reverse("ledger", args=[cast.contract.pk])))
    assert f"Set up a webhook to {HOST}, told of 1 kind of news" in told
    assert f"Stopped the webhook to {HOST}" in told
    patch_released(cast)
    assert not webhook.deliveries.filter(stage="raised").exists()
