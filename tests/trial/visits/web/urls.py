"""The addresses of visits."""

from django.urls import path

from tests.trial.visits.web import views

ALL = "contracts/<int:contract_id>/visits"

urlpatterns = [
    path(ALL, views.visits, name="visits"),
    path(f"{ALL}/note", views.note, name="note_visit"),
    path(f"{ALL}/<int:visit_id>", views.visit, name="visit"),
    path(f"{ALL}/called/<path:visited>", views.called, name="visit_called"),
]
