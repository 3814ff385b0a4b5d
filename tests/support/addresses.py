"""Every address of the pages, and one of everything that they name: for the tests that ask them all.

The addresses are read from the project, so a new one is tested as soon as it is there. A subject brings what
its own addresses name in ``tests/subjects/<its name>.py``: ``samples``, and the sets below of its addresses.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from importlib import import_module
from types import ModuleType

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLPattern, reverse

from contracts.models import Contract, Document, Invitation, ReadingCorrection, Schedule, Upload
from contracts.reader import read
from contracts.reader.corrections import CorrectionKind
from contracts.reader.stored import stored
from contracts.services.correction_asks import renumber
from contracts.services.corrections import Seen, correct
from contracts.services.invitations.making import invite
from contracts.services.own_schedules import make_schedule
from contracts.services.variations import draft_variation, share_variation
from contracts.web import urls as contract_pages
from obligations import subjects
from obligations.models import FactRecord, Offer, RulebookVersion
from obligations.rules.register.rulebook import load_rulebook
from obligations.services.entries.deciding import decide
from obligations.services.recording.evidence import log_evidence
from obligations.web import urls as duty_pages
from tests.cast import DMP, NOON, Cast, patch_released
from tests.support.later import later
from tests.support.own_book import own_schedule

ONLY_POST = {
    "share_variation",
    "say_reading",
    "offer_work_out",
    "send_contract_invitation",
    "revoke_contract_invitation",
    "upload_throw_away",
    "ending_agree",
    "hand_over",
    "ledger_mail",
    "new_calendar",
    "end_calendar",
    "read_messages",
    "read_message",
    "test_webhook",
    "end_webhook",
    "send_webhook_again",
}
DOWNLOADS = {
    "evidence_file",
    "document_file",
    "coverage_csv",
    "ledger_csv",
    "ledger_json",
    "variation_form_pdf",
    "hand_over_file",
}
LEAD_ON = {"entry_accept", "entry_nothing", "entry_skip", "entry_opinion"}
"""They lead to the page of what they name."""
PRINTED = {"variation_form"}
"""They stand alone, without the frame of a page."""
WORDS = {"kind", "citation", "setting", "what", "question", "piece", "act_name", "end"}
"""Parameters that say the same on every contract; the others name something in one."""


def pages() -> list[URLPattern]:
    """Every address that is there now."""
    return [*contract_pages.urlpatterns, *duty_pages.urlpatterns]


def of_a_contract() -> list[str]:
    """The names of those below a contract."""
    return sorted(str(page.name) for page in pages() if "contract_id" in page.pattern.converters)


def parameters(name: str) -> set[str]:
    page = next(page for page in pages() if page.name == name)
    return set(page.pattern.converters)


def only_post() -> set[str]:
    return _all("ONLY_POST", ONLY_POST)


def downloads() -> set[str]:
    return _all("DOWNLOADS", DOWNLOADS)


def lead_on() -> set[str]:
    return _all("LEAD_ON", LEAD_ON)


def printed() -> set[str]:
    return _all("PRINTED", PRINTED)


def words_of() -> set[str]:
    return _all("WORDS", WORDS)


def _all(name: str, own: set[str]) -> set[str]:
    """One of the sets above with what the subjects add to it."""
    return own.union(*(getattr(of_subject(one), name, set()) for one in subjects.installed()))


def of_subject(subject: subjects.Subject) -> ModuleType:
    """The module with the samples of a subject."""
    try:
        return import_module(f"tests.subjects.{subject.name}")
    except ModuleNotFoundError as error:
        raise AssertionError(
            f"Add tests/subjects/{subject.name}.py with samples(cast, *, kept): a dictionary with one of"
            f" everything that the addresses of {subject.package} name, by parameter."
        ) from error


@dataclass(frozen=True)
class Things:
    """One of everything that an address may name, on one contract."""

    cast: Cast
    ids: dict[str, object]

    def address(self, name: str, **others: object) -> str:
        known = {**self.ids, "contract_id": self.cast.contract.pk, **others}
        for key in parameters(name) - set(known):
            pytest.fail(
                f"The address {name!r} names {key!r}: add one to samples() in tests/subjects/<subject>.py, or"
                " to things() in tests/support/addresses.py where the core has it."
            )
        return reverse(name, kwargs={key: known[key] for key in parameters(name)})


def later_version(contract: Contract) -> Offer:
    """The next version of the contract's rulebook, offered to it."""
    number = load_rulebook(DMP).version + 1
    book = later(number, lambda rules: rules)
    version, _ = RulebookVersion.objects.get_or_create(
        digest=book.digest,
        defaults={
            "key": book.key,
            "number": number,
            "dated": book.dated,
            "title": book.title,
            "content": book.content,
        },
    )
    return Offer.objects.create(contract=contract, version=version)


def invited(cast: Cast) -> Invitation:
    """An invitation to the contract, mailed an hour ago, that waits."""
    mina, an_hour_ago = cast.as_("mina"), NOON - timedelta(hours=1)
    email = f"new-{cast.contract.pk}@duly.example"
    return invite(mina, an_hour_ago, contract=cast.contract, email=email, role="contributor").invitation


