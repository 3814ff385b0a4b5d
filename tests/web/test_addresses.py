"""Every address of the pages: who gets in, and that nobody reaches what belongs to another contract."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from obligations.breaches.models import Breach
from obligations.models import FactRecord
from tests.cast import play
from tests.support import pdf
from tests.support.addresses import (
    MANAGED,
    Things,
    downloads,
    lead_on,
    of_a_contract,
    only_post,
    pages,
    parameters,
    printed,
    things,
    words_of,
)
from tests.web.conftest import words

pytestmark = pytest.mark.django_db

OPEN_TO_ALL = {"reading_rules"}
FOR_EVERYBODY = {"home", "account", "mail", "message", "what_if", "long_work", "cancel_long_work"}
"""The last two are tested in test_long_work.py."""
OF_TOKENS = {"api_tokens", "new_api_token", "end_api_token"}
"""For everybody, their own; tested in test_tokens.py."""
FOR_WHO_HAS_THE_LINK = {"first_administrator", "join"}
"""Tested in test_joining.py."""
FOR_WHO_LOOKS_AFTER_AN_ORGANISATION = {
    "organisation",
    "organisation_record",
    "erasure_certificate",
    "invite_to_organisation",
    "send_invitation",
    "revoke_invitation",
    "organisation_person",
    "bring_back",
    "administer_organisation",
    "stop_administering",
    "end_token_of",
}
"""Tested in test_organisations.py, as are those of organisations below."""
OF_WHO_DECIDES_FOR_AN_ORGANISATION = {
    "standards",
    "standard",
    "templates",
    "template_import",
    "template",
    "template_export",
    "template_retire",
}
"""Tested in test_templates.py and test_standards.py."""
FOR_SYSTEM_STAFF = {
    "organisations",
    "new_organisation",
    "rename_organisation",
    "holidays",
    "holiday_upload",
    "holiday_add",
    "holiday_change",
    "holiday_apply",
    "holiday_preview_again",
    "holiday_try_again",
    "holiday_withdraw",
}
"""The others are tested in test_holidays.py."""


WHILE_MAKING = {"new_contract", "contract_check", "contract_step", "contract_draft_delete"}
"""Tested in test_making.py."""


def read(response):
    """Reads a download to its end, so that its file is closed."""
    response.content_read = b"".join(response.streaming_content) if response.streaming else response.content
    return response


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
    names = {page.name for page in pages()}
    others = FOR_SYSTEM_STAFF | FOR_WHO_HAS_THE_LINK | FOR_WHO_LOOKS_AFTER_AN_ORGANISATION | WHILE_MAKING
    others |= OF_WHO_DECIDES_FOR_AN_ORGANISATION | OF_TOKENS
    assert names == OPEN_TO_ALL | FOR_EVERYBODY | others | set(of_a_contract())
    assert set(of_a_contract()) >= only_post() | downloads() | lead_on()


def test_who_is_not_signed_in_is_asked_to_sign_in(here, browse):
    client = browse()
    for name in of_a_contract():
        response = client.post(here.address(name)) if name in only_post() else client.get(here.address(name))
        assert response.status_code == 302, name
        assert response.url.startswith("/accounts/login/?next=/contracts/"), name


def test_a_member_gets_every_page(here, browse):
    for name in of_a_contract():
        if name.endswith("_pdf") and pdf.why_not():
            continue
        client = browse(here.cast.people[who_gets(name)])
        response = client.post(here.address(name)) if name in only_post() else client.get(here.address(name))
        assert response.status_code == (302 if name in only_post() | lead_on() else 200), name
        assert not read(response).streaming or response.content_read


def who_gets(name: str) -> str:
    """Somebody of the cast whose role allows a page."""
    return "ada" if name == "decide" else "mina" if name in MANAGED else "priya"


def test_somebody_elses_contract_is_not_there(here, browse):
    client = browse(here.cast.zed)
    for name in of_a_contract():
        assert client.get(here.address(name)).status_code == (405 if name in only_post() else 404), name
        assert client.post(here.address(name)).status_code in (404, 405), name
        assert name not in only_post() or client.post(here.address(name)).status_code == 404, name


def test_what_belongs_to_another_contract_is_not_there(here, elsewhere, browse):
    """The contract is one's own; what the address names in it is another's."""
    named = [name for name in of_a_contract() if parameters(name) - {"contract_id"} - words_of()]
    assert len(named) >= 12
    nothing_of_another(here, elsewhere, browse, named)
    assert elsewhere.cast.contract.variations.get().state == "shared"
    assert not FactRecord.objects.filter(withdrawn_at__isnull=False).exists()


def nothing_of_another(here: Things, elsewhere: Things, browse, named: list[str]) -> None:
    for person in (here.cast.priya, here.cast.ada, here.cast.mina):
        client = browse(person)
        for name in named:
            mixed = elsewhere.address(name, contract_id=here.cast.contract.pk)
            own = here.address(name)
            allowed = name in only_post() or read(client.get(own)).status_code != 403
            if name not in only_post():
                assert client.get(mixed).status_code == (404 if allowed else 403), name
            assert client.post(mixed).status_code in (404, 403, 405), name


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
        [key] = parameters(name) - {"contract_id"}
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
    for name in of_a_contract():
        if name in only_post() | downloads() | lead_on() | printed():
            continue
        response = browse(here.cast.people[who_gets(name)]).get(here.address(name))
        page = response.content.decode()
        assert "script-src 'self'" in response["Content-Security-Policy"]
        assert " style=" not in page and "<style" not in page and " onclick=" not in page, name
        assert page.count("<script") == 1 and "<h1" in page and page.count("<h1") == 1, name
