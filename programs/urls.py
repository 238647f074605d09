"""Gathers the addresses of programs's rooms."""

from django.urls import include, path

urlpatterns = [
    path("", include("programs.planning.urls")),
    path("", include("programs.training.urls")),
    path("", include("programs.recognition.urls")),
    path("", include("programs.practices.urls")),
    path("", include("programs.reports.urls")),
]
