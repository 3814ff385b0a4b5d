"""Putting in force what was decided: the next version of the contract's own rulebook.

Until then nothing that was decided counts. What it would change is worked out by doing it and taking it back,
so the page says what will happen.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from contracts.access import Access
from contracts.models import Contract, LedgerEntry, Schedule
from contracts.services import ledger
from contracts.services.actors import Actor
from contracts.services.errors import Refused, required
from contracts.terms.moments import Day, london_day
from obligations.models import (
    Adoption,
    EditionAdoption,
    EntryDecision,
    Offer,
    OfferedChange,
    RulebookVersion,
)
from obligations.rules.engine.edition import this_edition
from obligations.rules.register.rulebook import RulebookError, parse_rulebook
from obligations.rules.time.counting import LimitError
from obligations.rules.time.working_days import CalendarError
from obligations.services.entries.book import book_content
from obligations.services.entries.standing import Standing, standing_of
from obligations.services.reconciling.changes import Changes
from obligations.services.reconciling.holding import lock, rows_of
from obligations.services.reconciling.reconcile import reconcile
from obligations.services.reconciling.recurring import CLOCK, TIME_PASSED
from obligations.services.reconciling.rehearsal import rehearse
from obligations.services.versions.adopting import check_paragraphs, follow, from_day_of

WORKER = Actor.system("own rulebooks")
NOT_SAID = "worked out, not done"


@dataclass(frozen=True, slots=True)
class WouldChange:
    """What putting in force would do. ``news``: the decisions that are not in force yet. ``effects``: a row
    for each duty, not saved, as an offer has them. ``seen``: the last thing on the record that everybody may
    know of, which ``put_in_force`` may be given back.
    """

    news: tuple[EntryDecision, ...]
    effects: tuple[OfferedChange, ...]
    number: int
    from_day: Day | None
    seen: int


def what_would_change(
    contract: Contract, schedule: Schedule, viewer: Access, now: datetime, *, from_day: Day | None = None
) -> WouldChange:
    """What putting the decisions on a schedule in force would raise, redate or end. Moves nothing.

    What is kept from the viewer is left out. Raises Refused as ``put_in_force``.
    """
    with transaction.atomic():
        lock(contract, now)
        standing = standing_of(contract, schedule)
        news = not_in_force(standing)
        day = from_day_of(contract, from_day)
        changes = rehearse(lambda: _apply(standing, WORKER, now, day, NOT_SAID)[1])
        rows = rows_of(Offer(contract=contract), changes.seen_by(viewer))
        return WouldChange(tuple(news), tuple(rows), _next(standing), day, last_told(contract))


@transaction.atomic
def put_in_force(
    contract: Contract,
    schedule: Schedule,
    actor: Actor,
    now: datetime,
    *,
    from_day: Day | None = None,
    reason: str = "",
    seen: int | None = None,
) -> tuple[RulebookVersion, Changes]:
    """Let everything that was decided about a schedule count from now on: the book's next version.

    ``from_day``: duties that begin on or after it follow this version; None: from the beginning. ``seen``:
    what ``what_would_change`` gave. What was met, missed or closed keeps the date it was judged by.

    Raises Refused on "reason" where a version is in force and none is given, on "from_day" for a day after
    the contract's last, and where nothing was decided since, or something was recorded since it was worked
    out.
    """
    if actor.person is None:
        raise Refused("", "Only a person puts in force what was decided.")
    lock(contract, now)
    standing = standing_of(contract, schedule)
    if standing.version is not None:
        reason = required("reason", reason, "Say why this takes the place of what is in force.", longest=2000)
    if seen is not None and seen != last_told(contract):
        raise Refused(
            "", "Something was recorded since this was worked out. Look at what it would change now, then put"
            " it in force."
        )  # fmt: skip
    return _apply(standing, actor, now, from_day_of(contract, from_day), reason.strip())


def last_told(contract: Contract) -> int:
    """The key of the last thing on the record that is no mail and is kept to nobody's list; 0 for none.

    1 query. What is kept to a list does not show in it (Appendix 1, 1.2).
    """
    entries = LedgerEntry.objects.filter(contract=contract, kept_to="").exclude(verb="notices_sent")
    return entries.order_by("-pk").values_list("pk", flat=True).first() or 0


def not_in_force(standing: Standing) -> list[EntryDecision]:
    """The decisions that count and are not in the version in use."""
    return [made for made in standing.counting if not standing.is_in_force(made)]


def _next(standing: Standing) -> int:
    return (standing.version.number if standing.version else 0) + 1


def _apply(
    standing: Standing, actor: Actor, now: datetime, day: Day | None, reason: str
) -> tuple[RulebookVersion, Changes]:
    """What time alone brings comes first, so that nothing but the decisions is the cause of the rest."""
    news = not_in_force(standing)
    if not news:
        since = f"since version {standing.version.number} was put in force" if standing.version else "yet"
        raise Refused("", f"Nothing was decided {since}: decide what a paragraph asks first.")
    contract, first = standing.contract, standing.version is None
    reconcile(contract, now, CLOCK, because=TIME_PASSED)
    version = _version(standing, now)
    check_paragraphs(contract, version)
    by = {"adopted_at": now, "adopted_by": actor.person, "adopted_by_name": actor.name}
    Adoption.objects.create(contract=contract, version=version, from_day=day, reason=reason, **by)
    if not EditionAdoption.objects.filter(contract=contract).exists():
        EditionAdoption.objects.create(contract=contract, edition=this_edition(), **by)
    payload = {
        "rulebook": version.key,
        "title": version.title,
        "version": version.number,
        "digest": version.digest,
        "from_day": day,
        "reason": reason,
        "paragraphs": [made.paragraph.citation for made in news],
        "side": actor.side,
    }
    ledger.record(contract, actor, "own_book_put_in_force", payload, now)
    what = f"Version {version.number} of “{version.title}”"
    because = f"{what} was put in force" + (f": {reason}" if reason else "")
    try:
        return version, follow(contract, actor, now, because, "" if first else what)
    except (LimitError, CalendarError) as error:
        raise Refused("", f"A date cannot be worked out under what was decided: {error}.") from error


def _version(standing: Standing, now: datetime) -> RulebookVersion:
    number, day = _next(standing), london_day(now)
    try:
        book = parse_rulebook(book_content(standing, number=number, day=day))
    except RulebookError as error:
        raise Refused("", f"What was decided cannot be put together: {error}.") from error
    return RulebookVersion.objects.create(
        contract=standing.contract,
        key=book.key,
        number=number,
        dated=book.dated,
        title=book.title,
        digest=book.digest,
        content=book.content,
    )
