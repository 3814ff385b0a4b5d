"""What earlier releases left behind says the same after the migrations to the newest tables.

A dump is made by ``script/keep_dump`` before each release: the demo, worked on for a month. Beside it lies
what that release said of every duty. A date or a state that moves with an upgrade moves unasked.
"""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from django.urls import reverse

from contracts.access import open_contract
from contracts.models import Contract, FigureDecision, LedgerEntry, OrganisationEntry, RowProof
from contracts.origin import FOUND
from contracts.services import ledger
from contracts.services.actors import Actor
from contracts.services.verifying.findings import Kind
from contracts.services.verifying.whole import Checked, findings
from obligations.models import ACTIVE_PHASES, Becomes, CalendarChange, Duty, Notice, Offer, OfferedChange
from obligations.services.reconciling.holding import lock
from obligations.services.reconciling.reconcile import reconcile
from obligations.services.reconciling.sweep import behind, sweep
from obligations.services.versions import offers
from tests.support.kept import says

pytestmark = pytest.mark.xdist_group("releases")
HAND = Actor.system("looking at a kept dump")
LAST_TO_MOVE = "2026-11-12T18:00:00+00:00"
"""What dumps up to this one offer moves duties; later ones go by all that there is so far."""


def by_name(duties: list[dict[str, Any]]) -> dict[tuple[str, ...], dict[str, Any]]:
    return {says.name(one): one for one in duties}


def contracts() -> dict[str, Contract]:
    return {one.reference: one for one in Contract.objects.order_by("reference")}


def test_it_has_the_newest_tables(kept):
    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []


def test_every_duty_has_the_date_and_the_state_it_had(kept):
    assert by_name(says.duties(kept.moment)) == by_name(kept.said["duties"])


def test_nothing_a_contract_held_is_lost(kept):
    """Records, notices and workflows; the record of the contract may have grown, and its old end is in it."""
    for reference, one in contracts().items():
        said, told = kept.said["contracts"][reference], says.contract(one)
        chains, told["ledger"] = told["ledger"], said["ledger"]
        assert {part: told[part] for part in said} == said
        for chain, end in told["ledger"].items():
            entry = LedgerEntry.objects.get(contract=one, kept_to=chain, number=end["entries"])
            assert entry.hash == end["head"] and chains[chain]["entries"] >= end["entries"]
    assert set(contracts()) == set(kept.said["contracts"])


def test_every_contract_goes_by_the_versions_and_the_edition_it_adopted(kept):
    for reference, one in contracts().items():
        said = kept.said["contracts"][reference].get("goes_by") or the_first_of_everything(kept, reference)
        assert says.goes_by(one) == said, reference


def the_first_of_everything(kept: Any, reference: str) -> dict[str, list[Any]]:
    """The release of 22 November had no numbers yet."""
    books = sorted({duty["rulebook"] for duty in kept.said["duties"] if duty["contract"] == reference})
    return {"versions": [[book, 1] for book in books], "editions": [1] if books else []}


def test_the_ledgers_are_whole(kept):
    for reference, one in contracts().items():
        entries = sum(end["entries"] for end in kept.said["contracts"][reference]["ledger"].values())
        assert ledger.verify(one) >= entries > 0


def test_nothing_is_found_wrong_with_what_was_there(kept):
    """What the upgrade found is signed and proved as it was found: ledgers, rows, organisations.

    A dump has no uploaded files: each is named as missing, and nothing else is.
    """
    checked = Checked()
    found = [one for one in findings(checked, lambda *_: None) if one.kind is not Kind.FILE_MISSING]
    assert [one.says for one in found] == []
    assert checked.writes and RowProof.objects.count() > 1000
    assert OrganisationEntry.objects.count() == checked.organisation_entries
    entries = LedgerEntry.objects.count()
    assert LedgerEntry.objects.filter(origin__contains=f":{FOUND}:").count() in (entries, 0)


def test_no_contract_is_behind_its_words(kept):
    assert list(behind()) == []


def test_the_safety_sweep_finds_nothing_out_of_step(kept):
    assert [str(one) for one in sweep(kept.moment)] == []


