"""One contract's fault never stops another's: it is kept with the contract, and the change goes on."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction

from contracts.models import Contract
from contracts.services.errors import Refused
from obligations.models import CalendarChange, CalendarLook

log = logging.getLogger(__name__)
LONGEST = 300


@dataclass
class Fault:
    """Why a contract could not be worked out, in one line; empty where it could."""

    contract: Contract
    text: str = ""

    def keep(self, change: CalendarChange) -> None:
        """Write it down beside what was looked at. 1 query."""
        CalendarLook.objects.filter(calendar_change=change, contract=self.contract).update(fault=self.text)


@contextmanager
def faults_of(contract: Contract) -> Iterator[Fault]:
    """What is done within is undone where it fails, and why is in the fault and in the log.

    The fault of a refusal is its own words. Of anything else it says the kind of error only: the words may
    name what not everybody may read.
    """
    fault = Fault(contract)
    try:
        with transaction.atomic():
            yield fault
    except Refused as refused:
        log.error("bank holidays: %s: %s", contract.reference, refused.message)
        fault.text = refused.message[:LONGEST]
    except Exception as error:
        log.exception("bank holidays: %s could not be worked out", contract.reference)
        fault.text = f"An error in Duly ({type(error).__name__}). The log says more."
