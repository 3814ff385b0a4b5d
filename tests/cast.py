"""The cast: invented people and organisations, and the contract that most tests play on.

Wrenfield Council buys from Harbourlight Systems. Priya leads security for Harbourlight, Tom helps her and
Grace sits on the board; Ada reviews for Wrenfield and Ben leads its assurance. Olu audits, Mina administers
and Zed is on no contract at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from contracts.access import Access, open_contract
from contracts.models import Contract, Organisation, Person, Role, Schedule
from contracts.services.actors import Actor
from contracts.services.contracts import add_member, create_contract
from contracts.terms.moments import When
from obligations.claims.services.answering import answer
from obligations.models import Claim, Duty, Evidence
from obligations.rules.register.facts import vocabulary
from obligations.services.reconciling.adopt import adopt_rulebooks
from obligations.services.recording.claims import Given
from obligations.services.recording.evidence import log_evidence
from obligations.services.recording.facts import Recorded, record_fact, record_on_page
from tests.support.laid import laid

SYSTEM = Actor.system("tests")
NOON = datetime(2026, 3, 17, 12, 0, tzinfo=UTC)
"""Tuesday 17 March 2026, noon in London: the present of most tests."""

DMP = "dmp_schedule_23"
ORDER = "order_schedule_9"
RIVERSIDE = "riverside_schedule_7"

PEOPLE: dict[str, tuple[str, Role | None]] = {
    "priya": ("Priya Nair", Role.LEAD),
    "tom": ("Tom Ashdown", Role.CONTRIBUTOR),
    "grace": ("Grace Mbeki", Role.BOARD_MEMBER),
    "ada": ("Ada Fairweather", Role.REVIEWER),
    "ben": ("Ben Castellan", Role.ASSURANCE_LEAD),
    "olu": ("Olu Adeyemi", Role.AUDITOR),
    "mina": ("Mina Sorrel", Role.ADMINISTRATOR),
    "zed": ("Zed Quill", None),
}


@dataclass(frozen=True)
class Cast:
    """A contract with its people: ``cast.priya`` is a person, ``cast.as_("priya")`` the actor she is."""

    contract: Contract
    people: dict[str, Person]

    def __getattr__(self, name: str) -> Person:
        try:
            return self.people[name]
        except KeyError as error:
            raise AttributeError(name) from error

    def as_(self, name: str) -> Actor:
        person = self.people[name]
        return Actor.of(person, self.contract.memberships.get(person=person).side)

    def access(self, name: str, now: datetime = NOON) -> Access:
        """How somebody of the cast comes through the gate."""
        return open_contract(self.people[name], self.contract.pk, now)

    @property
    def schedule(self) -> Schedule:
        """The first schedule of the contract."""
        return self.contract.schedules.order_by("pk")[0]


def organisation(name: str) -> Organisation:
    return Organisation.objects.get_or_create(name=name)[0]


def person(key: str, **fields: Any) -> Person:
    """One of the cast, made once."""
    email = f"{key}@duly.example"
    name = PEOPLE[key][0] if key in PEOPLE else key.title()
    found = Person.objects.filter(email=email).first()
    return found or Person.objects.create_user(email, name, "a long enough password", **fields)


@laid
def make_contract(
    *outline_keys: str, reference: str = "WF-2026-014", now: datetime = NOON, **terms: Any
) -> Cast:
    """A contract between the usual parties, the whole cast on it. DMP 23 unless outlines are named."""
    terms = {
        "title": "Apprenticeship portal",
        "authority": organisation("Wrenfield Council"),
        "supplier": organisation("Harbourlight Systems"),
        "agreement_date": date(2025, 4, 1),
        "start_date": date(2025, 4, 1),
        "end_date": date(2029, 3, 31),
    } | terms
    contract = create_contract(SYSTEM, now, reference=reference, outline_keys=outline_keys or [DMP], **terms)
    people = {key: person(key) for key in PEOPLE}
    for key, (_, role) in PEOPLE.items():
        if role is not None:
            add_member(contract, SYSTEM, now, person=people[key], role=role, from_day=contract.agreement_date)
    return Cast(contract, people)


@laid
def play(*outline_keys: str, **terms: Any) -> Cast:
    """The usual contract with its rulebooks adopted, so that facts make duties."""
    cast = make_contract(*outline_keys, **terms)
    adopt_rulebooks(cast.contract, SYSTEM, terms.get("now", NOON))
    return cast


def happened(
    cast: Cast,
    kind: str,
    when: When,
    subject: str = "",
    *,
    by: str = "priya",
    now: datetime = NOON,
    **details: Any,
) -> Recorded:
    """Somebody of the cast records that something happened, on the page of its subject where it has one."""
    known = {"subject": subject, **details} if subject else details
    about = vocabulary().get(kind)
    record = record_on_page if about is not None and about.page else record_fact
    return record(cast.contract, cast.as_(by), now, kind=kind, happened=when, details=known)


def claimed(
    cast: Cast,
    kind: str,
    when: When,
    subject: str = "CVE-2026-0001",
    *,
    by: str = "priya",
    accepted_by: str = "",
    now: datetime = NOON,
    **details: Any,
) -> Claim:
    """Somebody of the cast claims something, with a file as evidence; another accepts it at once."""
    recorded = record_fact(
        cast.contract,
        cast.as_(by),
        now,
        kind=kind,
        happened=when,
        details={"subject": subject, "reason": "The module is not loaded."} | details,
        claim=Given(file=SimpleUploadedFile("proof.txt", b"the module is not loaded")),
    )
    claim = Claim.objects.select_related("contract", "fact").get(fact=recorded.fact)
    if accepted_by:
        answer(claim, cast.as_(accepted_by), now, event="accept")
        claim.refresh_from_db()
    return claim


def patch_released(
    cast: Cast, cve: str = "CVE-2026-0001", day: date = date(2026, 3, 12), **details: Any
) -> Duty:
    """A Critical patch was released on 12 March 2026, due on the 19th; the duty to apply it."""
    details = {"category": "Critical"} | details
    recorded = happened(cast, "patch_publicly_released", day, cve, **details)
    return Duty.objects.get(cause=recorded.fact)


def done(
    duty: Duty, cast: Cast, day: When = date(2026, 3, 16), *, by: str = "priya", now: datetime = NOON
) -> Evidence:
    """Somebody logs a note that a duty was done."""
    return log_evidence(
        duty, cast.as_(by), now, kind="note", done=day, done_by="The platform team", note="Done and checked."
    )
