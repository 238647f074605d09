from django.urls import URLPattern, path

from programs.recognition import views

app_name = "recognition"

urlpatterns: list[URLPattern] = [
    path("thanks/", views.feed, name="feed"),
    path("thanks/new/", views.give, name="give"),
    path("thanks/received/", views.received, name="received"),
]
