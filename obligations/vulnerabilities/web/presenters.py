"""Vulnerabilities in words: how each stands, by when it is due, and what its sources say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from contracts.access import Access, Act
from contracts.models import Contract, Side
from contracts.terms.moments import london_day, long_day
from contracts.web.variations.presenters import Tag
from contracts.web.words import count, due_words, ends_a_day, short_day, time_left
from obligations.models import ExploitList, ListKind, Phase
from obligations.rules.time.working_days import Calendar
from obligations.services.asking import calendars
from obligations.services.exploits.known import Exploits, known
from obligations.services.exploits.known import lists as exploit_lists
from obligations.vulnerabilities.models import Category, Software, State, Vulnerability, VulnerabilityHost
from obligations.vulnerabilities.other_tables import Beside, Table, applying, beside, shipped_tables
from obligations.vulnerabilities.reading.ratings import parted
from obligations.vulnerabilities.rules import APPLIED, FIX_KNOWN, IDENTIFIED, NOT_EXPLOITABLE, RELEASED
from obligations.vulnerabilities.selectors import HOSTS, VulnerabilityPage
from obligations.vulnerabilities.services.acting import AT_RISK, MITIGATION, NO_PATCH, TOLD_OF_RISK
from obligations.vulnerabilities.services.allowed import may_patch
from obligations.vulnerabilities.services.keeping import RATES
from obligations.web.duties.happenings import Happening, happenings
from obligations.web.duties.presenters import rule_of
from obligations.web.facts.presenters import Row
from obligations.web.facts.presenters import label as fact_label
from obligations.web.lines import DutyLine, line

COLOURS = {Category.CRITICAL: "red", Category.IMPORTANT: "orange", Category.OTHER: "blue"}
SOURCES = {"nvd": "NVD", "microsoft": "Microsoft", "cvss": "CVSS"}
NO_CATEGORY = Tag("Not yet categorised", "purple")


@dataclass(frozen=True)
class TableRow:
    """One row of the table."""

    pk: int
    name: str
    component: str
    href: str
    title: str
    category: Tag
    said: str
    release: str
    due: str
    left: str
    late: bool
    standing: Tag
    draft: bool
    hosts: str
    beside: list[str]
    exploited: list[str]


def rows(
    contract: Contract,
    found: Iterable[Vulnerability],
    now: datetime,
    hosts: Mapping[int, tuple[int, int]] | None = None,
) -> list[TableRow]:
    """The rows of a page of the table. ``hosts``: how many places of each wait, and how many there are."""
    found, others = list(found), Others.of(contract)
    lists = known(name for one in found for name in names_of(one))
    return [_row(contract, one, now, (hosts or {}).get(one.pk, (0, 0)), others, lists) for one in found]


def names_of(row: Vulnerability) -> list[str]:
    """The names by which public lists may know it."""
    return [one.upper() for one in (row.identifier, *row.aliases)]


def exploited(row: Vulnerability, lists: Exploits) -> list[str]:
    """What the public lists say of it, in few words."""
    since, score = lists.exploited_since(names_of(row)), lists.score(names_of(row))
    said = ["Known to be exploited"] if since is not None else []
    return said if score is None else [*said, f"EPSS {percent(score)}"]


def percent(score: float) -> str:
    """A chance in words: 12.3%."""
    return f"{score * 100:.1f}%"


def of_lists(row: Vulnerability, lists: Exploits, days: Mapping[str, ExploitList]) -> Iterable[Row]:
    """What the public lists say of it, with the day of each; nothing where none is loaded."""
    since, score = lists.exploited_since(names_of(row)), lists.score(names_of(row))
    if (kev := days.get(ListKind.KEV)) is not None:
        says = f"Yes, in the list since {long_day(since)}" if since else "Not in the list"
        yield Row("Known to be exploited", f"{says} (KEV of {long_day(kev.day)})")
    if (epss := days.get(ListKind.EPSS)) is not None:
        says = f"{percent(score)} within 30 days" if score is not None else "No score"
        yield Row("How likely it is to be", f"{says} (EPSS of {long_day(epss.day)})")


@dataclass(frozen=True)
class Others:
    """The tables that apply to a contract beside its own, and the calendar they are counted by."""

    tables: list[Table]
    calendar: Calendar | None

    @classmethod
    def of(cls, contract: Contract) -> Others:
        """Asked once for a page. 1 query at most, none where no other table applies."""
        tables = applying(contract.terms_settings, shipped_tables())
        return cls(tables, calendars.load().of(contract.division) if tables else None)

    def say(self, row: Vulnerability) -> list[Beside]:
        """What they say of one that is to be patched, the strictest first."""
        if self.calendar is None or row.state != State.OPEN:
            return []
        return beside(self.tables, row.released_on, row.ratings, self.calendar)


@dataclass(frozen=True)
class OtherDate:
    """A date in the order of work: the contract's own, or that of another table with where it stands."""

    table: str
    due: str
    left: str
    late: bool
    why: str
    cited: str
    source: str


