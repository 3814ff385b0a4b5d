"""Certificates in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from contracts.access import Access, Act
from contracts.models import Contract
from contracts.terms.moments import Day, london, london_day, long_day
from contracts.web.variations.presenters import Tag
from contracts.web.words import count, listed, on_or_at, size_words, when_words
from obligations.certificates.models import Certificate
from obligations.certificates.schemes import ISSUED, edition_of, scheme_of
from obligations.certificates.selectors import (
    ASKED,
    CEASED,
    Certificates,
    Kept,
    SchemeCover,
    wanted_and_absent,
)
from obligations.models import FactRecord
from obligations.rules.engine.contract_book import ContractBook
from obligations.rules.engine.held import BY_HAND, WITH_ANOTHER, Gap, Held
from obligations.rules.register.facts import kind_of
from obligations.rules.register.names import folded
from obligations.web.facts.kinds import may_record, used_by
from obligations.web.facts.presenters import Row


@dataclass(frozen=True)
class KeptRow:
    """One certificate in the table of its scheme, or a time without one."""

    title: str
    href: str
    number: str
    first: str
    last: str
    says: str
    gap: bool = False


@dataclass(frozen=True)
class SchemeRows:
    """One scheme: how it stands, and its certificates and gaps in order."""

    name: str
    tag: Tag
    says: str
    rows: list[KeptRow]
    renew_href: str


@dataclass(frozen=True)
class WithdrawnRow:
    """A certificate that was withdrawn."""

    title: str
    href: str
    says: str


@dataclass(frozen=True)
class Button:
    """Something that may be done with a certificate."""

    text: str
    href: str
    main: bool = False


def may_write(access: Access) -> bool:
    """Whether the person records certificates here: by their role, and their side."""
    return access.may(Act.RECORD_FACT) and may_record(access, kind_of(ISSUED))


def schemes(access: Access, found: Certificates) -> list[SchemeRows]:
    """Every scheme of which there is a certificate."""
    return [_scheme(access, one, found.now) for one in found.schemes]


def _scheme(access: Access, one: SchemeCover, now: datetime) -> SchemeRows:
    tag, says = standing(one, now)
    places = [(kept.held.begins, _row(access.contract, kept, now)) for kept in one.kept]
    places += [(gap.since, _gap_row(one, gap)) for gap in one.gaps]
    places.sort(key=lambda place: place[0])
    last = one.kept[-1]
    renews = reverse("record_certificate", args=[access.contract.pk]) + f"?renews={last.fact_id}"
    return SchemeRows(
        one.name,
        tag,
        says,
        [row for _, row in places],
        renews if may_write(access) and last.held.ends else "",
    )


def standing(one: SchemeCover, now: datetime) -> tuple[Tag, str]:
    """How a scheme stands at a moment: in force through a day, lapsed since one, not in force yet."""
    there = one.in_force(now)
    if there is not None:
        ends = there.held.ends
        last = there.held.last_day
        if ends is None or last is None:
            return Tag("In force", "green"), "No last day is on record."
        after = there.since
        if after is not None and after.begins <= ends:
            return Tag("In force", "green"), "The next one is on record and follows without a gap."
        left = (last - london_day(now)).days
        days = (
            "Its last day is today." if left == 0 else f"Its last day, {long_day(last)}, is {_ahead(left)}."
        )
        return Tag("In force", "green" if left > SOON else "orange"), days
    if one.lost is not None:
        return Tag("None in force", "red"), f"None in force since {long_day(one.lost.first)}."
    begins = min(kept.held.begins for kept in one.kept)
    return Tag("None in force", "red"), f"The first one begins on {long_day(london_day(begins))}."


SOON = 90
"""Days before the last day from which a certificate is shown as ending soon."""


def _ahead(days: int) -> str:
    return "tomorrow" if days == 1 else f"{count(days, 'day')} away"


def _row(contract: Contract, kept: Kept, now: datetime) -> KeptRow:
    return KeptRow(
        title=kept.held.fact.subject or kept.scheme,
        href=href(contract, kept),
        number=kept.row.number if kept.row else "Not said",
        first=long_day(london_day(kept.held.begins)),
        last=long_day(kept.held.last_day) if kept.held.last_day else "Not said",
        says=how(kept.held, now),
    )


def href(contract: Contract, kept: Kept) -> str:
    """The page of a certificate: its own, or that of the fact where only the fact is recorded."""
    if kept.row is None:
        return reverse("fact", args=[contract.pk, kept.fact_id])
    return reverse("certificate", args=[contract.pk, kept.row.pk])


def _gap_row(one: SchemeCover, gap: Gap) -> KeptRow:
    first = long_day(gap.first)
    if gap.last is None or gap.days is None:
        return KeptRow(f"No {one.name}", "", "", first, "still", "Since then none is in force.", gap=True)
    last = long_day(gap.last)
    return KeptRow(f"No {one.name}", "", "", first, last, f"{count(gap.days, 'day')} without one.", gap=True)


def how(held: Held, now: datetime) -> str:
    """Whether it is in force, and how it ended or will."""
    if held.begins > now:
        return "Not in force yet"
    if held.ends is None:
        return "In force"
    if held.ended == BY_HAND:
        at = london(held.ends)
        return f"Ceased {on_or_at(held.ending.at if held.ending else at)}"
    if held.ended == WITH_ANOTHER and held.ends <= now:
        return _fell(held)
    if held.ends <= now:
        return f"Lapsed at the end of {long_day(held.last_day)}" if held.last_day else "Never in force"
    return "In force"


def _fell(held: Held) -> str:
    """How it ended with what it rests on."""
    known = scheme_of(held.scheme)
    on = known.rests_on if known is not None and known.rests_on else "what it rests on"
    if held.ends is not None and held.ends <= held.begins:
        return f"Not in force: no {on}, on which it rests, was when it began"
    return f"Lapsed at the end of {long_day(held.last_day)} with {on}" if held.last_day else "Never in force"


@dataclass(frozen=True)
class Absent:
    """Something that the contract asks for and no certificate is there for; ``href``: where that is said."""

    says: str
    href: str


def absent(access: Access, found: Certificates, books: Mapping[str, ContractBook]) -> list[Absent]:
    """What must be in place and is not, though no lapse on record says so."""
    lapsed = {folded(one.name) for one in found.schemes if one.lost is not None}
    used = used_by(access.contract)
    may = CEASED in used and access.may(Act.RECORD_FACT) and may_record(access, used[CEASED])
    href = reverse("record_kind", args=[access.contract.pk, CEASED]) if may else ""
    return [
        Absent(f"No certificate of {listed(list(one.values), 'or')} is in force.", href)
        for one in wanted_and_absent(books, found)
        if not {folded(value) for value in one.values} & lapsed
    ]


def may_ask(access: Access, found: Certificates) -> list[Button]:
    """What the person may record that it was asked for, while none of a scheme is in force (DMP 23, 6.2)."""
    lost = any(one.lost is not None for one in found.schemes)
    if not lost or not access.may(Act.RECORD_FACT):
        return []
    used = used_by(access.contract)
    return [
        Button(used[kind].label, reverse("record_kind", args=[access.contract.pk, kind]))
        for kind in ASKED
        if kind in used and may_record(access, used[kind])
    ]


def withdrawn(contract: Contract, rows: list[Certificate]) -> list[WithdrawnRow]:
    """The certificates that were withdrawn, each with its reason."""
    return [
        WithdrawnRow(
            f"{row.fact.subject}, number {row.number}",
            reverse("certificate", args=[contract.pk, row.pk]),
            f"Withdrawn: {row.fact.withdrawn_reason}",
        )
        for row in rows
    ]


def tag(row: Certificate, kept: Kept | None, now: datetime) -> tuple[Tag, str]:
    """How one certificate stands, and that in a sentence."""
    if kept is None:
        return Tag("Withdrawn", "grey"), f"It was withdrawn: {row.fact.withdrawn_reason}"
    held, says = kept.held, how(kept.held, now)
    if held.at(now):
        through = f" through {long_day(held.last_day)}" if held.last_day else ""
        return Tag("In force", "green"), f"It is in force{through}."
    if held.begins > now:
        return Tag("Not in force yet", "blue"), f"It begins on {long_day(london_day(held.begins))}."
    return Tag("Not in force", "red"), f"{says}."


def rows(row: Certificate, kept: Kept | None) -> list[Row]:
    """Everything that is kept of a certificate."""
    fact = row.fact
    scheme = str(fact.details.get("scheme") or "")
    last = str(fact.details.get("expires") or "")
    found = [
        Row("Scheme", scheme or "Not said"),
        Row("Number", row.number),
        Row("Level or edition", row.level),
        Row("Issued by", row.body),
        Row("What it covers", row.scope),
        Row("Issued", when_words(fact.happened)),
        Row("Last day", long_day(Day.fromisoformat(last[:10])) if last else "Not said"),
        Row("Account opened", _account(row, scheme)),
        Row("Recorded", f"{row.recorded_by.name}, {when_words(london(row.recorded_at))}"),
        Row("The fact", "That it was issued", reverse("fact", args=[fact.contract_id, fact.pk])),
    ]
    if kept is not None and kept.held.ending is not None:
        place = reverse("fact", args=[fact.contract_id, int(kept.held.ending.source)])
        found.append(Row("Ceased", when_words(kept.held.ending.at), place))
    return [one for one in found if one.value]


def _account(row: Certificate, scheme: str) -> str:
    if row.account_on is None:
        known = scheme_of(scheme)
        return "Not said, so its edition is not known" if known is not None and known.asks_account else ""
    edition = edition_of(scheme, row.account_on)
    return f"{long_day(row.account_on)}: {edition}" if edition else long_day(row.account_on)


def file_rows(row: Certificate) -> list[Row]:
    """The file and its hash, where one is kept."""
    if not row.file:
        return []
    place = reverse("certificate_file", args=[row.contract_id, row.pk])
    return [
        Row("File", f"{row.file_name} ({size_words(row.size)})", place),
        Row("SHA-256 of the file", row.sha256),
    ]


def rests_on(row: Certificate, found: Certificates) -> str:
    """What it rests on, and whether that is in force; "" where it rests on nothing."""
    known = scheme_of(str(row.fact.details.get("scheme") or ""))
    if known is None or not known.rests_on:
        return ""
    there = next((one for one in found.schemes if one.name == known.rests_on), None)
    if there is None:
        return f"It rests on {known.rests_on}, of which no certificate is on record."
    _, says = standing(there, found.now)
    return f"It rests on {known.rests_on}. {says}"


def buttons(access: Access, row: Certificate, kept: Kept | None, now: datetime) -> list[Button]:
    """What the person may do with a certificate."""
    if kept is None or not may_write(access):
        return []
    at = [access.contract.pk, row.pk]
    record = reverse("record_certificate", args=[access.contract.pk])
    found = [Button("Record the next one", f"{record}?renews={row.fact_id}", main=True)]
    found.append(Button("Correct it", reverse("correct_certificate", args=at)))
    if kept.held.at(now):
        found.append(Button("It ceased to hold", reverse("certificate_ceased", args=at)))
    if access.may(Act.WITHDRAW_FACT):
        found.append(Button("Withdraw it", reverse("withdraw_certificate", args=at)))
    return found


def title(row: Certificate) -> str:
    """What a certificate is called on its page."""
    return row.fact.subject or str(row.fact.details.get("scheme") or "Certificate")


def undescribed(contract: Contract, found: Certificates) -> list[Button]:
    """The certificates of which only the fact is recorded."""
    return [
        Button(
            kept.held.fact.subject or kept.scheme,
            reverse("describe_certificate", args=[contract.pk, kept.fact_id]),
        )
        for one in found.schemes
        for kept in one.kept
        if kept.row is None
    ]


def about_fact(fact: FactRecord) -> str:
    """A fact that a certificate was issued, in a sentence."""
    return f"{fact.subject or 'A certificate'}, issued {on_or_at(fact.happened)}"
