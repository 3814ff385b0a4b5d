"""What is done about visits in a contract of the demo."""

from __future__ import annotations

from datetime import datetime

from contracts.access import Act
from contracts.services.actors import Actor
from obligations.demo import part
from obligations.demo.part import Event, Play
from tests.trial.visits.services import note_visit


class Part(part.Part):
    """Visits are noted."""

    def acts(self) -> dict[str, tuple[Act, Play]]:
        return {"visit": (Act.RECORD_FACT, self.visit)}

    def visit(self, event: Event, actor: Actor, moment: datetime) -> None:
        day = self.days.day(event["happened"])
        note_visit(self.contract, actor, moment, place=event["visit"], on=day)
        self.called[event["visit"]] = event["visit"]
