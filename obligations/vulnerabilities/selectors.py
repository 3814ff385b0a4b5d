"""Questions about vulnerabilities. Each takes a constant number of queries. What is not there raises
NotThere.

Drafts are there for the side alone whose they are; what is kept to a distribution list for those on it.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Count, Q, QuerySet

from contracts.absence import NotThere
from contracts.access import Access
from contracts.models import Contract, LedgerEntry
from contracts.terms.moments import after
from obligations.models import Claim, ClaimState, Duty, ExploitScore, FactRecord, KnownExploited, Phase
from obligations.rules.register.names import folded
from obligations.services.asking.books import books_of
from obligations.vulnerabilities.models import FAR, ImportRun, State, Vulnerability, VulnerabilityHost
from obligations.vulnerabilities.rules import TOGETHER, patch_rules

COUNTED = 1000
"""A list is counted this far; what is longer is “more than”."""

SOON = timedelta(days=7)

KNOWN, PROBABLE = EXPLOITED = ("known", "likely")
LIKELY = 0.1
"""The score of EPSS from which something counts as likely to be exploited: one in ten within 30 days."""

UNRATED = "unrated"
"""How the category of what nobody rated yet is asked for."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the table is narrowed to. Empty fields narrow nothing but ``show``: all that is still to do.

    ``show``: a key of ``shows``. ``text``: words of the name or the title, or a whole name of a place.
    ``exploited``: of ``EXPLOITED``, by the public lists in use.
    """

    show: str = ""
    category: str = ""
    text: str = ""
    sharing: str = ""
    exploited: str = ""


def shows(now: datetime) -> dict[str, Q]:
    """What each choice of the table holds."""
    to_do = Q(state=State.OPEN)
    known = Q(released_on__isnull=False)
    return {
        "": to_do,
        "late": to_do & known & Q(order_at__lt=now),
        "soon": to_do & Q(order_at__gte=now, order_at__lte=after(now, SOON)),
        "no_day": to_do & Q(released_on=None) & ~Q(fixed_version=""),
        "no_fix": to_do & Q(released_on=None, fixed_version=""),
        "undecided": to_do & ~Q(justification="") & Q(grounds={}),
        "suspended": Q(state=State.SUSPENDED),
        "done": Q(state=State.DONE),
        "over": Q(state=State.OVER),
        "all": Q(),
    }


def vulnerabilities_of(access: Access) -> QuerySet[Vulnerability]:
    """Every vulnerability of a contract that this person may know of."""
    rows = Vulnerability.objects.filter(contract=access.contract)
    own = Q(draft=False) | Q(recorded_side=access.side)
    return access.only_seen(rows.filter(own))


def narrowed(access: Access, wanted: Wanted, now: datetime) -> QuerySet[Vulnerability]:
    """Those of them that somebody asks for."""
    rows = vulnerabilities_of(access).filter(shows(now).get(wanted.show, Q(state=State.OPEN)))
    if wanted.category:
        rows = rows.filter(rated(wanted.category))
    if wanted.sharing:
        rows = rows.filter(draft=wanted.sharing == "draft")
    if wanted.exploited:
        rows = rows.filter(exploited(wanted.exploited))
    if wanted.text:
        rows = rows.filter(telling(access.contract, wanted.text))
    return rows


def exploited(wanted: str) -> Q:
    """Those whose identifier the list of what is known to be exploited has, or whose score of EPSS is at
    least ``LIKELY``.
    """
    if wanted == KNOWN:
        return Q(identifier__in=KnownExploited.objects.values("cve"))
    return Q(identifier__in=ExploitScore.objects.filter(score__gte=LIKELY).values("cve"))


def rated(category: str) -> Q:
    """Those of a category, or ``UNRATED``."""
    return Q(category="" if category == UNRATED else category)


def telling(contract: Contract, text: str) -> Q:
    """Those of a contract with these words in the name or the title, or on a place of this whole name."""
    on_host = VulnerabilityHost.objects.filter(contract=contract, name=text).values("vulnerability")
    return Q(subject__icontains=text) | Q(title__icontains=text) | Q(pk__in=on_host)


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in the table, between rows: after (or, ``backwards``, before) the row with this date and
    number.
    """

    order_at: datetime
    pk: int
    backwards: bool = False

    def __str__(self) -> str:
        seconds = int(self.order_at.replace(microsecond=0).timestamp())
        return f"{'b' if self.backwards else 'a'}{seconds}.{self.order_at.microsecond}.{self.pk}"

    @classmethod
    def read(cls, text: str) -> Cursor | None:
        """From an address; None where it is none, so that the first page is shown."""
        parts = text[1:].split(".")
        if text[:1] not in ("a", "b") or len(parts) != 3 or not all(one.isdecimal() for one in parts):
            return None
        seconds, micros, pk = (int(one[:20]) for one in parts)
        if seconds > FAR.timestamp() or micros > 999_999 or pk >= 2**62:
            return None
        at = datetime.fromtimestamp(seconds, UTC).replace(microsecond=micros)
        return cls(at, pk, text[0] == "b")


