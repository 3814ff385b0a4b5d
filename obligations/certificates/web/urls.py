"""The addresses of the pages of certificates."""

from django.urls import path

from obligations.certificates.web import views

ALL = "contracts/<int:contract_id>/certificates"
ONE = f"{ALL}/<int:certificate_id>"

urlpatterns = [
    path(ALL, views.certificates, name="certificates"),
    path(f"{ALL}/record", views.record, name="record_certificate"),
    path(f"{ALL}/describe/<int:issued_id>", views.describe, name="describe_certificate"),
    path(ONE, views.certificate, name="certificate"),
    path(f"{ONE}/file", views.certificate_file, name="certificate_file"),
    path(f"{ONE}/correct", views.correct, name="correct_certificate"),
    path(f"{ONE}/withdraw", views.withdraw, name="withdraw_certificate"),
    path(f"{ONE}/ceased", views.ceased, name="certificate_ceased"),
]
