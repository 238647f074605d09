from django.urls import path, re_path

from surveys.waves import channel_urls, map_views, series_views, views

app_name = "waves"
urlpatterns = [
    *channel_urls.urlpatterns,
    path("waves/", series_views.wave_list, name="list"),
    path("waves/new/", series_views.new_series, name="new"),
    path("waves/new/preview/", series_views.preview, name="preview"),
    path("waves/series/<int:pk>/", series_views.series_detail, name="series"),
    path("waves/series/<int:pk>/edit/", series_views.edit_series, name="edit"),
    path("waves/series/<int:pk>/edit/preview/", series_views.preview, name="edit_preview"),
    re_path(r"^waves/series/(?P<pk>[0-9]+)/(?P<verb>pause|resume)/$", series_views.pause_series, name="series_act"),
    path("waves/<int:pk>/", views.wave_detail, name="detail"),
    path("waves/<int:pk>/open/", views.open_now, name="open"),
    path("waves/<int:pk>/close/", views.close_now, name="close"),
    path("waves/<int:pk>/extend/", views.extend, name="extend"),
    path("waves/<int:pk>/cancel/", views.cancel, name="cancel"),
    path("waves/<int:pk>/merge/", views.merge, name="merge"),
    path("waves/<int:pk>/merge/<int:merged>/separate/", views.separate, name="separate"),
    re_path(r"^waves/(?P<pk>[0-9]+)/(?P<verb>pause|resume|hold|schedule)/$", views.act, name="act"),
    path("service-map/", map_views.link_list, name="links"),
    path("service-map/suggestions/", map_views.accept_suggestions, name="accept_suggestions"),
    path("service-map/matrix/", map_views.matrix, name="matrix"),
    path("service-map/import/", map_views.import_links, name="links_import"),
    path("service-map/export/", map_views.export_links, name="links_export"),
    path("service-map/proposals/<int:pk>/", map_views.decide_proposal, name="proposal"),
    path("service-map/<int:pk>/", map_views.link_edit, name="link"),
    path("service-map/<int:pk>/remove/", map_views.remove_link, name="remove_link"),
]
