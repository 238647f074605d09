"""Every address: the wings' own, sign-in, API, health."""

from django.urls import include, path

urlpatterns = [
    path("", include("surveys.urls")),
    path("setup/", include("culture.access.setup_urls")),
    path("", include("culture.access.signin_urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("", include("culture.urls")),
    path("", include("programs.urls")),
    path("", include("config.site_urls")),
]
