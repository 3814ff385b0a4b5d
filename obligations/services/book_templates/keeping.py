"""Keeping a template: from a contract's schedule or a file; all of it on the organisation's record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from contracts.absence import NotThere
from contracts.models import Contract, Organisation, Schedule
from contracts.selectors import text_as_at
from contracts.services import ledger
from contracts.services.actors import Actor
from contracts.services.errors import Refused, one_line, required
from contracts.services.organisations import record
from contracts.terms.moments import london_day
from obligations.models import BookTemplate, EntryOutcome, OwnKind
from obligations.rules.register.book_template import (
    ASKS,
    FORMAT,
    NOTHING,
    UNDECIDED,
    BookTemplateForm,
    TemplateParagraph,
    read_file,
    read_template,
    words_of,
)
from obligations.rules.register.template_carry import speaks_of
from obligations.rules.register.template_fields import LONGEST, TemplateError
from obligations.services.entries.book import timed
from obligations.services.entries.standing import Standing, standing_of

MOST = 200
"""Templates that one organisation keeps at a time."""


class TemplateRefused(Refused):
    """As Refused; ``place`` is the field of the file at fault, like ``paragraphs[3].why``."""

    def __init__(self, field: str, message: str, place: str = "") -> None:
        super().__init__(field, message)
        self.place = place


def templates_of(organisation: Organisation) -> QuerySet[BookTemplate]:
    """The templates that an organisation offers, newest first, without their content. 1 query."""
    rows = BookTemplate.objects.filter(organisation=organisation, retired_at__isnull=True)
    return rows.defer("content").select_related("contract")


def template_at(organisation: Organisation, template_id: int) -> BookTemplate:
    """One template, retired ones too. Raises NotThere. 1 query."""
    rows = BookTemplate.objects.filter(organisation=organisation, pk=template_id)
    found = rows.select_related("contract").first()
    if found is None:
        raise NotThere("no such template")
    found.organisation = organisation
    return found


def form_of(template: BookTemplate) -> BookTemplateForm:
    """What a template says. Raises Refused where this release cannot read it."""
    try:
        return read_template(template.content)
    except TemplateError as error:
        raise TemplateRefused(
            "template", f"“{template.title}” cannot be used: {error}", error.field
        ) from error


@transaction.atomic
def keep_template(
    contract: Contract,
    schedule: Schedule,
    organisation: Organisation,
    actor: Actor,
    now: datetime,
    *,
    title: str,
) -> BookTemplate:
    """Keep what was decided about a schedule of a contract, in force or not, as a template.

    Raises Refused on "title" for none or one that is there, and where nobody has decided anything yet.
    """
    standing = standing_of(contract, schedule)
    if not standing.counting:
        raise Refused("", "Nobody has decided yet what any paragraph asks: there is nothing to keep.")
    form = _form(standing, title, now)
    try:
        read_template(form.as_json())
    except TemplateError as error:
        raise Refused("", f"What was decided cannot be kept as a template: {error}.") from error
    made = _store(organisation, actor, now, form, contract)
    payload = {"template": made.pk, "title": made.title, "schedule": schedule.outline_key, "side": actor.side}
    ledger.record(contract, actor, "template_kept", payload, now)
    return made


@transaction.atomic
def import_template(
    organisation: Organisation, actor: Actor, now: datetime, *, data: bytes, title: str = ""
) -> BookTemplate:
    """Keep a template that came as a file. ``title``: "" for the one it has.

    Raises TemplateRefused on "file", with the place in the file at fault, and on "title".
    """
    try:
        form = read_file(data)
    except TemplateError as error:
        raise TemplateRefused("file", str(error), error.field) from error
    if title.strip():
        form = BookTemplateForm(_title(title), form.kinds, form.paragraphs)
    return _store(organisation, actor, now, form, None)


@transaction.atomic
def retire_template(template: BookTemplate, actor: Actor, now: datetime) -> BookTemplate:
    """Offer a template no more; what was taken over from it stays. Raises Refused for one that is retired."""
    row = BookTemplate.objects.select_for_update().defer("content").get(pk=template.pk)
    if row.retired_at is not None:
        raise Refused("", f"{row.retired_by_name} retired it already.")
    row.retired_at, row.retired_by, row.retired_by_name = now, actor.person, actor.name
    row.save(update_fields=["retired_at", "retired_by", "retired_by_name"])
    record(template.organisation, actor, "template_retired", {"template": row.pk, "title": row.title}, now)
    return row


def _store(
    organisation: Organisation, actor: Actor, now: datetime, form: BookTemplateForm, contract: Contract | None
) -> BookTemplate:
    if actor.person is None:
        raise Refused("", "Only a person keeps a template.")
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    there = BookTemplate.objects.filter(organisation=organisation, retired_at__isnull=True)
    if there.filter(title__iexact=form.title).exists():
        raise Refused("title", f"There is a template “{form.title}” already: give this one another title.")
    if there.count() >= MOST:
        raise Refused("", f"{organisation.name} has {MOST} templates, which is the most: retire one first.")
    try:
        with transaction.atomic():
            made = BookTemplate.objects.create(
                organisation=organisation,
                title=form.title,
                format=FORMAT,
                content=form.as_json(),
                paragraphs=len(form.paragraphs),
                decided=form.decided,
                contract=contract,
                kept_by=actor.person,
                kept_by_name=actor.name,
                kept_at=now,
            )
    except IntegrityError as error:
        raise Refused(
            "title", f"There is a template “{form.title}” already: give this one another."
        ) from error
    verb = "template_kept" if contract is not None else "template_imported"
    payload = {"template": made.pk, "title": made.title, "paragraphs": made.paragraphs}
    if contract is not None:
        payload["contract"] = contract.reference
    record(organisation, actor, verb, payload, now)
    return made


def _title(title: str) -> str:
    return required("title", one_line(title), "Enter a title for the template.", longest=LONGEST["title"])


def _form(standing: Standing, title: str, now: datetime) -> BookTemplateForm:
    contract = standing.contract
    words = {one.paragraph.path: one.text for one in text_as_at(contract, london_day(now), standing.schedule)}
    there = {one.path: (one.heading, words.get(one.path, "")) for one in standing.paragraphs}
    rows = tuple(_paragraph(standing, path, *said, there) for path, said in there.items())
    spoken = speaks_of([dict(one) for one in standing.rules], [one.name for one in standing.kinds])
    vocabulary = timed(standing.known.vocabulary, standing.rules)
    kinds = tuple(
        _kind(one, vocabulary.kind(one.name).needs_moment) for one in standing.kinds if one.name in spoken
    )
    return BookTemplateForm(_title(title), kinds, rows)


def _paragraph(
    standing: Standing, path: str, heading: str, words: str, there: Mapping[str, tuple[str, str]]
) -> TemplateParagraph:
    made = standing.counted(standing.by_path[path])
    if made is None:
        return TemplateParagraph(path, heading, words, UNDECIDED)
    if made.outcome == EntryOutcome.NONE:
        return TemplateParagraph(path, heading, words, NOTHING, made.why)
    rests_on = made.rests_on if _stands(made.rests_on, there) else {}
    return TemplateParagraph(path, heading, words, ASKS, "", tuple(made.entries), rests_on)


def _stands(rests_on: Mapping[str, Any], there: Mapping[str, tuple[str, str]]) -> bool:
    """Whether all the words an entry rests on stand there today: a variation may have changed them since."""
    for one in words_of(rests_on):
        heading, words = there.get(one["path"], ("", ""))
        text = heading if one.get("heading") else words
        if text[one["start"] : one["end"]] != one["text"]:
            return False
    return True


def _kind(row: OwnKind, needs_moment: bool) -> dict[str, Any]:
    return {
        "name": row.name,
        "label": row.label,
        "side": row.side,
        "subject": row.subject,
        "example": row.example,
        "needs_moment": needs_moment,
        "details": list(_details(row.details)),
    }


def _details(details: Iterable[Mapping[str, Any]]) -> Iterable[dict[str, Any]]:
    for one in details:
        yield {name: one[name] for name in ("name", "label", "type", "choices") if name in one}
