"""What a subject plays in the demo: acts of its own, beside those that every contract knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from contracts.access import Act
from contracts.models import Contract, Person
from contracts.services.actors import Actor
from obligations.demo.days import Days

Event = Mapping[str, Any]
Play = Callable[[Event, Actor, datetime], object]


class Part:
    """A subject's part on one contract; each subject's ``demo`` module has one, called Part too.

    ``called`` holds the subjects of facts by the names that the story gives them (``of = "laptop"``).
    """

    def __init__(self, contract: Contract, people: Mapping[str, Person], days: Days) -> None:
        self.contract, self.people, self.days = contract, people, days
        self.called: dict[str, str] = {}

    def acts(self) -> dict[str, tuple[Act, Play]]:
        """Each act by the word for it in the story: what it asks of a role, and how it is done."""
        raise NotImplementedError
