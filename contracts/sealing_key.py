"""The key that seals the record: Ed25519, in the environment or a file, never in the database.

Needs no settings, so that settings can make one for a local run.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

LENGTH = 32
"""Bytes of a key."""

WRITTEN = 44
"""Characters of one in base64."""


class BadKey(Exception):
    """A key that cannot be used, with the reason in words."""


@dataclass(frozen=True, slots=True)
class SealingKey:
    """A private key, and what people know of it. ``public`` is base64."""

    private: Ed25519PrivateKey
    public: str

    def sign(self, text: str) -> str:
        """The signature of a text, in base64."""
        return base64.b64encode(self.private.sign(text.encode())).decode()


def load(said: str) -> SealingKey:
    """The key that SEAL_KEY says: 32 bytes in base64, or the path of a file that holds them so.

    Raises BadKey in words that do not repeat it.
    """
    raw = _raw(said)
    if raw is None:
        path = Path(said)
        try:
            raw = _raw(path.read_text(encoding="ascii").strip())
        except (OSError, ValueError):
            raise BadKey("it is neither 32 bytes in base64 nor the path of a file that can be read") from None
        if raw is None:
            raise BadKey("the file it names does not hold 32 bytes in base64")
    private = Ed25519PrivateKey.from_private_bytes(raw)
    return SealingKey(private, base64.b64encode(private.public_key().public_bytes_raw()).decode())


def made() -> str:
    """A new key as SEAL_KEY takes it."""
    return base64.b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode()


def kept_at(path: Path) -> Path:
    """The file of a key for a local run: made once, readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path
    with os.fdopen(handle, "w") as file:
        file.write(made() + "\n")
    return path


def fingerprint(public: str) -> str:
    """A public key as people compare it: the first 32 digits of its SHA-256, in groups of four."""
    digest = hashlib.sha256(base64.b64decode(public)).hexdigest()[:32]
    return " ".join(digest[place : place + 4] for place in range(0, len(digest), 4))


def signed_by(public: str, text: str, signature: str) -> bool:
    """Whether a signature of a text was made with the private half of a public key."""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public, validate=True))
        key.verify(base64.b64decode(signature, validate=True), text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def _raw(text: str) -> bytes | None:
    if len(text) != WRITTEN:
        return None
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if len(raw) == LENGTH else None
