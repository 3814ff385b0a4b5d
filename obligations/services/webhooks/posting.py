"""Asking an address that people typed, so that it reaches nothing inside and holds nobody up.

The host is looked up once. Every address that it has must be one of the open internet, and one of those is
connected to; the certificate is still held against the host's name. No redirect is followed, 64 kB of an
answer are read, and all of it ends after ten seconds. ``WEBHOOKS_INSIDE`` allows private addresses and http.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from threading import Thread
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.response import BaseHTTPResponse

IN_ALL = 10.0
"""Seconds for all of it: looking up, connecting, sending and reading."""

MOST_READ = 64 * 1024
MOST_SHOWN = 150
"""Characters of an answer that are kept."""


class NotSent(Exception):
    """Nothing was answered; says why in words."""


class BadAddress(NotSent):
    """An address that is not asked; says why in words."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The status, and the beginning of the answer as one line of text."""

    status: int
    begins: str

    @property
    def is_taken(self) -> bool:
        return 200 <= self.status < 300


def parts_of(url: str) -> SplitResult:
    """The parts of an address that may be asked by its looks. Raises BadAddress."""
    try:
        parts = urlsplit(url)
        (parts.hostname or "").encode("idna")  # ValueError here, or for the port, where they are none
        is_one = bool(parts.hostname) and parts.port != 0 and url.isascii() and url.isprintable()
    except ValueError:
        is_one = False
    if not is_one or " " in url:
        raise BadAddress("it is not an address of the web")
    if parts.scheme != "https" and not (parts.scheme == "http" and settings.WEBHOOKS_INSIDE):
        raise BadAddress("it does not begin with https://")
    if "@" in parts.netloc:
        raise BadAddress("it holds a user name or a password")
    return parts


def is_outside(address: str) -> bool:
    """Whether an IP address is one of the open internet, also where it wraps one of IPv4."""
    one = ip_address(address.partition("%")[0])
    if isinstance(one, IPv6Address):
        if one.ipv4_mapped is not None:
            return is_outside(str(one.ipv4_mapped))
        if one.sixtofour is not None or one.teredo is not None:
            return False
    return one.is_global and not one.is_multicast and not one.is_reserved


def addresses_of(parts: SplitResult) -> list[tuple[str, int]]:
    """The IP addresses and the port of a host. Raises BadAddress where one is inside, NotSent for no host."""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotSent(f"{parts.hostname} was not found") from None
    addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
    if not settings.WEBHOOKS_INSIDE and not all(is_outside(one) for one in addresses):
        raise BadAddress(f"{parts.hostname} leads to a private network")
    return [(one, port) for one in addresses]


def post(url: str, body: bytes, headers: Mapping[str, str], *, seconds: float = IN_ALL) -> Answer:
    """Send it, and give the answer, whatever its status. Raises NotSent, BadAddress."""
    asking = _Asking(url, body, headers, time.monotonic() + seconds)
    thread = Thread(target=asking.run, daemon=True)
    thread.start()
    thread.join(seconds)
    if asking.answer is not None:
        return asking.answer
    if thread.is_alive():
        asking.stop()
        raise NotSent(f"it did not answer within {seconds:g} seconds")
    raise asking.failed or NotSent("it did not answer")


class _Asking:
    """One request, in a thread of its own: a host that is not found and a byte a second end it no sooner."""

    def __init__(self, url: str, body: bytes, headers: Mapping[str, str], until: float) -> None:
        self._url, self._body, self._headers, self._until = url, body, headers, until
        self._connection: HTTPConnection | None = None
        self.answer: Answer | None = None
        self.failed: NotSent | None = None

    def run(self) -> None:
        try:
            self.answer = self._asked()
        except NotSent as error:
            self.failed = error
        except ssl.SSLError as error:
            self.failed = NotSent(f"its certificate was not accepted: {error.reason or error}")
        except Exception as error:
            self.failed = NotSent(f"it could not be asked ({type(error).__name__})")
        finally:
            if self._connection is not None:
                self._connection.close()

    def stop(self) -> None:
        """Ends what still waits for the other side."""
        if self._connection is not None and self._connection.sock is not None:
            with suppress(OSError):
                self._connection.sock.shutdown(socket.SHUT_RDWR)

    def _asked(self) -> Answer:
        parts = parts_of(self._url)
        self._connection = connection = self._connected(parts)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = {"Host": parts.netloc, "Accept-Encoding": "identity", **self._headers}
        connection.request("POST", target, body=self._body, headers=headers, preload_content=False)
        answer = connection.getresponse()
        return Answer(answer.status, self._begins(answer))

    def _connected(self, parts: SplitResult) -> HTTPConnection:
        failed: Exception = NotSent(f"{parts.hostname} was not found")
        for address, port in addresses_of(parts):
            connection = self._to(parts, address, port)
            try:
                connection.connect()
            except ssl.SSLError:
                raise
            except Exception as error:
                connection.close()
                failed = NotSent(f"{parts.hostname} could not be reached ({type(error).__name__})")
            else:
                return connection
        raise failed

    def _to(self, parts: SplitResult, address: str, port: int) -> HTTPConnection:
        left = max(self._until - time.monotonic(), 0.1)
        if parts.scheme == "http":
            return HTTPConnection(address, port, timeout=left)
        context = ssl.create_default_context()
        return HTTPSConnection(
            address, port, timeout=left, server_hostname=parts.hostname, ssl_context=context
        )

    def _begins(self, answer: BaseHTTPResponse) -> str:
        read = b""
        while len(read) < MOST_READ and time.monotonic() < self._until:
            piece = answer.read1(MOST_READ - len(read), decode_content=False)
            if not piece:
                break
            read += piece
        text = " ".join(read.decode(errors="replace").split())
        return "".join(one for one in text if one.isprintable())[:MOST_SHOWN]
