from django.urls import path

from obligations import subjects
from obligations.api.gates import GatesDetail
from obligations.api.recording import DutyEvidence, Facts
from obligations.api.views import CoverageDetail, DutyDetail, DutyList, DutyProof

urlpatterns = [
    path("v1/contracts/<int:contract_id>/duties/", DutyList.as_view(), name="api_duties"),
    path("v1/contracts/<int:contract_id>/duties/<int:duty_id>/", DutyDetail.as_view(), name="api_duty"),
    path(
        "v1/contracts/<int:contract_id>/duties/<int:duty_id>/proof/",
        DutyProof.as_view(),
        name="api_duty_proof",
    ),
    path(
        "v1/contracts/<int:contract_id>/duties/<int:duty_id>/evidence/",
        DutyEvidence.as_view(),
        name="api_evidence",
    ),
    path("v1/contracts/<int:contract_id>/facts/", Facts.as_view(), name="api_facts"),
    path("v1/contracts/<int:contract_id>/gates/", GatesDetail.as_view(), name="api_gates"),
    path("v1/contracts/<int:contract_id>/coverage/", CoverageDetail.as_view(), name="api_coverage"),
    *subjects.addresses("api"),
]
