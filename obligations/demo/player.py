"""One contract of the demo: its people act on it through the services, at moments of the past."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.core.files.uploadedfile import SimpleUploadedFile

from contracts.access import Act, open_contract
from contracts.models import Contract, EffectKind, Person, Variation
from contracts.services import variations
from contracts.services.actors import Actor
from contracts.terms.moments import london_day, start_of_day
from obligations import subjects
from obligations.demo.days import Days
from obligations.demo.own_book import OwnBook
from obligations.demo.part import Event, Part, Play
from obligations.models import Duty, Evidence, Phase
from obligations.services.reconciling.reconcile import reconcile
from obligations.services.reconciling.recurring import CLOCK
from obligations.services.recording.evidence import decide, log_evidence
from obligations.services.recording.facts import record_fact
from obligations.services.variations.signing import sign_variation


class Player:
    """Plays a contract's events in order of time. What a role may not do on the pages it may not do here."""

    def __init__(self, contract: Contract, people: Mapping[str, Person], days: Days) -> None:
        self.contract, self.people, self.days = contract, people, days
        self.evidence: dict[str, Evidence] = {}
        self.parts: list[Part] = [one.Part(contract, people, days) for one in subjects.load("demo")]
        self.parts.append(OwnBook(contract, people, days))
        self._today = contract.tracked_from

    def play(self, event: Event) -> None:
        """One act. Raises Refused, as the services do, where it is not possible."""
        moment = self.days.moment(event["on"])
        self._time_passes(moment)
        acts: dict[str, tuple[Act, Play]] = {
            "record": (Act.RECORD_FACT, self._record),
            "prove": (Act.LOG_EVIDENCE, self._prove),
            "decide": (Act.DECIDE, self._decide),
            "draft": (Act.DRAFT_VARIATION, self._draft),
            "share": (Act.DRAFT_VARIATION, self._share),
            "sign": (Act.SIGN_VARIATION, self._sign),
        }
        for part in self.parts:
            acts |= part.acts()
        [name] = set(acts) & set(event)
        act, do = acts[name]
        access = open_contract(self.people[event["by"]], self.contract.pk, moment, act)
        do(event, Actor.of(access.person, access.side), moment)

    def catch_up(self, now: datetime) -> None:
        """Bring the contract to the present."""
        reconcile(self.contract, now, CLOCK, because="Time passed")

    def _time_passes(self, moment: datetime) -> None:
        today = london_day(moment)
        if self._today is None or today > self._today:
            self._today = today
            reconcile(self.contract, start_of_day(today), CLOCK, subjects={""}, because="Time passed")

    def _record(self, event: Event, actor: Actor, moment: datetime) -> None:
        details = self.days.filled(event.get("details", {}))
        if "subject" in event:
            details["subject"] = self.days.filled(event["subject"])
        happened = self.days.when(event["happened"])
        record_fact(self.contract, actor, moment, kind=event["record"], happened=happened, details=details)

    def _prove(self, event: Event, actor: Actor, moment: datetime) -> None:
        file = None
        if event["kind"] == "file":
            file = SimpleUploadedFile(event["file_name"], event["file_text"].encode())
        evidence = log_evidence(
            self._owed(event["prove"], self._subject(event)),
            actor,
            moment,
            kind=event["kind"],
            done=self.days.when(event["done"]),
            done_by=actor.name,
            note=event.get("note", ""),
            link=event.get("link", ""),
            file=file,
        )
        self.evidence[event.get("as", "")] = evidence

    def _subject(self, event: Event) -> str:
        """What an act is about: a thing of a subject by its name in the story, or the subject itself."""
        if "of" in event:
            [called] = [part.called[event["of"]] for part in self.parts if event["of"] in part.called]
            return called
        return str(self.days.filled(event["subject"]))

    def _owed(self, rule: str, subject: str) -> Duty:
        return Duty.objects.filter(
            contract=self.contract, obligation__rule_key=rule, subject=subject, phase=Phase.OPEN
        ).latest("owed_from")

    def _decide(self, event: Event, actor: Actor, moment: datetime) -> None:
        evidence = Evidence.objects.select_related("contract").get(pk=self.evidence[event["decide"]].pk)
        decide(evidence, actor, moment, outcome=event["outcome"], reason=event.get("reason", ""))

    def _draft(self, event: Event, actor: Actor, moment: datetime) -> None:
        variations.draft_variation(
            self.contract,
            actor,
            moment,
            number=event["draft"],
            title=event["title"],
            recital=event["recital"],
            effects=[(path, str(EffectKind.NOT_USED), "") for path in event["not_used"]],
        )

    def _share(self, event: Event, actor: Actor, moment: datetime) -> None:
        variations.share_variation(self._variation(event["share"]), actor, moment)

    def _sign(self, event: Event, actor: Actor, moment: datetime) -> None:
        variation = self._variation(event["sign"])
        person = self.people[event["by"]]
        sign_variation(
            variation,
            actor,
            moment,
            side=event["side"],
            name=person.name,
            job_title=person.job_title,
            signed_on=london_day(moment),
            text_hash=variation.text_hash,
        )

    def _variation(self, number: str) -> Variation:
        return Variation.objects.select_related("contract").get(contract=self.contract, number=number)
