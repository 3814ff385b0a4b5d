from django.urls import path

from obligations.certificates.api.views import CertificateList

urlpatterns = [
    path("v1/contracts/<int:contract_id>/certificates/", CertificateList.as_view(), name="api_certificates"),
]
