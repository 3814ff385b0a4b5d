"""The one home of what takes longer than two seconds: a row for it, a worker that does it, a page that tells.

A kind of work is a function, said to be one once, where the work lives::

    @long_work.kind("version_preview", megabytes=256)
    def _preview(work: LongWork, progress: Progress, now: datetime) -> dict[str, Any]:
        for place, contract in enumerate(contracts, 1):
            ...
            progress.step(place, len(contracts), f"Looked at {contract}")
        return {"message": "12 duties would change.", "moves": 12}

``ask`` writes the row and the page ``work/<id>`` shows it; asked again while it is not finished, it is the
same row. A worker claims it (``run_waiting``), or the request does it itself where it is quick (``run``).

What the function gives back is kept as the outcome, its "message" is shown. ``Refused`` is kept with its
field and shown. Another error is logged and tried again, and after ``ATTEMPTS`` it has failed, in words. A
worker that dies loses its claim soon; the next picks the work up, so the function either begins anew without
harm or goes on where it stopped (in portions, each a transaction that notes how far it came: ``goes_on``).

``progress.step`` is where the page learns how far it is, and where work that was stopped, has run out of time
or was lost to another worker ends: call it often. It may be called inside a transaction too: the page sees it
at once, and a roll-back does not take it back.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import copy_context
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q, QuerySet

from contracts.absence import NotThere
from contracts.access import Act, open_contract, require_staff
from contracts.models import Contract, LongWork, Person, WorkState
from contracts.models.work import UNFINISHED
from contracts.row_security import asking
from contracts.services.actors import Actor
from contracts.services.clock import Clock
from contracts.services.errors import Refused
from contracts.services.process_limits import TimeUp, limited

log = logging.getLogger(__name__)

ATTEMPTS = 3
WAITS = (timedelta(seconds=30), timedelta(minutes=2))
"""After the first failed attempt and the second."""

LEASE = timedelta(seconds=60)
"""How long a claim holds without a sign of life. A worker that lives renews it."""

LONGEST = timedelta(minutes=8)
"""The most that a kind may take in one turn: less than the queue gives a task."""

AT_ONCE = 1
"""Pieces of work that workers do at the same time, so that mails and the clock are not held up."""

CLAIM_LOCK = 0x776F726B
CAME_TO_AN_END = "The worker stopped in the middle, {attempts} times. "
WENT_WRONG = "Something went wrong, {attempts} times. "
WHAT_NOW = "Nothing more is tried. Ask for it again; if that fails too, tell whoever runs Duly: work {pk}."
TOO_LONG = "It took longer than {limit} and was stopped. "
TOO_LARGE = "It needed more than {megabytes} megabytes of memory and was stopped. "

Run = Callable[[LongWork, "Progress", datetime], "Mapping[str, Any] | None"]


class Stopped(BaseException):
    """The work ends here. Like an interrupt, so that ``except Exception`` does not swallow it."""


class Cancelled(Stopped):
    """Somebody asked that it be stopped."""


class Lost(Stopped):
    """Another worker has taken it up."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of work: the function that does it, and under which limits.

    ``goes_on``: it notes how far it came, so that its time is for one turn and it has as many as it needs.
    ``for_staff``: it concerns the whole system and is there only for its administrators.
    """

    name: str
    run: Run
    limit: timedelta
    megabytes: int
    goes_on: bool
    may_be_stopped: bool
    for_staff: bool


KINDS: dict[str, Kind] = {}


def kind(
    name: str,
    *,
    limit: timedelta = LONGEST,
    megabytes: int = 512,
    goes_on: bool = False,
    may_be_stopped: bool = True,
    for_staff: bool = False,
) -> Callable[[Run], Run]:
    """Say that a function does this kind of work. Raises ValueError for a name or a limit that cannot be."""

    def known(run: Run) -> Run:
        if name in KINDS and KINDS[name].run.__qualname__ != run.__qualname__:
            raise ValueError(f"two functions do {name}")
        if not timedelta(0) < limit <= LONGEST:
            raise ValueError(f"{name} may take up to {LONGEST} in one turn")
        KINDS[name] = Kind(name, run, limit, megabytes, goes_on, may_be_stopped, for_staff)
        return run

    return known


# Asking


def ask(
    kind: str,
    key: str,
    actor: Actor,
    now: datetime,
    *,
    title: str,
    contract: Contract | None = None,
    subject: str = "",
    payload: Mapping[str, Any] | None = None,
    leads_to: str = "",
) -> LongWork:
    """Ask for work; while the same is not finished, that one is given.

    The row is written in the caller's transaction. Without a contract only who asks may see it (for a kind
    ``for_staff`` every administrator of the system): then have the person in the ``key``.
    """
    if kind not in KINDS:
        raise LookupError(f"no function does {kind}")
    for _ in range(ATTEMPTS):
        found = LongWork.objects.filter(kind=kind, key=key, state__in=UNFINISHED).first()
        if found is not None:
            return found
        try:
            with transaction.atomic():
                return LongWork.objects.create(
                    kind=kind,
                    key=key,
                    title=title[:200],
                    contract=contract,
                    subject=subject,
                    payload=dict(payload or {}),
                    leads_to=leads_to,
                    asked_at=now,
                    not_before=now,
                    asked_by=actor.person,
                    asked_by_name=actor.name,
                )
        except IntegrityError:  # a second click at the same moment was a little faster
            continue
    raise RuntimeError(f"{kind} for {key} could not be asked for")


def latest(kind: str, key: str) -> LongWork | None:
    """The last work of this kind on this key, finished or not."""
    return LongWork.objects.filter(kind=kind, key=key).order_by("-pk").first()


def open_work(person: Person, work_id: int, now: datetime) -> LongWork:
    """The work, for somebody who may know of it. Raises NotThere for everybody else.

    Those are the members who may see the contract, and what the work is about; the administrators of the
    system for work that is theirs; else who asked for it.
    """
    work = LongWork.objects.filter(pk=work_id).first()
    if work is None or not person.is_active:
        raise NotThere("no such work")
    about = KINDS.get(work.kind)
    if about is not None and about.for_staff:
        require_staff(person)
    elif work.contract_id is not None:
        if not open_contract(person, work.contract_id, now).sees(work.subject):
            raise NotThere("no such work")
    elif work.asked_by_id != person.pk:
        raise NotThere("no such work")
    return work


def may_stop(work: LongWork, person: Person, now: datetime) -> bool:
    """Whether somebody who may see it may stop it: who asked for it, and whoever manages the contract."""
    about = KINDS.get(work.kind)
    if work.is_finished or about is None or not about.may_be_stopped:
        return False
    if work.asked_by_id == person.pk or about.for_staff:
        return True
    return work.contract_id is not None and open_contract(person, work.contract_id, now).may(Act.MANAGE)


@transaction.atomic
def cancel(work: LongWork, actor: Actor, now: datetime) -> LongWork:
    """Stop work that is not finished: at once where nobody has begun, else at its next step.

    Raises Refused where it is finished or is of a kind that has to be ended once begun.
    """
    locked = LongWork.objects.select_for_update().get(pk=work.pk)
    if locked.state == WorkState.CANCELLED or locked.cancel_asked_at is not None:
        return locked
    if locked.is_finished:
        raise Refused("", "This is finished, so there is nothing to stop.")
    if locked.kind in KINDS and not KINDS[locked.kind].may_be_stopped:
        raise Refused("", "This cannot be stopped half-way. Wait until it is finished.")
    locked.cancel_asked_at, locked.cancelled_by_name = now, actor.name
    if locked.state == WorkState.WAITING:
        locked.state, locked.finished_at = WorkState.CANCELLED, now
    locked.save(update_fields=["cancel_asked_at", "cancelled_by_name", "state", "finished_at"])
    return locked


# Doing


def run_waiting(
    now: datetime, *, kinds: Collection[str] | None = None, time_for: timedelta = timedelta(seconds=50)
) -> int:
    """Do what waits, one after the other, until nothing is left or the time is up. Returns how many turns."""
    clock, turns = Clock(now), 0
    while (not turns or clock.elapsed < time_for) and run_next(clock.now, kinds=kinds) is not None:
        turns += 1
    return turns


def run_next(now: datetime, *, kinds: Collection[str] | None = None) -> LongWork | None:
    """Do the next work that waits, or whose worker died. None where there is none, or workers do enough."""
    work = _claim(now, KINDS if kinds is None else kinds)
    return None if work is None else _do(work, Clock(now))


def run(work: LongWork, now: datetime) -> LongWork:
    """Do this work here and now, where that is quick, unless somebody else does; gives it as it is then."""
    claimed = _claim(now, KINDS, LongWork.objects.filter(pk=work.pk))
    if claimed is not None:
        return _do(claimed, Clock(now))
    work.refresh_from_db()
    return work


@transaction.atomic
def _claim(now: datetime, kinds: Collection[str], one: QuerySet[LongWork] | None = None) -> LongWork | None:
    """Take work for one turn. ``one``: this one, out of turn."""
    if one is None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CLAIM_LOCK])
        if LongWork.objects.filter(state=WorkState.RUNNING, claimed_until__gt=now).count() >= AT_ONCE:
            return None
    free = Q(state=WorkState.WAITING, not_before__lte=now) | Q(
        state=WorkState.RUNNING, claimed_until__lte=now
    )
    rows = LongWork.objects.all() if one is None else one
    work = (
        rows.select_for_update(skip_locked=True)
        .filter(free, kind__in=[name for name in kinds if name in KINDS])
        .order_by("not_before", "pk")
        .first()
    )
    if work is not None:
        work.attempts += work.state == WorkState.RUNNING  # its worker died
        work.state, work.claimed_until, work.turn = WorkState.RUNNING, now + LEASE, work.turn + 1
        work.started_at = work.started_at or now
        work.save(update_fields=["attempts", "state", "claimed_until", "turn", "started_at"])
    return work


def _do(work: LongWork, clock: Clock) -> LongWork:
    about = KINDS[work.kind]
    if work.cancel_asked_at is not None:
        return _end(work, WorkState.CANCELLED, clock.now)
    if work.attempts >= ATTEMPTS:
        return _fail(work, CAME_TO_AN_END, clock.now)
    progress = Progress(work, about, clock)
    try:
        with (
            asking.job(f"long work {work.kind}"),
            _kept_alive(work, clock, about.limit),
            limited(about.limit.total_seconds(), about.megabytes),
        ):
            outcome = about.run(work, progress, clock.now)
    except Refused as refused:
        return _end(
            work, WorkState.REFUSED, clock.now, message=refused.message, refused_field=refused.field[:100]
        )
    except Cancelled:
        return _end(work, WorkState.CANCELLED, clock.now)
    except Lost:
        log.warning("work %s (%s) was taken up by another worker", work.pk, work.kind)
        work.refresh_from_db()
        return work
    except TimeUp:
        if progress.came_further:
            return _put_back(work, clock.now, attempts=0)
        return _fail(work, TOO_LONG, clock.now)
    except MemoryError:
        return _fail(work, TOO_LARGE, clock.now)
    except Exception:
        log.exception("work %s (%s) failed", work.pk, work.kind)
        return _again(work, clock.now)
    finally:
        progress.close()
    kept = dict(outcome) if outcome is not None else None
    return _end(work, WorkState.DONE, clock.now, message=str((kept or {}).get("message", "")), outcome=kept)


@contextmanager
def _kept_alive(work: LongWork, clock: Clock, limit: timedelta) -> Iterator[None]:
    """Renew the claim in the background for as long as the work may take; no longer, should it hang."""
    over = threading.Event()

    def renew() -> None:
        while not over.wait(LEASE.total_seconds() / 3) and clock.elapsed < limit:
            with suppress(Exception):  # the next time, or the claim runs out
                _mine(work).update(claimed_until=clock.now + LEASE)
        connection.close()

    beat = threading.Thread(target=copy_context().run, args=[renew], daemon=True)
    beat.start()
    try:
        yield
    finally:
        over.set()
        beat.join(timeout=LEASE.total_seconds())


def _mine(work: LongWork) -> QuerySet[LongWork]:
    return LongWork.objects.filter(pk=work.pk, state=WorkState.RUNNING, turn=work.turn)


def _again(work: LongWork, now: datetime) -> LongWork:
    if work.attempts + 1 >= ATTEMPTS:
        work.attempts += 1
        return _fail(work, WENT_WRONG, now)
    wait = WAITS[min(work.attempts, len(WAITS) - 1)]
    return _put_back(work, now + wait, attempts=work.attempts + 1)


def _put_back(work: LongWork, not_before: datetime, *, attempts: int) -> LongWork:
    return _write(work, state=WorkState.WAITING, claimed_until=None, not_before=not_before, attempts=attempts)


def _fail(work: LongWork, why: str, now: datetime) -> LongWork:
    about = KINDS[work.kind]
    words = (why + WHAT_NOW).format(
        attempts=work.attempts, limit=_long(about.limit), megabytes=about.megabytes, pk=work.pk
    )
    log.error("work %s (%s) has failed: %s", work.pk, work.kind, words)
    return _end(work, WorkState.FAILED, now, message=words, attempts=work.attempts)


def _long(limit: timedelta) -> str:
    seconds = int(limit.total_seconds())
    number, unit = (seconds // 60, "minute") if seconds >= 60 else (seconds, "second")
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def _end(work: LongWork, state: WorkState, now: datetime, **fields: Any) -> LongWork:
    if state == WorkState.DONE:
        fields["done"] = F("total")
    return _write(work, state=state, finished_at=now, claimed_until=None, **fields)


def _write(work: LongWork, **fields: Any) -> LongWork:
    """Write where the turn is still ours: who lost it changes nothing."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
    _mine(work).update(**fields)
    work.refresh_from_db()
    return work


