"""A contract on any day, as known on any other; the paper copy; the ledger and the sweep hold the tables to
it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.models import Contract, Document, Effect, ParagraphVersion, Signature, VariationState
from contracts.services.errors import Refused
from contracts.services.rebuild import words_from_ledger, words_in_tables
from contracts.services.variations import share_variation
from contracts.services.words import signed_texts
from contracts.terms.moments import end_of_day
from obligations.models import Duty
from obligations.services import as_at
from obligations.services.reconciling.sweep import behind, look_at, sweep
from obligations.services.variations.paper import OnPaper, sign_on_paper
from tests.cast import DMP, NOON, RIVERSIDE, patch_released, play
from tests.obligations.services.test_variations_in_full import FIGURE, INSERTED, STOP, Wanted, drafted, signed
from tests.support.words import text_over_time

pytestmark = pytest.mark.django_db

MARCH_10 = date(2026, 3, 10)


def used(found):
    return {words.paragraph.path for words in found.words if words.used}


def test_valid_day_and_day_known_are_two_clocks():
    """Signed on 10 March, recorded on the 17th: on the 12th nobody here knew."""
    cast = play()
    signed(cast, drafted(cast, *STOP, number="001"))
    known_then = end_of_day(date(2026, 3, 12))
    later = NOON + timedelta(days=1)
    assert "main/5.6" in used(as_at.as_at(cast.contract, date(2026, 3, 9), later))
    assert "main/5.6" not in used(as_at.as_at(cast.contract, MARCH_10, later))
    assert "main/5.6" in used(as_at.as_at(cast.contract, date(2026, 3, 11), later, known_then))
    apart = as_at.words_apart(
        as_at.as_at(cast.contract, date(2026, 3, 9), later), as_at.as_at(cast.contract, MARCH_10, later)
    )
    assert {one.citation.split("/")[2].split(".")[0] for one in apart} == {"5", "7"}
    assert {(one.before, one.after) for one in apart} == {("in force", "not used (Variation 001)")}


def test_duties_on_a_past_day_with_what_is_known_now_and_with_what_was_known_then():
    cast = play()
    patch_released(cast, "CVE-1", date(2026, 3, 5))
    later = NOON + timedelta(days=1)
    day = date(2026, 3, 6)

    def patches(known=None):
        found = as_at.as_at(cast.contract, day, later, known)
        return [(duty.state, duty.deadline.due_date) for duty in found.duties if duty.subject == "CVE-1"
                and duty.rule_key == "10.3-critical"]  # fmt: skip

    assert patches() == [("open", date(2026, 3, 12))]
    assert patches(end_of_day(day)) == []


def test_as_at_today_is_what_the_tables_hold():
    cast = play()
    patch_released(cast, "CVE-1", date(2026, 3, 5), category="Important")
    signed(cast, drafted(cast, FIGURE, INSERTED))
    found = {(d.rule_key, d.subject or "", d.occurrence): d.deadline.due_date
             for d in as_at.as_at(cast.contract, NOON.date(), NOON).duties}  # fmt: skip
    rows = Duty.objects.filter(contract=cast.contract).select_related("obligation")
    kept = {(d.obligation.rule_key, d.subject, d.occurrence): d.due_date for d in rows}
    assert found.items() <= kept.items()
    assert ("10.3-important", "CVE-1", "once") in found or any(key[1] == "CVE-1" for key in found)


def test_as_at_takes_as_many_queries_whatever_the_contract_holds():
    cast = play()

    def queries():
        with CaptureQueriesContext(
            connection,
        ) as caught:
            as_at.as_at(cast.contract, MARCH_10, NOON, end_of_day(MARCH_10))
        return len(caught)

    before = queries()
    signed(cast, drafted(cast, *STOP, number="001"))
    for number in range(5):
        patch_released(cast, f"CVE-{number}", date(2026, 3, 5))
    queries()
    assert queries() <= before + 1


def test_two_variations_give_the_same_words_in_either_order_of_recording():
    texts = []
    for reference, order in (("A-1", (0, 1)), ("A-2", (1, 0))):
        cast = play(reference=reference)
        asked = [
            ([Wanted(f"{DMP}/main/10.3", "replaced", "New words")], "001", date(2026, 3, 5)),
            ([Wanted(f"{DMP}/main/10", "not_used")], "002", date(2026, 3, 9)),
        ]
        ready = [
            share_variation(drafted(cast, *effects, number=n), cast.as_("ada"), NOON)
            for effects, n, _ in asked
        ]
        for place in order:
            signed(cast, ready[place], asked[place][2])
        spans = words_in_tables(cast.contract)
        texts.append(
            {
                citation: [(s.first, s.until, s.text, s.used) for s in found]
                for citation, found in spans.items()
            }
        )
        assert words_from_ledger(cast.contract) == spans
    assert texts[0] == texts[1]


def test_the_ledger_alone_gives_the_words_there_are():
    cast = play()
    signed(cast, drafted(cast, *STOP, INSERTED, number="001"))
    later = NOON + timedelta(days=20)
    signed(
        cast,
        drafted(cast, Wanted(f"{DMP}/main/5", "reinstated"), number="002", now=later),
        date(2026, 4, 1),
        later,
    )
    assert words_from_ledger(cast.contract) == words_in_tables(cast.contract)


def test_the_sweep_finds_and_mends_what_is_out_of_step():
    cast = play()
    signed(cast, drafted(cast, *STOP, number="001"))
    assert sweep(NOON) == []
    assert not behind().exists()
    ParagraphVersion.objects.filter(paragraph__path="main/5.6", used=False).update(used=True)
    Duty.objects.filter(phase="ended").update(phase="open", ended_by=None)
    (finding,) = sweep(NOON)
    assert finding.paragraphs == 1 and finding.duties >= 1
    assert finding.unlike_ledger == (f"{DMP}/main/5.6",)
    assert sweep(NOON) == [finding]
    assert look_at(Contract.objects.get(pk=cast.contract.pk), NOON, repair=True)
    assert sweep(NOON) == []


def paper(cast, variation, *sides, content=b"%PDF-1.4 signed", **terms):
    signatures = [OnPaper(side, "Somebody", "Director", MARCH_10) for side in sides]
    file = SimpleUploadedFile("signed.pdf", content)
    terms = {"text_hash": variation.text_hash, "file": file, "signatures": signatures} | terms
    return sign_on_paper(variation, cast.as_("ada"), NOON, **terms)


def test_a_signed_paper_copy_puts_it_in_force(uploads):
    cast = play()
    variation = share_variation(drafted(cast, *STOP, number="001"), cast.as_("ada"), NOON)
    paper(cast, variation, "supplier", "authority")
    variation.refresh_from_db()
    assert (variation.state, variation.effective_day) == (VariationState.IN_FORCE, MARCH_10)
    document = Document.objects.get(contract=cast.contract)
    assert {one.paper for one in Signature.objects.filter(variation=variation)} == {document}


def test_a_paper_copy_that_does_not_fit_is_refused_and_not_kept(uploads):
    cast = play()
    variation = share_variation(drafted(cast, *STOP, number="001"), cast.as_("ada"), NOON)
    for terms, field in (
        ({"signatures": []}, "side"),
        ({"file": None}, "file"),
        ({"file": SimpleUploadedFile("signed.exe", b"x")}, "file"),
        ({"text_hash": "0" * 64}, "text_hash"),
        ({"signatures": [OnPaper("supplier", "S", "D", date(2026, 3, 18))]}, "signed_on"),
        ({"signatures": [OnPaper("supplier", "S", "D", date(2025, 3, 31))]}, "signed_on"),
    ):
        with pytest.raises(Refused) as caught:
            paper(cast, variation, "supplier", **terms)
        assert caught.value.field == field
    assert not Document.objects.exists() and not Signature.objects.exists()
    assert not [file for file in uploads.rglob("*") if file.is_file()] if uploads.exists() else True


def test_the_register_of_a_day_has_what_is_in_force_then_with_its_figures():
    cast = play()
    signed(cast, drafted(cast, *STOP, FIGURE, number="001"))

    def limits(day):
        found = as_at.as_at(cast.contract, day, NOON)
        return {entry.title: entry.limit for entry in found.register}

    before, after = limits(date(2026, 3, 9)), limits(MARCH_10)
    assert (before["Apply Important patches"], after["Apply Important patches"]) == ("30 days", "14 days")
    assert not [
        entry for entry in as_at.as_at(cast.contract, MARCH_10, NOON).register if "/main/7" in entry.citation
    ]
    assert set(after) < set(before)


TREE = ["main/5", "main/5.2", "main/7", "main/7.1", "main/9.2", "main/9.2.1", "Annex 1/2"]
one_effect = st.one_of(
    st.builds(Wanted, st.sampled_from(TREE), st.sampled_from(["not_used", "reinstated"])),
    st.builds(Wanted, st.sampled_from(TREE), st.just("replaced"), st.text("xyz", min_size=1, max_size=4)),
)
sequences = st.lists(
    st.tuples(st.lists(one_effect, min_size=1, max_size=3), st.integers(0, 12)), min_size=1, max_size=5
)


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(sequences, st.randoms(use_true_random=False))
def test_random_variations_recorded_in_any_order_give_what_the_pure_rules_give(sequence, random):
    """Through the services on the invented schedule: the tables, the pure rules and the ledger agree."""
    sid = transaction.savepoint()
    cast = play(RIVERSIDE, reference="R-1")
    ready = []
    for number, (effects, days) in enumerate(sequence, 1):
        try:
            variation = drafted(cast, *effects, number=f"{number:03}")
        except Refused:
            continue
        ready.append((share_variation(variation, cast.as_("ada"), NOON), MARCH_10 - timedelta(days=days)))
    random.shuffle(ready)
    for variation, day in ready:
        signed(cast, variation, day)
    effects = Effect.objects.filter(contract=cast.contract).select_related("variation", "paragraph")
    told = signed_texts(effects).get(cast.schedule.pk, [])
    kept = words_in_tables(cast.contract)
    base = {
        citation.partition("/")[2]: replace(spans[0], until=None) for citation, spans in kept.items()
        if spans[0].variation is None
    }  # fmt: skip
    pure = text_over_time(base, told)
    assert {citation.partition("/")[2]: spans for citation, spans in kept.items()} == pure
    assert words_from_ledger(cast.contract) == kept
    assert sweep(NOON) == []
    for spans in kept.values():
        assert all(one.until == two.first for one, two in pairwise(spans))
    transaction.savepoint_rollback(sid)
