"""What is left to say of a contract after it was made, as a list of tasks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from contracts import selectors
from contracts.access import Access, Act, open_contract
from contracts.web.pages import SignedIn, contract_page
from contracts.web.words import count
from obligations.selectors import duties_of, facts_of
from obligations.services.choosing import answers, settings
from obligations.services.coverage.counts import coverage
from obligations.services.making.done_before import things


@dataclass(frozen=True)
class Task:
    """One thing to do. ``colour`` is of its tag, "" where nothing is left."""

    text: str
    hint: str
    status: str
    colour: str
    href: str


@require_safe
@login_required
def set_up(request: SignedIn, contract_id: int) -> HttpResponse:
    """Everything that completes a contract, with how far each is. A constant number of queries."""
    access = open_contract(request.user, contract_id, timezone.now())
    number = duties_of(access).count()
    context = {
        "tasks": list(_tasks(access)),
        "duties": f"This contract has {count(number, 'duty', 'duties')} so far." if number else "",
    }
    return contract_page(request, access, "obligations/making/set_up.html", context, here="", crumbs=[])


def _tasks(access: Access) -> Iterator[Task]:
    yield _settings(access)
    yield _documents(access)
    yield from _paragraphs(access)
    yield _questions(access)
    yield _people(access)
    if access.contract.tracked_from is not None and access.may(Act.RECORD_FACT):
        yield _done_before(access)
    yield _record(access)


def _settings(access: Access) -> Task:
    missing = [line.setting.name for line in settings.on_record(access.contract) if line.open]
    left, href = len(missing), reverse("settings", args=[access.contract.pk])
    if missing and access.may(Act.CHANGE_SETTING):
        href = f"{reverse('setting', args=[access.contract.pk, missing[0]])}?in_turn=1"
    return Task(
        "Answer what the schedules ask",
        "Some duties are there only where the order says so. Until somebody answers Duly counts them all.",
        f"{count(left, 'answer')} missing" if left else "Answered",
        "yellow" if left else "",
        href,
    )


def _documents(access: Access) -> Task:
    contract = access.contract
    schedules = list(selectors.schedules_of(contract))
    read = set(selectors.documents_of(contract).values_list("schedule_id", flat=True))
    left = sum(1 for one in schedules if one.pk not in read)
    waiting = bool(left) or not schedules
    status = (
        f"{left} of {len(schedules)} without its words" if left else "None yet" if waiting else "Uploaded"
    )
    address = "upload" if access.may(Act.UPLOAD_DOCUMENT) else "documents"
    return Task(
        "Upload its documents",
        "So that every duty shows the contract’s own words, and another figure in them is noticed.",
        status,
        "yellow" if waiting else "",
        reverse(address, args=[contract.pk]),
    )


def _paragraphs(access: Access) -> Iterator[Task]:
    """Only for schedules that people read: the others have their entries from the first."""
    found = coverage(access.contract)
    if not found.own:
        return
    status = "In force" if found.complete else "Read, not in force" if not found.undecided else ""
    yield Task(
        "Decide what its paragraphs ask",
        "Duly proposes, you decide what each asks and by when. Nothing is due before it is in force.",
        status or f"{found.decided:,} of {found.paragraphs:,} read",
        "" if found.complete else "yellow",
        reverse("entries", args=[access.contract.pk]),
    )


def _questions(access: Access) -> Task:
    left = sum(one.open for one in answers.on_record(access.contract))
    return Task(
        "Answer how it counts its time",
        "What a Working Day is here, when a notice counts: Duly looks for the words, you say what they mean.",
        f"{count(left, 'question')} open" if left else "Answered",
        "yellow" if left else "",
        reverse("questions", args=[access.contract.pk]),
    )


def _people(access: Access) -> Task:
    number = selectors.members_of(access.contract, timezone.now()).count()
    return Task(
        "Bring in the people of both sides",
        "Reminders go to the people on the contract. Nobody decides on their own work.",
        "Only you" if number == 1 else count(number, "person", "people"),
        "yellow" if number == 1 else "",
        reverse("people", args=[access.contract.pk]),
    )


def _done_before(access: Access) -> Task:
    left = len(things(access.contract))
    return Task(
        "Say what is already done",
        "What was due before Duly keeps the contract, and when each thing that comes back was done last.",
        f"{count(left, 'thing')} to look at" if left else "Nothing left",
        "grey" if left else "",
        reverse("done_before", args=[access.contract.pk]),
    )


def _record(access: Access) -> Task:
    number = facts_of(access).count()
    may = access.may(Act.RECORD_FACT)
    return Task(
        "Record what happened",
        "A patch, a breach, a plan submitted: each starts the duties that follow from it.",
        f"{count(number, 'record')} so far" if number else "Nothing yet",
        "" if number else "grey",
        reverse("record" if may else "facts", args=[access.contract.pk]),
    )
