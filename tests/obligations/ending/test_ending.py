"""The end of a contract: closed by two people, kept, handed over as an archive that proves itself, erased."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from contracts.access import Act
from contracts.models import (
    Contract,
    Ending,
    EndingAsked,
    ErasureCertificate,
    HandOver,
    LedgerEntry,
    LongWork,
    Membership,
    OrganisationEntry,
)
from contracts.services import long_work
from contracts.services.distribution import new_subject, restrict_to_list
from contracts.services.errors import Refused
from contracts.services.organisations import appoint_administrator
from obligations.models import BookTemplate, Duty, Notice, WakeUp
from obligations.services.ending import closing, erasing, handing_over, keeping
from obligations.services.ending.rows import tables
from obligations.services.notices import joining
from obligations.services.reconciling import recurring
from obligations.services.recording.evidence import log_evidence
from tests.cast import NOON, Cast, done, happened, patch_released, play

pytestmark = pytest.mark.django_db
OLD = datetime(2016, 3, 17, 12, tzinfo=UTC)
"""Long enough ago that what was closed then may be erased by the database's own clock."""


@pytest.fixture
def cast(db, uploads) -> Cast:
    found = play()
    manage(found, "priya", "tom", "ada")
    return found


def manage(cast: Cast, *names: str) -> None:
    people = [cast.people[name] for name in names]
    Membership.objects.filter(contract=cast.contract, person__in=people).update(manages=True)


def ask(cast: Cast, what: str = Ending.CLOSE, by: str = "priya", now: datetime = NOON, **more) -> EndingAsked:
    more.setdefault("made", "simple" if what == Ending.CLOSE else "")
    return closing.ask(cast.contract, cast.as_(by), now, what=what, reason="The service has ended.", **more)


def close(cast: Cast, now: datetime = NOON, **more) -> Contract:
    closing.agree(ask(cast, now=now, **more), cast.as_("ada"), now)
    cast.contract.refresh_from_db()
    return cast.contract


def logged(cast: Cast, duty: Duty, day: date = date(2026, 3, 16), now: datetime = NOON) -> None:
    """A file as evidence that a duty was done."""
    file = SimpleUploadedFile("proof.txt", b"applied")
    log_evidence(duty, cast.as_("priya"), now, kind="file", done=day, done_by="The team", file=file)


# Closing


def test_one_side_asks_and_the_other_agrees(cast):
    row = ask(cast)
    assert Contract.objects.get(pk=cast.contract.pk).closed_at is None
    closing.agree(row, cast.as_("ada"), NOON)
    contract = Contract.objects.get(pk=cast.contract.pk)
    assert contract.closed_at == NOON
    assert contract.kept_until == date(2035, 3, 31), "six years from its last day, 31 March 2029"
    verbs = list(
        LedgerEntry.objects.filter(contract=contract).order_by("-pk").values_list("verb", flat=True)[:2]
    )
    assert verbs == ["contract_closed", "ending_asked"]


@pytest.mark.parametrize("by", ["priya", "tom"])
def test_who_asked_and_who_is_of_the_same_side_cannot_agree(cast, by):
    row = ask(cast)
    with pytest.raises(Refused):
        closing.agree(row, cast.as_(by), NOON)
    assert Contract.objects.get(pk=cast.contract.pk).closed_at is None


def test_a_contract_that_one_side_keeps_alone_is_closed_by_one_person(cast):
    Contract.objects.filter(pk=cast.contract.pk).update(kept_by="supplier")
    assert ask(cast).agreed_at == NOON
    assert Contract.objects.get(pk=cast.contract.pk).closed_at == NOON


def test_one_thing_waits_at_a_time_and_what_is_put_aside_waits_no_more(cast):
    row = ask(cast)
    with pytest.raises(Refused, match="Priya Nair asked"):
        ask(cast, by="ada")
    closing.withdraw(row, cast.as_("ada"), NOON, reason="Not yet: two claims are open.")
    with pytest.raises(Refused, match="put it aside"):
        closing.agree(row, cast.as_("ada"), NOON)
    assert ask(cast, by="ada").asked_side == "authority"


