"""Who writes about vulnerabilities: drafts and files are a side's own, what is shown to both is both's."""

from __future__ import annotations

from datetime import datetime

from contracts.access import Access, Act, open_contract
from contracts.models import Contract, KeptBy, Person, Side
from contracts.services.actors import Actor
from contracts.services.errors import Refused

TYPED, IMPORTED = "drafts_typed", "drafts_imported"
"""The settings of a contract that say who sees what came in a way, where nothing else is said."""


def alone(contract: Contract, side: str) -> bool:
    """Whether this side keeps the contract without the other (R33)."""
    return contract.kept_by != KeptBy.BOTH and contract.kept_by == side


def may_patch(contract: Contract, side: str) -> bool:
    """Whether this side looks for vulnerabilities and patches them: the supplier, or who keeps it alone."""
    return side == Side.SUPPLIER or alone(contract, side)


def usually_draft(contract: Contract, how: str) -> bool:
    """Whether what came in this way (``TYPED``, ``IMPORTED``) is kept as a draft unless somebody says
    otherwise: the contract's setting.
    """
    return contract.terms_settings.value(how) == "own"


def patching(contract: Contract, actor: Actor, now: datetime) -> Person:
    """The person, where they record and are of the side that patches. Raises Refused."""
    access = recording(contract, actor, now)
    if not may_patch(contract, access.side):
        raise Refused("", f"The {contract.word_for(Side.SUPPLIER)} does this: it is theirs to patch.")
    return access.person


def recording(contract: Contract, actor: Actor, now: datetime) -> Access:
    """How this person comes to record something. Raises Refused for a job, PermissionDenied for a role."""
    if actor.person is None:
        raise Refused("", "Only a person records a vulnerability.")
    access = open_contract(actor.person, contract.pk, now, Act.RECORD_FACT)
    if access.side == Side.NEITHER:
        raise Refused("", "Only a person of one of the two parties records a vulnerability.")
    return access
