"""The addresses of the pages of claims."""

from django.urls import path

from obligations.claims.web import views

ALL = "contracts/<int:contract_id>/claims"
ONE = f"{ALL}/<int:claim_id>"

urlpatterns = [
    path(ALL, views.claims, name="claims"),
    path(ONE, views.claim, name="claim"),
    path(f"{ONE}/file", views.claim_file, name="claim_file"),
    path(f"{ONE}/answer", views.answer, name="claim_answer"),
    path(f"{ONE}/withdraw", views.withdraw, name="claim_withdraw"),
]