def test_what_is_missing_is_asked_for_by_name(cast):
    for more, field in (
        ({"made": ""}, "made"),
        ({"keep_until": date(2026, 3, 17)}, "keep_until"),
    ):
        with pytest.raises(Refused) as refused:
            ask(cast, **more)
        assert refused.value.field == field
    with pytest.raises(Refused) as refused:
        closing.ask(cast.contract, cast.as_("priya"), NOON, what="close", reason=" ", made="simple")
    assert refused.value.field == "reason"
    assert not EndingAsked.objects.exists()


def test_nothing_is_written_to_a_closed_contract_whichever_way_it_comes(cast):
    duty = patch_released(cast)
    contract = close(cast)
    before = LedgerEntry.objects.filter(contract=contract).count()
    for write in (
        lambda: happened(
            cast, "patch_publicly_released", date(2026, 3, 16), "CVE-2026-7", category="Critical"
        ),
        lambda: done(duty, cast),
        lambda: keeping.keep_longer(contract, cast.as_("ada"), NOON, until=date(2030, 1, 1), reason="no"),
    ):
        with pytest.raises(Refused), transaction.atomic():
            write()
    assert LedgerEntry.objects.filter(contract=contract).count() == before
    assert not Duty.objects.filter(subject="CVE-2026-7").exists()
    access = cast.access("priya")
    assert access.may(Act.VIEW) and access.may(Act.END) and not access.may(Act.RECORD_FACT)
    with pytest.raises(PermissionDenied, match="was closed on 17 March 2026"):
        access.require(Act.LOG_EVIDENCE)


def test_no_mail_and_no_clock_on_a_closed_contract_until_it_is_open_again(cast):
    duty = patch_released(cast)
    assert Notice.objects.filter(contract=cast.contract, cancelled_at=None).exists()
    contract = close(cast)
    assert not Notice.objects.filter(contract=contract, sent_at=None, cancelled_at=None).exists()
    later = NOON + timedelta(days=40)
    joining.plan_ahead(later)
    assert recurring.raise_recurring(later) == 0 and not WakeUp.objects.filter(contract=contract).exists()
    assert not Notice.objects.filter(contract=contract, sent_at=None, cancelled_at=None).exists()
    raised = Duty.objects.filter(contract=contract).count()

    closing.agree(ask(cast, Ending.OPEN_AGAIN, by="ada", now=later), cast.as_("priya"), later)
    contract.refresh_from_db()
    assert contract.closed_at is None and contract.kept_until is None
    assert WakeUp.objects.filter(contract=contract).exists()
    assert Duty.objects.filter(contract=contract).count() >= raised
    assert Notice.objects.filter(duty=duty, stage="overdue", cancelled_at=None).exists()


# Keeping


def test_people_keep_it_longer_and_never_shorter(cast):
    contract = close(cast, keep_until=date(2040, 1, 1))
    assert contract.kept_until == date(2040, 1, 1)
    with pytest.raises(Refused) as refused:
        keeping.keep_longer(contract, cast.as_("ada"), NOON, until=date(2040, 1, 1), reason="An inquiry.")
    assert refused.value.field == "until"
    keeping.keep_longer(contract, cast.as_("ada"), NOON, until=date(2041, 1, 1), reason="An inquiry.")
    contract.refresh_from_db()
    assert contract.kept_until == date(2041, 1, 1)
    assert [one.day.year for one in keeping.kept(contract).reasons] == [2041, 2040, 2035]


def test_the_longest_retention_of_its_paragraphs_counts(cast):
    duty = patch_released(cast)
    far = datetime(2050, 6, 1, 22, 59, tzinfo=UTC)
    Duty.objects.filter(pk=duty.pk).update(retention=True, due_at=far, due_date=far.date(), word="")
    assert close(cast).kept_until == date(2050, 6, 1)


# Erasing


