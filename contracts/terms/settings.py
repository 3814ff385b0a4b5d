"""The settings of one contract: answers to what is declared, each of its type (R12, R14, R30)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import time
from pathlib import Path
from typing import Any

from contracts.terms.answers import Answer, WeekHours, as_stored
from contracts.terms.setting import Setting, SettingsError, read_settings

__all__ = ["CONTRACT_WIDE", "ContractSettings", "Setting", "SettingsError"]

FILE = Path(__file__).with_name("settings.toml")

CONTRACT_WIDE: Mapping[str, Setting] = read_settings(
    tomllib.loads(FILE.read_text(encoding="utf-8"))["setting"]
)
"""What every contract is asked, by name: the one place that reads ``settings.toml``."""

CUTOFF, CONTROLLER = "notice_cutoff", "controller"
CLOSE, WORKING_HOURS = "close_of_business", "working_hours"
"""Those that code knows by name: the hour of notices (R14), who is controller (UK GDPR), the close of
business (R39) and the hours of work (R41).
"""


@dataclass(frozen=True, slots=True)
class ContractSettings:
    """What one contract answered.

    ``answers``: those given, by name. ``readings``: rule key to the name of the reading chosen for this
    contract (R12). ``declared``: what it may be asked. ``others``: what is stored under names that are not
    declared here, such as those of another book. ``where`` names the contract in errors.
    """

    answers: Mapping[str, Answer] = field(default_factory=dict)
    readings: Mapping[str, str] = field(default_factory=dict)
    declared: Mapping[str, Setting] = field(default_factory=lambda: CONTRACT_WIDE)
    others: Mapping[str, Any] = field(default_factory=dict)
    where: str = ""

    @classmethod
    def from_json(cls, data: Mapping[str, Any], where: str = "") -> ContractSettings:
        """Read the stored or supplied form; what books declare waits in ``others`` for ``asked_by``.

        Raises SettingsError naming the setting, and the contract where ``where`` does.
        """
        if not isinstance(data, Mapping):
            raise SettingsError(_placed(where, "the settings must be a table by name"))
        readings = data.get("readings") or {}
        if not isinstance(readings, Mapping) or not all(
            isinstance(key, str) and isinstance(value, str) for key, value in readings.items()
        ):
            raise SettingsError(_placed(where, "readings must map a rule's key to the name of a reading"))
        others = {name: value for name, value in data.items() if name != "readings"}
        return cls({}, dict(readings), {}, others, where).asked_by("", CONTRACT_WIDE)

    def asked_by(self, book: str, declared: Mapping[str, Setting]) -> ContractSettings:
        """These settings with what one book asks read in its types. ``book`` names it in errors.

        Raises SettingsError naming the contract, the book and the setting.
        """
        new = {name: setting for name, setting in declared.items() if name not in self.declared}
        if not new:
            return self
        answers = dict(self.answers)
        for name, setting in new.items():
            stored = self.others.get(name)
            if stored in (None, ""):
                continue
            try:
                answers[name] = setting.read(stored)
            except ValueError as error:
                raise SettingsError(_placed(self.where, _placed(book, f"{name} {error}"))) from error
        others = {name: value for name, value in self.others.items() if name not in new}
        return replace(self, answers=answers, declared={**self.declared, **new}, others=others)

    def only_declared(self) -> ContractSettings:
        """These settings, where nothing stands under other names. Raises SettingsError with the name."""
        if self.others:
            name, known = sorted(self.others)[0], ", ".join(sorted({"readings", *self.declared}))
            raise SettingsError(
                _placed(self.where, f"unknown contract setting {name!r}; known settings are {known}")
            )
        return self

    def setting(self, name: str) -> Setting:
        """What is asked under this name. Raises SettingsError for a name not declared."""
        if name not in self.declared:
            known = ", ".join(sorted(self.declared))
            raise SettingsError(f"unknown contract setting {name!r}; rules may use {known}")
        return self.declared[name]

    def value(self, name: str) -> Answer | None:
        """The answer, or what counts until there is one. Raises SettingsError for a name not declared."""
        return self.answers.get(name, self.setting(name).default)

    @property
    def notice_cutoff(self) -> time | None:
        """London time of day after which a notice counts on the next Working Day, if there is one (R14)."""
        found = self.value(CUTOFF)
        return found if isinstance(found, time) else None

    @property
    def close_of_business(self) -> time | None:
        """London time of day at which business closes; None where the contract does not say (R39)."""
        found = self.value(CLOSE)
        return found if isinstance(found, time) else None

    def hours_of_work(self, name: str) -> WeekHours | None:
        """The hours of work under a setting's name; None until somebody sets them (R41)."""
        found = self.value(name)
        return found if isinstance(found, WeekHours) else None

    @property
    def controller(self) -> str:
        """Who decides why and how personal data is processed, "none" where there is none (UK GDPR)."""
        return str(self.value(CONTROLLER))

    def as_json(self) -> dict[str, Any]:
        """The stored form; ``from_json`` reads it back. What was not answered is left out."""
        answers = {name: as_stored(answer) for name, answer in self.answers.items()}
        return {**self.others, **answers, "readings": dict(self.readings)}


def _placed(where: str, text: str) -> str:
    return f"{where}: {text}" if where else text
