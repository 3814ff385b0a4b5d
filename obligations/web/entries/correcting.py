"""Correcting what is proposed or decided, adding to it, and taking away: all entries of one paragraph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from contracts.access import Access, Act, open_contract
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from contracts.terms.moments import london_day
from contracts.web.acting import Done, act, noted, sent
from contracts.web.pages import Crumb, SignedIn, contract_page
from contracts.web.text.presenters import place
from obligations.models import EntryDecision, EntryOutcome
from obligations.rules.register.rule import CAUSED
from obligations.services.entries.accepting import keep_entries
from obligations.services.entries.deciding import EntryRefused
from obligations.services.entries.proposing import Prefilled
from obligations.web.entries import presenters
from obligations.web.entries.asked import Asked, asked
from obligations.web.entries.decide_form import DecideForm
from obligations.web.entries.entry_form import EntryForm, initial_of
from obligations.web.entries.views import crumbs_of, onward

LABEL = "label of what starts it"
MOST = 12
"""Entries of one paragraph that one page shows."""


@dataclass
class Part:
    """One entry on the page. ``base``: what it says now; ``key``: that of a decided one."""

    form: EntryForm
    base: Mapping[str, Any]
    rests_on: Mapping[str, Any]
    left_out: bool = False
    new: bool = False

    @property
    def name(self) -> str:
        """The name of the box that leaves it out."""
        return f"{self.form.prefix}-left_out"


class EntriesForm(DecideForm):
    """All entries of a paragraph as one decision. What is wrong stands at the entry that it is about."""

    def __init__(self, *args: Any, parts: list[Part], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kept = [part for part in parts if not part.left_out]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.kept:
            self.add_error(None, "Keep an entry, or go back and say why the paragraph asks for nothing.")
        return data

    def is_valid(self) -> bool:
        """Whether it and all its entries are; each says what is wrong with it."""
        right = [part.form.is_valid() for part in self.kept] if self.is_bound else []
        return super().is_valid() and all(right)

    def refuse(self, refused: Refused) -> None:
        """At the entry that it is about, else at the top."""
        place = refused.entry if isinstance(refused, EntryRefused) else 0
        if refused.field and refused.field != "number" and place < len(self.kept):
            self.kept[place].form.refuse(refused)
        else:
            super().refuse(refused)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def entry_edit(request: SignedIn, contract_id: int, paragraph_id: int) -> HttpResponse:
    """All entries of a paragraph as forms, and one more where asked for."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.DECIDE_ENTRY)
    found = asked(access.contract, paragraph_id, london_day(now))
    parts = _parts(request, found)
    form = EntriesForm(*sent(request), parts=parts, shown=found.shown, initial={"number": found.next_number})
    there = redirect("entry_paragraph", contract_id, paragraph_id)
    if answer := act(
        request,
        form,
        lambda data: _keep(access, found, form.kept, data["number"], now),
        lambda made: Done(
            f"Paragraph {found.paragraph.number} is decided: {made.get_outcome_display().lower()}.",
            onward(found),
        ),
        twice=noted("You sent this already, so it was kept once. Here it is.", there),
    ):
        return answer
    context = {
        "form": form,
        "paragraph": found.paragraph,
        "place": place(found.paragraph.scope, found.paragraph.number),
        "contexts": presenters.contexts(found.paragraph, found.around, found.rests_on),
        "marks": presenters.legend(found.rests_on),
        "parts": parts,
        "forms": [form, *(part.form for part in form.kept)],
        "more": len(parts) < MOST,
        "count": len(parts),
    }
    back = reverse("entry_paragraph", args=[contract_id, paragraph_id])
    crumbs = [*crumbs_of(found), Crumb(f"Paragraph {found.paragraph.number}", back)]
    template = "obligations/entries/edit.html"
    return contract_page(request, access, template, context, here="entries", crumbs=crumbs)


def _parts(request: SignedIn, found: Asked) -> list[Part]:
    bases = _bases(found)
    wanted = request.GET.get("entries", "")
    number = int(wanted) if wanted.isdecimal() else max(1, len(bases))
    number = min(max(number, len(bases), 1), MOST)
    bases += [({}, {})] * (number - len(bases))
    data = sent(request)
    return [_part(found, at, base, rests_on, data[0]) for at, (base, rests_on) in enumerate(bases)]


def _bases(found: Asked) -> list[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """What the paragraph asks now: as decided, else as proposed; each with the words it rests on."""
    made = found.counted
    if made is not None and made.entries:
        held = [made.rests_on.get(entry["key"], {}) for entry in made.entries]
        return [(entry, _still(found, at, held[at])) for at, entry in enumerate(made.entries)]
    return [(_prefilled(one), one.rests_on) for one in found.proposed if one.entry]


def _still(found: Asked, at: int, held: Mapping[str, Any]) -> Mapping[str, Any]:
    """The words that a decided entry rests on as far as they are still there; for the rest those of what is
    proposed now in its place.
    """
    texts = {one.path: f"{one.heading}\n{found.words.get(one.pk, '')}" for one in found.standing.paragraphs}
    asking = [one for one in found.proposed if one.entry]
    now = asking[at].rests_on if at < len(asking) else {}
    there = {
        name: words if all(one["text"] in texts.get(one["path"], "") for one in words) else now.get(name)
        for name, words in held.items()
    }
    return {name: words for name, words in there.items() if words}


def _prefilled(one: Prefilled) -> Mapping[str, Any]:
    """The entry as proposed; where nothing names what starts it, with the nearest kind."""
    if one.entry.get("shape") in CAUSED and not one.entry.get("on") and one.suggested and not one.new_kind:
        return {**one.entry, "on": [one.suggested[0]]}
    return {**one.entry, LABEL: one.new_kind} if one.new_kind else one.entry


def _part(found: Asked, at: int, base: Mapping[str, Any], rests_on: Mapping[str, Any], data: Any) -> Part:
    scope = found.paragraph.scope
    label = base.get(LABEL, "")
    base = {name: value for name, value in base.items() if name != LABEL}
    initial = initial_of(base, scope) | ({"new_kind": label} if label else {})
    form = EntryForm(
        data,
        contract=found.contract,
        known=found.standing.known.vocabulary,
        paths=found.standing.known.paths,
        scope=scope,
        base=base,
        prefix=f"e{at}",
        initial=initial,
    )
    part = Part(form, base, rests_on, new=not base)
    part.left_out = bool(data and data.get(part.name))
    return part


def _keep(access: Access, found: Asked, kept: list[Part], number: int, now: datetime) -> EntryDecision:
    return keep_entries(
        found.paragraph,
        Actor.of(access.person, access.side),
        now,
        number=number,
        outcome=_outcome(found),
        entries=[part.form.entry() for part in kept],
        starts=[part.form.start for part in kept],
        rests_on={str(at): part.rests_on for at, part in enumerate(kept) if part.rests_on},
        proposed=found.proposed,
        goes_on=not all(part.new for part in kept),
    )


def _outcome(found: Asked) -> str:
    """What was accepted as proposed the service tells from what was corrected; the rest is added by hand."""
    if not any(one.entry for one in found.proposed):
        return EntryOutcome.ADDED
    return EntryOutcome.ACCEPTED if found.counted is None else EntryOutcome.CORRECTED
