"""The settings of one contract, typed and validated (R12, R14, R30)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from typing import Any

CONTROLLERS = ("authority", "supplier", "joint", "none")
"""Who the controller of the personal data is; "none" where there is none to protect."""


TRUE, FALSE = "true", "false"


@dataclass(frozen=True, slots=True)
class SettingType:
    """What a setting may be. ``type``: flag, time (of day, may be left open) or choice."""

    name: str
    type: str
    choices: tuple[str, ...] = ()

    def allows(self, text: str) -> bool:
        """Whether the setting can ever have this value, written as ``as_text`` writes it."""
        match self.type:
            case "flag":
                return text in (TRUE, FALSE)
            case "choice":
                return text in self.choices
            case _:
                return _is_time(text)


SETTINGS = {
    one.name: one
    for one in (
        SettingType("security_policy_applies", "flag"),
        SettingType("notice_cutoff", "time"),
        SettingType("controller", "choice", CONTROLLERS),
    )
}
"""The settings that a rule may depend on, by name."""


class SettingsError(ValueError):
    """A contract setting that cannot be used; names the setting and the fix."""


@dataclass(frozen=True, slots=True)
class ContractSettings:
    """Conditions of the order that decide some duties.

    ``security_policy_applies``: Order Schedule 9, A 2.2 (R30). ``notice_cutoff``: London time of day after
    which a notice counts on the next Working Day, or None where the contract has no such rule (R14).
    ``readings``: rule key to the name of the reading chosen for this contract (R12). ``controller``: who
    decides why and how personal data is processed (UK GDPR), which starts the law's own clocks of a breach.
    """

    security_policy_applies: bool = False
    notice_cutoff: time | None = None
    readings: Mapping[str, str] = field(default_factory=dict)
    controller: str = "authority"

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ContractSettings:
        """Read the stored or supplied form. Raises SettingsError naming the setting."""
        known = {"security_policy_applies", "notice_cutoff", "readings", "controller"}
        if unknown := sorted(set(data) - known):
            raise SettingsError(
                f"unknown contract setting {unknown[0]!r}; known settings are {', '.join(sorted(known))}"
            )
        applies = data.get("security_policy_applies", False)
        if not isinstance(applies, bool):
            raise SettingsError("security_policy_applies must be true or false")
        readings = data.get("readings") or {}
        if not isinstance(readings, Mapping) or not all(
            isinstance(key, str) and isinstance(value, str) for key, value in readings.items()
        ):
            raise SettingsError("readings must map a rule's key to the name of a reading")
        controller = data.get("controller", "authority")
        if controller not in CONTROLLERS:
            raise SettingsError(f"controller must be one of {', '.join(CONTROLLERS)}")
        return cls(applies, _cutoff(data.get("notice_cutoff")), dict(readings), str(controller))

    def value(self, name: str) -> bool | time | str | None:
        """The value of one setting that rules may depend on. Raises SettingsError for a name not known."""
        if name not in SETTINGS:
            raise SettingsError(f"unknown contract setting {name!r}; rules may use {', '.join(SETTINGS)}")
        value: bool | time | str | None = getattr(self, name)
        return value

    def as_json(self) -> dict[str, Any]:
        """The stored form; ``from_json`` reads it back."""
        cutoff = self.notice_cutoff.strftime("%H:%M") if self.notice_cutoff else None
        return {
            "security_policy_applies": self.security_policy_applies,
            "notice_cutoff": cutoff,
            "readings": dict(self.readings),
            "controller": self.controller,
        }


def as_text(value: bool | time | str | None) -> str:
    """A setting's value as conditions write it: true, 17:00, authority; "" where it is left open."""
    if isinstance(value, bool):
        return TRUE if value else FALSE
    if isinstance(value, time):
        return value.strftime("%H:%M")
    return value or ""


def _is_time(text: str) -> bool:
    try:
        return as_text(time.fromisoformat(text)) == text
    except ValueError:
        return False


def _cutoff(value: object) -> time | None:
    if value is None or value == "":
        return None
    try:
        return time.fromisoformat(str(value))
    except ValueError as error:
        raise SettingsError('notice_cutoff must be a time of day such as "17:00", or null') from error
