from obligations.models.among import Among
from obligations.models.calendar import (
    CalendarBase,
    CalendarChange,
    CalendarCheck,
    CalendarLook,
    CalendarMove,
    ChangeKind,
    ChangeState,
)
from obligations.models.claim import Claim, ClaimState
from obligations.models.duty import ACTIVE_PHASES, Duty, Party, Phase, WakeUp
from obligations.models.entry import EntryDecision, EntryOpinion, EntryOutcome, OwnKind
from obligations.models.evidence import Decision, EarlyConfirmation, Evidence, EvidenceKind, Outcome
from obligations.models.exploits import ExploitList, ExploitScore, KnownExploited, ListKind
from obligations.models.fact import FactRecord
from obligations.models.miss import Miss
from obligations.models.name import KnownName
from obligations.models.notice import Notice, Stage
from obligations.models.obligation import Obligation
from obligations.models.once import OnceOnContract, RecordedOnce
from obligations.models.renumbering import Renumbering
from obligations.models.standard import StandardTerm
from obligations.models.template import BookTemplate, TemplateUse
from obligations.models.version import (
    Adoption,
    Becomes,
    EditionAdoption,
    Offer,
    OfferedChange,
    OfferState,
    RulebookVersion,
)
from obligations.models.webhook import Webhook, WebhookDelivery, WebhookKind

__all__ = [
    "ACTIVE_PHASES",
    "Adoption",
    "Among",
    "Becomes",
    "BookTemplate",
    "CalendarBase",
    "CalendarChange",
    "CalendarCheck",
    "CalendarLook",
    "CalendarMove",
    "ChangeKind",
    "ChangeState",
    "Claim",
    "ClaimState",
    "Decision",
    "Duty",
    "EarlyConfirmation",
    "EditionAdoption",
    "EntryDecision",
    "EntryOpinion",
    "EntryOutcome",
    "Evidence",
    "EvidenceKind",
    "ExploitList",
    "ExploitScore",
    "FactRecord",
    "KnownExploited",
    "KnownName",
    "ListKind",
    "Miss",
    "Notice",
    "Obligation",
    "Offer",
    "OfferState",
    "OfferedChange",
    "OnceOnContract",
    "Outcome",
    "OwnKind",
    "Party",
    "Phase",
    "RecordedOnce",
    "Renumbering",
    "RulebookVersion",
    "Stage",
    "StandardTerm",
    "TemplateUse",
    "WakeUp",
    "Webhook",
    "WebhookDelivery",
    "WebhookKind",
]
