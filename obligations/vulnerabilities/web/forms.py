"""The forms of vulnerabilities."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from contracts.services.errors import Refused
from contracts.web.forms import DayField, DulyForm, LongText
from contracts.web.once import TokenField
from obligations.vulnerabilities.models import Software
from obligations.vulnerabilities.reading import Field
from obligations.vulnerabilities.selectors import KNOWN, PROBABLE, Wanted
from obligations.vulnerabilities.services.record import GIVEN
from obligations.vulnerabilities.web import fields

SHOWS = [
    ("", "Everything still to do"),
    ("late", "Past its date"),
    ("soon", "Due within 7 days"),
    ("no_day", "Release day not known"),
    ("no_fix", "No fix yet"),
    ("undecided", "Said not to be affected, not decided"),
    ("suspended", "Not exploitable"),
    ("done", "Patched"),
    ("over", "No longer asked for"),
    ("all", "All"),
]
CATEGORIES = [("", "Every category"), *((one, one) for one in GIVEN), ("unrated", "Not yet categorised")]
SHARING = [("", "Both"), ("draft", "Drafts, your side’s alone"), ("shown", "On the record, seen by both")]


PROPOSED = "What is chosen already is a setting of the contract."


EXPLOITED = [
    ("", "Whether it is or not"),
    (KNOWN, "Known to be exploited (KEV)"),
    (PROBABLE, "Likely to be: EPSS of 10% or more"),
]


class FilterForm(DulyForm):
    """How the table is narrowed. Every field may stay empty; a mistake narrows nothing."""

    text = forms.CharField(required=False, max_length=200, label="Words, or the whole name of a host")
    show = forms.ChoiceField(required=False, label="Standing", choices=SHOWS)
    category = forms.ChoiceField(required=False, label="Category", choices=CATEGORIES)
    exploited = forms.ChoiceField(required=False, label="Exploited", choices=EXPLOITED)
    sharing = forms.ChoiceField(required=False, label="Drafts", choices=SHARING)

    def __init__(self, *args: Any, has_drafts: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_drafts:
            del self.fields["sharing"]

    def wanted(self) -> Wanted:
        """What was asked for; fields that do not make sense are left out."""
        self.full_clean()
        data = getattr(self, "cleaned_data", {})
        return Wanted(
            show=data.get("show", ""),
            category=data.get("category", ""),
            text=data.get("text", ""),
            sharing=data.get("sharing", ""),
            exploited=data.get("exploited", ""),
        )


class ImportForm(DulyForm):
    """A file of findings, or a list that is pasted."""

    token = TokenField()
    file = forms.FileField(
        required=False,
        label="The file",
        help_text="Trivy, Grype, pip-audit, OSV-Scanner, SARIF, CycloneDX, OpenVEX, OSV or CSAF as JSON; a"
        " table as CSV or XLSX, that of Nessus too. What it is, its content says.",
    )
    pasted = LongText(
        required=False,
        label="Or a list",
        help_text="One vulnerability on each line, or rows copied from a table with their headings.",
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    found = DayField(
        called="The day it was identified",
        label="When was it identified?",
        help_text="For what is new. The day of the scan.",
    )


class ApplyForm(DulyForm):
    """How a file that was read is taken over."""

    token = TokenField()
    draft = forms.ChoiceField(label="Who sees what is new?", help_text=PROPOSED, widget=forms.RadioSelect)
    leave_out = forms.BooleanField(required=False)
    close_missing = forms.BooleanField(required=False)
    patched = DayField(
        called="The day it was patched",
        label="When was it patched?",
        help_text="For what is fixed by this file.",
    )

    def __init__(self, *args: Any, other: str, faults: int, gone: int, findings: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(
            "draft",
            [
                ("yes", "Your side alone: they are drafts until you submit them, or their date is missed"),
                ("no", f"Both sides: they go on the record now, and the {other} sees them with their dates"),
            ],
        )
        if faults:
            self.fields["leave_out"].label = f"Leave out the {faults:,} that cannot be taken"
        else:
            del self.fields["leave_out"]
        if findings and not faults:  # what is missing may be what could not be read
            self.fields["close_missing"].label = (
                f"What was found on the same places by an earlier file of this kind and is not in this one"
                f" is patched ({gone:,})"
            )
        else:
            del self.fields["close_missing"]


class ColumnsForm(DulyForm):
    """Which column of a table is what, and whose the words are that nobody is named for.

    Of a list, which has no columns, only that.
    """

    WHOSE = "whose"

    LABELS: ClassVar[dict[Field, str]] = {
        Field.IDENTIFIER: "Identifier, such as CVE-2026-0001",
        Field.COMPONENT: "Component",
        Field.VERSION: "Version found",
        Field.PURL: "Package URL",
        Field.HOST: "Host, image or product",
        Field.LOCATION: "Where on it",
        Field.SEVERITY: "Severity, in words",
        Field.SCORE: "CVSS score",
        Field.VECTOR: "CVSS vector",
        Field.RATED_BY: "Who rated it",
        Field.FIXED_VERSION: "Version without it",
        Field.RELEASED: "Day on which the patch was released",
        Field.STATUS: "Status: affected, fixed, not affected",
        Field.JUSTIFICATION: "Why it is not affected",
        Field.STATEMENT: "Statement",
        Field.TITLE: "Title",
        Field.REFERENCE: "Reference",
        Field.ALIASES: "Other names",
    }

    def __init__(
        self, *args: Any, headings: list[str], mapping: dict[str, int], own: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        columns = [(str(number), name or f"Column {number + 1}") for number, name in enumerate(headings)]
        self.fields[self.WHOSE] = forms.ChoiceField(
            label="Where nobody is named who rates, whose word is “Important”?",
            help_text="On the scale of a scanner or a vendor such as Red Hat it stands for High, which the"
            " contract calls Critical.",
            widget=forms.RadioSelect,
            choices=[
                ("contract", "The contract’s own category, as we sorted it (10.2)"),
                ("source", "A scanner’s or a vendor’s, or not known: the stricter counts"),
            ],
            initial="contract" if own else "source",
        )
        for one, label in self.LABELS.items() if headings else ():
            self.fields[str(one)] = forms.ChoiceField(
                required=False,
                label=label,
                choices=[("", "Not in the table"), *columns],
                initial=str(mapping.get(str(one), "")),
            )

    def own(self) -> bool:
        """Whether the words that nobody is named for are the contract's."""
        return bool(self.cleaned_data[self.WHOSE] == "contract")

    def chosen(self) -> dict[str, int] | None:
        """The columns by what they are; None for what has none."""
        if len(self.fields) == 1:
            return None
        return {str(one): int(said) for one in self.LABELS if (said := self.cleaned_data.get(str(one)))}


