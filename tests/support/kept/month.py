"""A month of work on the demo, at fixed moments: people act through the services; the clock comes round."""

from __future__ import annotations

import hashlib
import random
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from contracts.access import Act
from contracts.models import Contract, Person, Side
from contracts.services.actors import Actor
from contracts.terms.moments import LONDON
from obligations.breaches import demo as breaches
from obligations.breaches.models import Breach
from obligations.demo import load as demo
from obligations.demo.days import Days
from obligations.demo.part import Event, Part, Play
from obligations.demo.player import Player
from obligations.models import Duty, FactRecord
from obligations.rules.register.agreement import expected_limits
from obligations.rules.register.rulebook import load_rulebook
from obligations.rules.time.working_days import load_calendar
from obligations.services.choosing import figures, readings
from obligations.services.holidays import applying, previewing, proposing
from obligations.services.notices import delivery, joining
from obligations.services.reconciling import recurring
from obligations.services.recording.facts import withdraw_fact
from obligations.services.variations import drafting

STORY = Path(__file__).with_name("month.toml")
DAYS = 31
"""The last day of the month, counted from the demo's."""

TICKS = (time(0, 5), time(9, 5), time(13, 5), time(17, 35), time(23, 30))
"""When the clock comes round each day."""

SIGNED = b"What both sides signed"
LAST = time(18, 0)
"""When the month is over, on its last day."""


def begins(released: date) -> datetime:
    """The moment at which the demo is loaded: 10:00 on the Monday that lies five weeks before the release."""
    day = released - timedelta(weeks=5)
    return datetime.combine(day - timedelta(days=day.weekday()), time(10), tzinfo=LONDON)


def ends(released: date) -> datetime:
    return datetime.combine(begins(released).date() + timedelta(days=DAYS), LAST, tzinfo=LONDON)


def play(
    released: date,
    say: Callable[[str], None],
    ticks: Sequence[time] = TICKS,
    also: Callable[[datetime], object] = lambda now: None,
) -> None:
    """Load the demo and work on it for a month. The database must be empty; its mail must go nowhere.

    ``also`` is done whenever the clock comes round.
    """
    with nothing_by_chance():
        with time_machine.travel(begins(released), tick=False):
            demo.load(begins(released))
        _work(released, say, ticks, also)


@contextmanager
def nothing_by_chance() -> Iterator[None]:
    """What is drawn at random and what looks at a watch come out the same each time."""
    dice = random.Random("kept")
    with ExitStack() as stack:
        kept = stack.enter_context(patch("contracts.terms.restricted.secrets"))
        kept.choice, kept.randbelow = dice.choice, dice.randrange
        stack.enter_context(patch("contracts.services.clock.monotonic", return_value=0.0))
        yield


def _work(
    released: date, say: Callable[[str], None], ticks: Sequence[time], also: Callable[[datetime], object]
) -> None:
    story = tomllib.loads(STORY.read_text(encoding="utf-8"))
    days = Days(begins(released).date(), load_calendar())
    people = {one.email.partition("@")[0]: one for one in Person.objects.all()}
    months = {
        one.reference: Month(one, people, days, story["known"].get(one.reference, {}))
        for one in Contract.objects.all()
    }
    acts: list[tuple[datetime, Event | None]] = [(days.moment(one["on"]), one) for one in story["event"]]
    acts += [(moment, None) for moment in _moments(released, ticks)]
    day = None
    for moment, event in sorted(acts, key=lambda act: act[0]):
        if moment.date() != day:
            day = moment.date()
            say(f"{day:%A %d %B %Y}")
        with time_machine.travel(moment, tick=False):
            if event is None:
                tick(moment)
                also(moment)
            else:
                months[event["contract"]].play(event)


def _moments(released: date, ticks: Sequence[time]) -> Iterator[datetime]:
    start, end = begins(released), ends(released)
    for number in range(DAYS + 1):
        for at in ticks:
            moment = datetime.combine(start.date() + timedelta(days=number), at, tzinfo=LONDON)
            if start < moment < end:
                yield moment


def tick(now: datetime) -> None:
    """What the workers do when the clock comes round."""
    recurring.raise_recurring(now)
    joining.plan_ahead(now)
    delivery.sweep(now)


