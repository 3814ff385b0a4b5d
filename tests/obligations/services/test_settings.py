"""Answering what a contract's schedules need to know of it (R12, R14, R30)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contracts.absence import NotThere
from contracts.models import Contract, LedgerEntry
from contracts.services.errors import Refused
from obligations.models import Duty, Notice, Phase
from obligations.services.as_at import as_at
from obligations.services.choosing.settings import Change, Line, change_setting, on_record, preview
from tests.cast import NOON, ORDER, RIVERSIDE, SYSTEM, Cast, done, happened, play
from tests.support import asking_book

pytestmark = pytest.mark.django_db
WHY = "Order form, section 3."
AT_SIX = datetime(2026, 3, 12, 18, 0, tzinfo=UTC)


@pytest.fixture
def shipped(tmp_path, monkeypatch) -> Iterator[None]:
    """Duly ships the invented book that asks for a setting of every type."""
    asking_book.unship()
    asking_book.ship(tmp_path, monkeypatch)
    yield
    asking_book.unship()


@pytest.fixture
def cast(db, shipped) -> Cast:
    """A contract on the invented book; at 6pm on 12 March records were requested, for 5 days later."""
    cast = play(RIVERSIDE)
    happened(cast, "audit_records_requested", AT_SIX, "Request 5", by="ada")
    return cast


def answer(cast: Cast, name: str, said: Any, by: str = "priya", now: datetime = NOON) -> None:
    change_setting(cast.contract, cast.as_(by), now, name=name, answer=said, reason=WHY)
    cast.contract.refresh_from_db()


def line(cast: Cast, name: str) -> Line:
    return next(one for one in on_record(cast.contract) if one.setting.name == name)


def duties() -> dict[str, Duty]:
    return {duty.obligation.rule_key: duty for duty in Duty.objects.select_related("obligation")}


def told(change: Change) -> dict[str, tuple[date | None, date | None]]:
    """What a preview says of each rule's duty: its day before and after, None for nothing due."""
    found = {}
    for one in change.moves or ():
        known = one.before or one.after
        assert known is not None
        days = (duty.deadline.due_date if duty else None for duty in (one.before, one.after))
        found[known.rule_key] = tuple(days)
    return found


def test_everything_asked_is_listed_with_what_rests_on_it(cast):
    lines = on_record(cast.contract)
    assert [one.setting.name for one in lines] == [
        *("patrols", "keeper", "opened", "gate_closes", "wardens", "grace", "office"),
        *("notice_cutoff", "close_of_business", "working_hours", "controller"),
        *("drafts_typed", "drafts_imported", "cyber_essentials"),
    ]
    assert [one.setting.name for one in lines if one.open] == [
        *("patrols", "keeper", "opened", "wardens", "grace", "office"),
    ]
    assert [rule.key for rule in line(cast, "keeper").asked.rules] == ["council"]
    assert line(cast, "controller").answer == "authority" and not line(cast, "controller").given


def test_the_preview_says_what_the_answer_then_does(cast):
    assert set(duties()) == {"always", "patrolled", "council"}  # nobody said: rather a duty too many (R12)
    change = preview(cast.contract, NOON, name="patrols", answer=False)
    assert told(change) == {"patrolled": (date(2026, 3, 17), None)}
    assert [rule.key for rule in change.cease] == ["patrolled"] and change.begin == ()
    assert duties()["patrolled"].phase == Phase.OPEN and not line(cast, "patrols").given
    answer(cast, "patrols", False)
    assert duties()["patrolled"].phase == Phase.WITHDRAWN
    assert {key for key, duty in duties().items() if duty.phase == Phase.OPEN} == {"always", "council"}
    back = preview(cast.contract, NOON, name="patrols", answer=True)
    assert told(back) == {"patrolled": (None, date(2026, 3, 17))}
    assert [rule.key for rule in back.begin] == ["patrolled"]
    answer(cast, "patrols", True, by="ada")
    assert duties()["patrolled"].phase == Phase.OPEN


