"""The addresses of claims for other programs."""

from django.urls import path

from obligations.claims.api.views import ClaimList

urlpatterns = [
    path("v1/contracts/<int:contract_id>/claims/", ClaimList.as_view(), name="api_claims"),
]
