"""Tokens of programs, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from contracts.models import ApiToken, TokenScope
from contracts.terms.moments import Day, long_day
from contracts.web.words import count, listed, moment_words


@dataclass(frozen=True)
class TokenRow:
    """One token: what it is for, what it may do and where, its use, and how it stands."""

    pk: int
    name: str
    does: str
    used: str
    until: str
    works: bool


def token_row(token: ApiToken, today: Day, references: Mapping[int, str] | None) -> TokenRow:
    """``references`` by the number of a contract; None where whoever looks is not told which they are."""
    works = token.ended_at is None and token.last_day >= today
    scope = TokenScope(token.scope).label
    does = f"{scope}. Opens {_contracts(token, references)}. Its key ends with {token.key_end}"
    used = "Never used"
    if token.last_used_on:
        where = f" from {token.last_used_from}" if token.last_used_from else ""
        used = f"Last used on {long_day(token.last_used_on)}{where}"
    return TokenRow(token.pk, token.name, does, used, _until(token, works), works)


def _contracts(token: ApiToken, references: Mapping[int, str] | None) -> str:
    if token.contracts is None:
        return "every contract"
    if references is None:
        return count(len(token.contracts), "contract")
    return listed([references.get(one, "a contract you are not on any more") for one in token.contracts])


def _until(token: ApiToken, works: bool) -> str:
    if token.ended_at is not None:
        return f"Ended {moment_words(token.ended_at)} by {token.ended_by_name}: {token.ended_why}"
    return f"{'Works until' if works else 'Ended with'} {long_day(token.last_day)}"