def test_dates_move_and_notices_are_planned_anew(cast):
    change = preview(cast.contract, NOON, name="notice_cutoff", answer="17:00")
    moved = (date(2026, 3, 17), date(2026, 3, 18))
    assert told(change) == dict.fromkeys(("always", "patrolled", "council"), moved)
    answer(cast, "notice_cutoff", "17:00")
    assert {duty.due_date for duty in duties().values()} == {date(2026, 3, 18)}
    planned = Notice.objects.filter(duty=duties()["always"], cancelled_at=None)
    assert planned.filter(stage="redated").exists()
    for hour, due in (("17:59", 18), ("18:00", 17)):
        answer(cast, "notice_cutoff", hour)
        assert duties()["always"].due_date == date(2026, 3, due), hour
    answer(cast, "notice_cutoff", "08:00")
    answer(cast, "notice_cutoff", None)
    assert duties()["always"].due_date == date(2026, 3, 17)
    assert line(cast, "notice_cutoff").answer is None and not line(cast, "notice_cutoff").open


def test_it_is_on_the_record_with_its_cause(cast):
    answer(cast, "keeper", "provider", by="mina")
    entry = LedgerEntry.objects.get(verb="setting_changed")
    assert entry.actor == cast.mina and entry.moment == NOON
    assert entry.payload == {
        "name": "keeper", "question": "Who keeps the keys?", "citation": "riverside_schedule_7/main/2",
        "before": None, "after": "provider", "before_words": "Not set yet", "after_words": "The Provider",
        "reason": WHY, "side": "neither",
    }  # fmt: skip
    withdrawn = LedgerEntry.objects.get(verb="duty_withdrawn")
    assert withdrawn.payload["because"] == (
        f"Mina Sorrel answered “The Provider” to “Who keeps the keys?”: {WHY}"
    )
    assert line(cast, "keeper").entry == entry and line(cast, "keeper").given


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("opened", "2026-02-28"),
        ("wardens", 12),
        ("grace", {"amount": 5, "unit": "working_days"}),
        ("office", {"monday": ["09:00", "17:00"], "friday": ["09:00", "12:00"]}),
        ("gate_closes", "21:00"),
        ("controller", "joint"),
    ],
)
def test_an_answer_of_each_type_is_kept_as_it_was_given(cast, name, said):
    before = dict(cast.contract.settings)
    answer(cast, name, said)
    assert cast.contract.settings == before | {name: said}
    assert line(cast, name).answer == line(cast, name).setting.read(said)


@pytest.mark.parametrize(
    ("name", "said", "reason"),
    [
        ("patrols", "yes", "must be true or false"),
        ("patrols", None, "Give an answer"),
        ("keeper", "the fox", "must be one of council, provider"),
        ("opened", "2026-02-29", "must be a day"),
        ("wardens", 13, "a whole number from 1 to 12"),
        ("grace", {"amount": 41, "unit": "hours"}, "must have an amount that is"),
        ("office", {"monday": ["17:00", "09:00"]}, "end later than it begins on monday"),
        ("notice_cutoff", "teatime", "must be a time of day"),
    ],
)
def test_what_is_no_answer_is_refused_and_changes_nothing(cast, name, said, reason):
    before = dict(cast.contract.settings)
    with pytest.raises(Refused) as refused:
        answer(cast, name, said)
    assert refused.value.field == "answer" and reason in refused.value.message
    cast.contract.refresh_from_db()
    assert cast.contract.settings == before
    assert not LedgerEntry.objects.filter(verb="setting_changed").exists()


def test_an_unknown_setting_no_reason_and_no_person_are_refused(cast):
    with pytest.raises(NotThere, match="no such setting"):
        answer(cast, "security_policy_applies", True)  # no schedule of this contract asks
    with pytest.raises(Refused, match="Say how you know") as refused:
        change_setting(cast.contract, cast.as_("ada"), NOON, name="patrols", answer=True, reason=" ")
    assert refused.value.field == "reason"
    with pytest.raises(Refused, match="Only a person"):
        change_setting(cast.contract, SYSTEM, NOON, name="patrols", answer=True, reason=WHY)


def test_the_default_may_be_confirmed_once(cast):
    answer(cast, "controller", "authority")
    assert line(cast, "controller").given
    with pytest.raises(Refused, match="“The Council” is the answer already"):
        answer(cast, "controller", "authority")


def test_what_is_closed_keeps_the_date_it_was_judged_by(cast):
    done(duties()["always"], cast)
    judged = duties()["always"]
    assert judged.phase == Phase.MET
    assert "always" not in told(preview(cast.contract, NOON, name="notice_cutoff", answer="17:00"))
    answer(cast, "notice_cutoff", "17:00")
    kept = duties()["always"]
    assert (kept.phase, kept.due_at, kept.derivation) == (judged.phase, judged.due_at, judged.derivation)


