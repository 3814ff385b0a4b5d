"""The addresses of plans."""

from django.urls import path

from obligations.plans.web import named, upkeep, views

HERE = "contracts/<int:contract_id>/plans"

urlpatterns = [
    path(HERE, views.plans, name="plans"),
    path(f"{HERE}/versions/<int:version_id>", views.version, name="plan_version"),
    path(f"{HERE}/versions/<int:version_id>/file", views.version_file, name="plan_file"),
    path(f"{HERE}/versions/<int:version_id>/checklist", views.checklist, name="plan_checklist"),
    path(f"{HERE}/versions/<int:version_id>/review", views.review, name="plan_review"),
    path(f"{HERE}/versions/<int:version_id>/decide", views.decide, name="plan_decide"),
    path(f"{HERE}/versions/<int:version_id>/act/take_back", views.take_back, name="plan_take_back"),
    path(f"{HERE}/versions/<int:version_id>/act/<slug:act>", views.do, name="plan_act"),
    path(f"{HERE}/reviews/<int:review_id>/provide", upkeep.provide, name="plan_provide"),
    path(f"{HERE}/changes/<int:change_id>/<slug:change_act>", upkeep.do_change, name="plan_change_act"),
    path(f"{HERE}/recording/<slug:fact_kind>", named.plan_called, name="plan_called"),
    path(f"{HERE}/<slug:plan>", views.plan, name="plan"),
    path(f"{HERE}/<slug:plan>/upload", views.upload, name="plan_upload"),
    path(f"{HERE}/<slug:plan>/review", upkeep.annual_review, name="plan_annual_review"),
    path(f"{HERE}/<slug:plan>/change", upkeep.new_change, name="plan_change_new"),
]
