"""What is found vulnerable in a contract of the demo."""

from __future__ import annotations

from datetime import datetime

from contracts.access import Act
from contracts.services.actors import Actor
from obligations.demo import part
from obligations.demo.part import Event, Play
from obligations.vulnerabilities.services.record import record_one

TOLD = ("component", "title", "software", "category", "ratings", "fixed_version", "hosts")


class Part(part.Part):
    """The acts on vulnerabilities: one is found, as a draft or on the record."""

    def acts(self) -> dict[str, tuple[Act, Play]]:
        return {"vulnerability": (Act.RECORD_FACT, self.found)}

    def found(self, event: Event, actor: Actor, moment: datetime) -> None:
        record_one(
            self.contract,
            actor,
            moment,
            identifier=str(self.days.filled(event["vulnerability"])),
            found=self.days.day(event["found"]),
            released=self.days.day(event["released"]) if "released" in event else None,
            draft=event.get("own", False),
            **{name: event[name] for name in TOLD if name in event},
        )
