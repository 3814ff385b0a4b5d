"""How patching goes: how many were open over time, and how many limits were kept, by category and month.

What is shown not to be exploitable today, and what is no longer asked for, is left out of both. Each takes a
constant number of queries, however many there are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Aggregate, Count, DateField, F, Func, IntegerField, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Greatest, TruncDate, TruncMonth

from contracts.access import Access
from contracts.terms.moments import LONDON, Day, london_day
from obligations.models import Phase
from obligations.vulnerabilities.models import Category, State, Vulnerability
from obligations.vulnerabilities.selectors import vulnerabilities_of

ORDER = [*Category.values, ""]
"""Categories as they are listed: the strictest first, what nobody rated last."""

WEEK = timedelta(weeks=1)
MONTHS = 12

DUE_ON = TruncDate("due_at", tzinfo=LONDON)
DAY_BEFORE_FOUND = Func(F("found_on"), template="(%(expressions)s - 1)", output_field=DateField())
DAYS_TAKEN = Func(
    F("done_on"),
    F("released_on"),
    template="(%(expressions)s)",
    arg_joiner=" - ",
    output_field=IntegerField(),
)


class Median(Aggregate):
    """The middle one; of two in the middle the lower."""

    function = "PERCENTILE_DISC"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"


@dataclass(frozen=True)
class Week:
    """How things stood at the end of a London day, and what happened in the seven days up to then.

    ``open``: neither patched nor over, by category; ``late``: those of them past their date.
    """

    last: Day
    found: int
    patched: int
    open: dict[str, int]
    late: int

    @property
    def total(self) -> int:
        """All that were open."""
        return sum(self.open.values())


def burn_down(access: Access, now: datetime, weeks: int, category: str | None = None) -> list[Week]:
    """The last so many weeks up to today, the earliest first. ``category``: of this one; "" is unrated.

    Categories and dates are today's: what was rated or redated since stands with what it has now. 4 queries.
    """
    rows = _rows(access, category).filter(state__in=[State.OPEN, State.DONE])
    done = rows.filter(state=State.DONE).annotate(left=Greatest(Coalesce("done_on", "found_on"), "found_on"))
    late = rows.filter(released_on__isnull=False, due_at__lt=now)
    late = late.annotate(since=Greatest(DUE_ON, DAY_BEFORE_FOUND))
    passed = late.filter(Q(state=State.OPEN) | Q(done_on__gt=F("since")))
    came, went = _by_day(rows, "found_on"), _by_day(done, "left")
    turned, cured = _by_day(passed, "since"), _by_day(passed.filter(state=State.DONE), "done_on")
    today = london_day(now)
    return [_week(today - WEEK * number, came, went, turned, cured) for number in range(weeks - 1, -1, -1)]


Days = Counter[tuple[Day, str]]
"""How many of each category on each day."""


def _rows(access: Access, category: str | None) -> QuerySet[Vulnerability]:
    rows = vulnerabilities_of(access)
    return rows if category is None else rows.filter(category=category)


def _by_day(rows: QuerySet[Vulnerability], name: str) -> Days:
    found = rows.order_by().values_list(name, "category").annotate(Count("pk"))
    return Counter({(day, category): number for day, category, number in found})


def _week(last: Day, came: Days, went: Days, turned: Days, cured: Days) -> Week:
    def until(days: Days, within: Callable[[Day], bool]) -> Counter[str]:
        found: Counter[str] = Counter()
        for (day, category), number in days.items():
            if within(day):
                found[category] += number
        return found

    there, gone = until(came, lambda day: day <= last), until(went, lambda day: day <= last)
    late = until(turned, lambda day: day < last).total() - until(cured, lambda day: day <= last).total()
    return Week(
        last,
        found=until(came, lambda day: last - WEEK < day <= last).total(),
        patched=until(went, lambda day: last - WEEK < day <= last).total(),
        open={one: there[one] - gone[one] for one in ORDER if there[one] - gone[one]},
        late=late,
    )


@dataclass(frozen=True)
class Kept:
    """The limits of one category that end in one London month.

    ``missed``: not patched, and the limit is gone; ``to_come``: not patched, and it is not. ``median``: days
    from the release of the patch to the day on which it was applied; None where none was.
    """

    month: Day
    category: str
    due: int
    in_time: int
    late: int
    missed: int
    to_come: int
    median: int | None

    @property
    def share(self) -> int | None:
        """Of those whose limit is over one way or the other, how many in 100 were patched in time, down to
        the whole; None where there is none.
        """
        over = self.in_time + self.late + self.missed
        return self.in_time * 100 // over if over else None


def performance(access: Access, now: datetime, category: str | None = None) -> list[Kept]:
    """By the month in which the limit ends, the latest first, of the last year and what is to come. 1 query.

    Whether one was patched in time is what was judged of its duty; of a draft, what its days say.
    """
    rows = _rows(access, category).filter(state__in=[State.OPEN, State.DONE])
    rows = rows.filter(released_on__isnull=False, due_at__isnull=False)
    month = TruncMonth("due_at", tzinfo=LONDON, output_field=DateField())
    done, in_days = Q(state=State.DONE), Q(phase="", done_on__lte=F("due_on"))
    in_time = done & (Q(phase=Phase.MET) | in_days)
    late = done & ~Q(phase=Phase.MET) & ~in_days
    left = Q(state=State.OPEN)
    found = (
        rows.annotate(month=month, due_on=DUE_ON)
        .filter(month__gte=_months_before(london_day(now), MONTHS))
        .order_by()
        .values("month", "category")
        .annotate(
            due=Count("pk"),
            in_time=Count("pk", filter=in_time),
            late=Count("pk", filter=late),
            missed=Count("pk", filter=left & Q(due_at__lt=Value(now))),
            to_come=Count("pk", filter=left & Q(due_at__gte=Value(now))),
            median=Median(DAYS_TAKEN, filter=done, output_field=IntegerField()),
        )
    )
    kept = [Kept(**one) for one in found]
    return sorted(kept, key=lambda one: (-one.month.toordinal(), ORDER.index(one.category)))


def _months_before(day: Day, months: int) -> Day:
    """The first of the month so many months earlier."""
    whole = day.year * 12 + day.month - 1 - months
    return Day(whole // 12, whole % 12 + 1, 1)
