from django.urls import URLPattern, path

from programs.reports import cost_urls, effect_urls, report_urls, views

app_name = "reports"

urlpatterns: list[URLPattern] = [
    *effect_urls.urlpatterns,
    path("scorecard/", views.scorecards, name="scorecard"),
    path("scorecard/<int:program_id>/", views.program, name="program"),
    path("scorecard/<int:program_id>/number/<str:key>/", views.number, name="number"),
    *cost_urls.urlpatterns,
    *report_urls.urlpatterns,
]
