from django.urls import path

from programs.planning import views

app_name = "planning"
urlpatterns = [
    path("programs/", views.list_programs, name="list"),
    path("programs/new/", views.new, name="new"),
    path("programs/<int:pk>/", views.detail, name="detail"),
    path("programs/<int:pk>/edit/", views.edit, name="edit"),
]
