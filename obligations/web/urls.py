"""The pages of duties: what is due, what happened, evidence, decisions, signing, and the record."""

from django.urls import path

urlpatterns: list = []
