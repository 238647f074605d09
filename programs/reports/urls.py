from django.urls import URLPattern, path

from programs.reports import benchmark_urls, board_urls, cost_urls, effect_urls, report_urls, views

app_name = "reports"

urlpatterns: list[URLPattern] = [
    *effect_urls.urlpatterns,
    path("scorecard/", views.scorecards, name="scorecard"),
    path("scorecard/<int:program_id>/", views.program, name="program"),
    path("scorecard/<int:program_id>/number/<str:key>/", views.number, name="number"),
    path("scorecard/<int:program_id>/units/", views.units, name="units"),
    path("scorecard/<int:program_id>/unit/<int:unit_id>/", views.unit, name="unit"),
    path("scorecard/<int:program_id>/unit/<int:unit_id>/number/<str:key>/", views.unit_number, name="unit_number"),
    *cost_urls.urlpatterns,
    *report_urls.urlpatterns,
    *benchmark_urls.urlpatterns,
    *board_urls.urlpatterns,
]
