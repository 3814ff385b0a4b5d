"""Inviting somebody to a contract, another role, a last day."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from contracts.models import Contract, Role
from contracts.models.contract import SIDE_OF_ROLE
from contracts.services.errors import Refused
from contracts.web.forms import DayField, DulyForm
from contracts.web.once import TokenField

ADDRESS = "Enter an e-mail address in the correct format, like name@example.com."
MANAGES = "They manage the contract: its people, parties and dates"
DOES = {
    Role.LEAD: "Records, logs evidence, decides and signs; the first to be told.",
    Role.CONTRIBUTOR: "Records what happened and logs evidence.",
    Role.BOARD_MEMBER: "Signs variations, and is told of what is overdue.",
    Role.REVIEWER: "Records, decides on evidence, uploads documents and signs.",
    Role.ASSURANCE_LEAD: "Records what happened and decides on evidence.",
    Role.AUDITOR: "Reads only.",
    Role.ADMINISTRATOR: "Looks after people, terms and documents of the whole contract, for neither side.",
}


def hints_of(contract: Contract, roles: Iterable[Role]) -> dict[str, str]:
    """What each role does; and for whom, where roles of more than one side are offered."""
    roles = list(roles)
    several = len({SIDE_OF_ROLE[role] for role in roles}) > 1
    words = {role: contract.word_for(SIDE_OF_ROLE[role]) for role in roles}
    named = {role: f"{word[0].upper()}{word[1:]}. " if several else "" for role, word in words.items()}
    return {role.value: named[role] + DOES[role] for role in roles}


class RoleForm(DulyForm):
    """What somebody does on the contract."""

    role = forms.ChoiceField(
        label="What do they do on this contract?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what they do on this contract."},
    )
    manages = forms.BooleanField(required=False, label=MANAGES)

    def __init__(self, contract: Contract, roles: Iterable[Role], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = list(roles)
        self.offer("role", [(role.value, role.label) for role in roles])
        self.hint("role", hints_of(contract, roles))


class InviteForm(RoleForm):
    """Whom to invite to a contract."""

    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        help_text="They get a link that works once, for seven days.",
        error_messages={"required": "Enter an e-mail address.", "invalid": ADDRESS},
    )
    token = TokenField()
    field_order = ("email", "role", "manages")


class LastDayForm(DulyForm):
    """The last day of somebody."""

    last_day = DayField(called="The last day", label="Their last day")

    def field_at_fault(self, refused: Refused) -> str:
        return "last_day"
