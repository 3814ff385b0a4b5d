"""What is claimed in a contract of the demo, and answered."""

from __future__ import annotations

from datetime import datetime

from django.core.files.uploadedfile import SimpleUploadedFile

from contracts.access import Act
from contracts.services.actors import Actor
from obligations.claims.services.answering import answer
from obligations.demo import part
from obligations.demo.part import Event, Play
from obligations.models import Claim
from obligations.services.recording.claims import Given
from obligations.services.recording.facts import record_fact


class Part(part.Part):
    """The acts on claims. The story gives each claim a name, by which later events find it."""

    def acts(self) -> dict[str, tuple[Act, Play]]:
        return {"claim": (Act.RECORD_FACT, self.claim), "answer": (Act.DECIDE, self.answer)}

    def claim(self, event: Event, actor: Actor, moment: datetime) -> None:
        subject = str(self.days.filled(event["subject"]))
        recorded = record_fact(
            self.contract,
            actor,
            moment,
            kind=event["claim"],
            happened=self.days.when(event["happened"]),
            details=self.days.filled(event.get("details", {}))
            | {"subject": subject, "reason": event["reason"]},
            claim=Given(file=SimpleUploadedFile(event["file_name"], event["file_text"].encode())),
        )
        self.called[event["as"]] = str(recorded.fact.pk)

    def answer(self, event: Event, actor: Actor, moment: datetime) -> None:
        claim = Claim.objects.select_related("contract").get(fact=int(self.called[event["of"]]))
        answer(claim, actor, moment, event=event["answer"], reason=event.get("reason", ""))
