from django.urls import path

from programs.planning import action_views, views

app_name = "planning"
urlpatterns = [
    path("programs/", views.list_programs, name="list"),
    path("programs/new/", views.new, name="new"),
    path("programs/<int:pk>/", views.detail, name="detail"),
    path("programs/<int:pk>/edit/", views.edit, name="edit"),
    path("actions/", action_views.index, name="actions"),
    path("actions/new/", action_views.new, name="action_new"),
    path("actions/<int:pk>/edit/", action_views.edit, name="action_edit"),
    path("actions/<int:pk>/end/", action_views.end, name="action_end"),
]
