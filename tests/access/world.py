"""Two contracts that have nothing in common, and everybody who may ask for an address of one of them.

``build`` makes both, with one of everything on each; an incident on the first is kept to Priya and Ada.
``marked`` then writes a mark into every text of the second contract, of its parties and people, and another
into all that is kept to the list: no answer to anybody else may hold one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import time_machine
from django.core.cache import cache
from django.core.management import call_command
from django.test import override_settings

from contracts.models import ContractDraft, ErasureCertificate, Person, Role
from contracts.services import api_tokens, long_work, uploads
from contracts.services.contracts import add_member, create_contract
from contracts.services.invitations.making import invite
from contracts.services.leaving import actor_of
from contracts.services.organisations import appoint_administrator
from obligations.breaches.models import Breach
from obligations.models import CalendarBase, Duty, Evidence, FactRecord, Notice
from obligations.services.book_templates.keeping import keep_template
from obligations.services.holidays import proposing
from obligations.services.reconciling.adopt import adopt_rulebooks
from obligations.services.standards import state
from tests.access.marks import Marks, mark
from tests.cast import DMP, NOON, PEOPLE, SYSTEM, Cast, organisation, person
from tests.support.addresses import Things, things
from tests.support.factors import with_app
from tests.web.test_kept_from_others import LATER, keep, live_through

LISTED = frozenset({"priya", "ada"})
"""Who may know of the incident that is kept to a list."""


@dataclass
class World:
    """``here``: the contract whose addresses are asked for; ``there``: another one.

    ``people``: everybody who asks, by what they are called in the table; nobody is None. ``own`` and
    ``other``: what addresses that belong to no contract name, of the first organisation and of another.
    ``kept``: what addresses name of the incident that is kept to a list.
    """

    here: Things
    there: Things
    people: dict[str, Person | None]
    own: dict[str, object]
    other: dict[str, object]
    kept: dict[str, list[int | str]]
    marks: Marks = field(default_factory=Marks)

    def role(self, who: str) -> Role | None:
        """The role that somebody has today on the contract here."""
        on = {"manny": Role.CONTRIBUTOR} | {key: role for key, (_, role) in PEOPLE.items() if role}
        return on.get(who)


def build() -> World:
    """Both contracts and everybody; nothing of the first names anything of the second."""
    here = things(_cast("", "WF-2026-014", "Wrenfield Council", "Harbourlight Systems"), kept=False)
    there = things(_cast("other-", "QX-2026-200", "Quarrydale Council", "Quillstone Software"))
    people = _people(here.cast)
    incident = keep(here.cast)
    live_through(here.cast, incident)
    for one, admin in ((here, "oona"), (there, "other-oona")):
        _of_the_organisation(one, admin)
    day = proposing.propose_day(
        actor_of(people["root"]), NOON, division="all", day=date(2026, 6, 5), name="Jubilee", source="Said so"
    )
    own, other = _own(here, "oona"), _own(there, "other-oona")
    own["change_id"] = other["change_id"] = day.pk
    people["zed"] = there.cast.people["priya"]
    return World(here, there, people, own, other, _keys(incident))


@contextmanager
def committed(owner_url: str, folder: Path) -> Iterator[World]:
    """Both contracts, marked and committed, at half past twelve on 17 March 2026; taken away afterwards.

    Uploads go into ``folder``. It is no demo: else the page of sign-in would name the people of the demo.
    """
    with time_machine.travel(LATER, tick=False), override_settings(MEDIA_ROOT=folder, DEMO=False):
        cache.clear()
        laid_down = list(CalendarBase.objects.all())  # by a migration: a flush takes it away
        try:
            yield marked(build(), owner_url)
        finally:
            call_command("flush", verbosity=0, interactive=False)
            CalendarBase.objects.bulk_create(laid_down)


def marked(world: World, owner_url: str) -> World:
    """The same, with the marks in what nobody here may see; written as the owner of the tables."""
    cast = world.there.cast
    strangers = [*cast.people.values(), Person.objects.get(email="other-oona@duly.example")]
    parties = [cast.contract.authority, cast.contract.supplier]
    world.marks = mark(owner_url, [cast.contract, *parties, *strangers])
    zed = world.people["zed"]
    assert zed is not None
    zed.refresh_from_db()
    return world


def _cast(prefix: str, reference: str, authority: str, supplier: str) -> Cast:
    """A contract with a cast of its own: each of an organisation of that contract."""
    parties = {"authority": organisation(authority), "supplier": organisation(supplier)}
    contract = create_contract(
        SYSTEM,
        NOON,
        reference=reference,
        title=f"The contract {reference}",
        outline_keys=[DMP],
        agreement_date=date(2025, 4, 1),
        start_date=date(2025, 4, 1),
        end_date=date(2029, 3, 31),
        **parties,
    )
    people = {}
    for key, (_, role) in PEOPLE.items():
        buys = role in (Role.REVIEWER, Role.ASSURANCE_LEAD)
        people[key] = person(prefix + key, organisation=parties["authority" if buys else "supplier"])
        if role is not None:
            add_member(contract, SYSTEM, NOON, person=people[key], role=role, from_day=date(2025, 4, 1))
    adopt_rulebooks(contract, SYSTEM, NOON)
    return Cast(contract, people)


def _people(cast: Cast) -> dict[str, Person | None]:
    """Everybody who asks. What each is stands in ``tests.access.table``."""
    asking: dict[str, Person | None] = {key: cast.people[key] for key, (_, role) in PEOPLE.items() if role}
    supplier, today = cast.contract.supplier, NOON.date()
    yesterday, tomorrow = today - timedelta(days=1), today + timedelta(days=1)
    for key, role, from_day, to_day, manages in (
        ("manny", Role.CONTRIBUTOR, date(2025, 4, 1), None, True),
        ("lena", Role.LEAD, date(2025, 4, 1), yesterday, True),
        ("tessa", Role.LEAD, tomorrow, None, True),
    ):
        asking[key] = found = person(key, organisation=supplier)
        add_member(
            cast.contract, SYSTEM, NOON, person=found, role=role, from_day=from_day, to_day=to_day,
            manages=manages,
        )  # fmt: skip
    asking["oona"] = oona = person("oona", organisation=supplier)
    appoint_administrator(supplier, SYSTEM, NOON, person=oona)
    asking["root"] = person("root", is_staff=True, is_superuser=True)
    for administrator in (oona, asking["root"]):
        with_app(administrator)  # they would be led to set up a second factor otherwise
    asking["shut"] = person("shut", organisation=supplier, is_active=False)
    return asking | {"nobody": None}


def _told(of: Things, name: str) -> Notice:
    """A message that somebody got."""
    duty = Duty.objects.get(pk=of.ids["duty_id"])
    return Notice.objects.create(
        contract=of.cast.contract, duty=duty, deadline_version=duty.deadline_version, stage="due_soon",
        recipient=of.cast.people[name], about="of old", not_before=NOON, sent_at=NOON, created_at=NOON,
    )  # fmt: skip


def _of_the_organisation(of: Things, admin: str) -> None:
    """What the supplier's organisation keeps: a template, a standard term, an invitation, a draft."""
    supplier, cast = of.cast.contract.supplier, of.cast
    found = person(admin, organisation=supplier)
    if not found.administers.exists():
        appoint_administrator(supplier, SYSTEM, NOON, person=found)
    schedule = cast.contract.schedules.get(pk=of.ids["schedule_id"])
    lead, looks_after = cast.as_("priya"), actor_of(found)
    template = keep_template(cast.contract, schedule, supplier, lead, NOON, title="Harbour")
    state(supplier, lead, NOON, topic="tell_of_breach", words="within 2 Working Days")
    email = f"comes-to-{supplier.pk}@duly.example"
    invitation = invite(looks_after, NOON - timedelta(minutes=5), organisation=supplier, email=email)
    draft = ContractDraft.objects.create(
        person=found,
        begun_at=NOON,
        changed_at=NOON,
        answers={"name": {"reference": f"N-{supplier.pk}", "title": "Payments for boats"}},
    )
    work = long_work.ask(
        uploads.KIND,
        f"the boats of {cast.contract.pk}",
        lead,
        NOON,
        title="The boats are counted",
        contract=cast.contract,
    )
    token = api_tokens.make(
        cast.tom, NOON, name="The scanner", scope="read", contracts=None, last_day=date(2026, 6, 1)
    ).token
    certificate = ErasureCertificate.objects.create(
        contract_number=9000 + cast.contract.pk,
        reference=f"E-{supplier.pk}",
        title="The boats of old",
        authority=cast.contract.authority,
        supplier=supplier,
        closed_on=date(2019, 3, 1),
        kept_until=date(2026, 3, 1),
        reason="It was over",
        asked_by_name="Somebody who asked",
        agreed_by_name="Somebody who agreed",
        erased_at=NOON,
        rows={"contracts_contract": 1},
        files=0,
        heads={},
    )
    of.ids.update(
        certificate_id=certificate.pk,
        token_id=token.pk,
        notice_id=_told(of, "tom").pk,
        template_id=template.pk,
        org_invitation=invitation.invitation.pk,
        draft_id=draft.pk,
        work_id=work.pk,
    )


