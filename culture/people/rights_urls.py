"""Addresses of one's own data, of erasing, and of retention."""

from django.urls import path

from culture.people import erasure_views, retention_views, rights_views

urlpatterns = [
    path("me/data/", rights_views.my_data, name="my_data"),
    path("me/data/my-data.json", rights_views.my_data_json, name="my_data_json"),
    path("me/data/my-data.html", rights_views.my_data_page, name="my_data_page"),
    path("me/data/my-data.zip", rights_views.my_data_zip, name="my_data_zip"),
    path("people/erasure/", erasure_views.leavers, name="leavers"),
    path("people/erasure/<int:pk>/", erasure_views.erase, name="erasure"),
    path("people/retention/", retention_views.overview, name="retention"),
    path("people/retention/pause/", retention_views.pause, name="retention_pause"),
    path("people/retention/resume/", retention_views.resume, name="retention_resume"),
    path("people/retention/holds/", retention_views.holds, name="holds"),
    path("people/retention/holds/<int:pk>/lift/", retention_views.lift, name="lift_hold"),
    path("people/retention/period/<slug:key>/", retention_views.period, name="retention_period"),
]
