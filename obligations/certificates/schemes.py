"""The schemes of certificates, read once from the data beside this module (``schemes.toml``)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from contracts.terms.moments import Day
from obligations.rules.register.names import folded
from obligations.rules.register.vocabulary import shipped_vocabulary

ISSUED = "certificate_issued"
"""The kind of fact that says that a certificate was issued."""

FILE = Path(__file__).with_name("schemes.toml")


@dataclass(frozen=True, slots=True)
class Scheme:
    """One scheme. ``asks_account``: its edition goes by the day the account was opened."""

    name: str
    asks_account: bool = False

    @property
    def rests_on(self) -> str:
        """The scheme without which it is not issued, and with which it ends; "" for none."""
        return shipped_vocabulary().lapses[ISSUED].rests_on(self.name)


@cache
def schemes() -> dict[str, Scheme]:
    """Every scheme that is known, by its name, in the order of the file."""
    return {row["name"]: Scheme(**row) for row in _data()["scheme"]}


def scheme_of(name: str) -> Scheme | None:
    """The scheme of this name, in capitals or not; None for one that is not known."""
    return next((one for one in schemes().values() if folded(one.name) == folded(name)), None)


def edition_of(name: str, account: Day | None) -> str:
    """The edition of a scheme by the day on which the account was opened; "" where none is known."""
    known = scheme_of(name)
    if known is None or account is None:
        return ""
    rows = [row for row in _data()["edition"] if known.name in row["schemes"] and row["from"] <= account]
    return str(max(rows, key=lambda row: row["from"])["name"]) if rows else ""


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))
