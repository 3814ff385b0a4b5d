"""Time stamps on seals by a server of RFC 3161: somebody else's word that a seal was there at a moment.

Sealing never waits for one. A server that fails is logged and asked again with the next seal.
"""

from __future__ import annotations

import hashlib
import logging
from http.client import HTTPException
from pathlib import Path
from urllib.request import Request, urlopen

from cryptography import x509
from django.conf import settings
from rfc3161_client import (
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from contracts.models import Seal, SealStamp

SECONDS = 15.0
MOST_AT_ONCE = 20
LONGEST_ANSWER = 64 * 1024
QUERY = "application/timestamp-query"
log = logging.getLogger(__name__)


class NoStamp(Exception):
    """A seal was not stamped, with the reason."""


def stamp_waiting() -> int:
    """Ask the server of TIMESTAMP_URL for the newest seals that have no stamp; gives how many got one.

    Stops at the first that fails: the next seal asks again.
    """
    if not settings.TIMESTAMP_URL:
        return 0
    waiting = Seal.objects.filter(stamp=None).order_by("-number").only("pk", "number", "payload")
    stamped = 0
    for seal in waiting[:MOST_AT_ONCE]:
        try:
            _stamp(seal)
        except NoStamp as error:
            log.error("seal %d has no time stamp, the next seal asks again: %s", seal.number, error)
            break
        stamped += 1
    return stamped


def _stamp(seal: Seal) -> None:
    asked = TimestampRequestBuilder().data(seal.payload.encode()).build()
    answer = _answer(asked.as_bytes())
    found = checked(answer, seal.payload, nonce=asked.nonce)
    SealStamp.objects.create(seal=seal, stamped_at=found.tst_info.gen_time, answer=answer)


def _answer(question: bytes) -> bytes:
    request = Request(settings.TIMESTAMP_URL, data=question, headers={"Content-Type": QUERY})  # noqa: S310
    try:
        with urlopen(request, timeout=SECONDS) as response:  # noqa: S310 - the address is the operator's
            answer: bytes = response.read(LONGEST_ANSWER + 1)
    except (OSError, HTTPException, ValueError) as error:
        raise NoStamp(f"{settings.TIMESTAMP_URL} does not answer: {error}") from error
    if len(answer) > LONGEST_ANSWER:
        raise NoStamp(f"{settings.TIMESTAMP_URL} answers with more than a time stamp")
    return answer


def checked(answer: bytes, payload: str, nonce: int | None = None) -> TimeStampResponse:
    """An answer that is about this payload, signed as TIMESTAMP_CA says where that is set. Raises NoStamp."""
    try:
        found = decode_timestamp_response(answer)
        if found.status != 0:
            raise NoStamp(f"the server refused: {' '.join(found.status_string) or found.status}")
        _verify(found, payload, nonce)
    except (ValueError, VerificationError) as error:
        raise NoStamp(f"it is not a time stamp of this seal: {error}") from error
    return found


def _verify(found: TimeStampResponse, payload: str, nonce: int | None) -> None:
    roots = _roots()
    if not roots:
        _same(found, payload, nonce)
        return
    builder = VerifierBuilder(roots=roots, nonce=nonce)
    builder.build().verify_message(found, payload.encode())


def _same(found: TimeStampResponse, payload: str, nonce: int | None) -> None:
    """Without certificates to go by: that it is of this payload and of this question."""
    imprint = found.tst_info.message_imprint.message
    if imprint != hashlib.sha512(payload.encode()).digest():
        raise ValueError("it is of something else")
    if nonce is not None and found.tst_info.nonce != nonce:
        raise ValueError("it answers another question")


def _roots() -> list[x509.Certificate]:
    if not settings.TIMESTAMP_CA:
        return []
    try:
        return x509.load_pem_x509_certificates(Path(settings.TIMESTAMP_CA).read_bytes())
    except (OSError, ValueError) as error:
        raise NoStamp(f"TIMESTAMP_CA cannot be read: {error}") from error
