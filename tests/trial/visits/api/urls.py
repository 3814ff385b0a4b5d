from django.urls import path

from tests.trial.visits.api.views import VisitList

urlpatterns = [path("v1/contracts/<int:contract_id>/visits/", VisitList.as_view(), name="api_visits")]
