from django.urls import URLPattern, path

from programs.reports import report_views as views
from programs.reports import subscription_views as mail

urlpatterns: list[URLPattern] = [
    path("reports/", views.reports, name="reports"),
    path("reports/being-made/", views.being_made, name="being_made"),
    path("reports/preview/", views.preview, name="preview"),
    path("reports/preview/<slug:kind>/", views.preview_file, name="preview_file"),
    path("reports/publish/", views.publish, name="publish"),
    path("reports/subscribe/", mail.subscribe, name="subscribe"),
    path("reports/subscriptions/<int:subscription_id>/", mail.deliveries, name="deliveries"),
    path("reports/subscriptions/<int:subscription_id>/end/", mail.unsubscribe, name="unsubscribe"),
    path("reports/slides/", mail.template, name="template"),
    path("reports/problems/<int:problem_id>/settle/", views.settle_problem, name="settle_problem"),
    path("reports/read/<str:token>/", mail.read, name="read"),
    path("reports/<int:number>/", views.published, name="published"),
    path("reports/<int:number>/correct/", views.correct, name="correct"),
    path("reports/<int:number>/<slug:language>/<slug:kind>/", views.published_file, name="published_file"),
]