@dataclass(frozen=True, slots=True)
class TablePage:
    """One page of the table, by dates. ``previous`` and ``next``: where the pages beside it begin.

    ``hosts``: of each row, by its number, how many places wait for the patch and how many there are.
    """

    rows: list[Vulnerability]
    hosts: dict[int, tuple[int, int]]
    total: int
    more: bool
    previous: Cursor | None
    next: Cursor | None


def table(access: Access, wanted: Wanted, now: datetime, at: Cursor | None, size: int) -> TablePage:
    """A page of the table. 3 queries, whichever page it is and however long the table."""
    rows = narrowed(access, wanted, now)
    total = len(rows.order_by()[: COUNTED + 1].values_list("pk"))
    back = at is not None and at.backwards
    found = _beside(rows, at)
    found = found.order_by("-order_at", "-id") if back else found.order_by("order_at", "id")
    page = list(found[: size + 1])
    over = len(page) > size
    page = page[:size]
    if back:
        page.reverse()
    before, after = (over, True) if back else (at is not None, over)
    return TablePage(
        page,
        hosts_of(page),
        min(total, COUNTED),
        total > COUNTED,
        Cursor(page[0].order_at, page[0].pk, backwards=True) if page and before else None,
        Cursor(page[-1].order_at, page[-1].pk) if page and after else None,
    )


def _beside(rows: QuerySet[Vulnerability], at: Cursor | None) -> QuerySet[Vulnerability]:
    if at is None:
        return rows
    if at.backwards:
        return rows.filter(order_at__lte=at.order_at).exclude(order_at=at.order_at, pk__gte=at.pk)
    return rows.filter(order_at__gte=at.order_at).exclude(order_at=at.order_at, pk__lte=at.pk)


def hosts_of(rows: Sequence[Vulnerability]) -> dict[int, tuple[int, int]]:
    """How many places of each wait for the patch, and how many there are. 1 query."""
    hosts = VulnerabilityHost.objects.filter(vulnerability__in=[row.pk for row in rows]).exclude(name="")
    counted = (
        hosts.order_by()
        .values("vulnerability")
        .annotate(waiting=Count("pk", filter=Q(patched_on=None)), every=Count("pk"))
    )
    return {one["vulnerability"]: (one["waiting"], one["every"]) for one in counted}


def vulnerability_at(access: Access, vulnerability_id: int) -> Vulnerability:
    """One vulnerability. Raises NotThere. 1 query."""
    rows = vulnerabilities_of(access).filter(pk=vulnerability_id)
    found = rows.select_related("recorded_by").first()
    if found is None:
        raise NotThere("no such vulnerability")
    found.contract = access.contract
    return found


@dataclass(frozen=True, slots=True)
class VulnerabilityPage:
    """A vulnerability with what its page shows. ``duty``: the one to patch it, where there is one."""

    row: Vulnerability
    duty: Duty | None
    others: list[Duty]
    hosts: list[VulnerabilityHost]
    claims: list[Claim]


HOSTS = 200
"""So many places are listed at most."""


