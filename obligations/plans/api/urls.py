from django.urls import path

from obligations.plans.api.views import PlanList

urlpatterns = [
    path("v1/contracts/<int:contract_id>/plans/", PlanList.as_view(), name="api_plans"),
]
