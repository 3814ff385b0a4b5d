"""The gates of a contract on a day: may it be operated, and why not? Writes nothing."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.access import Access
from contracts.terms.moments import Day, Moment, end_of_day, london, london_day
from contracts.terms.setting import SettingsError
from obligations.models import Duty, Evidence, FactRecord
from obligations.rules.engine.gates import Answer, Gate, gates, kinds_asked, may_operate
from obligations.rules.register.rule import Shape
from obligations.services.as_at import known_then
from obligations.services.asking import calendars
from obligations.services.asking.books import books_of, unusable
from obligations.services.asking.engine_input import as_facts, completions_of


@dataclass(frozen=True, slots=True)
class GatesOn:
    """Every gate of a contract on a London day. ``moment``: as at which it is answered.

    Today as at now, a day that is over as at its end, and one that lies ahead as at its end too, as though
    nothing more were recorded until then.
    """

    day: Day
    moment: Moment
    gates: tuple[Gate, ...]

    @property
    def answer(self) -> Answer:
        """Whether it may be operated."""
        return may_operate(self.gates)


def gates_on(access: Access, day: Day, now: Moment) -> GatesOn:
    """The gates of a contract on a day, as far as this person may know. A constant number of queries.

    Raises Refused where an answer to a setting on record cannot be used.
    """
    contract = access.contract
    moment = london(now) if day == london_day(now) else end_of_day(day)
    books = books_of(contract)
    if not any(rule.shape is Shape.GATE for book in books.values() for rule in book.book.duties):
        return GatesOn(day, moment, ())
    records = FactRecord.objects.filter(contract=contract, withdrawn_at=None, kind__in=kinds_asked(books))
    rows = Duty.objects.filter(contract=contract, shape=Shape.GATE)
    duties = list(access.only_seen(rows).select_related("obligation__paragraph__schedule"))
    done = completions_of(duties, Evidence.objects.filter(duty__in=[row.pk for row in duties]))
    facts = [known_then(fact, moment) for fact in as_facts(access.only_seen(records))]
    calendar = calendars.load().of(contract.division)
    try:
        found = gates(books, facts, done, calendar, moment)
    except SettingsError as error:
        raise unusable(error) from error
    return GatesOn(day, moment, tuple(found))
