"""Inviting somebody to a contract, another role, a last day."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from contracts.models import Contract, Role, Side
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


def role_choices(contract: Contract, roles: Iterable[Role]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Roles to choose from, those of each side under what the contract calls it."""
    roles = list(roles)
    found = []
    for side in Side:
        theirs = [(role.value, str(role.label)) for role in roles if SIDE_OF_ROLE[role] == side]
        word = contract.word_for(side)
        if theirs:
            found.append((word[0].upper() + word[1:], theirs))
    return found


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
        self.offer("role", role_choices(contract, roles))
        self.fields["role"].option_hints = DOES  # type: ignore[attr-defined]


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
