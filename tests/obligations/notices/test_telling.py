"""What comes onto the record is told to whom it concerns, through the real services (issue: nobody untold).

What follows is written by hand: who is told of what. The cast: Priya (security lead), Tom (contributor) and
Grace (board member) of the supplier; Ada (reviewer) and Ben (assurance lead) of the authority.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from contracts.models import Contract, KeptBy, LedgerEntry, Membership
from contracts.services import ledger
from contracts.services.members import change_role
from contracts.services.variations import draft_variation, share_variation, withdraw_variation
from obligations.models import Notice
from obligations.services.notices.delivery import sweep
from obligations.services.variations.signing import sign_variation
from tests.cast import NOON, Cast

MARCH_10 = date(2026, 3, 10)


def told(cast: Cast, stage: str) -> set[str]:
    """Who of the cast is to be told at a stage, by first name."""
    waiting = Notice.objects.filter(contract=cast.contract, stage=stage, cancelled_at=None)
    return {name.split()[0] for name in waiting.values_list("recipient__name", flat=True)}


def shared(cast: Cast, by: str = "ada"):
    variation = draft_variation(
        cast.contract,
        cast.as_(by),
        NOON,
        number="001",
        title="A section not used",
        effects=[("main/5", "not_used", "")],
    )
    return share_variation(variation, cast.as_(by), NOON)


def signed(cast: Cast, variation, side: str) -> None:
    who, name = {"supplier": ("priya", "Priya Nair"), "authority": ("ada", "Ada Fairweather")}[side]
    sign_variation(
        variation,
        cast.as_(who),
        NOON,
        side=side,
        name=name,
        job_title="Director",
        signed_on=MARCH_10,
        text_hash=variation.text_hash,
    )


def test_a_variation_waits_for_those_who_sign_until_their_side_has(cast):
    variation = shared(cast)
    assert told(cast, "variation_to_sign") == {"Priya", "Grace"}  # Ada shared it herself
    signed(cast, variation, "supplier")
    assert told(cast, "variation_to_sign") == set()
    assert told(cast, "variation_signed") == {"Ada"}
    signed(cast, variation, "authority")
    assert told(cast, "variation_signed") == set()
    assert told(cast, "variation_in_force") == {"Priya", "Tom", "Grace", "Ben"}
    why = set(Notice.objects.exclude(cancelled_at=None).values_list("cancelled_why", flat=True))
    assert why == {"it was settled before it was sent"}


def test_a_draft_is_nobodys_news_and_a_withdrawal_takes_back_the_asking(cast):
    draft = draft_variation(
        cast.contract, cast.as_("ada"), NOON, number="002", title="No", effects=[("main/5", "not_used", "")]
    )
    withdraw_variation(draft, cast.as_("ada"), NOON, reason="Never mind.")
    assert not Notice.objects.exists()
    withdraw_variation(shared(cast), cast.as_("ada"), NOON, reason="Another way was found.")
    assert told(cast, "variation_to_sign") == set()
    assert told(cast, "variation_withdrawn") == {"Priya", "Grace"}


@pytest.mark.parametrize(("alone", "people"), [(KeptBy.SUPPLIER, {"Grace"}), (KeptBy.AUTHORITY, set())])
def test_on_a_contract_kept_by_one_side_its_own_people_are_told_of_the_others_word(cast, alone, people):
    """Nobody of the other side is there to be told, and who entered it knows."""
    Contract.objects.filter(pk=cast.contract.pk).update(kept_by=alone)
    cast.contract.refresh_from_db()
    shared(cast, by="priya" if alone == KeptBy.SUPPLIER else "ada")
    assert told(cast, "variation_to_sign") == people


def test_the_mail_says_what_it_is_what_waits_and_where(cast, mail):
    variation = shared(cast)
    sweep(NOON)
    assert sorted(mail.box.recipients) == ["grace@duly.example", "priya@duly.example"]
    assert mail.box.subjects[0] == "To sign: Variation 001, A section not used"
    for words in (mail.box.text(), mail.box.html()):
        assert "Ada Fairweather has shared this variation" in words
        assert "it waits for your side’s signature" in words
        assert f"/contracts/{cast.contract.pk}/variations/{variation.pk}" in words
    entry = LedgerEntry.objects.filter(verb="notices_sent").latest("pk")
    assert entry.payload["notices"][0]["entry"] == LedgerEntry.objects.get(verb="variation_shared").pk


def test_who_may_not_sign_any_more_and_who_left_gets_no_mail(cast, mail):
    shared(cast)
    mina = cast.as_("mina")
    change_role(cast.contract.memberships.get(person=cast.priya), mina, NOON, role="contributor")
    Membership.objects.filter(person=cast.grace).update(to_day=NOON.date() - timedelta(days=1))
    swept = sweep(NOON)
    assert (swept.sent, swept.cancelled) == (0, 2)
    assert set(Notice.objects.values_list("cancelled_why", flat=True)) == {
        "the recipient is no longer a member of the contract",
        "the recipient now has another role",
    }


def test_news_is_not_told_after_a_week_and_what_waits_is(cast, mail):
    variation = shared(cast)
    sweep(NOON + timedelta(days=8))
    assert len(mail.box.recipients) == 2
    signed(cast, variation, "supplier")
    signed(cast, variation, "authority")
    assert sweep(NOON + timedelta(days=8)).sent == 0
    assert Notice.objects.filter(cancelled_why="it has been on the record for over a week").count() == 4


def test_what_is_taken_back_with_its_transaction_is_told_to_nobody(cast):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        shared(cast)
        raise ZeroDivisionError
    assert not Notice.objects.exists()


def test_telling_costs_the_same_for_one_entry_and_for_forty(cast):
    def statements(number: int) -> int:
        entries = [
            ("variation_withdrawn", {"variation": one, "number": str(one), "title": "x", "reason": "y"})
            for one in range(number)
        ]
        with CaptureQueriesContext(
            connection,
        ) as taken:
            ledger.record_many(cast.contract, cast.as_("ada"), entries, NOON)
        return len(taken)

    assert statements(1) == statements(40)
    assert Notice.objects.count() == 82