class Progress:
    """What a running function tells of itself."""

    def __init__(self, work: LongWork, about: Kind, clock: Clock) -> None:
        self.work, self.done, self.total = work, work.done, work.total
        self._about, self._clock, self._began_at = about, clock, work.done
        self._written: tuple[int, int] | None = None
        self._written_at = timedelta(0)
        self._apart = not connection.in_atomic_block
        self._other: Any = None

    @property
    def came_further(self) -> bool:
        """Whether it goes on where it stopped, and this turn has brought it forward."""
        return self._about.goes_on and self.done > self._began_at

    def step(self, done: int, total: int, text: str = "") -> None:
        """Say that so much of the total is done, and what it is at.

        Written at every hundredth, once a second and at both ends. Raises what ends the work (``Stopped``,
        ``TimeUp``): let it through.
        """
        self.total = max(total, 0)
        self.done = min(max(done, 0), self.total)
        if self._clock.elapsed > self._about.limit:
            raise TimeUp
        percent = self.done * 100 // self.total if self.total else 0
        soon = self._clock.elapsed - self._written_at < timedelta(seconds=1)
        if soon and self._written == (percent, self.total) and self.done != self.total:
            return
        self._written, self._written_at = (percent, self.total), self._clock.elapsed
        self._tell(text)

    def _tell(self, text: str) -> None:
        if self.came_further:  # what failed before this turn has been got over
            self.work.attempts = 0
        with self._connection().cursor() as cursor:
            cursor.execute(
                "UPDATE contracts_longwork"
                " SET done = %s, total = %s, step = %s, claimed_until = %s, attempts = %s"
                " WHERE id = %s AND state = 'running' AND turn = %s RETURNING cancel_asked_at",
                [
                    self.done,
                    self.total,
                    text.replace("\x00", " ")[:200],
                    self._clock.now + LEASE,
                    self.work.attempts,
                    self.work.pk,
                    self.work.turn,
                ],
            )
            row = cursor.fetchone()
        if row is None:
            raise Lost
        if row[0] is not None:
            raise Cancelled

    def _connection(self) -> Any:
        """Ours; in the middle of a transaction of the function another one, so that it is seen at once."""
        if not (self._apart and connection.in_atomic_block):
            return connection
        if self._other is None:
            self._other = connection.copy()
        return self._other

    def close(self) -> None:
        if self._other is not None:
            self._other.close()
