"""The kinds of things that can be recorded once: each subject names its own (``Subject.once``)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contracts.absence import NotThere
from contracts.models import Contract
from contracts.services.actors import Actor
from contracts.web.forms import DulyForm
from obligations import subjects

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One kind of thing. ``name`` is in its address; ``title`` and ``note`` say what it is.

    ``form`` asks for it and has a token. ``called``: what it is called in the organisation's list. ``said``:
    what was entered, in words. ``record``: records it on one contract with the form's cleaned data and
    answers what it is called there; raises Refused.
    """

    name: str
    title: str
    note: str
    form: type[DulyForm]
    called: Callable[[Data], str]
    said: Callable[[Data], list[tuple[str, str]]]
    record: Callable[[Contract, Actor, datetime, Data], str]


def ways() -> list[Way]:
    """All of them, in the order of the subjects."""
    return [way for module in subjects.load("once") for way in module.WAYS]


def way_called(name: str) -> Way:
    """One of them. Raises NotThere."""
    found = next((way for way in ways() if way.name == name), None)
    if found is None:
        raise NotThere("nothing of this kind is recorded once")
    return found
