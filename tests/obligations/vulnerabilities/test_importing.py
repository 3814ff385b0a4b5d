"""A file of findings read without changing anything, then taken over: new, updated, closed, the same."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from contracts.models import LedgerEntry, LongWork, WorkState
from contracts.row_security import asking
from contracts.services import long_work
from contracts.services.errors import Refused
from obligations.models import Duty, FactRecord, Phase
from obligations.vulnerabilities.models import ImportRun, RunState, State, Vulnerability, VulnerabilityHost
from obligations.vulnerabilities.selectors import Wanted, narrowed, runs_of
from obligations.vulnerabilities.services import acting, import_work, importing, rows_read
from obligations.vulnerabilities.services.deciding import affected, reopen
from tests.cast import NOON, happened, play
from tests.subjects.vulnerabilities import findings, in_turn, read_again, taken_over, vulnerability

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("uploads")]

TABLE = """CVE,Component,Host,Severity,Fixed version,Patch released
CVE-2026-0911,zlib,web-1,High,1.3.1,2026-03-10
CVE-2026-0911,zlib,web-2,High,1.3.1,2026-03-10
CVE-2026-0912,nginx,web-1,Medium,1.27,
"""
FAULTY = TABLE + "CVE-2026-0913,curl,web-1,High,8.9,2027-01-01\n,curl,web-1,High,8.9,\n"


@pytest.fixture
def cast(db):
    return play()


def trivy(*vulnerabilities: tuple[str, str], target: str = "web:1 (debian 12)") -> str:
    found = [
        {
            "VulnerabilityID": identifier,
            "PkgName": package,
            "InstalledVersion": "1.0",
            "FixedVersion": "1.1",
            "Severity": "HIGH",
        }
        for identifier, package in vulnerabilities
    ]
    result = {"Target": target, "Class": "os-pkgs", "Type": "debian", "Vulnerabilities": found}
    return json.dumps({"SchemaVersion": 2, "ArtifactName": "web:1", "Results": [result]})


def names() -> set[str]:
    return set(Vulnerability.objects.values_list("subject", flat=True))


def test_reading_says_what_would_be_new_and_due_and_changes_nothing(cast):
    run = findings(cast, TABLE)
    assert run.state == RunState.READ
    assert {kind: run.counts.get(kind, 0) for kind in ("rows", "new", "updated", "faults")} == {
        "rows": 3,
        "new": 2,
        "updated": 0,
        "faults": 0,
    }
    assert run.counts["categories"] == {"Critical": 1, "Important": 1}
    assert [(one["subject"], one["due"][:10], one["careful"]) for one in run.sample] == [
        ("CVE-2026-0911 in zlib", "2026-03-17", False),
        ("CVE-2026-0912 in nginx", "2026-04-16", True),
    ]
    assert not Vulnerability.objects.exists() and not VulnerabilityHost.objects.exists()


def test_what_is_new_is_a_draft_or_on_the_record_with_the_dates_that_were_shown(cast):
    run = taken_over(cast, findings(cast, TABLE))
    assert (run.state, run.counts["taken"]) == (RunState.APPLIED, {"new": 2})
    assert not Duty.objects.filter(subject__startswith="CVE").exists()
    row = Vulnerability.objects.get(identifier="CVE-2026-0911")
    assert (row.draft, row.released_on, row.hosts.count()) == (True, date(2026, 3, 10), 2)
    taken_over(cast, findings(cast, TABLE.replace("091", "092")), draft=False)
    duty = Duty.objects.get(subject="CVE-2026-0921 in zlib")
    assert duty.due_at == row.due_at and duty.due_date == date(2026, 3, 17)


@pytest.mark.parametrize("draft", [True, False])
def test_the_same_file_again_changes_nothing(cast, draft):
    taken_over(cast, findings(cast, TABLE), draft=draft)
    before = list(Vulnerability.objects.order_by("pk").values()), FactRecord.objects.count()
    run = findings(cast, TABLE)
    assert (run.counts["same"], run.counts["new"], run.counts.get("updated", 0)) == (2, 0, 0)
    assert taken_over(cast, run, draft=draft).counts["taken"] == {"same": 2}
    assert (list(Vulnerability.objects.order_by("pk").values()), FactRecord.objects.count()) == before


def test_a_later_file_rates_anew_and_brings_the_release_day(cast):
    taken_over(cast, findings(cast, TABLE), draft=False)
    later = TABLE.replace("Medium,1.27,", "High,1.27,2026-03-12")
    run = taken_over(cast, findings(cast, later))
    assert run.counts["taken"] == {"updated": 1, "same": 1}
    row = Vulnerability.objects.get(identifier="CVE-2026-0912")
    duty = Duty.objects.exclude(phase=Phase.WITHDRAWN).get(subject=row.subject)
    assert (row.category, row.released_on, duty.due_date) == (
        "Critical",
        date(2026, 3, 12),
        date(2026, 3, 19),
    )


def test_a_fixed_one_closes_with_its_last_place(cast):
    taken_over(cast, findings(cast, TABLE), draft=False)
    one = "CVE,Component,Host,Status\nCVE-2026-0911,zlib,web-1,fixed\n"
    assert taken_over(cast, findings(cast, one)).counts["taken"] == {"updated": 1}
    row = Vulnerability.objects.get(identifier="CVE-2026-0911")
    assert (row.state, row.hosts.filter(patched_on=None).count()) == (State.OPEN, 1)
    run = findings(cast, one.replace("web-1", "web-2"))
    assert run.counts["closed"] == 1
    taken_over(cast, run, patched=date(2026, 3, 16))
    row.refresh_from_db()
    assert (row.state, row.done_on) == (State.DONE, date(2026, 3, 16))
    assert Duty.objects.get(subject=row.subject).phase == Phase.MET
    assert taken_over(cast, findings(cast, one)).counts["taken"] == {"same": 1}


@pytest.mark.parametrize("order", [("web-1,fixed", "web-2,affected"), ("web-2,affected", "web-1,fixed")])
def test_a_place_where_it_is_fixed_is_patched_though_the_same_file_has_it_elsewhere(cast, order):
    taken_over(cast, findings(cast, TABLE), draft=False)
    both = "CVE,Component,Host,Status\n" + "".join(f"CVE-2026-0911,zlib,{one}\n" for one in order)
    run = taken_over(cast, findings(cast, both), patched=date(2026, 3, 16))
    assert run.counts["taken"] == {"updated": 1}
    row = Vulnerability.objects.get(identifier="CVE-2026-0911")
    days = dict(row.hosts.values_list("name", "patched_on"))
    assert (row.state, days) == (State.OPEN, {"web-1": date(2026, 3, 16), "web-2": None})
    assert taken_over(cast, findings(cast, both)).counts["taken"] == {"same": 1}
    again = both.replace("CVE-2026-0911", "CVE-2026-0999")
    taken_over(cast, findings(cast, again), draft=False)
    new = Vulnerability.objects.get(identifier="CVE-2026-0999")
    assert list(new.hosts.values_list("name", flat=True)) == ["web-2"]


def test_what_a_whole_scan_does_not_find_again_is_patched_if_the_user_says_so(cast):
    both = trivy(("CVE-2026-0911", "zlib"), ("CVE-2026-0912", "nginx"))
    taken_over(cast, findings(cast, both), draft=False)
    vulnerability(cast)  # by hand, and on another place
    run = findings(cast, trivy(("CVE-2026-0911", "zlib")))
    assert (run.counts["findings"], run.counts["gone"]) == (True, 1)
    taken_over(cast, run)
    assert not Vulnerability.objects.filter(state=State.DONE).exists()
    run = taken_over(cast, findings(cast, trivy(("CVE-2026-0911", "zlib"))), close_missing=True)
    assert run.counts["taken"] == {"same": 1, "gone": 1}
    done = Vulnerability.objects.filter(state=State.DONE)
    assert [row.subject for row in done] == ["CVE-2026-0912 in nginx"]
    elsewhere = trivy().replace("web:1", "db:2")
    assert findings(cast, elsewhere).counts["gone"] == 0


def test_faulty_rows_are_named_by_their_place_and_left_out_only_if_the_user_says_so(cast):
    run = findings(cast, FAULTY)
    assert (run.counts["faults"], run.counts["new"]) == (2, 2)
    assert "future" in run.faults[0]["what"]
    assert run.faults[0]["place"].endswith("5") and run.faults[1]["place"].endswith("6")
    with pytest.raises(Refused) as refused:
        taken_over(cast, run)
    assert refused.value.field == "leave_out" and not names()
    taken_over(cast, run, leave_out=True)
    assert names() == {"CVE-2026-0911 in zlib", "CVE-2026-0912 in nginx"}


def test_what_is_missing_is_not_patched_where_rows_could_not_be_read(cast):
    """The missing one may be the very row that was left out."""
    both = trivy(("CVE-2026-0911", "zlib"), ("CVE-2026-0912", "nginx"))
    taken_over(cast, findings(cast, both), draft=False)
    run = findings(cast, both.replace("CVE-2026-0912", "no name at all"))
    assert (run.counts["faults"], run.counts["gone"]) == (1, 1)
    with pytest.raises(Refused) as refused:
        taken_over(cast, run, leave_out=True, close_missing=True)
    assert refused.value.field == "close_missing"
    assert not Vulnerability.objects.filter(state=State.DONE).exists()


@pytest.mark.parametrize("text", ["<html><body>", "%PDF-1.7 nothing", "{", "a plain sentence"])
def test_a_file_of_another_kind_is_refused_in_words(cast, text):
    run = findings(cast, text)
    if run.state == RunState.READ:  # a sentence is a table without an identifier in it
        assert run.counts.get("new", 0) == 0
    else:
        assert run.state == RunState.REFUSED and run.problem


def test_a_file_that_was_changed_on_the_disk_is_not_taken_over(cast):
    run = findings(cast, TABLE)
    stored = Path(run.file.path)
    stored.write_bytes(stored.read_bytes().replace(b"zlib", b"zlab"))
    with pytest.raises(Refused, match="on the disk since it was uploaded"):
        rows_read.opened(run, NOON)
    run = taken_over(cast, run)
    assert run.work.state == WorkState.REFUSED and "since it was uploaded" in run.work.message
    assert not Vulnerability.objects.exists()


def test_work_that_was_stopped_goes_on_where_it_was(cast, monkeypatch):
    monkeypatch.setattr(rows_read, "CHUNK", 2)
    many = "CVE,component\n" + "".join(f"CVE-2026-1{one:03},zlib\n" for one in range(6))
    run = findings(cast, many)
    run = importing.apply(
        run,
        cast.as_("priya"),
        in_turn(cast),
        draft=True,
        leave_out=False,
        close_missing=False,
        patched=NOON.date(),
        address="/{}",
    )
    take, turns = import_work._take, []

    def once(*args):
        turns.append(1)
        if len(turns) == 2:
            LongWork.objects.filter(pk=run.work_id).update(cancel_asked_at=NOON)
        return take(*args)

    monkeypatch.setattr(import_work, "_take", once)
    assert long_work.run(run.work, in_turn(cast)).state == WorkState.CANCELLED
    run.refresh_from_db()
    assert (len(names()), run.is_stuck, run.counts["consumed"]) == (4, True, 4)
    run = taken_over(cast, run)
    assert (len(names()), run.state, run.counts["taken"]) == (6, RunState.APPLIED, {"new": 6})
    assert len(turns) == 3


def test_files_are_the_side_of_who_brought_them(cast):
    run = findings(cast)
    assert list(runs_of(cast.access("tom"))) == [run]
    assert not runs_of(cast.access("ada")).exists()
    for name, seen in (("tom", 1), ("ada", 0), ("olu", 0)):
        with asking.person(cast.people[name].pk):
            assert ImportRun.objects.count() == seen, name
    assert run.work.contract is None and run.work.asked_by == cast.priya
    with pytest.raises(Refused):
        importing.upload(
            cast.contract, cast.as_("ada"), NOON, pasted="CVE-2026-1", found=NOON.date(), address="/{}"
        )


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({}, "file"),
        ({"pasted": "x", "file": SimpleUploadedFile("a.csv", b"x")}, "pasted"),
        ({"file": SimpleUploadedFile("a.exe", b"x")}, "file"),
        ({"file": SimpleUploadedFile("a.csv", b"")}, "file"),
        ({"pasted": "x", "found": date(2026, 3, 18)}, "found"),
        ({"pasted": "x" * 200_001}, "pasted"),
    ],
)
def test_what_is_no_upload_is_refused_at_its_field(cast, said, field):
    with pytest.raises(Refused) as refused:
        importing.upload(
            cast.contract, cast.as_("priya"), NOON, **({"found": NOON.date(), "address": "/{}"} | said)
        )
    assert refused.value.field == field and not ImportRun.objects.exists()


def test_a_thousand_rows_take_as_many_statements_as_ten(cast, django_assert_max_num_queries):
    def table(first: int, number: int) -> str:
        rows = (f"CVE-2026-{first + one},zlib,High,1.3,2026-03-10\n" for one in range(number))
        return "CVE,Component,Severity,Fixed version,Patch released\n" + "".join(rows)

    taken_over(cast, findings(cast, table(1000, 2)), draft=False)
    few, many = findings(cast, table(2000, 10)), findings(cast, table(3000, 60))
    with django_assert_max_num_queries(140) as of_few:
        taken_over(cast, few, draft=False)
    with django_assert_max_num_queries(140) as of_many:
        taken_over(cast, many, draft=False)
    assert len(of_many) == len(of_few)


class TestFoundAgain:
    """A place that was patched and is in a later file waits again; the limit is that of the release (R20)."""

    LIST = "CVE,Component,Host,Severity,Patch released\n"
    FILE = LIST + "".join(f"CVE-2026-0911,zlib,{one},High,2026-03-05\n" for one in ("web-1", "web-2"))

    @pytest.fixture
    def row(self, cast):
        """Released on Thursday 5 March, due by the end of the 12th; patched on web-1 on the 10th."""
        happened(cast, "vulnerability_identified", date(2026, 3, 6), "CVE-2026-0911 in zlib")
        taken_over(cast, findings(cast, self.FILE), draft=False)
        row = Vulnerability.objects.get()
        places = [row.hosts.get(name="web-1").pk]
        now = in_turn(cast)
        return acting.patched(
            cast.contract, cast.as_("priya"), now, row, done=date(2026, 3, 10), places=places
        )

    def place(self):
        return VulnerabilityHost.objects.get(name="web-1")

    def test_it_is_open_again_as_the_dry_run_said_late_at_once_and_closes_with_it_alone(self, cast, row):
        run = findings(cast, self.LIST + "CVE-2026-0911,zlib,web-1,High,2026-03-05\n")
        assert (run.counts["reopened"], run.counts["updated"]) == (1, 1)
        assert (run.sample[0]["again"], run.sample[0]["late"]) == (1, True)
        assert self.place().patched_on == date(2026, 3, 10)  # reading changes nothing
        taken_over(cast, run)
        assert (self.place().patched_on, self.place().patched_before) == (None, date(2026, 3, 10))
        told = LedgerEntry.objects.get(verb="vulnerability_places_again").payload
        assert (told["subjects"], told["places"], told["found"]) == ([row.subject], 1, "2026-03-17")
        other = [row.hosts.get(name="web-2").pk]
        now = in_turn(cast)
        acting.patched(cast.contract, cast.as_("priya"), now, row, done=NOON.date(), places=other)
        assert Duty.objects.get(subject=row.subject).phase == Phase.OPEN
        assert Duty.objects.get(subject=row.subject).due_date == date(2026, 3, 12)

    def test_what_was_found_on_the_day_of_the_patch_or_before_leaves_it_alone(self, cast, row):
        VulnerabilityHost.objects.filter(name="web-1").update(patched_on=NOON.date())
        run = findings(cast, self.FILE)
        assert (run.counts["reopened"], run.counts["same"]) == (0, 1)
        taken_over(cast, run)
        assert self.place().patched_on == NOON.date()

    def test_it_is_taken_back_on_the_page_of_the_file_once(self, cast, row):
        run = taken_over(cast, findings(cast, self.FILE))
        assert importing.close_again(run, cast.as_("priya"), in_turn(cast)) == 1
        assert (self.place().patched_on, self.place().patched_before) == (date(2026, 3, 10), None)
        run.refresh_from_db()
        with pytest.raises(Refused, match="None of these places is open"):
            importing.close_again(run, cast.as_("priya"), in_turn(cast))

    def test_what_was_patched_since_is_not_taken_back(self, cast, row):
        run = taken_over(cast, findings(cast, self.FILE))
        now = in_turn(cast)
        acting.patched(cast.contract, cast.as_("priya"), now, row, done=NOON.date(), places=[self.place().pk])
        with pytest.raises(Refused):
            importing.close_again(run, cast.as_("priya"), in_turn(cast))
        assert self.place().patched_on == NOON.date()

    def test_a_draft_opens_again_and_is_named_to_nobody(self, cast):
        taken_over(cast, findings(cast, self.FILE))
        VulnerabilityHost.objects.filter(name="web-1").update(patched_on=date(2026, 3, 10))
        taken_over(cast, findings(cast, self.FILE))
        assert self.place().patched_on is None
        assert not LedgerEntry.objects.filter(verb="vulnerability_places_again").exists()


class TestReopening:
    """A draft that was patched by mistake is open again; what is on the record is withdrawn there."""

    @pytest.fixture
    def row(self, cast):
        taken_over(cast, findings(cast, TestFoundAgain.FILE))
        VulnerabilityHost.objects.filter(name="web-2").update(patched_on=date(2026, 3, 9))
        row = Vulnerability.objects.get()
        return acting.patched(cast.contract, cast.as_("priya"), in_turn(cast), row, done=NOON.date())

    def test_it_is_open_with_its_date_and_so_are_the_places_of_that_day(self, cast, row):
        assert row.state == State.DONE
        row = reopen(cast.contract, cast.as_("tom"), in_turn(cast), row)
        row.refresh_from_db()
        assert (row.state, row.done_on, row.draft) == (State.OPEN, None, True)
        assert row.due_at is not None and row.category == "Critical"
        waiting = VulnerabilityHost.objects.filter(patched_on=None)
        assert list(waiting.values_list("name", flat=True)) == ["web-1"]
        with pytest.raises(Refused, match="open already"):
            reopen(cast.contract, cast.as_("tom"), in_turn(cast), row)

    def test_the_other_side_and_what_is_on_the_record_are_refused(self, cast, row):
        with pytest.raises(Refused):
            reopen(cast.contract, cast.as_("ada"), NOON, row)
        shown = vulnerability(cast)
        acting.patched(cast.contract, cast.as_("priya"), in_turn(cast), shown, done=NOON.date())
        with pytest.raises(Refused, match="withdraw there"):
            reopen(cast.contract, cast.as_("priya"), in_turn(cast), shown)


class TestTheContractsOwnWord:
    """10.2: a table that names nobody who rates says the contract's own word; a source's word is a rating.

    “Important” is both: where it cannot be known whose it is the stricter counts, until a person says so.
    """

    TYPED = "CVE,Component,Severity,Patch released\nCVE-2026-0921,curl,Important,2026-03-12\n"

    def test_where_it_cannot_be_known_the_stricter_counts_and_the_row_says_so(self, cast):
        run = findings(cast, self.TYPED + "CVE-2026-0922,curl,Other,2026-03-12\n")
        assert (run.counts["categories"], run.counts["doubted"]) == ({"Critical": 1, "Other": 1}, 1)
        assert "The stricter counts, until you say which" in " ".join(run.counts["notes"])
        assert [one["doubt"] for one in run.sample] == ["Important", ""]
        taken_over(cast, run, draft=False)
        row = Vulnerability.objects.get(identifier="CVE-2026-0921")
        assert (row.said, row.category, row.ratings[0]["says"]) == ("", "Critical", "Important")
        assert Duty.objects.get(subject=row.subject).due_date == date(2026, 3, 19)  # 7 days

    @pytest.mark.parametrize(
        "text",
        [
            TYPED,
            "CVE-2026-0921 curl 8.9 Important\n",
            "CVE,Component,Severity,Rated by\nCVE-2026-0921,curl,Important,The Contract\n",
        ],
    )
    def test_it_is_the_category_where_a_person_or_the_table_says_so(self, cast, text):
        run = findings(cast, text)
        if "Rated by" not in text:
            run = read_again(cast, run, own=True)
        assert (run.counts["categories"], run.counts["doubted"]) == ({"Important": 1}, 0)
        taken_over(cast, run)
        row = Vulnerability.objects.get(identifier="CVE-2026-0921")
        assert (row.said, row.ratings, row.category) == ("Important", [], "Important")

    def test_a_word_of_the_contracts_that_is_none_is_refused(self, cast):
        typed = "CVE,Component,Severity,Rated by\nCVE-2026-0921,curl,High,the contract\n"
        run = findings(cast, typed)
        assert run.counts["faults"] == 1 and "no category of the contract" in run.faults[0]["what"]

    def test_it_is_the_category_and_no_rating(self, cast):
        run = read_again(cast, findings(cast, self.TYPED), own=True)
        taken_over(cast, run, draft=False)
        row = Vulnerability.objects.get(identifier="CVE-2026-0921")
        assert (row.said, row.ratings, row.category) == ("Important", [], "Important")
        assert Duty.objects.get(subject=row.subject).due_date == date(2026, 4, 11)  # 30 days

    @pytest.mark.parametrize(
        "typed",
        [
            "CVE,Component,Severity,Rated by,Released\nCVE-2026-0921,curl,Important,redhat,2026-03-12\n",
            "CVE,Component,NVD severity,Patch released\nCVE-2026-0921,curl,High,2026-03-12\n",
        ],
    )
    def test_a_word_of_somebody_who_rates_is_their_rating(self, cast, typed):
        taken_over(cast, findings(cast, typed), draft=False)
        row = Vulnerability.objects.get(identifier="CVE-2026-0921")
        assert (row.said, row.category, len(row.ratings)) == ("", "Critical", 1)

    def test_in_a_list_it_may_end_the_line(self, cast):
        run = findings(cast, "CVE-2026-0921 curl 8.9 Important\nCVE-2026-0922 other tools Other")
        taken_over(cast, read_again(cast, run, own=True))
        said = Vulnerability.objects.order_by("identifier").values_list("component", "said")
        assert list(said) == [("curl", "Important"), ("other tools", "Other")]

    def test_what_is_learnt_later_is_on_the_record_and_the_stricter_counts(self, cast):
        taken_over(cast, findings(cast, TABLE), draft=False)  # Medium is Important
        typed = "CVE,Component,Severity\nCVE-2026-0912,nginx,Critical\n"
        assert taken_over(cast, findings(cast, typed)).counts["taken"] == {"updated": 1}
        row = Vulnerability.objects.get(identifier="CVE-2026-0912")
        assert (row.said, row.category) == ("Critical", "Critical")
        assert taken_over(cast, findings(cast, typed)).counts["taken"] == {"same": 1}


class TestSaidNotToBeAffected:
    """A file's word stops no limit (R21, R46): somebody claims it, or decides that it is affected."""

    VEX = """CVE,Component,Status,Justification,Statement,Patch released
CVE-2026-0931,curl,not_affected,vulnerable_code_not_present,,2026-03-12
CVE-2026-0932,curl,not_affected,,It is built without that feature at all and so it cannot be called,2026-03-12
CVE-2026-0933,curl,affected,,,2026-03-12
"""

    def test_it_asks_for_a_decision_and_its_date_runs(self, cast):
        run = findings(cast, self.VEX)
        assert (run.counts["new"], run.counts["undecided"]) == (3, 2)
        taken_over(cast, run, draft=False)
        access = cast.access("priya")
        asks = narrowed(access, Wanted(show="undecided"), NOON).order_by("identifier")
        assert [one.identifier[-4:] for one in asks] == ["0931", "0932"]
        assert asks[1].justification == "It is built without that feature at all and so it cannot be…"
        assert all(one.due_at is not None and one.is_undecided for one in asks)

    def test_decided_to_be_affected_it_asks_no_longer_whatever_the_file_says_again(self, cast):
        taken_over(cast, findings(cast, self.VEX), draft=False)
        row = Vulnerability.objects.get(identifier="CVE-2026-0931")
        affected(cast.contract, cast.as_("tom"), NOON, row)
        assert taken_over(cast, findings(cast, self.VEX)).counts["taken"] == {"same": 3}
        row.refresh_from_db()
        assert (row.is_undecided, row.state) == (False, State.OPEN)
        with pytest.raises(Refused):
            affected(cast.contract, cast.as_("tom"), NOON, row)
        with pytest.raises(Refused):
            affected(cast.contract, cast.as_("ada"), NOON, row)
        assert LedgerEntry.objects.get(verb="vulnerability_affected").payload["subject"] == row.subject
