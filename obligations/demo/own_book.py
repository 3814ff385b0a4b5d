"""A document of a contract's own in the demo: read, decided paragraph by paragraph, put in force."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from contracts.access import Act
from contracts.models import Document, Paragraph, Proposal, Schedule
from contracts.outlines import FOLDER as OUTLINES
from contracts.reader import read_document
from contracts.services import files
from contracts.services.actors import Actor
from contracts.services.deciding_uploads import report_of_own
from contracts.services.documents import TYPES
from contracts.services.own_schedules import make_schedule
from obligations.demo.part import Event, Part, Play
from obligations.models import EntryOutcome
from obligations.services.entries.accepting import keep_entries
from obligations.services.entries.deciding import decide
from obligations.services.entries.in_force import put_in_force
from obligations.services.entries.many import decide_many, many_of
from obligations.services.entries.opinions import opine
from obligations.services.entries.proposed import prefilled_from, proposed_by_path
from obligations.services.entries.standing import standing_of
from obligations.services.entries.starting import Start


class OwnBook(Part):
    """What people do with a schedule that nobody outlined."""

    def acts(self) -> dict[str, tuple[Act, Play]]:
        return {
            "read": (Act.UPLOAD_DOCUMENT, self._read),
            "accept_many": (Act.DECIDE_ENTRY, self._accept_many),
            "asks": (Act.DECIDE_ENTRY, self._asks),
            "nothing": (Act.DECIDE_ENTRY, self._nothing),
            "opinion": (Act.DECIDE_ENTRY, self._opinion),
            "in_force": (Act.DECIDE_ENTRY, self._in_force),
        }

    @property
    def _schedule(self) -> Schedule:
        return self.contract.schedules.get(own=True)

    def _paragraph(self, path: str) -> Paragraph:
        rows = Paragraph.objects.select_related("contract", "schedule")
        return rows.get(schedule=self._schedule, path=path)

    def _read(self, event: Event, actor: Actor, moment: datetime) -> None:
        name = event["read"]
        checked = files.check(SimpleUploadedFile(name, (OUTLINES / name).read_bytes()), types=TYPES)
        reading = read_document(checked.content)
        document = Document(
            contract=self.contract,
            name=name,
            size=checked.size,
            sha256=checked.sha256,
            reading=report_of_own(reading),
            uploaded_by=actor.person,
            uploaded_at=moment,
        )
        with files.stored(document.file, checked):
            make_schedule(
                self.contract, actor, moment, document=document, reading=reading, title=event["title"]
            )

    def _accept_many(self, event: Event, actor: Actor, moment: datetime) -> None:
        schedule = self._schedule
        proposals = proposed_by_path(schedule)
        for kind in event["accept_many"]:
            together = many_of(self.contract, schedule, proposals, kind).together
            paths = [one.path for one, _ in together if one.path not in event["but"]]
            decide_many(self.contract, schedule, actor, moment, proposals=proposals, kind=kind, paths=paths)

    def _asks(self, event: Event, actor: Actor, moment: datetime) -> None:
        paragraph = self._paragraph(event["asks"])
        rows = Proposal.objects.filter(paragraph=paragraph).order_by("place")
        keep_entries(
            paragraph,
            actor,
            moment,
            number=self._number(paragraph),
            outcome=EntryOutcome.ACCEPTED,
            entries=[
                {name: value for name, value in one.items() if name != "starts"} for one in event["entry"]
            ],
            starts=[Start(label=one.get("starts", "")) for one in event["entry"]],
            proposed=prefilled_from(rows, standing_of(self.contract, self._schedule).known.vocabulary),
        )

    def _nothing(self, event: Event, actor: Actor, moment: datetime) -> None:
        for path in event["nothing"]:
            paragraph = self._paragraph(path)
            decide(
                paragraph, actor, moment,
                number=self._number(paragraph), outcome=EntryOutcome.NONE, why=event["why"],
            )  # fmt: skip

    def _opinion(self, event: Event, actor: Actor, moment: datetime) -> None:
        decision = self._paragraph(event["opinion"]).entry_decisions.order_by("-number").first()
        assert decision is not None, event["opinion"]
        opine(decision, actor, moment, agrees=event["agrees"], words=event.get("words", ""))

    def _in_force(self, event: Event, actor: Actor, moment: datetime) -> None:
        put_in_force(self.contract, self._schedule, actor, moment, reason=event["in_force"])

    @staticmethod
    def _number(paragraph: Paragraph) -> int:
        return paragraph.entry_decisions.count() + 1


def _without_start(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name != "starts"}
