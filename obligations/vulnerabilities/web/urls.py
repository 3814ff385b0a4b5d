"""The addresses of the pages of vulnerabilities."""

from django.urls import path

from obligations.vulnerabilities.web import exporting, importing, performance, views

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
    path(f"{ALL}/performance", performance.vulnerabilities_performance, name="vulnerabilities_performance"),
    path(f"{ALL}/vulnerabilities.csv", exporting.as_csv, name="vulnerabilities_csv"),
    path(f"{ALL}/vulnerabilities.xlsx", exporting.as_xlsx, name="vulnerabilities_xlsx"),
    path(f"{ALL}/openvex.json", exporting.as_openvex, name="vulnerabilities_openvex"),
    path(ONE, views.vulnerability, name="vulnerability"),
]
