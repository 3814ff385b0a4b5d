"""A patch recorded once for several contracts: released, and perhaps applied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django import forms

from contracts.models import Contract
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from contracts.terms.moments import Day, long_day
from contracts.web.forms import DayField, DulyForm
from contracts.web.once import TokenField
from obligations.vulnerabilities.finding import Finding
from obligations.vulnerabilities.models import Vulnerability
from obligations.vulnerabilities.naming import subject_of
from obligations.vulnerabilities.services.keeping import Known, keep, looked_at
from obligations.vulnerabilities.services.record import GIVEN, Kept, record_one
from obligations.vulnerabilities.web import fields
from obligations.web.once.ways import Way

Data = Mapping[str, Any]


class PatchForm(DulyForm):
    """A vulnerability of a component and what is known of its patch."""

    token = TokenField()
    identifier = fields.identifier("Which vulnerability is it?", "Such as CVE-2026-0001.")
    component = fields.component(
        "Such as openssl. On a contract it is the same one only under the same name."
    )
    category = forms.ChoiceField(
        required=False,
        label="Category",
        choices=[("", "Not yet categorised"), *((one, one) for one in GIVEN)],
    )
    found = DayField(
        called="The day it was identified",
        label="When was it identified?",
        help_text="On contracts where it is new. For example, 12 3 2026.",
    )
    fixed_version = fields.fixed_version("Which version mends it, if one is known?")
    released = fields.released("Only that day. Leave it empty while it is not known.")
    applied = DayField(
        called="The day it was applied",
        required=False,
        label="When was it applied, if it was?",
        help_text="On every contract that you choose on the next page.",
    )


def called(data: Data) -> str:
    """What it is called on every contract."""
    return subject_of(data["identifier"].strip(), data["component"].strip())


def said(data: Data) -> list[tuple[str, str]]:
    """What was entered."""
    days = {"Identified": data["found"], "Patch released": data["released"], "Applied": data["applied"]}
    told = [("Category", data["category"]), ("Mended in version", data["fixed_version"])]
    return [pair for pair in told if pair[1]] + [(words, long_day(day)) for words, day in days.items() if day]


def record(contract: Contract, actor: Actor, now: datetime, data: Data) -> str:
    """What is new about it on one contract, on the record there. Raises Refused."""
    finding = Finding(
        data["identifier"].strip(),
        data["component"].strip(),
        said=data["category"],
        fixed_version=data["fixed_version"].strip(),
        released=data["released"],
    )
    row = _recorded(contract, actor, now, finding, data["found"], applied=data["applied"] is not None)
    if data["applied"] is not None:
        whats = looked_at(
            [replace(finding, status="fixed")], Known.of(contract, [finding], actor.side), data["found"]
        )
        if whats[0].kind != "closed":
            raise Refused("applied", f"{row.subject} is on the record as patched already.")
        keep(contract, actor, now, whats, draft=False, found=data["found"], patched=data["applied"])
    return row.subject


def _recorded(
    contract: Contract, actor: Actor, now: datetime, finding: Finding, found: Day, *, applied: bool
) -> Vulnerability:
    """Its row, new or with what is new about it."""
    try:
        return record_one(
            contract,
            actor,
            now,
            identifier=finding.identifier,
            component=finding.component,
            category=finding.said,
            fixed_version=finding.fixed_version,
            released=finding.released,
            found=found,
        )
    except Kept as kept:
        if kept.row.draft:
            raise Refused("", "Your side keeps this as a draft here. Submit the draft first.") from kept
        whats = looked_at([finding], Known.of(contract, [finding], actor.side), found)
        if whats[0].kind == "updated":
            keep(contract, actor, now, whats, draft=False, found=found)
        elif not applied:
            raise Refused("", f"Nothing of this is new here: {kept.row.subject} is on the record.") from kept
        return kept.row


WAYS = (
    Way(
        name="patch",
        title="A patch",
        note="A vulnerability with the release of its patch, or that the patch was applied.",
        form=PatchForm,
        called=called,
        said=said,
        record=record,
    ),
)
