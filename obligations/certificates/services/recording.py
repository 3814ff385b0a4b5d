"""Recording a certificate, and adding what is printed on it to one of which only the fact is on record."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from contracts.models import Contract, KeptBy
from contracts.services import files, ledger
from contracts.services.actors import Actor
from contracts.services.errors import Refused, one_line, required
from contracts.services.locks import lock
from contracts.terms.moments import Day, long_day, start_of_day
from obligations.certificates.models import Certificate
from obligations.certificates.schemes import ISSUED, scheme_of
from obligations.certificates.selectors import CEASED, certificates_of, in_force
from obligations.models import FactRecord
from obligations.rules.register.facts import kind_of
from obligations.rules.register.names import folded, tidy
from obligations.services.asking.calendars import within
from obligations.services.recording.facts import record_on_page

LONGEST_SCOPE = 4_000


@dataclass(frozen=True, slots=True)
class Printed:
    """What is printed on a certificate. ``account_on``: the day the account of the assessment was opened."""

    number: str
    scope: str
    level: str = ""
    body: str = ""
    account_on: Day | None = None

    def clean(self, now: datetime) -> Printed:
        """The same without blanks around it. Raises Refused naming the field."""
        if self.account_on is not None:
            within(self.account_on, "account_on")
            if start_of_day(self.account_on) > now:
                raise Refused("account_on", "This is in the future; enter when the account was opened.")
        missing = "Enter the number printed on the certificate."
        return Printed(
            number=required("number", one_line(self.number), missing, longest=100),
            scope=required(
                "scope",
                self.scope.replace("\r\n", "\n"),
                "Enter what the certificate covers, in its own words.",
                longest=LONGEST_SCOPE,
            ),
            level=_short("level", self.level, 100),
            body=_short("body", self.body, 200),
            account_on=self.account_on,
        )


@dataclass(frozen=True, slots=True)
class Runs:
    """Of which scheme it is, and its London days: the day of issue and the last day, both in force."""

    scheme: str
    issued: Day
    last_day: Day

    def clean(self) -> Runs:
        """With the scheme as facts name it. Raises Refused naming the field."""
        typed = required("scheme", tidy(self.scheme), "Choose the scheme, or enter another one.", longest=100)
        known = scheme_of(typed)
        if self.last_day < self.issued:
            raise Refused(
                "last_day",
                f"This is before the day of issue, {long_day(self.issued)}: a certificate that ended before"
                " it began was never in force (paragraph 6.1 asks for one that is). Check both.",
            )
        return Runs(known.name if known else typed, self.issued, self.last_day)

    def details(self, subject: str) -> dict[str, Any]:
        """The details of the fact that it was issued."""
        return {"subject": subject, "scheme": self.scheme, "expires": self.last_day}


def record_certificate(
    contract: Contract,
    actor: Actor,
    now: datetime,
    *,
    runs: Runs,
    printed: Printed,
    file: UploadedFile[bytes] | None = None,
) -> Certificate:
    """Put a certificate on record: the fact that it was issued, and what is printed on it.

    Raises Refused naming the field: a day in the future, a last day before the first, a number that is
    recorded for the scheme already, one that rests on another that is not in force, a file that cannot be
    kept. Nothing is kept then.
    """
    runs, printed = runs.clean(), printed.clean(now)
    with _kept(file) as row, transaction.atomic():
        lock(contract)
        not_twice(contract, runs.scheme, printed.number)
        rests(contract, runs, now)
        subject = _called(contract, runs)
        try:
            recorded = record_on_page(
                contract, actor, now, kind=ISSUED, happened=runs.issued, details=runs.details(subject)
            )
        except Refused as refused:
            raise as_asked(refused) from refused
        _keep(row, recorded.fact, actor, now, printed)
        ledger.record(contract, actor, "certificate_recorded", payload(row) | _told(row), now)
    return row


def describe_certificate(
    fact: FactRecord,
    actor: Actor,
    now: datetime,
    *,
    printed: Printed,
    file: UploadedFile[bytes] | None = None,
) -> Certificate:
    """Add what is printed on it to a certificate that was recorded without. Raises Refused."""
    printed = printed.clean(now)
    contract = fact.contract
    with _kept(file) as row, transaction.atomic():
        lock(contract)
        fact.refresh_from_db()
        _by_its_side(contract, actor)
        if fact.withdrawn_at is not None:
            raise Refused("", "This certificate was withdrawn meanwhile.")
        if Certificate.objects.filter(fact=fact).exists():
            raise Refused("", "What is printed on this certificate is on record already.")
        not_twice(contract, str(fact.details.get("scheme") or ""), printed.number)
        _keep(row, fact, actor, now, printed)
        ledger.record(contract, actor, "certificate_described", payload(row) | _told(row), now)
    return row


def payload(row: Certificate) -> dict[str, Any]:
    """What a ledger entry says of a certificate."""
    fact = row.fact
    return {
        "certificate": row.pk,
        "subject": fact.subject,
        "scheme": fact.details.get("scheme", ""),
        "number_printed": row.number,
    }


def as_asked(refused: Refused) -> Refused:
    """A refusal of the fact under the names that a certificate has for its days."""
    names = {"happened": "issued", "expires": "last_day", "subject": "scheme"}
    return Refused(names.get(refused.field, refused.field), refused.message)


def not_twice(contract: Contract, scheme: str, number: str, *, but: Certificate | None = None) -> None:
    """Refuses a number that a certificate of the scheme has already, unless that was withdrawn."""
    rows = Certificate.objects.filter(contract=contract, fact__withdrawn_at=None).select_related("fact")
    for row in rows.exclude(pk=but.pk) if but else rows:
        same = folded(str(row.fact.details.get("scheme") or "")) == folded(scheme)
        if same and folded(row.number) == folded(number):
            raise Refused(
                "number", f"This number is on record already, as {row.fact.subject}. Correct that, or check."
            )


def rests(contract: Contract, runs: Runs, now: datetime) -> None:
    """Refuses one that rests on another scheme of which none was in force on the day it was issued."""
    known = scheme_of(runs.scheme)
    if known is None or not known.rests_on:
        return
    at = start_of_day(runs.issued)
    if in_force(certificates_of(contract, now), known.rests_on, at) is None:
        raise Refused(
            "scheme",
            f"{known.name} rests on {known.rests_on}, of which no certificate on record is in force on"
            f" {long_day(runs.issued)}. Record that one first.",
        )


@contextmanager
def _kept(file: UploadedFile[bytes] | None) -> Iterator[Certificate]:
    """A new row with its file, if it has one; the file is taken away again where what follows fails."""
    row = Certificate()
    if file is None:
        yield row
        return
    checked = files.check(file, "file")
    row.file_name, row.size, row.sha256 = checked.name, checked.size, checked.sha256
    with files.stored(row.file, checked):
        yield row


def _keep(row: Certificate, fact: FactRecord, actor: Actor, now: datetime, printed: Printed) -> None:
    if actor.person is None:
        raise Refused("", "Only a person records a certificate.")
    row.contract, row.fact = fact.contract, fact
    for one in fields(printed):
        setattr(row, one.name, getattr(printed, one.name))
    row.recorded_at, row.recorded_by, row.recorded_side = now, actor.person, actor.side
    row.save(force_insert=True)


def _told(row: Certificate) -> dict[str, Any]:
    fact = row.fact
    return {"issued": fact.happened, "last_day": fact.details.get("expires"), "sha256": row.sha256}


def _called(contract: Contract, runs: Runs) -> str:
    """What it is called for its whole life: "Cyber Essentials 2026", and "(2)" for a second of a year."""
    name = f"{runs.scheme} {runs.issued.year}"
    rows = FactRecord.objects.filter(contract=contract, kind__in=(ISSUED, CEASED))
    used = {folded(one) for one in rows.values_list("subject", flat=True)}
    number, called = 1, name
    while folded(called) in used:
        number += 1
        called = f"{name} ({number})"
    return called


def _by_its_side(contract: Contract, actor: Actor) -> None:
    """Where both keep the contract, these are the supplier's to record; one alone records all (R33)."""
    side = kind_of(ISSUED).side
    if contract.kept_by == KeptBy.BOTH and actor.side != side:
        word = contract.word_for(side)
        raise Refused("", f"Ask the {word} to record this: it is theirs to record.")


def _short(field: str, text: str, longest: int) -> str:
    text = one_line(text).strip()
    return required(field, text, "", longest=longest) if text else ""
