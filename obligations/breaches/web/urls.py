"""The addresses of the pages of breaches."""

from django.urls import path

from obligations.breaches.web import closing, named, views

ALL = "contracts/<int:contract_id>/breaches"
ONE = f"{ALL}/<int:breach_id>"

urlpatterns = [
    path(ALL, views.breaches, name="breaches"),
    path(f"{ALL}/report", views.report, name="report_breach"),
    path(f"{ALL}/called/<path:reference>", named.breach_called, name="breach_called"),
    path(ONE, views.breach, name="breach"),
    path(f"{ONE}/steps/<slug:step>", views.step, name="breach_step"),
    path(f"{ONE}/readers", views.readers, name="breach_readers"),
    path(f"{ONE}/texts", views.texts, name="breach_texts"),
    path(f"{ONE}/do/<slug:event>", views.act, name="breach_event"),
    path(f"{ONE}/closing", closing.closing, name="breach_closing"),
    path(f"{ONE}/closing/ask", closing.ask, name="ask_breach_closing"),
    path(f"{ONE}/closing/<int:report_id>", closing.closing_pdf, name="breach_closing_pdf"),
]
