"""Gathers the addresses of culture's rooms."""

from django.urls import include, path

urlpatterns = [
    path("", include("culture.framework.urls")),
    path("", include("culture.people.urls")),
    path("", include("culture.access.urls")),
]
