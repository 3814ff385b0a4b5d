"""Writing the notices of very many duties at once, as ``planning.plan`` would write each.

Duties with the same dates on one contract deserve the same notices to the same people. What that is goes to
the database once, and one statement lays it over all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import connection

from contracts.models import Contract
from obligations.rules.notices import stages, windows
from obligations.services.asking.calendars import Calendars
from obligations.services.notices import planning

WRITE = """
    INSERT INTO obligations_notice (contract_id, duty_id, deadline_version, stage, recipient_id, channel,
        about, not_before, attempts, answer, cancelled_why, created_at, in_ledger)
    SELECT told.contract, duty.id, duty.version, told.stage, told.person, 'email', '', told.not_before, 0,
        '', '', %s, false
    FROM unnest(%s::bigint[], %s::int[], %s::int[]) WITH ORDINALITY AS duty(id, version, alike, place)
    JOIN unnest(%s::int[], %s::bigint[], %s::text[], %s::bigint[], %s::timestamptz[])
        WITH ORDINALITY AS told(alike, contract, stage, person, not_before, place) USING (alike)
    ORDER BY duty.place, told.place
"""


def write(
    duties: Iterable[planning.Dated], contracts: Mapping[int, Contract], calendars: Calendars, now: datetime
) -> None:
    """Write the notices of duties that have none of these yet: the news first. 3 queries.

    None may have a name that Duly gives to what is kept to a list: those want keys of their own.
    """
    audience = planning.Audience(contracts, now)
    alike: dict[tuple[int, stages.Owed, frozenset[int] | None], int] = {}
    told: list[tuple[int, int, str, int, datetime]] = []
    rows: list[tuple[int, int, int]] = []
    for duty in duties:
        contract = contracts[duty.contract_id]
        asked = contract.pk, planning.owed(duty, contract), audience.only(contract.pk, duty.subject)
        if asked not in alike:
            alike[asked] = len(alike)
            told += [
                (alike[asked], contract.pk, str(one.stage), person, one.not_before)
                for one in windows.planned(asked[1], calendars.of(contract.division), now)
                for person in audience.told(contract.pk, one.stage, duty.party, duty.subject)
            ]
        rows.append((duty.pk, duty.deadline_version, alike[asked]))
    if told:
        columns = [list(column) for column in (*zip(*rows, strict=True), *zip(*told, strict=True))]
        with connection.cursor() as cursor:
            cursor.execute(WRITE, [now, *columns])