class Month(Player):
    """A contract of the demo on which people act further, in more ways than the demo shows."""

    def __init__(
        self, contract: Contract, people: Mapping[str, Person], days: Days, known: Mapping[str, str]
    ) -> None:
        super().__init__(contract, people, days)
        self.parts.append(Ways(self))
        for part in self.parts:
            if isinstance(part, breaches.Part):
                rows = Breach.objects.filter(contract=contract).select_related("contract")
                part.breaches |= {name: rows.get(what=what) for name, what in known.items()}

    def owed(self, rule: str, event: Event) -> Duty:
        """The open duty that an event is about."""
        return self._owed(rule, self._subject(event))

    def _time_passes(self, moment: datetime) -> None:
        """Nothing: here the clock comes round by itself."""


class Ways(Part):
    """The further ways in which people act in the month."""

    def __init__(self, month: Month) -> None:
        super().__init__(month.contract, month.people, month.days)
        self.month = month

    def acts(self) -> dict[str, tuple[Act, Play]]:
        return {
            "withdraw": (Act.WITHDRAW_FACT, self._withdraw),
            "adopt": (Act.DECIDE_FIGURE, self._adopt),
            "change": (Act.DRAFT_VARIATION, self._change),
            "choose": (Act.CHOOSE_READING, self._choose),
            "holiday": (Act.VIEW, self._holiday),
        }

    def _withdraw(self, event: Event, actor: Actor, moment: datetime) -> None:
        subject = self.days.filled(event["withdraw"])
        fact = FactRecord.objects.get(contract=self.contract, kind=event["kind"], subject=subject)
        withdraw_fact(fact, actor, moment, reason=event["reason"])

    def _adopt(self, event: Event, actor: Actor, moment: datetime) -> None:
        """The signed document, as the reader leaves it, says one figure otherwise than the standard form."""
        schedule = self.contract.schedules.get()
        limits = [self._said(one, event) for one in expected_limits(load_rulebook(schedule.outline_key))]
        found: dict[str, Any] = {"matched": 1, "missing": [], "extra": [], "warnings": []}
        document = self.contract.documents.create(
            schedule=schedule,
            file=default_storage.save("documents/signed.txt", ContentFile(SIGNED)),
            name="signed.txt",
            size=len(SIGNED),
            sha256=hashlib.sha256(SIGNED).hexdigest(),
            reading=found | {"time_limits": limits},
            uploaded_by=actor.person,
            uploaded_at=moment,
        )
        figures.decide_figure(document, actor, moment, limit=event["adopt"], own=True, reason=event["reason"])

    def _said(self, expected: Any, event: Event) -> dict[str, Any]:
        own = expected.key == event["adopt"]
        amount = event["amount"] if own else expected.period.amount
        unit = event["unit"] if own else str(expected.period.unit)
        scope, _, paragraph = expected.path.partition("/")
        return {
            "scope": scope,
            "paragraph": paragraph,
            "phrase": f"within {amount} {unit}",
            "amount": amount,
            "unit": unit,
            "qualifier": None,
            "kind": "deadline",
        }

    def _change(self, event: Event, actor: Actor, moment: datetime) -> None:
        drafting.draft(
            self.contract,
            actor,
            moment,
            number=event["change"],
            title=event["title"],
            recital=event["recital"],
            effects=[drafting.Wanted(**effect) for effect in event["effects"]],
        )

    def _choose(self, event: Event, actor: Actor, moment: datetime) -> None:
        duty = self.month.owed(event["choose"], event)
        duty = Duty.objects.select_related("obligation", "contract").get(pk=duty.pk)
        readings.choose_reading(duty, actor, moment, reading=event["reading"], reason=event["reason"])

    def _holiday(self, event: Event, actor: Actor, moment: datetime) -> None:
        day = self.days.filled(event["holiday"])
        told = {name: event[name] for name in ("division", "name", "source")}
        actor = Actor.of(self.people[event["by"]], Side.NEITHER)
        change = proposing.propose_day(actor, moment, day=day, **told)
        previewing.preview(change, moment)
        applying.apply(applying.ask_to_apply(change, actor, moment), moment)
