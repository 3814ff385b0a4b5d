"""What a person may want to do on a contract; who may is in ``contracts.access``."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Act(StrEnum):
    """What a person may want to do on a contract."""

    VIEW = "see this contract"
    RECORD_FACT = "record what happened"
    WITHDRAW_FACT = "withdraw what was recorded"
    LOG_EVIDENCE = "log evidence"
    DECIDE = "decide on evidence and claims"
    DRAFT_VARIATION = "draft or share a variation"
    SIGN_VARIATION = "sign a variation"
    UPLOAD_DOCUMENT = "upload a document"
    DECIDE_FIGURE = "decide which of two figures counts"
    CHOOSE_READING = "choose how a paragraph is read"
    CHANGE_SETTING = "change the settings"
    TAKE_OVER = "take over a later version of the rules"
    DECIDE_ENTRY = "decide what a paragraph asks"
    MANAGE = "manage people"
    END = "close, hand over or erase the contract"


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a program goes that acts for a person by a token: never further than the person.

    ``contracts``: the numbers of the contracts it opens, None for all of theirs. ``acts``: what it may do
    there, as far as their role allows it.
    """

    contracts: frozenset[int] | None
    acts: frozenset[Act]

    def opens(self, contract_id: int) -> bool:
        """Whether the contract is one of those."""
        return self.contracts is None or contract_id in self.contracts