def old(**terms) -> Cast:
    """A contract that ended and was closed on 17 March 2016."""
    cast = play(
        now=OLD,
        agreement_date=date(2012, 4, 1),
        start_date=date(2012, 4, 1),
        end_date=date(2016, 3, 17),
        **terms,
    )
    manage(cast, "priya", "tom", "ada")
    duty = patch_released_long_ago(cast)
    logged(cast, duty, date(2016, 3, 14), OLD)
    close(cast, now=OLD)
    return cast


def patch_released_long_ago(cast: Cast) -> Duty:
    day = date(2016, 3, 12)
    found = happened(cast, "patch_publicly_released", day, "CVE-2016-1", now=OLD, category="Critical")
    return Duty.objects.filter(cause=found.fact).first()


def agreed(cast: Cast, now: datetime) -> LongWork:
    closing.agree(ask(cast, Ending.ERASE, now=now), cast.as_("ada"), now)
    return LongWork.objects.get(kind=erasing.KIND)


def test_it_is_not_erased_before_its_day_nor_while_somebody_needs_it(uploads):
    cast = old()
    last = cast.contract.kept_until
    assert last == date(2022, 3, 17), "six years from 17 March 2016"
    with pytest.raises(Refused, match="17 March 2022"):
        ask(cast, Ending.ERASE, now=datetime(2022, 3, 17, 23, 59, tzinfo=UTC))
    after = datetime(2022, 3, 18, 0, 1, tzinfo=UTC)
    hold = keeping.set_hold(cast.contract, cast.as_("ada"), after, reason="A dispute.")
    with pytest.raises(Refused, match="A dispute"):
        ask(cast, Ending.ERASE, now=after)
    with pytest.raises(Refused, match="Authority"):
        keeping.lift_hold(hold, cast.as_("priya"), after, reason="We want it gone.")
    keeping.lift_hold(hold, cast.as_("ada"), after, reason="It is settled.")
    assert ask(cast, Ending.ERASE, now=after).what == Ending.ERASE


def test_erasing_takes_every_row_and_file_and_leaves_a_certificate(uploads):
    other = play(reference="WF-2026-015")
    cast = old(reference="WF-2012-001")
    number = cast.contract.pk
    template = BookTemplate.objects.create(
        organisation=cast.contract.authority, title="Kept", format=1, content={}, paragraphs=0, decided=0,
        contract=cast.contract, kept_by=cast.ada, kept_by_name="Ada", kept_at=OLD,
    )  # fmt: skip
    head = LedgerEntry.objects.filter(contract=number).order_by("-number").first()
    there = {table.name: table.rows(other.contract).count() for table in tables()}
    files = [one for one in Path(uploads).rglob("*") if one.is_file()]
    assert files

    now = datetime(2022, 3, 18, 12, tzinfo=UTC)
    work = long_work.run(agreed(cast, now), now)
    assert work.state == "done", work.message
    connection.check_constraints()
    assert all(not table.rows(Contract(pk=number)).exists() for table in tables())
    assert {table.name: table.rows(other.contract).count() for table in tables()} == there
    assert not [one for one in Path(uploads).rglob("*") if one.is_file()]
    template.refresh_from_db()
    assert template.contract_id is None

    certificate = ErasureCertificate.objects.get(contract_number=number)
    assert certificate.reference == "WF-2012-001" and certificate.files == len(files)
    assert (certificate.asked_by_name, certificate.agreed_by_name) == ("Priya Nair", "Ada Fairweather")
    assert certificate.rows["contracts_ledgerentry"] > head.number, "what was asked and agreed came after"
    assert certificate.heads[0]["number"] == certificate.rows["contracts_ledgerentry"]
    assert certificate.files_left == []
    assert OrganisationEntry.objects.filter(verb="contract_erased").count() == 2


def test_a_worker_that_died_among_the_files_is_followed_by_one_that_ends_the_work(uploads, monkeypatch):
    cast = old()
    now = datetime(2022, 3, 18, 12, tzinfo=UTC)
    work = agreed(cast, now)
    ending = EndingAsked.objects.get(what=Ending.ERASE)
    erasing.erase_rows(cast.contract.pk, ending.pk, now)
    assert [one for one in Path(uploads).rglob("*") if one.is_file()]
    assert long_work.run(work, now).state == "done"
    assert not [one for one in Path(uploads).rglob("*") if one.is_file()]
    assert ErasureCertificate.objects.count() == 1


