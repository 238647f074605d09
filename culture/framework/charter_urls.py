"""The addresses of the charter and of readiness; ``culture.framework.urls`` includes them."""

from django.urls import path

from culture.framework import charter_manage, charter_views, readiness_views

urlpatterns = [
    path("charter/", charter_views.read, name="charter"),
    path("charter/acknowledge/", charter_views.acknowledge, name="charter_acknowledge"),
    path("charter/manage/", charter_manage.manage, name="charter_manage"),
    path("charter/draft/begin/", charter_manage.begin, name="charter_begin"),
    path("charter/draft/", charter_manage.draft, name="charter_draft"),
    path("charter/draft/publish/", charter_manage.publish, name="charter_publish"),
    path("charter/draft/discard/", charter_manage.discard, name="charter_discard"),
    path("charter/<int:number>/", charter_views.version, name="charter_version"),
    path("charter/<int:number>/changes/", charter_views.changes, name="charter_changes"),
    path("charter/<int:number>/readers/", charter_manage.readers, name="charter_readers"),
    path("charter/<int:number>/readers/unread/", charter_manage.unread, name="charter_unread"),
    path("charter/<int:number>/readers.csv", charter_manage.readers_csv, name="charter_readers_csv"),
    path("readiness/", readiness_views.latest, name="readiness"),
    path("readiness/open/", readiness_views.open_new, name="readiness_open"),
    path("readiness/rule/", readiness_views.rule, name="readiness_rule"),
    path("readiness/<int:pk>/", readiness_views.detail, name="readiness_detail"),
    path("readiness/<int:pk>/judge/", readiness_views.judge, name="readiness_judge"),
    path("readiness/<int:pk>/sponsors/", readiness_views.sponsors, name="readiness_sponsors"),
    path("readiness/<int:pk>/end/", readiness_views.end, name="readiness_end"),
]
