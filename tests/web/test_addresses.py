"""Every address of the pages: who gets in, and that nobody reaches what belongs to another contract.

The addresses are read from the project, so a new one is tested as soon as it is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLPattern, reverse

from contracts.services.variations import draft_variation, share_variation
from contracts.web.urls import urlpatterns as contract_pages
from obligations.breaches.models import Breach
from obligations.breaches.services.closing import ask_for_report, make_reports
from obligations.breaches.services.report import report_breach
from obligations.breaches.services.work import change_state, write
from obligations.models import FactRecord
from obligations.plans.models import PlanChange, PlanReview, PlanVersion
from obligations.plans.services.versions import upload_version
from obligations.services.recording.evidence import log_evidence
from obligations.web.urls import urlpatterns as duty_pages
from tests.cast import NOON, Cast, patch_released, play
from tests.web.conftest import words

pytestmark = pytest.mark.django_db

PAGES: list[URLPattern] = [*contract_pages, *duty_pages]
OPEN_TO_ALL = {"reading_rules"}
FOR_EVERYBODY = {"home", "account", "mail", "message", "what_if", "long_work", "cancel_long_work"}
"""The last two are tested in test_long_work.py."""
FOR_SYSTEM_STAFF = {
    "holidays",
    "holiday_upload",
    "holiday_add",
    "holiday_change",
    "holiday_apply",
    "holiday_preview_again",
    "holiday_withdraw",
}
"""Tested in test_holidays.py."""
ONLY_POST = {"share_variation", "say_reading", "ask_breach_closing"}
DOWNLOADS = {
    "evidence_file",
    "document_file",
    "ledger_csv",
    "ledger_json",
    "variation_form_pdf",
    "plan_file",
    "breach_closing_pdf",
}
LEAD_ON = {"breach_called", "plan_called"}
"""They lead to the page of what they name."""
OF_A_CONTRACT = sorted(str(page.name) for page in PAGES if "contract_id" in page.pattern.converters)
BELOW = {"contract_id"}
"""Parameters that name the contract itself; all others name something in it."""
WORDS = {"kind", "citation", "plan", "fact_kind", "reference"}
"""Of those, the ones that say the same on every contract."""


@dataclass(frozen=True)
class Things:
    """One of everything that an address may name, on one contract."""

    cast: Cast
    ids: dict[str, object]

    def address(self, name: str, **others: object) -> str:
        known = {**self.ids, "contract_id": self.cast.contract.pk, **others}
        return reverse(name, kwargs={key: known[key] for key in parameters(name)})


def parameters(name: str) -> set[str]:
    page = next(page for page in PAGES if page.name == name)
    return set(page.pattern.converters)


def read(response):
    """Reads a download to its end, so that its file is closed."""
    response.content_read = b"".join(response.streaming_content) if response.streaming else response.content
    return response


def closed_breach(cast: Cast, readers: list[int] | None) -> Breach:
    """A breach from its report to its closing report."""
    priya, ada = cast.as_("priya"), cast.as_("ada")
    breach = report_breach(
        cast.contract,
        priya,
        NOON,
        what="A lost laptop",
        outcome="actual",
        limb="loss",
        noticed=NOON,
        noticed_by="Tom",
        aware_party="supplier",
        time_known="unknown",
        readers=readers,
    )
    write(breach, priya, NOON, account="It was left on a train.")
    for event, actor in (("contain", priya), ("give_details", priya), ("close", ada)):
        change_state(breach, actor, NOON, event=event, when=NOON, reason="Wiped.")
    ask_for_report(breach, ada, NOON)
    make_reports(NOON)
    return breach


def planned(cast: Cast) -> dict[str, object]:
    """A draft of the documentation of paragraph 5; a review and a change as another schedule would have."""
    plan, contract = "risk-management-documentation", cast.contract
    version: PlanVersion = upload_version(
        contract, cast.as_("priya"), NOON, plan=plan, name="1.0", file=SimpleUploadedFile("p.txt", b"plan")
    )
    texts = dict.fromkeys(("plan_improvements", "risk_assessments", "control_measures"), "None.")
    day = date(2026, 3, 16)
    review = PlanReview.objects.create(
        contract=contract,
        version=version,
        state="completed",
        completed_on=day,
        completed_by=cast.priya,
        **texts,
    )
    change = PlanChange.objects.create(
        contract=contract,
        plan=plan,
        reference="Change 1",
        description="Shorter",
        state="required",
        raised_on=day,
        raised_by=cast.ada,
        raised_side="authority",
    )
    return {
        "plan": plan,
        "version_id": version.pk,
        "review_id": review.pk,
        "change_id": change.pk,
        "act": "submit",
        "change_act": "implement",
    }


def things(cast: Cast, *, kept: bool = True) -> Things:
    """One of everything. ``kept``: the breach is kept to a list, on which everybody is."""
    members = [one.person_id for one in cast.contract.memberships.all()]
    contract = cast.contract
    duty = patch_released(cast)
    proof = SimpleUploadedFile("proof.txt", b"patched")
    evidence = log_evidence(
        duty,
        cast.as_("priya"),
        NOON,
        kind="file",
        done=date(2026, 3, 16),
        done_by="Priya",
        file=proof,
    )
    variation = draft_variation(
        contract, cast.as_("priya"), NOON, number="001", title="Less", effects=[("main/7", "not_used", "")]
    )
    share_variation(variation, cast.as_("priya"), NOON)
    document = contract.documents.create(
        schedule=cast.schedule,
        file=SimpleUploadedFile("schedule.txt", b"the words"),
        name="schedule.txt",
        size=9,
        sha256="0" * 64,
        reading={"matched": 1, "missing": [], "extra": [], "warnings": [], "time_limits": []},
        uploaded_by=cast.priya,
        uploaded_at=NOON,
    )
    breach = closed_breach(cast, members if kept else None)
    ids = {
        **planned(cast),
        "breach_id": breach.pk,
        "reference": breach.reference,
        "fact_kind": "risk_management_documentation_submitted",
        "step": "dmp-harm",
        "event": "reopen",
        "report_id": breach.reports.get().pk,
        "duty_id": duty.pk,
        "fact_id": FactRecord.objects.filter(contract=contract).first().pk,
        "evidence_id": evidence.pk,
        "variation_id": variation.pk,
        "document_id": document.pk,
        "limit": "10.3-critical",
        "citation": f"{cast.schedule.outline_key}/main/10.3",
        "kind": "patch_publicly_released",
    }
    return Things(cast, ids)


@pytest.fixture
def here(cast, uploads) -> Things:
    return things(cast)


@pytest.fixture
def elsewhere(here) -> Things:
    """Another contract, whose people are the same but for Priya."""
    other = play(reference="WF-2026-099")
    found = things(other)
    other.contract.memberships.filter(person=other.priya).delete()
    return found


def test_the_lists_above_know_every_address():
    names = {page.name for page in PAGES}
    assert names == OPEN_TO_ALL | FOR_EVERYBODY | FOR_SYSTEM_STAFF | set(OF_A_CONTRACT)
    assert set(OF_A_CONTRACT) >= ONLY_POST | DOWNLOADS | LEAD_ON


def test_who_is_not_signed_in_is_asked_to_sign_in(here, browse):
    client = browse()
    for name in OF_A_CONTRACT:
        response = client.post(here.address(name)) if name in ONLY_POST else client.get(here.address(name))
        assert response.status_code == 302, name
        assert response.url.startswith("/accounts/login/?next=/contracts/"), name


def test_a_member_gets_every_page(here, browse):
    for name in OF_A_CONTRACT:
        client = browse(here.cast.ada if name == "decide" else here.cast.priya)
        response = client.post(here.address(name)) if name in ONLY_POST else client.get(here.address(name))
        assert response.status_code == (302 if name in ONLY_POST | LEAD_ON else 200), name
        assert not read(response).streaming or response.content_read


def test_somebody_elses_contract_is_not_there(here, browse):
    client = browse(here.cast.zed)
    for name in OF_A_CONTRACT:
        assert client.get(here.address(name)).status_code == (405 if name in ONLY_POST else 404), name
        assert client.post(here.address(name)).status_code in (404, 405), name
        assert name not in ONLY_POST or client.post(here.address(name)).status_code == 404, name


def test_what_belongs_to_another_contract_is_not_there(here, elsewhere, browse):
    """The contract is one's own; what the address names in it is another's."""
    named = [name for name in OF_A_CONTRACT if parameters(name) - BELOW - WORDS]
    assert len(named) >= 12
    for person in (here.cast.priya, here.cast.ada):
        client = browse(person)
        for name in named:
            mixed = elsewhere.address(name, contract_id=here.cast.contract.pk)
            own = here.address(name)
            allowed = name in ONLY_POST or read(client.get(own)).status_code != 403
            if name not in ONLY_POST:
                assert client.get(mixed).status_code == (404 if allowed else 403), name
            assert client.post(mixed).status_code in (404, 403, 405), name
    assert elsewhere.cast.contract.variations.get().state == "shared"
    assert not FactRecord.objects.filter(withdrawn_at__isnull=False).exists()


def test_a_paragraph_that_the_contract_does_not_have_is_not_there(here, browse):
    for citation in (
        "order_schedule_9/Part A/4.3.1",
        "main/99",
        "../../etc/passwd",
        "dmp_schedule_23/main/10.3/",
        "x",
    ):
        address = reverse("paragraph", args=[here.cast.contract.pk, citation])
        assert browse(here.cast.priya).get(address).status_code == 404


def test_a_breach_or_a_plan_that_the_contract_does_not_have_is_not_there(here, elsewhere, browse):
    """The same reference on two contracts leads to each contract's own breach, and else nowhere."""
    cast = here.cast
    for one in (cast, elsewhere.cast):
        breach = Breach.objects.get(contract=one.contract)
        address = reverse("breach_called", args=[one.contract.pk, breach.reference])
        assert browse(cast.ada).get(address).url == reverse("breach", args=[one.contract.pk, breach.pk])
        assert browse(cast.zed).get(address).status_code == 404
    there = reverse("breach_called", args=[elsewhere.cast.contract.pk, breach.reference])
    assert browse(cast.priya).get(there).status_code == 404
    for reference in ("B-2026-099", "B-2026-001/", "../1", "x" * 300):
        gone = reverse("breach_called", args=[cast.contract.pk, reference])
        assert browse(cast.priya).get(gone).status_code == 404, reference
    for kind in ("smp_submitted", "patch_publicly_released", "no_such_kind"):
        gone = reverse("plan_called", args=[cast.contract.pk, kind])
        assert browse(cast.priya).get(gone).status_code == 404, kind