def vulnerability_page(access: Access, row: Vulnerability) -> VulnerabilityPage:
    """What is around one vulnerability. 8 queries at most."""
    rules = patch_rules(books_of(access.contract)) if not row.draft else {}
    duties = Duty.objects.filter(contract=access.contract, subject=row.subject).exclude(phase=Phase.WITHDRAWN)
    found = (
        list(duties.select_related("obligation__paragraph__schedule").order_by("pk")) if not row.draft else []
    )
    patch = [one for one in found if (one.obligation.rulebook_key, one.obligation.rule_key) in rules]
    claims = Claim.objects.filter(contract=access.contract, subject=row.subject, state=ClaimState.OPEN)
    return VulnerabilityPage(
        row,
        patch[-1] if patch else None,
        [one for one in found if one not in patch],
        list(row.hosts.exclude(name="").order_by("patched_on", "name")[: HOSTS + 1]),
        list(claims.select_related("fact")) if not row.draft else [],
    )


def drafts(access: Access, only: Iterable[int] | None = None) -> QuerySet[Vulnerability]:
    """The drafts of this person's own side, those due first at the top. ``only``: of these."""
    rows = Vulnerability.objects.filter(contract=access.contract, draft=True, recorded_side=access.side)
    rows = rows if only is None else rows.filter(pk__in=list(only))
    return rows.order_by("order_at", "pk")


def runs_of(access: Access) -> QuerySet[ImportRun]:
    """The files that this person's own side has read, the last first."""
    rows = ImportRun.objects.filter(contract=access.contract, side=access.side)
    return rows.select_related("asked_by", "work", "contract")


def run_at(access: Access, run_id: int) -> ImportRun:
    """One file that was read. Raises NotThere. 1 query."""
    found = runs_of(access).filter(pk=run_id).first()
    if found is None:
        raise NotThere("no such file")
    return found


@dataclass(frozen=True, slots=True)
class Release:
    """A version of a component that fixes vulnerabilities whose release day is not known.

    ``rows``: their numbers, those due first at the top; ``drafts``: how many of them are drafts; ``key``: its
    name in a form, the same as long as the component and the version are.
    """

    component: str
    version: str
    rows: tuple[int, ...]
    named: tuple[str, ...]
    drafts: int
    careful_at: datetime | None

    @property
    def key(self) -> str:
        whole = f"{folded(self.component)}\n{self.version}"
        return f"day_{hashlib.sha256(whole.encode()).hexdigest()[:16]}"

    @property
    def name(self) -> str:
        """openssl 3.0.15; the version alone where no component is named."""
        return f"{self.component} {self.version}".strip()

    @property
    def says(self) -> str:
        """What it fixes, in few words."""
        more = len(self.rows) - len(self.named)
        return f"Fixes {', '.join(self.named)}{f' and {more:,} more' if more else ''}."


RELEASES, FIXED, NAMED = 40, 500, 3
"""So many releases are listed, so many vulnerabilities of them, so many named of each."""


def releases(access: Access) -> list[Release]:
    """The releases whose day is not known, by what they fix: the most urgent first. 1 query."""
    waiting = vulnerabilities_of(access).filter(state=State.OPEN, released_on=None).exclude(fixed_version="")
    rows = waiting.order_by("order_at", "pk")[:FIXED]
    groups: dict[tuple[str, str], list[Vulnerability]] = defaultdict(list)
    for row in rows:
        groups[folded(row.component), row.fixed_version].append(row)
    return [
        Release(
            ones[0].component,
            ones[0].fixed_version,
            tuple(one.pk for one in ones),
            tuple(one.identifier for one in ones[:NAMED]),
            sum(one.draft for one in ones),
            ones[0].due_at,
        )
        for ones in list(groups.values())[:RELEASES]
    ]


def done_together(access: Access, number: int) -> LedgerEntry:
    """The entry of what was done to many at once. Raises NotThere. 1 query."""
    rows = LedgerEntry.objects.filter(contract=access.contract, verb=TOGETHER, number=number)
    found = rows.select_related("actor").first()
    if found is None:
        raise NotThere("nothing was done together under this number")
    return found


def still_counts(access: Access, entry: LedgerEntry) -> int:
    """How many of its facts are not withdrawn. 1 query."""
    facts = FactRecord.objects.filter(contract=access.contract, pk__in=entry.payload["facts"])
    return facts.filter(withdrawn_at=None).count()
