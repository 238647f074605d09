from django.urls import URLPattern, path

from programs.recognition import feed_views, moderating_views, views

urlpatterns: list[URLPattern] = [
    path("thanks/", feed_views.feed, name="feed"),
    path("thanks/received/", feed_views.received, name="received"),
    path("thanks/choices/", feed_views.choices, name="choices"),
    path("thanks/new/", views.give, name="give"),
    path("thanks/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("thanks/<int:pk>/react/", feed_views.react, name="react"),
    path("thanks/<int:pk>/reply/", feed_views.reply, name="reply"),
    path("thanks/<int:pk>/picture/<uuid:name>/", feed_views.picture, name="picture"),
    path("thanks/<int:pk>/report/", moderating_views.report, name="report"),
    path("thanks/reports/", moderating_views.reports, name="reports"),
    path("thanks/reports/<int:pk>/", moderating_views.decide, name="decide_report"),
]
