"""Standard terms in the browser, and a contract's terms beside them."""

from __future__ import annotations

import pytest
from django.urls import reverse

from contracts.models import Document, Proposal
from obligations.models import StandardTerm
from obligations.services.standards import state
from tests.cast import NOON, Cast, organisation
from tests.support.own_book import ENTRIES, decided, own_cast, paragraph
from tests.web.conftest import errors, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db) -> Cast:
    """Paragraph 3 is proposed as a duty to tell of a breach within 3 Working Days."""
    cast = own_cast()
    for name in ("priya", "tom"):
        cast.people[name].organisation = organisation("Harbourlight Systems")
        cast.people[name].save()
    document = Document.objects.create(
        contract=cast.contract, schedule=cast.schedule, file="documents/s.txt", name="s.txt", size=9,
        sha256="0" * 64, uploaded_by=cast.priya, uploaded_at=NOON,
    )  # fmt: skip
    content = {
        "path": "main/3", "kind": "duty", "party": "supplier", "shape": "event", "topic": "tell_of_breach",
        "certainty": "sure", "limit": {"lengths": [{"amount": 3, "unit": "working_days"}]},
        "limit_kind": "deadline",
    }  # fmt: skip
    Proposal.objects.create(
        contract=cast.contract, schedule=cast.schedule, paragraph=paragraph(cast, "main/3"),
        document=document, place=1, kind="duty", party="supplier", topic="tell_of_breach", certainty="sure",
        content=content,
    )  # fmt: skip
    return cast


def ours() -> int:
    return organisation("Harbourlight Systems").pk


def test_a_term_is_stated_shown_and_taken_away(cast, browse):
    client, address = browse(cast.priya), reverse("standard", args=[ours(), "tell_of_breach"])
    answer = client.post(address, {"words": "within 24 hours"})
    assert answer.url == reverse("standards", args=[ours()])
    says = words(client.get(answer.url))
    assert "Our standard on “Tell of a breach” is read as: 24 hours." in says
    assert "Tell of a breach within 24 hours Read as: 24 hours. Priya Nair, 17 March 2026." in says
    client.post(address, {"words": ""})
    assert "within 24 hours" not in words(client.get(answer.url)).split("any more.")[1]
    assert StandardTerm.objects.count() == 2


def test_words_that_cannot_be_read_stay_with_the_reason(cast, browse):
    answer = browse(cast.priya).post(reverse("standard", args=[ours(), "patch"]), {"words": "quite soon"})
    [(message, field)] = errors(answer).items()
    assert field == "id_words" and message.startswith("Duly cannot read this: no time limit in “quite soon”")
    assert 'value="quite soon"' in answer.content.decode()


def test_the_terms_of_a_contract_stand_beside_it(cast, browse):
    state(
        organisation("Harbourlight Systems"),
        cast.as_("priya"),
        NOON,
        topic="tell_of_breach",
        words="within 24 hours",
    )
    told = "24 hours in our standard on “Tell of a breach”; 3 Working Days here: looser"
    coverage = reverse("coverage", args=[cast.contract.pk])
    page = reverse("entry_paragraph", args=[cast.contract.pk, paragraph(cast, "main/3").pk])
    client = browse(cast.priya)
    assert f"Proposed, and not decided: a duty of the Provider (sure), {told}." in words(client.get(coverage))
    assert told in words(client.get(page))
    decided(cast, "main/3", ENTRIES["main/3"] | {"amount": 1, "unit": "hours"})
    stricter = "24 hours in our standard on “Tell of a breach”; 1 hour here: stricter"
    assert stricter in words(client.get(coverage)) and stricter in words(client.get(page))
    assert "in our standard" not in words(browse(cast.ada).get(coverage))


@pytest.mark.parametrize(("name", "more"), [("standards", []), ("standard", ["patch"])])
def test_nobody_else_finds_them(cast, browse, name, more):
    assert browse(cast.priya).get(reverse(name, args=[ours(), *more])).status_code == 200
    for who in ("tom", "ada", "zed"):
        assert browse(cast.people[who]).get(reverse(name, args=[ours(), *more])).status_code == 404
    assert browse(cast.priya).get(reverse("standard", args=[ours(), "weather"])).status_code == 404
    assert "/accounts/login/" in browse().get(reverse(name, args=[ours(), *more])).url
