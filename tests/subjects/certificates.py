"""One of everything that the addresses of certificates name, for the tests that ask every address."""

from __future__ import annotations

from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile

from obligations.certificates.services.recording import Printed, Runs, record_certificate
from tests.cast import NOON, Cast, happened

DOWNLOADS = {"certificate_file"}


def samples(cast: Cast, *, kept: bool) -> dict[str, object]:
    """A certificate with its file, and one of which only the fact is there. Neither is kept to a list."""
    row = record_certificate(
        cast.contract,
        cast.as_("priya"),
        NOON,
        runs=Runs("Cyber Essentials", date(2025, 6, 1), date(2026, 5, 31)),
        printed=Printed("CE-1", "Whole organisation"),
        file=SimpleUploadedFile("certificate.txt", b"certified"),
    )
    fact = happened(
        cast, "certificate_issued", date(2025, 7, 1), "ISO", scheme="ISO/IEC 27001", expires="2028-06-30"
    ).fact
    return {"certificate_id": row.pk, "issued_id": fact.pk}
