"""A variation signed on paper: the copy is kept, and the signatures on it are recorded from it (R33)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from contracts.models import Document, Signature, Variation
from contracts.services import files
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from contracts.terms.moments import Day
from obligations.services.reconciling.holding import lock
from obligations.services.variations.signing import sign_variation

TYPES = (".pdf", ".png", ".jpg", ".jpeg", ".docx")


@dataclass(frozen=True, slots=True)
class OnPaper:
    """One signature as the paper shows it."""

    side: str
    name: str
    job_title: str
    signed_on: Day


def sign_on_paper(
    variation: Variation,
    actor: Actor,
    now: datetime,
    *,
    file: UploadedFile[bytes] | None,
    signatures: Iterable[OnPaper],
    text_hash: str,
) -> list[Signature]:
    """Keep a signed copy and record the signatures on it, of one side or of both.

    ``text_hash`` says under which text: that of the variation as shared. Raises Refused naming the field;
    nothing is kept then.
    """
    found = list(signatures)
    if not found:
        raise Refused("side", "Choose whose signatures are on the paper.")
    if actor.person is None:
        raise Refused("", "Only a person records a signed copy.")
    checked = files.check(file, types=TYPES)
    contract = variation.contract
    there = Document.objects.filter(contract=contract, sha256=checked.sha256).first()
    if there is not None:
        return _signed(variation, actor, now, there, found, text_hash)
    paper = Document(
        contract=contract,
        name=checked.name,
        size=checked.size,
        sha256=checked.sha256,
        reading={"paper_of": variation.pk},
        uploaded_by=actor.person,
        uploaded_at=now,
    )
    with files.stored(paper.file, checked), transaction.atomic():
        lock(contract, now)
        paper.save(force_insert=True)
        return _signed(variation, actor, now, paper, found, text_hash)


@transaction.atomic
def _signed(
    variation: Variation, actor: Actor, now: datetime, paper: Document, found: list[OnPaper], text_hash: str
) -> list[Signature]:
    if paper.reading.get("paper_of") != variation.pk:
        raise Refused(
            "file", "This file is on the contract already as something else. Choose the signed copy."
        )
    return [
        sign_variation(
            variation,
            actor,
            now,
            side=one.side,
            name=one.name,
            job_title=one.job_title,
            signed_on=one.signed_on,
            text_hash=text_hash,
            paper=paper,
        )
        for one in found
    ]
