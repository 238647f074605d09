"""Gathers the addresses of surveys's rooms."""

from django.urls import include, path

urlpatterns = [
    path("", include("surveys.answering.urls")),  # first: an address is compared with one pattern after the other
    path("", include("surveys.instruments.urls")),
    path("", include("surveys.waves.urls")),
    path("", include("surveys.results.urls")),
]
