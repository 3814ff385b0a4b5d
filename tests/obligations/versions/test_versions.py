"""A later version of a rulebook moves nothing on a running contract until a member takes it over."""

from __future__ import annotations

import copy
import hashlib
import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from contracts.models import LedgerEntry, LongWork
from contracts.services import ledger
from contracts.services.errors import Refused
from obligations.models import (
    Adoption,
    Duty,
    Obligation,
    Offer,
    OfferedChange,
    OfferState,
    Phase,
    RulebookVersion,
)
from obligations.rules.register.rulebook import load_rulebook, released, version_content
from obligations.services.asking.books import book_of
from obligations.services.reconciling.recurring import raise_recurring
from obligations.services.reconciling.sweep import sweep
from obligations.services.recording.facts import withdraw_fact
from obligations.services.versions import offers
from tests.cast import DMP, NOON, ORDER, Cast, done, happened, play
from tests.support.later import changed, first, later

pytestmark = pytest.mark.django_db

RELEASED = date(2026, 3, 12)
"""Thursday: 7 days from it end on 19 March, 14 days on 26 March."""

EARLY = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
"""Within the 7 days of a patch that was released on 2 March, which end on the 9th."""


def offered(cast: Cast, now=NOON, from_day=None) -> Offer:
    (offer,) = offers.make_offers(cast.contract)
    return offers.work_out(offer, now, from_day=from_day)


def take_over(cast: Cast, offer: Offer, now=NOON, who: str = "priya"):
    return offers.take_over(offer, cast.as_(who), now, reason="Agreed in March.", seen=offer.ledger_entry)


def patch(cast: Cast, cve: str = "CVE-1", day: date = RELEASED, now=NOON) -> Duty:
    """A Critical patch was released; the duty to apply it."""
    happened(cast, "patch_publicly_released", day, cve, now=now, category="Critical")
    return Duty.objects.get(
        contract=cast.contract, subject=cve, obligation__rule_key__in=["10.3-critical", "10.3-other"]
    )


def says(offer: Offer) -> set[tuple[str, str, str]]:
    """What the page says: what becomes of which duty."""
    rows = OfferedChange.objects.filter(offer=offer)
    return {(row.becomes, row.rule_key, row.subject) for row in rows}


def dates(cast: Cast) -> dict[tuple[str, str, str], tuple]:
    rows = Duty.objects.filter(contract=cast.contract).select_related("obligation")
    return {
        (row.obligation.rule_key, row.subject, row.occurrence): (row.due_at, row.phase, row.deadline_version)
        for row in rows
    }


def entries(cast: Cast, verb: str) -> list[dict]:
    rows = LedgerEntry.objects.filter(contract=cast.contract, verb=verb).order_by("pk")
    return [row.payload for row in rows]


# The binding


def test_a_contract_is_bound_to_the_version_it_adopted():
    cast = play()
    (row,) = Adoption.objects.filter(contract=cast.contract).select_related("version")
    book = first(DMP)
    assert (row.version.key, row.version.number, row.version.digest) == (DMP, 1, book.digest)
    assert row.version.content == book.content and row.from_day is None
    assert [one.edition for one in cast.contract.editions.all()] == [1]


def test_the_proof_of_a_date_names_version_and_edition():
    duty = patch(play())
    assert duty.derivation["rulebook"]["version"] == 1
    assert duty.derivation["rulebook"]["digest"] == first(DMP).digest
    assert duty.derivation["edition"] == 1


@pytest.mark.parametrize("key", [DMP, ORDER])
def test_what_a_version_says_is_kept_for_good(key):
    """Whoever changes a book without raising its version is told here (script/manage release_rulebook)."""
    book = load_rulebook(key)
    assert version_content(key, book.version) == book.content
    assert all(released(key, number).exists() for number in range(1, book.version + 1))


# Nothing moves


def test_a_release_with_a_later_version_moves_nothing(release):
    cast = play()
    patch(cast, "CVE-1", RELEASED)
    happened(cast, "external_vulnerability_scan_completed", date(2026, 2, 20), "scan")
    before, record = dates(cast), LedgerEntry.objects.count()
    release(later(2, changed))
    assert sweep(NOON, repair=True) == []
    raise_recurring(NOON + timedelta(days=1))
    assert dates(cast) == before and LedgerEntry.objects.count() == record


def test_what_is_recorded_meanwhile_goes_by_the_adopted_version(release):
    cast = play()
    release(later(2, changed))
    duty = patch(cast, "CVE-2", RELEASED)
    assert duty.due_date == date(2026, 3, 19) and duty.derivation["rulebook"]["version"] == 1
    assert not Duty.objects.filter(obligation__rule_key="10.3-report").exists()
    assert sweep(NOON + timedelta(days=1)) == []


