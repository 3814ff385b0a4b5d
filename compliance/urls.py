"""Every address of the site. The apps' own addresses are in their web and api folders."""

from __future__ import annotations

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView

from compliance import health, metrics, sign_in_urls

# Nobody takes the second factor of another away alone, or gives them an address, not in the back room either.
for model in (Authenticator, EmailAddress):
    if admin.site.is_registered(model):
        admin.site.unregister(model)

# The same sign-in as everywhere, second factor included.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
    path("metrics", metrics.figures, name="metrics"),
    path("accounts/", include(sign_in_urls)),
    path("admin/", admin.site.urls),
    path("api/schema", SpectacularAPIView.as_view(), name="api_schema"),
    path("api/", include("contracts.api.urls")),
    path("api/", include("obligations.api.urls")),
    path("", include("contracts.web.urls")),
    path("", include("obligations.web.urls")),
]

handler400 = "contracts.web.unreadable.bad_request"
handler500 = "compliance.unwell.server_error"
