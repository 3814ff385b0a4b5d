"""Fields that several forms of vulnerabilities have."""

from __future__ import annotations

from django import forms

from contracts.web.forms import DayField

SUCH_AS = "Enter what it is called, such as CVE-2026-0001."
A_SCORE = "A word such as High, a score from 0.0 to 10.0, or a CVSS vector."
OF_MICROSOFT = "Critical, Important, Moderate or Low"
ANY_SCORE = "A word, a score or a CVSS vector of version 2, 3 or 4"


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