def test_a_contract_that_is_made_now_begins_on_the_later_version(release):
    release(later(2, changed))
    cast = play()
    assert patch(cast, "CVE-2", RELEASED).due_date == date(2026, 3, 26)
    assert Adoption.objects.get(contract=cast.contract).version.number == 2
    assert offers.make_offers(cast.contract) == [] and offers.behind() == []


# The offer


def test_the_offer_says_what_it_would_change_and_writes_nothing_else(release):
    cast = play()
    patch(cast, "CVE-1", RELEASED)
    happened(cast, "external_vulnerability_scan_completed", date(2026, 2, 20), "scan")
    before, record = dates(cast), LedgerEntry.objects.count()
    release(later(2, changed))
    offer = offered(cast)
    assert says(offer) == {
        ("redated", "10.3-critical", "CVE-1"),
        ("raised", "10.3-report", "CVE-1"),
        ("ended", "7.1.3", "scan"),
        ("stays", "7.1.3", ""),  # the scan that was due a month after commencement and was missed
    }
    row = OfferedChange.objects.get(offer=offer, rule_key="10.3-critical")
    assert (row.old_due_at.date(), row.due_at.date()) == (date(2026, 3, 19), date(2026, 3, 26))
    assert dates(cast) == before and LedgerEntry.objects.count() == record
    assert Obligation.objects.filter(contract=cast.contract, rule_key="10.3-report").count() == 0


def test_taking_it_over_does_just_what_the_page_said_with_its_own_cause(release):
    cast = play()
    patch(cast, "CVE-1", RELEASED)
    happened(cast, "external_vulnerability_scan_completed", date(2026, 2, 20), "scan")
    before = dates(cast)
    release(later(2, changed))
    offer = offered(cast)
    said = {row.rule_key: row.due_at for row in OfferedChange.objects.filter(offer=offer)}
    record = LedgerEntry.objects.count()
    take_over(cast, offer)
    after = dates(cast)
    moved = {key[0] for key in {*before, *after} if before.get(key) != after.get(key)}
    assert moved == {key for _, key, _ in says(offer)}
    assert Duty.objects.get(obligation__rule_key="10.3-critical").due_at == said["10.3-critical"]
    assert Duty.objects.get(obligation__rule_key="10.3-report").due_at == said["10.3-report"]
    new = LedgerEntry.objects.order_by("pk")[record:]
    assert [entry.verb for entry in new][0] == "rulebook_version_taken_over"
    causes = {entry.payload["because"] for entry in new if "because" in entry.payload}
    title = first(DMP).title
    assert causes == {f"Version 2 of the rulebook “{title}” was taken over: Agreed in March."}
    assert sweep(NOON) == [] and ledger.verify(cast.contract)
    assert offers.behind() == []


def test_what_was_met_missed_or_ended_keeps_the_date_it_was_judged_by(release):
    cast = play()
    met = patch(cast, "CVE-MET", RELEASED)
    happened(cast, "patch_applied", date(2026, 3, 16), "CVE-MET")
    missed = patch(cast, "CVE-MISSED", date(2026, 3, 2), now=EARLY)
    assert missed.due_date == date(2026, 3, 9) < NOON.date()
    release(later(2, changed))
    offer = offered(cast)
    assert ("stays", "10.3-critical", "CVE-MISSED") in says(offer)
    take_over(cast, offer)
    met.refresh_from_db()
    missed.refresh_from_db()
    assert (met.due_date, met.phase) == (date(2026, 3, 19), Phase.MET)
    assert (missed.due_date, missed.phase) == (date(2026, 3, 9), Phase.OPEN)
    assert missed.date_stands.startswith("Version 2")
    assert {one["subject"] for one in entries(cast, "duty_date_stands")} == {"CVE-MISSED", ""}
    happened(cast, "patch_applied", date(2026, 3, 16), "CVE-MISSED")
    missed.refresh_from_db()
    # Within the 14 days of the later version, and late by the 7 days it was judged by.
    assert (missed.due_date, missed.phase) == (date(2026, 3, 9), Phase.MET_LATE)
    assert sweep(NOON) == []


def test_an_act_taken_back_makes_a_duty_owed_again_by_the_date_that_stands(release):
    cast = play()
    late = patch(cast, "CVE-1", date(2026, 3, 2), now=EARLY)
    fact = happened(cast, "patch_applied", date(2026, 3, 11), "CVE-1").fact
    release(later(2, lambda rules: [one for one in rules if one["key"] != "10.3-critical"]))
    take_over(cast, offered(cast))
    late.refresh_from_db()
    assert (late.phase, late.due_date) == (Phase.MET_LATE, date(2026, 3, 9))
    withdraw_fact(fact, cast.as_("priya"), NOON, reason="The wrong host.")
    late.refresh_from_db()
    assert (late.phase, late.due_date) == (Phase.OPEN, date(2026, 3, 9))


