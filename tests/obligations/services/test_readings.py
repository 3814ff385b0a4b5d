"""Another reading of a rule chosen for one contract (R12)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from contracts.models import LedgerEntry
from contracts.services.errors import Refused
from obligations.models import Duty, Notice, Phase
from obligations.services.as_at import as_at
from obligations.services.choosing.readings import choose_reading, preview
from obligations.services.recording.evidence import log_evidence
from tests.cast import NOON, Cast, done, happened, play

pytestmark = pytest.mark.django_db
AWARE = "from awareness"
LAPSED = "the paper lapsed, compliance did not"
WHY = "Agreed at the service review of 16 March."


@pytest.fixture
def cast() -> Cast:
    return play()


def breach(cast: Cast, subject: str = "B-1") -> Duty:
    """A breach on the 12th, recorded on the 17th: due at once by default, on the 19th from awareness."""
    happened(cast, "breach_of_security_occurred", datetime(2026, 3, 12, 10, 0, tzinfo=UTC), subject)
    return Duty.objects.get(subject=subject, obligation__paragraph__number="8.2.2")


def choose(duty: Duty, cast: Cast, reading: str = AWARE, by: str = "priya", now: datetime = NOON) -> None:
    choose_reading(duty, cast.as_(by), now, reading=reading, reason=WHY)


def test_open_duties_are_redated_and_it_is_on_the_record(cast):
    duty = breach(cast)
    choose(duty, cast)
    duty.refresh_from_db()
    assert duty.due_date == date(2026, 3, 19)
    assert any("was chosen" in step["text"] for step in duty.derivation["steps"])
    entry = LedgerEntry.objects.get(verb="reading_chosen")
    assert entry.actor == cast.priya
    assert entry.payload["before"] == "the default reading" and entry.payload["after"] == AWARE
    assert entry.payload["reason"] == WHY and entry.payload["citation"].endswith("main/8.2.2")
    cast.contract.refresh_from_db()
    assert list(cast.contract.settings["readings"].values()) == [AWARE]
    planned = Notice.objects.filter(duty=duty, deadline_version=duty.deadline_version, cancelled_at=None)
    assert planned.filter(stage="redated").exists()


def test_the_preview_says_what_the_choice_then_does(cast):
    duty = breach(cast)
    (moved,) = preview(duty, NOON, reading=AWARE).moves
    assert moved.before.deadline.due_date == date(2026, 3, 17)
    choose(duty, cast)
    duty.refresh_from_db()
    assert moved.after.deadline.due_at == duty.due_at


def test_later_duties_of_the_rule_follow_and_other_rules_do_not(cast):
    choose(breach(cast), cast)
    other = Duty.objects.get(subject="B-1", obligation__paragraph__number="10.5.2")
    assert "reading" not in other.derivation
    assert breach(cast, "B-2").due_date == date(2026, 3, 19)


def test_the_default_chosen_again_undoes_it(cast):
    duty = breach(cast)
    before = duty.due_at
    choose(duty, cast)
    choose(duty, cast, "the default reading", by="ada")
    duty.refresh_from_db()
    cast.contract.refresh_from_db()
    assert duty.due_at == before and cast.contract.settings["readings"] == {}
    last = LedgerEntry.objects.filter(verb="reading_chosen").latest("number")
    assert last.payload["before"] == AWARE and last.actor == cast.ada


def test_closed_duties_keep_their_date(cast):
    duty = breach(cast)
    done(duty, cast, datetime(2026, 3, 17, 11, 0, tzinfo=UTC))
    duty.refresh_from_db()
    assert duty.phase in (Phase.MET, Phase.MET_LATE)
    judged = (duty.phase, duty.due_at, duty.derivation)
    open_one = breach(cast, "B-2")
    assert len(preview(open_one, NOON, reading=AWARE).moves) == 1
    choose(open_one, cast)
    duty.refresh_from_db()
    assert (duty.phase, duty.due_at, duty.derivation) == judged


def test_a_reading_under_which_nothing_is_due_withdraws_what_is_open_and_leaves_what_is_closed(cast):
    happened(cast, "certificate_issued", date(2025, 3, 1), "ISO", expires="2026-03-05")
    happened(cast, "certificate_issued", date(2026, 3, 8), "ISO", expires="2026-03-11")
    closed, still = Duty.objects.filter(obligation__paragraph__number="8.2.2").order_by("owed_from")[:2]
    log_evidence(
        closed, cast.as_("priya"), NOON, kind="note", done=NOON, done_by="Priya", note="Details given."
    )
    closed.refresh_from_db()
    judged = (closed.phase, closed.due_at)
    assert closed.phase in (Phase.MET, Phase.MET_LATE)
    choose(still, cast, LAPSED)
    still.refresh_from_db()
    closed.refresh_from_db()
    assert still.phase == Phase.WITHDRAWN and (closed.phase, closed.due_at) == judged
    choose(still, cast, "the default reading")
    still.refresh_from_db()
    assert still.phase == Phase.OPEN


@pytest.mark.parametrize("reading", ["Working Days", "", "nonsense"])
def test_a_reading_the_rule_does_not_have_is_refused(cast, reading):
    duty = breach(cast)
    with pytest.raises(Refused) as refused:
        choose(duty, cast, reading)
    assert refused.value.field == "reading"
    assert not LedgerEntry.objects.filter(verb="reading_chosen").exists()


def test_a_reading_chosen_already_and_no_reason_are_refused(cast):
    duty = breach(cast)
    with pytest.raises(Refused, match="Say why"):
        choose_reading(duty, cast.as_("priya"), NOON, reading=AWARE, reason=" ")
    choose(duty, cast)
    with pytest.raises(Refused, match="counts already"):
        choose(duty, cast)


def test_neither_party_does_not_choose(cast):
    with pytest.raises(Refused, match="one of the two parties"):
        choose(breach(cast), cast, by="olu")


def test_as_known_before_the_choice_the_old_reading_counted(cast):
    """A breach of the 16th, recorded on the 17th and not missed when the reading is chosen (R49)."""
    happened(cast, "breach_of_security_occurred", datetime(2026, 3, 16, 10, 0, tzinfo=UTC), "B-1")
    duty = Duty.objects.get(subject="B-1", obligation__paragraph__number="8.2.2")
    choose(duty, cast, now=NOON + timedelta(hours=2))
    later = NOON + timedelta(hours=3)

    def due(known: datetime | None) -> date | None:
        found = as_at(cast.contract, date(2026, 3, 17), later, known)
        return next(one for one in found.duties if one.citation.endswith("/8.2.2")).deadline.due_date

    cast.contract.refresh_from_db()
    assert due(NOON + timedelta(hours=1)) == date(2026, 3, 18)
    assert due(None) == date(2026, 3, 19)
