"""A variation signed on paper: the copy is uploaded and the signatures on it are typed in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from contracts.access import Act, open_contract
from contracts.models import Side, Variation
from contracts.selectors import variation_page
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from contracts.web.acting import act, sent
from contracts.web.forms import DayField, DulyForm
from contracts.web.pages import Crumb, SignedIn, contract_page
from obligations.services.variations.paper import OnPaper, sign_on_paper
from obligations.web.variations.views import what_followed

SIDES = (Side.SUPPLIER, Side.AUTHORITY)


class PaperForm(DulyForm):
    """The copy, and who signed it for which side on which day."""

    file = forms.FileField(
        label="The signed copy",
        help_text="A PDF, a picture or a Word file.",
        error_messages={"required": "Choose the file with the signed copy."},
    )
    supplier_name = forms.CharField(required=False, max_length=200, label="Full name")
    supplier_job_title = forms.CharField(required=False, max_length=200, label="Job title")
    supplier_day = DayField(required=False, called="The day it was signed", label="Date")
    authority_name = forms.CharField(required=False, max_length=200, label="Full name")
    authority_job_title = forms.CharField(required=False, max_length=200, label="Job title")
    authority_day = DayField(required=False, called="The day it was signed", label="Date")
    same = forms.BooleanField(
        label="The paper shows exactly the text with the hash above",
        error_messages={"required": "Tick the box to say that the paper shows exactly that text."},
    )
    text_hash = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, variation: Variation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        contract = variation.contract
        signed = {one.side for one in variation.signatures.all()}
        self.open_sides = [side for side in SIDES if side not in signed]
        for side in self.open_sides:
            word = contract.word_for(side)
            for name, text in (("name", "full name"), ("job_title", "job title"), ("day", "date")):
                self.fields[f"{side}_{name}"].label = f"The {word}: {text}"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for side in self.open_sides:
            given = [bool(data.get(f"{side}_{name}")) for name in ("name", "job_title", "day")]
            if any(given) and not all(given):
                self.add_error(
                    f"{side}_name", "Enter the name, the job title and the date of this signature."
                )
        return data

    def signatures(self) -> list[OnPaper]:
        data = self.cleaned_data
        return [
            OnPaper(side, data[f"{side}_name"], data[f"{side}_job_title"], data[f"{side}_day"])
            for side in self.open_sides
            if data.get(f"{side}_name")
        ]

    def field_at_fault(self, refused: Refused) -> str:
        """The copy's own boxes, one row for each side; nobody fills in the hash."""
        first = f"{self.open_sides[0]}_name" if self.open_sides else ""
        named = {"side": first, "name": first, "signed_on": self._last_day(), "text_hash": ""}
        return named.get(refused.field, refused.field)

    def _last_day(self) -> str:
        days = {side: self.cleaned_data.get(f"{side}_day") for side in self.open_sides}
        given = {side: day for side, day in days.items() if day}
        return f"{max(given, key=lambda side: given[side])}_day" if given else ""


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def paper(request: SignedIn, contract_id: int, variation_id: int) -> HttpResponse:
    """Uploads a signed copy in place of signing here."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.SIGN_VARIATION)
    found = variation_page(access.contract, variation_id, access.side)
    form = PaperForm(*sent(request), variation=found, initial={"text_hash": found.text_hash})
    signed = act(
        request,
        form,
        lambda data: sign_on_paper(
            found,
            Actor.of(access.person, access.side),
            now,
            file=data["file"],
            signatures=form.signatures(),
            text_hash=data["text_hash"],
        ),
        lambda _: what_followed(access, found),
    )
    if signed:
        return signed
    crumbs = [
        Crumb("Variations", reverse("variations", args=[contract_id])),
        Crumb(str(found), reverse("variation", args=[contract_id, variation_id])),
    ]
    context = {"variation": found, "form": form, "fields": [form[name] for name in _asked(form)]}
    page = "obligations/paper.html"
    return contract_page(request, access, page, context, here="variations", crumbs=crumbs)


def _asked(form: PaperForm) -> list[str]:
    return [f"{side}_{name}" for side in form.open_sides for name in ("name", "job_title", "day")]
