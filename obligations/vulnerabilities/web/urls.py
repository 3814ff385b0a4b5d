"""The addresses of the pages of vulnerabilities."""

from django.urls import path

from obligations.vulnerabilities.web import importing, views

ALL = "contracts/<int:contract_id>/vulnerabilities"
ONE = f"{ALL}/<int:vulnerability_id>"

urlpatterns = [
    path(ALL, views.vulnerabilities, name="vulnerabilities"),
    path(f"{ALL}/record", views.record, name="record_vulnerability"),
    path(f"{ALL}/submit", views.submit_drafts, name="submit_vulnerabilities"),
    path(f"{ALL}/import", importing.start, name="import_findings"),
    path(f"{ALL}/import/<int:run_id>", importing.run, name="findings_file"),
    path(f"{ALL}/import/<int:run_id>/columns", importing.columns, name="findings_columns"),
    path(f"{ALL}/import/<int:run_id>/drop", importing.drop, name="findings_drop"),
    path(ONE, views.vulnerability, name="vulnerability"),
]
