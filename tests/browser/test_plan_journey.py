"""A plan from its draft through a refusal on two grounds to its adoption, by both sides."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

from playwright.sync_api import expect

from obligations.plans.models import PlanState, PlanVersion
from tests.cast import ORDER, play

SENT = datetime(2026, 3, 9, 10, 0, tzinfo=UTC)
REFUSED = datetime(2026, 3, 17, 14, 0, tzinfo=UTC)
AGAIN = datetime(2026, 3, 20, 9, 0, tzinfo=UTC)
DECIDED = datetime(2026, 3, 24, 15, 0, tzinfo=UTC)
WORDS = {"authority_word": "Client", "supplier_word": "Agency"}


def upload(visitor, name: str, content: bytes) -> None:
    visitor.follow("Upload a version")
    visitor.fill("What do you call this version?", name)
    visitor.page.get_by_label("The plan", exact=True).set_input_files(
        {"name": f"plan {name}.pdf", "mimeType": "application/pdf", "buffer": content}
    )
    visitor.press("Upload")


def to_the_plan(visitor) -> None:
    visitor.follow("Plans")
    visitor.follow("Security Management Plan")


def both_widths(visitor, name: str) -> None:
    """Keeps pictures of the page, wide and on a phone, where nothing may spill over."""
    for width in (1280, 375):
        visitor.page.set_viewport_size({"width": width, "height": 900})
        assert visitor.page.evaluate("document.documentElement.scrollWidth") <= width
        visitor.picture(f"{name}-{width}")
    visitor.page.set_viewport_size({"width": 1280, "height": 900})


def test_from_the_draft_through_a_refusal_to_adoption(visitor: Callable, travel: Callable, uploads):
    travel(SENT)
    start = date(2026, 3, 2)
    play(ORDER, now=SENT, agreement_date=date(2026, 2, 2), start_date=start, **WORDS)

    # The Agency uploads the plan, says where each requirement is met, and submits it.
    priya = visitor("priya").sign_in()
    to_the_plan(priya)
    upload(priya, "1.0", b"%PDF-1.7 the first plan")
    assert "kept as a draft" in priya.words
    for index, box in enumerate(priya.page.locator("main input[name^=place_]").all()):
        box.fill(f"Section {index + 1}")
    priya.press("Save the checklist")
    priya.follow("Submit for approval")
    priya.press("Submit")
    assert "It is submitted." in priya.words
    assert "Finish the approval of the plan: Monday 30 March 2026" in priya.words

    # The Client reviews it by requirement, and refuses it on Working Day 6, on two grounds.
    travel(REFUSED)
    ada = visitor("ada").sign_in()
    to_the_plan(ada)
    ada.follow("Review by requirement")
    for number, says in (("4.2.1(b)", "Nobody is named."), ("4.2.1(e)", "No measures for backups.")):
        ada.page.get_by_role("group", name=f"Is {number} met?").get_by_label("Not met").check()
        ada.fill(f"Comment on {number}", says)
    ada.picture("plan-review-1100")
    ada.press("Save the review")
    ada.follow("Decide")
    ada.choose("Do not approve")
    assert ada.page.locator("main input[name=grounds]:checked").count() == 2  # what was marked as not met
    both_widths(ada, "plan-decide")
    ada.press("Save the decision")
    assert "Version 1.0 is not approved." in ada.words
    assert "Two limits pull apart." in ada.words and "Tue 31 Mar 2026" in ada.words
    both_widths(ada, "plan-refused")

    # The Agency sees both grounds, amends the plan and submits it again; the same file is refused.
    travel(AGAIN)
    priya = visitor("priya").sign_in()  # sessions do not last that long
    to_the_plan(priya)
    priya.follow("Version 1.0")
    assert "4.2.1(b) Roles" in priya.words and "No measures for backups." in priya.words
    both_widths(priya, "plan-version-refused")
    to_the_plan(priya)
    upload(priya, "1.1", b"%PDF-1.7 the first plan")
    expect(priya.page.locator(".govuk-error-summary")).to_contain_text("the same file as version 1.0")
    priya.page.get_by_label("The plan", exact=True).set_input_files(
        {"name": "plan 1.1.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 the amended plan"}
    )
    priya.press("Upload")
    priya.press("Save the checklist")  # carried over from version 1.0
    priya.follow("Submit for approval")
    priya.press("Submit")

    # The Client approves it: adopted at once, and the yearly review is in view.
    travel(DECIDED)
    ada = visitor("ada").sign_in()
    to_the_plan(ada)
    ada.follow("Decide")
    assert "the second refusal" in ada.words
    ada.choose("Approve: it is adopted at once")
    ada.press("Save the decision")
    assert "Version 1.1 is approved and adopted." in ada.words
    both_widths(ada, "plan-adopted")

    priya = visitor("priya").sign_in()
    to_the_plan(priya)
    assert "Review and update the plan: Wednesday 24 March 2027" in priya.words
    found = PlanVersion.objects.get(name="1.1")
    assert (found.state, found.approved_sha256) == (PlanState.ADOPTED, found.sha256)
    ada.follow("Ledger")
    assert "Refuse: version 1.0 of the Security Management Plan" in ada.words
