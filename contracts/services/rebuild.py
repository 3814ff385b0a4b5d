"""The words over time worked out from the ledger alone, to hold the tables to it."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from contracts.models import Contract, LedgerEntry, Paragraph, ParagraphVersion
from contracts.terms.in_force import EffectOnText, SignedText, spans_of
from contracts.terms.words import Span

IN_FORCE = "variation_in_force"
RENUMBERING = ("edition_taken", "reading_corrected")


def variations_in_ledger(contract: Contract) -> dict[str, list[SignedText]]:
    """The variations in force as the ledger tells them, by schedule key; paragraphs as they are numbered now.

    1 query.
    """
    found: dict[str, list[SignedText]] = {}
    entries = LedgerEntry.objects.filter(contract=contract, verb__in=[IN_FORCE, *RENUMBERING]).order_by(
        "number"
    )
    for entry in entries:
        told = entry.payload
        if entry.verb in RENUMBERING:
            key = told["schedule"]
            found[key] = [one.renumbered(told["renumbered"]) for one in found.get(key, [])]
            continue
        effects: dict[str, list[EffectOnText]] = {}
        for one in told["effects"]:
            key, _, path = one["citation"].partition("/")
            effects.setdefault(key, []).append(EffectOnText(path, one["kind"], one.get("new_text", "")))
        day = date.fromisoformat(told["effective_day"])
        for key, ones in effects.items():
            found.setdefault(key, []).append(SignedText(told["variation"], told["number"], day, tuple(ones)))
    return found


def words_from_ledger(contract: Contract) -> dict[str, list[Span]]:
    """Every paragraph's words over time, by citation: the contract's own, with the ledger's variations over
    them.

    3 queries.
    """
    told = variations_in_ledger(contract)
    base: dict[int, list[Span]] = defaultdict(list)
    for row in ParagraphVersion.objects.filter(contract=contract, begun_by=None).order_by("in_force"):
        base[row.paragraph_id].append(
            Span(row.in_force.lower, None, row.text, row.document_id, row.used, None)
        )
    found = {}
    for paragraph in Paragraph.objects.filter(contract=contract).select_related("schedule"):
        own = told.get(paragraph.schedule.outline_key, [])
        own_words = base.get(paragraph.pk, [])
        spans = spans_of(paragraph.path, own_words[0] if own_words else None, own, own_words[1:])
        if spans:
            found[paragraph.citation] = spans
    return found


def words_in_tables(contract: Contract) -> dict[str, list[Span]]:
    """Every paragraph's words over time as the tables keep them, by citation. 1 query."""
    found: dict[str, list[Span]] = {}
    rows = ParagraphVersion.objects.filter(contract=contract).select_related("paragraph__schedule")
    for row in rows.order_by("paragraph_id", "in_force"):
        span = Span(
            row.in_force.lower, row.in_force.upper, row.text, row.document_id, row.used, row.begun_by_id
        )
        found.setdefault(row.paragraph.citation, []).append(span)
    return found


def words_unlike_the_ledger(contract: Contract) -> list[str]:
    """The citations whose words the tables keep otherwise than the ledger tells them."""
    told, kept = words_from_ledger(contract), words_in_tables(contract)
    return [
        citation for citation in sorted(told.keys() | kept.keys()) if told.get(citation) != kept.get(citation)
    ]
