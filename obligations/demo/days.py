"""Days of the demo, counted from today, so that its history is always recent. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from contracts.terms.moments import LONDON, ONE_DAY, Day, Moment, When
from obligations.rules.time.working_days import Calendar

WRITTEN = re.compile(r"(?P<sign>[+-])(?P<count>\d+)(?P<working>w?)(?: (?P<clock>\d\d:\d\d))?")


class Days:
    """Reads ``"-12"`` (days ago), ``"-12w"`` (Working Days ago) and ``"-1 10:40"`` (a moment in London)."""

    def __init__(self, today: Day, calendar: Calendar) -> None:
        self.today, self.calendar = today, calendar

    def when(self, text: str) -> When:
        """A day, or a moment where a time is given. Raises ValueError for anything else."""
        found = WRITTEN.fullmatch(text)
        if found is None:
            raise ValueError(f'{text!r} is not a day such as "-12", "-12w" or "-1 10:40"')
        count = int(found["count"]) * (-1 if found["sign"] == "-" else 1)
        day = self._working(count) if found["working"] else self.today + timedelta(days=count)
        if not found["clock"]:
            return day
        return datetime.combine(day, time.fromisoformat(found["clock"]), tzinfo=LONDON)

    def day(self, text: str) -> Day:
        when = self.when(text)
        return when.date() if isinstance(when, datetime) else when

    def moment(self, text: str) -> Moment:
        when = self.when(text)
        if not isinstance(when, datetime):
            raise ValueError(f"{text!r} needs a time of day")
        return when

    def filled(self, value: Any) -> Any:
        """Words with {year} filled in, and ``"@+38"`` as the day it means, inside lists and tables too."""
        if isinstance(value, str):
            return (
                self.day(value[1:])
                if value.startswith("@")
                else value.replace("{year}", str(self.today.year))
            )
        if isinstance(value, Mapping):
            return {name: self.filled(part) for name, part in value.items()}
        return [self.filled(part) for part in value] if isinstance(value, list) else value

    def _working(self, count: int) -> Day:
        step = ONE_DAY if count > 0 else -ONE_DAY
        day = self.today
        for _ in range(abs(count)):
            day += step
            while not self.calendar.is_working_day(day):
                day += step
        return day
