"""Making a contract on its pages: from nothing to duties, step by step."""

from __future__ import annotations

from datetime import date
from re import findall, search
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from contracts.models import Contract, ContractDraft, LedgerEntry, Organisation, Person
from contracts.services.organisations import appoint_administrator
from obligations.models import Duty
from obligations.services.choosing import settings
from obligations.services.making.making import make_contract as make_contract_of
from obligations.services.making.making import shown_as
from obligations.web.making.forms import STEPS
from tests.cast import DMP, NOON, ORDER, RIVERSIDE, SYSTEM, make_contract, organisation, person
from tests.support.together import at_once
from tests.web.conftest import day_boxes, errors, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def maker() -> Person:
    """Somebody who makes contracts for Wrenfield Council."""
    return administrator("vera")


def administrator(key: str) -> Person:
    """Somebody who administers Wrenfield Council."""
    council = organisation("Wrenfield Council")
    found = person(key, organisation=council)
    appoint_administrator(council, SYSTEM, NOON, person=found)
    return found


@pytest.fixture
def client(maker, browse) -> Client:
    return browse(maker)


def answers(**others: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What is typed on each step, by step; ``others`` in place of the usual ones."""
    usual: dict[str, dict[str, Any]] = {
        "parties": {
            "ours": organisation("Wrenfield Council").pk,
            "side": "authority",
            "other": "Harbourlight Systems",
        },
        "name": {"reference": "WF-2026-020", "title": "Payments portal"},
        "schedules": {"schedules": [DMP]},
        "words": {"authority_word": "Authority", "supplier_word": "Supplier"},
        "dates": day_boxes("agreement_date", date(2026, 3, 2))
        | day_boxes("start_date", date(2026, 4, 1))
        | day_boxes("end_date", date(2029, 3, 31)),
        "days": {"division": "england-and-wales"},
        "kept": {"kept": "both"},
        "running": {"running": "no"},
        "you": {"role": "reviewer", "manages": "on"},
    }
    return usual | others


def begin(client: Client) -> int:
    """Starts a draft and gives its number."""
    response = client.post(reverse("new_contract"))
    return ContractDraft.objects.get(pk=int(response.url.split("/")[3])).pk


def step(client: Client, draft: int, name: str, sent: dict[str, Any] | None = None) -> Any:
    address = reverse("contract_step", args=[draft, name])
    return client.get(address) if sent is None else client.post(address, sent)


def walk(client: Client, **others: dict[str, Any]) -> int:
    """Answers every step, led from each to the next."""
    draft = begin(client)
    for one in STEPS:
        check = client.get(reverse("contract_check", args=[draft]))
        assert check.url == reverse("contract_step", args=[draft, one.step]), errors(check)
        response = step(client, draft, one.step, answers(**others)[one.step])
        assert response.status_code == 302, errors(response)
    return draft


def make(client: Client, draft: int) -> Any:
    """Presses the button of the page that checks the answers."""
    address = reverse("contract_check", args=[draft])
    found = search(r'name="shown" value="([^"]+)"', client.get(address).content.decode())
    assert found is not None
    return client.post(address, {"shown": found[1]})


def test_from_nothing_to_duties(client, maker):
    response = make(client, walk(client))
    contract = Contract.objects.get(reference="WF-2026-020")
    assert response.url == reverse("set_up", args=[contract.pk])
    assert (contract.authority.name, contract.supplier.name) == ("Wrenfield Council", "Harbourlight Systems")
    assert (contract.start_date, contract.end_date) == (date(2026, 4, 1), date(2029, 3, 31))
    assert contract.tracked_from is None and contract.kept_by == "both"
    member = contract.memberships.get()
    assert (member.person, member.role, member.side, member.manages) == (maker, "reviewer", "authority", True)
    assert contract.adoptions.get().version.key == DMP
    first = Duty.objects.filter(contract=contract).order_by("due_at")[0]
    assert (first.title, first.due_date) == ("Have the system scanned from outside", date(2026, 5, 1))
    entries = LedgerEntry.objects.filter(contract=contract).order_by("number")
    assert [one.verb for one in entries[:3]] == ["contract_created", "member_added", "rulebook_adopted"]
    assert {one.actor_name for one in entries} == {maker.name}


def test_the_answers_are_checked_before_anything_is_made(client):
    draft = walk(client, schedules={"schedules": [DMP, ORDER, "own"]}, kept={"kept": "ours"})
    page = words(client.get(reverse("contract_check", args=[draft])))
    for told in (
        "Your organisation Wrenfield Council The buyer",
        "The other organisation Harbourlight Systems",
        "DMP Schedule 23: Security Management Order Schedule 9 (Security) A document of our own",
        "Wrenfield Council: the Authority Harbourlight Systems: the Supplier",
        "Made on 2 March 2026",
        "Commences on The day it starts",
        "Public holidays of England and Wales",
        "Kept by Wrenfield Council alone",
        "Duly keeps it From its beginning",
        "Your role Reviewer Looks after the contract",
    ):
        assert told in page
    assert not Contract.objects.exists() and not Organisation.objects.filter(name__startswith="Harb").exists()


def test_shipped_schedules_need_few_pages_and_few_fields(client):
    """Ten minutes of typing: each page and each box that has to be touched is counted."""
    draft, pages, fields = begin(client), 2, 0  # the list with its button, and the page that checks
    for one in STEPS:
        page = step(client, draft, one.step).content.decode()
        typed = set(findall(r'name="([a-z_]+)" type="(?:text|radio|checkbox)"', page))
        pages, fields = pages + 1, fields + len(typed & set(answers()[one.step]))
        step(client, draft, one.step, answers()[one.step])
    make(client, draft)
    contract = Contract.objects.get()
    asked = [line for line in settings.on_record(contract) if line.open]
    pages, fields = pages + 2 * len(asked), fields + 2 * len(asked)  # the answer and its reason
    assert pages <= 15 and fields <= 26


def test_a_double_click_makes_one_contract(client):
    draft = walk(client)
    shown = search(
        r'name="shown" value="([^"]+)"', client.get(reverse("contract_check", args=[draft])).content.decode()
    )
    for _ in range(2):
        response = client.post(reverse("contract_check", args=[draft]), {"shown": shown[1]})
        assert response.url == reverse("set_up", args=[Contract.objects.get().pk])
    assert "made already" in words(client.get(response.url))


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_the_same_moment_make_one_contract(client, maker):
    draft = ContractDraft.objects.get(pk=walk(client))
    shown = shown_as(draft)

    def press() -> Contract:
        return make_contract_of(maker, draft.pk, NOON, as_shown=shown)

    made = at_once(press, press, press)
    assert {one.pk for one in made} == {Contract.objects.get().pk}, made


def test_what_was_changed_since_is_checked_again(client):
    draft = walk(client)
    page = client.get(reverse("contract_check", args=[draft])).content.decode()
    shown = search(r'name="shown" value="([^"]+)"', page)[1]
    ContractDraft.objects.filter(pk=draft).update(changed_at="2026-03-17T13:00:00Z")
    response = client.post(reverse("contract_check", args=[draft]), {"shown": shown})
    assert "An answer changed after this page was shown." in words(response)
    assert not Contract.objects.exists()
    assert make(client, draft).status_code == 302


def test_going_back_keeps_what_was_said(client):
    draft = walk(client)
    page = step(client, draft, "name").content.decode()
    assert 'value="Payments portal"' in page
    step(client, draft, "name", {"reference": "WF-2026-021", "title": "Payments"})
    told = words(client.get(reverse("contract_check", args=[draft])))
    assert "WF-2026-021" in told and "2 March 2026" in told


def test_another_side_asks_again_for_the_role_alone(client):
    draft = walk(client)
    step(client, draft, "parties", answers()["parties"] | {"side": "supplier"})
    check = client.get(reverse("contract_check", args=[draft]))
    assert check.url == reverse("contract_step", args=[draft, "you"])
    page = words(step(client, draft, "you"))
    assert "Board member" in page and "Reviewer" not in page
    assert errors(step(client, draft, "you", {"role": "reviewer"}))
    step(client, draft, "you", {"role": "lead"})
    make(client, draft)
    assert Contract.objects.get().supplier.name == "Wrenfield Council"


@pytest.mark.parametrize(
    ("name", "sent", "box", "says"),
    [
        ("parties", {"other": " "}, "id_other", "Enter the name of the other organisation."),
        ("parties", {"other": "WRENFIELD  council"}, "id_other", "Enter the other party’s name: a contract"),
        ("parties", {"side": "neither"}, "id_side", "Choose one of the answers"),
        ("parties", {"ours": "999999"}, "id_ours", "Choose one of the answers"),
        ("name", {"reference": ""}, "id_reference", "Enter the contract’s reference."),
        ("name", {"reference": "x" * 61}, "id_reference", "Shorten this to 60 characters; it has 61."),
        ("name", {"reference": "\u202e\u200b"}, "id_reference", "Enter the contract’s reference."),
        ("schedules", {"schedules": []}, "id_schedules", "Choose a schedule, or a document of your own."),
        ("schedules", {"schedules": [RIVERSIDE]}, "id_schedules", "Choose one of the answers"),
        ("words", {"supplier_word": "authority"}, "id_supplier_word", "Enter another word"),
        ("dates", {"start_date_day": ""}, "id_start_date_day", "The day it starts must include a day."),
        ("dates", {"end_date_year": "2020"}, "id_end_date_day", "The last day must be on or after the start"),
        ("days", {"division": "wales"}, "id_division", "Choose one of the answers"),
        ("running", {"running": "yes"}, "id_tracked_from_day", "Enter the day from which Duly keeps"),
        (
            "running",
            {"running": "yes"} | day_boxes("tracked_from", date(2031, 1, 1)),
            "id_tracked_from_day",
            "Enter a day on or before the contract’s last, 31 March 2029.",
        ),
        ("you", {"role": "auditor"}, "id_role", "Choose one of the answers"),
    ],
)
def test_bad_answers_are_told_at_their_field_and_change_nothing(client, name, sent, box, says):
    draft = walk(client)
    before = ContractDraft.objects.get(pk=draft).answers
    told = errors(step(client, draft, name, answers()[name] | sent))
    assert [target for text, target in told.items() if text.startswith(says)] == [box], told
    assert ContractDraft.objects.get(pk=draft).answers == before


def test_the_reference_of_another_contract_is_refused_at_once(client):
    make_contract(reference="WF-2026-020")
    draft = begin(client)
    told = errors(step(client, draft, "name", answers()["name"]))
    assert told == {"The reference WF-2026-020 is in use; enter another.": "id_reference"}


def test_a_reference_taken_meanwhile_is_told_where_the_answers_are_checked(client):
    draft = walk(client)
    make_contract(reference="WF-2026-020")
    response = make(client, draft)
    assert "The reference WF-2026-020 is in use; enter another." in words(response)
    assert Contract.objects.count() == 1


def test_the_other_party_is_found_by_its_name_and_no_list_is_shown(client):
    there = organisation("Quarryside Digital")
    draft = begin(client)
    assert "Quarryside" not in words(step(client, draft, "parties"))
    draft = walk(client, parties=answers()["parties"] | {"other": " quarryside  DIGITAL "})
    make(client, draft)
    assert Contract.objects.get().supplier == there


def test_a_running_contract_is_kept_from_a_day(client):
    """What was due before the day is not overdue (R32)."""
    dates = day_boxes("agreement_date", date(2025, 4, 1)) | day_boxes("start_date", date(2025, 4, 1))
    running = {"running": "yes"} | day_boxes("tracked_from", date(2026, 3, 17))
    draft = walk(client, dates=dates, running=running)
    assert 'value="17"' in step(client, draft, "running").content.decode()
    contract = Contract.objects.get(pk=int(make(client, draft).url.split("/")[2]))
    assert contract.tracked_from == date(2026, 3, 17) and contract.end_date is None
    earlier = Duty.objects.filter(contract=contract, due_date__lt=date(2026, 3, 17))
    assert {one.phase for one in earlier} == {"before_duly"}


def test_a_contract_with_documents_of_its_own_alone(client):
    draft = walk(client, schedules={"schedules": ["own"]})
    contract = Contract.objects.get(pk=int(make(client, draft).url.split("/")[2]))
    assert not contract.schedules.exists() and not contract.adoptions.exists()
    assert "Upload its documents" in words(client.get(reverse("set_up", args=[contract.pk])))
    assert client.get(reverse("board", args=[contract.pk])).status_code == 200


def test_what_the_schedules_ask_follows_one_after_another(client):
    """DMP 23 asks two things: from the list of tasks to the first, from it to the second, and back."""
    contract = Contract.objects.get(pk=int(make(client, walk(client)).url.split("/")[2]))
    asked = [line.setting.name for line in settings.on_record(contract) if line.open]
    first = reverse("setting", args=[contract.pk, asked[0]])
    tasks = client.get(reverse("set_up", args=[contract.pk]))
    assert "2 answers missing" in words(tasks) and f'href="{first}?in_turn=1"' in tasks.content.decode()
    back = reverse("set_up", args=[contract.pk])
    for name, after in zip(asked, [*asked[1:], ""], strict=True):
        address = reverse("setting", args=[contract.pk, name])
        page = client.get(address, {"asked": "1", "answer": "no", "in_turn": "1"}).content.decode()
        hidden = ("token", "answer", "in_turn")
        sent = {key: search(rf'name="{key}" value="([^"]*)"', page)[1] for key in hidden}
        response = client.post(address, sent | {"reason": "The order form, section 2."})
        following = f"{reverse('setting', args=[contract.pk, after])}?in_turn=1" if after else back
        assert response.url == following
    assert "Answered" in words(client.get(reverse("set_up", args=[contract.pk])))


def test_drafts_are_resumed_and_deleted(client):
    first = begin(client)
    assert begin(client) == first, "a draft that was begun and left empty is taken up again"
    step(client, first, "parties", answers()["parties"])
    second = begin(client)
    assert second != first
    page = words(client.get(reverse("new_contract")))
    assert "Contract with Harbourlight Systems" in page and "8 steps of 9 to go" in page
    assert client.get(reverse("contract_draft_delete", args=[first])).status_code == 200
    client.post(reverse("contract_draft_delete", args=[first]))
    assert [one.pk for one in ContractDraft.objects.all()] == [second]


def test_too_many_drafts_are_refused(client, maker):
    for number in range(20):
        step(client, begin(client), "name", {"reference": f"R-{number}", "title": "One of many"})
    response = client.post(reverse("new_contract"), follow=True)
    assert "You have 20 contracts that are not finished." in words(response)
    assert ContractDraft.objects.count() == 20


def test_the_list_of_drafts_asks_a_constant_number_of_queries(client, django_assert_num_queries):
    step(client, begin(client), "name", {"reference": "R-1", "title": "One"})
    with django_assert_num_queries(5):
        client.get(reverse("new_contract"))
    for number in range(2, 8):
        step(client, begin(client), "name", {"reference": f"R-{number}", "title": "One of many"})
    with django_assert_num_queries(5):
        client.get(reverse("new_contract"))


def test_a_draft_is_there_for_nobody_else(client, browse):
    draft = walk(client)
    other = browse(administrator("walter"))
    for name, args in (
        ("contract_check", [draft]),
        ("contract_draft_delete", [draft]),
        ("contract_step", [draft, "name"]),
    ):
        assert other.get(reverse(name, args=args)).status_code == 404
        assert other.post(reverse(name, args=args)).status_code == 404
        assert browse().get(reverse(name, args=args)).status_code == 302
    assert client.get(reverse("contract_step", args=[draft, "no-such-step"])).status_code == 404
    assert client.get(reverse("contract_check", args=[10**30])).status_code == 404


def test_who_administers_no_organisation_makes_no_contract(browse):
    client = browse(person("zed", organisation=organisation("Wrenfield Council")))
    for response in (client.get(reverse("new_contract")), client.post(reverse("new_contract"))):
        assert response.status_code == 403
        assert "Only an administrator of an organisation makes contracts for it." in words(response)
    assert not ContractDraft.objects.exists()


def test_a_draft_whose_contract_is_made_leads_to_it(client):
    draft = walk(client)
    there = make(client, draft).url
    for name, args in (
        ("contract_check", [draft]),
        ("contract_step", [draft, "name"]),
        ("contract_draft_delete", [draft]),
    ):
        assert client.get(reverse(name, args=args)).url == there
        assert client.post(reverse(name, args=args)).url == there
    assert Contract.objects.exists() and ContractDraft.objects.get().contract is not None
