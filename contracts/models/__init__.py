from contracts.models.answer import AnswerOutcome, ContractAnswer
from contracts.models.audience import AudienceChange
from contracts.models.contract import Contract, Division, KeptBy, Membership, Role, Schedule, Side
from contracts.models.correction import DocumentReading, ReadingCorrection
from contracts.models.distribution import DistributionList, ListedPerson
from contracts.models.draft import ContractDraft
from contracts.models.ending import Ending, EndingAsked, ErasureCertificate, HandOver, KeepingHold
from contracts.models.feed import CalendarFeed
from contracts.models.figure import FigureDecision
from contracts.models.invitation import Invitation, InvitationKind, InvitationLink
from contracts.models.ledger import LedgerEntry
from contracts.models.organisation import OrganisationAdministrator, OrganisationEntry
from contracts.models.people import Organisation, Person
from contracts.models.proof import RowProof, SignedWrite
from contracts.models.proposal import Proposal
from contracts.models.provider import Provider, ProviderDomain
from contracts.models.seal import HeadsMail, HeadsWanted, Seal, SealedHead, SealStamp
from contracts.models.sign_in import AddressChange, FactorRecovery, Session, SignInMail
from contracts.models.text import Document, Paragraph, ParagraphVersion
from contracts.models.token import ApiToken, TokenScope
from contracts.models.upload import Upload
from contracts.models.variation import (
    Effect,
    EffectKind,
    Interpretation,
    Signature,
    Variation,
    VariationState,
)
from contracts.models.work import LongWork, WorkState

__all__ = [
    "AddressChange",
    "AnswerOutcome",
    "ApiToken",
    "AudienceChange",
    "CalendarFeed",
    "Contract",
    "ContractAnswer",
    "ContractDraft",
    "DistributionList",
    "Division",
    "Document",
    "DocumentReading",
    "Effect",
    "EffectKind",
    "Ending",
    "EndingAsked",
    "ErasureCertificate",
    "FactorRecovery",
    "FigureDecision",
    "HandOver",
    "HeadsMail",
    "HeadsWanted",
    "Interpretation",
    "Invitation",
    "InvitationKind",
    "InvitationLink",
    "KeepingHold",
    "KeptBy",
    "LedgerEntry",
    "ListedPerson",
    "LongWork",
    "Membership",
    "Organisation",
    "OrganisationAdministrator",
    "OrganisationEntry",
    "Paragraph",
    "ParagraphVersion",
    "Person",
    "Proposal",
    "Provider",
    "ProviderDomain",
    "ReadingCorrection",
    "Role",
    "RowProof",
    "Schedule",
    "Seal",
    "SealStamp",
    "SealedHead",
    "Session",
    "Side",
    "SignInMail",
    "Signature",
    "SignedWrite",
    "TokenScope",
    "Upload",
    "Variation",
    "VariationState",
    "WorkState",
]