def test_a_hold_that_comes_after_the_agreement_still_counts(uploads):
    cast = old()
    now = datetime(2022, 3, 18, 12, tzinfo=UTC)
    work = agreed(cast, now)
    keeping.set_hold(cast.contract, cast.as_("priya"), now, reason="A letter came today.")
    done_work = long_work.run(work, now)
    assert done_work.state == "refused" and "A letter came today" in done_work.message
    assert Contract.objects.filter(pk=cast.contract.pk).exists()


@pytest.mark.parametrize("lacking", ["closed", "day", "second person", "hold"])
def test_the_database_itself_refuses_to_erase(uploads, lacking):
    cast = old()
    now = datetime(2022, 3, 18, 12, tzinfo=UTC)
    contract = cast.contract
    if lacking == "second person":
        ask(cast, Ending.ERASE, now=now)
    else:
        closing.agree(ask(cast, Ending.ERASE, now=now), cast.as_("ada"), now)
    if lacking == "hold":
        keeping.set_hold(contract, cast.as_("ada"), now, reason="A dispute.")
    changed = {
        "closed": {"closed_at": None, "kept_until": None},
        "day": {"kept_until": date(2999, 1, 1)},
    }.get(lacking)
    if changed:
        Contract.objects.filter(pk=contract.pk).update(**changed)
    refused = pytest.raises(DatabaseError, match="may not be erased")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT duly_erase_contract(%s)", [contract.pk])
    assert LedgerEntry.objects.filter(contract=contract).exists()


