"""Making seals: what was written since the last one, signed, in one transaction; then the file of seals."""

from __future__ import annotations

import logging
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

from contracts import sealing_key
from contracts.models import Seal, SealedHead, SignedWrite
from contracts.sealing_key import SealingKey
from contracts.services.errors import Refused
from contracts.services.seals import kept_outside, reading
from contracts.services.seals.payload import (
    Head,
    Range,
    Sealed,
    chain_of,
    digest_of,
    hash_of,
    read,
    written,
)
from contracts.terms.moments import after

ONE_AT_A_TIME = 0x5EA1
"""The lock under which seals are made."""

MOST_WRITES = 50_000
"""Covered by one seal; what is left goes into the next, at once."""

LATE = timedelta(days=1)
"""How long a transaction may take and its write still be sealed. Writes are numbered at their beginning, so
one may appear after higher ones were sealed."""

OVERDUE = timedelta(hours=1)
OTHER_KEY = (
    "SEAL_KEY is not the key of the last seal ({last}), nor one that was announced in it: put that key back,"
    " and see docs/running.md for how a key is replaced"
)
log = logging.getLogger(__name__)


def seal(now: datetime, *, next_key: str = "") -> list[Sealed]:
    """Seal what was written since the last seal; nothing where nothing was. Gives the seals that were made.

    ``next_key``: announces the public key of the seals to come, in a seal that is made for it. Raises Refused
    where SEAL_KEY is not the key of the seals so far, BadKey where it is none.
    """
    key = sealing_key.load(settings.SEAL_KEY)
    made: list[Sealed] = []
    while one := _seal(key, now, next_key if not made else ""):
        made.append(one)
        if sum(last - first + 1 for first, last in one.ranges) < MOST_WRITES:
            break
    kept_outside.append_missing()
    return made


def last_sealed() -> Sealed | None:
    """The last seal of the database. 1 query."""
    row = Seal.objects.order_by("-number").first()
    return None if row is None else of_row(row)


def overdue(now: datetime) -> int:
    """How many writes are older than an hour and not sealed: nobody seals, or with another key. 2 queries."""
    upto = Seal.objects.order_by("-number").values_list("upto", flat=True).first() or 0
    return SignedWrite.objects.filter(pk__gt=upto, moment__lt=after(now, -OVERDUE)).count()


def of_row(row: Seal) -> Sealed:
    """A seal as it was made, from its row. Raises NoSeal."""
    return read(row.payload, row.hash, row.signature)


@transaction.atomic
def _seal(key: SealingKey, now: datetime, next_key: str) -> Sealed | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
    announces, last = bool(next_key), last_sealed()
    if last is not None:
        next_key = _announced(key, last, next_key)
    floor, covered, upto = _covered(now)
    writes, heads = _new(floor, covered)
    if last is None:
        heads = reading.ends()
    if not (writes or heads or announces):
        return None
    leaves = [leaf for _, leaf in reading.leaves(writes)]
    text = written(
        number=last.number + 1 if last else 1,
        moment=now,
        previous=last.hash if last else "",
        key=key.public,
        heads=heads,
        writes=writes,
        digest=digest_of(leaves),
        next_key=next_key,
    )
    sealed = read(text, hash_of(text), key.sign(text))
    _keep(sealed, leaves, max([upto, *writes[-1:]]))
    return sealed


def _announced(key: SealingKey, last: Sealed, next_key: str) -> str:
    """The key that the next seal announces; one that nobody has started with yet is announced again.

    Raises Refused where this is neither the key of the last seal nor the one that it announced.
    """
    if key.public not in (last.key, last.next_key):
        raise Refused("", OTHER_KEY.format(last=sealing_key.fingerprint(last.key)))
    return next_key or (last.next_key if key.public == last.key else "")


def _covered(now: datetime) -> tuple[int, list[Range], int]:
    """Up to which number no write is sealed any more, what is sealed above it, and the highest sealed."""
    old = Seal.objects.filter(moment__lt=after(now, -LATE)).order_by("-number").first()
    later = Seal.objects.filter(number__gt=old.number if old else 0).order_by("number")
    upto = old.upto if old else 0
    found: list[Range] = []
    for row in later:
        found += of_row(row).ranges
        upto = max(upto, row.upto)
    return (old.upto if old else 0), joined(found), upto


def _new(floor: int, covered: Sequence[Range]) -> tuple[list[int], Mapping[str, Head]]:
    """The writes that no seal covers, and the ends of the chains that they wrote."""
    writes: list[int] = []
    heads: dict[str, Head] = {}
    for number, ends in reading.writes_after(floor):
        if is_in(number, covered):
            continue
        writes.append(number)
        for name, end in ends.items():
            heads[name] = max(heads.get(name, end), end)
        if len(writes) == MOST_WRITES:
            break
    return writes, heads


def joined(found: Sequence[Range]) -> list[Range]:
    """Ranges in order, those that touch made one."""
    result: list[Range] = []
    for first, last in sorted(found):
        if result and first <= result[-1][1] + 1:
            result[-1] = result[-1][0], max(result[-1][1], last)
        else:
            result.append((first, last))
    return result


def is_in(number: int, found: Sequence[Range]) -> bool:
    """Whether a number is in one of these ranges, which are in order."""
    place = bisect_right(found, number, key=lambda one: one[0])
    return place > 0 and number <= found[place - 1][1]


def _keep(sealed: Sealed, leaves: Sequence[bytes], upto: int) -> None:
    row = Seal.objects.create(
        number=sealed.number,
        moment=sealed.moment,
        payload=sealed.text,
        hash=sealed.hash,
        signature=sealed.signature,
        leaves=b"".join(leaves),
        upto=upto,
    )
    heads = []
    for name, (number, digest) in sealed.heads.items():
        contract, kept_to, organisation = chain_of(name)
        heads.append(
            SealedHead(
                seal=row,
                contract_id=contract,
                kept_to=kept_to,
                organisation_id=organisation,
                number=number,
                hash=digest,
                sealed_at=sealed.moment,
            )
        )
    SealedHead.objects.bulk_create(heads, batch_size=1000)
