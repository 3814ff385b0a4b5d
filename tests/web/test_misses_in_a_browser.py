"""What stays missed, what was done too early and the numbers nobody claimed, in a real Chromium: no axe
violation, nothing that spills over.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.urls import reverse

from contracts.models import Document
from contracts.reader import read_document
from obligations.services.choosing.readings import choose_reading
from tests.cast import NOON, happened, patch_released, play
from tests.obligations.services.test_readings import AWARE, breach
from tests.web import test_accessibility
from tests.web.test_accessibility import at_noon, faults, open_page  # noqa: F401
from tests.web.test_documents import NUMBERS

pytestmark = test_accessibility.pytestmark
CVE = "CVE-2026-0001"


def test_the_pages_of_a_miss_and_of_what_was_done_early(open_page):  # noqa: F811
    cast = play()
    missed, patch = breach(cast), patch_released(cast)
    later = NOON + timedelta(days=1)
    choose_reading(missed, cast.as_("priya"), later, reading=AWARE, reason="Agreed.")
    early = happened(cast, "patch_applied", date(2026, 3, 11), CVE).fact
    contract = cast.contract.pk

    def at(name: str, *more: object) -> str:
        return reverse(name, args=[contract, *more])

    page = open_page(cast.ada)
    theirs = [at("duty", missed.pk), at("accept_no_miss", missed.pk), at("as_at")]
    found = [fault for address in theirs for fault in faults(page, address)]
    page.goto(at("accept_no_miss", missed.pk))
    assert page.get_by_label("Why was it no miss?").is_visible()
    page = open_page(cast.priya)
    ours = [at("duty", patch.pk), at("confirm_early", patch.pk, str(early.pk)), at("board")]
    found += [fault for address in ours for fault in faults(page, address)]
    page.goto(at("confirm_early", patch.pk, str(early.pk)))
    assert page.get_by_role("button", name="Confirm that it counts").is_visible()
    assert found == []


def test_the_numbers_that_nobody_claimed(open_page):  # noqa: F811
    cast = play()
    document = Document.objects.create(
        contract=cast.contract, schedule=cast.schedule, file="documents/bells.txt", name="bells.txt", size=9,
        sha256="b" * 64, reading=read_document(NUMBERS).as_json(), uploaded_by=cast.priya, uploaded_at=NOON,
    )  # fmt: skip
    page = open_page(cast.priya)
    assert faults(page, reverse("document", args=[cast.contract.pk, document.pk])) == []
    assert page.get_by_text("Numbers nobody claimed (2)").first.is_visible()
