"""What is done about breaches in a contract of the demo: reported, worked through, closed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from contracts.access import Act
from contracts.models import Contract, Person
from contracts.services.actors import Actor
from obligations.breaches.models import Breach
from obligations.breaches.services import work
from obligations.breaches.services.report import report_breach
from obligations.demo import part
from obligations.demo.days import Days
from obligations.demo.part import Event, Play


class Part(part.Part):
    """The acts on breaches. The story gives each breach a name, by which later events find it."""

    def __init__(self, contract: Contract, people: Mapping[str, Person], days: Days) -> None:
        super().__init__(contract, people, days)
        self.breaches: dict[str, Breach] = {}

    def acts(self) -> dict[str, tuple[Act, Play]]:
        plays: list[tuple[str, Play]] = [
            ("breach", self.report),
            ("tick", self.tick),
            ("write", self.write),
            ("move", self.move),
        ]
        return {name: (Act.RECORD_FACT, play) for name, play in plays}

    def report(self, event: Event, actor: Actor, moment: datetime) -> None:
        told = {name: event[name] for name in ("what", "outcome", "limb", "aware_party")}
        readers = [self.people[name].pk for name in event["readers"]] if "readers" in event else None
        breach = report_breach(
            self.contract,
            actor,
            moment,
            noticed=self.days.when(event["noticed"]),
            noticed_by=event.get("noticed_by", actor.name),
            happened=self.days.when(event["happened"]),
            readers=readers,
            **told,
        )
        self.breaches[event["breach"]] = breach
        self.called[event["breach"]] = breach.reference

    def tick(self, event: Event, actor: Actor, moment: datetime) -> None:
        note = event.get("note", "")
        done = self.days.when(event["done"])
        breach = self.breaches[event["of"]]
        work.tick(breach, actor, moment, key=event["tick"], done=done, done_by=actor.name, note=note)

    def write(self, event: Event, actor: Actor, moment: datetime) -> None:
        work.write(self.breaches[event["write"]], actor, moment, **event["texts"])

    def move(self, event: Event, actor: Actor, moment: datetime) -> None:
        when = self.days.when(event["done"]) if "done" in event else None
        reason = event.get("reason", "")
        work.change_state(
            self.breaches[event["of"]], actor, moment, event=event["move"], when=when, reason=reason
        )
