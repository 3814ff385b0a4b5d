from obligations.models.duty import Duty, Party, Phase
from obligations.models.evidence import Decision, Evidence, EvidenceKind, Outcome
from obligations.models.fact import FactRecord
from obligations.models.notice import Notice, Stage
from obligations.models.obligation import Obligation

__all__ = [
    "Decision",
    "Duty",
    "Evidence",
    "EvidenceKind",
    "FactRecord",
    "Notice",
    "Obligation",
    "Outcome",
    "Party",
    "Phase",
    "Stage",
]