def test_working_everything_out_anew_changes_nothing(kept):
    before = says.everything(kept.moment)
    for one in contracts().values():
        lock(one, kept.moment)
        assert not reconcile(one, kept.moment, HAND, because="To see whether anything moves")
    after = says.everything(kept.moment)
    for was, now in zip(before["duties"], after["duties"], strict=True):
        # what is worked out anew may name a reading that was not named before (R12); a date it moves not
        now["flagged"] = was["flagged"] if now["flagged"] else now["flagged"]
    assert after == before


def stands() -> dict[tuple[int, str, str, str, str], tuple[object, ...]]:
    """Every duty by its contract and what names it there: its date and its phase."""
    return {
        (
            row.contract_id,
            row.obligation.rulebook_key,
            row.obligation.rule_key,
            row.subject,
            row.occurrence,
        ): (row.due_at, row.phase, row.ended_by_id)
        for row in Duty.objects.select_related("obligation")
    }


def moved_by(offer: Offer) -> dict[tuple[int, str, str, str, str], object]:
    """What the page of an offer says: the duties that it changes, with the date each has afterwards."""
    quiet = (Becomes.STAYS, Becomes.ALTERED)
    return {
        (row.contract_id, row.rulebook_key, row.rule_key, row.subject, row.occurrence): row.due_at
        for row in OfferedChange.objects.filter(offer=offer).exclude(becomes__in=quiet)
    }


def test_what_is_later_is_taken_over_contract_by_contract_just_as_the_page_says(kept):
    """Until a contract takes something over nothing of it moves; then just what its page said."""
    moved = 0
    for one in contracts().values():
        later = sorted(offers.make_offers(one), key=lambda offer: offer.edition is None)
        for offer in later:
            before = stands()
            offer = offers.work_out(offer, kept.moment)
            assert stands() == before and offer.refusal == "", (one.reference, offer.refusal)
            said = moved_by(offer)
            offers.take_over_for_many(offer, HAND, kept.moment, reason="Agreed at the service review.")
            after = stands()
            assert {key for key in after if before.get(key) != after[key]} == set(said), one.reference
            assert {key: after[key][0] for key in said} == said
            moved += len(said)
        assert offers.make_offers(one) == []
    assert moved or kept.said["moment"] > LAST_TO_MOVE
    assert [str(one) for one in sweep(kept.moment)] == []


def test_the_pages_of_its_duties_open(kept):
    """One duty of every contract, phase and shape, as somebody of the contract who may know of it."""
    shown = {}
    for duty in Duty.objects.select_related("contract", "obligation").order_by("pk"):
        shown[duty.contract_id, duty.phase, duty.shape] = duty
    cache.clear()
    with time_machine.travel(kept.moment, tick=False):
        for duty in shown.values():
            client = Client()
            client.force_login(reader_of(duty, kept))
            page = client.get(reverse("duty", args=[duty.contract_id, duty.pk]))
            assert page.status_code == 200 and duty.title in unescape(page.content.decode())


def reader_of(duty: Duty, kept: Any) -> Any:
    members = duty.contract.members.order_by("pk")
    return next(
        one for one in members if open_contract(one, duty.contract_id, kept.moment).sees(duty.subject)
    )


def test_the_month_left_something_of_every_kind(kept):
    """So that the tests above look at it: without this a poorer dump would pass them all."""
    phases = {one["phase"] for one in kept.said["duties"]}
    standings = {one["standing"] for one in kept.said["duties"]}
    assert phases >= {*map(str, ACTIVE_PHASES), "met", "met_late", "ended", "withdrawn"}
    assert standings >= {"overdue", "owed_now", "due_soon", "later"}
    assert {one["ended_by"] for one in kept.said["duties"]} >= {"001", "003"}
    states = {state for one in kept.said["contracts"].values() for state in one["plans"].values()}
    assert {"not_approved", "refused_again"} <= states
    outcomes = {word for one in kept.said["contracts"].values() for word in one["evidence"]}
    assert outcomes == {"accepted", "rejected", "no decision"}
    assert FigureDecision.objects.exists() and CalendarChange.objects.filter(state="applied").exists()
    assert sum(len(one.terms_settings.readings) for one in contracts().values()) == 2
    assert Notice.objects.filter(sent_at=None, cancelled_at=None).exists()
    assert LedgerEntry.objects.exclude(kept_to="").exists()