@pytest.mark.parametrize(
    ("first", "due"),
    [(NOON.date(), date(2026, 3, 26)), (NOON.date() + timedelta(days=1), date(2026, 3, 19))],
)
def test_from_a_day_on_only_what_begins_then_follows_the_later_version(release, first, due):
    """A duty begins on the day it first bites, here the day of recording. Begun on the first day itself: the
    later version. Begun the day before: the version it began under.
    """
    cast = play()
    duty = patch(cast, "CVE-1", RELEASED)
    release(later(2, changed))
    offer = offered(cast, from_day=first)
    take_over(cast, offer)
    duty.refresh_from_db()
    assert duty.due_date == due
    later_on = patch(cast, "CVE-2", date(2026, 3, 18), now=NOON + timedelta(days=1))
    assert later_on.due_date == date(2026, 4, 1)
    assert duty.derivation["rulebook"]["version"] == (2 if due.day == 26 else 1)
    assert later_on.derivation["rulebook"]["version"] == 2
    spans = Obligation.objects.filter(contract=cast.contract, rule_key="10.3-report")
    assert [row.in_force.lower for row in spans] == [first]
    gone = Obligation.objects.filter(contract=cast.contract, rule_key="7.1.3")
    assert [row.in_force.upper for row in gone] == [first]
    assert sweep(NOON + timedelta(days=1)) == []


def test_the_door_gives_the_version_in_use_with_what_is_laid_over_it(release):
    cast = play()
    release(later(2, changed))
    assert book_of(cast.contract, DMP).rule("10.3-critical").amount == 7
    take_over(cast, offered(cast))
    book = book_of(cast.contract, DMP)
    assert (book.version.version, book.rule("10.3-critical").amount) == (2, 14)
    assert book_of(cast.contract, DMP, known=NOON - timedelta(days=1)).version.version == 1


# Refusals: each changes nothing


def refused(cast: Cast, offer: Offer, **how) -> str:
    before, record = dates(cast), LedgerEntry.objects.count()
    with pytest.raises(Refused) as caught:
        take_over(cast, offer, **how)
    assert dates(cast) == before and LedgerEntry.objects.count() == record
    return caught.value.message


def test_a_version_is_taken_over_once(release):
    cast = play()
    release(later(2, changed))
    offer = offered(cast)
    take_over(cast, offer)
    assert refused(cast, offer, who="ada") == "This was taken over already."
    assert Adoption.objects.filter(contract=cast.contract).count() == 2


def test_something_recorded_since_is_looked_at_first(release):
    cast = play()
    release(later(2, changed))
    offer = offered(cast)
    patch(cast, "CVE-1", RELEASED)
    assert refused(cast, offer).startswith("Something was recorded since")
    assert refused(cast, offer, now=NOON + timedelta(days=1)).startswith("Something was recorded since")
    take_over(cast, offers.work_out(offer, NOON))


def test_a_day_that_went_by_is_looked_at_first(release):
    cast = play()
    release(later(2, changed))
    offer = offered(cast, NOON)
    midnight = NOON.replace(hour=0) + timedelta(days=1)
    assert refused(cast, offer, now=midnight).startswith("Something was recorded since")
    take_over(cast, offer, now=midnight - timedelta(seconds=1))


def test_a_reason_and_a_party_are_needed(release):
    cast = play()
    release(later(2, changed))
    offer = offered(cast)
    with pytest.raises(Refused, match="reason: Say why"):
        offers.take_over(offer, cast.as_("priya"), NOON, reason=" ", seen=offer.ledger_entry)
    assert refused(cast, offer, who="olu").startswith("Only a person of one of the two parties")


def test_a_later_offer_takes_the_place_of_an_earlier(release):
    cast = play()
    release(later(2, changed))
    offer = offered(cast)
    release(later(3, lambda rules: rules))
    newest = offered(cast)
    offer.refresh_from_db()
    assert offer.state == OfferState.SUPERSEDED
    assert refused(cast, offer).startswith("A later one has taken the place")
    take_over(cast, newest)
    assert book_of(cast.contract, DMP).version.version == 3


def test_a_day_after_the_contract_is_refused(release):
    cast = play(end_date=date(2027, 4, 29))
    release(later(2, changed))
    (offer,) = offers.make_offers(cast.contract)
    with pytest.raises(Refused, match="from_day: Enter a day up to"):
        offers.work_out(offer, NOON, from_day=date(2027, 4, 30))
    assert offers.work_out(offer, NOON, from_day=date(2027, 4, 29)).from_day == date(2027, 4, 29)


