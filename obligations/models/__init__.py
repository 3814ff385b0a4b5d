from obligations.breaches.models import (
    Breach,
    BreachOutcome,
    BreachState,
    BreachStep,
    ClosingReport,
    CostBearer,
    Limb,
    ReportState,
    TimeKnown,
)
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
from obligations.plans.models import (
    PlanAct,
    PlanChange,
    PlanRequirement,
    PlanReview,
    PlanState,
    PlanVersion,
    Verdict,
)

__all__ = [
    "ACTIVE_PHASES",
    "Breach",
    "BreachOutcome",
    "BreachState",
    "BreachStep",
    "CalendarChange",
    "CalendarCheck",
    "CalendarLook",
    "CalendarMove",
    "ChangeKind",
    "ChangeState",
    "ClosingReport",
    "CostBearer",
    "Decision",
    "Duty",
    "Evidence",
    "EvidenceKind",
    "FactRecord",
    "Limb",
    "Notice",
    "Obligation",
    "Outcome",
    "Party",
    "Phase",
    "PlanAct",
    "PlanChange",
    "PlanRequirement",
    "PlanReview",
    "PlanState",
    "PlanVersion",
    "ReportState",
    "Stage",
    "TimeKnown",
    "Verdict",
    "WakeUp",
]
