"""Proposing a change of the public holidays, from a published list or as a one-off day, and withdrawing it.

A proposal moves nothing: ``previewing`` says what it would move, and ``applying`` moves it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from contracts.services import files
from contracts.services.actors import Actor
from contracts.services.errors import Refused, required
from contracts.terms.moments import Day, london_day, long_day
from obligations.models import CalendarChange, ChangeKind, ChangeState
from obligations.rules.time.published import (
    PLACES,
    Change,
    Published,
    PublishedError,
    compare,
    read_published,
)
from obligations.rules.time.working_days import DIVISIONS, HORIZON
from obligations.services.asking import calendars
from obligations.services.holidays.previewing import ask_for_preview

WEEKEND = {5: "Saturday", 6: "Sunday"}


def propose_file(actor: Actor, now: datetime, *, file: UploadedFile[bytes] | None) -> CalendarChange:
    """Propose what a published list changes, from a file in the form of GOV.UK's bank-holidays.json.

    Raises Refused on "file" for a file that is not such a list, naming the place in it and the fix, and for
    one that says nothing new.
    """
    checked = files.check(file, types=(".json",))
    published = _read(checked.content)
    change = compare(calendars.load().lists, published)
    if not change:
        raise Refused("file", "This list says nothing new: the calendars hold every day of it already.")
    _refuse_a_second_time("file", change)
    change = replace(change, published=london_day(now))
    return put_forward(actor, now, change, ChangeKind.PUBLISHED, checked.name, sha256=checked.sha256)


def propose_day(
    actor: Actor, now: datetime, *, division: str, day: Day, name: str, source: str = ""
) -> CalendarChange:
    """Propose a one-off holiday in one division, or in all of them ("all").

    ``source`` says where it was announced. Raises Refused on the field at fault: a division not known, a day
    that is no Working Day already or lies outside the calendars, a name missing or too long.
    """
    name = required("name", name, "Enter the holiday's name.", longest=120)
    source = required("source", source, "Say where it was announced.", longest=300)
    known = calendars.load().lists
    if division not in DIVISIONS:
        raise Refused("division", "Choose a division, or all of them.")
    if not known.first <= day <= HORIZON:
        raise Refused("day", f"Enter a day from {long_day(known.first)} to {long_day(HORIZON)}.")
    if weekday := WEEKEND.get(day.weekday()):
        raise Refused("day", f"{long_day(day)} is a {weekday}, which never counts as a Working Day. "
                      "Enter the weekday that is taken instead.")  # fmt: skip
    wanted = PLACES if division == "all" else (division,)
    places = [place for place in wanted if day not in known.days[place]]
    if not places:
        there = known.days[wanted[0]][day]
        where = "every division" if division == "all" else DIVISIONS[division]
        raise Refused("day", f"{long_day(day)} is a holiday in {where} already: {there}.")
    change = Change(added={place: {day: name} for place in places})
    _refuse_a_second_time("day", change)
    return put_forward(actor, now, change, ChangeKind.ONE_OFF, source)


def propose_taking_back(taken: CalendarChange, actor: Actor, now: datetime, *, reason: str) -> CalendarChange:
    """Propose the opposite of an applied change: its days come back or go again. Nothing is edited.

    Raises Refused where it was never applied, where the opposite is proposed already or would do nothing.
    """
    reason = required("reason", reason, "Say why it is taken back.", longest=300)
    if taken.state != ChangeState.APPLIED:
        raise Refused("", "Only an applied change can be taken back. Withdraw this one instead.")
    lists = calendars.load().lists
    opposite = taken.change.reversed()
    change = Change(
        added={p: d for p, days in opposite.added.items()
               if (d := {x: n for x, n in days.items() if x not in lists.days[p]})},
        removed={p: d for p, days in opposite.removed.items()
                 if (d := {x: n for x, n in days.items() if x in lists.days[p]})},
    )  # fmt: skip
    if not change:
        raise Refused("", "Nothing is left of this change to take back.")
    _refuse_a_second_time("", change)
    return put_forward(actor, now, change, ChangeKind.TAKEN_BACK, reason, takes_back=taken)


@transaction.atomic
def withdraw(change: CalendarChange, actor: Actor, now: datetime, *, reason: str) -> CalendarChange:
    """Turn a proposal down, with a reason. Raises Refused where it was applied."""
    reason = required("reason", reason, "Say why it is withdrawn.", longest=1000)
    locked = CalendarChange.objects.select_for_update().get(pk=change.pk)
    if locked.state not in (ChangeState.PROPOSED, ChangeState.READY):
        raise Refused("", "Only a change that waits can be withdrawn. An applied one can be taken back.")
    locked.state, locked.withdrawn_at = ChangeState.WITHDRAWN, now
    locked.withdrawn_by_name, locked.withdrawn_reason = actor.name, reason
    locked.save()
    return locked


def _read(content: bytes) -> Published:
    try:
        data = json.loads(content.decode("utf-8-sig"))
    except ValueError as error:
        raise Refused("file", "This is not JSON. Upload the file as GOV.UK publishes it.") from error
    try:
        return read_published(data)
    except PublishedError as error:
        raise Refused("file", f"{error}. Nothing was taken over.") from error


def _refuse_a_second_time(field: str, change: Change) -> None:
    waiting = CalendarChange.objects.exclude(state__in=[ChangeState.WITHDRAWN, ChangeState.APPLIED])
    if waiting.filter(digest=digest_of(change)).exists():
        raise Refused(field, "The same change is proposed already. Apply it, or withdraw it first.")


def digest_of(change: Change) -> str:
    """By what the same proposal is known again."""
    said = change.as_json()
    del said["published"]  # the same days on another day are the same proposal
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


@transaction.atomic
def put_forward(
    actor: Actor,
    now: datetime,
    change: Change,
    kind: ChangeKind,
    source: str,
    *,
    sha256: str = "",
    takes_back: CalendarChange | None = None,
) -> CalendarChange:
    """Write the proposal down, based on the calendars in use, and ask for its preview."""
    made = CalendarChange.objects.create(
        kind=kind,
        source=source,
        sha256=sha256,
        days=change.as_json(),
        digest=digest_of(change),
        takes_back=takes_back,
        proposed_at=now,
        proposed_by=actor.person,
        proposed_by_name=actor.name,
        based_on=calendars.load().version,
    )
    ask_for_preview(made, actor, now)
    return made
