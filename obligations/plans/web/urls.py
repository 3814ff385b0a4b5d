"""The addresses of plans."""

from django.urls import path

from obligations.plans.web import named, upkeep, version_views, views

HERE = "contracts/<int:contract_id>/plans"

urlpatterns = [
    path(HERE, views.plans, name="plans"),
    path(f"{HERE}/versions/<int:version_id>", version_views.version, name="plan_version"),
    path(f"{HERE}/versions/<int:version_id>/file", version_views.version_file, name="plan_file"),
    path(f"{HERE}/versions/<int:version_id>/checklist", version_views.checklist, name="plan_checklist"),
    path(f"{HERE}/versions/<int:version_id>/review", version_views.review, name="plan_review"),
    path(f"{HERE}/versions/<int:version_id>/decide", version_views.decide, name="plan_decide"),
    path(f"{HERE}/versions/<int:version_id>/act/take_back", version_views.take_back, name="plan_take_back"),
    path(f"{HERE}/versions/<int:version_id>/act/<slug:act>", version_views.do, name="plan_act"),
    path(f"{HERE}/reviews/<int:review_id>/provide", upkeep.provide, name="plan_provide"),
    path(f"{HERE}/changes/<int:change_id>/<slug:change_act>", upkeep.do_change, name="plan_change_act"),
    path(f"{HERE}/recording/<slug:fact_kind>", named.plan_called, name="plan_called"),
    path(f"{HERE}/<slug:plan>", views.plan, name="plan"),
    path(f"{HERE}/<slug:plan>/upload", views.upload, name="plan_upload"),
    path(f"{HERE}/<slug:plan>/review", upkeep.annual_review, name="plan_annual_review"),
    path(f"{HERE}/<slug:plan>/change", upkeep.new_change, name="plan_change_new"),
]
