"""A file on its way: kept while it is read, then a document, a question, or nothing at all."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

import contracts.outlines
from contracts import selectors
from contracts.models import Document, LedgerEntry, LongWork, Paragraph, Proposal, Upload
from contracts.reader import read as reading_of
from contracts.services import apart, deciding_uploads, long_work, rests, uploads
from contracts.services.documents import TYPES
from contracts.services.errors import Refused
from contracts.services.rebuild import words_unlike_the_ledger
from contracts.services.variations import draft_variation, share_variation
from contracts.web.ledger.presenters import SENTENCES
from obligations.services.variations.signing import sign_variation
from tests.cast import NOON, RIVERSIDE, make_contract

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("uploads")]

RIVER = (Path(contracts.outlines.__file__).parent / "riverside_schedule_7.txt").read_bytes()
BOATS = """Schedule 5 (Boats)
1. Boats
1.1 The Keeper shall wash each boat within 5 Working Days of its return to the shed.
1.2 The Keeper shall lock the shed at night and hand the key to the Club.
1.3 The Club may count the oars at any time of the year.
2. Oars
2.1 The Keeper shall varnish the oars in every spring.
"""
LATER = """Schedule 5 (Boats)
1. Boats
1.1 The Keeper shall wash each boat within 7 Working Days of its return to the shed.
1.2 Members wear a vest on the water.
1.3 The Keeper shall lock the shed at night and hand the key to the Club.
2. Oars
2.1 The Keeper shall varnish the oars in every spring.
"""


uploads_service = uploads
"""Under another name, because tests have the folder of uploads by that one."""


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch):
    """Files are read here, which is quicker; test_apart.py reads them apart."""
    from contracts.reader import ReaderError, read_document

    def read(data, name="", *, waiting=lambda seconds: None, **_):
        waiting(0.1)
        try:
            return read_document(data)
        except ReaderError as error:
            raise Refused("file", f"This document cannot be read: {error}.") from error

    monkeypatch.setattr(apart, "read_apart", read)


@pytest.fixture
def cast():
    return make_contract(RIVERSIDE)


def begin(cast, content=BOATS, name="boats.txt", **given) -> Upload:
    data = content if isinstance(content, bytes) else content.encode()
    asked = {
        "schedule": None, "name": "", "file": SimpleUploadedFile(name, data), "types": TYPES,
        "leads_to": lambda number: f"/there/{number}",
    } | given  # fmt: skip
    return uploads.begin(cast.contract, cast.as_("priya"), NOON, **asked)


def read(cast, capture, content=BOATS, **given) -> Upload:
    row = begin(cast, content, **given)
    with capture(execute=True):
        long_work.run_waiting(NOON)
    return Upload.objects.filter(pk=row.pk).first() or row


def make(cast, capture, content=BOATS, title="Schedule 5 (Boats)") -> Document:
    row = read(cast, capture, content)
    with capture(execute=True):
        deciding_uploads.ask_to_make_schedule(row, cast.as_("priya"), NOON, title=title, leads_to="/")
    return Upload.objects.get(pk=row.pk).document


def kept(folder) -> list[Path]:
    return [path for path in Path(folder).rglob("*") if path.is_file()]


def says(cast, path, day=date(2026, 3, 17)):
    return selectors.paragraph_as_at(cast.contract, path, day).now


def test_what_is_surely_a_schedule_becomes_its_document(cast, uploads, django_capture_on_commit_callbacks):
    row = read(cast, django_capture_on_commit_callbacks, RIVER)
    assert row.document.schedule == cast.schedule and row.reading is None and not row.file
    assert [path.read_bytes() for path in kept(uploads)] == [RIVER]
    work = LongWork.objects.get()
    assert (work.state, work.leads_to) == ("done", f"/there/{row.pk}")
    assert LedgerEntry.objects.get(verb="document_uploaded").payload["verdict"] == "sure"


def test_the_same_file_twice_is_one_upload_and_a_document_is_not_uploaded_again(
    cast, django_capture_on_commit_callbacks
):
    first = begin(cast)
    assert begin(cast, name="again.txt") == first and LongWork.objects.count() == 1
    make(cast, django_capture_on_commit_callbacks)
    with pytest.raises(Refused, match="uploaded on 17 March 2026 as boats.txt"):
        begin(cast)


def test_the_database_keeps_one_upload_of_a_file(cast):
    row = begin(cast)
    with pytest.raises(IntegrityError, match="upload_once_until_it_is_decided"), transaction.atomic():
        Upload.objects.create(
            contract=cast.contract, file="x", name="x", size=1, sha256=row.sha256,
            uploaded_by=cast.priya, side="supplier", uploaded_at=NOON,
        )  # fmt: skip


def test_what_is_refused_is_not_kept_and_the_reason_is(cast, uploads, django_capture_on_commit_callbacks):
    row = read(cast, django_capture_on_commit_callbacks, "Dear Ada, thank you for lunch.")
    assert not Upload.objects.filter(pk=row.pk).exists() and kept(uploads) == []
    work = LongWork.objects.get()
    assert (work.state, work.refused_field) == ("refused", "file") and "no paragraphs" in work.message
    assert begin(cast, "Dear Ada, thank you for lunch.").pk != row.pk


def test_what_is_stopped_is_not_kept(cast, uploads, django_capture_on_commit_callbacks):
    row = begin(cast)
    long_work.cancel(LongWork.objects.get(), cast.as_("priya"), NOON)
    assert len(kept(uploads)) == 1
    with django_capture_on_commit_callbacks(execute=True):
        assert uploads_service.sweep(NOON) == 1
    assert not Upload.objects.filter(pk=row.pk).exists() and kept(uploads) == []


def test_what_waits_is_kept_for_a_while_and_files_without_a_row_are_not(
    cast, uploads, django_capture_on_commit_callbacks
):
    row = read(cast, django_capture_on_commit_callbacks)
    row.file.storage.save("uploads/2026/03/lost.txt", ContentFile(b"nobody's"))
    sweep = uploads_service.sweep
    assert sweep(NOON) == 0  # the lost file is young, by the clock of the machine
    late = row.uploaded_at + uploads_service.KEPT_FOR
    assert sweep(late) in (0, 1) and Upload.objects.filter(pk=row.pk).exists()
    with django_capture_on_commit_callbacks(execute=True):
        assert sweep(late + timedelta(days=999)) >= 1
    assert kept(uploads) == [] and not Upload.objects.exists()


def test_nothing_of_an_upload_is_kept_that_is_thrown_away(cast, uploads, django_capture_on_commit_callbacks):
    row = read(cast, django_capture_on_commit_callbacks)
    with django_capture_on_commit_callbacks(execute=True):
        deciding_uploads.throw_away(row, cast.as_("ada"))
    assert kept(uploads) == [] and not Upload.objects.exists()
    document = make(cast, django_capture_on_commit_callbacks)
    with pytest.raises(Refused, match="documents stay"):
        deciding_uploads.throw_away(document.upload, cast.as_("ada"))


def test_a_file_that_is_thrown_away_while_it_is_read_leaves_nothing(
    cast, uploads, monkeypatch, django_capture_on_commit_callbacks
):
    row = begin(cast)

    def read_and_lose(*args, **how):
        uploads_service.throw_away(row)
        return reading_of(BOATS)

    monkeypatch.setattr(apart, "read_apart", read_and_lose)
    with django_capture_on_commit_callbacks(execute=True):
        long_work.run_waiting(NOON)
    work = LongWork.objects.get()
    assert (work.state, work.refused_field) == ("refused", "file") and "thrown away" in work.message
    assert kept(uploads) == [] and not Document.objects.exists()


def test_a_worker_that_died_after_it_was_done_does_nothing_twice(cast, django_capture_on_commit_callbacks):
    row = read(cast, django_capture_on_commit_callbacks, RIVER)
    again = long_work.ask(
        uploads_service.KIND, "again", cast.as_("priya"), NOON, title="Reading", contract=cast.contract,
        payload={"upload": row.pk},
    )  # fmt: skip
    assert long_work.run(again, NOON).state == "done" and Document.objects.count() == 1


class TestUnsure:
    @pytest.fixture(autouse=True)
    def a_rule_counts_with_another_figure(self, monkeypatch):
        told = {"main/2.1": rests.Rests("Hand it over.", "Counted with 99 days.")}
        monkeypatch.setattr(rests, "offered", lambda _: [lambda schedule, limits: told if limits else {}])

    def test_words_that_disagree_with_a_rule_are_given_by_a_person_alone(
        self, cast, django_capture_on_commit_callbacks
    ):
        row = read(cast, django_capture_on_commit_callbacks, RIVER)
        assert row.document is None and not says(cast, "main/2.1").text
        decide = {"schedule": cast.schedule, "take": [], "leave": []}
        with pytest.raises(Refused) as caught:
            deciding_uploads.take_words(row, cast.as_("ada"), NOON, **decide)
        assert caught.value.field == "main/2.1" and not Document.objects.exists()
        document = deciding_uploads.take_words(row, cast.as_("ada"), NOON, **decide | {"leave": ["main/2.1"]})
        assert not says(cast, "main/2.1").text and says(cast, "main/2.2").version.document == document
        entry = LedgerEntry.objects.get(verb="document_uploaded")
        told = SENTENCES["document_uploaded"](cast.contract, entry.payload)
        assert entry.actor == cast.ada and told.endswith("was uploaded: 2.1 was left as before")

    def test_taken_they_stand_and_the_record_says_so(self, cast, django_capture_on_commit_callbacks):
        row = read(cast, django_capture_on_commit_callbacks, RIVER)
        deciding_uploads.take_words(
            row, cast.as_("ada"), NOON, schedule=cast.schedule, take=["main/2.1"], leave=[]
        )
        assert says(cast, "main/2.1").text
        assert LedgerEntry.objects.get(verb="document_uploaded").payload["taken"] == ["main/2.1"]
        with pytest.raises(Refused):
            deciding_uploads.take_words(row, cast.as_("ada"), NOON, schedule=cast.schedule, take=[], leave=[])


class TestOwn:
    def test_any_document_becomes_a_schedule_with_proposals(self, cast, django_capture_on_commit_callbacks):
        document = make(cast, django_capture_on_commit_callbacks)
        assert document.schedule.own and document.reading["matched"] == 6
        proposed = Proposal.objects.filter(schedule=document.schedule)
        assert proposed.values("paragraph").distinct().count() == 6
        assert {one.content["path"] for one in proposed} == set(
            document.schedule.paragraphs.values_list("path", flat=True)
        )

    def test_a_title_that_the_contract_has_is_refused_and_the_upload_waits(
        self, cast, django_capture_on_commit_callbacks
    ):
        make(cast, django_capture_on_commit_callbacks)
        row = read(cast, django_capture_on_commit_callbacks, "1. Roses\n1.1 Prune.\n1.2 Mow.\n1.3 Sow.\n")
        with pytest.raises(Refused) as caught:
            deciding_uploads.ask_to_make_schedule(
                row, cast.as_("priya"), NOON, title="schedule 5 (BOATS)", leads_to="/"
            )
        assert caught.value.field == "title" and Upload.objects.get(pk=row.pk).reading

    def test_a_long_one_is_made_by_a_worker(self, cast, monkeypatch, django_capture_on_commit_callbacks):
        monkeypatch.setattr(deciding_uploads, "QUICK", 3)
        row = read(cast, django_capture_on_commit_callbacks)
        work = deciding_uploads.ask_to_make_schedule(
            row, cast.as_("priya"), NOON, title="Boats", leads_to="/"
        )
        assert work.state == "waiting"
        long_work.run_waiting(NOON)
        assert Upload.objects.get(pk=row.pk).document.schedule.title == "Boats"


class TestEditions:
    def later(self, cast, capture, content=LATER, **given) -> Document:
        row = read(cast, capture, content, name="signed.txt")
        schedule = cast.contract.schedules.get(own=True)
        return deciding_uploads.take_later_edition(row, cast.as_("ada"), NOON, schedule=schedule, **given)

    def test_the_same_words_need_no_person(self, cast, django_capture_on_commit_callbacks):
        make(cast, django_capture_on_commit_callbacks)
        row = read(cast, django_capture_on_commit_callbacks, BOATS.replace("\n", "\n\n"))
        assert row.document.reading["edition"]["same"] == 6

    def test_what_is_unchanged_keeps_its_row_and_the_rest_is_as_decided(
        self, cast, django_capture_on_commit_callbacks
    ):
        make(cast, django_capture_on_commit_callbacks)
        rows = {one.path: one.pk for one in Paragraph.objects.filter(schedule__own=True)}
        key = cast.contract.schedules.get(own=True).outline_key
        document = self.later(cast, django_capture_on_commit_callbacks)
        now = {one.path: one.pk for one in Paragraph.objects.filter(schedule__own=True).order_by("order")}
        assert now["main/1.3"] == rows["main/1.2"] and now["main/1.2"] not in rows.values()
        assert list(now)[:4] == ["main/1", "main/1.1", "main/1.2", "main/1.3"]
        assert rows["main/1.3"] not in now.values()  # nothing rested on it
        assert "7 Working Days" in says(cast, f"{key}/main/1.1").text
        assert document.reading["missing"] == ["main/1.3"]
        assert document.reading["edition"]["moved"] == [["main/1.2", "main/1.3"]]
        assert words_unlike_the_ledger(cast.contract) == []
        entry = LedgerEntry.objects.get(verb="edition_taken")
        told = SENTENCES["edition_taken"](cast.contract, entry.payload)
        assert "from the beginning: 3 unchanged, 1 at another number, 1 with other words, 1 new" in told
        assert Proposal.objects.filter(document=document, paragraph=now["main/1.2"]).exists()

    def test_they_may_judge_from_a_later_day(self, cast, django_capture_on_commit_callbacks):
        make(cast, django_capture_on_commit_callbacks)
        key = cast.contract.schedules.get(own=True).outline_key
        day = date(2026, 3, 1)
        self.later(cast, django_capture_on_commit_callbacks, from_day=day)
        for path, before, after in (("1.1", "5 Working", "7 Working"), ("1.3", "lock the", "lock the")):
            citation = f"{key}/main/{path}"
            assert before in says(cast, citation, day - timedelta(days=1)).text
            assert after in says(cast, citation, day).text
        gone = f"{key}/main/1.3 (left out)"
        assert says(cast, gone, day - timedelta(days=1)).used and not says(cast, gone, day).used
        assert says(cast, f"{key}/main/1.2", day - timedelta(days=1)).version is None
        assert words_unlike_the_ledger(cast.contract) == []

    def test_a_long_one_is_taken_by_a_worker(self, cast, monkeypatch, django_capture_on_commit_callbacks):
        make(cast, django_capture_on_commit_callbacks)
        monkeypatch.setattr(deciding_uploads, "QUICK", 3)
        row = read(cast, django_capture_on_commit_callbacks, LATER, name="signed.txt")
        schedule, day = cast.contract.schedules.get(own=True), date(2026, 3, 1)
        asked = {"schedule": schedule, "keep": ["main/1.1"], "from_day": day, "leads_to": "/"}
        work = deciding_uploads.ask_to_take_edition(row, cast.as_("ada"), NOON, **asked)
        assert (
            work.state == "waiting"
            and deciding_uploads.ask_to_take_edition(row, cast.as_("ada"), NOON, **asked) == work
        )
        long_work.run_waiting(NOON)
        edition = Upload.objects.get(pk=row.pk).document.reading["edition"]
        assert (edition["kept"], edition["from_day"]) == (["main/1.1"], "2026-03-01")
        assert LedgerEntry.objects.get(verb="edition_taken").actor == cast.ada

    def test_its_queries_do_not_grow_with_the_text(self, cast, django_capture_on_commit_callbacks):
        counted = []
        for number in (3, 60):
            oars = "".join(f"2.{n} The Keeper shall varnish oar {n} in spring.\n" for n in range(2, number))
            title = f"Schedule of {number}"
            make(cast, django_capture_on_commit_callbacks, BOATS + oars, title=title)
            row = read(cast, django_capture_on_commit_callbacks, LATER + oars, name=f"{number}.txt")
            schedule = cast.contract.schedules.get(title=title)
            with CaptureQueriesContext(connection) as queries:
                deciding_uploads.take_later_edition(row, cast.as_("ada"), NOON, schedule=schedule)
            counted.append(len(queries))
        assert counted[1] <= counted[0] + 6, counted  # the other schedules are looked at too

    def test_a_person_may_keep_the_words_there_were(self, cast, django_capture_on_commit_callbacks):
        make(cast, django_capture_on_commit_callbacks)
        key = cast.contract.schedules.get(own=True).outline_key
        self.later(cast, django_capture_on_commit_callbacks, keep=["main/1.1", "main/1.3"])
        assert "5 Working Days" in says(cast, f"{key}/main/1.1").text
        left = [one.path for one in Paragraph.objects.filter(path__contains="left out")]
        assert left == ["main/1.3 (left out)"] and says(cast, f"{key}/{left[0]}").used

    @pytest.mark.parametrize("from_day", [None, date(2026, 3, 16)])
    def test_the_words_of_a_variation_stay(self, cast, from_day, django_capture_on_commit_callbacks):
        make(cast, django_capture_on_commit_callbacks)
        key = cast.contract.schedules.get(own=True).outline_key
        effects = [
            (f"{key}/main/1.1", "replaced", "The Club washes the boats."),
            (f"{key}/main/1.2", "not_used", ""),
            (f"{key}/main/1.3", "replaced", "The Club counts the oars in May."),
        ]
        variation = draft_variation(
            cast.contract, cast.as_("ada"), NOON, number="001", title="Boats", effects=effects
        )
        share_variation(variation, cast.as_("ada"), NOON)
        for side, who in (("authority", "ada"), ("supplier", "priya")):
            sign_variation(
                variation, cast.as_(who), NOON, side=side, name="N", job_title="J",
                signed_on=date(2026, 3, 10), text_hash=variation.text_hash,
            )  # fmt: skip
        self.later(cast, django_capture_on_commit_callbacks, from_day=from_day)
        assert says(cast, f"{key}/main/1.1").text == "The Club washes the boats."
        moved = says(cast, f"{key}/main/1.3")
        assert not moved.used and "lock the shed" in moved.text
        assert says(cast, f"{key}/main/1.3 (left out)").text == "The Club counts the oars in May."
        assert words_unlike_the_ledger(cast.contract) == []

    @pytest.mark.parametrize("day", [date(2025, 4, 1), date(2030, 1, 1)])
    def test_a_day_outside_the_contract_is_refused(self, cast, day, django_capture_on_commit_callbacks):
        make(cast, django_capture_on_commit_callbacks)
        with pytest.raises(Refused) as caught:
            self.later(cast, django_capture_on_commit_callbacks, from_day=day)
        assert caught.value.field == "from_day" and Document.objects.count() == 1

    def test_who_cannot_follow_stops_the_edition(self, cast, monkeypatch, django_capture_on_commit_callbacks):
        make(cast, django_capture_on_commit_callbacks)

        def no(*_):
            raise Refused("", "Put it in force first.")

        monkeypatch.setattr(rests, "offered", lambda what: [no] if what == rests.FOLLOWS else [])
        with pytest.raises(Refused, match="in force first"):
            self.later(cast, django_capture_on_commit_callbacks)
        assert Document.objects.count() == 1 and not Paragraph.objects.filter(path__contains="left").exists()
