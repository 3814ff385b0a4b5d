"""Vulnerabilities of the table as rows of a file, one for each place, as ``reading`` would give them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from django.db.models import QuerySet

from obligations.vulnerabilities.models import State, Vulnerability, VulnerabilityHost
from obligations.vulnerabilities.reading import Component, Row, Status
from obligations.vulnerabilities.reading.drafts import justifications
from obligations.vulnerabilities.reading.ratings import is_vector, parted, strictest
from obligations.vulnerabilities.reading.rows import Rating

AT_ONCE = 1000
"""So many vulnerabilities are read at once."""

NO_REASON = "It is on the record as not exploitable"


def rows_out(rows: QuerySet[Vulnerability]) -> Iterator[tuple[Vulnerability, Row]]:
    """Each of these, with a row for each of its places, in their order. 1 query, and 2 for each ``AT_ONCE``.

    Which they are, and in what order, is as it was when it began: each comes once, though it may move.
    """
    numbers = list(rows.values_list("pk", flat=True))
    for start in range(0, len(numbers), AT_ONCE):
        wanted = numbers[start : start + AT_ONCE]
        found = rows.model.objects.in_bulk(wanted)
        hosts = _hosts(wanted)
        for row in (found[one] for one in wanted if one in found):
            for host in hosts.get(row.pk, [None]):
                yield row, _row(row, host)


def _hosts(wanted: Iterable[int]) -> Mapping[int, list[VulnerabilityHost | None]]:
    found: dict[int, list[VulnerabilityHost | None]] = defaultdict(list)
    for host in VulnerabilityHost.objects.filter(vulnerability__in=list(wanted)).order_by("name", "pk"):
        found[host.vulnerability_id].append(host)
    return found


def _row(row: Vulnerability, host: VulnerabilityHost | None) -> Row:
    ratings = tuple(_rating(one) for one in row.ratings)
    version = host.version if host is not None and host.version else row.version
    status = _status(row, host)
    justification, statement = _why(row) if status is Status.NOT_AFFECTED else ("", "")
    return Row(
        place="",
        identifier=row.identifier,
        component=Component(row.component, version),
        aliases=tuple(row.aliases),
        host=host.name if host is not None else "",
        location=host.location if host is not None else "",
        ratings=ratings,
        category=strictest(one.category for one in ratings),
        own="" if ratings else row.said,
        fixed_version=row.fixed_version,
        released=row.released_on,
        status=status,
        justification=justification,
        statement=statement,
        title=row.title,
        reference=row.reference,
    )


def _status(row: Vulnerability, host: VulnerabilityHost | None) -> Status:
    if row.state == State.DONE or (host is not None and host.patched_on is not None):
        return Status.FIXED
    return Status.NOT_AFFECTED if row.state == State.SUSPENDED else Status.AFFECTED


def _why(row: Vulnerability) -> tuple[str, str]:
    """The justification as one of VEX's, and the statement: one of the two is always there."""
    if row.justification in justifications():
        return row.justification, ""
    return "", row.justification or NO_REASON


def _rating(said: Mapping[str, str]) -> Rating:
    """A rating as it is kept, as what a file says."""
    value, by = said["value"], said["by"]
    who, _ = parted(by)
    common = (by, said["source"], value, said.get("category", ""), who)
    if is_vector(value):
        return Rating(*common, vector=value)
    if value[:1].isdigit():
        return Rating(*common, score=float(value))
    return Rating(*common, word=said["says"])
