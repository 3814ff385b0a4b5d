"""What is kept to a distribution list: the back room, the plans, the sweep, people without the role."""

from __future__ import annotations

import pytest
from django.contrib import admin as rooms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from contracts.models import Contract, DistributionList, Person
from contracts.services import ledger
from contracts.services.errors import Refused
from obligations.breaches.services.work import change_state, write
from obligations.models import Duty
from obligations.plans.models import PlanChange, PlanRequirement
from obligations.plans.services.decisions import approve_version
from obligations.plans.services.upkeep import raise_change
from obligations.plans.services.versions import submit_version, upload_version
from obligations.services.reconciling import sweep as safety
from tests.cast import NOON, ORDER, happened, play
from tests.web.test_kept_from_others import LATER, MOVING, keep, live_through

pytestmark = pytest.mark.django_db
OURS = [model for model in rooms.site._registry if model._meta.app_label in ("contracts", "obligations")]


@pytest.fixture
def root(settings):
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
    return Person.objects.create_superuser("root@duly.example", "Root", "a long enough password")


def room(model, what: str, *args) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{what}", args=args)


def test_a_change_of_a_plan_is_not_called_after_it(at_noon):
    at_noon.move_to(LATER)
    cast = play(ORDER)
    breach, priya, ada = keep(cast), cast.as_("priya"), cast.as_("ada")
    plan, file = "security-management-plan", SimpleUploadedFile("p.txt", b"plan")
    version = upload_version(cast.contract, priya, LATER, plan=plan, name="1.0", file=file)
    PlanRequirement.objects.filter(version=version).update(place="1")
    submit_version(version, priya, LATER)
    version.refresh_from_db()
    approve_version(version, ada, LATER, sha256=version.sha256)
    about = {"plan": plan, "event": "require", "description": "After it", "timescale": "At once"}
    for reference in (breach.reference, f"After {breach.reference}", "OFFSEN-2026-AAAAA"):
        with pytest.raises(Refused) as refused:
            raise_change(cast.contract, ada, LATER, reference=reference, **about)
        assert refused.value.field == "reference"
    assert not PlanChange.objects.exists()
    raise_change(cast.contract, ada, LATER, reference="Change 1", **about)


def test_the_pages_of_the_back_room_are_the_same(cast, root, browse, uploads, at_noon):
    at_noon.move_to(LATER)
    client = browse(root)
    numbers = {model: [one.pk for one in model._default_manager.all()[:8]] for model in OURS}

    def pages() -> dict[str, str]:
        addresses = [room(model, "change", pk) for model, keys in numbers.items() for pk in keys]
        return {one: MOVING.sub("", client.get(one).content.decode()) for one in addresses}

    before = pages()
    live_through(cast, keep(cast))
    assert len(before) > 20 and pages() == before


def test_the_back_room_gives_no_page_search_or_lookup_of_it(cast, root, browse, uploads, at_noon):
    at_noon.move_to(LATER)
    breach = keep(cast)
    live_through(cast, breach)
    client = browse(root)
    lookups = (
        "q", "duties__subject__startswith", "breaches__reference__startswith", "facts__subject__startswith",
        "contract__breaches__reference__startswith", "duty__subject__startswith", "subject",
        "contract__distribution_lists__subject__startswith", "notices__duty__subject__startswith",
    )  # fmt: skip
    for model in OURS:
        for query in lookups:
            answer = client.get(room(model, "changelist"), {query: breach.reference}, follow=True)
            assert answer.status_code in (200, 400, 403), (model, query)
            page = answer.content.decode()
            assert "ebra" not in page, (model, query)
    for pk in Duty.objects.filter(subject=breach.reference).values_list("pk", flat=True):
        for what in ("change", "history", "delete"):
            assert client.get(room(Duty, what, pk)).status_code in (302, 403, 404), what


@pytest.mark.parametrize("kept", [True, False])
def test_the_sweep_finds_nothing_and_the_chains_are_whole(cast, uploads, at_noon, kept):
    at_noon.move_to(LATER)
    if kept:
        live_through(cast, keep(cast))
    else:
        happened(cast, "breach_of_security_aware", NOON, "B-0", aware_party="supplier", now=LATER)
    only = Contract.objects.filter(pk=cast.contract.pk)
    assert safety.sweep(LATER, contracts=only) == []
    assert safety.sweep(LATER, repair=True, contracts=only) == []
    assert ledger.verify(cast.contract) == cast.contract.ledger.count()


def test_an_auditor_of_the_list_reads_and_asks_for_no_report(cast, browse, uploads, at_noon):
    at_noon.move_to(LATER)
    breach = keep(cast, readers=("ada", "olu"))
    priya, ada = cast.as_("priya"), cast.as_("ada")
    write(breach, priya, LATER, account="x")
    for event, actor in (("contain", priya), ("give_details", priya), ("close", ada)):
        change_state(breach, actor, LATER, event=event, when=LATER, reason="Looked at.")
    ask = reverse("ask_breach_closing", args=[cast.contract.pk, breach.pk])
    page = browse(cast.olu).post(ask, follow=True).content.decode()
    assert not breach.reports.exists() and "Your role, auditor" in page and "Make the PDF" not in page
    browse(cast.ada).post(ask)
    assert breach.reports.get().asked_by == cast.ada


def test_people_of_the_list_without_the_role_change_nothing(cast, browse, at_noon):
    at_noon.move_to(LATER)
    breach = keep(cast, readers=("ada", "tom", "grace", "olu", "mina"))
    number = cast.contract.pk
    for name in ("tom", "grace", "olu", "mina"):
        client = browse(cast.people[name])
        people = {"people": [str(cast.people[name].pk)]}
        client.post(reverse("breach_readers", args=[number, breach.pk]), people)
        for event in ("open_up", "withdraw"):
            client.post(reverse("breach_event", args=[number, breach.pk, event]), {"reason": "x"})
    row = DistributionList.objects.get()
    assert row.lifted_at is None and row.people.filter(removed_at=None).count() == 6
    breach.refresh_from_db()
    assert breach.state == "reported"
