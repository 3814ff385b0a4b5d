from django.urls import path

from obligations.api.views import DutyDetail, DutyList, DutyProof
from obligations.plans.api.urls import urlpatterns as of_plans

urlpatterns = [
    path("v1/contracts/<int:contract_id>/duties/", DutyList.as_view(), name="api_duties"),
    path("v1/contracts/<int:contract_id>/duties/<int:duty_id>/", DutyDetail.as_view(), name="api_duty"),
    path(
        "v1/contracts/<int:contract_id>/duties/<int:duty_id>/proof/",
        DutyProof.as_view(),
        name="api_duty_proof",
    ),
    *of_plans,
]
