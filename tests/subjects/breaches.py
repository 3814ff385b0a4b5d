"""One of everything that the addresses of breaches name, for the tests that ask every address."""

from __future__ import annotations

from obligations.breaches.models import Breach
from obligations.breaches.services.closing import ask_for_report, make_reports
from obligations.breaches.services.report import report_breach
from obligations.breaches.services.work import change_state, write
from obligations.breaches.states import machine
from obligations.breaches.steps import all_steps
from tests.cast import NOON, Cast
from tests.support.pdf import some_pdf

ONLY_POST = {"ask_breach_closing"}
DOWNLOADS = {"breach_closing_pdf"}
LEAD_ON = {"breach_called"}
PRINTED = {"breach_closing"}
WORDS = {"reference"}
ACTIONS = {
    "breach_event": ("event", list(machine().events)),
    "breach_step": ("step", [step.key for step in all_steps()]),
}


def samples(cast: Cast, *, kept: bool) -> dict[str, object]:
    """A closed breach with its report. ``kept``: to a list, on which everybody is."""
    everybody = [one.person_id for one in cast.contract.memberships.all()]
    breach = closed_breach(cast, everybody if kept else None)
    return {
        "breach_id": breach.pk,
        "reference": breach.reference,
        "step": "dmp-harm",
        "event": "reopen",
        "report_id": breach.reports.get().pk,
    }


def closed_breach(cast: Cast, readers: list[int] | None) -> Breach:
    """A breach from its report to its closing report."""
    priya, ada = cast.as_("priya"), cast.as_("ada")
    breach = report_breach(
        cast.contract,
        priya,
        NOON,
        what="A lost laptop",
        outcome="actual",
        limb="loss",
        noticed=NOON,
        noticed_by="Tom",
        aware_party="supplier",
        time_known="unknown",
        readers=readers,
    )
    write(breach, priya, NOON, account="It was left on a train.")
    for event, actor in (("contain", priya), ("give_details", priya), ("close", ada)):
        change_state(breach, actor, NOON, event=event, when=NOON, reason="Wiped.")
    ask_for_report(breach, ada, NOON)
    with some_pdf("obligations.breaches.services.closing.as_pdf"):
        make_reports(NOON)
    return breach
