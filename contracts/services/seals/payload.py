"""What a seal says, as one exact text. It is what is hashed and signed, in the database and in the file.

    {"duly": 1, "number": 12, "moment": "2026-11-27T12:00:00.000000+00:00", "previous": "<hash of seal 11>",
     "key": "<public key, base64>", "next_key": "<that of the seals after it, where it changes>",
     "heads": {"contract 5": [312, "<hash>"], "contract 5 OFFSEN-2026-K7QXM": [4, "<hash>"],
               "organisation 3": [17, "<hash>"], "organisation": [2, "<hash>"]},
     "writes": {"ranges": [[1, 500], [502, 502]], "digest": "<SHA-256 of their SHA-256, in order>"}}

``heads`` has the chains that grew since the seal before. ``writes`` are numbers of signed writes, and so the
proofs of every protected row that they wrote.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from contracts.sealing_key import signed_by
from contracts.services.canonical import canonical

FORMAT = 1
Head = tuple[int, str]
Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Sealed:
    """A seal as it was made. ``text`` is what ``hash`` and ``signature`` are of."""

    number: int
    moment: datetime
    previous: str
    key: str
    next_key: str
    heads: Mapping[str, Head]
    ranges: Sequence[Range]
    digest: str
    text: str
    hash: str
    signature: str

    @property
    def is_signed(self) -> bool:
        """Whether it is signed with the key that it names."""
        return hash_of(self.text) == self.hash and signed_by(self.key, self.text, self.signature)


class NoSeal(Exception):
    """A text that is no seal."""


def written(
    number: int,
    moment: datetime,
    previous: str,
    key: str,
    heads: Mapping[str, Head],
    writes: Sequence[int],
    digest: str,
    next_key: str = "",
) -> str:
    """The text of a seal."""
    said = {
        "duly": FORMAT,
        "number": number,
        "moment": moment.astimezone(UTC).isoformat(timespec="microseconds"),
        "previous": previous,
        "key": key,
        "heads": {name: list(head) for name, head in heads.items()},
        "writes": {"ranges": [list(one) for one in ranges(writes)], "digest": digest},
    }
    return canonical(said | ({"next_key": next_key} if next_key else {}))


def read(text: str, digest: str, signature: str) -> Sealed:
    """A seal from its text. Raises NoSeal where it says something else."""
    try:
        said = json.loads(text)
        if said["duly"] != FORMAT:
            raise NoSeal(f"it has the format {said['duly']}, and this release reads {FORMAT}")
        return Sealed(
            number=int(said["number"]),
            moment=datetime.fromisoformat(said["moment"]),
            previous=str(said["previous"]),
            key=str(said["key"]),
            next_key=str(said.get("next_key", "")),
            heads={str(name): (int(number), str(end)) for name, (number, end) in said["heads"].items()},
            ranges=[(int(first), int(last)) for first, last in said["writes"]["ranges"]],
            digest=str(said["writes"]["digest"]),
            text=text,
            hash=digest,
            signature=signature,
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NoSeal("it is not the text of a seal") from error


def hash_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def digest_of(leaves: Iterable[bytes]) -> str:
    """One digest over those of writes, in their order."""
    return hashlib.sha256(b"".join(leaves)).hexdigest()


def ranges(numbers: Sequence[int]) -> list[Range]:
    """Rising numbers as ranges with both their ends."""
    found: list[Range] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1] = found[-1][0], number
        else:
            found.append((number, number))
    return found


def chain_name(contract: int | None, kept_to: str = "", organisation: int | None = None) -> str:
    """What seals and writes call a chain."""
    if contract is not None:
        return f"contract {contract}" + (f" {kept_to}" if kept_to else "")
    return "organisation" if organisation is None else f"organisation {organisation}"


def chain_of(name: str) -> tuple[int | None, str, int | None]:
    """The contract, the subject that the chain is kept to, and the organisation. Raises NoSeal."""
    kind, _, rest = name.partition(" ")
    number, _, kept_to = rest.partition(" ")
    try:
        if kind == "contract":
            return int(number), kept_to, None
        if kind == "organisation":
            return None, "", int(number) if number else None
    except ValueError:
        pass
    raise NoSeal(f"it names a ledger {name!r}, which is none")


def ends_said(said: object) -> Iterator[tuple[str, Head]]:
    """The ends of chains that a write says. What somebody made of it that is none is left out."""
    if not isinstance(said, dict):
        return
    for name, end in said.items():
        match end:
            case [int(number), str(digest)]:
                with suppress(NoSeal):
                    chain_of(name)
                    yield name, (number, digest)


def ends_certified(contract: int, said: object) -> Iterator[tuple[str, Head]]:
    """The same of a certificate that a contract was erased."""
    for one in said if isinstance(said, list) else []:
        match one:
            case {"kept_to": str(kept_to), "number": int(number), "hash": str(digest)}:
                yield chain_name(contract, kept_to), (number, digest)
