from django.urls import include, path, register_converter

from culture.framework import edit_views, profile_views, views
from culture.framework.models import KINDS


class KindConverter:
    """A kind of entry; charter and readiness have addresses of their own beside it."""

    regex = "|".join(KINDS)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(KindConverter, "kind")

app_name = "framework"
urlpatterns: list = [
    path("framework/", views.catalogue, name="catalogue"),
    path("framework/compare/", edit_views.compare, name="compare"),
    path("framework/history/", edit_views.history, name="history"),
    path("framework/profiles/", profile_views.matrix, name="profiles"),
    path("framework/profiles/add/", profile_views.profile_add, name="profile_add"),
    path("framework/profiles/<int:pk>/", profile_views.profile, name="profile"),
    path("framework/profiles/<int:pk>/copy/", profile_views.profile_copy, name="profile_copy"),
    path("framework/profiles/<int:pk>/remove/", profile_views.profile_remove, name="profile_remove"),
    path("framework/<kind:kind>/add/", edit_views.add, name="add"),
    path("framework/<kind:kind>/<str:code>/", views.entry, name="entry"),
    path("framework/<kind:kind>/<str:code>/edit/", edit_views.edit, name="edit"),
    path("framework/<kind:kind>/<str:code>/<slug:action>/", edit_views.act, name="act"),
]
urlpatterns += [path("", include("culture.framework.charter_urls"))]
