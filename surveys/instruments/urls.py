from django.urls import path

from surveys.instruments import views

app_name = "instruments"
urlpatterns = [
    path("questionnaires/", views.instrument_list, name="list"),
    path("questionnaires/load/", views.load, name="load"),
    path("questionnaires/<slug:key>/", views.instrument_detail, name="detail"),
]
