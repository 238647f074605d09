from django.urls import URLPattern, path

from programs.reports import benchmark_views as views

urlpatterns: list[URLPattern] = [
    path("benchmarks/", views.listed, name="benchmarks"),
    path("benchmarks/new/", views.new, name="benchmark_new"),
    path("benchmarks/import/", views.taken, name="benchmark_import"),
    path("benchmarks/benchmarks.csv", views.export, name="benchmark_export"),
    path("benchmarks/<int:entry>/", views.one, name="benchmark"),
    path("benchmarks/<int:entry>/correct/", views.correct, name="benchmark_correct"),
    path("benchmarks/<int:entry>/withdraw/", views.withdraw, name="benchmark_withdraw"),
]
