"""Fields that several forms of vulnerabilities have."""

from __future__ import annotations

from django import forms

from contracts.web.forms import DayField, LongText

SUCH_AS = "Enter what it is called, such as CVE-2026-0001."
A_SCORE = "A word such as High, a score from 0.0 to 10.0, or a CVSS vector."
OF_MICROSOFT = "Critical, Important, Moderate or Low"
ANY_SCORE = "A word, a score or a CVSS vector of version 2, 3 or 4"

WHY = [
    ("component_not_present", "The component is not in the service"),
    ("vulnerable_code_not_present", "The vulnerable part of the component is not there"),
    ("vulnerable_code_not_in_execute_path", "The vulnerable part is there and never runs"),
    (
        "vulnerable_code_cannot_be_controlled_by_adversary",
        "It runs, and nobody who means harm can reach or steer it",
    ),
    ("inline_mitigations_already_exist", "Protections that are in place prevent it"),
]
"""The five justifications of VEX (CISA, Status Justifications, June 2022), in plain words."""


def identifier(label: str, help_text: str) -> forms.CharField:
    """What a vulnerability is called."""
    return forms.CharField(
        max_length=100, label=label, help_text=help_text, error_messages={"required": SUCH_AS}
    )


def component(help_text: str) -> forms.CharField:
    """The component that is vulnerable."""
    return forms.CharField(required=False, max_length=150, label="In which component?", help_text=help_text)


def rating(label: str, help_text: str) -> forms.CharField:
    """What somebody who rates it says."""
    return forms.CharField(required=False, max_length=200, label=label, help_text=help_text)


def fixed_version(label: str = "Which version is without it?", help_text: str = "") -> forms.CharField:
    """The first version without it."""
    return forms.CharField(required=False, max_length=100, label=label, help_text=help_text)


def released(help_text: str) -> DayField:
    """The day from which the limit runs (R20)."""
    return DayField(
        called="The day of the release",
        required=False,
        label="When was the patch first released to the public?",
        help_text=help_text,
    )


def justification(they: str) -> forms.ChoiceField:
    """Why it cannot be exploited. ``they``: "it", or "they" for many."""
    return forms.ChoiceField(
        label=f"Why can {they} not be exploited?",
        widget=forms.RadioSelect,
        choices=WHY,
        error_messages={"required": f"Choose why {they} cannot be exploited."},
    )


def shown_by(they: str, help_text: str) -> LongText:
    """What shows that it cannot be exploited."""
    return LongText(
        max_length=4000,
        label="What shows that?",
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": f"Say why {they} cannot be exploited in the service."},
    )


def holds_until(then: str) -> DayField:
    """The last day on which it is said not to be exploitable; ``then``: what happens from the next."""
    return DayField(
        called="The last day",
        required=False,
        label="Until when does it hold?",
        help_text=f"The last day. From the next {then}. Leave it empty if it holds until something changes.",
    )
