"""The forms of what happens to one vulnerability."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from contracts.services.errors import Refused
from contracts.web.forms import DayField, DulyForm, LinkField, LongText, TimeField, UploadField
from contracts.web.once import TokenField
from obligations.vulnerabilities.models import VulnerabilityHost
from obligations.vulnerabilities.web import fields
from obligations.web.early import AsksAboutEarly


class ActForm(DulyForm):
    """A form about one vulnerability. ``says``: what there is to know beforehand; ``button``: its words."""

    says = ""
    button = "Record it"

    token = TokenField()


class PatchedForm(AsksAboutEarly, ActForm):
    """The patch is in place, and what shows it."""

    button = "It is patched"

    done = DayField(
        called="The day it was patched",
        label="When was the patch in place?",
        help_text="The day itself counts, not the day you record it.",
    )
    places = forms.TypedMultipleChoiceField(
        coerce=int,
        required=False,
        label="Where is it in place?",
        help_text="The last place closes it. Take out those that still wait.",
        widget=forms.CheckboxSelectMultiple,
    )
    done_by = forms.CharField(
        max_length=200,
        label="Who did it?",
        help_text="A person or a team.",
        error_messages={"required": "Enter who did it."},
    )
    file = UploadField(required=False, label="The change record, as a file")
    link = LinkField(required=False, label="Or a link to it")
    note = LongText(
        required=False,
        max_length=10_000,
        label="Or a note, or a word about the file or link",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(
        self, *args: Any, hosts: Sequence[VulnerabilityHost], takes_proof: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if len(hosts) > 1:
            self.offer("places", [(one.pk, one.name) for one in hosts])
            self.initial.setdefault("places", [one.pk for one in hosts])
        else:
            del self.fields["places"]
        if not takes_proof:
            for name in ("done_by", "file", "link", "note"):
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("file") and data.get("link"):
            self.add_error("link", "Give the file or the link, not both.")
        return data


class NotExploitableForm(ActForm):
    """Why it cannot be exploited in the service, what shows that, and until when it holds."""

    button = "Claim it"

    since = DayField(called="The day it was shown", label="When was that shown?")
    justification = fields.justification("it")
    reason = fields.shown_by("it", "They decide by what you say here.")
    until = fields.holds_until("the limit runs again by itself")
    file = UploadField(required=False, label="The evidence, as a file")
    link = LinkField(required=False, label="Or a link to the evidence")

    def field_at_fault(self, refused: Refused) -> str:
        return {"happened": "since"}.get(refused.field, refused.field)


class AtRiskForm(ActForm):
    """Its date is unlikely to be met, and whether the other side was told."""

    since = DayField(called="The day it became clear", label="When did that become clear?")
    reason = LongText(
        max_length=4000,
        label="Why is it unlikely?",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why it is unlikely to be patched in time."},
    )
    told = DayField(
        called="The day they were told",
        required=False,
        label="When were they told?",
        help_text="Leave it empty if they have not been told yet: that is owed at once then.",
    )
    told_time = TimeField(required=False, label="At what time?")

    def __init__(self, *args: Any, other: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["told"].label = f"When was the {other} told?"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["when_told"] = self.when("told", "told_time")
        return data


class MitigationForm(ActForm):
    """It can be exploited and has no patch; which measures are proposed meanwhile."""

    known = DayField(called="The day it was known", label="When was it known that it can be exploited?")
    reason = LongText(
        max_length=4000,
        label="How can it be exploited, and what is proposed meanwhile?",
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Say how it can be exploited, and what is proposed."},
    )
    proposed = DayField(
        called="The day they were proposed",
        required=False,
        label="When were the measures proposed?",
        help_text="Leave it empty if nothing is proposed yet: that is owed then.",
    )


class LearntForm(ActForm):
    """What is known better: the release of the patch, the version without it, ratings."""

    button = "Save"

    released = fields.released(
        "Not the day on which the vulnerability was published. The limit runs from that day."
    )
    fixed_version = fields.fixed_version()
    nvd = fields.rating("What does the National Vulnerability Database say now?", fields.A_SCORE)
    microsoft = fields.rating("What does Microsoft say now?", f"{fields.OF_MICROSOFT}.")
    cvss = fields.rating("What do others say now?", f"{fields.ANY_SCORE}.")

    def field_at_fault(self, refused: Refused) -> str:
        return {"happened": "released"}.get(refused.field, refused.field)
