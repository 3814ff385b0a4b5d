"""The addresses of vulnerabilities for other programs."""

from django.urls import path

from obligations.vulnerabilities.api.views import VulnerabilityDetail, VulnerabilityList

ALL = "v1/contracts/<int:contract_id>/vulnerabilities/"

urlpatterns = [
    path(ALL, VulnerabilityList.as_view(), name="api_vulnerabilities"),
    path(f"{ALL}<int:vulnerability_id>/", VulnerabilityDetail.as_view(), name="api_vulnerability"),
]
