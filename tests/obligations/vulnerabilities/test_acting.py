"""What happens to one vulnerability: patched, not exploitable until a day, at risk, mitigated."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from contracts.models import LedgerEntry
from contracts.services.errors import Refused
from obligations.claims.services.answering import answer
from obligations.models import Claim, Duty, Evidence, FactRecord, Phase
from obligations.services.recording.claims import Given
from obligations.services.recording.facts import record_fact
from obligations.vulnerabilities.models import State
from obligations.vulnerabilities.services.acting import (
    Proof,
    at_risk,
    hold_no_longer,
    learnt,
    mitigation,
    not_exploitable,
    patched,
)
from tests.cast import NOON, happened, play
from tests.subjects.vulnerabilities import vulnerability
from tests.support.together import at_once

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 3, 16)
LINK = Given(link="https://evidence.example/1")
WHY = {"justification": "vulnerable_code_not_in_execute_path", "reason": "The module is not loaded."}


@pytest.fixture
def cast(db):
    return play()


def act(cast, doing, row, who="priya", now=NOON, **said):
    return doing(cast.contract, cast.as_(who), now, row, **said)


def accept(claim, actor, now) -> None:
    answer(claim, actor, now, event="accept")


def kinds(row) -> set[str]:
    return set(FactRecord.objects.filter(subject=row.subject).values_list("kind", flat=True))


class TestPatched:
    def test_it_is_met_with_its_evidence(self, cast, uploads):
        row = vulnerability(cast)
        file = SimpleUploadedFile("change.txt", b"CHG-7: rolled out")
        after = act(cast, patched, row, done=MONDAY, proof=Proof("Platform", "CHG-7", file=file))
        duty = Duty.objects.get(subject=row.subject)
        assert (after.state, after.done_on, duty.phase, duty.done_on) == (
            State.DONE,
            MONDAY,
            Phase.MET,
            MONDAY,
        )
        evidence = Evidence.objects.get(duty=duty)
        assert (evidence.kind, evidence.file_name, evidence.done_by) == ("file", "change.txt", "Platform")
        assert "patch_applied" in kinds(row)
        assert not after.hosts.filter(patched_on=None).exists()

    def test_the_last_place_closes_it(self, cast):
        row = vulnerability(cast)
        first, last = row.hosts.order_by("name")
        after = act(cast, patched, row, done=MONDAY, places=[first.pk])
        assert (after.state, Duty.objects.get(subject=row.subject).phase) == (State.OPEN, Phase.OPEN)
        told = LedgerEntry.objects.get(verb="vulnerability_places_patched").payload
        assert (told["places"], told["left"]) == (1, 1)
        after = act(cast, patched, row, done=date(2026, 3, 17), places=[last.pk])
        assert (after.state, after.done_on) == (State.DONE, date(2026, 3, 17))

    def test_a_draft_is_closed_and_nothing_goes_on_the_record(self, cast):
        row = vulnerability(cast, draft=True)
        after = act(cast, patched, row, done=MONDAY)
        assert (after.state, after.done_on, after.draft) == (State.DONE, MONDAY, True)
        assert kinds(row) == set()

    def test_what_was_patched_before_its_release_is_asked_about(self, cast, uploads):
        row = vulnerability(cast)
        file = SimpleUploadedFile("change.txt", b"CHG-7")
        with pytest.raises(Refused) as refused:
            act(cast, patched, row, done=date(2026, 3, 11), proof=Proof("Platform", file=file))
        assert refused.value.field == "done_before_owed"
        assert not [one for one in uploads.rglob("*") if one.is_file()]
        row.refresh_from_db()
        assert row.state == State.OPEN and not row.hosts.exclude(patched_on=None).exists()
        after = act(
            cast, patched, row, done=date(2026, 3, 11), proof=Proof("Platform", "CHG-7"), counts_early=True
        )
        assert after.state == State.DONE

    @pytest.mark.parametrize(
        ("said", "field"),
        [
            ({"done": date(2026, 3, 18)}, "done"),
            ({"done": date(2024, 3, 18)}, "done"),
            ({"done": MONDAY, "places": []}, "places"),
            ({"done": MONDAY, "proof": Proof("Platform", link="ftp:/x")}, "link"),
        ],
    )
    def test_bad_input_is_refused_and_nothing_is_done(self, cast, said, field):
        row = vulnerability(cast)
        with pytest.raises(Refused) as refused:
            act(cast, patched, row, **said)
        assert refused.value.field == field
        assert "patch_applied" not in kinds(row)
        assert not row.hosts.exclude(patched_on=None).exists()

    def test_not_by_the_other_side_and_not_twice(self, cast):
        row = vulnerability(cast)
        with pytest.raises(Refused):
            act(cast, patched, row, "ada", done=MONDAY)
        act(cast, patched, row, done=MONDAY)
        with pytest.raises(Refused, match="not waiting for this any more: patched"):
            act(cast, patched, row, done=MONDAY)


class TestNotExploitable:
    def test_it_is_a_claim_and_counts_once_accepted_until_its_last_day(self, cast):
        """R21, R46: released on 12 March 2026, Critical, 7 days: 19 March.

        That has gone when the limit runs again on the 26th: due that day, at once (R10).
        """
        row = vulnerability(cast)
        act(cast, not_exploitable, row, since=MONDAY, until=date(2026, 3, 25), given=LINK, **WHY)
        row.refresh_from_db()
        assert (row.state, row.until) == (State.OPEN, None)
        claim = Claim.objects.get()
        assert "The module is not loaded. It holds until the end of 25 March 2026." in claim.reason
        accept(claim, cast.as_("ada"), NOON)
        row.refresh_from_db()
        assert (row.state, row.due_at, row.until) == (State.SUSPENDED, None, date(2026, 3, 25))
        last = datetime(2026, 3, 25, 23, 59, tzinfo=UTC)
        assert hold_no_longer(last) == 0
        after = last + timedelta(minutes=2)
        assert (hold_no_longer(after), hold_no_longer(after)) == (1, 0)
        row.refresh_from_db()
        assert (row.state, row.due_at.date(), row.until) == (State.OPEN, date(2026, 3, 26), date(2026, 3, 25))
        again = FactRecord.objects.get(kind="vulnerability_becomes_exploitable")
        assert (again.happened_on, again.recorded_side) == (date(2026, 3, 26), "neither")

    def test_a_later_claim_takes_the_place_of_the_day_once_it_is_accepted(self, cast):
        row = vulnerability(cast)
        act(cast, not_exploitable, row, since=MONDAY, until=date(2026, 3, 25), given=LINK, **WHY)
        accept(Claim.objects.get(), cast.as_("ada"), NOON)
        later = NOON + timedelta(hours=1)
        act(cast, not_exploitable, row, now=later, since=date(2026, 3, 17), given=LINK, **WHY)
        row.refresh_from_db()
        assert row.until == date(2026, 3, 25)
        accept(Claim.objects.get(state="open"), cast.as_("ada"), later)
        row.refresh_from_db()
        assert (row.state, row.until) == (State.SUSPENDED, None)

    def test_exploitable_again_runs_from_the_release(self, cast):
        row = vulnerability(cast)
        act(cast, not_exploitable, row, since=MONDAY, given=LINK, **WHY)
        accept(Claim.objects.get(), cast.as_("ada"), NOON)
        happened(cast, "vulnerability_becomes_exploitable", date(2026, 3, 17), row.subject)
        row.refresh_from_db()
        assert (row.state, row.due_at.date()) == (State.OPEN, date(2026, 3, 19))

    @pytest.mark.parametrize(
        ("said", "field"),
        [
            ({"justification": "because"}, "justification"),
            ({"reason": " "}, "reason"),
            ({"until": MONDAY}, "until"),
            ({"given": None}, "file"),
            ({"since": date(2026, 3, 18)}, "happened"),
        ],
    )
    def test_bad_input_is_refused(self, cast, said, field):
        row = vulnerability(cast)
        usual = {"since": MONDAY, "given": LINK, **WHY}
        with pytest.raises(Refused) as refused:
            act(cast, not_exploitable, row, **(usual | said))
        assert refused.value.field in (field, "at")
        assert not Claim.objects.exists()

    def test_a_draft_is_submitted_first(self, cast):
        row = vulnerability(cast, draft=True)
        with pytest.raises(Refused, match="submit it first"):
            act(cast, not_exploitable, row, since=MONDAY, given=LINK, **WHY)


def test_a_date_that_is_unlikely_to_be_met_is_told_at_once(cast):
    """R24, 10.6: telling is owed at once; told in the same breath it is met."""
    row, other = vulnerability(cast), vulnerability(cast, "CVE-2026-0902")
    act(cast, at_risk, row, since=MONDAY, reason="The vendor withdrew the patch.")
    act(cast, at_risk, other, since=MONDAY, reason="The same.", told=NOON - timedelta(hours=1))
    phases = dict(Duty.objects.filter(obligation__rule_key="10.6").values_list("subject", "phase"))
    assert phases == {row.subject: Phase.OPEN, other.subject: Phase.MET}
    with pytest.raises(Refused) as refused:
        act(cast, at_risk, row, since=MONDAY, reason="Again.", told=date(2026, 3, 13))
    assert refused.value.field == "told"


def test_interim_measures_are_for_what_has_no_patch(cast):
    """10.5.7."""
    row = vulnerability(cast, released=None, fixed_version="")
    act(cast, mitigation, row, known=MONDAY, reason="A rule in the firewall.", proposed=date(2026, 3, 17))
    assert Duty.objects.get(obligation__rule_key="10.5.7").phase == Phase.MET
    with pytest.raises(Refused, match=r"10\.5\.7"):
        act(cast, mitigation, vulnerability(cast, "CVE-2026-0902"), known=MONDAY, reason="A rule.")


class TestLearnt:
    def test_a_release_day_makes_the_duty_and_a_rating_makes_it_stricter(self, cast):
        """R20: from 12 March, Important 30 days: 11 April; High by NVD: Critical, 7 days: 19 March."""
        row = vulnerability(cast, released=None, category="Important")
        after = act(cast, learnt, row, released=date(2026, 3, 12))
        assert (after.released_on, after.due_at.date()) == (date(2026, 3, 12), date(2026, 4, 11))
        after = act(cast, learnt, row, ratings={"nvd": "High"})
        assert (after.category, after.due_at.date()) == ("Critical", date(2026, 3, 19))

    def test_a_day_on_the_record_is_not_written_over_and_that_of_a_draft_is(self, cast):
        row, draft = vulnerability(cast), vulnerability(cast, "CVE-2026-0902", draft=True)
        with pytest.raises(Refused, match="Withdraw that record first") as refused:
            act(cast, learnt, row, released=date(2026, 3, 10))
        assert refused.value.field == "released"
        after = act(cast, learnt, draft, released=date(2026, 3, 10))
        assert (after.released_on, after.due_at.date()) == (date(2026, 3, 10), date(2026, 3, 17))

    def test_nothing_new_is_said_so(self, cast):
        row = vulnerability(cast)
        with pytest.raises(Refused, match="Nothing of this is new"):
            act(cast, learnt, row, released=date(2026, 3, 12), fixed_version="3.0.15")


class TestMoreTime:
    """10.3.2 and 10.3.3: what the paragraphs do not give is refused with them (R22, R23)."""

    def more(self, cast, row, who="priya", day=MONDAY, **said):
        details = {"subject": row.subject, "reason": "It breaks the search.", "test_plan_followed": True}
        kind = "patch_adverse_effect_identified"
        return record_fact(
            cast.contract, cast.as_(who), NOON, kind=kind, happened=day, details=details | said, claim=LINK
        )

    @pytest.mark.parametrize("who", ["priya", "ada"])
    def test_not_for_other(self, cast, who):
        row = vulnerability(cast, category="Other")
        with pytest.raises(Refused, match=r"Paragraph 10\.3\.2 is for .*no more time"):
            self.more(cast, row, who)

    @pytest.mark.django_db(transaction=True)
    def test_of_two_sent_at_once_one_is_refused(self, cast):
        row = vulnerability(cast)
        found = at_once(lambda: self.more(cast, row), lambda: self.more(cast, row, day=date(2026, 3, 17)))
        assert [one for one in found if isinstance(one, Refused)], found
        assert FactRecord.objects.filter(kind="patch_adverse_effect_identified").count() == 1

    def test_five_days_once(self, cast):
        """From 19 March 2026 five days: 24 March."""
        row = vulnerability(cast)
        self.more(cast, row)
        assert not self.more(cast, row).created
        with pytest.raises(Refused, match=r"Paragraph 10\.3\.2 gives 5 days more once"):
            self.more(cast, row, day=date(2026, 3, 17))
        accept(Claim.objects.get(), cast.as_("ada"), NOON)
        row.refresh_from_db()
        assert row.due_at.date() == date(2026, 3, 24)
        with pytest.raises(Refused, match=r"once"):
            self.more(cast, row, "ada", day=date(2026, 3, 17))

    def test_an_agreed_period_needs_the_authority(self, cast):
        row = vulnerability(cast)
        details = {"subject": row.subject, "period": {"amount": 45, "unit": "days"}}
        kind, said = "patch_period_agreed", {"happened": MONDAY, "details": details}
        with pytest.raises(Refused, match=r"10\.3\.3"):
            record_fact(cast.contract, cast.as_("priya"), NOON, kind=kind, **said)
        record_fact(cast.contract, cast.as_("ada"), NOON, kind=kind, **said)
        row.refresh_from_db()
        assert row.due_at.date() == date(2026, 4, 26)
