"""A web server that hands a request to a thread once all of it is here: waitress, with Duly's limits.

One loop reads and writes all connections, so a slow client holds a socket and never a thread. Waitress does
that; added here are which bodies are taken (bodies.py), how many large ones at once, how long a head, a body
or a reader may take, and an end of the connection that lets the client read why its body was not taken.
"""

from __future__ import annotations

import copy
import time
from functools import partial
from socket import SHUT_WR, socket
from typing import Any

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import TcpWSGIServer, UnixWSGIServer
from waitress.task import ThreadedTaskDispatcher, WSGITask
from waitress.utilities import RequestEntityTooLarge

from compliance.serving import bodies

HEAD_SECONDS = 10.0
"""From the first byte of a request to the end of its head."""
BODY_SECONDS = 30.0
BODY_RATE = 16 * 1024
"""A body has `BODY_SECONDS`, and a second more for every `BODY_RATE` bytes that have come."""
READ_SECONDS = 30.0
"""A client that takes nothing of its answer for so long is given up."""
IDLE_SECONDS = 75.0
"""A connection without a request; longer than proxies keep theirs (60 seconds)."""
LINGER_SECONDS = 5.0
"""How long what still comes of a refused body is thrown away, so that the client reads the answer."""
LARGE = 1024 * 1024
LARGE_AT_ONCE = 8
"""Bodies above `LARGE` bytes that one process holds at once, each in a file of `LARGEST_BODY` at most."""
MOST_CONNECTIONS = 1000


class Request(HTTPRequestParser):
    """A request as it arrives. `refusal` says why its body is not taken; then it has none."""

    refusal: bodies.Refusal | None = None
    is_large = False
    error: Any = None

    def __init__(self, channel: Channel, adj: Any) -> None:
        self.adj: Any
        super().__init__(adj)
        self.channel = channel
        self.began = time.monotonic()

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        if self.body_rcv is None:
            return
        self.adj = copy.copy(self.adj)
        most = bodies.limit(self.headers.get("COOKIE", ""), time.time())
        self.adj.max_request_body_size = most + 1  # waitress refuses a body of this length
        self.is_large = most > LARGE and (self.chunked or self.content_length > LARGE)
        if (
            self.content_length <= most
            and self.is_large
            and self.channel.server.large_bodies() >= LARGE_AT_ONCE
        ):
            self.refusal = bodies.BUSY

    def received(self, data: bytes) -> int:
        consumed: int = super().received(data)
        if isinstance(self.error, RequestEntityTooLarge):
            self.error = None
            self.refusal = bodies.too_large(self.adj.max_request_body_size - 1)
        if self.refusal:
            self.drop_body()
            return len(data)
        return consumed

    def drop_body(self) -> None:
        """Gives back what was stored: the request goes on without a body, and its connection ends with it."""
        self.close()
        self.body_rcv = None
        self.expect_continue = self.is_large = False
        self.headers["CONNECTION"] = "close"
        self.completed = self.headers_finished = self.channel.refused = True

    def is_late(self, now: float) -> bool:
        """Whether a request that is not complete has had its time, at the monotonic second `now`."""
        allowed = HEAD_SECONDS
        if self.headers_finished:
            allowed = BODY_SECONDS + self.body_bytes_received / BODY_RATE
        return now - self.began > allowed


class Task(WSGITask):
    """Tells the application why the body was not taken."""

    def get_environment(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environment()
        if self.request.refusal:
            environ[bodies.REFUSAL] = self.request.refusal
        return environ


class Channel(HTTPChannel):
    """One connection."""

    task_class = Task
    refused = False
    lingers_until = 0.0

    def __init__(self, server: Listener, *rest: Any, **options: Any) -> None:
        self.parser_class = partial(Request, self)
        self.opened = time.monotonic()
        super().__init__(server, *rest, **options)

    def readable(self) -> bool:
        return bool(self.lingers_until or super().readable())

    def writable(self) -> bool:
        return bool(not self.lingers_until and super().writable())

    def handle_read(self) -> None:
        if not self.lingers_until:
            return super().handle_read()
        try:
            self.recv(64 * 1024)  # thrown away; closes where the client has
        except OSError:
            self.handle_close()

    def handle_close(self) -> None:
        """Ends the connection; that of a refused body first in one direction only."""
        if self.refused and not self.lingers_until and self.connected:
            try:
                self.socket.shutdown(SHUT_WR)
            except OSError:
                return super().handle_close()
            self.will_close = False
            self.lingers_until = time.monotonic() + LINGER_SECONDS
            return None
        return super().handle_close()

    def is_late(self, now: float) -> bool:
        """Whether the client has had its time, at the monotonic second `now`."""
        if self.lingers_until:
            return now > self.lingers_until
        silent = time.time() - self.last_activity
        if self.total_outbufs_len:
            return silent > READ_SECONDS
        if self.requests:
            return False  # a thread is at it
        if self.request is not None:
            return bool(self.request.is_late(now))
        return silent > (IDLE_SECONDS if self.last_activity > self.creation_time else HEAD_SECONDS)

    def end(self) -> None:
        self.refused = False
        self.handle_close()


class Listener:
    """What listeners of both kinds have beside what waitress gives them."""

    channel_class = Channel
    active_channels: dict[int, Channel]
    accepting: bool

    def channels(self) -> list[Channel]:
        return list(self.active_channels.values())

    def large_bodies(self) -> int:
        """How many large bodies are arriving or held now."""
        held = [request for channel in self.channels() for request in (channel.request, *channel.requests)]
        return sum(1 for request in held if request is not None and request.is_large)


class OnPort(Listener, TcpWSGIServer):
    """A listener on a port."""


class InFiles(Listener, UnixWSGIServer):
    """A listener on a socket in the file system."""


class Loop:
    """Serves `application` on open `sockets` by the threads of `dispatcher`, as long as somebody turns it."""

    def __init__(
        self, application: bodies.Application, sockets: list[socket], dispatcher: ThreadedTaskDispatcher
    ) -> None:
        adjustments = Adjustments(
            threads=1,  # the dispatcher has its own
            connection_limit=MOST_CONNECTIONS,
            channel_timeout=3600,  # `is_late` is stricter
            max_request_header_size=32 * 1024,
            outbuf_high_watermark=64 * 1024 * 1024,  # a thread waits for a slow reader only beyond it
            clear_untrusted_proxy_headers=False,  # Django's settings say which it believes
            ident=None,
            log_socket_errors=False,
        )
        self.open: dict[int, Any] = {}
        self.listeners: list[Listener] = []
        for each in sockets:
            kind = OnPort if isinstance(each.getsockname(), tuple) else InFiles
            where = (each.family, each.type, each.proto, each.getsockname())
            self.listeners.append(
                kind(application, self.open, True, each, dispatcher, adjustments, where, bind_socket=False)
            )

    def turn(self, seconds: float) -> None:
        """Reads and writes what can be for some seconds, then ends the clients that are late."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            wasyncore.loop(timeout=left, use_poll=True, map=self.open, count=1)
        now = time.monotonic()
        for channel in self.channels():
            if channel.is_late(now):
                channel.end()

    def channels(self) -> list[Channel]:
        return [channel for listener in self.listeners for channel in listener.channels()]

    def take_nothing_new(self) -> None:
        for listener in self.listeners:
            listener.accepting = False

    def working(self) -> bool:
        """Whether an answer is being made or sent."""
        return any(channel.requests or channel.total_outbufs_len for channel in self.channels())