def test_a_version_that_cites_what_the_contract_does_not_have_says_so(release):
    cast = play()
    wrong = later(
        2, lambda rules: [r | {"path": "main/10.99"} if r["key"] == "10.3-critical" else r for r in rules]
    )
    release(wrong)
    offer = offered(cast)
    assert all(
        text in offer.refusal for text in (cast.contract.reference, DMP, "10.3-critical", "main/10.99")
    )
    assert refused(cast, offer) == offer.refusal


# For many at once, and by the worker


def test_the_worker_offers_it_to_every_contract_that_is_behind(release):
    first, second = play(), play(reference="WF-2026-015")
    other = play(ORDER, reference="WF-2026-016")
    release(later(2, changed))
    assert [number for number, _, _ in offers.behind()] == [first.contract.pk, second.contract.pk]
    assert offers.offer_everything(NOON) == 2
    offers.offer_everything(NOON)
    assert LongWork.objects.count() == 2 and not Offer.objects.filter(contract=other.contract).exists()


def test_one_contract_that_cannot_be_read_stops_no_other(release, monkeypatch):
    """A stored version whose content no longer parses is refused by contract, book and key."""
    from obligations.rules.register.rulebook import RulebookError
    from obligations.services.asking import versions

    good, broken = play(ORDER, reference="WF-2026-001"), play(reference="WF-2026-002")
    versions.read_version.cache_clear()

    def parse(content):
        raise RulebookError(f"{content['header']['key']}: rules.toml: 10.3-critical: unknown key 'colour'")

    release(later(2, changed))
    monkeypatch.setattr(versions, "parse_rulebook", parse)
    (finding,) = sweep(NOON, repair=True)
    assert all(text in str(finding) for text in ("WF-2026-002", DMP, "10.3-critical", "version 1"))
    with pytest.raises(Refused, match="10.3-critical"):
        patch(broken, "CVE-1", RELEASED)
    happened(good, "client_requests_breach_details", NOON - timedelta(hours=1), "B-1", by="ada")
    versions.read_version.cache_clear()


def test_evidence_for_a_missed_duty_whose_rule_is_gone_still_counts(release):
    cast = play()
    missed = patch(cast, "CVE-1", date(2026, 3, 2), now=EARLY)
    release(later(2, lambda rules: [one for one in rules if one["key"] != "10.3-critical"]))
    take_over(cast, offered(cast))
    missed.refresh_from_db()
    assert missed.phase == Phase.OPEN and missed.date_stands
    done(missed, cast, date(2026, 3, 9))
    missed.refresh_from_db()
    assert (missed.phase, missed.due_date) == (Phase.MET, date(2026, 3, 9))


# Bad ground: what is stored cannot be used


def digest_of(content: dict) -> str:
    return hashlib.sha256(
        json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    ).hexdigest()


def bind_to(cast: Cast, content: dict, digest: str = "") -> None:
    """The contract goes by a stored version that says this; ``content`` may be anything."""
    version = RulebookVersion.objects.create(
        key=DMP, number=2, dated="2026", title="Damaged", digest=digest or digest_of(content), content=content
    )
    Adoption.objects.create(
        contract=cast.contract, version=version, reason="x", adopted_at=NOON, adopted_by_name="tests"
    )


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("on", ["meteor_fell"], "'meteor_fell' is not a kind of fact"),
        ("amount", "seven", "amount must be a whole number"),
        ("colour", "red", "unknown key 'colour'"),
    ],
)
def test_a_stored_rule_that_cannot_be_read_is_named_and_changes_nothing(field, value, says):
    cast, other = play(), play(reference="WF-2026-015")
    content = copy.deepcopy(dict(load_rulebook(DMP).content))
    content["header"]["version"] = 2
    (rule,) = [r for f in content["files"].values() for r in f.get("rule", ()) if r["key"] == "10.3-critical"]
    rule[field] = value
    bind_to(cast, content)
    record = LedgerEntry.objects.count()
    with pytest.raises(Refused) as caught:
        patch(cast)
    assert all(text in caught.value.message for text in (cast.contract.reference, DMP, "10.3-critical", says))
    assert LedgerEntry.objects.count() == record and not Duty.objects.filter(subject="CVE-1").exists()
    assert patch(other).due_date == date(2026, 3, 19)
    assert [finding.reference for finding in sweep(NOON, repair=True)] == [cast.contract.reference]


def test_content_that_does_not_have_its_digest_is_refused():
    cast = play()
    content = copy.deepcopy(dict(load_rulebook(DMP).content))
    content["header"]["version"] = 2
    bind_to(cast, content, digest="0" * 64)
    with pytest.raises(Refused, match="does not have the digest 000000000000"):
        patch(cast)


def test_a_version_is_never_edited_or_deleted():
    play()
    for act in (
        lambda rows: rows.update(title="Another"),
        lambda rows: rows.delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act(RulebookVersion.objects.all())
    assert RulebookVersion.objects.get().title == load_rulebook(DMP).title