class RecordForm(DulyForm):
    """One vulnerability of one component."""

    token = TokenField()
    identifier = fields.identifier("What is it called?", "For example CVE-2026-0001.")
    component = fields.component(
        "The software that is vulnerable, for example openssl. Leave out its version."
    )
    title = forms.CharField(required=False, max_length=300, label="What is it about?")
    found = DayField(called="The day it was identified", label="When was it identified in the service?")
    category = forms.ChoiceField(
        required=False,
        label="Which category has it in the contract’s words?",
        help_text="Where sources rate it, the strictest of what you and they say counts. Leave it open if"
        " nobody has rated it yet: the date for Critical is shown until then.",
        widget=forms.RadioSelect,
        choices=[*((one, one) for one in GIVEN), ("", "By its ratings, or not rated yet")],
    )
    nvd = fields.rating("What does the National Vulnerability Database say?", fields.A_SCORE)
    microsoft = fields.rating(
        "What does Microsoft say?", f"{fields.OF_MICROSOFT}, for a product of Microsoft’s."
    )
    cvss = fields.rating("What do others say?", f"{fields.ANY_SCORE}, for example of a scanner.")
    software = forms.ChoiceField(
        required=False,
        label="What kind of software is it?",
        widget=forms.RadioSelect,
        choices=[*Software.choices, ("", "Not known")],
    )
    fixed_version = fields.fixed_version(help_text="Leave it empty where there is no fix yet.")
    released = fields.released(
        "The limit runs from that day. It is not the day on which the vulnerability was published."
        " Leave it empty if you do not know it."
    )
    hosts = LongText(
        required=False,
        max_length=20_000,
        label="Where is it?",
        help_text="Machines, images or products, one on each line. The last one patched closes it.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    draft = forms.ChoiceField(
        label="Who sees it?",
        help_text=PROPOSED,
        widget=forms.RadioSelect,
        choices=[],
        error_messages={"required": "Choose who sees it."},
    )

    def __init__(self, *args: Any, other: str, may_draft: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(
            "draft",
            [
                ("no", f"Both sides: it goes on the record now, and the {other} sees it with its date"),
                (
                    "yes",
                    "Your side alone, as a draft, until you submit it. It goes on the record by itself when"
                    " its date is missed",
                ),
            ],
        )
        if not may_draft:
            del self.fields["draft"]

    def field_at_fault(self, refused: Refused) -> str:
        return {"happened": "released"}.get(refused.field, refused.field)
