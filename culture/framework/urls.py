from django.urls import path

from culture.framework import views

app_name = "framework"
urlpatterns = [path("framework/", views.catalogue, name="catalogue")]
