"""A real SMTP server inside the test, which can refuse people, answer slowly and go away."""

from __future__ import annotations

import email
import email.policy
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from time import sleep
from typing import Any

from aiosmtpd.controller import Controller


class Box:
    """What arrived, in order, and how to behave: ``refuse`` maps an address to the answer it gets."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.refuse: dict[str, str] = {}
        self.data_answer: str | None = None
        self.slowness = 0.0

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if answer := self.refuse.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.data_answer:
            return self.data_answer
        if self.slowness:
            sleep(self.slowness)
        self.messages.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        self.recipients.extend(envelope.rcpt_tos)
        return f"250 OK queued as {len(self.messages)}"

    @property
    def subjects(self) -> list[str]:
        return [str(message["Subject"]).strip() for message in self.messages]

    @property
    def ids(self) -> list[str]:
        return [str(message["Message-ID"]) for message in self.messages]

    def text(self, place: int = 0) -> str:
        body = self.messages[place].get_body(("plain",))
        assert body is not None
        return body.get_content()

    def html(self, place: int = 0) -> str:
        body = self.messages[place].get_body(("html",))
        assert body is not None
        return body.get_content()


class MailServer:
    """A server on a free port: ``start`` and ``stop`` as often as wanted, always on the same port."""

    def __init__(self) -> None:
        self.box = Box()
        self.port = free_port()
        self._controller: Controller | None = None

    def start(self) -> None:
        self._controller = Controller(self.box, hostname="127.0.0.1", port=self.port, ready_timeout=10)
        self._controller.start()

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running() -> Iterator[MailServer]:
    server = MailServer()
    server.start()
    try:
        yield server
    finally:
        server.stop()
