"""What is done with plans in a contract of the demo: versions sent to and fro, each act by its own person.

What a role may do here is asked by the services, as it is from the pages of plans.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from contracts.access import Act
from contracts.services.actors import Actor
from contracts.terms.moments import When
from obligations.demo import part
from obligations.demo.part import Event, Play
from obligations.plans.kinds import kinds, number
from obligations.plans.models import PlanVersion
from obligations.plans.services import decisions, versions


class Part(part.Part):
    """The acts on versions of a contract's plans. An event names the version, and requirements by number."""

    def acts(self) -> dict[str, tuple[Act, Play]]:
        plays: list[tuple[str, Play]] = [
            ("version", self.upload),
            ("place", self.place),
            ("submit", self.submit),
            ("review", self.review),
            ("refuse", self.refuse),
            ("approve", self.approve),
        ]
        return {name: (Act.VIEW, play) for name, play in plays}

    def upload(self, event: Event, actor: Actor, moment: datetime) -> None:
        file = SimpleUploadedFile(event["file_name"], event["file_text"].encode())
        versions.upload_version(
            self.contract, actor, moment, plan=event["plan"], name=event["version"], file=file
        )

    def place(self, event: Event, actor: Actor, moment: datetime) -> None:
        version = self._version(event["place"])
        versions.place_requirements(version, actor, moment, places=self._paths(version, event["places"]))

    def submit(self, event: Event, actor: Actor, moment: datetime) -> None:
        versions.submit_version(self._version(event["submit"]), actor, moment, on=self._on(event))

    def review(self, event: Event, actor: Actor, moment: datetime) -> None:
        version = self._version(event["review"])
        marks = dict.fromkeys(event.get("met", ()), ("met", ""))
        marks |= {one: ("not_met", comment) for one, comment in event.get("not_met", {}).items()}
        decisions.review_requirements(version, actor, moment, marks=self._paths(version, marks))

    def refuse(self, event: Event, actor: Actor, moment: datetime) -> None:
        version = self._version(event["refuse"])
        grounds = list(self._paths(version, dict.fromkeys(event["grounds"])))
        known = {"sha256": version.sha256, "on": self._on(event), "reason": event["reason"]}
        decisions.refuse_version(version, actor, moment, grounds=grounds, **known)

    def approve(self, event: Event, actor: Actor, moment: datetime) -> None:
        version = self._version(event["approve"])
        decisions.approve_version(version, actor, moment, sha256=version.sha256, on=self._on(event))

    def _version(self, name: str) -> PlanVersion:
        return PlanVersion.objects.select_related("contract").get(contract=self.contract, name=name)

    def _on(self, event: Event) -> When | None:
        return self.days.when(event["happened"]) if "happened" in event else None

    def _paths(self, version: PlanVersion, by_number: Mapping[str, Any]) -> dict[str, Any]:
        paths = {number(path): path for path in kinds()[version.plan].requirements}
        return {paths[one]: value for one, value in by_number.items()}
