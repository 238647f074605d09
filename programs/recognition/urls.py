from django.urls import URLPattern, path

from programs.recognition import ledger_views, views

app_name = "recognition"

urlpatterns: list[URLPattern] = [
    path("thanks/", views.feed, name="feed"),
    path("thanks/new/", views.give, name="give"),
    path("thanks/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("thanks/ledger/", ledger_views.ledger, name="ledger"),
    path("thanks/ledger/export.csv", ledger_views.export, name="ledger_export"),
    path("thanks/received/", views.received, name="received"),
]