def read_schedule(cast: Cast) -> tuple[Schedule, ReadingCorrection]:
    """A schedule with the reading of its document, in which a number was corrected."""
    contract, ada = cast.contract, cast.as_("ada")
    document = Document(
        contract=contract,
        name="sheds.txt",
        size=9,
        sha256=sha256(b"the sheds").hexdigest(),
        uploaded_by=cast.ada,
        uploaded_at=NOON,
    )
    document.file.save("sheds.txt", SimpleUploadedFile("sheds.txt", b"the sheds"), save=False)
    sheds = read("1. Sheds\n1.1 The Keeper locks them.\n1.2 The Keeper paints them.\n")
    schedule = make_schedule(contract, ada, NOON, document=document, reading=sheds, title="Sheds")
    made = correct(
        schedule,
        ada,
        NOON,
        kind=CorrectionKind.RENUMBER,
        path="main/1.1",
        asks=renumber("1.3"),
        seen=Seen(document.pk, 0),
    )
    return schedule, made


def end_of(cast: Cast) -> dict[str, int]:
    """What the pages about the end of a contract name, by parameter."""
    contract, who = cast.contract, cast.mina
    asked = contract.endings.create(
        what="close", reason="It is over.", made="simple", asked_by=who, asked_by_name=who.name,
        asked_side="neither", asked_at=NOON,
    )  # fmt: skip
    hold = contract.holds.create(
        reason="A dispute.", set_by=who, set_by_name=who.name, set_side="neither", set_at=NOON
    )
    archive = contract.hand_overs.create(
        file=SimpleUploadedFile("record.zip", b"PK"), size=2, sha256=sha256(b"PK").hexdigest(), asked_by=who,
        asked_at=NOON, made_at=NOON,
    )  # fmt: skip
    return {"asked_id": asked.pk, "hold_id": hold.pk, "archive_id": archive.pk}


def webhook_of(cast: Cast) -> dict[str, int]:
    """A webhook and a message to it that was given up."""
    webhook = cast.contract.webhooks.create(
        kind="json", host="hooks.example", sealed_url="x", sealed_secret="x", stages=[], made_at=NOON,
        made_by=cast.mina, made_by_name=cast.mina.name,
    )  # fmt: skip
    sent = webhook.deliveries.create(
        contract=cast.contract, stage="test", key="1", made_at=NOON, not_before=NOON, given_up_at=NOON
    )
    return {"webhook_id": webhook.pk, "delivery_id": sent.pk}


def things(cast: Cast, *, kept: bool = True) -> Things:
    """One of everything. ``kept``: what may be kept to a list is, to one on which everybody is."""
    contract = cast.contract
    duty = patch_released(cast)
    proof = SimpleUploadedFile("proof.txt", b"patched")
    evidence = log_evidence(
        duty,
        cast.as_("priya"),
        NOON,
        kind="file",
        done=date(2026, 3, 11),  # the day before the release: kept, until somebody confirms that it counts
        done_before_owed=False,
        done_by="Priya",
        file=proof,
    )
    variation = draft_variation(
        contract, cast.as_("priya"), NOON, number="001", title="Less", effects=[("main/7", "not_used", "")]
    )
    share_variation(variation, cast.as_("priya"), NOON)
    document = contract.documents.create(
        schedule=cast.schedule,
        file=SimpleUploadedFile("schedule.txt", b"the words"),
        name="schedule.txt",
        size=9,
        sha256=sha256(b"the words").hexdigest(),
        reading={"matched": 1, "missing": [], "extra": [], "warnings": [], "time_limits": []},
        uploaded_by=cast.priya,
        uploaded_at=NOON,
    )
    upload = Upload.objects.create(
        contract=contract,
        file=SimpleUploadedFile("boats.txt", b"1. Boats"),
        name="boats.txt",
        size=8,
        sha256=sha256(b"1. Boats").hexdigest(),
        reading=stored(read("1. Boats\n1.1 The Keeper washes them.\n")),
        uploaded_by=cast.priya,
        side="supplier",
        uploaded_at=NOON,
    )
    own = own_schedule(cast)
    first = own.paragraphs.order_by("order").first()
    boats, correction = read_schedule(cast)
    decide(first, cast.as_("ada"), NOON, number=1, outcome="none", why="It says what words mean.")
    ids = {
        "duty_id": duty.pk,
        "upload_id": upload.pk,
        "fact_id": FactRecord.objects.filter(contract=contract).first().pk,
        "evidence_id": evidence.pk,
        "variation_id": variation.pk,
        "document_id": document.pk,
        "offer_id": later_version(contract).pk,
        "limit": "10.3-critical",
        "citation": f"{cast.schedule.outline_key}/main/10.3",
        "kind": "patch_publicly_released",
        "setting": "notice_cutoff",
        "what": "dates",
        "question": "precedence",
        "key": f"evidence {evidence.pk}",
        "membership_id": contract.memberships.get(person=cast.tom).pk,
        "invitation_id": invited(cast).pk,
        "schedule_id": own.pk,
        "paragraph_id": first.pk,
        "reading_id": boats.pk,
        "correction_id": correction.pk,
        "piece": "p2",
        "act_name": "renumber",
        "end": "close",
        **end_of(cast),
        **webhook_of(cast),
    }
    for subject in subjects.installed():
        ids |= of_subject(subject).samples(cast, kept=kept)
    return Things(cast, ids)
