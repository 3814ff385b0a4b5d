"""The addresses of the pages of vulnerabilities."""

from django.urls import path

from obligations.vulnerabilities.web import views

ALL = "contracts/<int:contract_id>/vulnerabilities"
ONE = f"{ALL}/<int:vulnerability_id>"

urlpatterns = [
    path(ALL, views.vulnerabilities, name="vulnerabilities"),
    path(f"{ALL}/record", views.record, name="record_vulnerability"),
    path(ONE, views.vulnerability, name="vulnerability"),
]
