"""The words of notices about a plan. Nothing is sent from here."""

from __future__ import annotations

from collections.abc import Mapping

from django.urls import reverse

from obligations.models import Notice
from obligations.services.notices.entry_mail import Payload, Says, Words, contract_facts, who

LEADS = {
    "plan_submitted": "{who} has submitted this version. It waits for a decision by your side.",
    "plan_approved": "{who} has approved this version.",
    "plan_refused": "{who} has refused this version{reason}",
    "plan_referred": "{who} has referred this version to dispute resolution.",
    "plan_taken_back": "{who} has taken back what was done with this version{reason}",
}
EVENTS = {
    "propose": "{who} has proposed a change of this plan.",
    "require": "{who} requires a change of this plan early, before it is put through a variation.",
    "implement": "{who} has recorded that a change of this plan is in place.",
    "formalise": "{who} has recorded that a change of this plan was put through a variation.",
}


def _version(notice: Notice, payload: Payload) -> Words:
    reason = f": {payload['reason']}" if payload.get("reason") else "."
    return Words(
        starts=notice.rule.label,
        what=f"{payload['plan_title']}, version {payload['version']}",
        lead=LEADS[notice.stage].format(who=who(notice), reason=reason),
        path=reverse("plan_version", args=[notice.contract_id, payload["plan_version"]]),
        facts=[
            ("Plan", f"{payload['plan_title']}, version {payload['version']}"),
            ("File", str(payload.get("file") or "")),
            contract_facts(notice.contract),
        ],
    )


def _review(notice: Notice, payload: Payload) -> Words:
    return Words(
        starts=notice.rule.label,
        what=f"{payload['plan_title']}, version {payload['version']}",
        lead=f"{who(notice)} has provided the results of the yearly review of this plan.",
        path=reverse("plan", args=[notice.contract_id, payload["plan"]]),
        facts=[contract_facts(notice.contract)],
    )


def _change(notice: Notice, payload: Payload) -> Words:
    return Words(
        starts=notice.rule.label,
        what=f"{payload['plan_title']}, {payload['reference']}",
        lead=EVENTS[str(payload["event"])].format(who=who(notice)),
        path=reverse("plan", args=[notice.contract_id, payload["plan"]]),
        facts=[("Change", str(payload["reference"])), contract_facts(notice.contract)],
    )


WORDS: Mapping[str, Says] = dict.fromkeys(LEADS, _version) | {
    "plan_reviewed": _review,
    "plan_change": _change,
}
