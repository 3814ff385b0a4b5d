"""A figure of the contract's own: adopted with one decision, on the record, and taken back (R34)."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings as project
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction

from contracts.models import Document, FigureDecision, LedgerEntry
from contracts.services import ledger
from contracts.services.documents import upload_document
from contracts.services.errors import Refused
from contracts.terms.limit_words import in_words
from obligations.models import Notice, Stage
from obligations.services.as_at import as_at
from obligations.services.asking import books
from obligations.services.choosing import figures
from obligations.services.reconciling.reconcile import reconcile
from obligations.services.variations.drafting import limits_at
from tests.cast import NOON, SYSTEM, Cast, done, happened, patch_released, play
from tests.obligations.rules.test_agreement import STANDARD, said

pytestmark = pytest.mark.django_db
SEED = Path(project.BASE_DIR).parent / "shared" / "seeds"
LATER = NOON + timedelta(hours=1)


def signed(cast: Cast, *limits: dict) -> Document:
    """A document of the contract in which these time limits were found."""
    return cast.contract.documents.create(
        schedule=cast.schedule,
        file="documents/signed.txt",
        name="signed.txt",
        size=9,
        sha256=f"{cast.contract.documents.count():064}",
        reading={"matched": 1, "missing": [], "extra": [], "warnings": [], "time_limits": list(limits)},
        uploaded_by=cast.priya,
        uploaded_at=NOON,
    )


def fourteen_days(cast: Cast) -> Document:
    limits = [(14, "days"), *STANDARD[1:]]
    return signed(cast, *(said("main/10.3", amount, unit) for amount, unit in limits))


def decide(
    cast: Cast, document: Document, limit="10.3-critical", *, own=True, by="ada", now=LATER, why="As signed"
):
    return figures.decide_figure(document, cast.as_(by), now, limit=limit, own=own, reason=why)


def test_adopting_redates_what_is_open_and_says_why():
    cast = play()
    duty = patch_released(cast)
    document = fourteen_days(cast)
    assert duty.due_date == date(2026, 3, 19)
    changes = decide(cast, document)
    duty.refresh_from_db()
    assert [row.pk for row in changes.redated] == [duty.pk] and duty.due_date == date(2026, 3, 26)
    assert duty.derivation["steps"][0] == {
        "rule": "R34",
        "text": "The signed contract says 14 days where the standard form says 7 days: "
        "adopted by Ada Fairweather on 17 March 2026",
        "citation": "dmp_schedule_23/main/10.3",
        "decision": f"figure {FigureDecision.objects.get().pk}",
    }
    assert Notice.objects.filter(duty=duty, stage=Stage.REDATED).exists()
    entry = LedgerEntry.objects.get(contract=cast.contract, verb="figure_decided")
    assert (
        entry.actor == cast.ada
        and entry.payload
        | {
            "citation": "dmp_schedule_23/main/10.3",
            "before": "7 days",
            "after": "14 days",
            "standard": "7 days",
            "reason": "As signed",
            "own": True,
        }
        == entry.payload
    )
    moved = LedgerEntry.objects.get(contract=cast.contract, verb="duty_redated")
    assert "own figure: 14 days instead of 7 days" in moved.payload["because"]
    ledger.verify(cast.contract)


def test_only_the_limit_decided_on_changes_and_new_duties_have_it_too():
    cast = play()
    decide(cast, fourteen_days(cast))
    assert patch_released(cast, now=LATER).due_date == date(2026, 3, 26)
    assert patch_released(cast, "CVE-2", category="Important", now=LATER).due_date == date(2026, 4, 11)


def test_the_standard_figure_can_be_adopted_again():
    cast = play()
    duty = patch_released(cast)
    document = fourteen_days(cast)
    decide(cast, document)
    decide(cast, document, own=False, by="priya", now=LATER + timedelta(hours=1), why="It was a misprint")
    duty.refresh_from_db()
    assert duty.due_date == date(2026, 3, 19)
    assert all(step["rule"] != "R34" for step in duty.derivation["steps"])
    entries = LedgerEntry.objects.filter(verb="figure_decided").order_by("number")
    assert [(row.payload["own"], row.payload["after"]) for row in entries] == [
        (True, "14 days"),
        (False, "7 days"),
    ]


def test_what_is_closed_keeps_the_date_it_was_judged_by():
    cast = play()
    duty = patch_released(cast)
    done(duty, cast)
    duty.refresh_from_db()
    before = (duty.phase, duty.due_date)
    decide(cast, fourteen_days(cast))
    duty.refresh_from_db()
    assert (duty.phase, duty.due_date) == before


def test_it_stays_adopted_when_the_contract_is_worked_out_again():
    cast = play()
    patch_released(cast)
    decide(cast, fourteen_days(cast))
    assert not reconcile(cast.contract, LATER, SYSTEM, because="again")


def test_as_known_before_the_decision_the_standard_figure_counted():
    cast = play()
    patch_released(cast)
    decide(cast, fourteen_days(cast), now=NOON + timedelta(days=1))

    def due(known):
        found = as_at(cast.contract, date(2026, 3, 18), NOON + timedelta(days=2), known)
        return next(duty.deadline.due_date for duty in found.duties if duty.rule_key == "10.3-critical")

    assert due(None) == date(2026, 3, 26)
    assert due(NOON + timedelta(minutes=1)) == date(2026, 3, 19)


def test_an_extension_of_the_contracts_own():
    cast = play()
    duty = patch_released(cast)
    document = signed(cast, said("main/10.3.2", 10, "days", "extension"))
    decide(cast, document, "extension main/10.3.2")
    duty.refresh_from_db()
    assert duty.due_date == date(2026, 3, 19) and duty.derivation["steps"][0]["rule"] != "R34"
    happened(
        cast,
        "patch_adverse_effect_identified",
        date(2026, 3, 16),
        "CVE-2026-0001",
        by="ada",
        now=LATER,
        test_plan_followed=True,
    )
    duty.refresh_from_db()
    assert duty.due_date == date(2026, 3, 29)
    assert "10 days where the standard form says 5 days" in duty.derivation["steps"][0]["text"]


def test_a_variation_starts_from_the_contracts_own_figure():
    cast = play()
    decide(cast, fourteen_days(cast))
    limits = limits_at(cast.contract, date(2026, 3, 17))["dmp_schedule_23/main/10.3"]
    found = {rule.key: str(period) for rule, period in limits}
    assert found["10.3-critical"] == "14 days" and found["10.3-important"] == "30 days"


def test_dates_that_would_move_are_named_and_nothing_is_written():
    cast = play()
    duty = patch_released(cast)
    document = fourteen_days(cast)
    one = figures.held_at(document, "10.3-critical")
    moved = figures.moves(document, one, cast.as_("ada"), LATER, own=True)
    assert [(each.before.deadline.due_date, each.after.deadline.due_date) for each in moved] == [
        (date(2026, 3, 19), date(2026, 3, 26))
    ]
    duty.refresh_from_db()
    assert duty.due_date == date(2026, 3, 19) and not FigureDecision.objects.exists()


@pytest.mark.parametrize(
    ("limit", "own", "why", "says"),
    [
        ("10.3-critical", True, " ", "Say why this figure counts."),
        ("10.3-important", True, "x", "no other figure"),
        ("10.3-critical", False, "x", "counts already"),
        ("6.2", True, "x", "no other figure"),
        ("nonsense", True, "x", "has no such limit"),
    ],
)
def test_refused(limit, own, why, says):
    cast = play()
    document = fourteen_days(cast)
    with pytest.raises(Refused, match=says):
        decide(cast, document, limit, own=own, why=why)
    assert not FigureDecision.objects.exists()


def test_refused_twice_and_to_whoever_is_on_neither_side():
    cast = play()
    document = fourteen_days(cast)
    with pytest.raises(Refused, match="two parties"):
        decide(cast, document, by="mina")
    decide(cast, document)
    with pytest.raises(Refused, match="already"):
        decide(cast, document)


def test_a_decision_is_never_changed():
    cast = play()
    decide(cast, fourteen_days(cast))
    with pytest.raises(DatabaseError, match="figure_never_changed"), transaction.atomic():
        FigureDecision.objects.update(amount=3)


def test_another_contract_keeps_the_standard_figure():
    cast, other = play(), play(reference="WF-2026-015")
    decide(cast, fourteen_days(cast))
    assert books.contract_figures(other.contract) == {}
    assert patch_released(other, now=LATER).due_date == date(2026, 3, 19)


def test_a_schedule_without_a_register_has_no_agreement():
    cast = play("riverside_schedule_7")
    assert figures.held(signed(cast, said("main/2.1", 5, "days"))) is None


@pytest.mark.skipif(not SEED.is_dir(), reason="the real documents are not here")
def test_the_real_document_with_one_figure_changed(uploads):
    cast = play()
    duty = patch_released(cast)
    text = next(path.read_text() for path in SEED.glob("000_*.txt"))
    changed, times = re.subn(r"(?<!\d)7 days of release", "14 days of release", text)
    assert times == 1
    file = SimpleUploadedFile("Schedule 23.txt", changed.encode())
    with pytest.raises(Refused, match="main/10.3"):  # a rule counts with another figure: a person decides
        upload_document(cast.contract, cast.as_("priya"), NOON, schedule=None, file=file)
    file.seek(0)
    document = upload_document(
        cast.contract, cast.as_("priya"), NOON, schedule=None, file=file, take_differing=True
    )
    held = figures.held(document)
    assert held is not None
    assert [one.row.path for one in held if one.row.result == "differs"] == ["main/10.3"]
    decide(cast, document)
    duty.refresh_from_db()
    assert duty.due_date == date(2026, 3, 26)


def test_the_decision_keeps_all_that_the_words_say():
    cast = play()
    decide(cast, fourteen_days(cast))
    row = FigureDecision.objects.get()
    assert row.limit == {"lengths": [{"amount": 14, "unit": "days"}]}
    assert row.standard_limit == {"lengths": [{"amount": 7, "unit": "days"}]}


def test_a_decision_from_before_there_was_a_form_says_one_length():
    row = FigureDecision(amount=14, unit="days", standard_amount=7, standard_unit="days")
    assert in_words(books.decided_limit(row)) == "14 days"


@pytest.mark.parametrize(
    ("phrase", "amount", "says"),
    [
        ("within 20 days before the audit", 20, "counts back"),
        ("within 12 months or 1 year, whichever is the earlier", 12, "whichever is the earlier"),
        ("by the fifth Working Day of each month", 5, "the 5th Working Day of each month"),
    ],
)
def test_an_old_reading_that_lost_words_is_read_again(phrase, amount, says):
    """It kept the amount alone; what its words say today is offered, or refused in words (R34)."""
    cast = play()
    lost = said("main/12.1", amount, "days") | {"phrase": phrase}
    (one,) = [one for one in figures.held(signed(cast, lost)) or () if one.row.found]
    words = in_words(one.row.found.limit) if one.row.found.limit else ""
    assert says in f"{one.row.why_not} {words}" and f"{amount} days" != words
