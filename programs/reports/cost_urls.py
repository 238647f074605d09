from django.urls import URLPattern, path

from programs.reports import cost_views as views

urlpatterns: list[URLPattern] = [
    path("scorecard/<int:program_id>/cost/", views.cost, name="cost"),
    path("scorecard/<int:program_id>/cost/new/", views.estimate, name="cost_new"),
    path("scorecard/<int:program_id>/cost/<int:number>/", views.cost, name="cost_number"),
    path("scorecard/<int:program_id>/cost/<int:number>/estimate.csv", views.cost_file, name="cost_file"),
]