def order_of_work(row: Vulnerability, others: Others, now: datetime) -> list[OtherDate]:
    """The contract's date and those of other tables, the strictest first; none where no other applies."""
    found = others.say(row)
    dates = [(one.due_at, _other(one, now)) for one in found]
    if found and row.due_at is not None:
        own = OtherDate(
            "The contract",
            _due_words(row),
            left(row, now),
            row.is_late_at(now),
            "",
            "The contract’s date",
            "",
        )
        dates.insert(0, (row.due_at, own))
    return [one for _, one in sorted(dates, key=lambda pair: pair[0])]


def _other(one: Beside, now: datetime) -> OtherDate:
    table = one.table
    check = "" if table.checked else " Check it before you rely on it."
    return OtherDate(
        table.name,
        due_words(one.due_at),
        time_left(one.due_at, now),
        one.due_at < now,
        f"{one.within} after the release, for {one.why}.",
        table.cited,
        f"Read on {long_day(table.read)}: {table.source}.{check}",
    )


def _row(
    contract: Contract,
    row: Vulnerability,
    now: datetime,
    hosts: tuple[int, int],
    others: Others,
    lists: Exploits,
) -> TableRow:
    return TableRow(
        pk=row.pk,
        name=row.identifier,
        component=row.component,
        href=reverse("vulnerability", args=[contract.pk, row.pk]),
        title=row.title,
        category=category(row),
        said=said(row),
        release=release(row),
        due=due(row),
        left=left(row, now),
        late=row.is_late_at(now),
        standing=standing(row, now),
        draft=row.draft,
        hosts=_hosts(row, *hosts),
        beside=[f"{one.table.name}: {short_day(london_day(one.due_at))}" for one in others.say(row)],
        exploited=exploited(row, lists),
    )


def category(row: Vulnerability) -> Tag:
    """The contract's word."""
    if not row.category:
        return NO_CATEGORY
    return Tag(Category(row.category).label, COLOURS.get(Category(row.category), "grey"))


def said(row: Vulnerability) -> str:
    """The word of the gravest source, beside the contract's own; "" where nobody rated it."""
    strictest = next((one for one in row.ratings if one.get("category") == row.category), None)
    one = strictest or (row.ratings[0] if row.ratings else None)
    return f"{source(one['by'])}: {one['says']}" if one else ""


def source(by: str) -> str:
    """Who rates, and by what, as people call them."""
    who, what = parted(by)
    named = SOURCES.get(who, who)
    return named if not what else what if named == "CVSS" else f"{named} {what}"


def release(row: Vulnerability) -> str:
    """The day of the release, or that it is not known, or that there is no fix."""
    if row.released_on is not None:
        return short_day(row.released_on)
    return "Day not known" if row.fixed_version else "No fix yet"


def due(row: Vulnerability) -> str:
    """By when, in few words."""
    if row.due_at is None:
        return "No date"
    day = short_day(london_day(row.due_at))
    at = day if ends_a_day(row.due_at) else due_words(row.due_at)
    return f"{at} with care" if row.is_careful else at


def left(row: Vulnerability, now: datetime) -> str:
    """How long is left, or when it was done."""
    if row.state == State.DONE and row.done_on is not None:
        return f"patched {short_day(row.done_on)}"
    if row.state != State.OPEN:
        return ""
    if row.released_on is None:
        return "find the release day" if row.fixed_version else ""
    return time_left(row.due_at, now) if row.due_at is not None else ""