def test_as_known_before_the_answer_the_old_one_counted(cast):
    answer(cast, "notice_cutoff", "17:00", now=NOON + timedelta(hours=2))
    answer(cast, "notice_cutoff", "19:00", now=NOON + timedelta(hours=4))

    def due(hours: int | None) -> date | None:
        known = None if hours is None else NOON + timedelta(hours=hours)
        found = as_at(cast.contract, date(2026, 3, 17), NOON + timedelta(hours=5), known)
        return next(one for one in found.duties if one.rule_key == "always").deadline.due_date

    assert [due(1), due(3), due(None)] == [date(2026, 3, 17), date(2026, 3, 18), date(2026, 3, 17)]


def test_an_unusable_answer_is_refused_by_contract_book_and_key_until_it_is_mended(cast):
    Contract.objects.update(settings={"wardens": "many", "readings": {}})
    cast.contract.refresh_from_db()
    named = r"Contract WF-2026-014: riverside_schedule_7: wardens must be a whole number from 1 to 12"
    with pytest.raises(Refused, match=named):
        happened(cast, "audit_records_requested", AT_SIX, "Request 6", by="ada")
    assert not Duty.objects.filter(subject="Request 6").exists()
    assert line(cast, "wardens").problem == "must be a whole number from 1 to 12"
    with pytest.raises(Refused, match=named):
        preview(cast.contract, NOON, name="patrols", answer=False)
    assert preview(cast.contract, NOON, name="wardens", answer=3).moves is None
    answer(cast, "wardens", 3)
    assert LedgerEntry.objects.get(verb="setting_changed").payload["before_words"] == "many"
    happened(cast, "audit_records_requested", AT_SIX, "Request 6", by="ada")
    assert Duty.objects.filter(subject="Request 6").exists()


def test_another_contract_is_not_held_up(cast):
    other = play(RIVERSIDE, reference="WF-2026-015")
    Contract.objects.filter(pk=cast.contract.pk).update(settings={"controller": "the fox"})
    cast.contract.refresh_from_db()
    happened(other, "audit_records_requested", AT_SIX, "Request 7", by="ada")
    assert Duty.objects.filter(subject="Request 7").count() == 3
    with pytest.raises(Refused, match="Contract WF-2026-014: controller must be one of"):
        happened(cast, "audit_records_requested", AT_SIX, "Request 6", by="ada")
    answer(cast, "controller", "none")
    assert cast.contract.terms_settings.controller == "none"


def test_old_settings_read_as_before():
    cast = play(ORDER)
    old = {"security_policy_applies": False, "notice_cutoff": None, "readings": {}, "controller": "authority"}
    Contract.objects.update(settings=old)
    cast.contract.refresh_from_db()
    assert [(one.setting.name, one.answer, one.given) for one in on_record(cast.contract)] == [
        ("security_policy_applies", False, False),
        ("notice_cutoff", None, False),
        ("close_of_business", None, False),
        ("working_hours", None, False),
        ("controller", "authority", False),
        ("drafts_typed", "both", False),
        ("drafts_imported", "own", False),
        ("cyber_essentials", "none", False),
    ]
    begin = preview(cast.contract, NOON, name="security_policy_applies", answer=True).begin
    assert {rule.key for rule in begin} == {"A-2.2-policy", "A-2.3", "A-3.2.4"}


def test_the_preview_costs_the_same_however_many_duties_there_are(cast):
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            preview(cast.contract, NOON, name="notice_cutoff", answer="17:00")
        return len(queries)

    few = asked()
    for number in range(10, 22):
        happened(cast, "audit_records_requested", AT_SIX, f"Request {number}", by="ada")
    assert asked() == few


def test_what_is_one_partys_to_say_the_other_does_not_answer(cast):
    with pytest.raises(Refused) as refused:
        answer(cast, "drafts_typed", "own", by="ada")
    assert (refused.value.field, refused.value.message) == ("answer", "This is for the Provider to say.")
    assert not LedgerEntry.objects.filter(verb="setting_changed").exists()
    answer(cast, "drafts_typed", "own", by="priya")
    answer(cast, "drafts_typed", "both", by="mina")
    assert line(cast, "drafts_typed").answer == "both"
    Contract.objects.filter(pk=cast.contract.pk).update(kept_by="authority")
    cast.contract.refresh_from_db()
    answer(cast, "drafts_typed", "own", by="ada")  # who keeps it alone answers for both (R33)
