"""The addresses of the pages of vulnerabilities."""

from django.urls import path

from obligations.vulnerabilities.web import acts, exporting, importing, performance, together, views

ALL = "contracts/<int:contract_id>/vulnerabilities"
ONE = f"{ALL}/<int:vulnerability_id>"

urlpatterns = [
    path(ALL, views.vulnerabilities, name="vulnerabilities"),
    path(f"{ALL}/record", views.record, name="record_vulnerability"),
    path(f"{ALL}/submit", views.submit_drafts, name="submit_vulnerabilities"),
    path(f"{ALL}/together", together.together, name="vulnerabilities_together"),
    path(f"{ALL}/not-exploitable", together.not_exploitable, name="vulnerabilities_not_exploitable"),
    path(f"{ALL}/together/<int:entry_number>", together.done, name="done_together"),
    path(f"{ALL}/releases", together.releases, name="vulnerability_releases"),
    path(f"{ALL}/import", importing.start, name="import_findings"),
    path(f"{ALL}/import/<int:run_id>", importing.run, name="findings_file"),
    path(f"{ALL}/import/<int:run_id>/columns", importing.columns, name="findings_columns"),
    path(f"{ALL}/import/<int:run_id>/close-again", importing.close_again, name="findings_close_again"),
    path(f"{ALL}/import/<int:run_id>/drop", importing.drop, name="findings_drop"),
    path(f"{ALL}/performance", performance.vulnerabilities_performance, name="vulnerabilities_performance"),
    path(f"{ALL}/vulnerabilities.csv", exporting.as_csv, name="vulnerabilities_csv"),
    path(f"{ALL}/vulnerabilities.xlsx", exporting.as_xlsx, name="vulnerabilities_xlsx"),
    path(f"{ALL}/openvex.json", exporting.as_openvex, name="vulnerabilities_openvex"),
    path(ONE, views.vulnerability, name="vulnerability"),
    path(f"{ONE}/patched", acts.patched, name="vulnerability_patched"),
    path(f"{ONE}/not-exploitable", acts.not_exploitable, name="vulnerability_not_exploitable"),
    path(f"{ONE}/reopen", acts.reopen, name="vulnerability_reopen"),
    path(f"{ONE}/affected", acts.affected, name="vulnerability_affected"),
    path(f"{ONE}/at-risk", acts.at_risk, name="vulnerability_at_risk"),
    path(f"{ONE}/mitigation", acts.mitigation, name="vulnerability_mitigation"),
    path(f"{ONE}/learnt", acts.learnt, name="vulnerability_learnt"),
]
