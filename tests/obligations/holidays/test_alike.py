"""Of subjects with the same on the record the engine is asked about one; all get what it says of each."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from obligations.models import Duty
from obligations.rules.register.facts import Fact
from obligations.services.asking import calendars
from obligations.services.holidays import redating
from obligations.services.holidays.alike import alike, said_of, speaks_of
from tests.cast import NOON, done, happened, patch_released

SEEN = datetime(2026, 3, 17, 12, tzinfo=UTC)


def fact(subject: str, key: str = "1", **changes) -> Fact:
    details = {"subject": subject, "category": "Other"} | changes.pop("details", {})
    made = Fact("patch_publicly_released", date(2026, 3, 12), SEEN, details, key=key, recorded_by="Priya")
    return replace(made, **changes)


def groups(*facts: Fact, wide: tuple[Fact, ...] = ()) -> dict[str, list[str]]:
    by_subject: dict[str, list[Fact]] = {}
    for one in facts:
        by_subject.setdefault(one.subject or "", []).append(one)
    return alike(by_subject, by_subject, wide)


def test_the_same_fact_about_two_names():
    assert groups(fact("A", "1"), fact("B", "2"), fact("C", "3")) == {"A": ["B", "C"]}


@pytest.mark.parametrize(
    "other",
    [
        fact("B", "2", at=date(2026, 3, 13)),
        fact("B", "2", recorded_at=datetime(2026, 3, 17, 13, tzinfo=UTC)),
        fact("B", "2", details={"category": "Critical"}),
        fact("B", "2", details={"note": "x"}),
        fact("B", "2", recorded_by="Tom"),
        fact("B", "2", repeated_hour=True),
        fact("B", "2", recorded_side="authority"),
        fact("B", "2", kind="patch_applied"),
    ],
)
def test_any_other_difference_makes_them_unlike(other):
    assert groups(fact("A"), other) == {}


def test_two_facts_are_asked_about_and_so_is_a_name_in_two_spellings_or_named_elsewhere():
    assert groups(fact("A"), fact("A", "2"), fact("B", "3")) == {}
    assert groups(fact("Cve-1"), fact("cve-1", "2")) == {}
    told = Fact("programme", date(2026, 3, 1), SEEN, {"text": "all but b-77"}, key="9")
    assert groups(fact("A"), fact("B-77", "2"), wide=(told,)) == {}


@pytest.mark.django_db
def test_an_answer_that_mentions_the_name_or_the_number_is_not_passed_on(cast):
    duty = patch_released(cast, category="Other")
    part = redating.engine_input.load(cast.contract, {duty.subject})
    (said,) = [
        one
        for one in part.books["dmp_schedule_23"].derive(part.facts, [], calendars.load().of("scotland"), NOON)
        if one.subject == duty.subject
    ]
    (about,) = [one for one in part.facts if one.subject == duty.subject]
    assert not speaks_of([said], about)
    steps = said.deadline.steps
    named = replace(
        said, deadline=replace(said.deadline, steps=(replace(steps[0], text=duty.subject), *steps))
    )
    decided = replace(
        said, deadline=replace(said.deadline, steps=(replace(steps[0], decision=about.key), *steps))
    )
    assert speaks_of([named], about) and speaks_of([decided], about)
    (passed,) = said_of([said], [replace(about, details={"subject": "Another"}, key="77")])
    assert (passed.subject, passed.cause_fact, passed.deadline) == ("Another", "77", said.deadline)


@pytest.mark.django_db
def test_all_get_what_the_engine_says_of_each(cast, propose, monkeypatch):
    """Alike and unlike ones, with evidence, a rating and another reading, asked both ways."""
    for number in range(6):
        patch_released(cast, f"CVE-2026-{number}", category="Other")
    for number in range(3):
        patch_released(cast, f"CVE-2025-{number}", date(2026, 2, 26), category="Other")
    patch_released(cast, "CVE-2024-1", category="Important")
    happened(cast, "vulnerability_identified", date(2026, 3, 14), "CVE-2026-4")
    done(Duty.objects.get(subject="CVE-2026-5"), cast)
    change = propose()
    known = calendars.with_change(calendars.load(), change)

    def asked() -> dict[int, tuple]:
        found, others = redating.redated(cast.contract, change.change, known, NOON)
        return {one.row.pk: (one.duty, sorted(others)) for one in found}

    together = asked()
    monkeypatch.setattr(redating, "alike", lambda *_: {})
    assert together == asked() and len(together) >= 8
