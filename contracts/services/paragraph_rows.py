"""The rows of a schedule's paragraphs brought in line with another reading: their order, their numbers."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence

from django.db import connection
from django.db.models import PROTECT, CharField, Value
from django.db.models.functions import Cast, Concat

from contracts.models import Paragraph
from contracts.services.contracts import ORDER_STEP

LEFT_OUT = " (left out)"
LONGEST_NUMBER = 100


def leave_out(row: Paragraph) -> None:
    """Give a row that another reading has no paragraph for a number that nobody needs. Not written yet."""
    if not row.number.endswith(LEFT_OUT):
        row.number = f"{row.number[: LONGEST_NUMBER - len(LEFT_OUT)]}{LEFT_OUT}"
        row.path = f"{row.scope}/{row.number}"


WRITE = """
UPDATE contracts_paragraph AS row
SET path = new.path, scope = new.scope, number = new.number, printed = new.printed,
    "order" = new."order", heading = new.heading
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::integer[], %s::text[])
    AS new(id, path, scope, number, printed, "order", heading)
WHERE row.id = new.id
"""


def write_paths(rows: Sequence[Paragraph]) -> None:
    """Write number, place and heading, in two steps: paragraphs may have changed numbers with one another.

    2 queries, whose time does not grow with the square of the rows as that of ``bulk_update`` does.
    """
    if not rows:
        return
    name = Concat(Value("~"), Cast("pk", CharField()))
    Paragraph.objects.filter(pk__in=[row.pk for row in rows]).update(path=name)
    fields = ("pk", "path", "scope", "number", "printed", "order", "heading")
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [[getattr(row, field) for row in rows] for field in fields])


def orders_in(wanted: Sequence[int | None]) -> list[int]:
    """Growing places for rows in the order in which they are to stand. ``wanted``: the place each has, None
    for a new one. As few as can be are changed; where there is no room between two, all are placed anew.
    """
    kept = _longest_growing(wanted)
    found: list[int] = []
    waiting = 0
    for place, order in enumerate([*wanted, None]):
        last = place == len(wanted)
        if not last and place not in kept:
            waiting += 1
            continue
        step = ORDER_STEP if last else _step(found, order or 0, waiting)
        if step < 1:
            return [place * ORDER_STEP for place in range(1, len(wanted) + 1)]
        before = found[-1] if found else 0
        found += [before + step * count for count in range(1, waiting + 1)]
        found += [] if last else [order or 0]
        waiting = 0
    return found


def _step(found: Sequence[int], until: int, waiting: int) -> int:
    """How far apart rows stand between the last that has its place and the next; 0 where there is no room."""
    return (until - (found[-1] if found else 0)) // (waiting + 1)


def _longest_growing(wanted: Sequence[int | None]) -> set[int]:
    """The places of the longest run of numbers that grow, others left out."""
    ends: list[int] = []
    places: list[int] = []
    before: dict[int, int | None] = {}
    for place, order in enumerate(wanted):
        if order is None:
            continue
        at = bisect_left(ends, order)
        before[place] = places[at - 1] if at else None
        ends[at : at + 1] = [order]
        places[at : at + 1] = [place]
    found: set[int] = set()
    last = places[-1] if places else None
    while last is not None:
        found.add(last)
        last = before[last]
    return found


def kept_for_good(rows: Iterable[Paragraph]) -> set[int]:
    """The rows that something on record points to, so that they can be left out but never deleted.

    A query for each table that does: their number does not grow.
    """
    asked: Collection[int] = [row.pk for row in rows]
    found: set[int] = set()
    for relation in Paragraph._meta.related_objects:
        if relation.on_delete is PROTECT and asked:
            name = relation.field.name
            there = relation.related_model._default_manager.filter(**{f"{name}__in": asked})
            found.update(there.values_list(name, flat=True))
    return found
