"""The Variation Form: an accessible page to print, and the same page as a PDF."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_safe

from contracts import selectors
from contracts.access import open_contract
from contracts.models import Contract, Effect, EffectKind, Side, Signature, Variation
from contracts.services.variations import duty_in_words, figures_in_words, signing_text, text_hash
from contracts.terms.moments import long_day
from contracts.web.pages import SignedIn
from contracts.web.text.presenters import place
from contracts.web.variations.presenters import EFFECT_WORDS

NO_PANGO = (
    "The PDF cannot be made on this machine: the system's Pango library is missing"
    " (on Debian: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0)."
    " Print the form from this page instead."
)


@dataclass(frozen=True)
class EffectLine:
    """One change, as the form lists it."""

    place: str
    schedule: str
    heading: str
    does: str
    new_text: str
    more: list[str]


@dataclass(frozen=True)
class Block:
    """A signature block: filled in where the side has signed, lines to write on where it has not."""

    word: str
    signature: Signature | None
    day: str


def form_context(contract: Contract, variation: Variation) -> dict[str, object]:
    """Everything the form shows."""
    signatures = {one.side: one for one in variation.signatures.all()}
    blocks = []
    for side in (Side.AUTHORITY, Side.SUPPLIER):
        found = signatures.get(side)
        blocks.append(Block(contract.word_for(side), found, long_day(found.signed_on) if found else ""))
    return {
        "contract": contract,
        "variation": variation,
        "made_on": long_day(contract.agreement_date),
        "effects": [_effect(contract, one) for one in variation.effects.all()],
        "blocks": blocks,
        "effective": long_day(variation.effective_day) if variation.effective_day else "",
        "text": signing_text(variation),
        "hash": text_hash(variation),
        "shared": bool(variation.text_hash),
    }


def _effect(contract: Contract, effect: Effect) -> EffectLine:
    paragraph = effect.paragraph
    return EffectLine(
        place=place(paragraph.scope, paragraph.number),
        schedule=paragraph.schedule.title,
        heading=paragraph.heading,
        does=EFFECT_WORDS[EffectKind(effect.kind)],
        new_text=effect.new_text,
        more=[line.strip() for line in (*figures_in_words(effect), *duty_in_words(effect, contract))],
    )


def as_pdf(context: dict[str, object]) -> bytes:
    """The form as a PDF. Raises OSError where the system has no Pango."""
    from weasyprint import CSS, HTML  # needs Pango from the system, so only where a PDF is asked for

    html = render_to_string("contracts/variation_form.html", {**context, "for_pdf": True})
    sheet = finders.find("duly/form.css")
    content: bytes = HTML(string=html).write_pdf(stylesheets=[CSS(filename=sheet)], pdf_variant="pdf/ua-1")
    return content


@require_safe
@login_required
def form(request: SignedIn, contract_id: int, variation_id: int) -> HttpResponse:
    """The form as a page to read and print."""
    access = open_contract(request.user, contract_id, timezone.now())
    found = selectors.variation_page(access.contract, variation_id, access.side)
    return render(request, "contracts/variation_form.html", form_context(access.contract, found))


@require_safe
@login_required
def form_pdf(request: SignedIn, contract_id: int, variation_id: int) -> HttpResponse:
    """The form as a PDF to keep; where the machine cannot make one, the page to print says so."""
    access = open_contract(request.user, contract_id, timezone.now())
    found = selectors.variation_page(access.contract, variation_id, access.side)
    context = form_context(access.contract, found)
    try:
        content = as_pdf(context)
    except (OSError, ImportError):
        return render(request, "contracts/variation_form.html", {**context, "problem": NO_PANGO}, status=503)
    response = HttpResponse(content, content_type="application/pdf")
    name = "".join(one if one.isalnum() else "-" for one in f"{access.contract.reference}-{found.number}")
    response["Content-Disposition"] = f'attachment; filename="variation-{name}.pdf"'
    return response