def test_numbers_too_large_for_the_database_are_not_there(here, browse):
    huge = 10**30
    for name in ("duty", "fact", "variation", "document"):
        [key] = parameters(name) - BELOW
        assert browse(here.cast.priya).get(here.address(name, **{key: huge})).status_code == 404
    assert browse(here.cast.priya).get(reverse("board", args=[huge])).status_code == 404


def test_not_found_says_so_in_plain_words(here, browse):
    response = browse(here.cast.zed).get(here.address("duty"))
    assert "There is no such page, or it belongs to a contract that you are not on." in words(response)


def test_who_left_the_contract_yesterday_is_not_let_in(here, browse):
    here.cast.contract.memberships.filter(person=here.cast.tom).update(to_day=date(2026, 3, 16))
    assert browse(here.cast.tom).get(here.address("board")).status_code == 404
    here.cast.contract.memberships.filter(person=here.cast.tom).update(to_day=date(2026, 3, 17))
    assert browse(here.cast.tom).get(here.address("board")).status_code == 200


def test_pages_about_nobodys_contract(here, browse):
    assert browse().get(reverse("reading_rules")).status_code == 200
    for name in ("home", "account", "mail", "what_if"):
        assert browse().get(reverse(name)).status_code == 302
        assert browse(here.cast.zed).get(reverse(name)).status_code == 200


def test_every_page_forbids_scripts_and_styles_of_its_own(here, browse):
    client = browse(here.cast.priya)
    for name in OF_A_CONTRACT:
        if name in ONLY_POST | DOWNLOADS | LEAD_ON | {"decide", "variation_form", "breach_closing"}:
            continue
        response = client.get(here.address(name))
        page = response.content.decode()
        assert "script-src 'self'" in response["Content-Security-Policy"]
        assert " style=" not in page and "<style" not in page and " onclick=" not in page, name
        assert page.count("<script") == 1 and "<h1" in page and page.count("<h1") == 1, name
