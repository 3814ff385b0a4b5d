"""A certificate recorded once for several contracts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from contracts.models import Contract
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from contracts.terms.moments import long_day
from obligations.certificates.services.recording import Printed, Runs, record_certificate
from obligations.certificates.web.forms import OTHER, RecordForm
from obligations.web.once.ways import Way

Data = Mapping[str, Any]


class CertificateForm(RecordForm):
    """The same as on one contract, without the file: each contract keeps its own copy on its own page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["file"]

    def field_at_fault(self, refused: Refused) -> str:
        return refused.field if refused.field == "contracts" else super().field_at_fault(refused)


def _scheme(data: Data) -> str:
    return str(data["other"] if data["scheme"] == OTHER else data["scheme"])


def called(data: Data) -> str:
    """The scheme and the number."""
    return f"{_scheme(data)} {data['number']}"


def said(data: Data) -> list[tuple[str, str]]:
    """What was entered."""
    told = [
        ("Issued", long_day(data["issued"])),
        ("Last day", long_day(data["last_day"])),
        ("Level or edition", data["level"]),
        ("Issued by", data["body"]),
        ("Covers", data["scope"]),
    ]
    return [pair for pair in told if pair[1]]


def record(contract: Contract, actor: Actor, now: datetime, data: Data) -> str:
    """The certificate on one contract. Raises Refused."""
    runs = Runs(_scheme(data), data["issued"], data["last_day"])
    printed = Printed(data["number"], data["scope"], data["level"], data["body"], data["account_on"])
    return record_certificate(contract, actor, now, runs=runs, printed=printed).fact.subject


WAYS = (
    Way(
        name="certificate",
        title="A certificate",
        note="Cyber Essentials, ISO 27001 or another: with its number, its scope and its days.",
        form=CertificateForm,
        called=called,
        said=said,
        record=record,
    ),
)