def standing(row: Vulnerability, now: datetime) -> Tag:
    """How it stands, as a tag."""
    if row.is_late_at(now):
        return Tag("Past its date", "red")
    if row.is_undecided:
        return Tag("Affected? Decide", "yellow")
    if row.state == State.DONE:
        late = row.phase == Phase.MET_LATE
        return Tag("Patched late", "turquoise") if late else Tag("Patched", "green")
    if row.state == State.SUSPENDED:
        return Tag("Not exploitable", "grey")
    if row.state == State.OVER:
        return Tag("No longer asked for", "grey")
    if row.released_on is None:
        return Tag("Find the release day", "yellow") if row.fixed_version else Tag("No fix yet", "grey")
    return Tag("To patch", "blue")


def _hosts(row: Vulnerability, waiting: int, every: int) -> str:
    if not every:
        return ""
    if row.state == State.DONE or not waiting:
        return count(every, "place")
    return f"{waiting:,} of {count(every, 'place')} to patch" if waiting != every else count(every, "place")


@dataclass(frozen=True)
class HostRow:
    """One place of a vulnerability."""

    name: str
    location: str
    version: str
    seen: str
    again: str
    stands: Tag


@dataclass(frozen=True)
class Page:
    """The page of one vulnerability."""

    name: str
    title: str
    category: Tag
    standing: Tag
    draft: bool
    draft_says: str
    due: str
    left: str
    late: bool
    note: str
    rows: list[Row]
    ratings: list[tuple[str, str, str]]
    duty: DutyLine | None
    others: list[DutyLine]
    hosts: list[HostRow]
    more_hosts: bool
    claims: list[tuple[str, str]]
    acts: list[Happening]
    order: list[OtherDate]


def page(access: Access, found: VulnerabilityPage, now: datetime) -> Page:
    """Everything that the page of one vulnerability says."""
    row, contract = found.row, access.contract
    return Page(
        name=row.subject,
        title=row.title,
        category=category(row),
        standing=standing(row, now),
        draft=row.draft,
        draft_says=_draft_words(contract, row),
        due=_due_words(row),
        left=left(row, now),
        late=row.is_late_at(now),
        note=_note(row),
        rows=[*_rows(contract, row), *of_lists(row, known(names_of(row)), exploit_lists())],
        ratings=[_rating(one) for one in row.ratings],
        duty=line(contract, found.duty, now) if found.duty is not None else None,
        others=[line(contract, one, now) for one in found.others],
        hosts=[_host(one) for one in found.hosts[:HOSTS]],
        more_hosts=len(found.hosts) > HOSTS,
        claims=[
            (fact_label(contract.pk, one.fact.kind), reverse("claim", args=[contract.pk, one.pk]))
            for one in found.claims
        ],
        acts=acts(access, found),
        order=order_of_work(row, Others.of(contract), now),
    )


def _draft_words(contract: Contract, row: Vulnerability) -> str:
    """Who sees a draft; "" for what is on the record."""
    if not row.draft:
        return ""
    if row.state == State.OVER:
        return "This draft is over: the same came onto the record in another way."
    other = contract.word_for(Side(row.recorded_side).other)
    return (
        f"A draft of your side. The {other} does not see it until you submit it, or until its date is missed."
    )


def _due_words(row: Vulnerability) -> str:
    if row.due_at is None:
        return "No date"
    return due_words(row.due_at)


def _note(row: Vulnerability) -> str:
    """What to know of its date."""
    if row.state != State.OPEN or row.released_on is not None:
        return ""
    if not row.fixed_version:
        return "There is no fix yet, so no limit for patching runs."
    since = long_day(row.careful_on)
    why = (
        "the earliest day a source gives for the fixed version"
        if row.earliest_on
        else "when it was first seen"
    )
    return (
        "The day on which the patch was released is not known. Finding it is owed now. With care the limit"
        f" is counted from {since}, {why}; a date counted so is never missed."
    )


def _rows(contract: Contract, row: Vulnerability) -> Iterable[Row]:
    if row.component:
        yield Row("Component", f"{row.component} {row.version}".strip())
    if row.aliases:
        yield Row("Also called", ", ".join(row.aliases))
    if row.software:
        yield Row("Software", Software(row.software).label)
    yield from _days(row)
    if row.justification:
        yield Row("Said of why it is not affected", row.justification.replace("_", " "))
    if row.until and row.state == State.SUSPENDED:
        yield Row("That holds until", long_day(row.until))
    if row.reference:
        yield Row("Reference", row.reference, row.reference)
    by = row.recorded_by.name if row.recorded_by else "Duly"
    yield Row("Put down by", f"{by}, {contract.word_for(row.recorded_side)}")