def test_every_table_that_names_a_contract_is_erased_or_named_as_another_s():
    """What the database finds by its keys is what the archive finds by the models."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text FROM pg_constraint"
            " WHERE contype = 'f' AND confrelid = 'contracts_contract'::regclass"
        )
        named = {name for (name,) in cursor}
    told = {table.name for table in tables() if table.lookup == "contract_id"}
    assert named - told == {"contracts_longwork", "contracts_handover", "obligations_booktemplate"}
    assert told <= named


# Handing over


def handed_over(cast: Cast, tmp_path: Path, by: str = "priya") -> tuple[Path, HandOver]:
    work = handing_over.ask(cast.access(by), cast.as_(by), NOON, leads_to="/")
    assert long_work.run(work, NOON).state == "done"
    row = HandOver.objects.get()
    path = tmp_path / "record.zip"
    with row.file.open("rb") as file:
        path.write_bytes(file.read())
    return path, row


def checked(path: Path, *more: str) -> tuple[int, str]:
    program = path.with_name("check_record.py")
    if not program.exists():
        with zipfile.ZipFile(path) as archive:
            program.write_bytes(archive.read("check_record.py"))
    run = subprocess.run(
        [sys.executable, "-I", "-S", str(program), str(path), *more], capture_output=True, text=True
    )
    return run.returncode, run.stdout


def test_the_record_is_one_archive_that_proves_itself(cast, tmp_path):
    duty = patch_released(cast)
    logged(cast, duty)
    path, row = handed_over(cast, tmp_path)
    assert row.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    status, says = checked(path, row.sha256)
    assert status == 0, says
    assert LedgerEntry.objects.filter(verb="record_handed_over", payload__sha256=row.sha256).exists()
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        assert duty.title in archive.read("index.html").decode()
        assert [one for one in names if one.startswith("files/obligations_evidence/")]
        lines = archive.read("record/contracts_ledgerentry.jsonl").decode().splitlines()
    assert len(lines) == LedgerEntry.objects.filter(contract=cast.contract).count() - 1


@pytest.mark.parametrize("how", ["changed", "added", "missing", "exchanged", "cut"])
def test_an_archive_that_was_tampered_with_is_found(cast, tmp_path, how):
    logged(cast, patch_released(cast))
    path, row = handed_over(cast, tmp_path)
    checked(path)
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    proof = next(name for name in entries if name.startswith("files/"))
    duties = "record/obligations_duty.jsonl"
    if how == "changed":
        entries[duties] = entries[duties].replace(b"2026-03-19", b"2026-04-19")
    elif how == "added":
        entries["record/more.jsonl"] = b"{}"
    elif how == "missing":
        del entries[duties]
    elif how == "exchanged":
        entries[proof] = b"not applied"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    if how == "cut":
        path.write_bytes(path.read_bytes()[:-200])
    status, says = checked(path)
    named = {"changed": duties, "added": "record/more.jsonl", "missing": duties, "exchanged": proof}
    assert status == 1 and says.strip() and named.get(how, "") in says, says
    assert checked(path, row.sha256)[0] == 1


def test_who_is_kept_from_part_of_the_record_does_not_hand_it_over(cast):
    subject = new_subject(cast.contract, NOON)
    restrict_to_list(cast.contract, cast.as_("ada"), NOON, subject=subject, people=[cast.priya.pk])
    with pytest.raises(Refused, match="distribution list"):
        handing_over.ask(cast.access("tom"), cast.as_("tom"), NOON, leads_to="/")
    assert not HandOver.objects.exists()
    handing_over.ask(cast.access("priya"), cast.as_("priya"), NOON, leads_to="/")
    assert HandOver.objects.get().asked_by == cast.priya


def test_archives_are_thrown_away_after_a_week(cast, tmp_path):
    _, row = handed_over(cast, tmp_path)
    assert handing_over.sweep(NOON + timedelta(days=7)) == 0
    assert handing_over.sweep(NOON + timedelta(days=7, seconds=1)) == 1
    row.refresh_from_db()
    assert not row.file and row.sha256


# Pages


def test_a_contract_is_closed_on_its_pages_and_its_certificate_is_the_organisations(uploads, client):
    cast = play()
    manage(cast, "priya", "ada")
    contract = cast.contract
    where = reverse("ending", args=[contract.pk])
    with time_machine.travel(NOON, tick=False):
        client.force_login(cast.priya)
        page = client.post(reverse("ending_ask", args=[contract.pk, "close"]), {"reason": "Over."})
        assert page.status_code == 200 and "Choose how the contract was made." in page.content.decode()
        answer = client.post(
            reverse("ending_ask", args=[contract.pk, "close"]), {"reason": "Over.", "made": "simple"}
        )
        assert answer.url == where
        row = EndingAsked.objects.get()
        client.post(reverse("ending_agree", args=[contract.pk, row.pk]))
        assert "somebody else must agree" in client.get(where).content.decode()
        client.force_login(cast.ada)
        assert client.post(reverse("ending_agree", args=[contract.pk, row.pk])).url == where
        board = client.get(reverse("board", args=[contract.pk])).content.decode()
        assert "This contract was closed on 17 March 2026." in board
        assert client.get(reverse("record", args=[contract.pk])).status_code == 403
        client.force_login(cast.olu)
        assert client.get(where).status_code == 403

        certificate = ErasureCertificate.objects.create(
            contract_number=999, reference="WF-1", title="Old", authority=contract.authority,
            supplier=contract.supplier, closed_on=NOON, kept_until=NOON, reason="Over.", asked_by_name="A",
            agreed_by_name="B", erased_at=NOON, rows={"a": 3, "b": 4}, files=2, heads=[],
        )  # fmt: skip
        appoint_administrator(
            contract.authority, cast.as_("ada"), NOON, person=of(cast.ada, contract.authority)
        )
        for organisation, status in ((contract.authority, 200), (contract.supplier, 404)):
            client.force_login(cast.ada)
            address = reverse("erasure_certificate", args=[organisation.pk, certificate.pk])
            found = client.get(address)
            assert found.status_code == status
            assert status == 404 or "7 rows of the database and 2 files" in found.content.decode()


def of(person, organisation):
    person.organisation = organisation
    person.save()
    return person
