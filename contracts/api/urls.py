from django.urls import path

from contracts.api import scheme  # noqa: F401 - importing it says what a token is in the schema
from contracts.api.docs import docs
from contracts.api.views import ContractList

urlpatterns = [
    path("docs", docs, name="api_docs"),
    path("v1/contracts/", ContractList.as_view(), name="api_contracts"),
]
