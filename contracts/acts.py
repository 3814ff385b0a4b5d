"""What a person may want to do on a contract; who may is in ``contracts.access``."""

from __future__ import annotations

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
