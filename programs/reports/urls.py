from django.urls import URLPattern, path

from programs.reports import views

app_name = "reports"

urlpatterns: list[URLPattern] = [
    path("scorecard/", views.scorecards, name="scorecard"),
    path("scorecard/<int:program_id>/", views.program, name="program"),
]