def _days(row: Vulnerability) -> Iterable[Row]:
    yield Row("Identified here", long_day(row.found_on))
    yield Row(
        "Fixed in", row.fixed_version or ("Not said" if row.released_on else "No fixed version is known")
    )
    yield Row("Patch released", long_day(row.released_on) if row.released_on else "Not known")
    if row.done_on is not None and row.state == State.DONE:
        yield Row("Patched", long_day(row.done_on))


def _rating(one: dict[str, str]) -> tuple[str, str, str]:
    word = one.get("category", "")
    return source(one["by"]), one["says"], "No severity" if word == Category.NONE else word


def _host(host: VulnerabilityHost) -> HostRow:
    done = host.patched_on is not None
    words = f"Patched {short_day(host.patched_on)}" if host.patched_on else "To patch"
    again = host.patched_before if host.patched_on is None else None
    return HostRow(
        host.name,
        host.location,
        host.version,
        short_day(host.first_seen),
        f"Patched {short_day(again)}, and found again {short_day(host.last_seen)}" if again else "",
        Tag(words, "green" if done else "blue"),
    )


def submitted(contract: Contract, side: str, put: Sequence[Vulnerability]) -> str:
    """What is said once drafts are on the record."""
    other = contract.word_for(Side(side).other)
    one = count(len(put), "vulnerability is", "vulnerabilities are")
    return f"{one} on the record now: the {other} sees {'it' if len(put) == 1 else 'them'} with the dates."


def recorded(row: Vulnerability) -> str:
    """What is told after one was recorded."""
    where = "It is kept as a draft of your side." if row.draft else "It is on the record."
    if row.released_on is None:
        next_step = "Find out when its patch was released." if row.fixed_version else "There is no fix yet."
        return f"{where} {next_step}"
    return f"{where} Its patch is due by {due_words(row.due_at)}." if row.due_at else where


def patched(row: Vulnerability) -> str:
    """What is told after it was patched, everywhere or in some places."""
    if row.state == State.DONE:
        return "It is patched."
    return "Saved. It is still to be patched in the other places."


RECORDED_HERE = frozenset(
    {
        *(APPLIED, NOT_EXPLOITABLE, AT_RISK, TOLD_OF_RISK, NO_PATCH, MITIGATION),
        *(IDENTIFIED, RELEASED, FIX_KNOWN, *RATES.values()),
    }
)
"""Kinds of fact that are recorded on the pages of a vulnerability, with what belongs to them."""


def acts(access: Access, found: VulnerabilityPage) -> list[Happening]:
    """What this person may record of it: on its own pages first, then by the form of each kind of fact."""
    row = found.row
    if row.state not in (State.OPEN, State.SUSPENDED) or not access.may(Act.RECORD_FACT):
        return []
    own = list(_own_acts(access, row)) if may_patch(access.contract, access.side) else []
    if found.duty is None:
        return own
    others = happenings(access, found.duty, rule_of(found.duty))
    every = [*others.duty, *others.more]
    return [*own, *(one for one in every if not own or one.kind not in RECORDED_HERE)]


def _own_acts(access: Access, row: Vulnerability) -> Iterable[Happening]:
    """The ways to the pages of the side that patches."""

    def way(name: str, label: str, note: str = "") -> Happening:
        return Happening(name, label, reverse(name, args=[access.contract.pk, row.pk]), note)

    yield way("vulnerability_patched", "It is patched", "Everywhere or in some places, with what shows it")
    asks = "" if row.released_on else "Find the day on which the patch was released"
    yield way("vulnerability_learnt", "Release day and ratings", asks)
    if row.draft:
        return
    other = access.contract.word_for(Side.AUTHORITY)
    yield way("vulnerability_not_exploitable", "It cannot be exploited here", f"The {other} decides")
    if row.state == State.OPEN and row.due_at is not None:
        yield way("vulnerability_at_risk", "It is unlikely to be patched in time", f"Tell the {other}")
    if row.state == State.OPEN and row.released_on is None and not row.fixed_version:
        yield way("vulnerability_mitigation", "Propose interim measures", "While there is no patch")
