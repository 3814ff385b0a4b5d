"""Making a contract: its paragraphs come with it, and what cannot be is refused by field."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from contracts import selectors
from contracts.absence import NotThere
from contracts.models import Contract, LedgerEntry, Membership, ParagraphVersion, Role
from contracts.outlines import load_outline
from contracts.services.contracts import add_member
from contracts.services.errors import Refused
from tests.cast import DMP, NOON, ORDER, SYSTEM, make_contract, organisation, person

pytestmark = pytest.mark.django_db


def test_a_contract_has_every_paragraph_of_its_outlines_in_force_from_its_agreement():
    cast = make_contract(DMP, ORDER, agreement_date=date(2025, 3, 3))
    shown = selectors.text_as_at(cast.contract, date(2025, 3, 3))
    paths = [(words.paragraph.schedule.outline_key, words.paragraph.path) for words in shown]
    assert paths == [(key, row.path) for key in (DMP, ORDER) for row in load_outline(key).paragraphs]
    assert all(words.used for words in shown)
    assert selectors.text_as_at(cast.contract, date(2025, 3, 2)) == []


def test_the_parties_are_called_as_the_schedule_calls_them():
    assert make_contract(ORDER).contract.word_for("supplier") == "Agency"


def test_making_it_is_on_the_record():
    cast = make_contract()
    first = LedgerEntry.objects.get(contract=cast.contract, number=1)
    assert (first.verb, first.payload["schedules"]) == ("contract_created", [DMP])


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"reference": "  "}, "reference"),
        ({"title": ""}, "title"),
        ({"end_date": date(2025, 3, 31)}, "end_date"),
        ({"division": "cornwall"}, "division"),
        ({"settings": {"notice_cutoff": "teatime"}}, "settings"),
        ({"settings": {"controller": "the boss"}}, "settings"),
        ({"settings": {"colour": "red"}}, "settings"),
        ({"kept_by": "nobody"}, "kept_by"),
        ({"tracked_from": date(2030, 1, 1)}, "tracked_from"),
    ],
)
def test_bad_terms_are_refused_by_field_and_nothing_is_made(terms, field):
    with pytest.raises(Refused) as refusal:
        make_contract(**terms)
    assert refusal.value.field == field
    assert not Contract.objects.exists()


def test_an_end_on_the_start_day_is_allowed():
    assert make_contract(end_date=date(2025, 4, 1)).contract.pk


def test_an_unknown_schedule_and_one_party_twice_are_refused():
    with pytest.raises(Refused, match="no outline 'dmp_schedule_24'"):
        make_contract("dmp_schedule_24")
    with pytest.raises(Refused) as refusal:
        make_contract(supplier=organisation("Wrenfield Council"))
    assert refusal.value.field == "supplier"


def test_a_reference_is_used_once():
    make_contract()
    with pytest.raises(Refused) as refusal:
        make_contract()
    assert refusal.value.field == "reference"


def test_a_person_has_one_side_on_a_contract_whoever_writes():
    cast = make_contract()
    with pytest.raises(Refused) as refusal:
        add_member(
            cast.contract, SYSTEM, NOON, person=cast.priya, role=Role.REVIEWER, from_day=date(2026, 1, 1)
        )
    assert refusal.value.field == "person"
    with pytest.raises(IntegrityError, match="membership_one_side_per_person"), transaction.atomic():
        Membership.objects.create(
            contract=cast.contract, person=cast.priya, side="authority", role="reviewer", from_day=NOON
        )


def test_a_membership_ends_on_or_after_its_first_day():
    cast = make_contract()
    day = date(2026, 1, 1)
    with pytest.raises(Refused):
        add_member(
            cast.contract, SYSTEM, NOON, person=cast.zed, role="auditor", from_day=day,
            to_day=day - timedelta(days=1),
        )  # fmt: skip
    member = add_member(
        cast.contract, SYSTEM, NOON, person=cast.zed, role="auditor", from_day=day, to_day=day
    )
    assert member.side == "neither"


def test_versions_of_a_paragraph_may_not_overlap():
    version = ParagraphVersion.objects.filter(contract=make_contract().contract).first()
    with pytest.raises(IntegrityError, match="paragraph_versions_do_not_overlap"), transaction.atomic():
        ParagraphVersion.objects.create(
            contract_id=version.contract_id,
            paragraph_id=version.paragraph_id,
            in_force=(date(2027, 1, 1), date(2027, 2, 1)),
        )


@pytest.mark.parametrize("day", [date(2025, 4, 1), date(2030, 1, 1)])
def test_a_page_of_words_takes_constant_queries(django_assert_num_queries, day):
    cast = make_contract(DMP, ORDER)
    with django_assert_num_queries(3):
        for words in selectors.text_as_at(cast.contract, day):
            assert words.paragraph.citation and not words.begun_by
    with django_assert_num_queries(3):
        page = selectors.paragraph_as_at(cast.contract, "main/5", day)
        assert [words.paragraph.path for words in page.below][:2] == ["main/5.1", "main/5.2"]


def test_a_paragraph_is_found_by_its_citation_and_not_in_another_contract():
    cast = make_contract(DMP)
    page = selectors.paragraph_as_at(cast.contract, f"{DMP}/main/10.3", NOON.date())
    assert page.now.paragraph.path == "main/10.3"

    with pytest.raises(NotThere):
        selectors.paragraph_as_at(cast.contract, f"{ORDER}/Part A/4.3.1", NOON.date())


def test_members_are_those_of_today():
    cast = make_contract()
    add_member(
        cast.contract, SYSTEM, NOON, person=person("wes"), role="auditor",
        from_day=date(2026, 3, 1), to_day=date(2026, 3, 16),
    )  # fmt: skip
    names = {member.person.name for member in selectors.members_of(cast.contract, NOON)}
    assert "Priya Nair" in names and "Wes" not in names
    before = selectors.members_of(cast.contract, NOON - timedelta(days=1))
    assert "Wes" in {member.person.name for member in before}
