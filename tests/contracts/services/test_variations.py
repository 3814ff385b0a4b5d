"""Drafting and sharing a variation. What was shared cannot change, whoever writes (R28)."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from contracts import selectors
from contracts.absence import NotThere
from contracts.models import Effect, Paragraph, Signature, Variation
from contracts.services.errors import Refused
from contracts.services.variations import (
    draft_variation,
    share_variation,
    signing_text,
    text_hash,
    withdraw_variation,
)
from tests.cast import DMP, NOON, ORDER, RIVERSIDE, SYSTEM, make_contract

pytestmark = pytest.mark.django_db

STOP_5_AND_7 = [("main/5", "not_used", ""), ("main/7", "not_used", "")]


def draft(cast, **terms):
    terms = {"number": "001", "title": "Stop two sections", "effects": STOP_5_AND_7} | terms
    return draft_variation(cast.contract, cast.as_("ada"), NOON, **terms)


def share(cast, variation):
    return share_variation(variation, cast.as_("ada"), NOON + timedelta(hours=1))


def refused_field(act, *args, **kwargs) -> str:
    with pytest.raises(Refused) as refusal:
        act(*args, **kwargs)
    return refusal.value.field


def test_the_text_to_sign_says_who_what_and_when():
    cast = make_contract()
    text = signing_text(draft(cast, recital="Both parties wish to simplify assurance."))
    for words in ("Wrenfield Council", "Harbourlight Systems", "paragraph main/5 ", "paragraph main/7 ",
                  "1 April 2025", "simplify assurance", "Authority signs"):  # fmt: skip
        assert words in text


def test_sharing_fixes_the_text_even_when_a_party_is_renamed():
    cast = make_contract()
    variation = share(cast, draft(cast))
    kept = variation.text
    cast.contract.supplier.name = "Another name"
    cast.contract.supplier.save()
    again = Variation.objects.get(pk=variation.pk)
    assert signing_text(again) == kept
    assert text_hash(again) == variation.text_hash == hashlib.sha256(kept.encode()).hexdigest()


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"number": " "}, "number"),
        ({"title": ""}, "title"),
        ({"effects": []}, "effects"),
        ({"effects": [("main/99", "not_used", "")]}, "effects"),
        ({"effects": [("main/5", "abolished", "")]}, "effects"),
        ({"effects": [("main/5", "replaced", " ")]}, "effects"),
        ({"effects": [("main/5", "not_used", "words")]}, "effects"),
        ({"effects": [("main/5", "not_used", ""), (f"{DMP}/main/5", "replaced", "x")]}, "effects"),
        ({"effects": [("main/5", "inserted", "words")]}, "effects"),
        ({"effects": [("nowhere", "inserted", "words")]}, "effects"),
    ],
)
def test_a_bad_draft_is_refused_by_field_and_leaves_nothing(terms, field):
    cast = make_contract()
    before = Paragraph.objects.count()
    assert refused_field(draft, cast, **terms) == field
    assert not Variation.objects.exists()
    assert Paragraph.objects.count() == before


def test_a_path_in_two_schedules_needs_its_schedule():
    cast = make_contract(DMP, RIVERSIDE)
    assert refused_field(draft, cast) == "effects"
    named = draft(cast, effects=[(f"{RIVERSIDE}/main/5", "not_used", "")])
    assert named.effects.get().paragraph.schedule.outline_key == RIVERSIDE


def test_a_paragraph_of_another_contract_cannot_be_named():
    cast = make_contract()
    make_contract(ORDER, reference="WF-2026-015")
    assert refused_field(draft, cast, effects=[(f"{ORDER}/Part A/4.3.1", "not_used", "")]) == "effects"


def test_a_number_is_used_once_unless_its_variation_was_withdrawn():
    cast = make_contract()
    first = draft(cast)
    assert refused_field(draft, cast) == "number"
    with pytest.raises(IntegrityError, match="variation_number_used_once"), transaction.atomic():
        Variation.objects.create(
            contract=cast.contract, number="001", title="x", drafted_by=cast.ada,
            drafted_side="authority", drafted_at=NOON,
        )  # fmt: skip
    withdraw_variation(first, cast.as_("ada"), NOON, reason="drafted twice")
    assert draft(cast).pk != first.pk


def test_only_a_person_of_a_side_drafts_and_only_that_side_shares_and_withdraws():
    cast = make_contract()
    for actor in (SYSTEM, cast.as_("olu")):
        with pytest.raises(Refused):
            draft_variation(cast.contract, actor, NOON, number="1", title="x", effects=STOP_5_AND_7)
    variation = draft(cast)
    with pytest.raises(Refused, match="Only the Authority"):
        share_variation(variation, cast.as_("priya"), NOON)
    with pytest.raises(Refused, match="Only the Authority"):
        withdraw_variation(variation, cast.as_("priya"), NOON, reason="no")


def test_the_other_side_does_not_see_a_draft():
    cast = make_contract()
    variation = draft(cast)
    assert list(selectors.variations_of(cast.contract, "authority")) == [variation]
    assert list(selectors.variations_of(cast.contract, "supplier")) == []
    with pytest.raises(NotThere):
        selectors.variation_page(cast.contract, variation.pk, "supplier")
    share(cast, variation)
    assert selectors.variation_page(cast.contract, variation.pk, "supplier") == variation


def test_a_variation_of_another_contract_is_not_found():
    cast, other = make_contract(), make_contract(reference="WF-2026-015")
    variation = draft(cast)
    with pytest.raises(NotThere):
        selectors.variation_page(other.contract, variation.pk, "authority")


def test_sharing_twice_and_withdrawing_twice_are_refused():
    cast = make_contract()
    variation = share(cast, draft(cast))
    assert refused_field(share, cast, variation) == ""
    assert refused_field(withdraw_variation, variation, cast.as_("ada"), NOON, reason=" ") == "reason"
    withdraw_variation(variation, cast.as_("ada"), NOON, reason="overtaken")
    assert refused_field(withdraw_variation, variation, cast.as_("ada"), NOON, reason="again") == ""


@pytest.mark.parametrize("change", [{"title": "x"}, {"text": "x"}, {"number": "9"}, {"text_hash": "0" * 64}])
def test_the_database_keeps_a_shared_variation_as_it_was(change):
    cast = make_contract()
    variation = share(cast, draft(cast))
    with pytest.raises(DatabaseError, match="variation_unchanged_once_shared"), transaction.atomic():
        Variation.objects.filter(pk=variation.pk).update(**change)


def test_the_database_keeps_the_effects_of_a_shared_variation():
    cast = make_contract()
    variation = share(cast, draft(cast))
    effect = variation.effects.first()
    with pytest.raises(DatabaseError, match="effect_unchanged_once_shared"), transaction.atomic():
        Effect.objects.filter(pk=effect.pk).update(kind="reinstated")
    with pytest.raises(DatabaseError, match="effect_unchanged_once_shared"), transaction.atomic():
        Effect.objects.filter(pk=effect.pk).delete()
    paragraph = Paragraph.objects.get(contract=cast.contract, path="main/6")
    with pytest.raises(DatabaseError, match="effect_unchanged_once_shared"), transaction.atomic():
        Effect.objects.create(
            contract=cast.contract, variation=variation, paragraph=paragraph, kind="not_used"
        )
    with pytest.raises(DatabaseError, match="never_deleted_once_shared|unchanged"), transaction.atomic():
        variation.delete()


def test_the_database_takes_a_signature_of_the_shared_text_only_and_keeps_it():
    cast = make_contract()
    variation = draft(cast)

    def sign(text_hash):
        return Signature.objects.create(
            contract=cast.contract, variation=variation, side="authority", name="Ada Fairweather",
            job_title="Reviewer", signed_on=NOON.date(), text_hash=text_hash, recorded_by=cast.ada,
            recorded_at=NOON,
        )  # fmt: skip

    with pytest.raises(DatabaseError, match="signature_of_the_shared_text"), transaction.atomic():
        sign("")
    share(cast, variation)
    with pytest.raises(DatabaseError, match="signature_of_the_shared_text"), transaction.atomic():
        sign("0" * 64)
    signature = sign(variation.text_hash)
    with pytest.raises(IntegrityError, match="signature_once_per_side"), transaction.atomic():
        sign(variation.text_hash)
    with pytest.raises(DatabaseError, match="signature_never_changed"), transaction.atomic():
        Signature.objects.filter(pk=signature.pk).update(name="Somebody else")
    with pytest.raises(DatabaseError, match="signature_never_changed"), transaction.atomic():
        signature.delete()


def test_an_inserted_paragraph_stands_after_all_that_is_under_its_parent():
    cast = make_contract()
    draft(cast, effects=[("main/10.3.4", "inserted", "Patches of last resort.")])
    order = list(
        Paragraph.objects.filter(contract=cast.contract, scope="main").order_by("order").values_list("path")
    )
    place = order.index(("main/10.3.4",))
    assert (order[place - 1], order[place + 1]) == (("main/10.3.3",), ("main/10.4",))
    shown = {words.paragraph.path for words in selectors.text_as_at(cast.contract, NOON.date())}
    assert "main/10.3.4" not in shown
    withdraw_variation(cast.contract.variations.get(), cast.as_("ada"), NOON, reason="not needed")
    draft(cast, effects=[("main/10.3.4", "inserted", "Again.")])
    assert Paragraph.objects.filter(path="main/10.3.4").count() == 1


def test_the_list_of_variations_takes_constant_queries(django_assert_num_queries):
    cast = make_contract()
    for number in range(3):
        draft(cast, number=str(number))
    with django_assert_num_queries(5):
        for variation in selectors.variations_of(cast.contract, "authority"):
            assert [effect.paragraph.citation for effect in variation.effects.all()]
            assert list(variation.signatures.all()) == []