def _own(of: Things, admin: str) -> dict[str, object]:
    """What the addresses of an organisation, a draft and long work name."""
    return {
        "organisation_id": of.cast.contract.supplier_id,
        "person_id": of.cast.people["tom"].pk,
        "invitation_id": of.ids["org_invitation"],
        "topic": "tell_of_breach",
        "way": "patch",
        "template_id": of.ids["template_id"],
        "certificate_id": of.ids["certificate_id"],
        "token_id": of.ids["token_id"],
        "notice_id": of.ids["notice_id"],
        "draft_id": of.ids["draft_id"],
        "step": "name",
        "work_id": of.ids["work_id"],
        "key": "no-such-key",
        "pk": 10**9,
    }


def _keys(incident: Breach) -> dict[str, list[Any]]:
    """What addresses name of an incident, by their parameters."""
    about = {"contract": incident.contract, "subject": incident.reference}
    keys: dict[str, list[Any]] = {
        "breach_id": [incident.pk],
        "reference": [incident.reference],
        "report_id": [one.pk for one in incident.reports.all()],
        "duty_id": list(Duty.objects.filter(**about).values_list("pk", flat=True)),
        "fact_id": list(FactRecord.objects.filter(**about).values_list("pk", flat=True)),
        "evidence_id": list(
            Evidence.objects.filter(duty__subject=incident.reference).values_list("pk", flat=True)
        ),
    }
    assert all(keys.values()), keys
    return keys
