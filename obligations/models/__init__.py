from obligations.models.calendar import (
    CalendarChange,
    CalendarCheck,
    CalendarLook,
    CalendarMove,
    ChangeKind,
    ChangeState,
)
from obligations.models.duty import ACTIVE_PHASES, Duty, Party, Phase, WakeUp
from obligations.models.evidence import Decision, Evidence, EvidenceKind, Outcome
from obligations.models.fact import FactRecord
from obligations.models.notice import Notice, Stage
from obligations.models.obligation import Obligation

__all__ = [
    "ACTIVE_PHASES",
    "CalendarChange",
    "CalendarCheck",
    "CalendarLook",
    "CalendarMove",
    "ChangeKind",
    "ChangeState",
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
    "WakeUp",
]
