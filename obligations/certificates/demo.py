"""What is done about certificates in a contract of the demo."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from contracts.access import Act
from contracts.services.actors import Actor
from obligations.certificates.schemes import ISSUED
from obligations.certificates.services.recording import (
    Printed,
    Runs,
    describe_certificate,
    record_certificate,
)
from obligations.demo import part
from obligations.demo.part import Event, Play
from obligations.models import FactRecord


class Part(part.Part):
    """The acts on certificates."""

    def acts(self) -> dict[str, tuple[Act, Play]]:
        return {
            "certificate": (Act.RECORD_FACT, self.record),
            "describe": (Act.RECORD_FACT, self.describe),
        }

    def record(self, event: Event, actor: Actor, moment: datetime) -> None:
        runs = Runs(event["certificate"], self.days.day(event["issued"]), self.days.day(event["last_day"]))
        record_certificate(
            self.contract, actor, moment, runs=runs, printed=_printed(event), file=_file(event)
        )

    def describe(self, event: Event, actor: Actor, moment: datetime) -> None:
        facts = FactRecord.objects.filter(contract=self.contract, kind=ISSUED, subject=event["describe"])
        fact = facts.select_related("contract").get()
        describe_certificate(fact, actor, moment, printed=_printed(event), file=_file(event))


def _printed(event: Event) -> Printed:
    told: dict[str, Any] = {name: event[name] for name in ("level", "body") if name in event}
    return Printed(event["number"], event["scope"], **told)


def _file(event: Event) -> SimpleUploadedFile:
    return SimpleUploadedFile(event["file_name"], event["file_text"].encode())
